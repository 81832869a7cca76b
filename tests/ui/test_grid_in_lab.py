"""The grid in a real JupyterLab, found by role and name as a person would find it."""

from __future__ import annotations

import re

import pytest
from clips import clip
from grids import button, paused, ready, take, times, until
from playwright.sync_api import expect

LARGEST = 30_000  # bytes of a saved notebook
ONE_FRAME = 1 / 24


# While takes are made -----------------------------------------------------------------------------------------


def test_each_cell_tells_how_its_take_is_doing(open_grid):
    _, grid = open_grid("seed='1-3'", speed=8.0)
    for seed in (1, 2, 3):
        expect(take(grid, seed)).to_contain_text("generating")
    expect(take(grid, 2)).to_contain_text(re.compile(r"generating · [2-9] s"))  # ticks
    expect(grid.get_by_role("progressbar", name="Progress")).to_have_count(0)  # nothing is known yet
    expect(grid).to_contain_text("3 of 3 done")
    expect(take(grid, 1)).to_contain_text("320×180 · 2.0 s")


@pytest.mark.slow
def test_time_left_is_shown_once_it_is_known(open_grid):
    notebook, _ = open_grid(
        "seed='1-3'", "studio.wait(60)\nlater = studio.sweep('a dragon', seed='4-5')\nlater", speed=8.0
    )
    notebook.run("later = ")
    later = notebook.cell("later = ").get_by_role("region")
    expect(take(later, 4)).to_contain_text(re.compile(r"about \d+ s left"))
    expect(take(later, 4).get_by_role("progressbar")).to_be_visible()


def test_nothing_moves_when_the_clips_arrive(open_grid):
    notebook, grid = open_grid("resolution=['480p', '720p'], seed='1-3'", speed=20.0)
    before = grid.bounding_box()
    cells = [each.bounding_box() for each in grid.get_by_role("group").all()]
    ready(notebook, grid, 6)
    expect(grid).to_contain_text("6 of 6 done")
    assert grid.bounding_box() == before
    assert [each.bounding_box() for each in grid.get_by_role("group").all()] == cells


def test_a_failed_take_says_why_and_its_second_try_joins_in_step(open_grid):
    notebook, grid = open_grid("seed='1-3'", faults=["fail:whom=seed=2:message=too menacing:times=1"])
    ready(notebook, grid, 2)
    expect(take(grid, 2)).to_contain_text("too menacing")
    expect(grid).to_contain_text("2 of 3 done")
    expect(button(grid, "Pause")).to_be_visible()
    button(take(grid, 2), "Retry").click()
    ready(notebook, grid, 3)
    until(notebook, grid, "videos => videos.every(v => !v.paused)")
    expect(grid).to_contain_text("3 of 3 done")
    paused(notebook, grid)
    for _ in range(3):
        button(grid, "Previous frame").click()
    assert len(grid.locator("video").all()) == 3


@pytest.mark.slow
def test_what_may_be_charged_twice_is_asked_first(open_grid):
    lost = "grid.generations[0].apply(status='unconfirmed', error={'name': 'Unconfirmed', 'message': 'it was lost'})"
    notebook, grid = open_grid("seed='1-2'", f"studio.wait(30)\n{lost}", "print(studio.simulator.created)")
    ready(notebook, grid, 2)
    notebook.run("studio.wait")
    expect(button(take(grid, 1), "Look again")).to_be_visible()
    button(take(grid, 1), "Send again").click()
    dialog = grid.get_by_role("dialog", name="Send Take seed 1 again?")
    expect(dialog).to_contain_text("charged twice")
    button(dialog, "Cancel").click()
    expect(dialog).to_have_count(0)
    expect(take(grid, 1)).to_contain_text("it was lost")


@pytest.mark.slow
def test_a_question_is_answered_in_the_grid(open_grid):
    notebook, grid = open_grid("seed='1-17'", "print(len(studio.simulator.created))")
    expect(grid).to_contain_text("17 takes")
    button(grid, "Cancel").click()
    expect(grid).to_contain_text("Nothing was sent")
    assert notebook.run("print(len")[0]["text"] == "0\n"
    button(grid, "Start").click()
    expect(grid).to_contain_text("17 of 17 done")
    expect(button(grid, "Start")).to_have_count(0)


