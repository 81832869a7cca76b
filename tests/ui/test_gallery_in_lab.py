"""The gallery in a real JupyterLab, found by role and name as a person would find it."""

from __future__ import annotations

import json

import pytest
from clips import clip
from histories import fill
from playwright.sync_api import Locator, expect

from seedance_widgets.library import Library

HOSTILE = '<img src=x onerror="window.hurt = true"> ${7*7}'
LARGEST = 30_000  # bytes of a saved notebook
BEGIN = """
import shutil
import seedance_widgets as sw

studio = sw.Studio.simulated(library={library!r}, renderer=lambda scene, path: shutil.copyfile({clip!r}, path),
                             poll_interval=0.1, speed={speed})
"""
OUTPUTS = "JSON.stringify(window.jupyterapp.shell.currentWidget.content.widgets[1].model.outputs.toJSON())"


@pytest.fixture
def open_gallery(open_notebook, tmp_path):
    """``open_gallery(takes, *cells)``: the notebook, and a gallery of so many takes, the newest twelve with clips."""

    def open_(takes: int, *more: str, prompt: str = "a fox in the snow", speed: float = 200.0):
        library = Library(tmp_path / "takes")
        fill(library, takes, clips=min(takes, 12), prompt=prompt)
        library.close()
        begin = BEGIN.format(library=str(tmp_path / "takes"), clip=str(clip()), speed=speed)
        notebook = open_notebook([begin, "gallery = studio.gallery()\ngallery", *more])
        notebook.count_blobs()
        notebook.run("import seedance_widgets")
        notebook.run("gallery = ")
        return notebook, notebook.cell("gallery = ").get_by_role("region", name="Gallery")

    return open_


def take(gallery: Locator, seed: int) -> Locator:
    return gallery.get_by_role("group", name=f"Take seed {seed}:")


def button(place: Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def test_takes_are_found_looked_at_compared_and_deleted(open_gallery):
    notebook, gallery = open_gallery(60)
    keyboard = notebook.page.keyboard
    expect(gallery).to_contain_text("1–48 of 60 takes")
    expect(take(gallery, 60).locator("img")).to_have_js_property("complete", True)

    take(gallery, 60).focus()  # looked at, it plays; looked away from, its clip is given back
    notebook.wait("gallery => gallery.querySelector('video')?.currentTime > 0", gallery.element_handle())
    keyboard.press("ArrowRight")
    expect(take(gallery, 59)).to_be_focused()
    notebook.wait("gallery => gallery.querySelectorAll('video').length === 1", gallery.element_handle())
    keyboard.press("5")
    expect(take(gallery, 59).get_by_role("radio", name="5 stars")).to_be_checked()

    for key in ("Space", "ArrowRight", "Space", "c"):
        keyboard.press(key)
    expect(gallery).to_contain_text("2 selected")
    grid = notebook.cell("gallery = ").get_by_role("region", name="Takes side by side")
    expect(grid).to_contain_text("2 of 2 done")

    keyboard.press("Delete")
    expect(gallery).to_contain_text("2 takes moved into the bin")
    expect(take(gallery, 59)).to_have_count(0)
    button(gallery, "Bin (2)").click()
    expect(take(gallery, 59)).to_be_visible()
    button(gallery, "Select page").click()
    button(gallery, "Restore").click()
    expect(gallery).to_contain_text("The bin is empty.")
    button(gallery, "Bin").click()

    keyboard.press("/")
    keyboard.type("no such thing")
    expect(gallery).to_contain_text("No take matches.")
    button(gallery, "Show all").click()
    expect(take(gallery, 59)).to_be_visible()


@pytest.mark.slow
def test_takes_that_are_being_made_appear_by_themselves(open_gallery):
    notebook, gallery = open_gallery(2, "take = studio.generate('a red kite', seed=77)", speed=4.0)
    expect(gallery).to_contain_text("2 takes")
    notebook.run("red kite")
    expect(take(gallery, 77)).to_contain_text("generating")
    expect(take(gallery, 77)).to_contain_text("64×48")
    expect(take(gallery, 77).locator("img")).to_be_visible()


@pytest.mark.slow
def test_the_details_show_the_request_and_keep_a_note(open_gallery):
    notebook, gallery = open_gallery(3, "print(studio.library.recent(1)[0].note)", prompt=HOSTILE)
    take(gallery, 3).focus()
    notebook.page.keyboard.press("Enter")
    dialog = gallery.get_by_role("dialog", name="Details of a take")
    expect(dialog.get_by_text(HOSTILE, exact=True)).to_be_visible()
    expect(dialog).to_contain_text("$0.25")
    dialog.get_by_text("The request").click()
    expect(dialog.locator("pre")).to_contain_text(json.dumps(HOSTILE))
    notebook.wait("dialog => dialog.querySelector('video')?.currentTime > 0", dialog.element_handle())
    dialog.get_by_role("textbox", name="Note").fill(HOSTILE)
    button(dialog, "Next take").click()
    expect(dialog).to_contain_text("Take seed 2")
    notebook.page.keyboard.press("Escape")
    expect(take(gallery, 2)).to_be_focused()
    assert HOSTILE in notebook.run("recent(1)")[0]["text"]
    assert notebook.page.evaluate("window.hurt") is None


@pytest.mark.slow
def test_clips_and_posters_are_given_back(open_gallery):
    notebook, gallery = open_gallery(12, "gallery.close()")
    notebook.wait("() => window.alive.size === 12")
    take(gallery, 12).focus()
    notebook.wait("() => window.alive.size === 13")
    gallery.get_by_role("searchbox").fill("nothing like this")
    notebook.wait("() => window.alive.size === 0")
    button(gallery, "Show all").click()
    notebook.wait("() => window.alive.size === 12")
    notebook.run("gallery.close()")
    notebook.wait("() => window.alive.size === 0")


@pytest.mark.slow
def test_a_saved_notebook_shows_the_takes_without_a_kernel_and_stays_small(open_gallery, open_notebook):
    notebook, gallery = open_gallery(60)
    expect(gallery).to_contain_text("1–48 of 60 takes")
    notebook.wait(f"() => ({OUTPUTS}).includes('data:image/jpeg')")  # the pictures come a moment later
    saved = notebook.save()
    assert saved.stat().st_size < LARGEST
    again = open_notebook(saved)
    shown = again.cell("gallery = ")
    expect(shown).to_contain_text("seed 60")
    expect(shown.locator("img").first).to_be_visible()


@pytest.mark.slow
def test_every_control_has_a_name_and_a_place_in_the_order_of_tabs(open_gallery):
    notebook, gallery = open_gallery(6)
    expect(take(gallery, 6)).to_be_visible()
    nameless = gallery.evaluate(
        "root => [...root.querySelectorAll('button, input, select, textarea')].filter(each => "
        "!(each.getAttribute('aria-label') || each.textContent.trim())).length"
    )
    assert nameless == 0
    gallery.get_by_role("searchbox").focus()
    seen = []
    for _ in range(30):
        notebook.page.keyboard.press("Tab")
        seen.append(
            notebook.page.evaluate(
                "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
            )
        )
    for name in ("Model", "Stars", "Order", "Select Take seed 6", "Details of Take seed 6", "Select page", "Disk"):
        assert name in seen or name == "Model", seen  # of one model alone there is nothing to choose
    assert "Select Take seed 5" not in seen, "only the current take's controls are stops"
