// @ts-check
// Two takes in one frame: choosing them, then the wipe or the difference over the board.
import { button, el, press } from "./dom.js";
import { Wipe } from "./wipe.js";

export class Duel {
  /**
   * @param {HTMLElement} stage what it lies over
   * @param {import("./player.js").Ensemble} ensemble
   * @param {() => unknown} changed
   */
  constructor(stage, ensemble, changed) {
    this._stage = stage;
    this._ensemble = ensemble;
    this._changed = changed;
    /** @type {import("./cell.js").CellView[]} */
    this.pair = [];
    this.isChoosing = false;
    /** @type {Wipe|null} */
    this._wipe = null;
    /** @type {HTMLElement|null} */
    this._element = null;
  }

  get isOpen() {
    return Boolean(this._wipe);
  }

  /**
   * Starts or ends the comparison; where there are just two, they are the ones.
   * @param {import("./cell.js").CellView[]} candidates
   * @returns {string} what is to be done next, in words
   */
  toggle(candidates) {
    if (this.close()) return "";
    this.isChoosing = true;
    if (candidates.length === 2) {
      for (const cell of candidates) this.choose(cell);
      return "";
    }
    this._changed();
    return "Choose two takes: click them, or press Enter on them.";
  }

  /** @param {import("./cell.js").CellView} cell */
  choose(cell) {
    if (!this.isChoosing || !cell.video) return;
    this.pair = this.pair.includes(cell) ? this.pair.filter((each) => each !== cell) : [...this.pair, cell];
    this.pair.forEach((each, index) => (each.element.dataset.side = "AB"[index]));
    if (!this.pair.includes(cell)) delete cell.element.dataset.side;
    if (this.pair.length === 2) this._open();
    this._changed();
  }

  _open() {
    const [a, b] = this.pair;
    this.isChoosing = false;
    // The divider has keys of its own; the attribute keeps those of the notebook away.
    const box = el("div", { class: "swg-duel-frame", attributes: { "data-lm-suppress-shortcuts": "true" } });
    const wipe = button({ text: "Wipe", class: "swg-words", pressed: true }, () => this._setMode("wipe"));
    const other = { text: "Difference", class: "swg-words", pressed: false };
    const difference = button(other, () => this._setMode("difference"));
    this._modes = { wipe, difference };
    const close = button({ icon: "close", label: "Close the comparison" }, () => this.close());
    // A clip is seldom exactly of the shape that was asked for (1920×1088 as 16:9): its own leaves no black edges.
    const { videoWidth = 0, videoHeight = 0 } = a.video ?? {};
    const [width, height] = videoHeight ? [videoWidth, videoHeight] : a.facts.ratio;
    box.style.setProperty("--ratio", String(width / height));
    const bar = el("div", { class: "swg-duel-bar" }, wipe, difference, close);
    const room = el("div", { class: "swg-duel-room" }, box);
    this._element = el("div", { class: "swg-duel", role: "group", label: "Comparison" }, bar, room);
    this._stage.append(this._element);
    this._stage.classList.add("swg-covered");
    this._wipe = new Wipe(box, this._ensemble);
    this._wipe.show(side(a), side(b));
    wipe.focus();
  }

  /** @param {"wipe"|"difference"} mode */
  _setMode(mode) {
    if (this._wipe) this._wipe.mode = mode;
    for (const [name, each] of Object.entries(this._modes ?? {})) press(each, name === mode);
  }

  /** @param {import("./cell.js").CellView} cell whose video is taken away */
  lose(cell) {
    if (this.pair.includes(cell)) this.close();
  }

  /** @returns {boolean} whether there was something to close */
  close() {
    const was = this.isChoosing || this.isOpen;
    this._wipe?.close();
    this._wipe = null;
    this._element?.remove();
    this._element = null;
    this._stage.classList.remove("swg-covered");
    for (const cell of this.pair) delete cell.element.dataset.side;
    this.pair = [];
    this.isChoosing = false;
    if (was) this._changed();
    return was;
  }
}

/** @param {import("./cell.js").CellView} cell */
function side(cell) {
  return { video: /** @type {HTMLVideoElement} */ (cell.video), label: cell.title };
}