@pytest.mark.slow
def test_clips_arrive_and_stars_count_while_the_cell_is_busy(open_grid):
    busy = "import time\nmore = studio.sweep('a dragon', seed='7-8')\ndisplay(more)\nmore.wait()\ntime.sleep(20)"
    notebook, _ = open_grid("seed='1-2'", busy, "more.ratings")
    began = notebook.page.evaluate(
        "index => { window.ended = false; const book = window.jupyterapp.shell.currentWidget;"
        " book.content.activeCellIndex = index;"
        " window.jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ended = true; }); return 1; }",
        2,
    )
    assert began
    more = notebook.cell("import time").get_by_role("region")
    take(more, 8).scroll_into_view_if_needed()  # what is out of sight is not loaded
    ready(notebook, more, 2)
    take(more, 8).click()
    take(more, 8).get_by_role("radio", name="4 stars").click()
    expect(take(more, 8).get_by_role("radio", name="4 stars")).to_be_checked()
    assert not notebook.page.evaluate("window.ended")
    assert "<td>4</td>" in str(notebook.run("more.ratings"))


# Playing ------------------------------------------------------------------------------------------------------


def test_all_takes_stand_on_the_same_frame(open_grid):
    notebook, grid = open_grid("seed=[1, 3, 4, 5]")
    ready(notebook, grid, 4)
    paused(notebook, grid)
    first = times(grid)
    assert len(set(first)) == 1
    button(grid, "Jump to start").click()
    button(grid, "Next frame").click()
    button(grid, "Next frame").click()
    until(notebook, grid, "videos => videos.every(v => Math.floor(v.currentTime * 24) === 2 && !v.seeking)")
    button(grid, "Previous frame").click()
    until(notebook, grid, "videos => videos.every(v => Math.floor(v.currentTime * 24) === 1 && !v.seeking)")
    grid.get_by_role("slider", name="Timeline").fill("30")
    until(notebook, grid, "videos => videos.every(v => Math.floor(v.currentTime * 24) === 30 && !v.seeking)")
    expect(grid.get_by_role("slider", name="Timeline")).to_have_attribute("aria-valuetext", "1.25 s · frame 31 of 48")


@pytest.mark.slow
def test_a_shorter_take_holds_its_last_frame(open_grid):
    notebook, grid = open_grid("seed='1-2'")
    ready(notebook, grid, 2)
    paused(notebook, grid)
    button(grid, "Jump to end").click()
    until(notebook, grid, "([a, b]) => Math.floor(a.currentTime * 24) === 47 && Math.floor(b.currentTime * 24) === 35")


@pytest.mark.slow
def test_speed_loop_and_stop(open_grid):
    notebook, grid = open_grid("seed=[1, 3]")
    ready(notebook, grid, 2)
    grid.get_by_role("combobox", name="Speed").select_option("2×")
    until(notebook, grid, "videos => videos.every(v => v.playbackRate > 1.4)")
    expect(button(grid, "Loop")).to_have_attribute("aria-pressed", "true")
    button(grid, "Loop").click()
    expect(button(grid, "Loop")).to_have_attribute("aria-pressed", "false")
    expect(button(grid, "Play")).to_be_visible()  # it ends by itself
    button(grid, "Stop").click()
    until(notebook, grid, "videos => videos.every(v => v.paused && v.currentTime < 1 / 24)")


@pytest.mark.slow
def test_one_take_is_heard_at_a_choice(open_grid):
    notebook, grid = open_grid("seed=[1, 9, 10]")
    ready(notebook, grid, 3)
    muted = "videos => videos.map(video => video.muted)"
    assert grid.locator("video").evaluate_all(muted) == [True, True, True]
    button(grid, "Sound").click()
    assert grid.locator("video").evaluate_all(muted).count(False) == 1
    take(grid, 10).click()
    button(take(grid, 10), "Sound of this take").click()
    assert not take(grid, 10).locator("video").evaluate("video => video.muted")
    assert grid.locator("video").evaluate_all(muted).count(False) == 1
    expect(button(take(grid, 1), "Sound of this take")).to_have_count(0)
    button(grid, "Sound").click()
    assert grid.locator("video").evaluate_all(muted) == [True, True, True]


