// @ts-check
// The tiles on the gallery's wall: which takes stand there, the one that keys are for, and which are chosen.
import { el } from "./dom.js";
import { Tile } from "./tile.js";

const NEARLY = "150px"; // how far from the window a poster is loaded already

export class Tiles {
  /**
   * @param {import("./tile.js").TileActs} acts
   * @param {import("./chosen.js").Chosen} chosen
   */
  constructor(acts, chosen) {
    this._acts = acts;
    this._chosen = chosen;
    /** @type {Tile[]} */
    this.all = [];
    /** @type {Tile|null} the one that keys are for */
    this.current = null;
    this._anchor = ""; // where a range of chosen ones begins
    this.element = el("div", { class: "swg-wall", role: "group", label: "Takes" });
    this.element.addEventListener("focusin", (event) => this._focused(/** @type {Element} */ (event.target)));
    this._seen = new IntersectionObserver((entries) => this._see(entries), { rootMargin: NEARLY });
  }

  close() {
    this._seen.disconnect();
    for (const tile of this.all) tile.close();
  }

  /**
   * Shows these takes; a tile stays the same as long as its take is among them, and the focus stays where it can.
   * @param {import("./tile.js").Row[]} rows
   * @param {number} now the kernel's clock, in seconds
   */
  show(rows, now) {
    const known = new Map(this.all.map((tile) => [tile.row.key, tile]));
    const at = this.current ? this.all.indexOf(this.current) : 0;
    const hadFocus = Boolean(this.current?.element.contains(document.activeElement));
    const tiles = rows.map((row) => known.get(row.key) ?? new Tile(this._acts));
    const kept = new Set(tiles);
    for (const tile of this.all) if (!kept.has(tile)) this._takeAway(tile);
    const moved = tiles.length !== this.all.length || tiles.some((tile, index) => tile !== this.all[index]);
    this.all = tiles;
    tiles.forEach((tile, index) => tile.update(rows[index], now));
    if (moved) this.element.replaceChildren(...tiles.map((tile) => tile.element));
    for (const tile of tiles) if (!known.has(tile.row.key)) this._seen.observe(tile.element);
    this.element.hidden = !tiles.length;
    this.mark();
    if (!this.current || !kept.has(this.current)) this._setCurrent(tiles[Math.min(Math.max(0, at), tiles.length - 1)] ?? null);
    if (hadFocus && moved) this.current?.element.focus({ preventScroll: true });
  }

  /** @param {Tile} tile */
  _takeAway(tile) {
    this._seen.unobserve(tile.element);
    if (tile === this.current) this.current = null;
    tile.close();
  }

  /** @param {number} now the kernel's clock, in seconds */
  tick(now) {
    for (const tile of this.all) if (tile.isTicking) tile.tell(now);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  _see(entries) {
    for (const { target, isIntersecting } of entries) this._of(target)?.setVisible(isIntersecting);
  }

  /** @param {Element|null} element */
  _of(element) {
    return this.all.find((tile) => tile.element === element);
  }

  /** @param {string} key */
  find(key) {
    return this.all.findIndex((tile) => tile.row.key === key);
  }

  // Which one keys are for ------------------------------------------------------------------------------------

  /**
   * Moves to another take; by rows it goes up and down.
   * @param {number} columns
   * @param {number} rows
   */
  move(columns, rows) {
    const at = this.current ? this.all.indexOf(this.current) : -1;
    this.goTo(at + columns + rows * this._across());
  }

  /** @param {number} index */
  goTo(index) {
    this.all[index]?.element.focus();
  }

  /** How many takes stand beside each other. */
  _across() {
    const top = this.all[0]?.element.offsetTop;
    const next = this.all.findIndex((tile) => tile.element.offsetTop !== top);
    return next < 1 ? Math.max(1, this.all.length) : next;
  }

  /** @param {Element} target */
  _focused(target) {
    const tile = this._of(target.closest(".swg-tile"));
    if (tile) this._setCurrent(tile);
  }

  /** @param {Tile|null} tile */
  _setCurrent(tile) {
    if (tile === this.current) return;
    this.current?.setCurrent(false);
    tile?.setCurrent(true);
    this.current = tile;
  }

  // Which are chosen ------------------------------------------------------------------------------------------

  /**
   * @param {Tile} tile
   * @param {boolean} chosen
   * @param {boolean} range whether all from the last chosen one to this are meant
   */
  choose(tile, chosen, range) {
    const at = this.all.indexOf(tile);
    const from = range ? this.find(this._anchor) : at;
    const [low, high] = from < 0 ? [at, at] : [Math.min(at, from), Math.max(at, from)];
    for (const each of this.all.slice(low, high + 1)) this._chosen.set(each.row.key, chosen);
    this._anchor = tile.row.key;
    this.mark();
  }

  chooseAll() {
    for (const tile of this.all) this._chosen.set(tile.row.key, true);
    this.mark();
  }

  chooseCurrent() {
    if (this.current) this.choose(this.current, !this.current.box.checked, false);
  }

  mark() {
    for (const tile of this.all) tile.setChosen(this._chosen.keys.has(tile.row.key));
  }
}
