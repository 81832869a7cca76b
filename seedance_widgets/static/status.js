// @ts-check
// What a cell says while there is no clip: status, seconds, time left, what went wrong and what can be done.
import { button, el, say } from "./dom.js";
import { hasFailed, progress } from "./wording.js";

/** @typedef {[kind: string, text: string, title: string]} Offer */

export class StatusView {
  /** @param {(kind: string) => unknown} mend */
  constructor(mend) {
    this._mend = mend;
    this._line = el("div", { class: "swg-line" });
    this._left = el("div", { class: "swg-left" });
    this._bar = el("span");
    this._track = el("div", { class: "swg-track", role: "progressbar", label: "Progress" }, this._bar);
    this._reason = el("div", { class: "swg-reason" });
    this._mending = el("div", { class: "swg-mending" });
    const parts = [this._line, this._track, this._left, this._reason, this._mending];
    this.element = el("div", { class: "swg-status" }, ...parts);
  }

  /**
   * @param {import("./wording.js").Facts} facts
   * @param {number} now epoch seconds of the kernel's clock
   */
  tell(facts, now) {
    const { line, left, fraction } = progress(facts, now);
    this._write(line, left, facts.reason ?? "");
    this._track.hidden = fraction === null;
    if (fraction !== null) {
      this._bar.style.width = `${(100 * fraction).toFixed(1)}%`;
      this._track.setAttribute("aria-valuenow", String(Math.round(100 * fraction)));
    }
    this._offer(offersFor(facts), facts.key);
  }

  /** The clip exists, and is on its way. */
  tellLoading() {
    this._track.hidden = true;
    this._write("loading the clip", "", "");
    this._offer([], "");
  }

  /** @param {string} reason why the clip cannot be shown */
  tellTrouble(reason) {
    this._track.hidden = true;
    this._write("The clip cannot be shown", "", reason);
    this._offer([["reload", "Load again", "ask for the clip once more"]], "");
  }

  /**
   * @param {string} line
   * @param {string} left
   * @param {string} reason
   */
  _write(line, left, reason) {
    say(this._line, line);
    say(this._left, left);
    say(this._reason, reason);
    this._reason.title = reason;
  }

  /**
   * @param {Offer[]} offers
   * @param {string} key of the take that they are for
   */
  _offer(offers, key) {
    const wanted = [key, ...offers.map(([, text]) => text)].join();
    if (this._mending.dataset.offers === wanted) return; // buttons that stay keep the focus
    this._mending.dataset.offers = wanted;
    this._mending.replaceChildren(
      ...offers.map(([kind, text, title]) => button({ text, title, class: "swg-words" }, () => this._mend(kind))),
    );
  }
}

/**
 * @param {import("./wording.js").Facts} facts
 * @returns {Offer[]}
 */
function offersFor(facts) {
  if (facts.status === "unconfirmed") {
    return [
      ["retry", "Look again", "ask the API's log once more; sends nothing"],
      ["send_again", "Send again", "if the first one did arrive, both are charged"],
    ];
  }
  if (!hasFailed(facts)) return [];
  if (facts.resend) return [["retry", "Retry", "send the request once more"]];
  return [["retry", "Resume", "watch it again; sends nothing"]];
}
