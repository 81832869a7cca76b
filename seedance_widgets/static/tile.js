// @ts-check
// One take on the wall: its poster, its clip while one looks at it, what it is, stars, pick, and whether it is chosen.
import { button, el, press, say } from "./dom.js";
import { Stars } from "./stars.js";
import { hasClip, isRunning, progress } from "./wording.js";

const LOOKED_AT = 120; // ms; a pointer that only passes starts nothing

/** @typedef {import("./wording.js").Facts & {prompt: string, model: string, made: string, simulated: boolean, noted: boolean, binned: boolean, missing: boolean}} Row */

/**
 * What a tile asks of the wall.
 * @typedef {object} TileActs
 * @property {import("./blobs.js").Blobs} blobs
 * @property {import("./stills.js").Stills} stills
 * @property {boolean} mayPlay
 * @property {boolean} simulated whether all takes are made by the simulator, so that no tile need say so
 * @property {(tile: Tile, stars: number) => unknown} rate
 * @property {(tile: Tile) => unknown} pick
 * @property {(tile: Tile, chosen: boolean, range: boolean) => unknown} choose
 * @property {(tile: Tile) => unknown} open
 */

export class Tile {
  /** @param {TileActs} acts */
  constructor(acts) {
    this._acts = acts;
    /** @type {Row} */
    this.row = /** @type {any} */ ({ key: "" });
    /** @type {HTMLVideoElement|null} */
    this.video = null;
    this._trouble = "";
    this._looks = 0;
    this._playing = "";
    this._poster = el("img", { class: "swg-poster", attributes: { alt: "", draggable: "false" } });
    this._poster.hidden = true;
    this._status = el("div", { class: "swg-status" });
    this.box = el("input", { class: "swg-choose" });
    this.box.type = "checkbox";
    this._badge = el("span", { class: "swg-badge" });
    this.frame = el("div", { class: "swg-frame" }, this._poster, this._status, this._badge, this.box);
    this.stars = new Stars((stars) => acts.rate(this, stars));
    this._pick = button({ class: "swg-pick", label: "Pick", pressed: false }, () => acts.pick(this));
    this._more = button({ icon: "more", label: "Details" }, () => acts.open(this));
    this._foot = el("div", { class: "swg-foot" }, this.stars.element, this._pick, this._more);
    this._prompt = el("div", { class: "swg-prompt" });
    this._caption = el("div", { class: "swg-caption" });
    this.element = el("div", { class: "swg-tile", role: "group" }, this.frame, this._foot, this._prompt, this._caption);
    this.element.tabIndex = -1;
    this._listen();
    this.setCurrent(false);
  }

