// @ts-check
// One video that follows a playhead: it knows the frame on the screen, and goes to frames exactly.

import { Preview } from "./preview.js";

/** @typedef {{fps: number, frames: number, seconds: number}} Clip */

/**
 * What is on the screen: the video or a small picture, which own frame (-1 when not known), from which second to which that
 * is shown, and whether it is the clip's last.
 * @typedef {{source: HTMLVideoElement|HTMLCanvasElement, frame: number, from: number, to: number, last: boolean}} Sight
 */

/** After `seeked`, how long the frame may take to be presented (ms). */
const GRACE = 1000;
/** A seek that says nothing for this long (ms) no longer holds up the others. */
const PATIENCE = 3000;
const ATTEMPTS = 4;

export class Follower {
  /**
   * @param {HTMLVideoElement} video
   * @param {Clip} clip
   * @param {() => void} changed called when a seek has ended, and when the video can or can no longer be played
   */
  constructor(video, clip, changed) {
    this.video = video;
    this.fps = clip.fps > 0 ? clip.fps : 24;
    this.frames = Math.max(1, clip.frames || Math.round(clip.seconds * this.fps));
    this.seconds = this.frames / this.fps;
    this.changed = changed;
    /** @type {import("./flipbook.js").Flipbook|null} */
    this.book = null;
    this.preview = new Preview(video);
    this.visible = true;
    this.broken = false;
    /** Whether a start waits for it. */
    this.awaited = true;
    /** The frame on the screen, -1 when not known. */
    this.shown = -1;
    /** The frame to stand on, -1 while playing. */
    this.target = -1;
    /** The frame of the seek under way, -1 when there is none. */
    this.sought = -1;
    /** Whether it decodes its way there; the frame is presented a little later, or sooner. */
    this.busy = false;
    this.settled = false;
    /** When the last seek began and how long seeks take, in ms. */
    this.soughtAt = -Infinity;
    this.latency = 100;
    this.attempts = 0;
    /** How many seeks in a row have not brought it back to the others while playing. */
    this.leaps = 0;
    this.presented = { media: -1, at: 0 };
    /** When its time was last seen to change. */
    this.moved = { time: -1, at: 0 };
    this.timer = 0;
    this.callback = 0;
    this.ended = new AbortController();
    this.#listen();
  }

