// @ts-check
// All that is known of one take, in a dialog: its clip, its request, what it cost, and what a person says of it.
import { button, el, press, say } from "./dom.js";
import { Stars } from "./stars.js";
import { copyText } from "./talk.js";
import { hasClip } from "./wording.js";

/** What of a take is open still, though nobody watches it. */
const OPEN = new Set(["stopped", "unconfirmed"]);

/**
 * @typedef {object} DetailsActs
 * @property {import("./blobs.js").Blobs} blobs
 * @property {(kind: string, fields?: Record<string, unknown>, done?: string) => Promise<any>} ask says what is wrong
 * @property {(key: string, by: number) => string} beside the key of the take before or after; empty where there is none
 * @property {(keys: string[]) => unknown} remove
 * @property {(keys: string[]) => unknown} restore
 * @property {(key: string) => unknown} closed
 */

export class Details {
  /**
   * @param {HTMLElement} root
   * @param {DetailsActs} acts
   */
  constructor(root, acts) {
    this._acts = acts;
    this._key = "";
    this._shown = ""; // the key of the clip that is held
    this._title = el("h3");
    this._previous = button({ icon: "previous", label: "Previous take" }, () => this._move(-1));
    this._next = button({ icon: "next", label: "Next take" }, () => this._move(1));
    const close = button({ icon: "close", label: "Close" }, () => this._dialog.close());
    const head = el("div", { class: "swg-details-head" }, this._title, this._previous, this._next, close);
    this._media = el("div", { class: "swg-details-media" });
    this._stars = new Stars((stars) => this._say("rate", { stars }));
    this._pick = button({ text: "pick", class: "swg-words", title: "Pick", pressed: false }, () =>
      this._say("pick", { picked: this._pick.getAttribute("aria-pressed") !== "true" }),
    );
    this._verdict = el("div", { class: "swg-group" }, this._stars.element, this._pick);
    this._note = el("textarea", { class: "swg-note", label: "Note", attributes: { placeholder: "a note", rows: "2" } });
    this._noted = ""; // the note as it is kept
    this._note.addEventListener("change", () => this._keepNote());
    this._said = el("span", { class: "swg-quiet", role: "status" });
    this._prompt = el("p", { class: "swg-whole-prompt" });
    this._facts = el("dl", { class: "swg-facts" });
    this._request = el("pre");
    const request = el("details", {}, el("summary", { text: "The request" }), this._request);
    const left = el("div", {}, this._media, this._verdict, this._note);
    const right = el("div", {}, this._prompt, this._facts, request);
    this._actions = el("div", { class: "swg-actions" });
    this._dialog = el("dialog", { class: "swg-dialog swg-details", label: "Details of a take" });
    this._dialog.append(head, el("div", { class: "swg-details-body" }, left, right), this._actions);
    this._dialog.addEventListener("close", () => this._closed());
    root.append(this._dialog);
  }

  /** @param {string} key */
  async open(key) {
    const answer = await this._acts.ask("details", { key });
    if (!answer) return;
    this._keepNote();
    this._leave();
    this._key = key;
    this._note.value = this._noted = answer.note;
    this._fill(answer);
    if (!this._dialog.open) this._dialog.showModal();
    this._load(answer.row);
  }

  /** What is shown, again: something may have changed. */
  async refresh() {
    const key = this._key;
    const answer = key && this._dialog.open ? await this._acts.ask("details", { key }) : null;
    if (!answer || key !== this._key) return;
    this._fill(answer);
    if (!this._shown) this._load(answer.row);
  }

  /** @param {any} answer */
  _fill({ row, prompt, note, text, facts }) {
    const done = hasClip(row);
    say(this._title, row.name);
    this._stars.set(row.rating);
    press(this._pick, row.picked);
    say(this._pick, row.picked ? "✓ picked" : "pick");
    this._verdict.hidden = !done || row.binned;
    if (this._note.value === this._noted) this._note.value = this._noted = note; // what is being written stays
    say(this._prompt, prompt);
    say(this._request, text);
    this._facts.replaceChildren(...facts.flatMap((/** @type {[string, string]} */ [name, words]) => [
      el("dt", { text: name }),
      el("dd", { text: words }),
    ]));
    this._previous.disabled = !this._acts.beside(row.key, -1);
    this._next.disabled = !this._acts.beside(row.key, 1);
    this._offer(row, prompt);
  }

