// @ts-check
// Posters as blob URLs: those that come into sight together are asked for in few messages, and given back out of sight.

const AT_ONCE = 12; // posters of one message: the first are shown while further ones are still being made

export class Stills {
  /** @param {import("./host.js").Host} host */
  constructor(host) {
    this._host = host;
    /** @type {Map<string, {url: string, show: (url: string) => unknown, fail: (words: string) => unknown}>} */
    this._wanted = new Map();
    /** @type {string[]} */
    this._queue = [];
  }

  /**
   * @param {string} key
   * @param {(url: string) => unknown} show called when it is there
   * @param {(words: string) => unknown} fail called when there is none, with the reason
   */
  want(key, show, fail) {
    if (this._wanted.has(key)) return;
    this._wanted.set(key, { url: "", show, fail });
    this._queue.push(key);
    if (this._queue.length === 1) queueMicrotask(() => this._ask());
  }

  /** @param {string} key */
  release(key) {
    const entry = this._wanted.get(key);
    if (entry?.url) URL.revokeObjectURL(entry.url);
    this._wanted.delete(key);
  }

  /** Gives everything back. */
  close() {
    for (const key of [...this._wanted.keys()]) this.release(key);
  }

  _ask() {
    const keys = this._queue.filter((key) => this._wanted.has(key));
    this._queue = [];
    for (let start = 0; start < keys.length; start += AT_ONCE) this._fetch(keys.slice(start, start + AT_ONCE));
  }

  /** @param {string[]} keys */
  async _fetch(keys) {
    try {
      const answer = await this._host.ask("posters", { keys });
      const { keys: found = [], troubles = {}, buffers, type } = answer;
      found.forEach((key, index) => this._show(key, buffers[index], type ?? ""));
      for (const [key, words] of Object.entries(troubles)) this._fail(key, words);
    } catch (error) {
      for (const key of keys) this._fail(key, /** @type {Error} */ (error).message);
    }
  }

  /**
   * @param {string} key
   * @param {any} buffer
   * @param {string} type
   */
  _show(key, buffer, type) {
    const entry = this._wanted.get(key);
    if (!entry || entry.url) return; // given back meanwhile
    entry.url = URL.createObjectURL(new Blob([buffer], { type }));
    entry.show(entry.url);
  }

  /**
   * @param {string} key
   * @param {string} words
   */
  _fail(key, words) {
    this._wanted.get(key)?.fail(words);
  }
}
