// @ts-check
// The gallery's entry: what anywidget calls for each view of a wall.
import { el } from "./dom.js";
import { KernelHost } from "./host.js";
import { WallView } from "./wallview.js";

const WATCHED = ["search", "busy", "simulated", "version"];

/**
 * @param {{model: any, el: HTMLElement}} context
 * @returns {() => void} what gives everything back when the view goes
 */
function render({ model, el: element }) {
  element.append(el("style", { text: model.get("_hides") })); // what stands in for the gallery in a saved notebook
  const view = new WallView(element, new KernelHost(model, WATCHED));
  return () => view.close();
}

export default { render };
