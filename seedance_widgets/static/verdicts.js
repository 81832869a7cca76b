// @ts-check
// Stars and picks: shown at once, kept by the kernel, taken back when it could not keep them.
import { hasClip } from "./wording.js";

/** @typedef {{rating?: number, picked?: boolean}} Verdict */

export class Verdicts {
  /**
   * @param {(kind: string, fields: Record<string, unknown>) => Promise<unknown>} ask truthy when it was kept
   * @param {() => void} changed
   */
  constructor(ask, changed) {
    this._ask = ask;
    this._changed = changed;
    /** What was said and the kernel has not repeated yet. @type {Map<string, Verdict>} */
    this._said = new Map();
  }

  /**
   * @param {import("./cell.js").CellView} cell
   * @param {number} stars
   */
  rate(cell, stars) {
    return this._judge(cell, { rating: stars }, "rate", { stars });
  }

  /** @param {import("./cell.js").CellView} cell */
  pick(cell) {
    const picked = !cell.facts.picked;
    return this._judge(cell, { picked }, "pick", { picked });
  }

  /**
   * What the kernel told, with what a person has said since.
   * @param {import("./wording.js").Facts} told
   */
  over(told) {
    const said = this._said.get(told.key);
    if (!said) return told;
    const merged = { ...told, ...said };
    if (merged.rating === told.rating && merged.picked === told.picked) this._said.delete(told.key);
    return merged;
  }

  /**
   * @param {import("./cell.js").CellView} cell
   * @param {Verdict} said
   * @param {string} kind
   * @param {Record<string, unknown>} fields
   */
  async _judge(cell, said, kind, fields) {
    if (!hasClip(cell.facts)) return;
    const { key } = cell.facts;
    this._said.set(key, { ...this._said.get(key), ...said });
    this._changed();
    if (await this._ask(kind, { key, ...fields })) return;
    this._said.delete(key);
    this._changed();
  }
}
