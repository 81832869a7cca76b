// @ts-check
// The grid's link to the kernel: state that is watched, and questions that are answered.

/**
 * @typedef {{type?: string, text?: string, prompt?: string, path?: string, key?: string, sizes?: Record<string, string>,
 *   parts?: {error?: string, total?: number, type?: string}[], keys?: string[], troubles?: Record<string, string>, buffers: DataView[]}} Answer
 */

/**
 * What a view needs, whether a kernel answers or the page itself.
 * @typedef {object} Host
 * @property {boolean} live whether a kernel answers
 * @property {(name: string) => any} get
 * @property {(callback: () => void) => void} watch calls back, once, after changes of the state
 * @property {(kind: string, fields?: Record<string, unknown>) => Promise<Answer>} ask
 * @property {() => void} close
 */

const STATE = ["title", "layout", "cells", "asks", "busy", "simulated", "now"];

/** @implements {Host} */
export class KernelHost {
  /**
   * @param {any} model the model of anywidget
   * @param {string[]} state the names of what is watched
   */
  constructor(model, state = STATE) {
    this.live = true;
    this._state = state;
    this._model = model;
    this._count = 0;
    this._view = crypto.getRandomValues(new Uint32Array(2)).join("-"); // views of one model hear each other's answers
    /** @type {Map<string, {resolve: (answer: Answer) => void, reject: (error: Error) => void}>} */
    this._waiting = new Map();
    this._callback = () => {};
    this._scheduled = false;
    this._heard = (/** @type {any} */ message, /** @type {DataView[]} */ buffers) => this._settle(message, buffers);
    this._changed = () => this._schedule();
    model.on("msg:custom", this._heard);
    for (const name of state) model.on(`change:_${name}`, this._changed);
  }

  /** @param {string} name */
  get(name) {
    return this._model.get(`_${name}`);
  }

  /** @param {() => void} callback */
  watch(callback) {
    this._callback = callback;
  }

  /**
   * @param {string} kind
   * @param {Record<string, unknown>} [fields]
   * @returns {Promise<Answer>}
   */
  ask(kind, fields = {}) {
    const id = `${this._view}-${(this._count += 1)}`;
    return new Promise((resolve, reject) => {
      this._waiting.set(id, { resolve, reject });
      this._model.send({ kind, id, ...fields });
    });
  }

  close() {
    this._model.off("msg:custom", this._heard);
    for (const name of this._state) this._model.off(`change:_${name}`, this._changed);
    this._callback = () => {};
    this._waiting.clear();
  }

  /** Several traits that change together are one change. */
  _schedule() {
    if (this._scheduled) return;
    this._scheduled = true;
    queueMicrotask(() => {
      this._scheduled = false;
      this._callback();
    });
  }

  /**
   * @param {any} message
   * @param {DataView[]} buffers
   */
  _settle(message, buffers) {
    const waiting = message?.kind === "answer" ? this._waiting.get(message.id) : undefined;
    if (!waiting) return;
    this._waiting.delete(message.id);
    if (message.ok) waiting.resolve({ ...message, buffers });
    else waiting.reject(new Error(message.error));
  }
}
