// @ts-check
// What keys and buttons do to a grid.
import { KEYS_HELP } from "./keys.js";
import { byStars, shuffled } from "./order.js";
import { showText } from "./talk.js";

/**
 * @param {import("./view.js").GridView} view
 * @returns {import("./footer.js").FooterActs}
 */
export function footerActs(view) {
  const { options } = view;
  return {
    compare: () => view.messages.say(view.duel.toggle(view.playable)),
    flip: (name) => {
      options[name] = !options[name];
      view.arrange();
    },
    sort: () => {
      options.sorted = options.sorted ? null : byStars(view.facts);
      view.arrange();
    },
    blind: () => {
      const takes = view.cells.filter((cell) => cell.facts.key).map((cell) => cell.index);
      options.blind = options.blind ? null : shuffled(takes);
      view.arrange();
    },
    resize: (width) => {
      options.size = width;
      view.arrange();
    },
    zoom: () => (view.zoom.scale > 1 ? view.zoom.reset() : view.zoom.zoomBy(2)),
    save: (anchor) => view.menus.openSave(anchor, view.facts),
    help: () => showText(view.root, "Keyboard", KEYS_HELP),
    stopAll: () => view.menus.ask("stop"),
  };
}

/**
 * @param {import("./view.js").GridView} view
 * @returns {import("./keys.js").KeyActs}
 */
export function keyActs(view) {
  const { ensemble } = view;
  return {
    toggle: () => ensemble.toggle(),
    step: (frames) => ensemble.step(frames),
    skip: (seconds) => ensemble.seek(ensemble.state.time + seconds),
    toStart: () => ensemble.toStart(),
    toEnd: () => ensemble.toEnd(),
    rate: (stars) => view.current && view.verdicts.rate(view.current, stars),
    pick: () => view.current && view.verdicts.pick(view.current),
    enlarge: () => view.current && view.enlarge(view.current),
    enter: () => view.current && view.duel.choose(view.current),
    escape: () => view.duel.close() || (view.large !== null && (view.enlarge(view.large), true)),
    move: (by) => view.move(by),
    zoom: (factor) => view.zoom.zoomBy(factor),
  };
}
