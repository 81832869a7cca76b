// @ts-check
// What can be done from a cell, and how a grid is kept.
import { el } from "./dom.js";
import { confirmFirst, copyText, openMenu, showText } from "./talk.js";
import { hasClip } from "./wording.js";

const TWICE =
  "Its answer was lost on the way, so the take may have been made and charged already. If so, it is charged twice. " +
  "“Look again” only asks for it, and costs nothing.";

const SILENT = "The kernel has not answered yet: it may be busy, or gone.";
const ANSWER_WITHIN = 10000; // ms
/** What may well take longer. */
const LONG_ONES = new Set(["save", "sizes", "export", "delete", "restore", "empty", "usage", "clear_posters"]);

/** What a grid can be saved as. @type {Map<string, string>} */
const SAVED = new Map([
  ["html", "Page that plays in step (.html)"],
  ["mp4", "One labelled clip (.mp4)"],
  ["png", "Contact sheet (.png)"],
  ["gif", "Small animation (.gif)"],
  ["folder", "Folder of clips, requests and a table"],
]);

export class Menus {
  /**
   * @param {HTMLElement} root
   * @param {import("./host.js").Host} host
   * @param {(key: string) => Promise<string>} clip where a take's whole clip is
   * @param {import("./talk.js").Messages} messages
   */
  constructor(root, host, clip, messages) {
    this._root = root;
    this._host = host;
    this._clip = clip;
    this._messages = messages;
  }

  /**
   * Asks the kernel; what is wrong is said.
   * @param {string} kind
   * @param {Record<string, unknown>} [fields]
   * @param {string} [done] what is said when it went well
   */
  async ask(kind, fields = {}, done = "") {
    const impatient = window.setTimeout(() => LONG_ONES.has(kind) || this._messages.say(SILENT, true), ANSWER_WITHIN);
    try {
      const answer = await this._host.ask(kind, fields);
      if (done) this._messages.say(done);
      return answer;
    } catch (error) {
      this._messages.say(/** @type {Error} */ (error).message, true);
      return null;
    } finally {
      clearTimeout(impatient);
    }
  }

  /**
   * @param {import("./cell.js").CellView} cell
   * @param {HTMLElement} anchor
   * @param {boolean} isBlind what would tell the take is not offered while judging is blind
   */
  openCell(cell, anchor, isBlind) {
    const { key } = cell.facts;
    const live = this._host.live;
    openMenu(this._root, anchor, [
      ...(live ? this._goingOn(cell.facts, isBlind) : []),
      { text: "Show request", disabled: isBlind, act: () => this._showRequest(key, cell.facts.name) },
      { text: "Copy prompt", act: () => this._copyPrompt(key) },
      { text: "Download clip", disabled: !hasClip(cell.facts) || isBlind, act: () => this._download(cell) },
    ]);
  }

  /**
   * @param {import("./wording.js").Facts} facts
   * @param {boolean} isBlind
   * @returns {import("./talk.js").Item[]}
   */
  _goingOn(facts, isBlind) {
    const item = (/** @type {string} */ text, /** @type {string} */ kind, /** @type {string} */ done, off = false) => ({
      text,
      disabled: isBlind || off,
      act: () => this.ask(kind, { key: facts.key }, done),
    });
    return [
      item("Use this seed", "use_seed", "The seed is in the panel."),
      item("Use this request", "use_request", "The request is in the panel."),
      item("More like this", "more_like", "Neighbouring seeds are in the panel."),
      item("Continue from its last frame", "continue_from", "Its last frame goes into the panel.", !hasClip(facts)),
    ];
  }

  /**
   * @param {string} key
   * @param {string} title
   */
  async _showRequest(key, title) {
    const answer = await this.ask("request", { key });
    if (answer) showText(this._root, title, answer.text ?? "");
  }

  /** @param {string} key */
  async _copyPrompt(key) {
    const answer = await this.ask("request", { key });
    if (!answer) return;
    const done = await copyText(answer.prompt ?? "");
    this._messages.say(done ? "The prompt is copied." : "The browser did not allow to copy.", !done);
  }

  /** @param {import("./cell.js").CellView} cell */
  async _download(cell) {
    try {
      const url = await this._clip(cell.facts.key);
      const link = el("a", { attributes: { href: url, download: fileName(cell.facts.label || cell.facts.name) } });
      link.click();
    } catch (error) {
      this._messages.say(/** @type {Error} */ (error).message, true);
    }
  }

  /**
   * @param {import("./cell.js").CellView} cell
   * @param {string} kind
   */
  mend(cell, kind) {
    const { key, name } = cell.facts;
    const act = () => this.ask(kind, { key });
    if (kind === "send_again") confirmFirst(this._root, `Send ${name} again?`, TWICE, "Send again", act);
    else act();
  }

  /**
   * @param {HTMLElement} anchor
   * @param {import("./wording.js").Facts[]} cells
   */
  async openSave(anchor, cells) {
    const disabled = !cells.some(hasClip);
    const kinds = [...SAVED.keys()];
    const items = kinds.map((what) => ({ text: SAVED.get(what) ?? "", note: disabled ? "" : "…", disabled, act: () => this._save(what) }));
    const notes = openMenu(this._root, anchor, items);
    const answer = disabled ? null : await this.ask("sizes");
    kinds.forEach((what, index) => (notes[index].textContent = answer?.sizes?.[what] ?? ""));
  }

  /** @param {string} what */
  async _save(what) {
    this._messages.progress("Writing …", null);
    const answer = await this.ask("save", { what });
    if (answer) this._messages.say(`Saved as ${answer.path} beside the notebook.`);
  }
}

/** @param {string} label */
function fileName(label) {
  const words = label.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return `seedance-${words.slice(0, 60) || "take"}.mp4`;
}
