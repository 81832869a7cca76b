// @ts-check
// Stars from 0 to 5 as a group of radio buttons; a press on the present one takes it back.
import { el } from "./dom.js";
import { starName } from "./wording.js";

export class Stars {
  /** @param {(stars: number) => unknown} rate */
  constructor(rate) {
    this.value = 0;
    this.element = el("div", { class: "swg-stars", role: "radiogroup", label: "Stars" });
    this._buttons = [1, 2, 3, 4, 5].map((stars) => {
      const made = el("button", { role: "radio", label: starName(stars), title: starName(stars), text: "★" });
      made.type = "button";
      made.addEventListener("click", () => rate(this.value === stars ? 0 : stars));
      return made;
    });
    this.element.append(...this._buttons);
    this.set(0);
  }

  /** @param {number} value */
  set(value) {
    this.value = value;
    this._buttons.forEach((each, index) => {
      each.setAttribute("aria-checked", String(index + 1 === value));
      each.classList.toggle("swg-lit", index < value);
    });
  }
}
