// @ts-check
// Menus, dialogs and the line of messages.
import { button, el } from "./dom.js";

const SHOWN_FOR = 6000; // ms
const TROUBLE_FOR = 30000; // ms

/**
 * @typedef {{text: string, note?: string, disabled?: boolean, act: () => unknown}} Item
 */

/**
 * Opens a menu beside a button. It lies above everything, so that no cell output cuts it off.
 * @param {HTMLElement} root
 * @param {HTMLElement} anchor
 * @param {Item[]} items
 * @returns {HTMLElement[]} where the notes stand
 */
export function openMenu(root, anchor, items) {
  const menu = el("div", { class: "swg-menu", role: "menu", attributes: { popover: "auto" } });
  const notes = items.map(({ note }) => el("small", { text: note ?? "" }));
  items.forEach(({ text, disabled, act }, index) => {
    const item = button({ text, class: "swg-item" }, () => {
      menu.remove();
      anchor.focus();
      act();
    });
    item.setAttribute("role", "menuitem");
    item.disabled = Boolean(disabled);
    item.append(notes[index]);
    menu.append(item);
  });
  menu.addEventListener("toggle", (event) => {
    if (/** @type {any} */ (event).newState !== "closed") return;
    if (menu.contains(document.activeElement)) anchor.focus();
    menu.remove();
  });
  root.append(menu);
  menu.showPopover();
  beside(menu, anchor);
  /** @type {HTMLElement|null} */ (menu.querySelector("button:not(:disabled)"))?.focus();
  return notes;
}

/**
 * @param {HTMLElement} menu
 * @param {HTMLElement} anchor
 */
function beside(menu, anchor) {
  const { left, top, bottom } = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = bottom + height + 4 < window.innerHeight;
  menu.style.left = `${Math.max(4, Math.min(left, window.innerWidth - width - 8))}px`;
  menu.style.top = `${below ? bottom + 2 : Math.max(4, top - height - 2)}px`;
}

/**
 * Shows a text that can be copied.
 * @param {HTMLElement} root
 * @param {string} title
 * @param {string} text
 */
export function showText(root, title, text) {
  const copied = el("span", { class: "swg-quiet", role: "status" });
  const copy = button({ text: "Copy", class: "swg-words" }, async () => {
    copied.textContent = (await copyText(text)) ? "copied" : "could not be copied: mark the text and copy it";
  });
  openDialog(root, title, el("pre", { text }), [copied, copy], "Close");
}

/**
 * Asks before something that may cost.
 * @param {HTMLElement} root
 * @param {string} title
 * @param {string} text
 * @param {string} yes
 * @param {() => unknown} act
 */
export function confirmFirst(root, title, text, yes, act) {
  const agree = button({ text: yes, class: "swg-words swg-primary" }, (event) => {
    /** @type {HTMLElement} */ (event.currentTarget).closest("dialog")?.close();
    act();
  });
  openDialog(root, title, el("p", { text }), [agree], "Cancel");
}

/**
 * @param {HTMLElement} root
 * @param {string} title
 * @param {HTMLElement} body
 * @param {HTMLElement[]} actions
 * @param {string} leave the words for going away
 */
function openDialog(root, title, body, actions, leave) {
  const dialog = el("dialog", { class: "swg-dialog", label: title }, el("h3", { text: title }), body);
  const close = button({ text: leave, class: "swg-words" }, () => dialog.close());
  dialog.append(el("div", { class: "swg-actions" }, ...actions, close));
  dialog.addEventListener("close", () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
}

/**
 * Copies a text; in a page without the right to it, the old way.
 * @param {string} text
 * @returns {Promise<boolean>}
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = el("textarea", { text, class: "swg-away" });
    (document.querySelector("dialog[open]") ?? document.body).append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

/** A line of words over the board, which screen readers speak; it moves nothing, and goes by itself or by a click. */
export class Messages {
  constructor() {
    this._words = el("span");
    this._bar = el("progress", { label: "Progress" });
    this.element = el("div", { class: "swg-message", role: "status" }, this._words, this._bar);
    this.element.addEventListener("click", () => this.say(""));
    this._timer = 0;
    this.say("");
  }

  /**
   * @param {string} text
   * @param {boolean} [grave] whether something went wrong
   */
  say(text, grave = false) {
    this._show(text, grave);
    this._bar.hidden = true;
    this._timer = window.setTimeout(() => this._show("", false), grave ? TROUBLE_FOR : SHOWN_FOR);
  }

  /**
   * Shows what is going on, until something else is said.
   * @param {string} text
   * @param {number|null} fraction null = unknown
   */
  progress(text, fraction) {
    this._show(text, false);
    this._bar.hidden = false;
    if (fraction === null) this._bar.removeAttribute("value");
    else this._bar.value = fraction;
  }

  /**
   * @param {string} text
   * @param {boolean} grave
   */
  _show(text, grave) {
    clearTimeout(this._timer);
    this._words.textContent = text;
    this.element.classList.toggle("swg-grave", grave);
    this.element.classList.toggle("swg-silent", !text); // in the page all the time, so that it is spoken
  }

  close() {
    clearTimeout(this._timer);
  }
}
