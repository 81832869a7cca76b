// @ts-check
// The switch for notifications. The browser is asked upon a click, and only then; it notifies while the page is hidden.

const REFUSED =
  "This browser refuses notifications from this page. They can be allowed in its settings for the site, beside the address.";
const UNANSWERED = "Not switched on: the browser asked whether they are allowed, and got no yes.";
const MISSING = "This browser has no notifications for such a page.";
const LABEL = "notify me when takes are done while this page is in the background";
const TITLE = "the browser asks once whether it may; off until you switch it on";

/** @returns {string} granted, denied, default, or missing where the browser has none */
function permission() {
  return typeof window.Notification === "function" ? window.Notification.permission : "missing";
}

/** @param {string} answer @returns {string} what is said about an answer that is not yes */
function said(answer) {
  return { granted: "", denied: REFUSED, missing: MISSING }[answer] ?? UNANSWERED;
}

/**
 * @param {any} model
 * @param {{title?: unknown, body?: unknown, tag?: unknown}} message
 */
function ring(model, message) {
  if (!message.title || !model.get("on") || !document.hidden || permission() !== "granted") return;
  const options = { body: String(message.body ?? ""), tag: String(message.tag ?? "") };
  const note = new window.Notification(String(message.title), options);
  note.onclick = () => {
    window.focus();
    note.close();
  };
}

/**
 * Hears the kernel also while the switch is not shown.
 * @param {{model: any}} context
 * @returns {() => void}
 */
function initialize({ model }) {
  const heard = (/** @type {any} */ message) => ring(model, message);
  model.on("msg:custom", heard);
  return () => model.off("msg:custom", heard);
}

/**
 * @param {{model: any, el: HTMLElement}} context
 * @returns {() => void}
 */
function render({ model, el }) {
  const box = document.createElement("input");
  box.type = "checkbox";
  const label = document.createElement("label");
  label.title = TITLE;
  label.append(box, ` ${LABEL}`);
  const words = document.createElement("span");
  words.setAttribute("role", "status");
  el.append(label, words);
  const show = () => {
    box.checked = model.get("on");
    words.textContent = box.checked ? said(permission()) : "";
  };
  box.addEventListener("change", async () => {
    const wanted = box.checked;
    const now = permission();
    const answer = wanted && now === "default" ? await window.Notification.requestPermission() : now;
    model.set("on", wanted && answer === "granted");
    model.save_changes();
    show();
    if (wanted) words.textContent = said(answer);
  });
  model.on("change:on", show);
  show();
  return () => model.off("change:on", show);
}

export default { initialize, render };
