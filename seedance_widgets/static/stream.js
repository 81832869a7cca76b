// @ts-check
// A clip that plays before it is there as a whole: what has come of it is handed to a media source, fragment by fragment.

import { fragment, headOf } from "./fragments.js";
import { readTracks } from "./mp4.js";
import { isStreamable } from "./streamable.js";

/** @typedef {import("./mp4.js").Sample} Sample */
/** @typedef {import("./mp4.js").Track} Track */

/**
 * Browsers keep 30 to 150 MB of what a source is handed, and drop what was played when there is more: it would be missing
 * when the clip begins again. So a larger one is played as a file.
 */
const MOST_STREAMED = 24e6;
/** Against rounding, which would put the first picture before the beginning (s). */
const AFTER = 1e-4;

export class Stream {
  /**
   * @param {Uint8Array} begin of the file
   * @param {number} total bytes of the whole
   * @returns {Stream|null} null where it has to be there as a whole: not the index first, or nothing that is known here
   */
  static open(begin, total) {
    if (typeof MediaSource === "undefined" || total > MOST_STREAMED) return null;
    try {
      const tracks = readTracks(begin).filter((track) => track.kind === "vide" || track.kind === "soun");
      const known = isStreamable(tracks, total) && tracks.every((track) => MediaSource.isTypeSupported(typeOf(track)));
      return known ? new Stream(tracks) : null;
    } catch {
      return null;
    }
  }

  /** @param {Track[]} tracks */
  constructor(tracks) {
    this._source = new MediaSource();
    this._lanes = tracks.map((track) => new Lane(track));
    this._whole = false;
    this._closed = false;
    this.url = URL.createObjectURL(this._source);
    this._source.addEventListener("sourceopen", () => this._open(), { once: true });
  }

  /** What has come of the file, from its beginning. @param {Uint8Array} bytes @param {boolean} whole */
  feed(bytes, whole) {
    this._whole = whole;
    for (const lane of this._lanes) lane.feed(bytes);
    this._end();
  }

  _open() {
    URL.revokeObjectURL(this.url); // whoever plays it holds it
    if (this._closed) return;
    try {
      for (const lane of this._lanes) lane.open(this._source, () => this._end());
      this._source.duration = Math.max(...this._lanes.map((lane) => lane.seconds)); // before anything is on its way
      for (const lane of this._lanes) lane.push();
    } catch {
      giveUp(this._source);
    }
  }

  _end() {
    const done = this._whole && this._lanes.every((lane) => lane.isDone);
    if (done && this._source.readyState === "open") this._source.endOfStream();
  }

  close() {
    this._closed = true;
    URL.revokeObjectURL(this.url);
  }
}

/** One track on its way into the source, which takes one thing at a time. */
class Lane {
  /** @param {Track} track */
  constructor(track) {
    this._track = track;
    this.seconds = track.seconds;
    this._count = 0; // samples made into fragments
    this._fragments = 0;
    /** @type {Uint8Array[]} */
    this._waiting = [headOf(track)];
    /** @type {MediaSource|null} */
    this._source = null; // closes by itself when nobody plays it any more
    /** @type {SourceBuffer|null} */
    this._buffer = null;
    this._moved = () => {};
  }

  get isDone() {
    const { _buffer: buffer, _track: track } = this;
    return Boolean(buffer && !buffer.updating && !this._waiting.length && this._count === track.samples.length);
  }

  /** @param {MediaSource} source @param {() => void} moved called when something was taken */
  open(source, moved) {
    const { edit, scale } = this._track;
    this._moved = moved;
    this._source = source;
    this._buffer = source.addSourceBuffer(typeOf(this._track));
    this._buffer.timestampOffset = AFTER - edit.start / scale;
    this._buffer.addEventListener("updateend", () => this.push());
  }

  /** @param {Uint8Array} bytes */
  feed(bytes) {
    const { samples } = this._track;
    const from = this._count;
    const isHere = (/** @type {Sample} */ { offset, size }) => offset + size <= bytes.length;
    while (this._count < samples.length && isHere(samples[this._count])) this._count += 1;
    if (this._count === from) return;
    const fresh = samples.slice(from, this._count);
    const data = fresh.map(({ offset, size }) => bytes.subarray(offset, offset + size));
    this._waiting.push(fragment((this._fragments += 1), this._track, fresh, data));
    this.push();
  }

  /** Hands over what waits, if the source can take it now. */
  push() {
    const { _buffer: buffer } = this;
    if (!buffer || buffer.updating || this._source?.readyState !== "open") return;
    const next = this._waiting.shift();
    if (!next) return this._moved();
    try {
      buffer.appendBuffer(/** @type {any} */ (next));
    } catch {
      giveUp(this._source); // the browser keeps no more of it, or has given up itself
    }
  }
}

/** Whoever plays it hears of an error, and can take the file instead. @param {MediaSource} source */
function giveUp(source) {
  if (source.readyState !== "open") return;
  for (const buffer of source.sourceBuffers) if (buffer.updating) buffer.abort();
  source.endOfStream("decode");
}

/** @param {Track} track */
function typeOf(track) {
  return `${track.kind === "vide" ? "video" : "audio"}/mp4; codecs="${track.codec}"`;
}
