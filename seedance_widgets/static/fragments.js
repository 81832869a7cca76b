// @ts-check
// A track of a plain MP4 file as a media source takes it: a head without samples, then fragments of some samples each.
// Bytes are moved, nothing is encoded. Boxes and their fields: ISO/IEC 14496-12.

import { Boxes } from "./boxes.js";

/** @typedef {import("./mp4.js").Sample} Sample */
/** @typedef {import("./mp4.js").Track} Track */
/** @typedef {import("./boxes.js").Box} Box */

const FILE_TYPE = letters("isom");
/** A fragment's samples are placed from its own start, and come with these fields each: length, size, flags, delay. */
const FROM_THE_FRAGMENT = 0x020000;
const FIELDS = 0x000f01;
/** Whether a sample needs another one, as its flags say it. */
const INDEPENDENT = 0x02000000;
const DEPENDENT = 0x01010000;
/** These stay as they are; the tables of the samples are left empty, and what edits times is left out. */
const KEPT = new Set(["mvhd", "tkhd", "mdhd", "hdlr", "vmhd", "smhd", "dinf"]);
/** How colours are meant where nobody says it: of small pictures as of BT.601, of others as of BT.709. */
const LARGE = 720;
const OPENED = new Set(["moov", "trak", "mdia", "minf", "stbl"]);
const EMPTIED = ["stts", "stsc", "stco"];

/**
 * The head of a stream with this track only.
 * @param {Track} track
 * @returns {Uint8Array}
 */
export function headOf(track) {
  const { boxes } = track;
  const movie = boxes.inside(boxes.all, "moov");
  const extends_ = box("mvex", box("trex", words(0, track.id, 1, 0, 0, 0)));
  return join(box("ftyp", bytes(FILE_TYPE), words(0), bytes(FILE_TYPE)), stripped(boxes, movie, "moov", track.box, extends_));
}

/**
 * A box with what is kept of it.
 * @param {Boxes} boxes
 * @param {Box} parent
 * @param {string} name
 * @param {Box} wanted the track that is kept
 * @param {Uint8Array} [more]
 * @returns {Uint8Array}
 */
function stripped(boxes, parent, name, wanted, more = bytes([])) {
  const inside = [...boxes.children(parent)].flatMap(([each, found]) => {
    if (each === "stsd") return [described(boxes, found[0])];
    if (KEPT.has(each)) return [boxes.copy(found[0])];
    if (!OPENED.has(each)) return [];
    return [stripped(boxes, each === "trak" ? wanted : found[0], each, wanted)];
  });
  const tables = EMPTIED.map((each) => box(each, words(0, 0)));
  return box(name, ...inside, ...(name === "stbl" ? [...tables, box("stsz", words(0, 0, 0))] : []), more);
}

/**
 * What the samples are. How colours are meant, if nothing says it, browsers guess of a file and of a stream differently: so
 * the stream is told what is guessed of the file. What the pictures themselves say goes before it.
 * @param {Boxes} boxes
 * @param {Box} kinds
 */
function described(boxes, kinds) {
  const entry = boxes.children({ ...kinds, start: kinds.start + 8 }).get("avc1")?.[0];
  const begin = entry ? entry.start + 78 : 0; // of the boxes in it
  if (!entry || boxes.children({ ...entry, start: begin }).has("colr")) return boxes.copy(kinds);
  const guess = boxes.view.getUint16(entry.start + 26) < LARGE ? 6 : 1;
  const colours = box("colr", bytes(letters("nclx")), bytes([0, guess, 0, guess, 0, guess, 0]));
  const [fixed, more] = [boxes.bytes.subarray(entry.start, begin), boxes.bytes.subarray(begin, entry.end)];
  return box("stsd", words(0, 1), box("avc1", fixed, colours, more));
}

/**
 * Some samples that follow one another, with their bytes.
 * @param {number} number of the fragment, from 1
 * @param {Track} track
 * @param {Sample[]} samples
 * @param {Uint8Array[]} data of each
 * @returns {Uint8Array}
 */
export function fragment(number, track, samples, data) {
  const { decoded } = samples[0];
  const start = words(0x01000000, Math.floor(decoded / 2 ** 32), decoded >>> 0);
  const fields = samples.flatMap((each) => [
    each.length,
    each.size,
    each.isKey ? INDEPENDENT : DEPENDENT,
    each.shown - each.decoded,
  ]);
  const around = (/** @type {number} */ offset) => {
    const run = box("trun", words(0x01000000 | FIELDS, samples.length, offset, ...fields));
    const traf = box("traf", box("tfhd", words(FROM_THE_FRAGMENT, track.id)), box("tfdt", start), run);
    return box("moof", box("mfhd", words(0, number)), traf);
  };
  return join(around(around(0).length + 8), box("mdat", ...data));
}

/** @param {string} name @param {...Uint8Array} inside */
function box(name, ...inside) {
  const size = inside.reduce((sum, each) => sum + each.length, 8);
  return join(words(size), bytes(letters(name)), ...inside);
}

/** @param {string} name */
function letters(name) {
  return [...name].map((letter) => letter.charCodeAt(0));
}

/** @param {...number} numbers of 32 bits */
function words(...numbers) {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((each, index) => view.setInt32(4 * index, each | 0));
  return new Uint8Array(view.buffer);
}

/** @param {number[]} values */
function bytes(values) {
  return Uint8Array.from(values);
}

/** @param {...Uint8Array} parts */
function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
