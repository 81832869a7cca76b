// @ts-check
// The tracks of an MP4 file, and the samples of each, with their places and times. Only plain files are read, in one
// piece; the browser itself plays the rest.

import { Boxes, must } from "./boxes.js";
import { isSquare } from "./sps.js";

/** Clips have hundreds of pictures; a file that claims more than this is not read. */
const MOST_SAMPLES = 10000;
/** As a fixed-point number of 16 and 16 bits. */
const ONE = 0x10000;

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
  const file = new Boxes(bytes);
  const boxes = new Boxes(file.copy(file.inside(file.all, "moov")).slice()); // its own, so that the file is not held
  const movie = boxes.inside(boxes.all, "moov");
  if (boxes.children(movie).has("mvex")) throw new RangeError("in fragments");
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
    /** Units of time in a second. */
    this.scale = this.#behindDates(boxes.inside(this.media, "mdhd"));
    this.edit = this.#edit();
    /** In the order of decoding. */
    this.samples = this.#samples();
  }

  /** When its last sample ends. */
  get seconds() {
    return Math.max(0, ...this.samples.map((each) => each.seconds + each.length / this.scale));
  }

  /** Its number in the file. */
  get id() {
    return this.#behindDates(this.boxes.inside(this.box, "tkhd"));
  }

  /** Of a header, what follows its two dates, which are long or short. @param {Box} header */
  #behindDates(header) {
    return this.boxes.number(header, this.boxes.view.getUint8(header.start) ? 20 : 12);
  }

  /** Whether the pictures are shown as they are: not turned, nor of another shape unless the file says it of their pixels. */
  get isUpright() {
    const [header, entry] = [this.boxes.inside(this.box, "tkhd"), this.#entry("avc1", 0)];
    const at = this.boxes.view.getUint8(header.start) ? 52 : 40;
    const [width, height] = [24, 26].map((place) => this.boxes.view.getUint16(entry.start + place));
    const hasShape = this.boxes.children({ ...entry, start: entry.start + 78 }).has("pasp");
    const wanted = [ONE, 0, 0, 0, ONE, 0, 0, 0, 2 ** 30, ...(hasShape ? [] : [width * ONE, height * ONE])];
    const isSo = wanted.every((each, index) => each === this.boxes.number(header, at + 4 * index));
    return isSo && (hasShape || isSquare(this.description));
  }

  /** What the codec is told first: of H.264 only. */
  get description() {
    const { start, end } = this.boxes.inside(this.#entry("avc1", 78), "avcC");
    return this.boxes.bytes.slice(start, end);
  }

  /** As browsers name it. */
  get codec() {
    if (this.kind === "soun") return plainAac(this.boxes, this.boxes.inside(this.#entry("mp4a", 28), "esds"));
    return `avc1.${[...this.description.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }

  /** What the samples are, behind its fixed part. @param {string} name @param {number} fixed */
  #entry(name, fixed) {
    const kinds = this.boxes.inside(this.table, "stsd");
    if (this.boxes.number(kinds, 4) !== 1) throw new RangeError("of several kinds");
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
    const chunks = this.#rows("stco", 4, (at) => this.boxes.number(at, 0));
    const runs = this.#rows("stsc", 12, (at) => [this.boxes.number(at, 0), this.boxes.number(at, 4)]);
    const offsets = [];
    for (let chunk = 0, run = 0; offsets.length < sizes.length; chunk += 1) {
      while (runs[run + 1]?.[0] <= chunk + 1) run += 1;
      let offset = must(chunks[chunk]);
      for (let each = 0; each < runs[run][1] && offsets.length < sizes.length; each += 1) {
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
    return times.map((each) => ({ ...each, seconds: (each.shown - this.edit.start) / this.scale }));
  }

  /**
   * Which piece of the track is presented: from where, in its own units, and for how many seconds.
   * @returns {{start: number, seconds: number}}
   */
  #edit() {
    const { boxes } = this;
    if (!boxes.children(this.box).has("edts")) return { start: 0, seconds: Infinity };
    const edits = boxes.inside(this.box, "edts", "elst");
    const isLong = boxes.view.getUint8(edits.start) === 1;
    const number = (/** @type {number} */ at) =>
      isLong ? Number(boxes.view.getBigInt64(edits.start + 8 + 8 * at)) : boxes.number(edits, 8 + 4 * at) | 0;
    const [length, start, speed] = [number(0), number(1), boxes.number(edits, isLong ? 24 : 16)];
    if (boxes.number(edits, 4) !== 1 || start < 0 || speed !== ONE) throw new RangeError("cut together");
    const scale = this.#behindDates(boxes.inside(boxes.all, "moov", "mvhd"));
    return { start, seconds: length > 0 ? length / scale : Infinity };
  }

  /**
   * A table that says a value for so many samples in a row.
   * @param {string} name
   * @param {number} count
   * @param {(at: Box) => number} read
   */
  #spread(name, count, read) {
    const values = [];
    for (const [times, value] of this.#rows(name, 8, (at) => [this.boxes.number(at, 0), read(at)])) {
      for (let left = Math.min(times, count - values.length); left > 0; left -= 1) values.push(value);
    }
    if (values.length < count) throw new RangeError(`${name} is too short`);
    return values;
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

/**
 * The name of plain AAC, if it is that: of other kinds a browser must be told more.
 * @param {Boxes} boxes
 * @param {Box} esds descriptors within each other, ISO/IEC 14496-1
 */
function plainAac({ bytes }, { start }) {
  const inside = (/** @type {number} */ at, /** @type {number} */ tag) => {
    if (bytes[at] !== tag) throw new RangeError("not there");
    do at += 1;
    while (bytes[at] & 0x80); // a length of up to four bytes
    return at + 1;
  };
  const config = inside(inside(start + 4, 3) + 3, 4);
  const kind = bytes[inside(config + 13, 5)] >> 3;
  if (bytes[config] !== 0x40 || kind !== 2) throw new RangeError("not plain AAC");
  return "mp4a.40.2";
}
