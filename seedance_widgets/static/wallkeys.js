// @ts-check
// The gallery's keys; only while the focus is in it.

/** @typedef {import("./wallview.js").WallView} View */

/** @type {Record<string, (view: View) => unknown>} */
export const WALL_KEYS = {
  ArrowLeft: (view) => view.tiles.move(-1, 0),
  ArrowRight: (view) => view.tiles.move(1, 0),
  ArrowUp: (view) => view.tiles.move(0, -1),
  ArrowDown: (view) => view.tiles.move(0, 1),
  Home: (view) => view.tiles.goTo(0),
  End: (view) => view.tiles.goTo(view.tiles.all.length - 1),
  PageUp: (view) => view.turn(-1),
  PageDown: (view) => view.turn(1),
  " ": (view) => view.tiles.chooseCurrent(),
  Enter: (view) => view.openCurrent(),
  p: (view) => view.pickCurrent(),
  c: (view) => view.compare(),
  Delete: (view) => view.remove(),
  "/": (view) => view.find(),
};
for (const stars of [0, 1, 2, 3, 4, 5]) WALL_KEYS[String(stars)] = (view) => view.rateCurrent(stars);

export const WALL_KEYS_HELP = [
  "← → ↑ ↓    to another take; it plays",
  "Home End   to the first, to the last of the page",
  "Page Up/Down   the page before, the next one",
  "Enter      details",
  "space      select; Shift+click selects all between",
  "1 … 5      stars; 0 takes them back",
  "p          pick",
  "c          compare the selected ones",
  "Delete     move into the bin",
  "/          search",
  "Escape     select nothing any more",
].join("\n");
