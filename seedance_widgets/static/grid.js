// @ts-check
// The widget's entry: what anywidget calls for each view of a grid.
import { KernelHost } from "./host.js";
import { GridView } from "./view.js";

/**
 * @param {{model: any, el: HTMLElement}} context
 * @returns {() => void} what gives everything back when the view goes
 */
function render({ model, el: element }) {
  const view = new GridView(element, new KernelHost(model));
  return () => view.close();
}

export default { render };