@pytest.mark.slow
def test_nothing_starts_by_itself_where_motion_is_not_wanted(open_grid):
    notebook, grid = open_grid("seed='1-2'", page={"reduced_motion": "reduce"})
    ready(notebook, grid, 2)
    expect(button(grid, "Play")).to_be_enabled()
    assert set(times(grid)) <= {0.0} or max(times(grid)) < ONE_FRAME
    button(grid, "Play").click()
    until(notebook, grid, "videos => videos.every(v => !v.paused)")


# Choosing -----------------------------------------------------------------------------------------------------


def test_stars_and_picks_are_there_after_reopening(open_grid):
    notebook, grid = open_grid("seed='1-3'")
    ready(notebook, grid, 3)
    take(grid, 2).get_by_role("radio", name="4 stars").click()
    button(take(grid, 3), "Pick").click()
    expect(take(grid, 2).get_by_role("radio", name="4 stars")).to_be_checked()
    expect(button(take(grid, 3), "Pick")).to_have_attribute("aria-pressed", "true")

    notebook.restart()
    notebook.run("import seedance_widgets")
    notebook.run("grid = ")
    ready(notebook, grid, 3)
    expect(take(grid, 2).get_by_role("radio", name="4 stars")).to_be_checked()
    expect(take(grid, 1).get_by_role("radio", checked=True)).to_have_count(0)
    expect(button(take(grid, 3), "Pick")).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_works_as_players_have_it(open_grid):
    notebook, grid = open_grid("seed='1-3'", "studio.library.recent(3)")
    ready(notebook, grid, 3)
    keys = notebook.page.keyboard
    take(grid, 2).click()
    keys.press("3")
    expect(take(grid, 2).get_by_role("radio", name="3 stars")).to_be_checked()
    keys.press("p")
    expect(button(take(grid, 2), "Pick")).to_have_attribute("aria-pressed", "true")
    keys.press("0")
    expect(take(grid, 2).get_by_role("radio", checked=True)).to_have_count(0)
    keys.press(" ")
    until(notebook, grid, "videos => videos.every(v => v.paused && !v.seeking)")
    keys.press("Home")
    keys.press(".")
    keys.press(".")
    keys.press(",")
    expect(grid.get_by_role("slider", name="Timeline")).to_have_value("1")
    keys.press("f")
    expect(button(take(grid, 2), "Enlarge")).to_have_attribute("aria-pressed", "true")
    keys.press("Escape")
    expect(button(take(grid, 2), "Enlarge")).to_have_attribute("aria-pressed", "false")
    keys.press("ArrowDown")
    expect(take(grid, 3)).to_be_focused()
    for key in ("d", "d", "a", "x"):  # these delete, insert and cut cells of the notebook
        keys.press(key)
    assert notebook.page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets.length") == 3


@pytest.mark.slow
def test_rejected_takes_are_hidden_and_the_best_come_first(open_grid):
    notebook, grid = open_grid("seed='1-4'")
    ready(notebook, grid, 4)
    take(grid, 2).get_by_role("radio", name="1 star").click()
    take(grid, 3).get_by_role("radio", name="5 stars").click()
    button(take(grid, 3), "Pick").click()
    button(grid, "Hide rejected").click()
    expect(take(grid, 2)).to_be_hidden()
    button(grid, "Hide rejected").click()
    button(grid, "By stars").click()
    boxes = [take(grid, seed).bounding_box() for seed in (3, 2, 1, 4)]
    order = [(box["y"], box["x"]) for box in boxes]
    assert order == sorted(order)
    button(grid, "Only picks").click()
    assert [take(grid, seed).is_visible() for seed in (1, 2, 3, 4)] == [False, False, True, False]


def test_blind_judging_hides_what_a_take_is_until_it_is_revealed(open_grid):
    notebook, grid = open_grid("resolution=['480p', '720p'], seed='1-2'")
    ready(notebook, grid, 4)
    button(grid, "Blind").click()
    for name in "ABCD":
        expect(grid.get_by_role("group", name=f"Take {name}", exact=True)).to_be_visible()
    assert "seed" not in grid.inner_text()
    assert "480p" not in grid.inner_text()
    button(grid, "Reveal").click()
    expect(take(grid, 1)).to_have_count(2)
    expect(grid).to_contain_text("480p")


