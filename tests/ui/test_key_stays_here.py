"""A key typed or given in a notebook stays in the process: in no file, page or export, widget state included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from clips import clip
from lab import Lab
from playwright.sync_api import expect

from seedance_widgets.simulator import Fault, Simulator

KEY = "sk-stays-7c41f0e9b2d85a36-" + "d3ad" * 16
HIDDEN = "[key hidden]"
GENERATIONS = "/v2/video/generations"
SETUP = """
import os
import seedance_widgets as sw

studio = sw.Studio({key}, {url!r}, library="takes", poll_interval=0.1)
"""
# What a person can read in the page, and what they have typed into it.
IN_THE_PAGE = """() => [document.documentElement.outerHTML, JSON.stringify({...localStorage, ...sessionStorage}),
  ...[...document.querySelectorAll("input, textarea")].map(field => field.value)].join("\\n")"""
SAVE_STATE = "window.jupyterapp.commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState')"
SAVES_STATE = "window.jupyterapp.commands.isToggled('@jupyter-widgets/jupyterlab-manager:saveWidgetState')"


@pytest.fixture(scope="module")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of this file's own: its kernels know the key, its settings keep the state of widgets."""
    with Lab(tmp_path_factory.mktemp("key") / "lab", KEY_OF_THE_TEST=KEY) as running:
        yield running


@pytest.fixture
def server() -> Iterator[Simulator]:
    """A server like the API's, where prompts about failing fail, with words that repeat the key."""
    copied = Path(clip(320, 180, frames=24)).read_bytes()
    fault = Fault("fail", whom="failing", value=f"the key {KEY} may not do this")
    with Simulator(
        token=KEY, speed=200.0, faults=[fault], renderer=lambda scene, path: path.write_bytes(copied)
    ) as running:
        yield running


@pytest.mark.parametrize("given", ["typed", pytest.param("argument", marks=pytest.mark.slow)])
def test_the_key_is_in_nothing_that_is_kept_or_shown(open_notebook, lab, server, given):
    key = "None" if given == "typed" else "os.environ['KEY_OF_THE_TEST']"
    notebook = open_notebook([
        SETUP.format(key=key, url=server.url),
        "panel = studio.panel()\npanel",
        "grid = studio.sweep(['a dragon', 'a failing one'], seed=1).wait(60)\ngrid",
        "print(grid.save('x.html'), grid, panel, studio, studio.client, studio.client.trace)",
        "seen = studio.client.trace\nseen",
    ])  # fmt: skip
    notebook.run("import seedance_widgets")
    notebook.run("panel = ")
    panel = notebook.cell("panel = ").locator(".sw-panel")
    if given == "typed":
        panel.get_by_label("API key").fill(KEY)
        panel.get_by_role("button", name="Use this key").click()
        expect(panel.get_by_label("API key")).to_have_count(0)
    panel.get_by_role("button", name="what is sent").click()
    panel.get_by_role("textbox", name="prompt").fill("a failing dragon")
    panel.get_by_role("button", name="Generate").click()
    expect(panel).to_contain_text(HIDDEN)
    for exchange in panel.locator("summary", has_text=GENERATIONS).all():
        exchange.click()  # what was sent, and what came back
    expect(panel.get_by_label("What was sent").first).to_contain_text("Authorization: Bearer •••")
    notebook.run("grid = ")
    grid = notebook.cell("grid = ").get_by_role("region", name="Takes side by side")
    expect(grid).to_contain_text(HIDDEN)
    grid.scroll_into_view_if_needed()  # clips out of sight are not loaded
    expect(grid.locator("video")).to_have_count(1)
    notebook.run("x.html")
    notebook.run("seen = ")

    saved, exported = _kept(notebook)
    assert len(server.created) == 3
    assert HIDDEN in saved
    assert HIDDEN in exported
    assert KEY not in exported
    assert KEY not in notebook.page.evaluate(IN_THE_PAGE)
    folder = (lab.root / notebook.path).parent
    assert "a failing one" in (folder / "x.html").read_text()
    assert list(folder.glob("takes/**/*.mp4"))
    assert _holding(lab.folder) == []


def _kept(notebook) -> tuple[str, str]:
    """Save the notebook with the state of its widgets; return that state, and the notebook's HTML export."""
    from nbconvert import HTMLExporter

    if not notebook.page.evaluate(SAVES_STATE):
        notebook.page.evaluate(SAVE_STATE)
        notebook.wait(SAVES_STATE)
    path = notebook.save()
    state = json.dumps(json.loads(path.read_text())["metadata"]["widgets"], ensure_ascii=False)
    assert "PasswordModel" in state or "sw-panel" in state
    exported, _ = HTMLExporter().from_filename(str(path))
    return state, exported


def _holding(folder: Path) -> list[Path]:
    """Return what holds the key: notebooks and checkpoints, library, pages, logs, settings, history."""
    return [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
