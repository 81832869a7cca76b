// @ts-check
// The widget's entry: what anywidget calls for each view of a grid.
import { KernelHost } from "./host.js";
import { Kept } from "./kept.js";
import { GridView } from "./view.js";

/**
 * @param {{model: any, el: HTMLElement}} context
 * @returns {() => void} what gives everything back when the view goes
 */
function render({ model, el: element }) {
  const host = new KernelHost(model);
  const view = new GridView(element, host);
  const kept = new Kept(element, host, model.get("_hides"), (alone) => view.showAlone(alone));
  return () => {
    kept.close();
    view.close();
  };
}

export default { render };
