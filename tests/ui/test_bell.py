"""The switch for notifications in a real page: asked upon a click, silent while the page is seen, one for a sweep."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.ui, pytest.mark.slow]

BEGIN = "import seedance_widgets as sw\nstudio = sw.Studio.simulated(speed=60.0)"
PANEL = "panel = studio.panel()\npanel"
SWEEP = """
panel.form.request = {'prompt': 'a {kite|<b>boat</b>}', 'resolution': '480p', 'duration': 5}
takes = panel.submit()
_ = [take.wait() for take in takes]  # %s
""".strip()
STUB = """
() => {
  window.asked = 0;
  window.shown = [];
  window.answer = 'denied';
  window.Notification = class {
    static permission = 'default';
    static async requestPermission() {
      window.asked += 1;
      return (this.permission = window.answer);
    }
    constructor(title, options) { window.shown.push({ title, ...options }); }
    close() {}
  };
  window.away = false;
  Object.defineProperty(document, 'hidden', { get: () => window.away });
}
"""


def test_the_page_notifies_once_for_a_sweep_and_only_while_it_is_hidden(open_notebook):
    book = open_notebook([BEGIN, PANEL, SWEEP % "in sight", SWEEP % "in the background"], permissions=["notifications"])
    book.page.evaluate(STUB)
    book.run(BEGIN)
    book.run(PANEL)
    panel = book.cell(PANEL).locator(".sw-panel")
    gear = panel.get_by_role("button", name="⚙")
    switch = panel.get_by_role("checkbox", name="notify me when takes are done")
    gear.click()
    expect(switch).not_to_be_checked()
    assert book.page.evaluate("window.asked") == 0

    switch.click()
    expect(panel.locator(".sw-bell")).to_contain_text("refuses notifications")
    expect(switch).not_to_be_checked()
    book.page.evaluate("window.Notification.permission = 'default'; window.answer = 'granted'")
    switch.click()
    expect(switch).to_be_checked()
    expect(panel.locator(".sw-bell")).not_to_contain_text("refuses")
    assert book.page.evaluate("window.asked") == 2
    gear.click()
    expect(switch).to_have_count(0)

    book.run("in sight")
    expect(panel.locator(".sw-status")).to_have_text("2 completed")
    assert book.page.evaluate("window.shown") == []

    book.page.evaluate("window.away = true")
    book.run("in the background")
    shown = book.wait("window.shown.length > 0 && window.shown")
    expect(panel.locator(".sw-status")).to_have_text("2 completed")
    assert [(each["title"], each["body"]) for each in shown] == [
        ("2 takes are done", "2 completed · a kite and 1 more")
    ]
    assert book.page.evaluate("window.shown.length") == 1
    gear.click()
    expect(switch).to_be_checked()
