"""The quickstart in the places where people open it: the panel, Generate, and a clip that plays."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
from lab import PATIENCE, Lab, opened, playing
from playwright.sync_api import expect
from servers import Classic, Voila

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "01_quickstart.ipynb"
BEHIND_A_HUB = "/user/ann/"
LARGE = "import seedance_widgets as sw; sw.options.embed_cap = 0; take.show()"
# The kernel reads this before the first cell: the simulator is ten times as fast as it is for people.
HASTE = """
import seedance_widgets as sw

_real = sw.Studio.simulated
sw.Studio.simulated = lambda **options: _real(**{"speed": 60.0, "poll_interval": 0.1, **options})
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def hasten(folder):
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-haste.py").write_text(HASTE)


def generate(panel):
    """Write a prompt and press Generate, as a person would; return what the player says of the clip."""
    expect(panel).to_be_visible()
    panel.get_by_role("textbox", name="prompt").fill("A menacing dragon above the tallest skyscraper")
    panel.get_by_role("button", name="480p").click()
    panel.get_by_role("button", name="Generate").click()
    return playing(panel.locator("video"))


def is_the_clip(clip):
    return (clip["width"], clip["height"], round(clip["duration"])) == (864, 480, 5)


@pytest.mark.parametrize(("server", "base"), [(Lab, BEHIND_A_HUB), (Classic, "/")])
def test_in_a_notebook_and_in_what_nbconvert_makes_of_it(server, base, browser, tmp_path):
    hasten(tmp_path / "server")
    with server(tmp_path / "server", base) as running:
        path = running.put(QUICKSTART)
        with opened(running, browser, path, viewport={"width": 1400, "height": 1000}) as notebook:
            notebook.run("import seedance_widgets")
            notebook.run("studio.panel()")
            assert is_the_clip(generate(notebook.cell("studio.panel()").locator(".sw-panel")))
            notebook.run("studio.generate(")
            notebook.run("take.result()")
            assert is_the_clip(playing(notebook.cell("take.result()").locator("video")))

            notebook.page.evaluate(REPLACE, ["studio.library.recent", LARGE])
            notebook.run(LARGE)
            assert is_the_clip(playing(notebook.cell(LARGE).locator("video")))
            saved = notebook.save()
    assert 'src=\\"seedance_media/' in saved.read_text()  # relative, so that it holds behind every prefix
    assert running.url not in saved.read_text()
    assert_it_plays_as_a_page(browser, saved)


def assert_it_plays_as_a_page(browser, notebook):
    """Make a page of a saved notebook, and open it without any server: what was shown plays."""
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", "--log-level=ERROR", str(notebook)], check=True)
    with contextlib.closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(notebook.with_suffix(".html").as_uri())
        videos = page.locator("video")
        expect(videos).to_have_count(2)  # embedded, and linked beside it
        for number in range(2):
            videos.nth(number).scroll_into_view_if_needed()
            assert is_the_clip(playing(videos.nth(number)))


def test_as_an_app_of_voila(browser, tmp_path):
    hasten(tmp_path / "server")
    with (
        Voila(tmp_path / "server", QUICKSTART, BEHIND_A_HUB) as running,
        contextlib.closing(browser.new_context(viewport={"width": 1400, "height": 1000})) as context,
    ):
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{running.url}/?token={running.token}")
        expect(page.get_by_role("heading", name="Your first takes")).to_be_visible()
        shown = page.locator(".jp-RenderedHTML video")
        assert is_the_clip(playing(shown.first))
        assert is_the_clip(generate(page.locator(".sw-panel")))
        assert "Traceback" not in page.inner_text("body")


REPLACE = """
([words, source]) => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  cells.find(cell => cell.model.sharedModel.source.includes(words)).model.sharedModel.source = source;
}
"""
