// @ts-check
// One cell: what its take is doing, then its poster, then its clip; stars, pick and what else can be done with it.
import { button, el, press, sayParts } from "./dom.js";
import { Stars } from "./stars.js";
import { StatusView } from "./status.js";
import { duration, hasClip, hasFailed, isRunning } from "./wording.js";

const POSTER_AFTER = 1500; // ms; a clip that is there by then needs no poster
const KEEP_FOR = 3000; // ms; a clip scrolled away for less is kept

/**
 * What a cell asks of the grid.
 * @typedef {object} Acts
 * @property {import("./blobs.js").Blobs} blobs of posters
 * @property {import("./reels.js").Reels} reels
 * @property {(cell: CellView, reel: import("./reel.js").Reel) => void} ready its video can play
 * @property {(cell: CellView) => void} gone its video is taken away
 * @property {(cell: CellView, stars: number) => unknown} rate
 * @property {(cell: CellView) => unknown} pick
 * @property {(cell: CellView) => unknown} enlarge
 * @property {(cell: CellView) => unknown} listen
 * @property {(cell: CellView, anchor: HTMLElement) => unknown} menu
 * @property {(cell: CellView, kind: string) => unknown} mend
 */

export class CellView {
  /**
   * @param {number} index in reading order
   * @param {Acts} acts
   */
  constructor(index, acts) {
    this.index = index;
    /** @type {import("./wording.js").Facts} */
    this.facts = /** @type {any} */ ({ key: "", status: "" });
    /** @type {HTMLVideoElement|null} */
    this.video = null;
    this._acts = acts;
    this._isVisible = false;
    this._isPictured = false; // whether its video has shown anything
    this._wanted = ""; // the key of the take whose clip is being fetched or shown
    this._trouble = "";
    this._timers = { poster: 0, leave: 0 };
    this._status = new StatusView((kind) => (kind === "reload" ? this._reload() : acts.mend(this, kind)));
    this._poster = el("img", { class: "swg-poster", attributes: { alt: "", draggable: "false" } });
    this._poster.hidden = true;
    this.media = el("div", { class: "swg-media" }, this._poster);
    this.frame = el("div", { class: "swg-frame" }, this.media, this._status.element);
    this.stars = new Stars((stars) => acts.rate(this, stars));
    this._pick = button({ class: "swg-pick", label: "Pick", pressed: false }, () => acts.pick(this));
    this._sound = button({ icon: "sound", label: "Sound of this take", pressed: false }, () => acts.listen(this));
    this._enlarge = button({ icon: "enlarge", label: "Enlarge", pressed: false }, () => acts.enlarge(this));
    this._more = button({ icon: "more", label: "More" }, (event) =>
      acts.menu(this, /** @type {HTMLElement} */ (event.currentTarget)),
    );
    this._more.setAttribute("aria-haspopup", "menu");
    this._tools = el("div", { class: "swg-tools" }, this.stars.element, this._pick, this._sound, this._enlarge);
    this._label = el("div", { class: "swg-label" });
    this._caption = el("div", { class: "swg-caption" });
    const foot = el("div", { class: "swg-foot" }, this._tools, this._more);
    this.element = el("div", { class: "swg-cell", role: "group" }, this._label, this.frame, foot, this._caption);
    this.element.tabIndex = 0;
    this.frame.addEventListener("dblclick", () => acts.enlarge(this));
    this.setCurrent(false);
  }

  /**
   * Shows what is true now.
   * @param {import("./wording.js").Facts} facts
   * @param {number} now
   */
  update(facts, now) {
    // The shape that the request asks for stays, so that nothing jumps when the clip arrives.
    if (!this.facts.status) this.frame.style.aspectRatio = `${facts.ratio[0]} / ${facts.ratio[1]}`;
    const isOver = !hasClip(facts) && Boolean(this._wanted || this._trouble); // what was said of a clip, too
    if (facts.key !== this.facts.key || isOver) this._leave();
    this.facts = facts;
    this.element.dataset.status = facts.status;
    this.element.classList.toggle("swg-picked", facts.picked);
    this.element.classList.toggle("swg-ended", hasFailed(facts));
    this.stars.set(facts.rating);
    press(this._pick, facts.picked);
    this._tools.hidden = !hasClip(facts);
    this._sound.hidden = !facts.clip?.audio;
    this._more.hidden = !facts.key;
    this.tell(now);
    if (this._isVisible) this._load();
  }

  /**
   * Says how it is; called each second while there is something to count, since the kernel sends no seconds.
   * @param {number} now
   */
  tell(now) {
    const isSeen = this._isPictured || !this._poster.hidden;
    this._status.element.hidden = !this._trouble && isSeen;
    if (this._trouble) this._status.tellTrouble(this._trouble);
    else if (hasClip(this.facts)) this._status.tellLoading();
    else this._status.tell(this.facts, now);
  }

