// @ts-check
// The whole grid: head, board and footer, and what they do with each other.
import { Blobs } from "./blobs.js";
import { Board } from "./board.js";
import { CellView } from "./cell.js";
import { footerActs, keyActs } from "./commands.js";
import { Controls } from "./controls.js";
import { el, press } from "./dom.js";
import { Duel } from "./duel.js";
import { Focus } from "./focus.js";
import { Footer } from "./footer.js";
import { Heading } from "./heading.js";
import { Hearing } from "./hearing.js";
import { listen } from "./keys.js";
import { Menus } from "./menus.js";
import { arrange, defaults, emptiness } from "./order.js";
import { Ensemble } from "./player.js";
import { Reels } from "./reels.js";
import { Messages } from "./talk.js";
import { Verdicts } from "./verdicts.js";
import { hasClip, isRunning, letter, tally } from "./wording.js";
import { Zoom } from "./zoom.js";

const GATHER_FOR = 300; // ms; nobody waits longer for the first
const LOOK_EVERY = 40;
const NEARLY = "200px"; // how far from the window a cell is loaded already

export class GridView {
  /**
   * @param {HTMLElement} parent
   * @param {import("./host.js").Host} host
   */
  constructor(parent, host) {
    this.host = host;
    this.options = defaults();
    /** @type {CellView[]} */
    this.cells = [];
    /** @type {number[]} */
    this.shown = [];
    this._lag = 0; // seconds by which the kernel's clock is ahead of the page's
    this._stamp = 0;
    this._width = 0;
    this._mayStart = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.blobs = new Blobs(host);
    this.reels = new Reels(host);
    this.messages = new Messages();
    this.zoom = new Zoom(() => press(this._footer.zoom, this.zoom.scale > 1));
    this.ensemble = new Ensemble((/** @type {any} */ state) => this._controls?.update(state));
    this.ensemble.loop = this._mayStart;
    const toggleSound = () => this.hearing.toggle(this.focus.current ?? this.cells[0] ?? null);
    this._controls = new Controls(this.ensemble, toggleSound);
    const showSound = (/** @type {boolean} */ possible, /** @type {boolean} */ heard) =>
      this._controls.showSound(possible, heard);
    this.hearing = new Hearing(this.ensemble, () => this.cells, showSound);
    this._heading = new Heading(this._controls.element, (answer) => this.menus.ask(answer));
    this._board = new Board();
    this._stage = el("div", { class: "swg-stage" }, this._board.element, this.messages.element);
    this.focus = new Focus(this._stage, () => this.shown.map((index) => this.cells[index]));
    this.duel = new Duel(this._stage, this.ensemble, () => this._duelled());
    this._footer = new Footer(footerActs(this), this.host.live);
    const parts = [...this._heading.elements, this._stage, this._footer.element];
    this.root = el("div", { class: "swg-grid", role: "region", label: "Takes side by side" }, ...parts);
    this.root.tabIndex = -1;
    this._seen = new IntersectionObserver((entries) => this._see(entries), { rootMargin: NEARLY });
    this._sized = new ResizeObserver(() => this._resized());
    this._sized.observe(this._stage);
    this.root.addEventListener("focusin", (event) => this.focus.enter(this._cellOf(/** @type {Element} */ (event.target))));
    this._board.element.addEventListener("click", (event) => this._clicked(/** @type {Element} */ (event.target)));
    parent.append(this.root);
    this.menus = new Menus(this.root, host, (key) => this.reels.want(key).fileUrl(), this.messages);
    this.verdicts = new Verdicts((kind, fields) => this.menus.ask(kind, fields), () => this.refresh());
    this._unlisten = listen(this.root, keyActs(this));
    this._ticker = window.setInterval(() => this._tick(), 1000);
    host.watch(() => this.refresh());
    this.refresh();
  }

  close() {
    this.host.close();
    clearInterval(this._ticker);
    this._unlisten();
    this._seen.disconnect();
    this._sized.disconnect();
    this.duel.close();
    for (const cell of this.cells) cell.close();
    this.ensemble.destroy();
    this.blobs.close();
    this.reels.close();
    this.messages.close();
    this.root.remove();
  }

  // What is shown ---------------------------------------------------------------------------------------------

  /** Takes over what the host says now. */
  refresh() {
    const { host } = this;
    this._heading.update(host);
    if (host.get("now")) this._measureLag(host.get("now"));
    this._showBusy(host.get("busy"));
    const all = /** @type {import("./wording.js").Facts[]} */ (host.get("cells"));
    all.forEach((told, index) => {
      const cell = this.cells[index] ?? this._newCell(index);
      cell.update(this.verdicts.over(told), this.now);
    });
    this.arrange();
  }

  /**
   * The kernel may run on another machine. Only a new stamp tells something about its clock.
   * @param {number} stamp
   */
  _measureLag(stamp) {
    if (stamp !== this._stamp) this._lag = stamp - Date.now() / 1000;
    this._stamp = stamp;
  }

