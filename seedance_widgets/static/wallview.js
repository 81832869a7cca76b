// @ts-check
// The whole gallery: filters, the wall of posters, what is done with the chosen ones, and what they do with each other.
import { Blobs } from "./blobs.js";
import { Chosen } from "./chosen.js";
import { Details } from "./details.js";
import { button, el, say } from "./dom.js";
import { Filters } from "./filters.js";
import { listen } from "./keys.js";
import { Menus } from "./menus.js";
import { Pager } from "./pager.js";
import { Stills } from "./stills.js";
import { Messages } from "./talk.js";
import { Tiles } from "./tiles.js";
import { chosenActs, detailsActs, tileActs } from "./wallacts.js";
import { WALL_KEYS } from "./wallkeys.js";

const PAGE = 48; // takes on the wall at once

export class WallView {
  /**
   * @param {HTMLElement} parent
   * @param {import("./host.js").Host} host
   */
  constructor(parent, host) {
    this.host = host;
    this._first = 0;
    this._total = 0;
    this._binned = false;
    this._asking = false;
    this._again = false;
    this._stale = false;
    this._isVisible = true;
    this._version = host.get("version");
    this._lag = 0; // seconds by which the kernel's clock is ahead of the page's
    this.blobs = new Blobs(host);
    this.large = new Blobs(host);
    this.stills = new Stills(host);
    this.messages = new Messages();
    const simulated = Boolean(host.get("simulated"));
    this.root = el("div", { class: "swg-grid swg-gallery", role: "region", label: "Gallery" });
    this.root.tabIndex = -1;
    this.menus = new Menus(this.root, host, (key) => this.blobs.want("clip", key), this.messages);
    /** @type {(kind: string, fields?: Record<string, unknown>, done?: string) => Promise<any>} */
    this.ask = (kind, fields, done) => this.menus.ask(kind, fields, done);
    this.filters = new Filters(host.get("search") ?? {}, () => this._searched());
    this.pager = new Pager((by) => this.turn(by));
    this._title = el("div", { class: "swg-title", text: "History" });
    const badge = el("span", { class: "swg-quiet", text: "simulator · no cost" });
    badge.hidden = !simulated;
    this._head = el("div", { class: "swg-head" }, this._title, badge, this.pager.element);
    this._empty = el("div", { class: "swg-empty", role: "status" });
    this.chosen = new Chosen(this.root, chosenActs(this));
    this.tiles = new Tiles(tileActs(this, simulated), this.chosen);
    const stage = el("div", { class: "swg-stage" }, this.tiles.element, this._empty, this.messages.element);
    this.root.append(this._head, this.filters.element, stage, this.chosen.element);
    this.details = new Details(this.root, detailsActs(this));
    this._watched = new IntersectionObserver(([entry]) => this._shown(entry.isIntersecting));
    this._watched.observe(this.root);
    this._unlisten = listen(this.root, /** @type {any} */ (this), WALL_KEYS);
    this._ticker = window.setInterval(() => this.tiles.tick(this.now), 1000);
    host.watch(() => this._told());
    parent.append(this.root);
    this._say("Looking through the history …", []);
    this.refresh();
  }

  close() {
    this.host.close();
    clearInterval(this._ticker);
    this._unlisten();
    this._watched.disconnect();
    this.filters.close();
    this.details.close();
    for (const each of [this.tiles, this.blobs, this.large, this.stills, this.messages]) each.close();
    this.root.remove();
  }

  // What is shown ---------------------------------------------------------------------------------------------

  /** Asks for what is on the wall, once more when something has changed meanwhile. */
  async refresh() {
    this._again = true;
    if (this._asking) return;
    this._asking = true;
    while (this._again) {
      this._again = this._stale = false;
      const search = { ...this.filters.search, binned: this._binned };
      if (this._binned) search.order = "deleted";
      const answer = await this._page({ search, skip: this._first, n: PAGE, whole: true });
      if (answer) this._show(answer);
    }
    this._asking = false;
  }

  /** @param {Record<string, unknown>} question */
  async _page(question) {
    try {
      return /** @type {any} */ (await this.host.ask("page", question));
    } catch (error) {
      this._say(/** @type {Error} */ (error).message, []);
      this._showRows([]);
      return null;
    }
  }