def test_two_takes_in_one_frame(open_grid):
    notebook, grid = open_grid("seed='1-3'")
    ready(notebook, grid, 3)
    button(grid, "Compare 2").click()
    take(grid, 1).locator("video").click()
    take(grid, 3).locator("video").click()
    comparison = grid.get_by_role("group", name="Comparison")
    expect(comparison.get_by_role("img", name="seed 1 beside seed 3")).to_be_visible()
    divider = comparison.get_by_role("slider", name="Divider")
    divider.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "52")
    button(comparison, "Difference").click()
    expect(comparison.get_by_role("img", name="Difference of seed 1 and seed 3")).to_be_visible()
    notebook.page.keyboard.press("Escape")
    expect(comparison).to_have_count(0)


@pytest.mark.slow
def test_what_a_take_was_made_of(open_grid):
    notebook, grid = open_grid("seed='1-2'")
    ready(notebook, grid, 2)
    button(take(grid, 2), "More").click()
    grid.get_by_role("menuitem", name="Show request").click()
    expect(grid.get_by_role("dialog")).to_contain_text('"seed": 2')
    button(grid.get_by_role("dialog"), "Close").click()
    button(take(grid, 2), "More").click()
    with notebook.page.expect_download() as download:
        grid.get_by_role("menuitem", name="Download clip").click()
    assert download.value.suggested_filename == "seedance-seed-2.mp4"
    button(take(grid, 2), "More").click()
    notebook.page.keyboard.press("Escape")
    expect(grid.get_by_role("menu")).to_have_count(0)
    button(take(grid, 2), "More").click()
    grid.get_by_role("menuitem", name="Use this seed").click()
    expect(grid).to_contain_text("belongs to no panel")


def test_it_is_saved_beside_the_notebook(open_grid):
    notebook, grid = open_grid("seed='1-2'")
    ready(notebook, grid, 2)
    button(grid, "Save ▾").click()
    item = grid.get_by_role("menuitem", name="Contact sheet")
    expect(item).to_contain_text("about")
    item.click()
    expect(grid).to_contain_text("Saved as a-dragon")
    folder = (notebook.lab.root / notebook.path).parent
    assert [path.suffix for path in folder.glob("a-dragon*")] == [".png"]


@pytest.mark.slow
def test_rows_and_columns_change_places(open_grid):
    notebook, grid = open_grid("resolution=['480p', '720p'], seed='1-3'")
    ready(notebook, grid, 6)
    first, last = take(grid, 1).nth(0).bounding_box(), take(grid, 3).nth(0).bounding_box()
    assert first["y"] == last["y"]
    button(grid, "Swap rows and columns").click()
    first, last = take(grid, 1).nth(0).bounding_box(), take(grid, 3).nth(0).bounding_box()
    assert first["x"] == last["x"]
    assert first["y"] < last["y"]
    ready(notebook, grid, 6)


@pytest.mark.slow
def test_a_poster_stands_where_a_clip_is_slow_to_come(open_grid):
    slowly = (
        "import time\nkinds = grid._answering._kinds\nread = kinds['parts']\n"
        "kinds['parts'] = lambda question: (time.sleep(4), read(question))[1]"
    )
    notebook, grid = open_grid("seed='1-2'", slowly, speed=10.0)
    notebook.run("import time")
    notebook.wait("grid => [...grid.querySelectorAll('img')].filter(i => i.naturalWidth).length", grid.element_handle())
    expect(grid.locator("video")).to_have_count(0)
    ready(notebook, grid, 2)
    notebook.wait("grid => ![...grid.querySelectorAll('img')].some(i => i.getAttribute('src'))", grid.element_handle())


# Counts looks at cells that say nothing while their video has no picture yet.
COUNT_BLANKS = """() => {
  window.blanks = 0;
  setInterval(() => {
    for (const cell of document.querySelectorAll(".swg-cell:has(video)")) {
      const isSilent = !cell.querySelector(".swg-status").offsetParent;
      const video = cell.querySelector("video");
      const { totalVideoFrames } = video.getVideoPlaybackQuality();
      if (!totalVideoFrames && video.readyState < 2 && isSilent) window.blanks += 1;
    }
  }, 5);
}"""


