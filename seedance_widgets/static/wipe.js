// @ts-check
// Two takes in one frame: a divider that follows the pointer while they play, or the difference of both. The pictures are
// drawn from the ensemble's own videos, so nothing is decoded twice and nothing can come out of step.

/** @typedef {{video: HTMLVideoElement, label: string}} Side */

/** How long (ms) a difference waits for the other take to present the same frame: that of two frames would be a lie. */
const PAIRED_WITHIN = 1000;
const LABEL =
  "position:absolute;bottom:8px;max-width:45%;padding:2px 8px;border-radius:4px;overflow:hidden;white-space:nowrap;" +
  "text-overflow:ellipsis;background:rgb(0 0 0 / 65%);color:#fff;font-size:13px;pointer-events:none;";
const LINE =
  "position:absolute;top:0;bottom:0;width:24px;margin-left:-12px;cursor:ew-resize;touch-action:none;border-radius:4px;" +
  "background:linear-gradient(90deg,transparent 10px,#000 10px,#fff 11px,#fff 13px,#000 13px,#000 14px,transparent 14px);";

export class Wipe {
  /**
   * @param {HTMLElement} container which it fills
   * @param {import("./player.js").Ensemble} ensemble to which the videos belong
   */
  constructor(container, ensemble) {
    this.container = container;
    this.ensemble = ensemble;
    /** @type {Side[]} */
    this.sides = [];
    /** The divider, as a share of the width. */
    this.position = 0.5;
    this.drawn = "";
    this.drawnAt = 0;
    this.animation = 0;
    /** @type {"wipe"|"difference"} */
    this.chosen = "wipe";
    this.end = new AbortController();
    this.canvas = part("canvas", "position:absolute;inset:0;width:100%;height:100%;touch-action:none;");
    this.divider = part("div", LINE);
    this.labels = [part("div", `${LABEL}left:8px;`), part("div", `${LABEL}right:8px;`)];
    this.sized = new ResizeObserver(() => this.#size());
  }

  /**
   * Compare two videos; the first is on the left.
   * @param {Side} a
   * @param {Side} b
   */
  show(a, b) {
    this.close();
    this.end = new AbortController();
    this.sides = [a, b];
    this.drawnAt = performance.now();
    this.sides.forEach((side, index) => (this.labels[index].textContent = side.label));
    if (getComputedStyle(this.container).position === "static") this.container.style.position = "relative";
    this.#describe();
    this.container.append(this.canvas, this.divider, ...this.labels);
    this.sized.observe(this.container);
    this.#listen();
    this.#place(0.5);
    this.#animate();
  }

  get mode() {
    return this.chosen;
  }

  set mode(mode) {
    this.chosen = mode === "difference" ? "difference" : "wipe";
    this.#describe();
  }

  /** Take it out of the page; the videos stay in the ensemble. */
  close() {
    this.end.abort();
    cancelAnimationFrame(this.animation);
    this.sized.disconnect();
    for (const each of [this.canvas, this.divider, ...this.labels]) each.remove();
    this.sides = [];
    this.drawn = "";
  }

  #describe() {
    const names = this.labels.map((label) => label.textContent);
    const wiping = this.chosen === "wipe";
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", wiping ? names.join(" beside ") : `Difference of ${names.join(" and ")}`);
    this.divider.hidden = !wiping;
    this.divider.tabIndex = 0;
    this.divider.setAttribute("role", "slider");
    this.divider.setAttribute("aria-label", "Divider");
    this.divider.setAttribute("aria-valuemin", "0");
    this.divider.setAttribute("aria-valuemax", "100");
  }

