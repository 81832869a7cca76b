// @ts-check
// The videos of an ensemble: which there are, whose turn it is to seek, and when something is true of all.

import { Follower } from "./follower.js";
import { Printer } from "./printer.js";

/**
 * While someone scrubs, only so many seek at once: each place is soon out of date, and a seek that has begun cannot be
 * called back.
 */
const SEEKS = Math.max(2, Math.min(8, navigator.hardwareConcurrency || 4));
/** The hand rests when it has not moved for this long (ms). */
const REST = 60;
/** As long as videos come within this time (ms) of each other, small pictures wait: first of all there is much to load. */
const CALM = 1000;

export class Followers {
  constructor() {
    /** @type {Map<HTMLVideoElement, Follower>} */
    this.members = new Map();
    /** @type {Set<() => void>} */
    this.waiters = new Set();
    this.restless = -Infinity;
    this.timer = 0;
    /** Counts the places that all were sent to. */
    this.place = 0;
    this.previewing = false;
    /** When the last video came. */
    this.grown = -Infinity;
    this.printer = new Printer(() => this.#pace());
    this.sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const follower = this.members.get(/** @type {HTMLVideoElement} */ (target));
        if (follower) follower.visible = isIntersecting;
      }
    });
  }

  get all() {
    return [...this.members.values()];
  }

  get videos() {
    return [...this.members.keys()];
  }

  /** @param {HTMLVideoElement} video */
  get(video) {
    return this.members.get(video);
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {import("./follower.js").Clip} clip
   * @param {Blob|Promise<Blob>} [file] what the video plays, for small pictures of its frames
   */
  add(video, clip, file) {
    const follower = new Follower(video, clip, () => this.changed());
    if (file) follower.book = this.printer.order(file, follower.fps);
    this.grown = performance.now();
    this.members.set(video, follower);
    this.sight.observe(video);
    return follower;
  }

  /** @param {HTMLVideoElement} video */
  remove(video) {
    const follower = this.members.get(video);
    follower?.destroy();
    this.printer.drop(follower?.book ?? null);
    this.members.delete(video);
    this.sight.unobserve(video);
    this.changed();
  }

  close() {
    for (const video of this.videos) this.remove(video);
    this.sight.disconnect();
    clearTimeout(this.timer);
  }

  /**
   * Send all to the frame at a time. Where there are small pictures of it, all are seen at once, and the videos follow.
   * @param {number} seconds
   * @param {boolean} byHand whether somebody is waiting to see it
   */
  aim(seconds, byHand) {
    this.place += 1;
    if (this.all.some((follower) => follower.sought >= 0 || follower.preview.frame >= 0)) {
      this.restless = performance.now();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.changed(), REST);
    }
    for (const follower of this.all) follower.aim(follower.frameAt(seconds));
    if (byHand) void this.#preview();
    this.changed();
  }

  /** Those that are seen, are not where they should be, and have a picture of it. */
  get #pictured() {
    return this.all.filter((each) => each.visible && each.astray && each.book?.has(each.target));
  }

  /** All together, so that also for a moment no two frames are seen; a hand that is quicker skips some. */
  async #preview() {
    if (this.previewing || !this.#pictured.length) return;
    this.previewing = true;
    for (let place = -1; place !== this.place; ) {
      place = this.place;
      const views = this.#pictured.map((follower) => ({ follower, frame: follower.target }));
      const pictures = await Promise.all(views.map(({ follower, frame }) => follower.book?.open(frame)));
      views.forEach(({ follower, frame }, index) => follower.glance(frame, pictures[index]));
    }
    this.previewing = false;
  }

  /** Whether small pictures may be made now. @returns {import("./printer.js").Pace} */
  #pace() {
    if (document.hidden || performance.now() - this.grown < CALM) return "not now";
    if (this.all.some((follower) => follower.astray || follower.sought >= 0)) return "not now";
    return this.videos.some((video) => !video.paused) ? "slowly" : "now";
  }

  /** Something has become ready, or has another aim, or a seek is over: begin the next seeks, and wake who waits. */
  changed() {
    const waiting = this.all.filter((follower) => follower.waiting);
    // What is seen goes first, then what has waited longest.
    waiting.sort((a, b) => Number(b.visible) - Number(a.visible) || a.soughtAt - b.soughtAt);
    for (const follower of waiting.slice(0, this.#room(waiting))) follower.seek();
    for (const wake of [...this.waiters]) wake();
  }

  /** How many seeks may begin: while a hand moves few, and one at a time where small pictures show the way. */
  #room(/** @type {Follower[]} */ waiting) {
    if (performance.now() - this.restless >= REST) return Infinity;
    const pictured = waiting.every((follower) => !follower.visible || follower.book?.has(follower.target));
    return Math.max(0, (pictured ? 1 : SEEKS) - this.all.filter((follower) => follower.busy).length);
  }

  /**
   * Wait until it is true of all, or for so many ms, or until nobody wants to know any more.
   * @param {(follower: Follower) => boolean} test
   * @param {() => boolean} wanted
   * @param {number} [within]
   * @returns {Promise<void>}
   */
  until(test, wanted, within = Infinity) {
    return new Promise((resolve) => {
      const timer = Number.isFinite(within) ? setTimeout(() => end(), within) : undefined;
      const wake = () => (!wanted() || this.all.every(test)) && end();
      const end = () => {
        this.waiters.delete(wake);
        clearTimeout(timer);
        resolve();
      };
      this.waiters.add(wake);
      wake();
    });
  }
}