  /** @param {number} index */
  _newCell(index) {
    const cell = new CellView(index, {
      blobs: this.blobs,
      reels: this.reels,
      ready: (each, reel) => this._ready(each, reel),
      gone: (each) => this._gone(each),
      rate: (each, stars) => this.verdicts.rate(each, stars),
      pick: (each) => this.verdicts.pick(each),
      enlarge: (each) => this.focus.enlarge(each),
      listen: (each) => this.hearing.hear(this.hearing.heard === each ? null : each),
      menu: (each, anchor) => this.menus.openCell(each, anchor, Boolean(this.options.blind)),
      mend: (each, kind) => this.menus.mend(each, kind),
    });
    this.cells.push(cell);
    this._board.element.append(cell.element);
    this._seen.observe(cell.element);
    return cell;
  }

  /** @param {boolean} alone whether no kernel answers: a notebook that was opened again */
  showAlone(alone) {
    this.root.classList.toggle("swg-alone", alone);
    this._heading.setAlone(alone);
  }

  /** @param {{words: string, fraction: number|null}|null} busy */
  _showBusy(busy) {
    this._footer.save.disabled = Boolean(busy);
    if (busy) this.messages.progress(busy.words, busy.fraction);
  }

  /** Lays the cells out as they are asked for, and names them. */
  arrange() {
    const { facts, options } = this;
    const headers = this.host.get("layout");
    const plan = arrange(facts, headers, options);
    this.shown = plan.shown;
    this._board.lay(this.cells, plan, headers, options);
    this._board.explain(plan.shown.length ? "" : emptiness(facts, options));
    this.focus.keep(this.root);
    const blind = options.blind ?? [];
    for (const cell of this.cells) {
      const place = blind.indexOf(cell.index);
      cell.name(place < 0 ? "" : letter(place, blind.length));
    }
    this._footer.update(options, {
      comparing: this.duel.isChoosing || this.duel.isOpen,
      comparable: plan.shown.filter((index) => hasClip(facts[index])).length > 1,
      judgeable: facts.some(hasClip),
      swappable: headers.rows.length > 1,
      running: this.host.live && facts.some(isRunning),
      tally: tally(facts, facts.filter((each, index) => each.key && !plan.shown.includes(index)).length),
      width: this._board.widthOf(this.cells),
    });
  }

  _duelled() {
    if (!this.duel.isChoosing) this.messages.say(""); // the request to choose two
    this.arrange();
  }

  _resized() {
    const width = this._board.element.clientWidth;
    if (width !== this._width) this.arrange();
    this._width = width;
  }

  _tick() {
    for (const cell of this.cells) if (cell.isTicking) cell.tell(this.now);
  }

  /** Epoch seconds of the kernel's clock. */
  get now() {
    return Date.now() / 1000 + this._lag;
  }

  get facts() {
    return this.cells.map((cell) => cell.facts);
  }

  /** The cells that can be compared now. */
  get playable() {
    return this.cells.filter((cell) => cell.video && this.shown.includes(cell.index));
  }

  // Playing ---------------------------------------------------------------------------------------------------

  /** @param {IntersectionObserverEntry[]} entries */
  _see(entries) {
    for (const { target, isIntersecting } of entries) this._cellOf(target)?.setVisible(isIntersecting);
  }

  /** @param {CellView} cell @param {import("./reel.js").Reel} reel */
  _ready(cell, reel) {
    const { clip } = cell.facts;
    if (!cell.video || !clip) return;
    const { fps, frames, seconds } = clip;
    this.ensemble.add(cell.video, { fps, frames, seconds }, reel.file.promise);
    this.zoom.attach(cell.media);
    this.hearing.tell();
    if (!this._mayStart) return;
    this._mayStart = false;
    void this._startTogether();
  }

  /** Clips that come one after the other begin together, as long as that makes nobody wait. */
  async _startTogether() {
    const { turn } = this.ensemble;
    for (let waited = 0; waited < GATHER_FOR && this.reels.isBeginning; waited += LOOK_EVERY) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
    if (turn === this.ensemble.turn && this.root.isConnected) this.ensemble.play();
  }

  /** @param {CellView} cell */
  _gone(cell) {
    this.duel.lose(cell);
    if (this.hearing.heard === cell) this.hearing.hear(null);
    this.zoom.detach(cell.media);
    if (cell.video) this.ensemble.remove(cell.video);
  }

  /** @param {Element} target */
  _clicked(target) {
    const cell = target.closest("button") ? null : this._cellOf(target);
    if (cell) this.duel.choose(cell);
  }

  /** @param {Element} target */
  _cellOf(target) {
    const element = target.closest(".swg-cell");
    return this.cells.find((cell) => cell.element === element) ?? null;
  }
}
