// @ts-check
// The takes that are chosen, on whichever page, and what can be done with all of them; what room the history takes.
import { button, el, press, say } from "./dom.js";
import { confirmFirst, openMenu } from "./talk.js";

/**
 * @typedef {object} ChosenActs
 * @property {(kind: string, fields?: Record<string, unknown>, done?: string) => Promise<any>} ask says what is wrong
 * @property {(words: string, grave?: boolean) => unknown} say
 * @property {() => unknown} chooseAll
 * @property {() => unknown} changed other takes are chosen
 * @property {() => unknown} reload
 * @property {(binned: boolean) => unknown} showBin
 * @property {() => unknown} help
 */

export class Chosen {
  /**
   * @param {HTMLElement} root
   * @param {ChosenActs} acts
   */
  constructor(root, acts) {
    this._root = root;
    this._acts = acts;
    /** @type {Set<string>} */
    this.keys = new Set();
    this._binned = false;
    this._count = 0;
    const word = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => unknown} */ act) =>
      button({ text, title, class: "swg-words" }, act);
    this._words = el("span", { class: "swg-tally", role: "status" });
    this._all = word("Select page", "select all takes of this page", acts.chooseAll);
    this._none = word("None", "select nothing any more (Escape)", () => this.clear());
    this._compare = word("Compare", "play them side by side and in step, below", () => this.compare());
    this._export = word("Export", "clips, requests as JSON and a table, in a folder beside the notebook", () => this._save());
    this._delete = word("Delete", "move them into the bin, from where they can be restored", () => this.remove());
    this._restore = word("Restore", "bring them back into the history", () => this.restore());
    this._empty = word("Empty the bin", "delete for good what is in the bin", () => this._askToEmpty());
    this._bin = button({ text: "Bin", class: "swg-words", title: "what was deleted", pressed: false }, () =>
      acts.showBin(!this._binned),
    );
    this._disk = word("Disk", "what room the history takes, and what can be freed", () => this._openDisk());
    this._disk.setAttribute("aria-haspopup", "menu");
    const help = button({ text: "?", label: "Keys", title: "Keys" }, acts.help);
    const left = el("div", { class: "swg-group", role: "group", label: "Selected takes" }, this._words, this._all, this._none);
    left.append(this._compare, this._export, this._delete, this._restore);
    const right = el("div", { class: "swg-state" }, this._empty, this._bin, this._disk, help);
    this.element = el("div", { class: "swg-footer" }, left, right);
    this.update(false, 0);
  }

  /**
   * @param {boolean} binned whether the bin is shown
   * @param {number} count takes in the bin
   */
  update(binned, count) {
    this._binned = binned;
    this._count = count;
    const none = this.keys.size === 0;
    say(this._words, none ? "none selected" : `${this.keys.size} selected`);
    for (const each of [this._none, this._export, this._delete, this._restore]) each.disabled = none;
    this._compare.disabled = none;
    for (const each of [this._compare, this._export, this._delete]) each.hidden = binned;
    this._restore.hidden = this._empty.hidden = !binned;
    this._empty.disabled = !count;
    this._bin.textContent = count ? `Bin (${count})` : "Bin";
    press(this._bin, binned);
  }

  /**
   * @param {string} key
   * @param {boolean} chosen
   */
  set(key, chosen) {
    if (chosen) this.keys.add(key);
    else this.keys.delete(key);
    this.update(this._binned, this._count);
  }

  clear() {
    this.keys.clear();
    this.update(this._binned, this._count);
    this._acts.changed();
  }

  async compare() {
    if (this.keys.size) await this._acts.ask("compare", { keys: [...this.keys] }, "They play below, side by side.");
  }

  async _save() {
    const answer = await this._acts.ask("export", { keys: [...this.keys] });
    if (answer) this._acts.say(`Saved in the folder ${answer.path} beside the notebook.`);
  }

  /** @param {string[]} [keys] instead of the chosen ones */
  async remove(keys = [...this.keys]) {
    if (!keys.length || this._binned) return;
    const answer = await this._acts.ask("delete", { keys });
    if (!answer) return;
    const reasons = new Set(Object.values(answer.refused));
    const moved = answer.done ? `${takes(answer.done)} moved into the bin; “Bin” brings ${answer.done > 1 ? "them" : "it"} back.` : "";
    const stay = reasons.size ? `${takes(Object.keys(answer.refused).length)} cannot be deleted: ${[...reasons].join("; ")}.` : "";
    this._forget(keys, Object.keys(answer.refused));
    this._acts.say([moved, stay].filter(Boolean).join(" "), Boolean(stay));
  }

  /** @param {string[]} [keys] instead of the chosen ones */
  async restore(keys = [...this.keys]) {
    if (!keys.length) return;
    const answer = await this._acts.ask("restore", { keys });
    if (!answer) return;
    this._forget(keys, []);
    this._acts.say(`${takes(answer.done)} restored.`);
  }

  /**
   * @param {string[]} keys
   * @param {string[]} stay
   */
  _forget(keys, stay) {
    for (const key of keys) if (!stay.includes(key)) this.keys.delete(key);
    this.update(this._binned, this._count);
    this._acts.reload();
  }

  async _askToEmpty() {
    const answer = await this._acts.ask("usage");
    if (!answer) return;
    const text =
      `${takes(this._count)} will be deleted for good, with prompts, notes and clips: ${answer.bin}. ` +
      "Model, day and price stay in the account.";
    confirmFirst(this._root, "Empty the bin?", text, "Delete for good", async () => {
      const done = await this._acts.ask("empty");
      if (!done) return;
      this.keys.clear();
      this._acts.say(`The bin is empty; ${done.freed} are free now.`);
      this._acts.reload();
    });
  }

  async _openDisk() {
    const waiting = openMenu(this._root, this._disk, [
      { text: "In all", disabled: true, act: () => {} },
      { text: "Clips", disabled: true, act: () => {} },
      { text: "Database and the rest", disabled: true, act: () => {} },
      { text: "Empty the bin …", note: "…", disabled: !this._count, act: () => this._askToEmpty() },
      { text: "Delete the posters; they are made again", note: "…", act: () => this._clearPosters() },
    ]);
    const answer = await this._acts.ask("usage");
    if (!answer) return;
    const notes = [answer.all, answer.clips, answer.rest, `frees ${answer.bin}`, `frees ${answer.posters}`];
    notes.forEach((note, index) => (waiting[index].textContent = note));
  }

  async _clearPosters() {
    const answer = await this._acts.ask("clear_posters");
    if (answer) this._acts.say(`The posters are deleted; ${answer.freed} are free now.`);
  }
}

/** @param {number} count */
const takes = (count) => `${count.toLocaleString("en")} take${count === 1 ? "" : "s"}`;
