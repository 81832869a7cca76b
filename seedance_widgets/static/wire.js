// @ts-check
// What is sent and what comes back, for people to look at: the request in three spellings, and the exchanges.
import { copyText } from "./copying.js";
import { el, say } from "./dom.js";
import { Exchanges } from "./exchanges.js";

/** The spellings of a request: the kernel's name for each, and the words on its tab. */
const SPELLINGS = [
  ["json", "JSON"],
  ["curl", "curl"],
  ["python", "Python"],
];
const COPIED_FOR = 1600; // ms

/**
 * @param {{model: any, el: HTMLElement}} context
 * @returns {() => void} what gives everything back when the view goes
 */
function render({ model, el: element }) {
  const view = new WireView(element, model);
  return () => view.close();
}

class WireView {
  /**
   * @param {HTMLElement} element
   * @param {any} model
   */
  constructor(element, model) {
    this._model = model;
    this._chosen = "json";
    this._exchanges = new Exchanges();
    element.append(el("div", { class: "sww-wire" }, this._request(), this._exchanges.element));
    this._draw = () => this._show();
    this._heard = (/** @type {any} */ message) => {
      if (message.kind === "exchanges") this._exchanges.take(message.rows, message.anew);
    };
    model.on("change:_texts", this._draw);
    model.on("msg:custom", this._heard);
    this._show();
    model.send({ kind: "ready" });
  }

  close() {
    this._model.off("change:_texts", this._draw);
    this._model.off("msg:custom", this._heard);
    clearTimeout(this._timer);
  }

  /** Makes the tabs, the button, and the text. */
  _request() {
    this._tabs = SPELLINGS.map(([name, words]) => {
      const tab = el("button", { class: "sww-tab", text: words, role: "tab", title: `the request as ${words}` });
      tab.type = "button";
      tab.addEventListener("click", () => this._choose(name));
      return tab;
    });
    const tabs = el("div", { class: "sww-tabs", role: "tablist", label: "The request as" }, ...this._tabs);
    tabs.addEventListener("keydown", (event) => this._key(event));
    this._copy = el("button", { class: "sww-copy", text: "copy", title: "copy this text" });
    this._copy.type = "button";
    this._copy.addEventListener("click", () => this._copied());
    this._said = el("span", { class: "sww-said", role: "status" });
    this._text = el("pre", { class: "sww-text", role: "tabpanel", attributes: { tabindex: "0" } });
    this._note = el("p", { class: "sww-note" });
    const head = el("div", { class: "sww-head" }, tabs, this._said, this._copy);
    return el("div", { class: "sww-request" }, head, this._text, this._note);
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook would go to another cell
    const names = SPELLINGS.map(([name]) => name);
    const next = (names.indexOf(this._chosen) + step + names.length) % names.length;
    this._choose(names[next]);
    this._tabs[next].focus();
  }

  /** @param {string} name */
  _choose(name) {
    this._chosen = name;
    this._show();
  }

  _show() {
    const texts = this._model.get("_texts");
    SPELLINGS.forEach(([name, words], index) => {
      const chosen = name === this._chosen;
      this._tabs[index].setAttribute("aria-selected", String(chosen));
      this._tabs[index].tabIndex = chosen ? 0 : -1;
      if (chosen) this._text.setAttribute("aria-label", `The request as ${words}`);
    });
    say(this._text, texts[this._chosen] ?? "");
    say(this._note, texts.note ?? "");
  }

  async _copied() {
    const done = await copyText(this._text.textContent ?? "", this._text);
    say(this._said, done ? "copied" : "marked: copy it with the keyboard");
    clearTimeout(this._timer);
    this._timer = setTimeout(() => say(this._said, ""), COPIED_FOR);
  }
}

export default { render };
