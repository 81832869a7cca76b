// @ts-check
// One take by itself: what it is doing, then its clip; caption, stars, Stop.
import { Blobs } from "./blobs.js";
import { button, el, press, say } from "./dom.js";
import { Stars } from "./stars.js";
import { StatusView } from "./status.js";
import { hasClip, isRunning } from "./wording.js";

/**
 * @typedef {object} Looks
 * @property {number} width CSS pixels of the longer side
 * @property {boolean} autoplay
 * @property {boolean} loop
 * @property {boolean} muted
 * @property {boolean} posters
 * @property {string} hides the rule that hides what stands in for this card in a saved notebook
 */

export class CardView {
  /**
   * @param {HTMLElement} parent
   * @param {import("./host.js").Host} host
   */
  constructor(parent, host) {
    this._host = host;
    this._blobs = new Blobs(host);
    /** @type {Looks} */
    this._looks = host.get("layout");
    /** @type {HTMLVideoElement|null} */
    this._video = null;
    this._wanted = ""; // the key of the take whose clip is fetched or shown
    this._trouble = "";
    this._lag = 0; // seconds by which the kernel's clock is ahead of the page's
    this._stamp = 0;
    this._timer = 0;
    this._prompt = el("div", { class: "swc-prompt" });
    this._poster = el("img", { class: "swc-poster", attributes: { alt: "" } });
    this._poster.hidden = true;
    this._status = new StatusView((kind) => (kind === "reload" ? this._reload() : this._ask(kind)));
    this._frame = el("div", { class: "swc-frame" }, this._poster, this._status.element);
    this._caption = el("div", { class: "swc-caption" });
    this._stars = new Stars((stars) => this._ask("rate", { stars }));
    this._pick = button({ class: "swg-pick", label: "Pick", title: "mark this take as one to keep", pressed: false }, () =>
      this._ask("pick", { picked: !this._facts.picked }),
    );
    const why = "stop watching; the API has no cancel and goes on";
    this._stop = button({ text: "Stop", title: why, class: "swg-words" }, () => this._ask("stop"));
    this._said = el("div", { class: "swc-said", role: "status" });
    const tools = el("div", { class: "swc-tools" }, this._caption, this._stars.element, this._pick, this._stop);
    const hides = el("style", { text: this._looks.hides });
    this.root = el("div", { class: "swc-card", role: "group" }, hides, this._prompt, this._frame, tools, this._said);
    parent.append(this.root);
    host.watch(() => this._update());
    this._update();
  }

  /** @returns {any} */
  get _facts() {
    return this._host.get("cells")[0];
  }

  _update() {
    const facts = this._facts;
    const now = this._host.get("now");
    if (now !== this._stamp) this._lag = (this._stamp = now) - Date.now() / 1000;
    this._shape(facts);
    this.root.dataset.status = facts.status;
    this.root.setAttribute("aria-label", facts.name);
    say(this._prompt, facts.prompt);
    this._prompt.title = facts.prompt;
    say(this._caption, facts.caption || facts.name.replace("Take ", ""));
    this._stars.set(facts.rating);
    press(this._pick, facts.picked);
    this._stars.element.hidden = this._pick.hidden = !hasClip(facts);
    this._stop.hidden = !isRunning(facts);
    this._still(facts);
    this._tell();
    this._load(facts);
  }

  /** Keeps the room of the clip before it is there, so that nothing jumps. @param {any} facts */
  _shape(facts) {
    const [across, down] = facts.ratio;
    const width = Math.round(this._looks.width * Math.min(1, across / down));
    this.root.style.width = `${width}px`;
    this._frame.style.aspectRatio = `${across} / ${down}`;
  }

  /** @param {any} facts */
  _still(facts) {
    const still = this._host.get("still");
    this._poster.hidden = !still || !this._looks.posters || Boolean(this._video) || !hasClip(facts);
    if (!this._poster.hidden && this._poster.src !== still) this._poster.src = still;
  }

  /** Says how it is, each second while there is something to count, since the kernel sends no seconds. */
  _tell() {
    clearTimeout(this._timer);
    const facts = this._facts;
    this._status.element.hidden = !this._trouble && (Boolean(this._video) || !this._poster.hidden);
    if (this._trouble) this._status.tellTrouble(this._trouble);
    else if (hasClip(facts)) this._status.tellLoading();
    else this._status.tell(facts.over ? { ...facts, status: "over" } : facts, Date.now() / 1000 + this._lag);
    if (isRunning(facts)) this._timer = window.setTimeout(() => this._tell(), 1000);
  }

  /** @param {any} facts */
  async _load(facts) {
    if (!hasClip(facts)) return this._drop();
    if (this._wanted === facts.key || this._trouble) return;
    this._wanted = facts.key;
    try {
      this._play(await this._blobs.want("clip", facts.key));
    } catch (error) {
      this._fail(/** @type {Error} */ (error).message);
    }
  }

  /** @param {string} url */
  _play(url) {
    const { autoplay, loop, muted } = this._looks;
    const video = el("video", { class: "swc-video", attributes: { controls: "", playsinline: "" } });
    Object.assign(video, { muted, loop, autoplay, src: url });
    video.addEventListener("error", () => this._video === video && this._fail("This browser cannot play it."));
    this._video = video;
    this._frame.append(video);
    this._poster.hidden = true;
    this._tell();
  }

  /** @param {string} words */
  _fail(words) {
    this._drop();
    this._trouble = words;
    this._tell();
  }

  _reload() {
    this._trouble = "";
    this._update();
  }

  /** Gives the clip back. */
  _drop() {
    if (this._video) {
      this._video.removeAttribute("src");
      this._video.load(); // frees the decoder
      this._video.remove();
      this._video = null;
    }
    if (this._wanted) this._blobs.release("clip", this._wanted);
    this._wanted = "";
  }

  /**
   * @param {string} kind
   * @param {Record<string, unknown>} [fields]
   */
  async _ask(kind, fields = {}) {
    try {
      await this._host.ask(kind, { key: this._facts.key, ...fields });
      say(this._said, "");
    } catch (error) {
      say(this._said, /** @type {Error} */ (error).message);
    }
  }

  close() {
    clearTimeout(this._timer);
    this._drop();
    this._blobs.close();
    this._host.close();
  }
}
