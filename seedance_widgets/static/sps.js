// @ts-check
// What H.264 says of the shape of its pixels, in the first of its sequence parameter sets: ITU-T H.264, 7.3.2.1.1 and E.1.1.

/** Profiles that tell of their colours' depth. */
const HIGH = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128]);
/** A ratio that is written out. */
const WRITTEN = 255;

/**
 * Whether pixels are square, or nothing is said.
 * @param {Uint8Array} description as an MP4 file has it (avcC)
 * @throws {RangeError} where it is not read here
 */
export function isSquare(description) {
  const size = (description[6] << 8) | description[7];
  const bits = new Bits(description.subarray(9, 8 + size)); // behind the byte that names it
  skipDepths(bits);
  skipOrder(bits);
  bits.skip("uf"); // frames that others need
  bits.skip("uu"); // size
  if (!bits.take(1)) bits.take(1);
  bits.take(1);
  if (bits.take(1)) bits.skip("uuuu"); // cropped
  if (!bits.take(1) || !bits.take(1)) return true; // says nothing of what it looks like, or of pixels
  const ratio = bits.take(8);
  return ratio === WRITTEN ? bits.take(16) === bits.take(16) : ratio < 2;
}

/** @param {Bits} bits */
function skipDepths(bits) {
  const profile = bits.take(8);
  bits.take(16);
  bits.skip("u");
  if (!HIGH.has(profile)) return;
  if (bits.number() === 3) bits.take(1);
  bits.skip("uuf");
  if (bits.take(1)) throw new RangeError("with scaling lists");
}

/** How pictures are numbered. @param {Bits} bits */
function skipOrder(bits) {
  bits.skip("u");
  const type = bits.number();
  if (type === 0) bits.skip("u");
  if (type !== 1) return;
  bits.skip("fuu");
  bits.skip("u".repeat(Math.min(255, bits.number())));
}

class Bits {
  /** @param {Uint8Array} bytes in which a 3 behind two zeros keeps them from looking like a beginning, and says nothing */
  constructor(bytes) {
    this.bytes = bytes.filter((byte, at) => !(byte === 3 && at > 1 && !bytes[at - 1] && !bytes[at - 2]));
    this.at = 0;
  }

  /** @param {number} count of bits @returns {number} */
  take(count) {
    let value = 0;
    for (let left = count; left > 0; left -= 1, this.at += 1) {
      if (this.at >= 8 * this.bytes.length) throw new RangeError("too short");
      value = 2 * value + ((this.bytes[this.at >> 3] >> (7 - (this.at & 7))) & 1);
    }
    return value;
  }

  /** A number that says by zeros how long it is; signed ones are as long. */
  number() {
    let zeros = 0;
    while (!this.take(1)) zeros += 1;
    return 2 ** zeros - 1 + this.take(zeros);
  }

  /** @param {string} fields f for a flag, u for a number */
  skip(fields) {
    for (const each of fields) each === "f" ? this.take(1) : this.number();
  }
}
