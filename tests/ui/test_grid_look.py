"""How the grid looks in a real JupyterLab: everything it says is seen, whatever the width and the state."""

from __future__ import annotations

import pytest
from grids import button, grid_of, ready, take
from playwright.sync_api import Locator, expect

NARROW = {"viewport": {"width": 700, "height": 900}}
REASON = "The prompt may contain content that the safety system does not allow, in this country or in another"

# The parts of a caption that are seen, and whether each is whole.
SHOWN = """
caption => {
  const bottom = caption.getBoundingClientRect().bottom;
  return [...caption.children].filter(part => part.getBoundingClientRect().top < bottom - 4)
    .map(part => [part.textContent, part.scrollWidth <= part.clientWidth + 1]);
}
"""


def lies_in(inner: Locator, outer: Locator) -> bool:
    """Whether all of an element is within another one."""
    a, b = inner.bounding_box(), outer.bounding_box()
    assert a is not None
    assert b is not None
    return (
        b["x"] <= a["x"]
        and a["x"] + a["width"] <= b["x"] + b["width"]
        and b["y"] <= a["y"]
        and a["y"] + a["height"] <= b["y"] + b["height"]
    )


def is_clear(first: Locator, second: Locator) -> bool:
    """Whether two elements do not lie over each other."""
    a, b = first.bounding_box(), second.bounding_box()
    assert a is not None
    assert b is not None
    return a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"] or a["y"] >= b["y"] + b["height"]


# Takes without a clip -----------------------------------------------------------------------------------------


def test_a_small_cell_has_room_for_what_went_wrong_and_for_what_can_be_done(open_grid):
    lost = "grid.generations[0].apply(status='unconfirmed', error={'name': 'Unconfirmed', 'message': 'it was lost'})"
    faults = [f"fail:whom=seed=2:message={REASON}"]
    setting = "resolution=['480p', '720p'], seed='1-4'"
    notebook, grid = open_grid(setting, f"studio.wait(30)\n{lost}", page=NARROW, faults=faults)
    notebook.run("studio.wait")
    unclear, failed = take(grid, 1).first, take(grid, 2).first
    for cell, names in ((unclear, ("Look again", "Send again")), (failed, ("Retry",))):
        for name in names:
            expect(button(cell, name)).to_be_visible()
            assert lies_in(button(cell, name), cell)
            assert is_clear(button(cell, name), button(cell, "More"))
    assert lies_in(unclear.get_by_text("The answer was lost"), unclear)
    assert lies_in(failed.get_by_text("The generation failed"), failed)
    reason = failed.get_by_text(REASON)
    assert reason.bounding_box()["height"] > 24  # two lines at least; the rest is scrolled to
    for side in ("y", "width", "height"):
        assert failed.bounding_box()[side] == take(grid, 3).first.bounding_box()[side]


@pytest.mark.slow
def test_what_was_wrong_with_a_clip_is_forgotten_when_its_take_has_none_any_more(open_grid):
    unreadable = "studio.wait(30)\ngrid.generations[0].path.unlink()\nstudio.compare(grid.generations[0])"
    lost = "grid.generations[0].apply(status='unconfirmed', error={'name': 'Unconfirmed', 'message': 'it was lost'})"
    notebook, _ = open_grid("seed='1-2'", unreadable, lost)
    notebook.run("path.unlink")
    cell = notebook.cell("path.unlink").get_by_role("group", name="Take seed 1", exact=True)
    expect(cell).to_contain_text("The clip cannot be shown")
    notebook.run("apply(")
    expect(button(cell, "Look again")).to_be_visible()
    expect(cell).not_to_contain_text("The clip cannot be shown")


@pytest.mark.slow
def test_stop_all_covers_no_other_button_and_the_footer_keeps_its_height(open_grid):
    ends = "for take in grid.generations[:2]: take.stop()"
    notebook, grid = open_grid("resolution=['480p', '720p'], seed='1-4'", ends, page=NARROW, speed=1.0)
    stop, keys = button(grid, "Stop all"), button(grid, "Keyboard")
    expect(stop).to_be_visible()
    before = grid.bounding_box()["height"]
    notebook.run("take.stop()")
    expect(grid).to_contain_text("0 of 8 done · 2 stopped")
    assert is_clear(keys, stop)
    assert grid.bounding_box()["height"] == before
    stop.click()
    expect(grid).to_contain_text("0 of 8 done · 8 stopped")


