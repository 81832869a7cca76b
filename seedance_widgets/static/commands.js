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
      options.sorted = options.sorted ? null : byStars(view.facts, options.blind ?? undefined);
      view.arrange();
    },
    blind: () => {
      const takes = view.cells.filter((cell) => cell.facts.key).map((cell) => cell.index);
      options.blind = options.blind ? null : shuffled(takes);
      options.sorted = null; // an order from before would tell which is which
      view.duel.close(); // its labels too
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
  const { ensemble, focus } = view;
  return {
    toggle: () => ensemble.toggle(),
    step: (frames) => ensemble.step(frames),
    skip: (seconds) => ensemble.seek(ensemble.state.time + seconds),
    toStart: () => ensemble.toStart(),
    toEnd: () => ensemble.toEnd(),
    rate: (stars) => focus.current && view.verdicts.rate(focus.current, stars),
    pick: () => focus.current && view.verdicts.pick(focus.current),
    enlarge: () => focus.current && focus.enlarge(focus.current),
    enter: () => focus.current && view.duel.choose(focus.current),
    escape: () => view.duel.close() || focus.leave(),
    move: (by) => focus.move(by),
    zoom: (factor) => view.zoom.zoomBy(factor),
  };
}
