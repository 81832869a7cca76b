// @ts-check
// What stands over the takes: what they are, a question before they are made, and that no kernel answers any more.
import { button, el, say } from "./dom.js";

const UNHEARD =
  "No kernel answers, so nothing plays here. Run the cell again to see the takes; those that exist are not made twice.";

export class Heading {
  /**
   * @param {HTMLElement} controls of the player, in the same line as the title
   * @param {(answer: "start"|"cancel") => unknown} answer to the question
   */
  constructor(controls, answer) {
    this._answer = answer;
    this._title = el("div", { class: "swg-title" });
    this._badge = el("span", { class: "swg-quiet", text: "simulator · no cost" });
    this._lone = el("div", { class: "swg-lone", role: "status" });
    this._question = el("div", { class: "swg-question", role: "group", label: "Question" });
    const head = el("div", { class: "swg-head" }, this._title, this._badge, controls);
    this.elements = [head, this._lone, this._question];
  }

  /**
   * Takes over what the host says now.
   * @param {import("./host.js").Host} host
   */
  update(host) {
    const title = host.get("title");
    say(this._title, title ? `“${title}”` : `${host.get("cells").length} takes`);
    this._title.title = title;
    this._badge.hidden = !host.get("simulated");
    this._ask(host.get("asks"));
  }

  /** @param {{words: string, answered?: boolean}|null} asks */
  _ask(asks) {
    this._question.hidden = !asks;
    if (!asks || this._question.dataset.words === asks.words) return;
    this._question.dataset.words = asks.words;
    const start = button({ text: "Start", class: "swg-words swg-primary" }, () => this._answer("start"));
    const cancel = button({ text: "Cancel", class: "swg-words" }, () => this._answer("cancel"));
    const words = el("span", { text: asks.answered ? asks.words : `${asks.words}. Start?` });
    this._question.replaceChildren(words, start, ...(asks.answered ? [] : [cancel]));
  }

  /** @param {boolean} alone whether no kernel answers: a notebook that was opened again */
  setAlone(alone) {
    say(this._lone, alone ? UNHEARD : "");
  }
}