  _listen() {
    this.frame.addEventListener("pointerenter", () => this._look(LOOKED_AT));
    this.frame.addEventListener("pointerleave", () => this._rest());
    this.element.addEventListener("focus", () => this._look(LOOKED_AT));
    this.element.addEventListener("blur", () => this._rest());
    this.frame.addEventListener("click", (event) => {
      if (event.target === this.box) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey) this._acts.choose(this, !this.box.checked, event.shiftKey);
      else this._acts.open(this);
    });
    this.box.addEventListener("click", (event) => this._acts.choose(this, this.box.checked, event.shiftKey));
  }

  /**
   * Shows what is true now.
   * @param {Row} row
   * @param {number} now epoch seconds of the kernel's clock
   */
  update(row, now) {
    const before = this.row;
    const becameClip = hasClip(row) && before.key && !hasClip(before);
    this.row = row;
    const name = `${row.name}: ${row.prompt}`;
    this.element.setAttribute("aria-label", name);
    this.box.setAttribute("aria-label", `Select ${row.name}`);
    this.box.title = `Select ${row.name}`;
    this._more.setAttribute("aria-label", `Details of ${row.name}`);
    this.element.dataset.status = row.status;
    this.element.classList.toggle("swg-picked", row.picked);
    this.stars.set(row.rating);
    press(this._pick, row.picked);
    for (const each of [this.stars.element, this._pick]) each.hidden = !hasClip(row) || row.binned;
    say(this._prompt, row.prompt || row.model);
    this._prompt.title = row.prompt;
    const said = [row.caption || row.name.replace("Take ", ""), row.made];
    say(this._caption, said.filter(Boolean).join(" · "));
    this._caption.title = [...said, row.model].filter(Boolean).join(" · ");
    const marks = [row.simulated && !this._acts.simulated ? "simulated" : "", row.noted ? "✎" : ""];
    say(this._badge, marks.filter(Boolean).join(" "));
    this._badge.hidden = !this._badge.textContent;
    if (becameClip) this._wantPoster();
    this.tell(now);
  }

  /**
   * Says how it is; called each second while there is something to count.
   * @param {number} now
   */
  tell(now) {
    const { row } = this;
    const { line, left } = progress(row, now);
    const words = this._trouble || (row.missing ? "The clip is gone" : hasClip(row) ? "" : [line, left].filter(Boolean).join("\n"));
    const grave = Boolean(this._trouble) || row.missing;
    say(this._status, words);
    this._status.title = hasClip(row) ? words : (row.reason ?? "");
    this._status.hidden = !words || (!this._poster.hidden && !grave);
    this._status.classList.toggle("swg-veil", grave && !this._poster.hidden);
  }

  /** Whether its seconds tick. */
  get isTicking() {
    return isRunning(this.row);
  }

  /** @param {boolean} current whether it is the one that keys are for: only there, Tab stops */
  setCurrent(current) {
    this.element.tabIndex = current ? 0 : -1;
    this.element.classList.toggle("swg-current", current);
    const controls = [this.box, ...this._foot.querySelectorAll("button")];
    for (const each of controls) /** @type {HTMLElement} */ (each).tabIndex = current ? 0 : -1;
  }

  /** @param {boolean} chosen */
  setChosen(chosen) {
    this.box.checked = chosen;
    this.element.classList.toggle("swg-chosen", chosen);
  }

  // Poster and clip -----------------------------------------------------------------------------------------

  /** @param {boolean} visible whether a person can see it, or nearly */
  setVisible(visible) {
    if (visible) this._wantPoster();
    else this._dropPoster();
  }

  _wantPoster() {
    const { key } = this.row;
    if (!hasClip(this.row)) return;
    this._acts.stills.want(
      key,
      (url) => {
        this._poster.src = url;
        this._poster.hidden = false;
        this.tell(0);
      },
      (words) => {
        this._trouble = words;
        this.tell(0);
      },
    );
  }

  _dropPoster() {
    this._acts.stills.release(this.row.key);
    this._poster.hidden = true;
    this._poster.removeAttribute("src");
    this._trouble = "";
  }

  /** @param {number} after ms */
  _look(after) {
    if (!this._acts.mayPlay || !hasClip(this.row) || this.row.missing || this._playing) return;
    clearTimeout(this._looks);
    this._looks = window.setTimeout(() => this._play(), after);
  }

  async _play() {
    const { key } = this.row;
    this._playing = key;
    try {
      const url = await this._acts.blobs.want("clip", key);
      if (this._playing !== key) return;
      const video = el("video", { class: "swg-video", attributes: { playsinline: "", disablepictureinpicture: "" } });
      video.muted = video.loop = video.autoplay = true;
      video.src = url;
      video.addEventListener("error", () => this.video === video && this._fail("This browser cannot play it."));
      this.video = video;
      this._poster.after(video);
    } catch (error) {
      if (this._playing === key) this._fail(/** @type {Error} */ (error).message);
    }
  }

  /** @param {string} words */
  _fail(words) {
    this._stop();
    this._trouble = words;
    this.tell(0);
  }

  _rest() {
    clearTimeout(this._looks);
    if (this.frame.matches(":hover") || this.element === document.activeElement) return;
    this._stop();
  }

  /** Gives the clip back. */
  _stop() {
    clearTimeout(this._looks);
    if (!this._playing) return;
    if (this.video) {
      this.video.removeAttribute("src");
      this.video.load(); // frees the decoder
      this.video.remove();
      this.video = null;
    }
    this._acts.blobs.release("clip", this._playing);
    this._playing = "";
  }

  close() {
    this._stop();
    this._dropPoster();
    this.element.remove();
  }
}
