// Measured in the page: our ensemble and plain video elements, nine clips each, by the same eyes.
import { Ensemble } from "/player.js";

const FPS = 24;
const FRAMES = 120;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** A frame that is another than the last one asked for. */
let last = 0;
const random = () => (last = (last + 1 + Math.floor(Math.random() * (FRAMES - 2))) % FRAMES);

const blobs = [];
for (let i = 1; i <= 9; i++) blobs.push(await (await fetch(`/${i}.mp4`)).blob());

class Eyes {
  /** Nine videos in a grid, and what each of them really shows. */
  constructor() {
    this.videos = blobs.map((blob) => {
      const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, preload: "auto" });
      video.src = URL.createObjectURL(new Blob([blob], { type: "video/mp4" }));
      document.getElementById("grid").append(video);
      return video;
    });
    this.shown = this.videos.map(() => -1);
    this.videos.forEach((video, index) => this.watch(video, index));
  }

  watch(video, index) {
    video.requestVideoFrameCallback((_, frame) => {
      this.shown[index] = Math.round(frame.mediaTime * FPS);
      this.watch(video, index);
    });
  }

  async loaded() {
    while (!this.videos.every((video) => video.readyState >= 4)) await sleep(20);
  }

  /** ms until all show a frame; null when they do not within `patience`. */
  async all(frame, patience = 4000) {
    const start = performance.now();
    while (performance.now() - start < patience) {
      if (this.shown.every((each) => each === frame)) return performance.now() - start;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return null;
  }

  get same() {
    return this.shown.every((each) => each === this.shown[0]);
  }

  /** Seconds between the first and the last by their own clocks. */
  get spread() {
    const times = this.videos.map((video) => video.currentTime);
    return Math.max(...times) - Math.min(...times);
  }

  gone() {
    for (const video of this.videos) {
      URL.revokeObjectURL(video.src);
      video.removeAttribute("src");
      video.load();
      video.remove();
    }
  }
}

class Ours {
  name = "ours";

  constructor(eyes) {
    this.ensemble = new Ensemble();
    this.ensemble.loop = false;
    for (const video of eyes.videos) this.ensemble.add(video, { fps: FPS, frames: FRAMES, seconds: FRAMES / FPS });
  }

  seek(frame) {
    this.ensemble.seek((frame + 0.5) / FPS);
  }

  async play() {
    this.ensemble.stop();
    await this.ensemble.settled();
    await this.ensemble.play();
  }

  pause() {
    this.ensemble.pause();
    return this.ensemble.settled();
  }

  gone() {
    this.ensemble.destroy();
  }
}

class Plain {
  name = "plain";

  constructor(eyes) {
    this.videos = eyes.videos;
  }

  /** To the middle of the frame as well: this is about time, and not about rounding. */
  seek(frame) {
    for (const video of this.videos) video.currentTime = (frame + 0.5) / FPS;
  }

  async play() {
    for (const video of this.videos) video.currentTime = 0;
    while (this.videos.some((video) => video.seeking || video.readyState < 4)) await sleep(10);
    await Promise.all(this.videos.map((video) => video.play()));
  }

  async pause() {
    for (const video of this.videos) video.pause();
  }

  gone() {}
}

/** Let one kind of player do something with nine fresh videos. */
async function withPlayers(kind, act) {
  const eyes = new Eyes();
  await eyes.loaded();
  const player = kind === "ours" ? new Ours(eyes) : new Plain(eyes);
  const result = await act(player, eyes);
  player.gone();
  eyes.gone();
  return result;
}

/** Single jumps: how long until all show the frame, and whether they do in the end. */
window.jumps = (kind, count) =>
  withPlayers(kind, async (player, eyes) => {
    const results = [];
    for (let i = 0; i < count; i++) {
      const frame = random();
      player.seek(frame);
      const time = await eyes.all(frame);
      results.push({ time, same: eyes.same && eyes.shown[0] === frame });
      await sleep(100);
    }
    return results;
  });

/** A pointer drags the timeline for 300 ms: how long after its last move all show the frame where it was let go. */
window.drags = (kind, count) =>
  withPlayers(kind, async (player, eyes) => {
    const results = [];
    for (let i = 0; i < count; i++) {
      const [from, to] = [random(), random()];
      for (let move = 0; move <= 18; move++) {
        player.seek(Math.round(from + ((to - from) * move) / 18));
        if (move < 18) await sleep(16);
      }
      const time = await eyes.all(to);
      results.push({ time, same: eyes.same && eyes.shown[0] === to });
      await sleep(100);
    }
    return results;
  });

/** Playing and pausing: the share of pauses after which all show one frame. */
window.pauses = (kind, count) =>
  withPlayers(kind, async (player, eyes) => {
    const results = [];
    for (let i = 0; i < count; i++) {
      await player.play();
      await sleep(400 + Math.random() * 1200);
      await player.pause();
      await sleep(500);
      results.push(eyes.same);
    }
    return results;
  });

/** Spread of the clocks (s) and of the frames shown, about every 33 ms from 0.5 s after the start. */
window.spreads = (kind, seconds) =>
  withPlayers(kind, async (player, eyes) => {
    const samples = [];
    await player.play();
    await sleep(500);
    const start = performance.now();
    while (performance.now() - start < seconds * 1000) {
      await sleep(33);
      const { spread, shown, videos } = eyes;
      const playing = videos.every((video) => !video.ended && video.currentTime > 0.1);
      if (playing) samples.push({ spread, frames: Math.max(...shown) - Math.min(...shown) });
    }
    return samples;
  });

/** One player is held for 200 ms: ms from then on until all are within 25 ms and stay there; null for never. */
window.stall = (kind) =>
  withPlayers(kind, async (player, eyes) => {
    await player.play();
    await sleep(700);
    const video = eyes.videos[4];
    video.play = () => Promise.resolve();
    video.pause();
    await sleep(200);
    delete video.play;
    void video.play();
    const start = performance.now();
    let since = null;
    while (performance.now() - start < 2500) {
      await sleep(20);
      if (eyes.spread > 0.025) since = null;
      else since ??= performance.now();
      if (since !== null && performance.now() - since > 200) return since - start;
    }
    return null;
  });
