// @ts-check
// The gallery's entry: what anywidget calls for each view of a wall.
import { KernelHost } from "./host.js";
import { WallView } from "./wallview.js";

const WATCHED = ["search", "busy", "simulated", "version"];

/**
 * @param {{model: any, el: HTMLElement}} context
 * @returns {() => void} what gives everything back when the view goes
 */
function render({ model, el: element }) {
  const view = new WallView(element, new KernelHost(model, WATCHED));
  return () => view.close();
}

export default { render };
