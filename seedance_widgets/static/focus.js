// @ts-check
// The take that keys are for, and the one that is seen large.
import { hasClip } from "./wording.js";

export class Focus {
  /**
   * @param {HTMLElement} stage
   * @param {() => import("./cell.js").CellView[]} shown the cells in their order on the screen
   */
  constructor(stage, shown) {
    this._stage = stage;
    this._shown = shown;
    /** @type {import("./cell.js").CellView|null} the one that keys are for */
    this.current = null;
    /** @type {import("./cell.js").CellView|null} */
    this.large = null;
  }

  /** @param {import("./cell.js").CellView|null} cell where the focus is now */
  enter(cell) {
    if (!cell || cell === this.current) return;
    this.current?.setCurrent(false);
    cell.setCurrent(true);
    this.current = cell;
  }

  /** Shows one large over the others, or no longer. @param {import("./cell.js").CellView} cell */
  enlarge(cell) {
    const goal = this.large === cell || !hasClip(cell.facts) ? null : cell;
    this._setLarge(goal);
    cell.element.focus();
  }

  /** @param {import("./cell.js").CellView|null} goal */
  _setLarge(goal) {
    this.large?.setLarge(false);
    goal?.setLarge(true);
    this.large = goal;
    this._stage.classList.toggle("swg-covered", Boolean(goal));
  }

  /** @returns {boolean} whether one was large, and is no longer */
  leave() {
    if (!this.large) return false;
    this.enlarge(this.large);
    return true;
  }

  /**
   * What was just hidden is large no longer, and the keys stay with the grid.
   * @param {HTMLElement} root
   */
  keep(root) {
    if (this.large?.element.hidden) this._setLarge(null);
    const held = document.activeElement?.closest(".swg-cell");
    if (held instanceof HTMLElement && held.hidden && root.contains(held)) root.focus();
  }

  /** @param {number} by how many takes on */
  move(by) {
    const shown = this._shown();
    const at = this.current ? shown.indexOf(this.current) : -1;
    const goal = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
    if (goal && this.large && goal !== this.large) this.enlarge(goal);
    goal?.element.focus();
  }
}
