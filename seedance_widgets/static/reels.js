// @ts-check
// The clips of a grid as they come from the kernel: of each a first part, so that all can begin, then all of them alike,
// so that none runs dry while others are whole. Several parts share a question: each has its price in the notebook.

import { Reel } from "./reel.js";

const FIRST = 2 ** 19; // bytes of a clip that are asked for at first, at the most: half a second of 8 Mbit/s
const LEAST_FIRST = 2 ** 17; // the index of the frames is in it, and a first picture that needs more than the later ones
const AT_FIRST = 1; // s; more of a small clip would only keep the others waiting
const NEXT = 2 ** 20; // bytes that are asked for afterwards, at a time
const QUESTION = 2 ** 22; // bytes in one answer
const PARTS = 64; // in one question, as many as the kernel answers
const UNDER_WAY = 2; // questions under way
const SHORT = "The clip came cut short.";

/** @typedef {{reel: Reel, from: number, size: number}} Part */

export class Reels {
  /** @param {import("./host.js").Host} host */
  constructor(host) {
    this._host = host;
    /** @type {Map<string, Reel>} */
    this._reels = new Map();
    this._asking = 0;
    this._planned = false;
  }

  /**
   * Wants a take's clip; the same one is asked for once.
   * @param {string} key
   * @param {{bytes: number, seconds: number}} [clip] what is known of it
   * @returns {Reel}
   */
  want(key, clip) {
    let reel = this._reels.get(key);
    if (!reel) {
      reel = new Reel(key, clip?.seconds ? beginning(clip) : FIRST);
      this._reels.set(key, reel);
      this._plan();
    }
    return reel;
  }

  /** Whether there are clips of which nothing has come yet. */
  get isBeginning() {
    return [...this._reels.values()].some((reel) => !reel.url.settled);
  }

  /** @param {string} key */
  release(key) {
    this._reels.get(key)?.drop();
    this._reels.delete(key);
  }

  close() {
    for (const key of [...this._reels.keys()]) this.release(key);
  }

  /** Those that are wanted at one moment share questions. */
  _plan() {
    if (this._planned) return;
    this._planned = true;
    queueMicrotask(() => {
      this._planned = false;
      while (this._asking < UNDER_WAY && this._askNext());
    });
  }

  /** @returns {boolean} whether there was something to ask for */
  _askNext() {
    const parts = [];
    for (let room = QUESTION; room > 0 && parts.length < PARTS; ) {
      const part = this._nextPart();
      if (!part) break;
      part.reel.asked += part.size;
      room -= part.size;
      parts.push(part);
    }
    if (parts.length) void this._ask(parts);
    return parts.length > 0;
  }

  /** Of the clip of which the smallest share has been asked for. @returns {Part|null} */
  _nextPart() {
    const open = [...this._reels.values()].filter((each) => each.asked < each.total);
    const fresh = open.find((each) => !each.asked);
    if (fresh) return { reel: fresh, from: 0, size: fresh.first };
    const known = open.filter((each) => each.come).sort((a, b) => a.asked / a.total - b.asked / b.total);
    const [reel] = known;
    return reel ? { reel, from: reel.asked, size: Math.min(NEXT, reel.total - reel.asked) } : null;
  }

  /** @param {Part[]} parts */
  async _ask(parts) {
    this._asking += 1;
    try {
      const wanted = parts.map(({ reel, from, size }) => [reel.key, from, size]);
      const answer = await this._host.ask("parts", { parts: wanted });
      parts.forEach((part, index) => this._took(part, answer, index));
    } catch (error) {
      for (const { reel } of parts) this._failed(reel, /** @type {Error} */ (error));
    }
    this._asking -= 1;
    this._plan();
  }

  /**
   * @param {Part} part
   * @param {import("./host.js").Answer} answer
   * @param {number} index
   */
  _took({ reel, from, size }, answer, index) {
    const { error, total, type } = /** @type {any} */ (answer.parts?.[index] ?? {});
    try {
      if (error) throw new Error(error);
      if (answer.buffers[index].byteLength < Math.min(size, total - from)) throw new Error(SHORT);
      reel.take(from, answer.buffers[index], total, type);
      reel.asked = Math.max(reel.asked, reel.come);
    } catch (failure) {
      this._failed(reel, /** @type {Error} */ (failure));
    }
  }

  /**
   * It can be asked for again.
   * @param {Reel} reel
   * @param {Error} error
   */
  _failed(reel, error) {
    if (this._reels.get(reel.key) === reel) this._reels.delete(reel.key);
    reel.fail(error);
    reel.drop();
  }
}

/** How many bytes of a clip are asked for at first. @param {{bytes: number, seconds: number}} clip */
function beginning({ bytes, seconds }) {
  return Math.min(FIRST, Math.max(LEAST_FIRST, Math.ceil((bytes * AT_FIRST) / seconds)));
}
