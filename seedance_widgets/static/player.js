// @ts-check
// Videos in step. The playhead lives in the page and is the only truth; each video is brought to it, and none of them
// stops the others.

import { Follower } from "./follower.js";
import { Playhead } from "./playhead.js";

/** @typedef {import("./follower.js").Clip} Clip */
/**
 * @typedef {{playing: boolean, time: number, frame: number, frames: number, fps: number, duration: number,
 *   rate: number, loop: boolean}} State
 */

/** How often drift is looked at (ms). */
const TICK = 100;
/** How long a start waits for the slowest (ms), which joins later. */
const START_WITHIN = 1500;
/** More seeks at once than processors only make all of them late, and the next place of a scrub has to wait for them. */
const SEEKS = Math.max(2, Math.min(8, navigator.hardwareConcurrency || 4));

export class Ensemble {
  /** @param {(state: State) => void} onState called on each change, and on animation frames while playing */
  constructor(onState = () => {}) {
    this.onState = onState;
    /** @type {Map<HTMLVideoElement, Follower>} */
    this.followers = new Map();
    this.head = new Playhead();
    this.playing = false;
    this.looping = true;
    /** @type {HTMLVideoElement | null} */
    this.sounding = null;
    /** Every play, pause and seek takes a new number; what was begun under an older one gives up. */
    this.turn = 0;
    /** @type {Set<() => void>} */
    this.waiters = new Set();
    this.ticker = 0;
    this.animation = 0;
    this.ended = new AbortController();
    document.addEventListener("visibilitychange", () => this.#visibility(), { signal: this.ended.signal });
    this.sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const follower = this.followers.get(/** @type {HTMLVideoElement} */ (target));
        if (follower) follower.visible = isIntersecting;
      }
    });
  }

  /**
   * Take a video in. It joins where the playhead is, also while the others play.
   * @param {HTMLVideoElement} video
   * @param {Clip} clip
   */
  add(video, clip) {
    this.remove(video);
    const follower = new Follower(video, clip, () => this.#changed());
    video.muted = video !== this.sounding;
    video.loop = false;
    this.followers.set(video, follower);
    this.sight.observe(video);
    this.#measure();
    if (!this.head.runs) follower.aim(follower.frameAt(this.head.middle));
    this.#changed();
    this.#tell();
  }

  /** @param {HTMLVideoElement} video */
  remove(video) {
    this.followers.get(video)?.destroy();
    if (!this.followers.delete(video)) return;
    this.sight.unobserve(video);
    if (this.sounding === video) this.sounding = null;
    this.#measure();
    this.#changed();
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
    for (const follower of this.#all) follower.video.playbackRate = this.rate;
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
    this.playing = false;
    this.#stand(this.head.frame);
  }

  async toggle() {
    return this.playing ? this.pause() : this.play();
  }

  stop() {
    this.playing = false;
    this.#stand(0);
  }

  /** Go to the frame at a time; what plays goes on from there. @param {number} seconds */
  seek(seconds) {
    this.#stand(seconds * this.head.fps + 1e-4);
    if (this.playing) void this.#launch();
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
    this.playing = false;
    this.#stand(this.head.frames - 1);
  }

  /** Let one be heard, or none. @param {HTMLVideoElement | null} video */
  sound(video) {
    this.sounding = video;
    for (const each of this.followers.keys()) each.muted = each !== video;
  }

  /** Resolves when all that can be played stand on the frame of the playhead. @returns {Promise<void>} */
  settled() {
    return this.#until((follower) => follower.broken || follower.settled);
  }

  /** Let go of all videos; they stay where they are. */
  destroy() {
    this.onState = () => {};
    this.playing = false;
    this.turn += 1;
    this.#rest();
    for (const video of [...this.followers.keys()]) this.remove(video);
    this.sight.disconnect();
    this.ended.abort();
  }

  get #all() {
    return [...this.followers.values()];
  }

  /** The playhead is as fine as the finest clip and goes as far as the longest. */
  #measure() {
    this.head.fps = Math.max(0, ...this.#all.map((follower) => follower.fps)) || 24;
    this.head.duration = Math.max(0, ...this.#all.map((follower) => follower.seconds));
  }

  /** Halt the playhead on a frame and send all there; the latest place wins. */
  #stand(/** @type {number} */ frame) {
    this.turn += 1;
    this.#rest();
    this.head.stand(frame);
    for (const follower of this.#all) follower.aim(follower.frameAt(this.head.middle));
    this.#changed();
    this.#tell();
  }

  #rest() {
    this.head.rest();
    clearInterval(this.ticker);
    cancelAnimationFrame(this.animation);
    for (const follower of this.#all) follower.halt();
  }

  /** Bring all to the playhead, and start them together when they are ready. */
  async #launch() {
    this.#stand(this.head.frame);
    await this.#go();
  }

  async #go() {
    const turn = this.turn;
    await this.#until((follower) => follower.target < 0 || follower.prepared, START_WITHIN);
    if (turn !== this.turn || document.hidden) return;
    this.head.run();
    this.ticker = setInterval(() => this.#tick(), TICK);
    this.#animate();
    await Promise.all(this.#all.map((follower) => this.#start(follower)));
  }

  /** A clip that is over holds its last frame. */
  async #start(/** @type {Follower} */ follower) {
    const over = this.head.time >= follower.seconds - 0.5 / follower.fps || follower.video.ended;
    if (follower.ready && !over) await follower.start(this.rate);
  }

  #tick() {
    if (this.#over()) return;
    const running = this.#all.filter((follower) => follower.running);
    this.#lean(running);
    for (const follower of running) {
      if (follower.video !== this.sounding) follower.correct(this.head.time, this.rate);
    }
    const lost = running.filter((follower) => follower.leaps > 1);
    if (lost.length) void this.#wait(lost);
    else this.#rouse();
  }

  /**
   * All hold for those that do not catch up with a playhead that runs.
   * @param {Follower[]} lost
   */
  async #wait(lost) {
    this.turn += 1;
    this.#rest();
    for (const follower of lost) follower.aim(follower.frameAt(this.head.time));
    this.#changed();
    await this.#go();
  }

  /**
   * The playhead goes with the one that is heard, else with the middle one: when the whole machine is slow, nothing is
   * gained by chasing a clock.
   * @param {Follower[]} running
   */
  #lean(running) {
    const heard = running.filter((follower) => follower.video === this.sounding);
    const behind = (heard.length ? heard : running).map((follower) => follower.behind(this.head.time, this.rate));
    if (!behind.length) return;
    behind.sort((a, b) => a - b);
    const half = behind.length >> 1;
    this.head.run(this.head.time - (behind[half] + behind[behind.length - 1 - half]) / 2);
  }

  /** Those that should play and do not: late ones, stalled ones, ones that the browser has paused. */
  #rouse() {
    for (const follower of this.#all) {
      if (!follower.video.paused || follower.sought >= 0) continue;
      void this.#start(follower);
      if (!follower.video.paused) follower.correct(this.head.time, this.rate);
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

  /** Something has become ready or a seek is over: begin the next seeks, those that are seen first; wake who waits. */
  #changed() {
    const waiting = this.#all.filter((follower) => follower.waiting);
    waiting.sort((a, b) => Number(b.visible) - Number(a.visible) || a.soughtAt - b.soughtAt);
    const busy = this.#all.filter((follower) => follower.sought >= 0).length;
    for (const follower of waiting.slice(0, Math.max(0, SEEKS - busy))) follower.seek();
    for (const wake of [...this.waiters]) wake();
  }

  /**
   * Wait until it is true of all, or for so many ms, or until something else was asked for.
   * @param {(follower: Follower) => boolean} test
   * @param {number} [within]
   * @returns {Promise<void>}
   */
  #until(test, within = Infinity) {
    const turn = this.turn;
    return new Promise((resolve) => {
      const timer = Number.isFinite(within) ? setTimeout(() => end(), within) : undefined;
      const wake = () => (turn !== this.turn || this.#all.every(test)) && end();
      const end = () => {
        this.waiters.delete(wake);
        clearTimeout(timer);
        resolve();
      };
      this.waiters.add(wake);
      wake();
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