@pytest.mark.slow
def test_what_needs_a_clip_is_not_offered_before_there_is_one(open_grid):
    notebook, grid = open_grid("seed='1-3', confirm=True")
    names = ("Compare 2", "Hide rejected", "Only picks", "By stars", "Blind", "Zoom")
    for name in names:
        expect(button(grid, name)).to_be_disabled()
    button(grid, "Start").click()
    ready(notebook, grid, 3)
    for name in names:
        expect(button(grid, name)).to_be_enabled()


# Headers, labels, captions ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("width", [700, 1000, 1280])
def test_headers_stay_in_sight_while_many_takes_are_scrolled(open_grid, width):
    prompts = "[f'a dragon number {number}' for number in range(8)]"
    page = {"viewport": {"width": width, "height": 900}}
    _, grid = open_grid("seed='1-8', confirm=True", prompt=prompts, page=page)
    board = grid.locator(".swg-board")
    row = board.get_by_title("a dragon number 4").locator("visible=true").last
    assert row.bounding_box()["width"] > 60
    row.evaluate("row => row.scrollIntoView({block: 'center'})")
    board.evaluate("board => board.scrollBy(60, 0)")
    column = board.get_by_title("seed 2", exact=True).locator("visible=true").last
    assert lies_in(column, board)
    assert row.bounding_box()["x"] == pytest.approx(board.bounding_box()["x"], abs=1)
    assert lies_in(row, board)
    on_top = (
        "header => { const { x, y } = header.getBoundingClientRect();"
        " return header.contains(document.elementFromPoint(x + 8, y + 8)); }"
    )
    assert all(header.evaluate(on_top) for header in (row, column))


@pytest.mark.slow
def test_a_label_keeps_what_tells_its_take_from_the_others(open_grid):
    compared = (
        "grid.wait(30)\n"
        "others = studio.sweep('a fox in the snow', resolution='720p', seed='1-2').wait(30)\n"
        "both = studio.compare(*grid.generations, *others.generations)\nboth"
    )
    prompt = "'a menacing dragon above the tallest skyscraper of all'"
    notebook, _ = open_grid("resolution='480p', seed=[2147483646, 2147483647]", compared, prompt=prompt, page=NARROW)
    notebook.run("both = ")
    both = grid_of(notebook, "both = ")
    for part in both.get_by_text("seed 214748364").all():
        assert part.evaluate("part => part.scrollWidth <= part.clientWidth + 1")
        assert lies_in(part, both.locator(".swg-cell", has=part.page.get_by_text(part.inner_text())).first)
    assert both.get_by_text("a menacing dragon").first.evaluate("part => part.scrollWidth > part.clientWidth")


@pytest.mark.slow
def test_a_caption_shows_whole_parts_only(open_grid):
    _, grid = open_grid("resolution=['480p', '720p'], seed='1-4'", page=NARROW)
    expect(grid).to_contain_text("8 of 8 done")
    caption = take(grid, 1).first.get_by_title("320×180 · 2.0 s")
    shown = caption.evaluate(SHOWN)
    assert shown[0] == ["320×180", True]
    assert all(whole for _, whole in shown)


@pytest.mark.slow
@pytest.mark.parametrize("width", [980, 1040])
def test_the_caption_of_the_panel_shows_whole_parts_too(open_grid, width):
    opened = "panel = studio.panel()\npanel"
    again = "panel.form.request = {'prompt': 'a dragon', 'seed': 2147483646}\npanel.submit()[0].wait(30)"
    page = {"viewport": {"width": width, "height": 900}}
    notebook, grid = open_grid("seed=[2147483646, 2147483647]", opened, again, page=page)
    expect(grid).to_contain_text("2 of 2 done")  # one that comes later would take the stage
    notebook.run(opened)
    notebook.run(again)
    caption = notebook.cell(opened).locator(".sw-caption")
    expect(caption).to_contain_text("seed 2147483646 · 320×180 · 2.0 s")
    shown = caption.evaluate(SHOWN)
    assert shown[0] == ["seed 2147483646", True]
    assert all(whole for _, whole in shown)


# Choosing -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_where_nothing_is_left_to_be_seen_it_says_why(open_grid):
    notebook, grid = open_grid("seed='1-3'")
    ready(notebook, grid, 3)
    button(take(grid, 2), "Pick").click()
    button(grid, "Only picks").click()
    expect(grid).to_contain_text("3 of 3 done · 2 hidden")
    expect(button(grid, "Compare 2")).to_be_disabled()
    button(take(grid, 2), "Pick").click()
    expect(grid.get_by_text("Nothing is picked")).to_be_visible()
    notebook.page.keyboard.press(" ")  # the keys are still the grid's
    expect(button(grid, "Play")).to_be_visible()
    button(grid, "Only picks").click()
    expect(grid.get_by_text("Nothing is picked")).to_be_hidden()
    expect(take(grid, 1)).to_be_visible()


