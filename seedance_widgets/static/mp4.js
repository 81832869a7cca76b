// @ts-check
// The tracks of an MP4 file, and the samples of each, with their places and times. Only plain files are read, in one
// piece; the browser itself plays the rest.

import { Boxes, must } from "./boxes.js";

/** Clips have hundreds of pictures; a file that claims more than this is not read. */
const MOST_SAMPLES = 10000;

/** @typedef {import("./boxes.js").Box} Box */
/**
 * A picture, or a piece of sound. Times are in the track's own units; `seconds` is when it is presented, below 0 where
 * the file says that it is not.
 * @typedef {{offset: number, size: number, isKey: boolean, decoded: number, shown: number, length: number,
 *   seconds: number}} Sample
 */

/**
 * What a decoder of pictures wants of a whole file.
 * @param {ArrayBuffer} buffer
 * @returns {{config: VideoDecoderConfig, samples: Sample[]}|null} null for what is not read here
 */
export function readMp4(buffer) {
  try {
    const track = must(readTracks(new Uint8Array(buffer)).find((each) => each.kind === "vide"));
    if (track.samples.some(({ offset, size }) => offset + size > buffer.byteLength)) return null;
    return { config: { codec: track.codec, description: track.description }, samples: track.samples };
  } catch {
    return null; // a box that is missing, or reads beyond the end
  }
}

/**
 * The tracks that a file says it has, with all of their samples, also where only the file's beginning is here.
 * @param {Uint8Array} bytes
 * @returns {Track[]}
 * @throws {RangeError} where it is not read here, or its index is not in these bytes
 */
export function readTracks(bytes) {
  const boxes = new Boxes(bytes);
  const movie = boxes.inside(boxes.all, "moov");
  boxes.copy(movie);
  return (boxes.children(movie).get("trak") ?? []).map((box) => new Track(boxes, box));
}

export class Track {
  /**
   * @param {Boxes} boxes
   * @param {Box} box
   */
  constructor(boxes, box) {
    this.boxes = boxes;
    this.box = box;
    this.media = boxes.inside(box, "mdia");
    this.table = boxes.inside(this.media, "minf", "stbl");
    this.kind = this.#name(boxes.inside(this.media, "hdlr").start + 8);
    const header = boxes.inside(this.media, "mdhd");
    /** Units of time in a second. */
    this.scale = boxes.number(header, boxes.view.getUint8(header.start) ? 20 : 12);
    /** In the order of decoding. */
    this.samples = this.#samples();
  }

  /** Its number in the file. */
  get id() {
    const header = this.boxes.inside(this.box, "tkhd");
    return this.boxes.number(header, this.boxes.view.getUint8(header.start) ? 20 : 12);
  }

  /** What the codec is told first: of H.264 only. */
  get description() {
    const { start, end } = this.boxes.inside(this.#entry("avc1", 78), "avcC");
    return this.boxes.bytes.slice(start, end);
  }

  /** As browsers name it. */
  get codec() {
    if (this.kind === "soun") return this.#entry("mp4a", 28) && "mp4a.40.2";
    return `avc1.${[...this.description.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }

  /** The first entry of what the samples are, behind its fixed part. @param {string} name @param {number} fixed */
  #entry(name, fixed) {
    const kinds = this.boxes.inside(this.table, "stsd");
    const entry = this.boxes.inside({ ...kinds, start: kinds.start + 8 }, name);
    return { ...entry, start: entry.start + fixed };
  }

  #name(/** @type {number} */ at) {
    return String.fromCharCode(...this.boxes.bytes.subarray(at, at + 4));
  }

  /** @returns {Sample[]} */
  #samples() {
    const sizes = this.#sizes();
    const offsets = this.#offsets(sizes);
    const keys = this.#keys(sizes.length);
    const times = this.#times(sizes.length);
    return sizes.map((size, index) => ({
      offset: offsets[index],
      size,
      isKey: !keys || keys.has(index + 1),
      ...times[index],
    }));
  }

  #sizes() {
    const box = this.boxes.inside(this.table, "stsz");
    const [same, count] = [this.boxes.number(box, 4), this.boxes.number(box, 8)];
    if (count > MOST_SAMPLES) throw new RangeError("too many samples");
    return Array.from({ length: count }, (_, index) => same || this.boxes.number(box, 12 + 4 * index));
  }

  /** Samples lie one behind the other in chunks. @param {number[]} sizes */
  #offsets(sizes) {
    const chunks = this.boxes.inside(this.table, "stco");
    const runs = this.#rows("stsc", 12, (at) => [this.boxes.number(at, 0), this.boxes.number(at, 4)]);
    const offsets = [];
    for (let chunk = 0; offsets.length < sizes.length; chunk += 1) {
      const [, count] = must(runs.findLast(([first]) => first <= chunk + 1));
      let offset = this.boxes.number(chunks, 8 + 4 * chunk);
      for (let each = 0; each < count && offsets.length < sizes.length; each += 1) {
        offsets.push(offset);
        offset += sizes[offsets.length - 1];
      }
    }
    return offsets;
  }

  /** The numbers, from 1, of the samples that need no other; null when none does. @param {number} count */
  #keys(count) {
    const hasTable = this.boxes.children(this.table).has("stss");
    return hasTable && count ? new Set(this.#rows("stss", 4, (at) => this.boxes.number(at, 0))) : null;
  }

  /** When each is decoded and shown, and for how long. @param {number} count */
  #times(count) {
    const lengths = this.#spread("stts", count, (at) => this.boxes.number(at, 4));
    const hasDelays = this.boxes.children(this.table).has("ctts");
    const delays = hasDelays
      ? this.#spread("ctts", count, (at) => this.boxes.number(at, 4) | 0)
      : lengths.map(() => 0);
    let decoded = 0;
    const times = lengths.map((length, index) => {
      if (index) decoded += lengths[index - 1];
      return { length, decoded, shown: decoded + delays[index] };
    });
    const start = this.#start() ?? Math.min(...times.map(({ shown }) => shown));
    return times.map((each) => ({ ...each, seconds: (each.shown - start) / this.scale }));
  }

  /** Where the presentation begins in the time of the track; null where the file does not say. */
  #start() {
    if (!this.boxes.children(this.box).has("edts")) return null;
    const edits = this.boxes.inside(this.box, "edts", "elst");
    if (this.boxes.number(edits, 4) !== 1) throw new RangeError("cut together from several pieces");
    const isLong = this.boxes.view.getUint8(edits.start) === 1;
    return isLong ? Number(this.boxes.view.getBigInt64(edits.start + 16)) : this.boxes.number(edits, 12) | 0;
  }

  /**
   * A table that says a value for so many samples in a row.
   * @param {string} name
   * @param {number} count
   * @param {(at: Box) => number} read
   */
  #spread(name, count, read) {
    const values = this.#rows(name, 8, (at) => [this.boxes.number(at, 0), read(at)]).flatMap(([times, value]) =>
      Array.from({ length: Math.min(times, count) }, () => value),
    );
    if (values.length < count) throw new RangeError(`${name} is too short`);
    return values.slice(0, count);
  }

  /**
   * @template T
   * @param {string} name
   * @param {number} width bytes of a row
   * @param {(at: Box) => T} read
   * @returns {T[]}
   */
  #rows(name, width, read) {
    const { at, start, end } = this.boxes.inside(this.table, name);
    const count = Math.min(this.boxes.number({ start }, 4), MOST_SAMPLES);
    return Array.from({ length: count }, (_, row) => read({ at, start: start + 8 + width * row, end }));
  }
}