  /** Whether its seconds tick. */
  get isTicking() {
    return isRunning(this.facts);
  }

  /**
   * Names the cell, or hides what it is.
   * @param {string} secret its letter while judging is blind; else empty
   */
  name(secret) {
    const { name, label, caption, clip } = this.facts;
    const title = secret || label || name.replace("Take ", "");
    const facts = secret ? duration(clip?.seconds ?? 0) : (caption ?? "");
    this.element.setAttribute("aria-label", secret ? `Take ${secret}` : name);
    sayParts(this._label, title);
    sayParts(this._caption, facts);
    this._label.title = title;
    this._caption.title = facts;
  }

  /** Its name as it is shown now. */
  get title() {
    return this._label.textContent ?? "";
  }

  /** @param {boolean} current whether it is the one that keys are for: only there, Tab stops at each control */
  setCurrent(current) {
    this.element.classList.toggle("swg-current", current);
    const controls = [...this._tools.querySelectorAll("button"), this._more];
    for (const each of controls) each.tabIndex = current ? 0 : -1;
  }

  /** @param {boolean} large */
  setLarge(large) {
    this.element.classList.toggle("swg-large", large);
    press(this._enlarge, large);
  }

  /** @param {boolean} heard */
  setHeard(heard) {
    press(this._sound, heard);
  }

  // The clip --------------------------------------------------------------------------------------------------

  /** @param {boolean} visible whether a person can see the cell, or nearly */
  setVisible(visible) {
    this._isVisible = visible;
    clearTimeout(this._timers.leave);
    if (visible) this._load();
    else this._timers.leave = window.setTimeout(() => this._leave(), KEEP_FOR);
  }

  async _load() {
    const { key } = this.facts;
    if (!hasClip(this.facts) || this._wanted === key || this._trouble) return;
    this._wanted = key;
    this._timers.poster = window.setTimeout(() => this._loadPoster(key), POSTER_AFTER);
    try {
      const reel = this._acts.reels.want(key, this.facts.clip ?? undefined);
      const url = await reel.url.promise;
      if (this._wanted !== key) return;
      this._play(url, reel);
      await reel.file.promise; // the rest of it may fail yet
    } catch (error) {
      if (this._wanted === key) this._fail(/** @type {Error} */ (error).message);
    }
  }

  /** @param {string} key */
  async _loadPoster(key) {
    try {
      const url = await this._acts.blobs.want("poster", key);
      if (this._wanted !== key || this.video) return;
      this._poster.src = url;
      this._poster.hidden = false;
      this.tell(0);
    } catch {
      // A poster is a comfort; the clip itself tells what is wrong with it.
    }
  }

  /** @param {string} url @param {import("./reel.js").Reel} reel */
  _play(url, reel) {
    clearTimeout(this._timers.poster);
    const video = el("video", { class: "swg-video", attributes: { playsinline: "", disablepictureinpicture: "" } });
    video.muted = true;
    video.preload = "auto";
    video.src = url;
    video.addEventListener("error", () => this.video === video && this._cannot(video, reel));
    video.addEventListener("loadeddata", () => this._arrived(video));
    this.video = video;
    this.media.append(video);
    this.tell(0);
    this._acts.ready(this, reel);
  }

  /**
   * What the browser did not take in parts, it may take as a file.
   * @param {HTMLVideoElement} video
   * @param {import("./reel.js").Reel} reel
   */
  async _cannot(video, reel) {
    const isFile = !reel.isStreamed || video.dataset.file;
    if (isFile) return this._fail("This browser cannot play it.");
    video.dataset.file = "whole";
    const url = await reel.fileUrl().catch(() => ""); // whose failure is told elsewhere
    if (url && this.video === video) video.src = url;
  }

  /** Its first picture is on the screen. @param {HTMLVideoElement} video */
  _arrived(video) {
    if (this.video !== video) return;
    this._isPictured = true;
    this._dropPoster();
    this.tell(0);
  }

  _dropPoster() {
    clearTimeout(this._timers.poster);
    this._poster.hidden = true;
    this._poster.removeAttribute("src");
    this._acts.blobs.release("poster", this.facts.key);
  }

  /** @param {string} words */
  _fail(words) {
    this._leave();
    this._trouble = words;
    this.tell(0);
  }

  _reload() {
    this._trouble = "";
    this.tell(0);
    this._load();
  }

  /** Gives clip and poster back. */
  _leave() {
    this._wanted = "";
    this._trouble = "";
    this._isPictured = false;
    if (this.video) {
      this._acts.gone(this);
      this.video.removeAttribute("src");
      this.video.load(); // frees the decoder
      this.video.remove();
      this.video = null;
    }
    this._dropPoster();
    this._acts.reels.release(this.facts.key);
    this._status.element.hidden = false;
  }

  close() {
    this._isVisible = false;
    clearTimeout(this._timers.leave);
    this._leave();
  }
}
