// @ts-check
// The entry of the live card: what anywidget calls for each view of a take.
import { CardView } from "./cardview.js";
import { KernelHost } from "./host.js";

/**
 * @param {{model: any, el: HTMLElement}} context
 * @returns {() => void} what gives everything back when the view goes
 */
function render({ model, el: element }) {
  const view = new CardView(element, new KernelHost(model));
  return () => view.close();
}

export default { render };
