// @ts-check
// The bar of the player: one set of controls for all takes.
import { button, el, icon, press, say } from "./dom.js";

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.5, 2];

/**
 * What the ensemble of players tells.
 * @typedef {{playing: boolean, time: number, frame: number, frames: number, fps: number, duration: number,
 *   rate: number, loop: boolean}} PlayState
 */

export class Controls {
  /**
   * @param {import("./player.js").Ensemble} ensemble
   * @param {() => unknown} toggleSound
   */
  constructor(ensemble, toggleSound) {
    this._ensemble = ensemble;
    this._playing = false;
    this._idle = false;
    this.element = el("div", { class: "swg-controls", role: "toolbar", label: "Player" });
    this._play = button({ icon: "play", label: "Play", class: "swg-play" }, () => ensemble.toggle());
    this._buttons = [
      button({ icon: "start", label: "Jump to start" }, () => ensemble.toStart()),
      button({ icon: "previous", label: "Previous frame" }, () => ensemble.step(-1)),
      this._play,
      button({ icon: "next", label: "Next frame" }, () => ensemble.step(1)),
      button({ icon: "end", label: "Jump to end" }, () => ensemble.toEnd()),
      button({ icon: "stop", label: "Stop" }, () => ensemble.stop()),
    ];
    this._timeline = this._makeTimeline();
    this._readout = el("output", { class: "swg-readout" });
    this._speed = this._makeSpeed();
    const loop = { icon: "loop", label: "Loop", pressed: ensemble.loop };
    this._loop = button(loop, () => (ensemble.loop = !ensemble.loop));
    this._sound = button({ icon: "muted", label: "Sound", pressed: false }, toggleSound);
    const rest = [this._timeline, this._readout, this._speed, this._loop, this._sound];
    this.element.append(...this._buttons, ...rest);
    this.showSound(false, false);
    this.update(ensemble.state);
  }

  _makeTimeline() {
    const made = el("input", { class: "swg-timeline", label: "Timeline" });
    made.type = "range";
    made.min = "0";
    made.step = "1";
    made.value = "0";
    made.addEventListener("input", () => this._ensemble.seek(Number(made.value) / (this._ensemble.state.fps || 24)));
    return made;
  }

  _makeSpeed() {
    const made = el("select", { class: "swg-select", label: "Speed", title: "Speed" });
    for (const speed of SPEEDS) made.append(new Option(`${speed}×`, String(speed)));
    made.value = "1";
    made.addEventListener("change", () => (this._ensemble.rate = Number(made.value)));
    return made;
  }

  /** @param {PlayState} state */
  update(state) {
    const { playing, time, frame, frames, rate, loop } = state;
    if (this._playing !== playing) this._showPlaying(playing);
    const idle = frames < 1;
    if (this._idle !== idle) {
      this._idle = idle;
      for (const each of [...this._buttons, this._timeline]) each.disabled = idle;
    }
    const last = String(Math.max(0, frames - 1));
    if (this._timeline.max !== last) this._timeline.max = last;
    this._timeline.value = String(frame);
    const words = idle ? "" : `${time.toFixed(2)} s · frame ${frame + 1} of ${frames}`;
    this._timeline.setAttribute("aria-valuetext", words);
    this._readout.title = words;
    say(this._readout, idle ? "–" : `${time.toFixed(2)} s  ${String(frame + 1).padStart(3, "\u2007")}`);
    this._speed.value = String(rate);
    press(this._loop, loop);
  }

  /** @param {boolean} playing */
  _showPlaying(playing) {
    this._playing = playing;
    this._play.replaceChildren(icon(playing ? "pause" : "play"));
    this._play.setAttribute("aria-label", playing ? "Pause" : "Play");
    this._play.title = playing ? "Pause (space)" : "Play (space)";
  }

  /**
   * @param {boolean} possible whether any take has sound
   * @param {boolean} heard
   */
  showSound(possible, heard) {
    this._sound.disabled = !possible;
    this._sound.title = possible ? "Sound of one take" : "None of the takes has sound";
    this._sound.replaceChildren(icon(heard ? "sound" : "muted"));
    press(this._sound, heard);
  }
}
