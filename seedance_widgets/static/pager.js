// @ts-check
// Which part of what was found is on the wall, and the way to the parts before and after it.
import { button, el, say } from "./dom.js";

export class Pager {
  /** @param {(by: number) => unknown} turn */
  constructor(turn) {
    this._words = el("span", { class: "swg-tally", role: "status" });
    this._back = button({ icon: "previous", label: "Page before", title: "Page before (Page Up)" }, () => turn(-1));
    this._on = button({ icon: "next", label: "Next page", title: "Next page (Page Down)" }, () => turn(1));
    this.element = el("div", { class: "swg-group swg-pager" }, this._words, this._back, this._on);
  }

  /**
   * @param {number} first how many come before
   * @param {number} shown
   * @param {number} total
   * @param {string} money what they cost, in words
   */
  show(first, shown, total, money) {
    const span = shown < total ? `${number(first + 1)}–${number(first + shown)} of ` : "";
    const found = total ? `${span}${number(total)} take${total === 1 ? "" : "s"}` : "";
    say(this._words, [found, money].filter(Boolean).join(" · "));
    const moved = document.activeElement;
    this._back.disabled = first === 0;
    this._on.disabled = first + shown >= total;
    if (moved === this._back && this._back.disabled) this._on.focus();
    if (moved === this._on && this._on.disabled) this._back.focus();
    this._back.hidden = this._on.hidden = shown >= total;
  }
}

/** @param {number} value */
const number = (value) => value.toLocaleString("en");
