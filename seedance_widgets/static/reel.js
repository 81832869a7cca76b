// @ts-check
// One clip on its way from the kernel: it can play as soon as its first part is here, and is a file in the end.

import { Stream } from "./stream.js";

export class Reel {
  /**
   * @param {string} key of its take
   * @param {number} first bytes that are asked for at first
   */
  constructor(key, first) {
    this.key = key;
    this.first = first;
    /** How much of the file has been asked for, and how much has come: all of it up to there. */
    this.asked = 0;
    this.come = 0;
    /** Bytes of the whole; unknown at first. */
    this.total = Infinity;
    this.dropped = false;
    /** Something to play. @type {Later<string>} */
    this.url = later();
    /** The whole file. @type {Later<Blob>} */
    this.file = later();
    this._bytes = new Uint8Array(0);
    /** @type {Stream|null} */
    this._stream = null;
    /** @type {string[]} */
    this._urls = [];
    /** @type {Map<number, Uint8Array>} */
    this._early = new Map(); // parts that have overtaken others
  }

  get isWhole() {
    return this.come >= this.total;
  }

  /** Whether it is played in the parts that have come, not from the file. */
  get isStreamed() {
    return Boolean(this._stream);
  }

  /**
   * A part has come.
   * @param {number} from
   * @param {DataView} part
   * @param {number} total
   * @param {string} type
   */
  take(from, part, total, type) {
    if (this.dropped) return;
    if (this.total !== Infinity && this.total !== total) throw new Error("The clip has changed meanwhile.");
    if (this.total === Infinity) this._bytes = new Uint8Array(total);
    this.total = total;
    this._early.set(from, new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    for (let next = this._early.get(this.come); next?.length; next = this._early.get(this.come)) {
      this._early.delete(this.come);
      this._bytes.set(next, this.come);
      this.come += next.length;
    }
    this._show(type);
  }

  /** @param {string} type */
  _show(type) {
    const begin = this._bytes.subarray(0, this.come);
    if (!this._stream && !this.isWhole && !this.url.settled) this._stream = Stream.open(begin, this.total);
    this._stream?.feed(begin, this.isWhole);
    if (this._stream) this.url.resolve(this._stream.url);
    if (!this.isWhole) return;
    const file = new Blob([this._bytes], { type });
    this._bytes = new Uint8Array(0);
    this.file.resolve(file);
    if (!this._stream) this.url.resolve(this._urlOf(file));
  }

  /** Where the whole file is, once it is. */
  async fileUrl() {
    return this._urlOf(await this.file.promise);
  }

  /** @param {Blob} file */
  _urlOf(file) {
    if (!this._urls.length && !this.dropped) this._urls.push(URL.createObjectURL(file));
    return this._urls[0];
  }

  /** @param {Error} error */
  fail(error) {
    this.url.reject(error);
    this.file.reject(error);
  }

  /** Gives everything back. Who waits for the whole, to download it, hears of it. */
  drop() {
    this.dropped = true;
    this.fail(new Error("The clip was put away before all of it had come."));
    this._stream?.close();
    this._early.clear();
    this._bytes = new Uint8Array(0);
    for (const url of this._urls) URL.revokeObjectURL(url);
  }
}

/**
 * @template T
 * @typedef {{promise: Promise<T>, settled: boolean, resolve: (value: T) => void, reject: (error: Error) => void}} Later
 */

/** @returns {Later<any>} */
function later() {
  /** @type {any} */
  const found = { settled: false };
  found.promise = new Promise((resolve, reject) => {
    found.resolve = (/** @type {any} */ value) => ((found.settled = true), resolve(value));
    found.reject = (/** @type {Error} */ error) => ((found.settled = true), reject(error));
  });
  found.promise.catch(() => {}); // also where nobody waits for it
  return found;
}