@pytest.mark.slow
def test_a_large_take_that_is_rejected_gives_the_others_back(open_grid):
    notebook, grid = open_grid("seed='1-3'")
    ready(notebook, grid, 3)
    button(grid, "Hide rejected").click()
    button(take(grid, 2), "Enlarge").click()
    notebook.page.keyboard.press("1")
    expect(take(grid, 2)).to_be_hidden()
    button(take(grid, 3), "Enlarge").click()
    expect(button(take(grid, 3), "Enlarge")).to_have_attribute("aria-pressed", "true")


@pytest.mark.slow
def test_the_best_come_first_also_while_judging_is_blind(open_grid):
    notebook, grid = open_grid("seed='1-3'")
    ready(notebook, grid, 3)
    button(grid, "Blind").click()
    last = grid.get_by_role("group", name="Take C", exact=True)
    last.get_by_role("radio", name="5 stars").click()
    expect(last.get_by_role("radio", name="5 stars")).to_be_checked()
    button(grid, "By stars").click()
    first = grid.get_by_role("group", name="Take A", exact=True)
    assert last.bounding_box()["x"] < first.bounding_box()["x"]
    button(grid, "Reveal").click()
    expect(button(grid, "By stars")).to_have_attribute("aria-pressed", "false")


@pytest.mark.slow
def test_a_large_take_fills_the_room_and_the_size_stays_that_of_the_others(open_grid):
    notebook, grid = open_grid("seed='1-4'", page={"viewport": {"width": 1280, "height": 800}})
    ready(notebook, grid, 4)
    size = grid.get_by_role("slider", name="Size").input_value()
    button(take(grid, 1), "Enlarge").click()
    cell = take(grid, 1).bounding_box()
    caption = take(grid, 1).get_by_title("320×180").bounding_box()
    assert cell["y"] + cell["height"] - caption["y"] - caption["height"] < 8
    button(take(grid, 1), "Pick").click()
    expect(button(take(grid, 1), "Pick")).to_have_attribute("aria-pressed", "true")
    assert grid.get_by_role("slider", name="Size").input_value() == size


# Sizes --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_large_letters_have_room(open_grid):
    notebook, grid = open_grid("seed='1-3'", faults=["fail:whom=seed=2:message=too menacing"])
    ready(notebook, grid, 2)
    fitting = "all => all.every(it => it.scrollHeight <= it.clientHeight + 1)"
    parts = grid.locator("button:visible, .swg-caption:visible, .swg-label:visible")
    small = button(take(grid, 2), "Retry").bounding_box()["height"]
    notebook.page.add_style_tag(content=":root, body { --jp-ui-font-size1: 20px !important; }")
    expect(take(grid, 1).locator(".swg-caption")).to_have_css("font-size", "17px")
    assert parts.evaluate_all(fitting)
    assert button(take(grid, 2), "Retry").bounding_box()["height"] == pytest.approx(small * 20 / 13, abs=1)


@pytest.mark.slow
def test_fingers_find_each_button_of_a_small_take(open_grid):
    page = {**NARROW, "has_touch": True, "is_mobile": True}
    _, grid = open_grid("resolution=['480p', '720p'], seed='1-3'", page=page)
    expect(grid).to_contain_text("6 of 6 done")
    cell = take(grid, 1).first
    expect(button(cell, "Enlarge")).to_be_hidden()  # two taps do the same
    stars, pick, more = cell.get_by_role("radiogroup"), button(cell, "Pick"), button(cell, "More")
    for first, second in ((stars, pick), (pick, more), (stars, more)):
        assert is_clear(first, second)
    assert lies_in(more, cell)
    for part in (pick, more):
        assert part.bounding_box()["height"] >= 34


@pytest.mark.slow
@pytest.mark.parametrize("width", [700, 1280])
def test_the_table_that_stays_in_the_notebook_fits_and_has_no_stripes(open_grid, width):
    page = {"viewport": {"width": width, "height": 900}}
    notebook, _ = open_grid("resolution=['480p', '720p'], seed='1-3'", "grid.wait(30).show()", page=page)
    notebook.run("grid.wait(30)")
    output = notebook.cell("grid.wait(30)").locator(".jp-OutputArea-output").first
    last = output.locator("video").last
    expect(last).to_be_visible()
    assert output.evaluate("output => output.scrollWidth <= output.clientWidth")
    assert last.evaluate("video => video.clientWidth / video.clientHeight") == pytest.approx(16 / 9, abs=0.1)
    for row in output.locator("tr").all():
        expect(row).to_have_css("background-color", "rgba(0, 0, 0, 0)")
