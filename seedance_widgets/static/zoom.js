// @ts-check
// One magnifier for all takes: what is zoomed and moved in one, is in the others. Only the videos are transformed, inside
// elements that cut them off, so nothing moves in the layout.

const MOST = 8;
/** A press that moves less (px) is a click and not a drag. */
const SLACK = 4;

export class Zoom {
  /** @param {() => void} onChange called when scale or place have changed */
  constructor(onChange = () => {}) {
    this.onChange = onChange;
    this.scale = 1;
    /** Where the upper left corner of the picture lies, in widths and heights of the element: 0 or less. */
    this.left = 0;
    this.top = 0;
    /** @type {Map<HTMLElement, AbortController>} */
    this.attached = new Map();
    /** Where fingers or the mouse are down. @type {Map<number, {x: number, y: number}>} */
    this.pressed = new Map();
    this.dragging = false;
  }

  /** @param {HTMLElement} element holds a video */
  attach(element) {
    if (this.attached.has(element)) return this.#apply(element);
    const end = new AbortController();
    this.attached.set(element, end);
    const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ act, options = {}) =>
      element.addEventListener(name, act, { signal: end.signal, ...options });
    on("wheel", (event) => this.#wheel(event, element), { passive: false });
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event, element));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", (event) => this.#up(event));
    on("lostpointercapture", (event) => this.#up(event));
    on("click", (event) => this.#click(event), { capture: true });
    on("dblclick", (event) => this.#twice(event));
    on("dragstart", (event) => event.preventDefault());
    element.style.overflow = "hidden";
    this.#apply(element);
  }

  /** @param {HTMLElement} element which is as it was before */
  detach(element) {
    this.attached.get(element)?.abort();
    if (!this.attached.delete(element)) return;
    for (const name of ["overflow", "touch-action", "cursor"]) element.style.removeProperty(name);
    for (const video of element.querySelectorAll("video")) {
      video.style.removeProperty("transform");
      video.style.removeProperty("transform-origin");
    }
  }

  reset() {
    this.#set(1, 0, 0);
  }

  /**
   * Come nearer, or go back with a factor below 1, around a place that stays where it is.
   * @param {number} factor
   * @param {number} [x] of the element's width
   * @param {number} [y] of the element's height
   */
  zoomBy(factor, x = 0.5, y = 0.5) {
    const scale = Math.max(1, Math.min(MOST, this.scale * factor));
    const grown = scale / this.scale;
    this.#set(scale, x - (x - this.left) * grown, y - (y - this.top) * grown);
  }

  /** Move the picture, in widths and heights of the element. @param {number} x @param {number} y */
  panBy(x, y) {
    this.#set(this.scale, this.left + x, this.top + y);
  }

  /** The picture always fills its element. */
  #set(/** @type {number} */ scale, /** @type {number} */ left, /** @type {number} */ top) {
    this.scale = scale < 1.01 ? 1 : scale;
    this.left = Math.min(0, Math.max(1 - this.scale, left));
    this.top = Math.min(0, Math.max(1 - this.scale, top));
    for (const element of this.attached.keys()) this.#apply(element);
    this.onChange();
  }

  #apply(/** @type {HTMLElement} */ element) {
    const zoomed = this.scale > 1;
    const place = `translate(${this.left * 100}%, ${this.top * 100}%) scale(${this.scale})`;
    // Unzoomed, a finger scrolls the page; two fingers are ours in any case.
    element.style.touchAction = zoomed ? "none" : "pan-x pan-y";
    element.style.cursor = zoomed ? "grab" : "";
    for (const video of element.querySelectorAll("video")) {
      video.style.transformOrigin = "0 0";
      video.style.transform = zoomed ? place : "";
    }
  }

  #wheel(/** @type {WheelEvent} */ event, /** @type {HTMLElement} */ element) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const turn = Math.max(-60, Math.min(60, event.deltaY * lines));
    const { x, y } = within(element, event.clientX, event.clientY);
    this.zoomBy(Math.exp(-turn / 150), x, y);
  }

  #down(/** @type {PointerEvent} */ event) {
    if (event.button) return;
    if (!this.pressed.size) this.dragging = false;
    this.pressed.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  #move(/** @type {PointerEvent} */ event, /** @type {HTMLElement} */ element) {
    const from = this.pressed.get(event.pointerId);
    if (!from || (this.pressed.size === 1 && this.scale === 1)) return;
    const to = { x: event.clientX, y: event.clientY };
    if (!this.dragging && this.pressed.size === 1 && distance(from, to) < SLACK) return;
    if (!this.dragging) element.setPointerCapture(event.pointerId);
    this.dragging = true;
    const box = element.getBoundingClientRect();
    this.#pinch(event.pointerId, from, to, element);
    this.panBy((to.x - from.x) / this.pressed.size / box.width, (to.y - from.y) / this.pressed.size / box.height);
    this.pressed.set(event.pointerId, to);
  }

  /**
   * With two fingers the picture grows as their distance does, around their middle.
   * @param {number} pointer
   * @param {{x: number, y: number}} from
   * @param {{x: number, y: number}} to
   * @param {HTMLElement} element
   */
  #pinch(pointer, from, to, element) {
    const other = [...this.pressed].find(([id]) => id !== pointer)?.[1];
    if (!other) return;
    const { x, y } = within(element, (to.x + other.x) / 2, (to.y + other.y) / 2);
    this.zoomBy(distance(to, other) / Math.max(1, distance(from, other)), x, y);
  }

  #up(/** @type {PointerEvent} */ event) {
    this.pressed.delete(event.pointerId);
  }

  /** The click at the end of a drag means nothing. */
  #click(/** @type {MouseEvent} */ event) {
    if (!this.dragging) return;
    this.dragging = false;
    event.stopPropagation();
    event.preventDefault();
  }

  #twice(/** @type {MouseEvent} */ event) {
    if (this.scale === 1) return;
    event.stopPropagation();
    this.reset();
  }
}

/** @param {{x: number, y: number}} a @param {{x: number, y: number}} b */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** A place in the window as shares of an element. @param {HTMLElement} element @param {number} x @param {number} y */
function within(element, x, y) {
  const box = element.getBoundingClientRect();
  return { x: (x - box.left) / box.width, y: (y - box.top) / box.height };
}
