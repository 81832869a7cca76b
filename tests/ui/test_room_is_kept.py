"""What a panel shows only later has its room from the beginning: nothing moves when it comes."""

from __future__ import annotations

import pytest
from lab import playing
from playwright.sync_api import expect

PANEL = """
import seedance_widgets as sw
studio = sw.Studio.simulated(speed=50.0, poll_interval=0.05)
panel = studio.panel()
panel
"""
FILL = "panel.form.request = {'prompt': 'a lighthouse', 'resolution': '480p', 'duration': 5, 'aspect_ratio': '9:16'}"
WRONG = "panel.form.request = {**panel.form.request, 'duration': 7, 'seed': 'seven'}"
# Where things stand, in every frame.
WATCH = """
panel => {
  window.places = new Set();
  (function look() {
    const parts = [".sw-generate", ".sw-status", ".sw-room", ".sw-unfold", ".sw-seeds", ".sw-switches"];
    const {top, height} = panel.getBoundingClientRect();
    const bottoms = parts.map(part => Math.round(panel.querySelector(part).getBoundingClientRect().bottom - top));
    window.places.add([...bottoms, Math.round(height)].join());
    requestAnimationFrame(look);
  })();
}
"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 700])
def test_nothing_moves_when_the_first_take_comes_and_when_something_is_wrong(open_notebook, width):
    notebook = open_notebook([PANEL, FILL, WRONG], viewport={"width": width, "height": 1100})
    notebook.run("Studio.simulated")
    notebook.run(FILL)
    panel = notebook.cell("Studio.simulated").locator(".sw-panel")
    panel.scroll_into_view_if_needed()
    expect(panel.get_by_role("button", name="Generate")).to_be_enabled()
    expect(panel.locator(".sw-strip")).to_have_count(0)
    panel.evaluate(WATCH)
    panel.get_by_role("button", name="Generate").click()
    playing(panel.locator("video"))
    expect(panel.locator(".sw-card img")).to_be_visible()
    notebook.run(WRONG)
    expect(panel.get_by_text("must be a whole number")).to_be_visible()
    assert notebook.page.evaluate("[...window.places]") == [notebook.page.evaluate("[...window.places][0]")]
