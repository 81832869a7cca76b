"""A notebook that ran without a page, as a page of nbconvert's: clips play, and what widgets made is seen."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys

import pytest
from lab import Lab, notebook_of, playing
from playwright.sync_api import expect

CELLS = [
    "import seedance_widgets as sw\nstudio = sw.Studio.simulated(speed=60, poll_interval=0.1)",
    "take = studio.generate('a kite', resolution='480p', duration=5, seed=7)\ntake",
    "panel = studio.panel()\npanel",
    "panel.form.request = {'prompt': 'a lighthouse', 'resolution': '480p', 'duration': 5, 'seed': 3}\npanel.submit();",
    "grid = studio.sweep('a dragon', seed='1-2', resolution='480p', duration=5)\ngrid",
    "studio.wait()",
    "take.show()",
    "studio.library",
]


@pytest.mark.slow
@pytest.mark.parametrize("state", [True, False])
def test_a_page_of_nbconvert_plays_with_and_without_the_state_of_widgets(state, browser, tmp_path):
    lab = Lab(tmp_path / "lab")  # for its folders and variables only: it is not started
    source = tmp_path / "notebook.ipynb"
    source.write_text(json.dumps(notebook_of(CELLS)))
    run = ["--execute", f"--ExecutePreprocessor.store_widget_state={state}", "--to", "notebook", "--output", "done"]
    for arguments in ([*run, str(source)], ["--to", "html", "done.ipynb"]):
        command = [sys.executable, "-m", "nbconvert", "--log-level=ERROR", *arguments]
        subprocess.run(command, check=True, env=lab.environment, cwd=tmp_path)
    assert ("widgets" in json.loads((tmp_path / "done.ipynb").read_text())["metadata"]) is state
    with contextlib.closing(browser.new_context(offline=True)) as context:
        page = context.new_page()
        page.goto((tmp_path / "done.html").as_uri())
        clip = page.locator("video").first
        clip.scroll_into_view_if_needed()
        assert playing(clip)["width"] == 864
        kept = page.locator("[class^=sw-kept]")
        expect(kept).to_have_count(3)
        for number, words in enumerate(("seed 7 · 864×480", "seed 3 · 864×480", "seed 2 · 864×480")):
            expect(kept.nth(number).get_by_text(words)).to_be_visible()
            image = kept.nth(number).locator("img").first
            image.scroll_into_view_if_needed()
            assert image.evaluate("image => image.naturalWidth") > 90