  #listen() {
    const on = (/** @type {string} */ name, /** @type {() => void} */ act) =>
      this.video.addEventListener(name, act, { signal: this.ended.signal });
    on("seeked", () => this.#seeked());
    on("loadeddata", () => this.#awake());
    on("canplay", () => this.#awake());
    on("error", () => this.#forget(true));
    on("emptied", () => this.#forget(false));
    this.#watch();
  }

  /** Note every frame that is presented: the only way to know what is on the screen. */
  #watch() {
    if (!this.video.requestVideoFrameCallback) return;
    this.callback = this.video.requestVideoFrameCallback((now, frame) => {
      this.presented = { media: frame.mediaTime, at: frame.expectedDisplayTime };
      this.shown = Math.round(frame.mediaTime * this.fps);
      if (this.sought >= 0 && this.shown === this.sought) this.#arrive();
      else if (this.settled && this.shown !== this.target) this.#again();
      this.#watch();
    });
  }

  #awake() {
    this.awaited = true;
    this.changed();
  }

  /** The source has failed or gone: whatever was known of it is no longer true. */
  #forget(/** @type {boolean} */ broken) {
    this.broken = broken;
    this.shown = this.sought = -1;
    this.busy = this.settled = false;
    this.preview.hide();
    clearTimeout(this.timer);
    this.changed();
  }

  /** @returns {Sight} */
  get sight() {
    const { canvas, frame: pictured } = this.preview;
    const isPicture = canvas && pictured >= 0;
    const frame = isPicture ? pictured : this.shown;
    const source = isPicture ? canvas : this.video;
    return { source, frame, from: frame / this.fps, to: (frame + 1) / this.fps, last: frame === this.frames - 1 };
  }

  get ready() {
    return !this.broken && this.video.readyState >= 1;
  }

  /** Whether it should stand on a frame and does not. */
  get astray() {
    return this.ready && this.target >= 0 && !this.settled;
  }

  /** Whether it waits for a seek to its frame. */
  get waiting() {
    return this.astray && this.sought < 0;
  }

  /** Whether nothing is to be waited for: it could play on at once, and stands where it should. */
  get prepared() {
    const placed = this.target < 0 || (this.settled && this.video.readyState >= 3);
    return this.broken || !this.awaited || placed;
  }

  /** The own frame at a time of the playhead; a shorter clip holds its last. */
  frameAt(/** @type {number} */ seconds) {
    return Math.min(this.frames - 1, Math.max(0, Math.floor(seconds * this.fps + 1e-4)));
  }

  /** Choose the frame to stand on. The seek itself is started by whoever knows how many are under way. */
  aim(/** @type {number} */ frame) {
    if (frame === this.target) return;
    this.target = frame;
    this.attempts = 0;
    this.settled = false;
  }

  /**
   * Start the seek to the middle of the frame, where rounding can do no harm. Only a seek to another time presents a
   * frame, so what is tried again is tried a little beside.
   */
  seek() {
    const beside = 0.1 * (this.attempts % 4);
    const seconds = (this.target + 0.5 + beside) / this.fps;
    const same = Math.abs(this.video.currentTime - seconds) < 1e-4;
    this.seekTo(same ? seconds - 0.2 / this.fps : seconds, this.target);
  }

  /** Seek to a second, at which a frame is awaited. @param {number} seconds @param {number} frame */
  seekTo(seconds, frame) {
    this.sought = frame;
    this.busy = true;
    this.soughtAt = performance.now();
    this.presented = { media: -1, at: 0 };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#overdue(), PATIENCE);
    this.video.currentTime = seconds;
  }

  /** The frame itself is awaited, unless another one is wanted by now. */
  #seeked() {
    this.busy = false;
    if (this.sought >= 0 && this.sought !== this.target) return this.#arrive();
    if (this.sought >= 0) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#overdue(), this.#blind ? 0 : GRACE);
    }
    this.changed();
  }

  /** Whether no frame will be presented, so that the event has to do. */
  get #blind() {
    return document.hidden || !this.video.requestVideoFrameCallback;
  }

  #overdue() {
    this.busy = false;
    if (this.#blind) this.shown = this.sought;
    this.#arrive();
  }

  #arrive() {
    clearTimeout(this.timer);
    this.latency += 0.3 * (Math.min(500, performance.now() - this.soughtAt) - this.latency);
    const frame = this.sought;
    this.sought = -1;
    if (frame === this.target && this.shown !== frame) return this.#again();
    this.#settle(frame === this.target);
    this.changed();
  }

  #again() {
    this.attempts += 1;
    this.#settle(this.attempts >= ATTEMPTS);
    this.changed();
  }

  /**
   * Show a small picture while the video is on its way.
   * @param {number} frame of the picture
   * @param {ImageBitmap|null} [picture]
   */
  glance(frame, picture) {
    if (picture && this.astray && !this.ended.signal.aborted) this.preview.show(picture, frame);
    picture?.close();
  }

  /** Once the video shows its frame, nothing lies over it. */
  #settle(/** @type {boolean} */ there) {
    this.settled = there;
    if (there) this.preview.hide();
  }

  /** Play from where it stands. A refusal (the page was never touched, and this one has sound) is met by silence. */
  async start(/** @type {number} */ rate) {
    this.target = -1;
    this.settled = false;
    this.leaps = 0;
    this.preview.hide();
    this.video.playbackRate = rate;
    try {
      await this.video.play();
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "NotAllowedError" || this.video.muted) return;
      this.video.muted = true;
      await this.video.play().catch(() => {});
    }
  }

  halt() {
    if (!this.video.paused) this.video.pause();
  }

  destroy() {
    this.ended.abort();
    this.preview.hide();
    clearTimeout(this.timer);
    if (this.callback) this.video.cancelVideoFrameCallback(this.callback);
    this.halt();
  }
}
