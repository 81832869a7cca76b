// @ts-check
// Videos in step. The playhead lives in the page and is the only truth; each video is brought to it, and none of them
// stops the others.

import { correct } from "./correction.js";
import { leap, runs } from "./drift.js";
import { Followers } from "./followers.js";
import { Playhead } from "./playhead.js";

/** @typedef {import("./follower.js").Clip} Clip */
/** @typedef {import("./follower.js").Follower} Follower */
/**
 * @typedef {{playing: boolean, time: number, frame: number, frames: number, fps: number, duration: number,
 *   rate: number, loop: boolean}} State
 */

/** How often drift is looked at (ms). */
const TICK = 50;
/** How long a start waits for the slowest (ms), which joins later and is not waited for again. */
const START_WITHIN = 1500;

export class Ensemble {
  /** @param {(state: State) => void} onState called on each change, and on animation frames while playing */
  constructor(onState = () => {}) {
    this.onState = onState;
    this.followers = new Followers();
    this.head = new Playhead();
    this.playing = false;
    this.looping = true;
    /** @type {HTMLVideoElement | null} */
    this.sounding = null;
    /** Every play, pause and seek takes a new number; what was begun under an older one gives up. */
    this.turn = 0;
    this.ticker = 0;
    this.animation = 0;
    this.ended = new AbortController();
    document.addEventListener("visibilitychange", () => this.#visibility(), { signal: this.ended.signal });
  }

  /**
   * Take a video in. It joins where the playhead is, also while the others play.
   * @param {HTMLVideoElement} video
   * @param {Clip} clip
   * @param {Blob|Promise<Blob>} [file] what it plays: where it is given, a scrub is seen at once in small pictures
   */
  add(video, clip, file) {
    this.remove(video);
    const follower = this.followers.add(video, clip, file);
    video.muted = video !== this.sounding;
    video.loop = false;
    this.#measure();
    if (!this.head.runs) follower.aim(follower.frameAt(this.head.middle));
    this.followers.changed();
    this.#tell();
  }

  /** @param {HTMLVideoElement} video */
  remove(video) {
    if (!this.followers.get(video)) return;
    this.followers.remove(video);
    if (this.sounding === video) this.sounding = null;
    this.#measure();
    this.#tell();
  }

  /** @returns {State} */
  get state() {
    const { time, frame, frames, fps, duration, speed } = this.head;
    return { playing: this.playing, time, frame, frames, fps, duration, rate: speed, loop: this.looping };
  }

  get rate() {
    return this.head.speed;
  }

  set rate(value) {
    this.head.hasten(Math.max(0.25, Math.min(2, value || 1)));
    for (const follower of this.followers.all) follower.video.playbackRate = this.rate;
    this.#tell();
  }

  get loop() {
    return this.looping;
  }

  set loop(value) {
    this.looping = Boolean(value);
    this.#tell();
  }

  /** Start all together, from the beginning when they are at the end. Resolves when they play. */
  async play() {
    if (this.playing) return;
    this.playing = true;
    if (this.head.frame >= this.head.frames - 1) this.head.stand(0);
    await this.#launch();
  }

  /** Stop where the playhead is: all on one frame. */
  pause() {
    this.step(0);
  }

  async toggle() {
    return this.playing ? this.pause() : this.play();
  }

  stop() {
    this.step(-Infinity);
  }

  /** Go to the frame at a time; what plays goes on from there. @param {number} seconds */
  seek(seconds) {
    this.#stand(seconds * this.head.fps + 1e-4);
    if (this.playing) void this.#go();
  }

  /** @param {number} frames how many to go on; negative is back */
  step(frames) {
    this.playing = false;
    this.#stand(this.head.frame + frames);
  }

  toStart() {
    this.seek(0);
  }

  toEnd() {
    this.step(Infinity);
  }

  /** Let one be heard, or none. @param {HTMLVideoElement | null} video */
  sound(video) {
    this.sounding = video;
    for (const each of this.followers.videos) each.muted = each !== video;
  }

  /**
   * What of a video is on the screen: itself, or a small picture while it is on its way.
   * @param {HTMLVideoElement} video
   * @returns {import("./follower.js").Sight}
   */
  seen(video) {
    return this.followers.get(video)?.sight ?? { source: video, frame: -1, from: -1, to: 0, last: false };
  }

  /** Resolves when all that can be played stand on the frame of the playhead. @returns {Promise<void>} */
  settled() {
    const turn = this.turn;
    return this.followers.until((follower) => follower.broken || follower.settled, () => turn === this.turn);
  }

  /** Let go of all videos; they stay where they are. */
  destroy() {
    this.onState = () => {};
    this.playing = false;
    this.turn += 1;
    this.#rest();
    this.followers.close();
    this.ended.abort();
  }

  /** The playhead is as fine as the finest clip and goes as far as the longest. */
  #measure() {
    const { all } = this.followers;
    this.head.fps = Math.max(0, ...all.map((follower) => follower.fps)) || 24;
    this.head.duration = Math.max(0, ...all.map((follower) => follower.seconds));
  }

  /** Halt the playhead on a frame and send all there; the latest place wins. */
  #stand(/** @type {number} */ frame, byHand = true) {
    this.turn += 1;
    this.#rest();
    this.head.stand(frame);
    this.followers.aim(this.head.middle, byHand);
    this.#tell();
  }

  #rest() {
    this.head.rest();
    clearInterval(this.ticker);
    cancelAnimationFrame(this.animation);
    for (const follower of this.followers.all) follower.halt();
  }

  /** Bring all to the playhead, and start them together when they are ready. */
  async #launch() {
    this.#stand(this.head.frame, false);
    await this.#go();
  }

  async #go() {
    const turn = this.turn;
    await this.followers.until((follower) => follower.prepared, () => turn === this.turn, START_WITHIN);
    if (turn !== this.turn || document.hidden) return;
    for (const follower of this.followers.all) follower.awaited = follower.prepared;
    this.head.run();
    this.ticker = setInterval(() => this.#tick(), TICK);
    this.#animate();
    await Promise.all(this.followers.all.map((follower) => this.#start(follower)));
  }

  /** A clip that is over holds its last frame. */
  async #start(/** @type {Follower} */ follower) {
    const over = this.head.time >= follower.seconds - 0.5 / follower.fps || follower.video.ended;
    if (follower.ready && !over) await follower.start(this.rate);
  }

  #tick() {
    if (this.#over()) return;
    const running = this.followers.all.filter(runs);
    correct(running, this.head, this.sounding);
    this.#rouse();
  }

  /** Those that should play and do not: late ones, stalled ones, ones that the browser has paused. */
  #rouse() {
    for (const follower of this.followers.all) {
      if (!follower.video.paused || follower.sought >= 0) continue;
      void this.#start(follower);
      if (!follower.video.paused) leap(follower, this.head.time, this.rate);
    }
  }

  /** At the end all begin again together, or stay on their last frame. */
  #over() {
    if (!this.head.over) return false;
    if (!this.looping) this.toEnd();
    else {
      this.head.stand(0);
      void this.#launch();
    }
    return true;
  }

  #animate() {
    this.animation = requestAnimationFrame(() => {
      if (this.#over()) return;
      this.#tell();
      this.#animate();
    });
  }

  /** Browsers pause what is not seen, each video at its own moment: all rest, and later go on together. */
  #visibility() {
    if (!this.playing) return;
    if (document.hidden) this.#rest();
    else void this.#launch();
  }

  #tell() {
    this.onState(this.state);
  }
}
