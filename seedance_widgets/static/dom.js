// @ts-check
// Small helpers for elements. All text goes in as text: nothing from outside is ever read as HTML.

/** Outlines in a square of 24 units, drawn in the colour of the text. @type {Record<string, string>} */
const SHAPES = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  stop: "M6 6h12v12H6z",
  next: "M5 5v14l9-7zM16 5h3v14h-3z",
  previous: "M19 5v14l-9-7zM5 5h3v14H5z",
  start: "M20 5v14l-8-7zM12 5v14l-8-7zM2 5h2v14H2z",
  end: "M4 5v14l8-7zM12 5v14l8-7zM20 5h2v14h-2z",
  loop: "M7 7h9V4l5 4.5-5 4.5v-3H7v4H4V9.5A2.5 2.5 0 0 1 7 7zM17 17H8v3l-5-4.5L8 11v3h9v-4h3v4.5A2.5 2.5 0 0 1 17 17z",
  muted:
    "M4 9v6h4l5 4V5L8 9z" +
    "M16 9l1.4-1.4L19.5 9.7l2.1-2.1L23 9l-2.1 2.1L23 13.2l-1.4 1.4-2.1-2.1-2.1 2.1L16 13.2l2.1-2.1z",
  sound:
    "M4 9v6h4l5 4V5L8 9z" +
    "M15.5 8.5a5 5 0 0 1 0 7l1.4 1.4a7 7 0 0 0 0-9.8zM18.2 5.8a9 9 0 0 1 0 12.4l1.4 1.4a11 11 0 0 0 0-15.2z",
  enlarge: "M4 4h7v2H7.4l4 4L10 11.4l-4-4V11H4zM20 20h-7v-2h3.6l-4-4 1.4-1.4 4 4V13h2z",
  more: "M5 10.2h3.6v3.6H5zM10.2 10.2h3.6v3.6h-3.6zM15.4 10.2H19v3.6h-3.6z",
  swap: "M4 4h7v7H4zM13 13h7v7h-7zM15 4h5v5h-2V6h-3zM4 15h2v3h3v2H4z",
  close: "M6.4 5L5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12 19 6.4 17.6 5 12 10.6z",
};

const LONG = 24; // characters; a part of more gives way first

/**
 * @typedef {{class?: string, text?: string, title?: string, role?: string, label?: string,
 *   attributes?: Record<string, string>}} Looks
 */

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Looks} [looks] `label` is its accessible name
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, looks = {}, ...children) {
  const made = document.createElement(tag);
  if (looks.class) made.className = looks.class;
  if (looks.text !== undefined) made.textContent = looks.text;
  if (looks.title) made.title = looks.title;
  if (looks.role) made.setAttribute("role", looks.role);
  if (looks.label) made.setAttribute("aria-label", looks.label);
  for (const [name, value] of Object.entries(looks.attributes ?? {})) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Makes a drawn sign, which means nothing to a screen reader.
 * @param {string} name
 */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "swg-icon");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  drawing.append(path);
  return drawing;
}

/**
 * Makes a button: a sign with a name, or words.
 * @param {{icon?: string, text?: string, label?: string, title?: string, class?: string, pressed?: boolean}} looks
 * @param {(event: MouseEvent) => unknown} act
 */
export function button(looks, act) {
  const made = el("button", { class: `swg-button ${looks.class ?? ""}`, title: looks.title ?? looks.label });
  made.type = "button";
  if (looks.label) made.setAttribute("aria-label", looks.label);
  if (looks.pressed !== undefined) press(made, looks.pressed);
  if (looks.icon) made.append(icon(looks.icon));
  if (looks.text) made.append(looks.text);
  made.addEventListener("click", act);
  return made;
}

/**
 * Sets the state of a button that stays down.
 * @param {Element} element
 * @param {boolean} down
 */
export function press(element, down) {
  element.setAttribute("aria-pressed", String(down));
}

/**
 * Changes a text that is made of parts, each an element of its own, so that one that does not fit is left out whole.
 * @param {Element} element
 * @param {string} text its parts joined by " · "
 */
export function sayParts(element, text) {
  if (element.textContent === text) return;
  const parts = text.split(/(?= · )/).map((part) => el("span", { text: part, class: part.length > LONG ? "swg-long" : "" }));
  element.replaceChildren(...parts);
}

/**
 * Changes a text only where it differs, so that screen readers and layout are left in peace.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
