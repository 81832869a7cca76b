// @ts-check
// The videos of an ensemble: which there are, whose turn it is to seek, and when something is true of all.

import { Follower } from "./follower.js";

/**
 * While someone scrubs, only so many seek at once: each place is soon out of date, and a seek that has begun cannot be
 * called back.
 */
const SEEKS = Math.max(2, Math.min(8, navigator.hardwareConcurrency || 4));
/** The hand rests when it has not moved for this long (ms). */
const REST = 60;

export class Followers {
  constructor() {
    /** @type {Map<HTMLVideoElement, Follower>} */
    this.members = new Map();
    /** @type {Set<() => void>} */
    this.waiters = new Set();
    this.restless = -Infinity;
    this.timer = 0;
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
   */
  add(video, clip) {
    const follower = new Follower(video, clip, () => this.changed());
    this.members.set(video, follower);
    this.sight.observe(video);
    return follower;
  }

  /** @param {HTMLVideoElement} video */
  remove(video) {
    this.members.get(video)?.destroy();
    this.members.delete(video);
    this.sight.unobserve(video);
    this.changed();
  }

  close() {
    for (const video of this.videos) this.remove(video);
    this.sight.disconnect();
    clearTimeout(this.timer);
  }

  /** Send all to the frame at a time. @param {number} seconds */
  aim(seconds) {
    if (this.all.some((follower) => follower.sought >= 0)) {
      this.restless = performance.now();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.changed(), REST);
    }
    for (const follower of this.all) follower.aim(follower.frameAt(seconds));
    this.changed();
  }

  /** Something has become ready, or has another aim, or a seek is over: begin the next seeks, and wake who waits. */
  changed() {
    const waiting = this.all.filter((follower) => follower.waiting);
    // What is seen goes first, then what has waited longest.
    waiting.sort((a, b) => Number(b.visible) - Number(a.visible) || a.soughtAt - b.soughtAt);
    const busy = this.all.filter((follower) => follower.busy).length;
    const room = performance.now() - this.restless < REST ? Math.max(0, SEEKS - busy) : Infinity;
    for (const follower of waiting.slice(0, room)) follower.seek();
    for (const wake of [...this.waiters]) wake();
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
