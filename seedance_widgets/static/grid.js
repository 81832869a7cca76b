// @ts-check
// The widget's entry: what anywidget calls for each view of a grid.
import { el } from "./dom.js";
import { KernelHost } from "./host.js";
import { GridView } from "./view.js";

/**
 * @param {{model: any, el: HTMLElement}} context
 * @returns {() => void} what gives everything back when the view goes
 */
function render({ model, el: element }) {
  element.append(el("style", { text: model.get("_hides") })); // what stands in for the grid in a saved notebook
  const view = new GridView(element, new KernelHost(model));
  return () => view.close();
}

export default { render };
