// @ts-check
// Drift, while they play: who leads, who waits for whom, and who has to seek.

import { behind, leap, trim } from "./drift.js";

/** @typedef {import("./follower.js").Follower} Follower */
/** @typedef {import("./playhead.js").Playhead} Playhead */

/** How far (s) the playhead may be ahead of the slowest before all wait for that one. */
const AHEAD = 0.02;

/**
 * Compare all with the playhead and bring them nearer to it, and it to them. The playhead goes with the middle one: when
 * the whole machine is slow, nothing is gained by chasing a clock. One that is late by more than a seek takes seeks; for
 * one that is late by less, or whom seeks did not help, the others wait, which leaves it their share of the processor.
 * @param {Follower[]} running
 * @param {Playhead} head
 * @param {HTMLVideoElement | null} heard whose speed is left alone while that can be: the playhead goes with it
 */
export function correct(running, head, heard) {
  const leaders = running.filter((follower) => follower.video === heard);
  lean(head, leaders.length ? leaders : running);
  const rest = running.filter((follower) => !leap(follower, head.time, head.speed));
  const latest = Math.max(...rest.map((follower) => behind(follower, head.time, head.speed)));
  if (latest > AHEAD) head.run(head.time - (latest - AHEAD));
  for (const follower of rest) {
    const late = behind(follower, head.time, head.speed);
    if (follower.video !== heard || late < -AHEAD) trim(follower, late, head.speed);
  }
}

/**
 * @param {Playhead} head
 * @param {Follower[]} leaders
 */
function lean(head, leaders) {
  if (!leaders.length) return;
  const late = leaders.map((follower) => behind(follower, head.time, head.speed)).sort((a, b) => a - b);
  const half = late.length >> 1;
  head.run(head.time - (late[half] + late[late.length - 1 - half]) / 2);
}
