// @ts-check
// What the page says in words, and the facts that it says it about.

/**
 * One cell as the kernel describes it.
 * @typedef {object} Facts
 * @property {string} key our id of the take; empty where there is none
 * @property {[number, number, number]} place block, row, column
 * @property {string} label its values on the axes
 * @property {string} name the accessible name
 * @property {string} status
 * @property {string} words the status in words
 * @property {string} [reason] why, or what is going on
 * @property {boolean} [resend] whether another try would send something
 * @property {number|null} [since] epoch seconds when it was sent
 * @property {number|null} [expected] seconds that ones like it take in all
 * @property {[number, number]} ratio
 * @property {number} rating
 * @property {boolean} picked
 * @property {{bytes: number, fps: number, frames: number, seconds: number, audio: boolean}|null} [clip]
 * @property {string} [caption]
 * @property {string} [request] only in a page without a kernel: the request as JSON
 * @property {string} [prompt] only in a page without a kernel
 */

/** @typedef {{columns: string[], rows: string[], blocks: string[]}} Headers */

const RUNNING = new Set(["submitting", "queued", "generating", "downloading"]);
const FAILED = new Set(["error", "unconfirmed", "stopped"]);

/** @param {Facts} facts */
export const isRunning = (facts) => RUNNING.has(facts.status);
/** @param {Facts} facts */
export const hasFailed = (facts) => FAILED.has(facts.status);
/** @param {Facts} facts */
export const hasClip = (facts) => facts.status === "completed";
/** One star says that a take is no good. @param {Facts} facts */
export const isRejected = (facts) => facts.rating === 1;

/**
 * A length of time: `42 s`, `3 min 05 s`.
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/**
 * How a take in flight is doing: nothing is said, and no bar drawn, where nothing is known.
 * @param {Facts} facts
 * @param {number} now epoch seconds of the kernel's clock
 * @returns {{line: string, left: string, fraction: number|null}}
 */
export function progress(facts, now) {
  if (!isRunning(facts) || facts.since == null) return { line: facts.words, left: "", fraction: null };
  const elapsed = Math.max(0, now - facts.since);
  const line = `${facts.words} · ${duration(elapsed)}`;
  if (facts.expected == null) return { line, left: "", fraction: null };
  if (elapsed >= facts.expected) return { line, left: "longer than usual", fraction: null };
  const left = `about ${duration(Math.max(1, facts.expected - elapsed))} left`;
  return { line, left, fraction: elapsed / facts.expected };
}

/** What became of those that have no clip, in the words of the tally. */
const ENDS = [["error", "failed"], ["unconfirmed", "lost"], ["stopped", "stopped"]];

/**
 * How many takes are done: `5 of 8 done · 1 failed · 2 hidden`.
 * @param {Facts[]} cells
 * @param {number} hidden how many are not shown
 */
export function tally(cells, hidden) {
  const takes = cells.filter((facts) => facts.key);
  if (!takes.length) return "";
  const count = (/** @type {string} */ status) => takes.filter((facts) => facts.status === status).length;
  const ends = ENDS.map(([status, word]) => [count(status), word]);
  const parts = [...ends, [hidden, "hidden"]].filter(([many]) => many).map((part) => part.join(" "));
  return [`${count("completed")} of ${takes.length} done`, ...parts].join(" · ");
}

/**
 * What a take is called while its label is hidden: A, B, C … or numbers, where letters do not suffice.
 * @param {number} index
 * @param {number} count
 */
export function letter(index, count) {
  return count > 26 ? String(index + 1) : String.fromCharCode(65 + index);
}

/** @param {number} stars */

export const starName = (stars) => `${stars} star${stars === 1 ? "" : "s"}`;
