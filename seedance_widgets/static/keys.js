// @ts-check
// The keyboard, as players have it; only while the focus is in the grid.

/**
 * @typedef {object} KeyActs
 * @property {() => unknown} toggle
 * @property {(frames: number) => unknown} step
 * @property {(seconds: number) => unknown} skip
 * @property {() => unknown} toStart
 * @property {() => unknown} toEnd
 * @property {(stars: number) => unknown} rate
 * @property {() => unknown} pick
 * @property {() => unknown} enlarge
 * @property {() => unknown} enter
 * @property {() => boolean} escape whether there was something to leave
 * @property {(by: number) => unknown} move the focus to another take
 * @property {(factor: number) => unknown} zoom
 */

/** @type {Record<string, (acts: any) => unknown>} what each key does with the acts of {@link KeyActs} */
const KEYS = {
  " ": (acts) => acts.toggle(),
  k: (acts) => acts.toggle(),
  ",": (acts) => acts.step(-1),
  ".": (acts) => acts.step(1),
  ArrowLeft: (acts) => acts.skip(-1),
  ArrowRight: (acts) => acts.skip(1),
  ArrowUp: (acts) => acts.move(-1),
  ArrowDown: (acts) => acts.move(1),
  Home: (acts) => acts.toStart(),
  End: (acts) => acts.toEnd(),
  p: (acts) => acts.pick(),
  f: (acts) => acts.enlarge(),
  Enter: (acts) => acts.enter(),
  "+": (acts) => acts.zoom(1.25),
  "-": (acts) => acts.zoom(0.8),
};
for (const stars of [0, 1, 2, 3, 4, 5]) KEYS[String(stars)] = (acts) => acts.rate(stars);

export const KEYS_HELP = [
  "space   play, pause",
  ", .     a frame back, a frame on",
  "← →     a second back, a second on",
  "Home    to the start; End to the end",
  "↑ ↓     to the take before, to the next",
  "1 … 5   stars; 0 takes them back",
  "p       pick",
  "f       enlarge; Escape leaves",
  "+ -     zoom",
].join("\n");

/**
 * Listens before the notebook does, whose own keys (such as d d) would otherwise act on its cells. What has a
 * modifier, and Tab, is left to the notebook and the browser.
 * @param {HTMLElement} root
 * @param {any} acts what the keys do; `escape` besides, as of KeyActs
 * @param {Record<string, (acts: any) => unknown>} keys
 * @returns {() => void} ends it
 */
export function listen(root, acts, keys = KEYS) {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!(target instanceof Element) || !root.contains(target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    if (event.key === "Enter" && event.shiftKey) return; // runs the notebook's cell
    if (target.getAttribute("role") === "slider") return; // the divider of a comparison
    const menu = target.closest("[role=menu]");
    if (event.key === "Escape" && !menu && !target.closest("dialog") && !acts.escape()) return;
    event.stopImmediatePropagation();
    if (menu) moveInMenu(menu, event);
    else if (!isOwn(target, event.key)) act(event, acts, keys);
  };
  window.addEventListener("keydown", onKey, true);
  return () => window.removeEventListener("keydown", onKey, true);
}

/**
 * Whether an element makes something of the key itself.
 * @param {HTMLElement} target
 * @param {string} key
 */
function isOwn(target, key) {
  if (target.closest("dialog, select, textarea")) return true;
  if (target instanceof HTMLInputElement && target.type === "checkbox") return key === " ";
  if (target instanceof HTMLInputElement && target.type !== "range") return true; // text is written into it
  if (target instanceof HTMLInputElement) return key.startsWith("Arrow") || key === "Home" || key === "End";
  return target instanceof HTMLButtonElement && (key === " " || key === "Enter");
}

/**
 * @param {KeyboardEvent} event
 * @param {any} acts
 * @param {Record<string, (acts: any) => unknown>} keys
 */
function act(event, acts, keys) {
  const known = keys[event.key];
  if (!known) return;
  event.preventDefault(); // no scrolling
  known(acts);
}

/**
 * @param {Element} menu
 * @param {KeyboardEvent} event
 */
function moveInMenu(menu, event) {
  const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("[role=menuitem]:not(:disabled)")]);
  const now = items.indexOf(/** @type {HTMLElement} */ (event.target));
  const goals = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: items.length - 1 };
  const goal = /** @type {Record<string, number>} */ (goals)[event.key];
  if (goal === undefined) return;
  event.preventDefault();
  items[(goal + items.length) % items.length]?.focus();
}
