// @ts-check
// What keys and buttons do to a grid.
import { byStars, shuffled } from "./order.js";

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
      options.blind = options.blind ? null : shuffled(view.cells.length);
      view.arrange();
    },
    resize: (width) => {
      options.size = width;
      view.arrange();
    },
    unzoom: () => view.zoom.reset(),
    save: (anchor) => view.menus.openSave(anchor, view.facts),
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
    rate: (stars) => view.current && view.rate(view.current, stars),
    pick: () => view.current && view.pick(view.current),
    enlarge: () => view.current && view.enlarge(view.current),
    enter: () => view.current && view.duel.choose(view.current),
    escape: () => view.duel.close() || (view.large !== null && (view.enlarge(view.large), true)),
    move: (by) => view.move(by),
  };
}
