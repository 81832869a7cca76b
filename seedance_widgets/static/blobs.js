// @ts-check
// Clips and posters of the kernel as blob URLs: asked for when they are wanted, given back when they are not.

const PARALLEL = 6; // clips at once, and as many posters, which do not wait behind clips

/** @typedef {"clip"|"poster"} Kind */
/**
 * @typedef {object} Entry
 * @property {Kind} kind
 * @property {string} key
 * @property {string} url empty until it is there
 * @property {boolean} dropped
 * @property {(url: string) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {Promise<string>} promise
 */

export class Blobs {
  /** @param {import("./host.js").Host} host */
  constructor(host) {
    this._host = host;
    /** @type {Map<string, Entry>} */
    this._entries = new Map();
    /** @type {Record<Kind, {queue: Entry[], asking: number}>} */
    this._lanes = { clip: { queue: [], asking: 0 }, poster: { queue: [], asking: 0 } };
  }

  /**
   * Wants a clip or a poster; the same one is asked for once.
   * @param {Kind} kind
   * @param {string} key
   * @returns {Promise<string>} never settled when it is released before it was there
   */
  want(kind, key) {
    const name = `${kind} ${key}`;
    let entry = this._entries.get(name);
    if (!entry) {
      entry = newEntry(kind, key);
      this._entries.set(name, entry);
      this._lanes[kind].queue.push(entry);
      this._pump(kind);
    }
    return entry.promise;
  }

  /**
   * @param {Kind} kind
   * @param {string} key
   */
  release(kind, key) {
    const name = `${kind} ${key}`;
    const entry = this._entries.get(name);
    if (!entry) return;
    this._entries.delete(name);
    this._lanes[kind].queue = this._lanes[kind].queue.filter((each) => each !== entry);
    entry.dropped = true;
    if (entry.url) URL.revokeObjectURL(entry.url);
  }

  /** Gives everything back. */
  close() {
    for (const entry of [...this._entries.values()]) this.release(entry.kind, entry.key);
  }

  /** @param {Kind} kind */
  _pump(kind) {
    const lane = this._lanes[kind];
    while (lane.asking < PARALLEL && lane.queue.length) {
      const entry = /** @type {Entry} */ (lane.queue.shift());
      lane.asking += 1;
      this._fetch(entry).finally(() => {
        lane.asking -= 1;
        this._pump(kind);
      });
    }
  }

  /** @param {Entry} entry */
  async _fetch(entry) {
    try {
      const answer = await this._host.ask(entry.kind, { key: entry.key });
      if (entry.dropped) return;
      const parts = /** @type {any[]} */ (answer.buffers); // views of plain buffers, whatever the types allow
      entry.url = URL.createObjectURL(new Blob(parts, { type: answer.type }));
      entry.resolve(entry.url);
    } catch (error) {
      if (entry.dropped) return;
      this._entries.delete(`${entry.kind} ${entry.key}`); // so that it can be asked for again
      entry.reject(/** @type {Error} */ (error));
    }
  }
}

/**
 * @param {Kind} kind
 * @param {string} key
 * @returns {Entry}
 */
function newEntry(kind, key) {
  /** @type {any} */
  const entry = { kind, key, url: "", dropped: false };
  entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
  return entry;
}
