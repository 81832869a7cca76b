"""Takes as cells show them: the live card, the magics, and what of it is in the saved notebook."""

from __future__ import annotations

import json

import pytest
from lab import playing
from playwright.sync_api import expect

LARGEST = 30_000  # bytes of a saved notebook with a card
HOSTILE = "a kite <img src=x onerror=window.hurt=1>"
CELLS = [
    "import seedance_widgets as sw\n"
    "studio = sw.use(sw.Studio.simulated(speed=20, poll_interval=0.1, faults=['fail:whom=broken']))",
    f"take = studio.generate({HOSTILE!r}, resolution='480p', duration=5, seed=7)\ntake",
    "%load_ext seedance_widgets",
    "%%seedance --seed 1-2 --resolution 480p --duration 5\na {dragon|phoenix} at dawn",
    "%%seedance --resolution 480P --sed 4\na kite",
    "sw.generate('a broken film', seed=1)",
    "slow = sw.Studio.simulated(speed=0.01, library='slow')\nlong = slow.generate('a long film', seed=1)\nlong",
    "print('it waits'); long.wait(); print('ended', long.status)",
]
ASK = """
async text => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  return (await kernel.requestComplete({code: text, cursor_pos: text.length})).content;
}
"""


@pytest.mark.slow
def test_cards_and_magics(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.run("import seedance")
    notebook.run("take = ")
    card = notebook.cell("take = ").locator(".swc-card")
    assert playing(card.locator("video"))["width"] == 864
    expect(card.locator(".swc-caption")).to_contain_text("seed 7 · 864×480 · 5.0 s")
    expect(card.locator(".swc-prompt")).to_have_text(HOSTILE)
    card.get_by_role("radio", name="4 stars").click()
    expect(card.get_by_role("radio", name="4 stars")).to_have_attribute("aria-checked", "true")
    notebook.run("take = ")  # the same take, and the same card
    expect(card.get_by_role("radio", name="4 stars")).to_have_attribute("aria-checked", "true")
    expect(notebook.cell("take = ").locator("[class^=sw-kept] img")).to_have_count(1)
    saved = json.loads(notebook.save().read_text())
    kept = [out for out in saved["cells"][1]["outputs"] if "sw-kept-" in str(out)]
    assert "data:image/jpeg" in str(kept)
    assert len(json.dumps(saved)) < LARGEST
    assert notebook.page.evaluate("window.hurt") is None

    notebook.run("%load_ext")
    offered = notebook.page.evaluate(ASK, "%%seedance --resolution 7")
    assert offered["matches"] == ["720p"]
    assert offered["cursor_end"] - offered["cursor_start"] == 1
    notebook.run("%%seedance --seed 1-2")
    grid = notebook.cell("%%seedance --seed 1-2")
    expect(grid.get_by_text("4 of 4 done")).to_be_visible()
    wrong = str(notebook.run("480P"))
    assert "UsageError" in wrong
    assert "did you mean --seed?" in wrong
    assert "Traceback" not in wrong

    notebook.run("a broken film")
    failed = notebook.cell("a broken film").locator(".swc-card")
    expect(failed.get_by_text("The generation failed")).to_be_visible()
    expect(failed.get_by_role("button", name="Retry")).to_have_count(0)

    notebook.run("long = ")
    notebook.start("long.wait()")
    expect(notebook.cell("it waits").get_by_text("it waits", exact=True)).to_be_visible()
    notebook.cell("long = ").get_by_role("button", name="Stop").click()
    expect(notebook.cell("it waits").get_by_text("ended stopped")).to_be_visible()

    # Reopened without what made it, the notebook still shows what was made.
    expect(grid.locator("[class^=sw-kept] img")).to_have_count(4)
    notebook.save()
    notebook.restart()
    notebook.reload()
    picture = notebook.cell("take = ").locator("[class^=sw-kept] img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 90
    expect(notebook.cell("take = ").get_by_text("seed 7 · 864×480")).to_be_visible()
    expect(notebook.cell("%%seedance --seed 1-2").locator("[class^=sw-kept] img")).to_have_count(4)
