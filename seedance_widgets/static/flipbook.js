// @ts-check
// Small pictures of all frames of a clip. A video needs a tenth of a second and more to find a frame, nine of them much
// longer; a small picture is there at once, so this is what is seen while a hand moves along the timeline.

import { readMp4 } from "./mp4.js";

/** The longer side of a picture (px) is this or a little more: about a cell's. */
const SIDE = 400;
const TYPE = { type: "image/jpeg", quality: 0.85 };
/** So many frames may wait for the decoder. */
const IN_HAND = 2;

export class Flipbook {
  constructor() {
    /** Own frame → its picture, some ten kB each. @type {Map<number, Blob>} */
    this.pictures = new Map();
    this.bytes = 0;
    this.closed = false;
  }

  /** Whether pictures can be made in this page: browsers decode for secure pages only. */
  static get possible() {
    return typeof VideoDecoder !== "undefined" && typeof OffscreenCanvas !== "undefined";
  }

  /** @param {number} frame */
  has(frame) {
    return this.pictures.has(frame);
  }

  /**
   * @param {number} frame
   * @returns {Promise<ImageBitmap|null>}
   */
  async open(frame) {
    const picture = this.pictures.get(frame);
    return picture ? createImageBitmap(picture).catch(() => null) : null;
  }

  /**
   * Make the pictures, one after the other. What cannot be decoded here has none; the video goes there by itself.
   * @param {Blob} clip
   * @param {number} fps
   * @param {() => Promise<void>} pause waited for before each picture
   */
  async fill(clip, fps, pause) {
    const buffer = await clip.arrayBuffer();
    const movie = readMp4(buffer);
    if (!movie || this.closed || !(await VideoDecoder.isConfigSupported(movie.config)).supported) return;
    const decoding = new Decoding(movie.config, (frame, picture) => this.#keep(frame, picture), fps);
    for (const { offset, size, isKey, seconds } of movie.samples) {
      await pause();
      if (this.closed || decoding.failed) break;
      const data = new Uint8Array(buffer, offset, size);
      const timestamp = Math.round(1e6 * seconds);
      await decoding.add(new EncodedVideoChunk({ type: isKey ? "key" : "delta", timestamp, data }));
    }
    await decoding.end(this.closed);
  }

  #keep(/** @type {number} */ frame, /** @type {Blob} */ picture) {
    if (this.closed || this.pictures.has(frame)) return;
    this.pictures.set(frame, picture);
    this.bytes += picture.size;
  }

  close() {
    this.closed = true;
    this.pictures.clear();
  }
}

/** Frames come out of the decoder in their own time; each is made small and given back soon. */
class Decoding {
  /**
   * @param {VideoDecoderConfig} config
   * @param {(frame: number, picture: Blob) => void} keep
   * @param {number} fps
   */
  constructor(config, keep, fps) {
    this.keep = keep;
    this.fps = fps;
    this.failed = false;
    this.canvas = new OffscreenCanvas(1, 1);
    /** @type {Set<Promise<void>>} */
    this.jobs = new Set();
    this.decoder = new VideoDecoder({
      output: (frame) => this.#came(frame),
      error: () => (this.failed = true),
    });
    this.decoder.configure({ ...config, hardwareAcceleration: "prefer-software" }); // its frames can be read at once
  }

  /** @param {EncodedVideoChunk} chunk */
  async add(chunk) {
    this.decoder.decode(chunk);
    while (!this.failed && this.decoder.decodeQueueSize > IN_HAND) await this.#moved();
    while (this.jobs.size > IN_HAND) await Promise.race(this.jobs);
  }

  /** @param {boolean} early whether nobody wants the rest */
  async end(early) {
    if (!early && !this.failed) await this.decoder.flush().catch(() => {});
    if (this.decoder.state !== "closed") this.decoder.close();
    await Promise.all(this.jobs);
  }

  /** Wait until the decoder has taken something, or a little. */
  #moved() {
    return new Promise((resolve) => {
      this.decoder.addEventListener("dequeue", resolve, { once: true });
      setTimeout(resolve, 20);
    });
  }

  #came(/** @type {VideoFrame} */ frame) {
    const job = this.#picture(frame)
      .catch(() => {}) // one picture less
      .finally(() => {
        frame.close();
        this.jobs.delete(job);
      });
    this.jobs.add(job);
  }

  async #picture(/** @type {VideoFrame} */ frame) {
    const { timestamp } = frame;
    if (timestamp < 0) return;
    const small = await shrink(frame);
    const [width, height] = [small.displayWidth, small.displayHeight];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.canvas.getContext("2d", { alpha: false })?.drawImage(small, 0, 0);
    for (const each of [small, frame]) each.close(); // the decoder has few
    this.keep(Math.round((timestamp / 1e6) * this.fps), await this.canvas.convertToBlob(TYPE));
  }
}

/**
 * A frame a whole number of times smaller. Browsers turn a frame into colours at its full size before they scale it, which
 * takes five times as long as to scale its planes first.
 * @param {VideoFrame} frame
 * @returns {Promise<VideoFrame>}
 */
async function shrink(frame) {
  const { width, height } = /** @type {DOMRectReadOnly} */ (frame.visibleRect);
  const factor = Math.floor(Math.max(width, height) / SIDE);
  if (factor < 2 || frame.format !== "I420") return frame;
  const planes = new Uint8Array(frame.allocationSize());
  const layout = await frame.copyTo(planes);
  const [wide, high] = [width, height].map((side) => 2 * Math.floor(side / factor / 2));
  const small = new Uint8Array((wide * high * 3) / 2);
  let end = 0;
  layout.forEach(({ offset, stride }, plane) => {
    const half = plane ? 2 : 1;
    const target = small.subarray(end, (end += (wide * high) / half / half));
    average(planes.subarray(offset), stride, factor, target, wide / half);
  });
  return new VideoFrame(small, {
    format: "I420",
    timestamp: frame.timestamp,
    colorSpace: frame.colorSpace,
    codedWidth: wide,
    codedHeight: high,
    displayWidth: Math.round((wide * frame.displayWidth) / width), // pixels need not be square
    displayHeight: Math.round((high * frame.displayHeight) / height),
  });
}

/**
 * Each sample of the target is the mean of four in its square of the source.
 * @param {Uint8Array} source
 * @param {number} stride of the source
 * @param {number} factor
 * @param {Uint8Array} target
 * @param {number} wide of the target
 */
function average(source, stride, factor, target, wide) {
  const [near, far] = [factor >> 2, factor - 1 - (factor >> 2)];
  for (let at = 0, row = 0; at < target.length; row += factor * stride) {
    const [above, below] = [row + near * stride, row + far * stride];
    for (let x = 0, from = 0; x < wide; x += 1, from += factor) {
      const [left, right] = [from + near, from + far];
      target[at++] = (source[above + left] + source[above + right] + source[below + left] + source[below + right] + 2) >> 2;
    }
  }
}
