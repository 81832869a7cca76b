// @ts-check
// The boxes of an MP4 file: four bytes of length, four of name, then what is inside, numbers or further boxes.

/** @typedef {{at: number, start: number, end: number}} Box where it begins, and from where to where its inside goes */

export class Boxes {
  /** @param {Uint8Array} bytes the file, or its beginning */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.all = { at: 0, start: 0, end: bytes.byteLength };
  }

  /** @param {{start: number}} box @param {number} offset */
  number(box, offset) {
    return this.view.getUint32(box.start + offset);
  }

  /** With its length and name, if it is there as a whole. @param {Box} box */
  copy({ at, end }) {
    if (end > this.bytes.byteLength) throw new RangeError("not there as a whole");
    return this.bytes.subarray(at, end);
  }

  /** @param {Box} box @param {...string} path @returns {Box} */
  inside(box, ...path) {
    return path.reduce((place, name) => must(this.children(place).get(name)?.[0]), box);
  }

  /** @param {Box} box @returns {Map<string, Box[]>} */
  children({ start, end }) {
    const found = new Map();
    for (let at = start; at + 8 <= Math.min(end, this.bytes.byteLength); ) {
      const name = String.fromCharCode(...this.bytes.subarray(at + 4, at + 8));
      const short = this.view.getUint32(at);
      const size = short === 1 ? Number(this.view.getBigUint64(at + 8)) : short || end - at;
      if (size < 8) break;
      const box = { at, start: at + (short === 1 ? 16 : 8), end: at + size };
      if (!found.get(name)?.push(box)) found.set(name, [box]);
      at += size;
    }
    return found;
  }
}

/** @template T @param {T|undefined} found @returns {T} */
export function must(found) {
  if (found === undefined) throw new RangeError("not there");
  return found;
}