@pytest.mark.parametrize("taken", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_large_clips_play_as_they_come_and_as_files_where_the_browser_will_not_have_that(open_grid, taken):
    refuse = "SourceBuffer.prototype.appendBuffer = () => { throw new DOMException('', 'QuotaExceededError'); }"
    notebook, grid = open_grid("seed='11-12'", "again = studio.compare(*grid.wait().generations)\nagain")
    notebook.page.evaluate(COUNT_BLANKS if taken else f"() => {{ {refuse} }}")
    notebook.run("again = ")
    grid = notebook.cell("again = ").get_by_role("region", name="Takes side by side")
    until(notebook, grid, "videos => videos.length === 2 && videos.every(v => v.currentTime > 0)")
    assert notebook.page.evaluate("window.blanks ?? 0") == 0
    streamed = grid.locator("video").evaluate_all("videos => videos.map(video => !video.dataset.file)")
    assert streamed == [taken, taken]
    paused(notebook, grid)
    first, second = times(grid)
    assert abs(first - second) < ONE_FRAME
    with notebook.page.expect_download() as waited:
        button(take(grid, 11), "More").click()
        grid.get_by_role("menuitem", name="Download clip").click()
    assert waited.value.path().read_bytes() == clip(640, 360, frames=48, picture="noise").read_bytes()


# Opened again -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_where_no_kernel_answers_it_says_so_and_what_was_made_is_seen(open_grid):
    notebook, grid = open_grid("seed='1-3'")
    ready(notebook, grid, 3)
    images = notebook.cell("grid = ").locator("img:visible")
    expect(images).to_have_count(0)  # as long as the grid is alive
    expect(notebook.cell("grid = ").locator("img[src^='data:']")).to_have_count(3)
    toggle = "window.jupyterapp.commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState')"
    notebook.page.evaluate(toggle)
    notebook.save()
    notebook.page.evaluate(toggle)  # it is a setting of the whole lab
    notebook.restart()
    notebook.reopen()
    expect(grid).to_contain_text("No kernel answers")
    expect(images).to_have_count(3)
    expect(button(grid, "Play")).to_be_hidden()
    notebook.run("import seedance_widgets")
    notebook.run("grid = ")
    ready(notebook, grid, 3)
    expect(images).to_have_count(0)


# What it costs ------------------------------------------------------------------------------------------------


def test_clips_are_given_back_and_the_notebook_stays_small(open_grid):
    notebook, grid = open_grid("seed='1-4'", "grid.close()")
    ready(notebook, grid, 4)
    saved = notebook.save()
    assert saved.stat().st_size < LARGEST
    assert notebook.page.evaluate("window.alive.size") >= 4
    notebook.run("grid.close")
    expect(grid).to_have_count(0)
    notebook.wait("window.alive.size === 0")


@pytest.mark.slow
def test_clearing_the_output_gives_the_clips_back_too(open_grid):
    notebook, grid = open_grid("seed='1-4'")
    ready(notebook, grid, 4)
    notebook.page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    notebook.wait("window.alive.size === 0")


@pytest.mark.slow
def test_of_64_takes_only_those_in_sight_are_loaded(open_grid):
    notebook, grid = open_grid("seed='1-64', confirm=False", speed=1000.0)
    expect(grid).to_contain_text("64 of 64 done")
    grid.get_by_role("slider", name="Size").fill("300")
    until(notebook, grid, "videos => videos.length > 0 && videos.length < 40 && videos.every(v => v.readyState >= 2)")
    expect(take(grid, 64).locator("video")).to_have_count(0)
    take(grid, 64).scroll_into_view_if_needed()
    expect(take(grid, 64).locator("video")).to_have_count(1)
    expect(take(grid, 1).locator("video")).to_have_count(0)  # given back
    assert notebook.page.evaluate("window.alive.size") < 64


@pytest.mark.slow
@pytest.mark.parametrize("fields", ["seed='1-12'", "resolution=['480p', '720p'], seed='1-4'"])
def test_it_is_readable_in_a_narrow_page(open_grid, fields):
    _, grid = open_grid(fields, page={"viewport": {"width": 700, "height": 900}})
    expect(button(grid, "Play").or_(button(grid, "Pause"))).to_be_visible()
    box = grid.bounding_box()
    for name in ("Next frame", "Loop", "Blind"):
        each = button(grid, name).bounding_box()
        assert box["x"] <= each["x"]
        assert each["x"] + each["width"] <= box["x"] + box["width"]
    assert grid.evaluate("element => element.scrollWidth <= element.clientWidth")
