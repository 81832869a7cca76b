// @ts-check
// The pictures of an MP4 file as a decoder wants them, each with its time. Only plain H.264 in one piece is read; the
// browser itself plays the rest.

/** Clips have hundreds of pictures; a file that claims more than this is not read. */
const MOST_SAMPLES = 10000;
const VIDEO = 0x76696465; // "vide"

/** @typedef {{start: number, end: number}} Box what is inside of it */
/** @typedef {{offset: number, size: number, isKey: boolean, seconds: number}} Sample */

/**
 * @param {ArrayBuffer} buffer the whole file
 * @returns {{config: VideoDecoderConfig, samples: Sample[]}|null} null for what is not read here
 */
export function readMp4(buffer) {
  try {
    const file = new Mp4(buffer);
    return { config: file.config(), samples: file.samples() };
  } catch {
    return null; // a box that is missing, or reads beyond the end
  }
}

class Mp4 {
  /** @param {ArrayBuffer} buffer */
  constructor(buffer) {
    this._buffer = buffer;
    this._view = new DataView(buffer);
    const movie = this._inside({ start: 0, end: buffer.byteLength }, "moov");
    const tracks = this._children(movie).get("trak") ?? [];
    this._track = must(tracks.find((track) => this._number(this._inside(track, "mdia", "hdlr"), 8) === VIDEO));
    this._media = this._inside(this._track, "mdia");
    this._table = this._inside(this._media, "minf", "stbl");
  }

  /** @returns {VideoDecoderConfig} */
  config() {
    const kinds = this._inside(this._table, "stsd");
    const entry = this._inside({ start: kinds.start + 8, end: kinds.end }, "avc1");
    const { start, end } = this._inside({ start: entry.start + 78, end: entry.end }, "avcC");
    const description = new Uint8Array(this._buffer, start, end - start);
    const profile = [...description.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, "0"));
    return { codec: `avc1.${profile.join("")}`, description };
  }

  /** In the order of decoding. @returns {Sample[]} */
  samples() {
    const sizes = this._sizes();
    const offsets = this._offsets(sizes);
    const keys = this._keys(sizes.length);
    const times = this._times(sizes.length);
    return sizes.map((size, index) => {
      if (offsets[index] + size > this._buffer.byteLength) throw new RangeError("a sample lies outside of the file");
      return { offset: offsets[index], size, isKey: !keys || keys.has(index + 1), seconds: times[index] };
    });
  }

  _sizes() {
    const box = this._inside(this._table, "stsz");
    const [same, count] = [this._number(box, 4), this._number(box, 8)];
    if (count > MOST_SAMPLES) throw new RangeError("too many samples");
    return Array.from({ length: count }, (_, index) => same || this._number(box, 12 + 4 * index));
  }

  /** Samples lie one behind the other in chunks. @param {number[]} sizes */
  _offsets(sizes) {
    const chunks = this._inside(this._table, "stco");
    const runs = this._rows("stsc", 12, (at) => [this._number(at, 0), this._number(at, 4)]);
    const offsets = [];
    for (let chunk = 0; offsets.length < sizes.length; chunk += 1) {
      const [, count] = must(runs.findLast(([first]) => first <= chunk + 1));
      let offset = this._number(chunks, 8 + 4 * chunk);
      for (let each = 0; each < count && offsets.length < sizes.length; each += 1) {
        offsets.push(offset);
        offset += sizes[offsets.length - 1];
      }
    }
    return offsets;
  }

  /** The numbers, from 1, of the samples that need no other; null when none does. @param {number} count */
  _keys(count) {
    const hasTable = this._children(this._table).has("stss");
    return hasTable && count ? new Set(this._rows("stss", 4, (at) => this._number(at, 0))) : null;
  }

  /** Seconds at which each is shown; below 0 where the file says that it is not. @param {number} count */
  _times(count) {
    const header = this._inside(this._media, "mdhd");
    const scale = this._number(header, this._view.getUint8(header.start) ? 20 : 12);
    const lengths = this._spread("stts", count, (at) => this._number(at, 4));
    const hasDelays = this._children(this._table).has("ctts");
    const delays = hasDelays ? this._spread("ctts", count, (at) => this._number(at, 4) | 0) : lengths.map(() => 0);
    let decoded = 0;
    const shown = delays.map((delay, index) => (index ? (decoded += lengths[index - 1]) : 0) + delay);
    const start = this._start() ?? Math.min(...shown);
    return shown.map((time) => (time - start) / scale);
  }

  /** Where the presentation begins in the time of the track; null where the file does not say. */
  _start() {
    if (!this._children(this._track).has("edts")) return null;
    const edits = this._inside(this._track, "edts", "elst");
    if (this._number(edits, 4) !== 1) throw new RangeError("cut together from several pieces");
    const isLong = this._view.getUint8(edits.start) === 1;
    return isLong ? Number(this._view.getBigInt64(edits.start + 16)) : this._number(edits, 12) | 0;
  }

  /**
   * A table that says a value for so many samples in a row.
   * @param {string} name
   * @param {number} count
   * @param {(at: Box) => number} read
   */
  _spread(name, count, read) {
    const values = this._rows(name, 8, (at) => [this._number(at, 0), read(at)]).flatMap(([times, value]) =>
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
  _rows(name, width, read) {
    const { start, end } = this._inside(this._table, name);
    const count = Math.min(this._number({ start, end }, 4), MOST_SAMPLES);
    return Array.from({ length: count }, (_, row) => read({ start: start + 8 + width * row, end }));
  }

  /** @param {Box} box @param {number} offset */
  _number(box, offset) {
    return this._view.getUint32(box.start + offset);
  }

  /** @param {Box} box @param {...string} path */
  _inside(box, ...path) {
    return path.reduce((place, name) => must(this._children(place).get(name)?.[0]), box);
  }

  /** @param {Box} box @returns {Map<string, Box[]>} */
  _children({ start, end }) {
    const found = new Map();
    for (let at = start; at + 8 <= end; ) {
      const name = String.fromCharCode(...new Uint8Array(this._buffer, at + 4, 4));
      const short = this._view.getUint32(at);
      const size = short === 1 ? Number(this._view.getBigUint64(at + 8)) : short || end - at;
      if (size < 8) break;
      const box = { start: at + (short === 1 ? 16 : 8), end: Math.min(end, at + size) };
      found.set(name, [...(found.get(name) ?? []), box]);
      at += size;
    }
    return found;
  }
}

/** @template T @param {T|undefined} found @returns {T} */
function must(found) {
  if (found === undefined) throw new RangeError("not there");
  return found;
}
