// @ts-check
// A small picture over a video, until the video itself shows that frame.

export class Preview {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
    /** The frame of the picture that is seen; -1 when the video is. */
    this.frame = -1;
    /** @type {HTMLCanvasElement|null} */
    this.canvas = null;
  }

  /**
   * @param {ImageBitmap} picture
   * @param {number} frame
   */
  show(picture, frame) {
    this.canvas ??= make();
    const { canvas, video } = this;
    if (canvas.width !== picture.width) canvas.width = picture.width;
    if (canvas.height !== picture.height) canvas.height = picture.height;
    canvas.getContext("2d", { alpha: false })?.drawImage(picture, 0, 0);
    if (this.frame < 0) this.#lay(canvas, video);
    this.frame = frame;
  }

  /** Over the whole element, in which both keep their shape alike; so what zooms the one zooms the other. */
  #lay(/** @type {HTMLCanvasElement} */ canvas, /** @type {HTMLVideoElement} */ video) {
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = video;
    const [left, top, width, height] = [offsetLeft, offsetTop, offsetWidth, offsetHeight].map((size) => `${size}px`);
    const { transform, transformOrigin } = video.style;
    Object.assign(canvas.style, { left, top, width, height, transform, transformOrigin });
    video.after(canvas);
  }

  hide() {
    if (this.frame < 0) return;
    this.frame = -1;
    this.canvas?.remove();
  }
}

function make() {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  Object.assign(canvas.style, { position: "absolute", objectFit: "contain", pointerEvents: "none" });
  return canvas;
}
