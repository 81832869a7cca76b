// @ts-check
// Which cells are shown, and in which order. Pure functions.
import { hasClip, isRejected } from "./wording.js";

/**
 * @typedef {object} Options
 * @property {boolean} hideRejected
 * @property {boolean} onlyPicks
 * @property {number[]|null} sorted the order by stars as it was when it was asked for; null = natural
 * @property {number[]|null} blind a shuffled order, and what tells the takes is hidden; null = it is shown
 * @property {boolean} transposed
 * @property {number} size width of a cell in pixels; 0 = as wide as fits
 */

/** @returns {Options} */
export function defaults() {
  return { hideRejected: false, onlyPicks: false, sorted: null, blind: null, transposed: false, size: 0 };
}

/**
 * @param {import("./wording.js").Facts[]} cells
 * @param {import("./wording.js").Headers} headers
 * @param {Options} options
 * @returns {{shown: number[], isTable: boolean}} `isTable`: rows and columns stand under their headers
 */
export function arrange(cells, headers, options) {
  const natural = cells.map((_, index) => index);
  const order = options.sorted ?? options.blind ?? natural;
  const isNatural = order === natural && !options.onlyPicks && !(options.hideRejected && cells.some(isRejected));
  const shown = isNatural ? natural : order.filter((index) => isShown(cells[index], options));
  return { shown, isTable: isNatural && (headers.rows.length > 1 || headers.blocks.length > 1) };
}

/**
 * @param {import("./wording.js").Facts|undefined} facts
 * @param {Options} options
 */
function isShown(facts, options) {
  if (!facts?.key) return false;
  return !(options.hideRejected && isRejected(facts)) && !(options.onlyPicks && !facts.picked);
}

/**
 * The order by stars, best first; picks before others, and what has no clip last.
 * @param {import("./wording.js").Facts[]} cells
 * @param {number[]} [order] in which those stay that are worth the same
 */
export function byStars(cells, order = cells.map((_, index) => index)) {
  const worth = (/** @type {number} */ index) => {
    const { rating, picked } = cells[index];
    return (hasClip(cells[index]) ? 100 : 0) + 10 * rating + (picked ? 1 : 0);
  };
  return [...order].sort((a, b) => worth(b) - worth(a));
}

/**
 * Why no take is seen; empty where one is, or where there are none at all.
 * @param {import("./wording.js").Facts[]} cells
 * @param {Options} options
 */
export function emptiness(cells, options) {
  if (!cells.some((facts) => facts.key)) return "";
  if (options.onlyPicks && !cells.some((facts) => facts.picked)) return "Nothing is picked. “Only picks” shows all takes again.";
  return "All takes are rejected. “Hide rejected” shows them again.";
}

/**
 * A random order.
 * @param {number[]} indices
 */
export function shuffled(indices) {
  const order = [...indices];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