  /** @param {any} answer */
  _show(answer) {
    const { rows, total, money, now, models, mixed, binned } = answer;
    if (!rows.length && total && this._first) {
      this._first = PAGE * Math.floor((total - 1) / PAGE); // the last page has gone
      this._again = true;
      return;
    }
    this._lag = now - Date.now() / 1000;
    this._total = total;
    say(this._title, this._binned ? "Bin" : "History");
    this.filters.offer(models, mixed);
    this.pager.show(this._first, rows.length, total, money);
    this.chosen.update(this._binned, binned);
    this._showRows(rows);
    if (!rows.length) this._tellEmpty();
    this.details.refresh();
  }

  /** @param {import("./tile.js").Row[]} rows */
  _showRows(rows) {
    this.tiles.show(rows, this.now);
    if (rows.length) this._empty.hidden = true;
  }

  _tellEmpty() {
    const clear = button({ text: "Show all", class: "swg-words" }, () => this.filters.clear());
    if (this.filters.narrows) this._say(this._binned ? "Nothing in the bin matches." : "No take matches.", [clear]);
    else if (this._binned) this._say("The bin is empty.", []);
    else this._say("No takes yet. What is made with a panel or studio.generate(…) appears here by itself.", []);
  }

  /**
   * Says why there is nothing on the wall.
   * @param {string} words
   * @param {HTMLElement[]} offers
   */
  _say(words, offers) {
    this._empty.hidden = false;
    this._empty.replaceChildren(el("p", { text: words }), ...offers);
  }

  /** The host has news. */
  _told() {
    const busy = this.host.get("busy");
    if (busy) this.messages.progress(busy.words, busy.fraction);
    const version = this.host.get("version");
    if (version === this._version) return;
    this._version = version;
    if (this._isVisible) this.refresh();
    else this._stale = true;
  }

  /** @param {boolean} isVisible */
  _shown(isVisible) {
    this._isVisible = isVisible;
    if (isVisible && this._stale) this.refresh();
  }

  /** The kernel's clock, as far as it is known. */
  get now() {
    return Date.now() / 1000 + this._lag;
  }

  _searched() {
    this._first = 0;
    this.refresh();
  }

  /** @param {boolean} binned */
  showBin(binned) {
    this._binned = binned;
    this._first = 0;
    this.chosen.keys.clear();
    this.refresh();
  }

  // What a person does ----------------------------------------------------------------------------------------

  /** @param {number} by pages */
  turn(by) {
    const goal = this._first + by * PAGE;
    if (goal < 0 || goal >= this._total) return;
    this._first = goal;
    this.tiles.element.scrollTop = 0;
    this.refresh();
  }

  /** @param {number} stars */
  rateCurrent(stars) {
    const { current } = this.tiles;
    if (current) this.rate(current, stars);
  }

  pickCurrent() {
    const { current } = this.tiles;
    if (current) this.pick(current);
  }

  openCurrent() {
    const { current } = this.tiles;
    if (current) this.details.open(current.row.key);
  }

  /** Deletes the chosen takes, or else the one that keys are for. */
  remove() {
    const { current } = this.tiles;
    if (this.chosen.keys.size) this.chosen.remove();
    else if (current) this.chosen.remove([current.row.key]);
  }

  compare() {
    if (!this._binned) this.chosen.compare();
  }

  find() {
    this.filters.focus();
  }

  /** @returns {boolean} whether there was something to leave */
  escape() {
    if (!this.chosen.keys.size) return false;
    this.chosen.clear();
    return true;
  }

  /**
   * @param {import("./tile.js").Tile} tile
   * @param {number} stars
   */
  rate(tile, stars) {
    if (tile.stars.element.hidden) return;
    tile.update({ ...tile.row, rating: stars }, this.now); // at once; the kernel confirms it
    this.ask("rate", { key: tile.row.key, stars });
  }

  /** @param {import("./tile.js").Tile} tile */
  pick(tile) {
    if (tile.stars.element.hidden) return;
    const picked = !tile.row.picked;
    tile.update({ ...tile.row, picked }, this.now);
    this.ask("pick", { key: tile.row.key, picked });
  }
}
