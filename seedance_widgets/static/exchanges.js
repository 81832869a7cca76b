// @ts-check
// The HTTP exchanges as they happen: a line each, which unfolds to what was sent and what came back.
import { el, say } from "./dom.js";

const MOST_ROWS = 100;
const AT_THE_END = 24; // pixels

/**
 * @typedef {{number: number, clock: string, request: string, status: string, took: string, remark: string,
 *   wrong: boolean, waits: boolean, sent: string, back: string}} Exchange
 */

export class Exchanges {
  constructor() {
    /** @type {Map<number, ExchangeRow>} */
    this._rows = new Map();
    this._none = el("p", { class: "sww-note", text: "Nothing has been sent yet." });
    this._list = el("div", {
      class: "sww-exchanges",
      role: "region",
      label: "HTTP exchanges, oldest first",
      attributes: { tabindex: "0" },
    });
    this._list.append(this._none);
    const title = el("div", { class: "sww-title", text: "HTTP exchanges" });
    title.title = "each call to the API as it happens; the key is hidden";
    this.element = el("div", { class: "sww-log" }, title, this._list);
  }

  /**
   * Takes in what has begun or ended.
   * @param {Exchange[]} exchanges
   * @param {boolean} anew they are all that there is
   */
  take(exchanges, anew) {
    const list = this._list;
    const follow = list.scrollHeight - list.scrollTop - list.clientHeight < AT_THE_END;
    if (anew) {
      for (const row of this._rows.values()) row.element.remove();
      this._rows.clear();
    }
    for (const exchange of exchanges) this._put(exchange);
    for (const number of [...this._rows.keys()].slice(0, -MOST_ROWS)) {
      this._rows.get(number)?.element.remove();
      this._rows.delete(number);
    }
    this._none.hidden = this._rows.size > 0;
    if (follow) list.scrollTop = list.scrollHeight;
  }

  /** @param {Exchange} exchange */
  _put(exchange) {
    let row = this._rows.get(exchange.number);
    if (!row) {
      row = new ExchangeRow();
      this._rows.set(exchange.number, row);
      this._list.append(row.element);
    }
    row.show(exchange);
  }
}

class ExchangeRow {
  constructor() {
    this._cells = ["clock", "call", "status", "took", "remark"].map((name) => el("span", { class: `sww-${name}` }));
    this._sent = el("pre", { class: "sww-text", label: "What was sent", attributes: { tabindex: "0" } });
    this._back = el("pre", { class: "sww-text", label: "What came back", attributes: { tabindex: "0" } });
    const both = el("div", { class: "sww-both" }, this._sent, this._back);
    const line = el("summary", { title: "what was sent, and what came back" }, ...this._cells);
    this.element = el("details", { class: "sww-exchange" }, line, both);
  }

  /** @param {Exchange} exchange */
  show(exchange) {
    const texts = [exchange.clock, exchange.request, exchange.status, exchange.took, exchange.remark];
    this._cells.forEach((cell, index) => say(cell, texts[index]));
    this._cells[1].title = exchange.request; // where it is cut
    this.element.classList.toggle("sww-wrong", exchange.wrong);
    this.element.classList.toggle("sww-waits", exchange.waits);
    say(this._sent, exchange.sent);
    say(this._back, exchange.back);
  }
}
