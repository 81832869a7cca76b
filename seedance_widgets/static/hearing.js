// @ts-check
// Which of the takes is heard: one at a choice, or none.

export class Hearing {
  /**
   * @param {import("./player.js").Ensemble} ensemble
   * @param {() => import("./cell.js").CellView[]} cells all there are
   * @param {(possible: boolean, heard: boolean) => void} tell whether any take has sound, and whether one is heard
   */
  constructor(ensemble, cells, tell) {
    this._ensemble = ensemble;
    this._cells = cells;
    this._tell = tell;
    /** @type {import("./cell.js").CellView|null} */
    this.heard = null;
  }

  /** @param {import("./cell.js").CellView|null} cell which is heard from now on; null = none */
  hear(cell) {
    this.heard = cell && this._audible(cell);
    this._ensemble.sound(this.heard?.video ?? null);
    for (const each of this._cells()) each.setHeard(each === this.heard);
    this.tell();
  }

  /** Silences what is heard, or lets one be heard. @param {import("./cell.js").CellView|null} wished */
  toggle(wished) {
    this.hear(this.heard ? null : wished);
  }

  tell() {
    this._tell(Boolean(this._audible(null)), Boolean(this.heard));
  }

  /**
   * @param {import("./cell.js").CellView|null} wished
   * @returns {import("./cell.js").CellView|null} it, or the first that has sound
   */
  _audible(wished) {
    const audible = this._cells().filter((cell) => cell.video && cell.facts.clip?.audio);
    return wished && audible.includes(wished) ? wished : (audible[0] ?? null);
  }
}
