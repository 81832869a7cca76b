// @ts-check
// A grid without its kernel: what a notebook has kept of the takes lies below the widget as plain output. It is hidden as
// long as a kernel answers, and shown when none does.
import { el } from "./dom.js";

/** A kernel that has not answered for this long (ms) is taken for gone, until it does. */
const GONE_AFTER = 5000;

export class Kept {
  /**
   * @param {HTMLElement} parent
   * @param {import("./host.js").Host} host
   * @param {string} rule the style that hides what is kept
   * @param {(alone: boolean) => void} tell told whether there is nobody to ask
   */
  constructor(parent, host, rule, tell) {
    this._style = el("style", { text: rule });
    parent.append(this._style);
    this._tell = tell;
    this._timer = window.setTimeout(() => this._show(true), GONE_AFTER);
    host.ask("hello").then(
      () => this._show(false),
      () => {}, // nobody
    );
  }

  /** @param {boolean} alone */
  _show(alone) {
    clearTimeout(this._timer);
    /** @type {HTMLStyleElement} */ (this._style).disabled = alone;
    this._tell(alone);
  }

  close() {
    clearTimeout(this._timer);
    this._style.remove();
  }
}
