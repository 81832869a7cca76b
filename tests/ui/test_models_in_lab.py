"""Other models in a real JupyterLab: the page stays where it is when the form changes, and a take begins the next."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

SETUP = """
import seedance_widgets as sw
studio = sw.Studio.simulated(speed=1000.0, poll_interval=0.05)
studio.generate("a lighthouse at dusk", seed=7, resolution="480p", duration=5).wait(60)
panel = studio.panel()
panel.bring_back(studio.library.recent(1)[0])
panel
"""
TAKEN = 'print(panel.form.request["image_url"][:23])'
# From the smallest form to the largest and back; and a field that the model before does not have.
TELLING = {
    "bytedance/seedance-1-0-lite-i2v": "Image *",
    "bytedance/seedance-2-0": "Images",
    "bytedance/seedance-1-5-pro": "Fixed camera",
    "bytedance/seedance-2-5": "Images",
    "bytedance/seedance-1-0-lite-t2v": "Shape",
}
# Where things stand in every frame, and how much Chromium says has shifted.
WATCH = """
() => {
  window.seen = {shift: 0, places: new Set()};
  new PerformanceObserver(list => list.getEntries().forEach(entry => { window.seen.shift += entry.value; }))
    .observe({type: "layout-shift"});
  (function look() {
    const panel = document.querySelector(".sw-panel");
    const places = [panel, panel.querySelector(".sw-generate"), panel.querySelector(".sw-below")]
      .map(each => Math.round(each.getBoundingClientRect().bottom));
    window.seen.places.add(places.join());
    requestAnimationFrame(look);
  })();
}
"""


def choose(panel, model):
    label = f"{model} · withdrawn" if "-lite-" in model else model
    panel.get_by_label("Model", exact=True).select_option(label)


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 700])
def test_nothing_outside_the_form_moves_when_the_model_changes(open_notebook, width):
    notebook = open_notebook([SETUP, TAKEN], viewport={"width": width, "height": 1000})
    notebook.run("Studio.simulated")
    panel = notebook.cell("Studio.simulated").locator(".sw-panel")
    expect(panel.locator("video")).to_be_visible()
    notebook.page.evaluate(WATCH)
    for model in TELLING:
        choose(panel, model)
        expect(panel.locator(".sw-fields").get_by_text(TELLING[model], exact=True).first).to_be_visible()
    assert len(notebook.page.evaluate("[...window.seen.places]")) == 1
    assert notebook.page.evaluate("window.seen.shift") < 0.02


@pytest.mark.slow
def test_the_last_frame_of_a_take_becomes_the_next_first_image(open_notebook):
    notebook = open_notebook([SETUP, TAKEN])
    notebook.run("Studio.simulated")
    panel = notebook.cell("Studio.simulated").locator(".sw-panel")
    expect(panel.get_by_role("button", name="use last frame")).to_be_hidden()
    choose(panel, "bytedance/seedance-1-0-lite-i2v")
    panel.get_by_role("button", name="take…").click()
    expect(panel.locator(".sw-source img").first).to_be_visible()
    panel.locator(".sw-source").get_by_role("button", name="seed 7").first.click()
    expect(panel.locator(".sw-source")).to_have_count(0)
    expect(panel.locator(".sw-preview img")).to_be_visible()
    assert notebook.run(TAKEN)[0]["text"].strip() == "data:image/jpeg;base64,"
    panel.get_by_role("button", name="✕").click()
    expect(panel.locator(".sw-preview")).to_have_count(0)
    panel.get_by_role("button", name="use last frame").click()
    expect(panel.locator(".sw-preview img")).to_be_visible()
