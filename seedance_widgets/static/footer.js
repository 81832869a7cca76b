// @ts-check
// What is below the takes: comparing, choosing, arranging, keeping.
import { button, el, press, say } from "./dom.js";

const SMALLEST = 120; // pixels, the width of a cell
const LARGEST = 960;

/**
 * What the footer asks of the grid.
 * @typedef {object} FooterActs
 * @property {() => unknown} compare
 * @property {(name: "hideRejected"|"onlyPicks"|"transposed") => unknown} flip
 * @property {() => unknown} sort
 * @property {() => unknown} blind
 * @property {(width: number) => unknown} resize
 * @property {() => unknown} zoom
 * @property {(anchor: HTMLElement) => unknown} save
 * @property {() => unknown} stopAll
 * @property {() => unknown} help
 */

export class Footer {
  /**
   * @param {FooterActs} acts
   * @param {boolean} live whether a kernel can save
   */
  constructor(acts, live) {
    this.compare = toggle("Compare 2", "wipe between two takes, or see their difference", acts.compare);
    this.reject = toggle("Hide rejected", "rejected is what has one star", () => acts.flip("hideRejected"));
    this.picks = toggle("Only picks", "show what was picked", () => acts.flip("onlyPicks"));
    this.sort = toggle("By stars", "best first", acts.sort);
    this.blind = toggle("Blind", "hide the labels and shuffle the takes, to judge without knowing", acts.blind);
    this.blind.classList.add("swg-either"); // of two words, as wide as the longer
    const swap = { icon: "swap", label: "Swap rows and columns", pressed: false };
    this.swap = button(swap, () => acts.flip("transposed"));
    this.slider = this._makeSlider(acts.resize);
    this.fit = toggle("Fit", "as wide as fits", () => acts.resize(0));
    this.zoom = toggle("Zoom", "all takes alike; Ctrl and the wheel, or two fingers, zoom where you point", acts.zoom);
    this.save = quiet("Save ▾", "keep or share the grid", (anchor) => acts.save(anchor));
    this.save.setAttribute("aria-haspopup", "menu");
    this.save.hidden = !live;
    this.stop = quiet("Stop all", "watch no longer; the API has no cancel", () => acts.stopAll());
    this.stop.hidden = true;
    this._tally = el("span", { class: "swg-tally", role: "status" });
    const keys = button({ text: "?", label: "Keyboard", class: "swg-words" }, () => acts.help());
    const choosing = group(this.compare, this.reject, this.picks, this.sort, this.blind);
    const looking = group(this.swap, this.slider, this.fit, this.zoom, this.save, keys);
    const state = el("div", { class: "swg-state" }, this.stop, this._tally);
    this.element = el("div", { class: "swg-footer", role: "toolbar", label: "Takes" }, choosing, looking, state);
  }

  /** @param {(width: number) => unknown} resize */
  _makeSlider(resize) {
    const made = el("input", { class: "swg-size", label: "Size", title: "Size of the takes" });
    made.type = "range";
    made.min = String(SMALLEST);
    made.max = String(LARGEST);
    made.step = "20";
    made.addEventListener("input", () => resize(Number(made.value)));
    return made;
  }

  /**
   * @param {import("./order.js").Options} options
   * @param {{comparing: boolean, comparable: boolean, judgeable: boolean, swappable: boolean, running: boolean,
   *   tally: string, width: number}} state
   */
  update(options, state) {
    press(this.compare, state.comparing);
    this.compare.disabled = !state.comparable && !state.comparing;
    for (const each of [this.reject, this.picks, this.sort, this.blind, this.zoom]) each.disabled = !state.judgeable;
    press(this.reject, options.hideRejected);
    press(this.picks, options.onlyPicks);
    press(this.sort, Boolean(options.sorted));
    press(this.blind, Boolean(options.blind));
    say(this.blind, options.blind ? "Reveal" : "Blind");
    press(this.swap, options.transposed);
    this.swap.hidden = !state.swappable;
    press(this.fit, !options.size);
    this.slider.value = String(options.size || state.width);
    this.stop.hidden = !state.running;
    say(this._tally, state.tally);
    this._tally.title = state.tally;
  }
}

/**
 * @param {string} text
 * @param {string} title
 * @param {() => unknown} act
 */
function toggle(text, title, act) {
  return button({ text, title, class: "swg-words", pressed: false }, act);
}

/**
 * @param {string} text
 * @param {string} title
 * @param {(anchor: HTMLElement) => unknown} act
 */
function quiet(text, title, act) {
  return button({ text, title, class: "swg-words" }, (event) => act(/** @type {HTMLElement} */ (event.currentTarget)));
}

/** @param {...HTMLElement} parts */
function group(...parts) {
  return el("div", { class: "swg-group" }, ...parts);
}
