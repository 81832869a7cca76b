// Measured in the page: our ensemble and plain video elements, with as many clips each, by the same eyes. Each frame of the clips
// has its number in its pixels, so that what is on the screen need not be believed to anybody.
import { Ensemble } from "/player.js";

const FPS = 24;
const { takes: TAKES, frames: FRAMES } = document.getElementById("grid").dataset;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** A frame that is another than the last one asked for. */
let last = 0;
const random = () => (last = (last + 1 + Math.floor(Math.random() * (FRAMES - 2))) % FRAMES);

const blobs = [];
for (let i = 1; i <= TAKES; i++) blobs.push(await (await fetch(`/${i}.mp4`)).blob());

/** The number that a picture bears: seven squares of a sixteenth of its height, in its lower left corner. */
const reader = new OffscreenCanvas(70, 10).getContext("2d", { alpha: false, willReadFrequently: true });
function numberOf(picture) {
  const [width, height] = [picture.videoWidth ?? picture.width, picture.videoHeight ?? picture.height];
  const side = height / 16;
  reader.drawImage(picture, 0, height - side, 7 * side, side, 0, 0, 70, 10);
  const light = reader.getImageData(0, 5, 70, 1).data;
  return [0, 1, 2, 3, 4, 5, 6].reduce((number, bit) => number + (light[4 * (10 * bit + 5)] > 127 ? 1 << bit : 0), 0);
}

class Eyes {
  /** Videos in a grid, and what each of them really shows. */
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

  /** The number of the frame that a take shows: a picture that lies over the video, or the video's last frame. */
  seen(index) {
    const above = this.videos[index].nextElementSibling;
    return above instanceof HTMLCanvasElement ? numberOf(above) : this.shown[index];
  }

  /** Whether the pixels of all say the same number. */
  proven(frame) {
    return this.videos.every((video) => {
      const above = video.nextElementSibling;
      return numberOf(above instanceof HTMLCanvasElement ? above : video) === frame;
    });
  }

  async loaded() {
    while (!this.videos.every((video) => video.readyState >= 4)) await sleep(20);
  }

  /** ms until all show a frame; null when they do not within `patience`. */
  async all(frame, patience = 4000) {
    const start = performance.now();
    while (performance.now() - start < patience) {
      if (this.videos.every((_, index) => this.seen(index) === frame)) {
        const time = performance.now() - start;
        if (!this.proven(frame)) throw new Error(`the pixels of frame ${frame} are of another one`);
        return time;
      }
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

  constructor(eyes, pictured) {
    this.ensemble = new Ensemble();
    this.ensemble.loop = false;
    const clip = { fps: FPS, frames: FRAMES, seconds: FRAMES / FPS };
    eyes.videos.forEach((video, index) => this.ensemble.add(video, clip, pictured ? blobs[index] : undefined));
  }

  /** ms until there are small pictures of all frames. */
  async pictured() {
    const start = performance.now();
    const { printer } = this.ensemble.followers;
    do await sleep(20); // an order is entered a moment after its clip
    while (printer.printing);
    this.pictures = [...printer.books].reduce((sum, book) => sum + book.pictures.size, 0);
    return performance.now() - start;
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

  settled() {
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

/** Let one kind of player do something with fresh videos. */
async function withPlayers(kind, act, scrubbing = false) {
  const eyes = new Eyes();
  await eyes.loaded();
  const player = kind === "plain" ? new Plain(eyes) : new Ours(eyes, kind === "ours");
  if (scrubbing && kind === "ours") await player.pictured();
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
      await player.settled?.();
      results.push({ time, same: eyes.proven(frame) });
      await sleep(100);
    }
    return results;
  }, true);

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
      await player.settled?.();
      results.push({ time, same: eyes.proven(to) });
      await sleep(100);
    }
    return results;
  }, true);

/** How long the small pictures take to make, how many there are and how many bytes they have. */
window.pictures = () =>
  withPlayers("ours", async (player) => {
    const time = await player.pictured();
    return { time, count: player.pictures, bytes: player.ensemble.followers.printer.bytes };
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
    const video = eyes.videos[Math.floor(TAKES / 2)];
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
