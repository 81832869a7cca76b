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
    choose: (tile, chosen, range) => view.tiles.choose(tile, chosen, range),
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
    chooseAll: () => view.tiles.chooseAll(),
    changed: () => view.tiles.mark(),
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
  const beside = (/** @type {string} */ key, by = 0) => view.tiles.all[view.tiles.find(key) + by];
  return {
    blobs: view.large,
    ask: view.ask,
    beside: (key, by) => beside(key, by)?.row.key ?? "",
    remove: (keys) => view.chosen.remove(keys),
    restore: (keys) => view.chosen.restore(keys),
    closed: (key) => (beside(key) ?? view.tiles.current)?.element.focus(),
  };
}
