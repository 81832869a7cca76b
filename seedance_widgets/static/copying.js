// @ts-check
// Into the clipboard, also where a page is not allowed to write there without being asked.

/**
 * Copies a text; where that is not possible, it is left marked in the page.
 * @param {string} text
 * @param {HTMLElement} shown where the text stands
 * @returns {Promise<boolean>} whether it is in the clipboard
 */
export async function copyText(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(shown);
    const selection = getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    return document.execCommand("copy");
  }
}
