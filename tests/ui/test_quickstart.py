from __future__ import annotations

import json
from pathlib import Path

from lab import playing
from playwright.sync_api import expect

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "01_quickstart.ipynb"
LARGEST = 30_000  # bytes of a saved notebook besides what show() was asked to keep
REMEMBER = """
label => {
  window.seen = [];
  const look = () => window.seen.push(label.textContent);
  new MutationObserver(look).observe(label, {childList: true, characterData: true, subtree: true});
}
"""


def panel_of(notebook):
    notebook.run("import seedance_widgets")
    notebook.run("studio.panel()")
    panel = notebook.cell("studio.panel()").locator(".sw-panel")
    expect(panel).to_be_visible()
    return panel


def write_prompt(panel, text):
    panel.get_by_role("textbox", name="prompt").fill(text)


def test_from_the_prompt_to_the_playing_clip(open_notebook):
    notebook = open_notebook(QUICKSTART)
    panel = panel_of(notebook)
    generate = panel.get_by_role("button", name="Generate")
    status = panel.locator(".sw-status")
    expect(status).to_have_text("ready")
    expect(generate).to_be_disabled()

    write_prompt(panel, "A menacing dragon above the tallest skyscraper")
    panel.get_by_role("button", name="480p").click()
    expect(generate).to_be_enabled()

    status.evaluate(REMEMBER)
    generate.click()
    clip = playing(panel.locator("video"))
    assert (clip["width"], clip["height"]) == (864, 480)
    assert 4.5 < clip["duration"] < 5.5

    expect(status).to_contain_text("completed")
    seen = " ".join(notebook.page.evaluate("window.seen"))
    assert "queued" in seen or "generating" in seen
    assert "864×480" in panel.inner_text()

    saved = notebook.save()
    assert saved.stat().st_size < LARGEST
    assert "video/mp4" not in saved.read_text()


def test_what_the_model_would_refuse_cannot_be_sent(open_notebook):
    notebook = open_notebook(QUICKSTART)
    panel = panel_of(notebook)
    generate = panel.get_by_role("button", name="Generate")
    write_prompt(panel, "a lighthouse")
    expect(generate).to_be_enabled()
    write_prompt(panel, "")
    expect(generate).to_be_disabled()
    assert "prompt" in generate.get_attribute("title")


def test_every_cell_runs_and_the_shown_clip_stays_in_the_file(open_notebook):
    notebook = open_notebook(QUICKSTART)
    panel_of(notebook)
    notebook.run("studio.generate(")
    notebook.run("take.result()")
    clip = playing(notebook.cell("take.result()").locator("video"))
    assert (clip["width"], clip["height"]) == (864, 480)
    notebook.run("studio.library.recent")

    cells = json.loads(notebook.save().read_text())["cells"]
    (shown,) = (cell for cell in cells if "take.show()" in "".join(cell["source"]))
    assert "<video" in json.dumps(shown["outputs"])
    shown["outputs"] = []
    assert len(json.dumps(cells)) < LARGEST