  /**
   * @param {import("./tile.js").Row} row
   * @param {string} prompt
   */
  _offer(row, prompt) {
    const word = (/** @type {string} */ text, /** @type {() => unknown} */ act, more = "") =>
      button({ text, class: `swg-words ${more}` }, act);
    const copy = async () => say(this._said, (await copyText(prompt)) ? "copied" : "The browser did not allow to copy.");
    const use = async () => {
      if (await this._acts.ask("use_request", { key: row.key }, "The request is in the panel below.")) this._dialog.close();
    };
    const look = () => this._say("look_again", {}, "It is being looked for; nothing is sent.");
    const leave = (/** @type {(keys: string[]) => unknown} */ act) => () => {
      this._dialog.close();
      act([row.key]);
    };
    const acts = [
      this._said,
      word("Copy prompt", copy),
      ...(hasClip(row) && !row.missing ? [word("Download", () => this._download(row))] : []),
      ...(OPEN.has(row.status) && !row.binned ? [word("Look again", look)] : []),
      row.binned ? word("Restore", leave(this._acts.restore)) : word("Delete", leave(this._acts.remove)),
      ...(row.binned ? [] : [word("Use this request", use, "swg-primary")]),
    ];
    this._actions.replaceChildren(...acts);
  }

  /** @param {import("./tile.js").Row} row */
  async _load(row) {
    if (!hasClip(row) || row.missing) {
      const words = row.missing ? "The clip is gone: its file is not in the library's folder any more." : row.words;
      this._media.replaceChildren(el("p", { text: [words, row.reason].filter(Boolean).join(": ") }));
      return;
    }
    this._media.replaceChildren(el("p", { text: "loading the clip" }));
    this._shown = row.key;
    try {
      const url = await this._acts.blobs.want("clip", row.key);
      if (this._shown !== row.key) return;
      const video = el("video", { label: row.name, attributes: { playsinline: "", controls: "" } });
      video.muted = video.loop = true;
      video.autoplay = !matchMedia("(prefers-reduced-motion: reduce)").matches;
      video.src = url;
      const cannot = el("p", { text: "This browser cannot play the clip." });
      video.addEventListener("error", () => this._shown === row.key && this._media.replaceChildren(cannot));
      this._media.replaceChildren(video);
    } catch (error) {
      this._shown = "";
      this._media.replaceChildren(el("p", { text: /** @type {Error} */ (error).message }));
    }
  }

  /** @param {import("./tile.js").Row} row */
  async _download(row) {
    const url = await this._acts.blobs.want("clip", row.key);
    const name = `seedance-${row.name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.mp4`;
    el("a", { attributes: { href: url, download: name } }).click();
  }

  /**
   * @param {string} kind
   * @param {Record<string, unknown>} fields
   * @param {string} [done]
   */
  async _say(kind, fields, done = "") {
    const answer = await this._acts.ask(kind, { key: this._key, ...fields });
    if (!answer) return;
    say(this._said, done);
    this.refresh();
  }

  /** Has what was written kept, if it is another note. */
  _keepNote() {
    if (!this._key || this._note.value === this._noted) return;
    this._noted = this._note.value;
    this._say("note", { note: this._noted }, "The note is kept.");
  }

  /** @param {number} by */
  _move(by) {
    const key = this._acts.beside(this._key, by);
    if (key) this.open(key);
  }

  /** Gives the clip back. */
  _leave() {
    const video = this._media.querySelector("video");
    video?.removeAttribute("src");
    video?.load();
    this._media.replaceChildren();
    if (this._shown) this._acts.blobs.release("clip", this._shown);
    this._shown = "";
    say(this._said, "");
  }

  _closed() {
    this._keepNote();
    this._leave();
    const key = this._key;
    this._key = "";
    this._acts.closed(key);
  }

  close() {
    this._leave();
    this._dialog.remove();
  }
}
