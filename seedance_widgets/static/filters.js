// @ts-check
// What of the history is shown, and in which order: the row of fields above the wall.
import { button, el, press } from "./dom.js";

const TYPING = 250; // ms; a word is written before it is searched for

/** What is searched for while nothing is chosen; the same names as in the kernel. */
const USUAL = { text: "", model: "", seeds: "", stars: 0, picked: false, when: "", state: "", simulated: null, order: "newest" };

/** @type {[string, string][]} */
const STARS = [["0", "any stars"], ["1", "★ or more"], ["2", "★★ or more"], ["3", "★★★ or more"], ["4", "★★★★ or more"], ["5", "★★★★★"], ["-1", "without stars"]];
/** @type {[string, string][]} */
const DAYS = [["", "any day"], ["today", "today"], ["7", "last 7 days"], ["30", "last 30 days"], ["day", "one day …"]];
/** @type {[string, string][]} */
const STATES = [["", "any status"], ["completed", "completed"], ["going on", "in the making"], ["failed", "failed"], ["unconfirmed", "unconfirmed"], ["stopped", "stopped"]];
/** @type {[string, string][]} */
const KINDS = [["", "real and simulated"], ["false", "real"], ["true", "simulated"]];
/** @type {[string, string][]} */
const ORDERS = [["newest", "newest first"], ["oldest", "oldest first"], ["stars", "most stars first"], ["cost", "highest cost first"]];

export class Filters {
  /**
   * @param {Record<string, any>} search what is searched for at the beginning
   * @param {() => unknown} changed
   */
  constructor(search, changed) {
    this._changed = changed;
    this._timer = 0;
    this._text = field("search", "Search in prompts, notes, seeds", "search prompts and notes");
    this._model = choice("Model", [["", "all models"]]);
    this._seeds = field("text", "Seeds, such as 7 or 1-4", "seed 7, 1-4");
    this._stars = choice("Stars", STARS);
    this._picked = button({ text: "✓ picked", class: "swg-words", title: "only picked takes", pressed: false }, () => {
      press(this._picked, this._picked.getAttribute("aria-pressed") !== "true");
      this._tell();
    });
    this._when = choice("Day", DAYS);
    this._day = field("date", "The day", "");
    this._state = choice("Status", STATES);
    this._kind = choice("Real or simulated", KINDS);
    this._order = choice("Order", ORDERS);
    this._clear = button({ text: "clear", class: "swg-words", title: "show all takes again" }, () => this.clear());
    this.element = el("div", { class: "swg-filters", role: "search", label: "Filters" });
    this.element.append(this._text, this._model, this._seeds, this._stars, this._picked, this._when, this._day);
    this.element.append(this._state, this._kind, this._order, this._clear);
    for (const each of [this._text, this._seeds]) each.addEventListener("input", () => this._soon());
    for (const each of [this._model, this._stars, this._day, this._state, this._kind, this._order])
      each.addEventListener("change", () => this._tell());
    this._when.addEventListener("change", () => this._chooseDay());
    this._kind.hidden = true;
    this._fill({ ...USUAL, ...search });
  }

  /** What is searched for now. */
  get search() {
    const kind = this._kind.value;
    return {
      text: this._text.value.trim(),
      model: this._model.value,
      seeds: this._seeds.value.trim(),
      stars: Number(this._stars.value),
      picked: this._picked.getAttribute("aria-pressed") === "true",
      when: this._when.value === "day" ? this._day.value : this._when.value,
      state: this._state.value,
      simulated: kind ? kind === "true" : null,
      order: this._order.value,
    };
  }

  /** Whether something narrows the search. */
  get narrows() {
    const { order, ...rest } = this.search;
    return Object.entries(rest).some(([name, value]) => value !== /** @type {any} */ (USUAL)[name]);
  }

  /**
   * Offers the models that there are takes of.
   * @param {string[]} models
   * @param {boolean} mixed whether there are real and simulated takes
   */
  offer(models, mixed) {
    const chosen = this._model.value;
    const all = chosen && !models.includes(chosen) ? [...models, chosen] : models;
    const pairs = /** @type {[string, string][]} */ (all.map((model) => [model, model]));
    this._model.replaceChildren(...[/** @type {[string, string]} */ (["", "all models"]), ...pairs].map(option));
    this._model.value = chosen;
    this._model.hidden = all.length < 2 && !chosen;
    this._kind.hidden = !mixed && !this._kind.value;
  }

  focus() {
    this._text.focus();
    this._text.select();
  }

  clear() {
    this._fill({ ...USUAL, order: this._order.value });
    this._tell();
    this.focus();
  }

  close() {
    clearTimeout(this._timer);
  }

  /** @param {Record<string, any>} search */
  _fill(search) {
    const listed = DAYS.some(([value]) => value === search.when);
    if (search.model) this._model.append(option([search.model, search.model]));
    this._text.value = search.text;
    this._model.value = search.model;
    this._seeds.value = search.seeds;
    this._stars.value = String(search.stars);
    press(this._picked, Boolean(search.picked));
    this._when.value = listed ? search.when : "day";
    this._day.value = listed ? "" : search.when;
    this._day.hidden = listed;
    this._state.value = search.state;
    this._kind.value = search.simulated === null ? "" : String(search.simulated);
    this._order.value = search.order;
    this._clear.disabled = !this.narrows;
  }

  _chooseDay() {
    this._day.hidden = this._when.value !== "day";
    if (this._when.value === "day" && !this._day.value) this._day.focus();
    else this._tell();
  }

  _soon() {
    clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this._tell(), TYPING);
  }

  _tell() {
    clearTimeout(this._timer);
    this._clear.disabled = !this.narrows;
    this._changed();
  }
}

/**
 * @param {string} type
 * @param {string} label
 * @param {string} hint
 */
function field(type, label, hint) {
  const made = el("input", { class: `swg-input swg-${type}`, label, title: label });
  made.type = type;
  made.placeholder = hint;
  made.spellcheck = false;
  return made;
}

/**
 * @param {string} label
 * @param {[string, string][]} pairs
 */
function choice(label, pairs) {
  return el("select", { class: "swg-select", label, title: label }, ...pairs.map(option));
}

/** @param {[string, string]} pair */
function option([value, text]) {
  const made = el("option", { text });
  made.value = value;
  return made;
}
