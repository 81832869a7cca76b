// @ts-check
// Who makes flipbooks, and when: one clip at a time, slowly while clips play, not at all while a hand wants the processor.

import { Flipbook } from "./flipbook.js";

/** Bytes of pictures that are kept in all; what comes later has none. Nine clips of five seconds have 10 MB. */
const MOST_BYTES = 128e6;
/** How often somebody who may not work looks whether he may (ms). */
const LOOK = 50;

/** @typedef {"now"|"slowly"|"not now"} Pace */
/** @typedef {{book: Flipbook, clip: Blob, fps: number}} Order */

export class Printer {
  /** @param {() => Pace} pace */
  constructor(pace) {
    this.pace = pace;
    /** @type {Set<Flipbook>} */
    this.books = new Set();
    /** @type {Order[]} */
    this.orders = [];
    this.printing = false;
    this.resumed = 0;
  }

  /**
   * @param {Blob|Promise<Blob>} clip that may be on its way yet
   * @param {number} fps
   * @returns {Flipbook} empty as yet
   */
  order(clip, fps) {
    const book = new Flipbook();
    this.books.add(book);
    Promise.resolve(clip).then((file) => this.#enter({ book, clip: file, fps })).catch(() => {}); // who shows it says what went wrong
    return book;
  }

  #enter(/** @type {Order} */ order) {
    this.orders.push(order);
    void this.#work();
  }

  /** @param {Flipbook|null} book that nobody wants any more */
  drop(book) {
    if (!book) return;
    book.close();
    this.books.delete(book);
  }

  get bytes() {
    return [...this.books].reduce((sum, book) => sum + book.bytes, 0);
  }

  async #work() {
    if (this.printing || !Flipbook.possible) return;
    this.printing = true;
    for (let next = this.orders.shift(); next; next = this.orders.shift()) {
      const { book, clip, fps } = next;
      if (book.closed || this.bytes > MOST_BYTES) continue;
      await book.fill(clip, fps, () => this.#pause(book)).catch(() => {}); // a comfort that is not to be had
    }
    this.printing = false;
  }

  async #pause(/** @type {Flipbook} */ book) {
    const worked = performance.now() - this.resumed;
    while (!book.closed && this.pace() === "not now") await sleep(LOOK);
    await (this.pace() === "now" ? turn() : sleep(Math.min(LOOK, worked))); // half of the time is theirs
    this.resumed = performance.now();
  }
}

/** Whatever else the page has to do comes first. */
const turn = () => globalThis.scheduler?.postTask?.(() => {}, { priority: "background" }) ?? sleep(0);

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
