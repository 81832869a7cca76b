// @ts-check
// Drift, while they play: who is behind, how the playhead gives way, and who has to be fetched.

/** @typedef {import("./follower.js").Follower} Follower */
/** @typedef {import("./playhead.js").Playhead} Playhead */

/**
 * Compare all with the playhead and bring them nearer.
 * @param {Follower[]} running
 * @param {Playhead} head
 * @param {HTMLVideoElement | null} heard whose speed is left alone: the playhead goes with it
 * @returns {Follower[]} those that do not catch up with a playhead that runs
 */
export function correct(running, head, heard) {
  const leaders = running.filter((follower) => follower.video === heard);
  lean(head, leaders.length ? leaders : running);
  for (const follower of running) {
    if (follower.video !== heard) follower.correct(head.time, head.speed);
  }
  return running.filter((follower) => follower.leaps > 1);
}

/**
 * The playhead goes with the middle one: when the whole machine is slow, nothing is gained by chasing a clock.
 * @param {Playhead} head
 * @param {Follower[]} leaders
 */
function lean(head, leaders) {
  if (!leaders.length) return;
  const behind = leaders.map((follower) => follower.behind(head.time, head.speed)).sort((a, b) => a - b);
  const half = behind.length >> 1;
  head.run(head.time - (behind[half] + behind[behind.length - 1 - half]) / 2);
}
