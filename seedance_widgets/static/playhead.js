// @ts-check
// The playhead: a clock in seconds of the clips that stands or runs, and knows the frames of the longest of them.

export class Playhead {
  constructor() {
    /** At this second it stands, or stood at the moment `since` (ms). */
    this.at = 0;
    /** @type {number | null} */
    this.since = null;
    this.speed = 1;
    this.fps = 24;
    this.duration = 0;
  }

  get runs() {
    return this.since !== null;
  }

  get frames() {
    return Math.round(this.duration * this.fps);
  }

  get time() {
    const run = this.since === null ? 0 : ((performance.now() - this.since) / 1000) * this.speed;
    return Math.max(0, Math.min(this.duration, this.at + run));
  }

  get frame() {
    return Math.max(0, Math.min(this.frames - 1, Math.floor(this.time * this.fps + 1e-4)));
  }

  /** The middle of its frame in seconds, which is inside a frame of every clip. */
  get middle() {
    return (this.frame + 0.5) / this.fps;
  }

  /** Whether it has come to the end. */
  get over() {
    return this.runs && this.duration > 0 && this.time >= this.duration;
  }

  /** Run from here; or from a little beside, when the clips are not where it is. */
  run(from = this.time) {
    this.at = from;
    this.since = performance.now();
  }

  /** Stand still. */
  rest() {
    this.at = this.time;
    this.since = null;
  }

  /** Stand on a frame. @param {number} frame */
  stand(frame) {
    this.since = null;
    this.at = Math.max(0, Math.min(this.frames - 1, Math.floor(frame))) / this.fps;
  }

  /** Go on at another speed. @param {number} speed */
  hasten(speed) {
    const time = this.time;
    this.speed = speed;
    if (this.runs) this.run(time);
  }
}