  /** The mouse moves it without a press, a finger by being on it. */
  #listen() {
    const { signal } = this.end;
    const follow = (/** @type {PointerEvent} */ event) => {
      const box = this.container.getBoundingClientRect();
      if (this.chosen === "wipe" && box.width) this.#place((event.clientX - box.left) / box.width);
    };
    this.container.addEventListener("pointermove", follow, { signal });
    this.container.addEventListener("pointerdown", follow, { signal });
    this.divider.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  #key(/** @type {KeyboardEvent} */ event) {
    const step = event.shiftKey ? 0.1 : 0.02;
    const places = new Map([
      ["ArrowLeft", this.position - step],
      ["ArrowRight", this.position + step],
      ["Home", 0],
      ["End", 1],
    ]);
    const place = places.get(event.key);
    if (place === undefined) return;
    // The same keys step through frames where nothing else wants them.
    event.preventDefault();
    event.stopPropagation();
    this.#place(place);
  }

  #place(/** @type {number} */ position) {
    this.position = Math.max(0, Math.min(1, position));
    this.divider.style.left = `${this.position * 100}%`;
    this.divider.setAttribute("aria-valuenow", String(Math.round(this.position * 100)));
  }

  /** As many pixels as are seen, but no more than the takes have. */
  #size() {
    const { clientWidth, clientHeight } = this.container;
    const wide = Math.max(...this.sides.map((side) => side.video.videoWidth || 0), 1);
    const scale = Math.min(devicePixelRatio || 1, Math.max(1, wide / Math.max(1, clientWidth)));
    const [width, height] = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)];
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.drawn = "";
  }

  /** Draw when something is new: a frame, the divider's place, the size. */
  #animate() {
    this.animation = requestAnimationFrame((now) => {
      this.#animate();
      const seen = this.sides.map((side) => this.ensemble.seen(side.video));
      const state = [...seen.map(({ source, frame }) => `${source.tagName} ${frame}`), this.position, this.chosen].join();
      const unpaired = !areOfOneMoment(seen[0], seen[1]) && now - this.drawnAt < PAIRED_WITHIN;
      if (state === this.drawn || (unpaired && this.chosen === "difference")) return;
      this.drawn = state;
      this.drawnAt = now;
      this.#draw();
    });
  }

  #draw() {
    const context = this.canvas.getContext("2d", { alpha: false });
    if (!context) return;
    const { width, height } = this.canvas;
    const edge = Math.round(this.position * width);
    const whole = this.chosen === "difference";
    context.globalCompositeOperation = "source-over";
    context.fillRect(0, 0, width, height);
    this.#paint(context, this.sides[0].video, 0, whole ? width : edge);
    if (whole) context.globalCompositeOperation = "difference";
    this.#paint(context, this.sides[1].video, whole ? 0 : edge, width);
  }

  /**
   * A video as large as it fits, between two columns of pixels.
   * @param {CanvasRenderingContext2D} context
   * @param {HTMLVideoElement} video
   * @param {number} from
   * @param {number} to
   */
  #paint(context, video, from, to) {
    if (video.readyState < 2 || from >= to) return;
    const { source } = this.ensemble.seen(video);
    const { width, height } = this.canvas;
    const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
    const [wide, high] = [video.videoWidth * scale, video.videoHeight * scale];
    context.save();
    context.beginPath();
    context.rect(from, 0, to - from, height);
    context.clip();
    context.drawImage(source, (width - wide) / 2, (height - high) / 2, wide, high);
    context.restore();
  }
}

/**
 * Whether two takes show what belongs together: frames whose times overlap, also where they have not the same number in a
 * second, or the last frame of the shorter one beside any later one.
 * @param {import("./follower.js").Sight} one
 * @param {import("./follower.js").Sight} other
 */
function areOfOneMoment(one, other) {
  const within = (/** @type {number} */ early, /** @type {number} */ late) => early < late - 1e-4;
  const overlap = within(one.from, other.to) && within(other.from, one.to);
  return overlap || (one.last && other.from > one.from) || (other.last && one.from > other.from);
}

/**
 * @template {"div"|"canvas"} K
 * @param {K} tag
 * @param {string} style
 */
function part(tag, style) {
  const element = document.createElement(tag);
  element.style.cssText = style;
  return element;
}
