// @ts-check
// What the parts of the gallery ask of the whole.
import { showText } from "./talk.js";
import { WALL_KEYS_HELP } from "./wallkeys.js";

/** @typedef {import("./wallview.js").WallView} View */

/**
 * @param {View} view
 * @param {boolean} simulated whether all takes are made by the simulator
 * @returns {import("./tile.js").TileActs}
 */
export function tileActs(view, simulated) {
  return {
    blobs: view.blobs,
    stills: view.stills,
    mayPlay: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    simulated,
    rate: (tile, stars) => view.rate(tile, stars),
    pick: (tile) => view.pick(tile),
    choose: (tile, chosen, range) => view.choose(tile, chosen, range),
    open: (tile) => view.details.open(tile.row.key),
  };
}

/**
 * @param {View} view
 * @returns {import("./chosen.js").ChosenActs}
 */
export function chosenActs(view) {
  return {
    ask: view.ask,
    say: (words, grave) => view.messages.say(words, grave),
    chooseAll: () => {
      for (const tile of view.tiles) view.chosen.set(tile.row.key, true);
      view.mark();
    },
    changed: () => view.mark(),
    reload: () => view.refresh(),
    showBin: (binned) => view.showBin(binned),
    help: () => showText(view.root, "Keys", WALL_KEYS_HELP),
  };
}

/**
 * @param {View} view
 * @returns {import("./details.js").DetailsActs}
 */
export function detailsActs(view) {
  const find = (/** @type {string} */ key) => view.tiles.findIndex((tile) => tile.row.key === key);
  return {
    blobs: view.large,
    ask: view.ask,
    beside: (key, by) => view.tiles[find(key) + by]?.row.key ?? "",
    remove: (keys) => view.chosen.remove(keys),
    restore: (keys) => view.chosen.restore(keys),
    closed: (key) => (view.tiles[find(key)] ?? view.current)?.element.focus(),
  };
}
