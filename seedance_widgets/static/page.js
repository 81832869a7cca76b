// @ts-check
// The grid in a page of its own, without a kernel: everything that it shows lies in the page.
import { GridView } from "./view.js";

/**
 * What the page holds; each cell has `request` (JSON text) and `prompt` besides, for "show request".
 * @typedef {object} Content
 * @property {string} title
 * @property {import("./wording.js").Headers} layout
 * @property {import("./wording.js").Facts[]} cells
 * @property {Record<string, string>} clips key → base64 of the MP4, or a data URL
 * @property {boolean} [simulated]
 */

/** @typedef {import("./host.js").Host} Host */
/** @implements {Host} */
class PageHost {
  /** @param {Content} content */
  constructor(content) {
    this.live = false;
    this._content = content;
    this._callback = () => {};
  }

  /** @param {string} name */
  get(name) {
    return /** @type {Record<string, any>} */ (this._content)[name] ?? null;
  }

  /** @param {() => void} callback */
  watch(callback) {
    this._callback = callback;
  }

  /**
   * @param {string} kind
   * @param {Record<string, any>} [fields]
   * @returns {Promise<import("./host.js").Answer>}
   */
  async ask(kind, fields = {}) {
    const facts = this._content.cells.find((each) => each.key === fields.key);
    if (kind === "parts") return this._parts(fields.parts);
    if (kind === "request" && facts) return { buffers: [], text: facts.request ?? "", prompt: facts.prompt ?? "" };
    if ((kind === "rate" || kind === "pick") && facts) {
      this._content.cells = this._content.cells.map((each) =>
        each === facts ? { ...each, rating: fields.stars ?? each.rating, picked: fields.picked ?? each.picked } : each,
      );
      queueMicrotask(this._callback);
      return { buffers: [] };
    }
    throw new Error("This page has no kernel to ask.");
  }

  /**
   * Whole clips: nothing is saved by taking them apart.
   * @param {[string, number, number][]} wanted
   */
  _parts(wanted) {
    const parts = wanted.map(([key]) => takeApart(() => decodeClip(this._content.clips[key])));
    return { buffers: parts.map((each) => each.bytes), parts };
  }

  close() {
    this._callback = () => {};
  }
}

/**
 * @param {string|undefined} text base64 or a data URL
 * @returns {DataView}
 */
function decodeClip(text) {
  if (!text) throw new Error("This page does not hold the clip.");
  const letters = atob(text.startsWith("data:") ? text.slice(text.indexOf(",") + 1) : text);
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index += 1) bytes[index] = letters.charCodeAt(index);
  return new DataView(bytes.buffer);
}

/**
 * What a page answers about a clip.
 * @param {() => DataView} read
 */
function takeApart(read) {
  try {
    const bytes = read();
    return { bytes, total: bytes.byteLength, type: "video/mp4" };
  } catch (error) {
    return { bytes: new DataView(new ArrayBuffer(0)), error: /** @type {Error} */ (error).message };
  }
}

/**
 * Shows a grid in an element of a page.
 * @param {HTMLElement} element
 * @param {Content} content
 * @returns {() => void} takes it away again
 */
export function mountPage(element, content) {
  const view = new GridView(element, new PageHost(content));
  return () => view.close();
}
