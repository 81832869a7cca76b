// @ts-check
// How far a playing video is from the playhead, and what brings it nearer: a change of its speed, or a seek.

/** @typedef {import("./follower.js").Follower} Follower */

/** Below this many seconds of drift a video is left alone; a correction under way goes on to the second. */
const NEAR = 0.008;
const THERE = 0.003;
/** Above this, and the time that a seek takes, a change of speed would take too long: the video seeks. */
const FAR = 0.25;
/** A drift is made up for in about this many seconds. */
const EASE = 0.15;
/** How much faster than asked a video may run meanwhile. */
const FASTER = 0.5;
/** So many seeks in a row may try to bring it back. */
const LEAPS = 2;
/** One whose time stands still for this long (ms) is waited for no more. */
const STUCK = 1500;

/** Whether it plays, so that its drift says something about the others. @param {Follower} follower */
export function runs(follower) {
  const { paused, ended, currentTime, playbackRate } = follower.video;
  const now = performance.now();
  if (currentTime !== follower.moved.time || !playbackRate) follower.moved = { time: currentTime, at: now };
  const stuck = now - follower.moved.at > STUCK;
  return follower.ready && !paused && !ended && !stuck && follower.sought < 0;
}

/**
 * By how many seconds it is behind the playhead. The element's time runs on when frames come too late (a clip with
 * sound has its clock in the sound), so the frame that was really presented has the last word.
 * @param {Follower} follower
 * @param {number} playhead seconds
 * @param {number} rate
 */
export function behind(follower, playhead, rate) {
  const { media, at } = follower.presented;
  const time = follower.video.currentTime;
  const seen = media + ((performance.now() - at) / 1000) * rate;
  const late = media >= 0 && time - seen > 2.5 / follower.fps;
  return playhead - (late ? seen : time);
}

/**
 * When it is late by more than a seek takes: seek to where the playhead will be then. Where that has not helped, it is
 * for the others to wait.
 * @param {Follower} follower
 * @param {number} playhead
 * @param {number} rate
 * @returns {boolean} whether it does
 */
export function leap(follower, playhead, rate) {
  const latency = follower.latency / 1000;
  const late = behind(follower, playhead, rate);
  if (Math.abs(late) < 4 * NEAR) follower.leaps = 0;
  if (late < FAR + 2 * latency || follower.leaps >= LEAPS) return false;
  const to = Math.min(follower.seconds - 0.5 / follower.fps, playhead + latency * rate);
  follower.leaps += 1;
  follower.seekTo(to, follower.frameAt(to));
  return true;
}

/**
 * Run a little faster when it is behind, slower when it is ahead, and stand when it is far ahead.
 * @param {Follower} follower
 * @param {number} late
 * @param {number} rate
 */
export function trim({ video }, late, rate) {
  const much = Math.abs(late) > (video.playbackRate !== rate ? THERE : NEAR);
  const wanted = rate * (1 + (much ? Math.max(-1, Math.min(FASTER, late / EASE)) : 0));
  if (Math.abs(video.playbackRate - wanted) > 0.005) video.playbackRate = wanted < 0.07 ? 0 : wanted;
}
