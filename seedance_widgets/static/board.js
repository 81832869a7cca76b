// @ts-check
// The board: cells under the headers of their rows and columns, or one after the other where there is no table.
// Cells keep their place in the document whatever the order: a video that is moved would stop playing.
import { el, say } from "./dom.js";

const NARROW = 720; // pixels; below, a row's header stands above its row
const GAP = 8;
const USUAL_WIDTH = 176; // of a cell, where there is room for several
const AROUND = 82 / 13; // what a cell is higher than its frame, in sizes of letters
const SHARE_FOR_ALL = 0.75; // of the window, for all rows
const LEAST_WIDTH = 130;
const SHARE_OF_HEIGHT = 0.62; // of the window, for one frame

export class Board {
  constructor() {
    this.element = el("div", { class: "swg-board" });
    /** @type {HTMLElement[]} */
    this._headers = [];
    this._none = el("div", { class: "swg-none", role: "status" });
    this.element.append(this._none);
  }

  /** @param {string} words why there is nothing to be seen; empty where there is */
  explain(words) {
    this._none.hidden = !words;
    if (words) this.element.style.gridTemplateColumns = "1fr";
    say(this._none, words);
  }

  /**
   * The width of a take as it is laid out; one that is large says nothing of it.
   * @param {import("./cell.js").CellView[]} cells
   */
  widthOf(cells) {
    const laid = cells.find(({ element }) => !element.hidden && !element.classList.contains("swg-large"));
    return laid?.element.clientWidth ?? 0;
  }

  /**
   * @param {import("./cell.js").CellView[]} cells
   * @param {{shown: number[], isTable: boolean}} plan
   * @param {import("./wording.js").Headers} headers
   * @param {import("./order.js").Options} options
   */
  lay(cells, plan, headers, options) {
    for (const each of this._headers) each.remove();
    this._headers = [];
    this.element.classList.toggle("swg-table", plan.isTable);
    const shown = new Set(plan.shown);
    for (const cell of cells) cell.element.hidden = !shown.has(cell.index);
    if (plan.isTable) this._layTable(cells, headers, options);
    else this._layFlow(cells, plan.shown, options);
  }

  /**
   * @param {import("./cell.js").CellView[]} cells
   * @param {number[]} shown
   * @param {import("./order.js").Options} options
   */
  _layFlow(cells, shown, options) {
    shown.forEach((index, position) => {
      Object.assign(cells[index].element.style, { order: String(position), gridRow: "", gridColumn: "" });
    });
    const { columns, width } = this._fit(shown.length, shapeOf(cells));
    const [count, track] = options.size
      ? ["auto-fill", `min(100%, ${options.size}px)`]
      : [columns, `minmax(0, ${Math.floor(width)}px)`];
    this.element.style.gridTemplateColumns = `repeat(${count}, ${track})`;
  }

  /**
   * The columns with which the takes are largest and yet all seen at once; where they would be too small, as many as fit,
   * and the rest is scrolled to.
   * @param {number} count
   * @param {number} shape
   */
  _fit(count, shape) {
    const room = this.element.clientWidth + GAP;
    const least = Math.max(LEAST_WIDTH, USUAL_WIDTH * Math.min(1.2, Math.sqrt(shape / (16 / 9))));
    const around = AROUND * parseFloat(getComputedStyle(this.element).fontSize);
    let best = { columns: 1, width: 0 };
    const fewest = room / 2 - GAP >= LEAST_WIDTH ? Math.min(count, 2) : 1; // side by side is what it is for
    for (let columns = Math.max(fewest, 1); columns <= count; columns += 1) {
      const height = (SHARE_FOR_ALL * window.innerHeight) / Math.ceil(count / columns) - around;
      const width = Math.min(room / columns - GAP, height * shape, mostWidth(shape));
      if (width > best.width) best = { columns, width };
    }
    if (best.width >= least || !count) return best;
    const most = Math.max(1, Math.min(count, Math.floor(room / (least + GAP))));
    const columns = Math.ceil(count / Math.ceil(count / most)); // no more than the rows need: 2 + 2, not 3 + 1
    return { columns, width: Math.min(room / columns - GAP, mostWidth(shape)) };
  }

  /**
   * @param {import("./cell.js").CellView[]} cells
   * @param {import("./wording.js").Headers} headers
   * @param {import("./order.js").Options} options
   */
  _layTable(cells, headers, options) {
    const [down, across] = options.transposed ? [headers.columns, headers.rows] : [headers.rows, headers.columns];
    const isNarrow = this.element.clientWidth < NARROW || down.some((text) => text.length > 60);
    const hasRows = down.some(Boolean);
    const offset = isNarrow || !hasRows ? 1 : 2;
    const linesPerRow = isNarrow && hasRows ? 2 : 1;
    const linesPerBlock = 2 + down.length * linesPerRow; // its label, the columns' headers, the rows
    this._layTracks(across.length, hasRows && !isNarrow, shapeOf(cells), options.size);
    headers.blocks.forEach((block, number) => {
      const top = 1 + number * linesPerBlock;
      if (block) this._header("swg-block", block, String(top), "1 / -1");
      across.forEach((text, column) => {
        if (text) this._sticky("swg-column", text, [top + 1, top + linesPerBlock], [column + offset, column + offset + 1]);
      });
      down.forEach((text, row) => {
        const line = top + 2 + row * linesPerRow;
        if (text && isNarrow) this._header("swg-row swg-along", text, String(line), "1 / -1");
        else if (text) this._sticky("swg-row", text, [line, line + 1], [1, -1]);
      });
    });
    for (const cell of cells) {
      const [block, row, column] = cell.facts.place;
      const [line, track] = options.transposed ? [column, row] : [row, column];
      const top = 1 + block * linesPerBlock + 2 + line * linesPerRow + linesPerRow - 1;
      Object.assign(cell.element.style, { order: "", gridRow: String(top), gridColumn: String(track + offset) });
    }
  }

  /**
   * @param {number} count
   * @param {boolean} hasRowTrack
   * @param {number} shape
   * @param {number} size
   */
  _layTracks(count, hasRowTrack, shape, size) {
    const width = size ? `${size}px` : `minmax(${LEAST_WIDTH}px, ${mostWidth(shape)}px)`;
    const first = hasRowTrack ? "max-content " : "";
    this.element.style.gridTemplateColumns = `${first}repeat(${count}, ${width})`;
  }

  /**
   * A header that stays in sight while what it is for is scrolled: it reaches over all of that, so another one, unseen,
   * has to make room for it.
   * @param {string} name
   * @param {string} text
   * @param {[number, number]} rows
   * @param {[number, number]} columns
   */
  _sticky(name, text, rows, columns) {
    const room = this._header(`${name} swg-room`, text, String(rows[0]), String(columns[0]));
    room.setAttribute("aria-hidden", "true");
    this._header(`${name} swg-sticky`, text, rows.join(" / "), columns.join(" / "));
  }

  /**
   * @param {string} name
   * @param {string} text
   * @param {string} row
   * @param {string} column
   */
  _header(name, text, row, column) {
    const words = text.split(/(?<=\/)/).flatMap((part, index) => (index ? [el("wbr"), part] : [part])); // names of models
    const made = el("div", { class: `swg-header ${name}`, title: text }, el("span", {}, ...words));
    made.style.gridRow = row;
    made.style.gridColumn = column;
    this._headers.push(made);
    this.element.append(made);
    return made;
  }
}

/** The shape of the first cell's frame, width over height. @param {import("./cell.js").CellView[]} cells */
function shapeOf(cells) {
  const [width, height] = cells[0]?.facts.ratio ?? [16, 9];
  return width / height;
}

/** No frame is higher than what a window shows with the controls around it. @param {number} shape */
function mostWidth(shape) {
  return Math.round(Math.max(LEAST_WIDTH, shape * Math.max(240, SHARE_OF_HEIGHT * window.innerHeight)));
}
