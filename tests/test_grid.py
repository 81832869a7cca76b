"""Grids: takes side by side, what the page is told of them, and its questions answered."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

import seedance_widgets as sw
from seedance_widgets import grid as grid_module
from seedance_widgets import media
from seedance_widgets.errors import ConfigError, RequestInvalid
from seedance_widgets.simulator import Fault


@pytest.fixture
def faulty(make_simulator, make_studio):
    """A Studio whose simulator fails the takes with a seed."""

    def make(seed: int, **options: object) -> sw.Studio:
        fault = Fault("fail", whom=f"seed={seed}", value="too menacing", times=1)
        return make_studio(make_simulator(faults=[fault]), **options)

    return make


def ask(grid, kind, **fields):
    """Ask as the page does; return the answer and its buffers."""
    got = []
    grid.send = lambda content, buffers=None: got.append((content, buffers or []))
    grid._handle_custom_msg({"kind": kind, "id": "7", **fields}, [])
    until(lambda: got)
    content, buffers = got[0]
    assert (content["kind"], content["id"]) == ("answer", "7")
    return content, buffers


def until(test, seconds=10.0):
    """Wait until the page's state says so: changes reach it a moment later."""
    deadline = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def statuses(grid):
    return [cell["status"] for cell in grid._cells]


# Asking for it ------------------------------------------------------------------------------------------------


def test_a_sweep_makes_one_take_for_each_combination_in_reading_order(studio):
    grid = studio.sweep("a dragon", resolution=["480p", "720p"], seed="1-3").wait(20)
    assert grid.axes == {"resolution": ["480p", "720p"], "seed": [1, 2, 3]}
    made = [(take.request["resolution"], take.seed) for take in grid.generations]
    assert made == [("480p", 1), ("480p", 2), ("480p", 3), ("720p", 1), ("720p", 2), ("720p", 3)]
    assert {take.status for take in grid.generations} == {"completed"}


def test_the_takes_of_a_sweep_are_one_group(studio):
    grid, other = studio.sweep("a dragon", seed="1-2"), studio.sweep("a dragon", seed="3-4")
    groups = [{take.ticket.group for take in each.generations} for each in (grid, other)]
    assert [len(group) for group in groups] == [1, 1]
    assert groups[0] != groups[1]


def test_nothing_is_sent_when_anything_is_wrong(studio, simulator):
    with pytest.raises(RequestInvalid):
        studio.sweep("a dragon", resolution=["480p", "8k"], seed="1-3")
    with pytest.raises(ConfigError, match="nothing to make"):
        studio.sweep("a dragon", seed="1-3", skip=lambda values: True)
    assert not simulator.requests
    assert len(studio.library) == 0


def test_without_a_key_nothing_is_written(tmp_path):
    with sw.Studio(library=tmp_path / "library") as studio:
        with pytest.raises(ConfigError):
            studio.sweep("a dragon", seed="1-3")
        assert len(studio.library) == 0


def test_the_same_sweep_again_buys_nothing_unless_asked(studio, simulator):
    first = studio.sweep("a dragon", seed="1-3").wait(20)
    second = studio.sweep("a dragon", seed="1-4").wait(20)
    assert [take.key for take in second.generations[:3]] == [take.key for take in first.generations]
    assert len(simulator.created) == 4
    studio.sweep("a dragon", seed="1-3", again=True).wait(20)
    assert len(simulator.created) == 7


def test_skipped_combinations_stay_empty(studio, simulator):
    skip = {"resolution": "720p", "seed": 2}
    grid = studio.sweep("a dragon", resolution=["480p", "720p"], seed="1-2", skip=skip).wait(20)
    assert len(grid.generations) == len(simulator.created) == 3
    assert statuses(grid)[3] == "skipped"
    assert grid._cells[3]["key"] == ""


def test_the_functions_of_the_package_use_the_default_studio(studio):
    sw.use(studio)
    grid = sw.sweep("a dragon", seed="1-2").wait(20)
    assert isinstance(grid, sw.Grid)
    assert isinstance(sw.compare(*grid.generations), sw.Grid)


def test_importing_a_room_leaves_the_function_of_the_same_name(studio):
    sw.use(studio)
    sw.panel().close()
    assert sw.Panel.__module__ == "seedance_widgets.panel"
    sw.panel().close()  # the first one has imported the module `panel`
    assert callable(sw.sweep)


# Before many are sent -----------------------------------------------------------------------------------------


@pytest.fixture
def front_end(monkeypatch):
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)


def test_plain_code_is_never_asked(studio):
    grid = studio.sweep("a dragon", seed="1-17").wait(30)
    assert [take.status for take in grid.generations] == ["completed"] * 17


@pytest.mark.usefixtures("front_end")
def test_above_16_takes_a_displayed_grid_asks_first(studio, simulator):
    grid = studio.sweep("a dragon", seed="1-17")
    assert grid.generations == []
    assert "17 takes" in grid._asks["words"]
    assert statuses(grid) == ["asking"] * 17
    assert not simulator.created
    ask(grid, "start")
    assert len(grid.wait(30).generations) == 17
    assert grid._asks is None
    assert len(simulator.created) == 17
    grid.start()
    assert len(simulator.created) == 17, "the second press of Start sends nothing"


@pytest.mark.usefixtures("front_end")
def test_only_new_takes_count_and_confirm_decides(studio):
    studio.sweep("a dragon", seed="1-16").wait(30)
    assert studio.sweep("a dragon", seed="1-17")._asks is None, "one new take"
    assert studio.sweep("a phoenix", seed="1-17", confirm=False)._asks is None
    studio.wait(30)


def test_confirm_true_asks_always_and_cancel_sends_nothing(studio, simulator):
    grid = studio.sweep("a dragon", seed="1-2", confirm=True)
    assert grid.wait(1).generations == []
    ask(grid, "cancel")
    assert "Nothing was sent" in grid._asks["words"]
    assert not simulator.created
    ask(grid, "start")
    assert len(grid.wait(20).generations) == 2


def test_the_question_tells_the_price_as_far_as_it_is_known(studio):
    unknown = studio.sweep("a dragon", seed="1-2", confirm=True)
    assert "not known" in unknown._asks["words"]
    price = studio.generate("a dragon", seed=1).result(20).usd
    known = studio.sweep("a dragon", seed="1-3", confirm=True)
    assert known._asks["words"] == f"3 takes, 1 of them here already, about ${2 * price:.2f}"
    assert "nothing is charged" in studio.sweep("a dragon", seed=[1], confirm=True)._asks["words"]


def test_a_sweep_beyond_the_budget_is_refused_before_anything_is_sent(make_studio, simulator):
    price = make_studio(simulator).generate("a dragon", seed=1).result(20).usd
    studio = make_studio(simulator, budget_usd=2.5 * price)
    with pytest.raises(ConfigError, match="Nothing was sent") as caught:
        studio.sweep("a dragon", seed="2-4")
    assert f"${2.5 * price:.2f}" in str(caught.value)
    assert len(simulator.created) == 1
    studio.sweep("a dragon", seed="1-3").wait(20)  # one is here, two are affordable
    with pytest.raises(ConfigError, match="left"):
        studio.sweep("a dragon", seed="4-4")
    assert len(simulator.created) == 3


def test_the_budget_counts_again_when_the_question_is_answered(make_studio, simulator):
    price = make_studio(simulator).generate("a dragon", seed=1).result(20).usd
    studio = make_studio(simulator, budget_usd=2.5 * price)
    asking = studio.sweep("a dragon", seed="2-3", confirm=True)
    studio.sweep("a dragon", seed="4-5").wait(20)
    answer, _ = ask(asking, "start")
    assert answer["ok"] is False
    assert "Nothing was sent" in answer["error"]
    assert asking.generations == []
    assert len(simulator.created) == 3


# What the page is told ----------------------------------------------------------------------------------------


def test_headers_and_places(studio):
    grid = studio.sweep(["a dragon", "a phoenix"], resolution=["480p", "720p"], seed="1-2", confirm=True)
    assert grid._title == ""
    assert grid._layout == {
        "columns": ["seed 1", "seed 2"],
        "rows": ["480p", "720p"],
        "blocks": ["a dragon", "a phoenix"],
    }
    assert [cell["place"] for cell in grid._cells][:5] == [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0]]
    assert grid._cells[7]["label"] == "a phoenix · 720p · seed 2"


def test_a_cell_keeps_the_shape_that_its_request_asks_for(studio):
    grid = studio.sweep("a dragon", aspect_ratio=["9:16", "21:9"], seed=1, confirm=True)
    assert [cell["ratio"] for cell in grid._cells] == [[9, 16], [21, 9]]
    assert studio.sweep("a dragon", seed="1-2", confirm=True)._cells[0]["ratio"] == [16, 9]


def test_a_completed_cell_knows_its_clip_from_the_file(studio):
    grid = studio.sweep("a dragon", seed="1-2").wait(20)
    until(lambda: statuses(grid) == ["completed"] * 2)
    cell, take = grid._cells[0], grid.generations[0]
    facts = media.probe(take.path)
    assert cell["clip"] == {
        "bytes": take.path.stat().st_size,
        "fps": facts.fps,
        "frames": facts.frames,
        "seconds": facts.duration,
        "audio": False,
    }
    assert cell["name"] == "Take seed 1"
    assert f"{facts.width}×{facts.height}" in cell["caption"]


def test_expected_times_are_learned_and_never_made_up(make_simulator, make_studio):
    studio = make_studio(make_simulator(speed=40.0))
    first = studio.sweep("a dragon", seed="1-3")
    until(lambda: all(cell["since"] for cell in first._cells))
    assert {cell["expected"] for cell in first._cells} == {None}
    first.wait(30)
    second = studio.sweep("a dragon", seed="4-5")
    until(lambda: all(cell["since"] and cell["expected"] for cell in second._cells))
    assert all(0 < cell["expected"] < 5 for cell in second._cells)


def test_many_changes_are_few_messages(make_simulator, make_studio):
    studio = make_studio(make_simulator(speed=40.0))
    grid = studio.sweep("a dragon", seed="1-12")
    told = []
    grid.observe(told.append, "_cells")
    grid.wait(30)
    until(lambda: statuses(grid) == ["completed"] * 12)
    assert len(told) < 12 * 3, "fewer than the changes of status alone"


def test_what_the_kernel_sends_holds_no_key_and_is_small(make_simulator, make_studio):
    simulator = make_simulator(token="sk-a-secret")
    grid = make_studio(simulator).sweep("a dragon", seed=range(64), confirm=True)
    state = json.dumps({name: value for name, value in grid.get_state().items() if name not in ("_esm", "_css")})
    assert simulator.token not in state
    assert len(state) < 40_000


# The page's questions -----------------------------------------------------------------------------------------


def test_clip_and_poster_come_as_bytes(studio):
    grid = studio.sweep("a dragon", seed="1-2").wait(20)
    take = grid.generations[1]
    answer, buffers = ask(grid, "clip", key=take.key)
    assert answer["ok"]
    assert bytes(buffers[0]) == take.path.read_bytes()
    answer, buffers = ask(grid, "poster", key=take.key)
    assert answer["type"] == "image/jpeg"
    assert bytes(buffers[0]).startswith(b"\xff\xd8")


def test_clips_come_in_parts_several_in_one_answer(studio):
    grid = studio.sweep("a dragon", seed="1-2").wait(20)
    one, two = grid.generations
    clip = two.path.read_bytes()
    one.path.unlink()
    parts = [[two.key, 0, 100], [one.key, 0, 100], ["unknown", 0, 100], [two.key, 100, 10**12], [two.key, len(clip), 5]]
    answer, buffers = ask(grid, "parts", parts=parts)
    whole = {"total": len(clip), "type": "video/mp4"}
    assert [bytes(each) for each in buffers] == [clip[:100], b"", b"", clip[100:], b""]
    assert [answer["parts"][index] for index in (0, 3, 4)] == [whole] * 3
    assert "No such file" in answer["parts"][1]["error"]
    assert "holds no take 'unknown'" in answer["parts"][2]["error"]


@pytest.mark.parametrize(
    "question",
    [
        {"kind": "clip", "key": "unknown"},
        {"kind": "clip"},
        {"kind": "rate", "key": "KEY", "stars": 9},
        {"kind": "rate", "key": "KEY", "stars": "3"},
        {"kind": "clip", "key": "KEY", "number": 5},
        {"kind": "parts"},
        {"kind": "use_seed", "key": "KEY"},
    ],
)
def test_a_question_that_cannot_be_met_is_answered_in_words(studio, question):
    grid = studio.sweep("a dragon", seed="1-2").wait(20)
    fields = {name: grid.generations[0].key if value == "KEY" else value for name, value in question.items()}
    answer, _ = ask(grid, **fields)
    assert answer["ok"] is False
    assert answer["error"]


def test_messages_of_others_are_left_alone(studio):
    grid = studio.sweep("a dragon", seed="1-2").wait(20)
    sent = []
    grid.send = lambda *message: sent.append(message)
    for message in ({"kind": "dance", "id": "1"}, {"event": "click"}, "hello", None):
        grid._handle_custom_msg(message, [])
    assert sent == []


def test_stars_and_picks_are_kept_in_the_library(studio, make_studio, simulator):
    grid = studio.sweep("a dragon", seed="1-2").wait(20)
    key = grid.generations[0].key
    assert ask(grid, "rate", key=key, stars=4)[0]["ok"]
    assert ask(grid, "pick", key=key, picked=True)[0]["ok"]
    until(lambda: (grid._cells[0]["rating"], grid._cells[0]["picked"]) == (4, True))
    studio.close()
    kept = make_studio(simulator).library.get(key)
    assert (kept.rating, kept.picked) == (4, True)


def test_the_ratings_are_a_table(studio):
    grid = studio.sweep("a dragon", resolution=["480p"], seed="1-2").wait(20)
    grid.generations[1].rate(5)
    rows = grid.ratings
    assert [(row["resolution"], row["seed"], row["rating"], row["picked"]) for row in rows] == [
        ("480p", 1, 0, False),
        ("480p", 2, 5, False),
    ]
    assert "<td>480p</td><td>2</td><td>5</td>" in rows._repr_html_()


def test_a_failed_take_says_why_and_another_try_comes_into_its_cell(faulty):
    studio = faulty(seed=2)
    grid = studio.sweep("a dragon", seed="1-3").wait(20)
    until(lambda: statuses(grid) == ["completed", "error", "completed"])
    failed = grid._cells[1]
    assert "too menacing" in failed["reason"]
    assert failed["resend"] is True
    answer, _ = ask(grid, "retry", key=failed["key"])
    assert answer["key"] == grid.generations[1].key != failed["key"]
    grid.wait(20)
    until(lambda: statuses(grid) == ["completed"] * 3)
    assert ask(grid, "retry", key=failed["key"])[0]["ok"] is False, "the old take is no longer in the grid"


def test_a_take_that_was_refused_is_sent_again_as_itself(make_simulator, make_studio):
    simulator = make_simulator(faults=["server_error:post:status=400:times=1"])
    grid = make_studio(simulator).sweep("a dragon", seed=[1, 2]).wait(20)
    (failed,) = [take for take in grid.generations if take.status == "error"]
    assert ask(grid, "retry", key=failed.key)[0]["key"] == failed.key
    assert failed.wait(20).status == "completed"
    assert len(simulator.created) == 2


def test_stop_stops_watching_and_resume_goes_on(make_simulator, make_studio):
    simulator = make_simulator(speed=10.0)
    grid = make_studio(simulator).sweep("a dragon", seed="1-2")
    until(lambda: all(take.id for take in grid.generations))
    ask(grid, "stop")
    grid.wait(5)
    until(lambda: statuses(grid) == ["stopped"] * 2)
    assert grid._cells[0]["resend"] is False
    for take in grid.generations:
        ask(grid, "retry", key=take.key)
    simulator.advance(100)
    grid.wait(30)
    assert [take.status for take in grid.generations] == ["completed"] * 2
    assert len(simulator.created) == 2


def test_the_request_is_shown_as_it_was_sent(studio):
    grid = studio.sweep("a dragon é", seed="1-2").wait(20)
    answer, _ = ask(grid, "request", key=grid.generations[0].key)
    assert json.loads(answer["text"]) == grid.generations[0].request
    assert answer["prompt"] == "a dragon é"


def test_what_goes_on_in_the_panel_goes_to_the_panel(studio):
    grid = studio.sweep("a dragon", seed="1-2").wait(20)
    used = []
    grid.panel = SimpleNamespace(use_seed=used.append)
    assert ask(grid, "use_seed", key=grid.generations[1].key)[0]["ok"]
    assert used == [grid.generations[1]]
    assert ask(grid, "more_like", key=grid.generations[1].key)[0]["ok"] is False


def test_a_closed_grid_hears_no_more(studio):
    grid = studio.sweep("a dragon", seed="1-2").wait(20)
    until(lambda: statuses(grid) == ["completed"] * 2)
    grid.close()
    told = []
    grid.observe(told.append, "_cells")
    grid.generations[0].rate(3)
    studio.runner.dispatch(lambda: told.append("dispatched"))
    until(lambda: told)
    time.sleep(2 * grid_module.COALESCE)
    assert told == ["dispatched"]


# Going through them -------------------------------------------------------------------------------------------


def test_takes_come_as_they_become_done(studio):
    grid = studio.sweep("a dragon", seed="1-3")
    assert {take.seed for take in grid.as_completed()} == {1, 2, 3}
    assert all(take.done for take in grid.generations)


def test_takes_come_as_they_become_done_in_async_code(studio):
    grid = studio.sweep("a dragon", seed="1-3")

    async def collect():
        return [take.seed async for take in grid.as_completed()]

    assert sorted(asyncio.run(collect())) == [1, 2, 3]


def test_wait_ends_at_the_timeout(make_simulator, make_studio):
    grid = make_studio(make_simulator(speed=0.5)).sweep("a dragon", seed="1-2")
    began = time.monotonic()
    assert grid.wait(0.2) is grid
    assert time.monotonic() - began < 2
    assert not any(take.done for take in grid.generations)


# Comparing ----------------------------------------------------------------------------------------------------


def test_what_differs_in_one_field_has_it_as_the_axis(studio):
    takes = [studio.generate("a dragon", seed=seed) for seed in (7, 3)]
    grid = studio.compare(takes[0], takes[1].key)
    assert grid.axes == {"seed": [7, 3]}
    assert grid.generations == takes
    assert (grid._title, grid._layout["columns"]) == ("a dragon", ["seed 7", "seed 3"])


def test_what_differs_in_several_has_no_axis_and_labels_say_it(studio):
    takes = [
        studio.generate("a dragon", seed=1, resolution="480p"),
        studio.generate("a phoenix", seed=1, resolution="480p"),
        studio.generate("a phoenix", seed=1),
    ]
    grid = studio.compare(*takes, takes[0])
    assert grid.axes == {}
    assert grid._layout == {
        "columns": ["a dragon · 480p", "a phoenix · 480p", "a phoenix · resolution not set"],
        "rows": [""],
        "blocks": [""],
    }
    assert [cell["place"] for cell in grid._cells] == [[0, 0, 0], [0, 0, 1], [0, 0, 2]]


def test_comparing_sends_nothing_and_needs_takes(studio, simulator):
    with pytest.raises(ConfigError):
        studio.compare()
    for wrong in (5, None, ["a list of keys"]):
        with pytest.raises(sw.ConfigError, match=r"of a list, compare\(\*takes\)"):
            studio.compare(wrong)
    with pytest.raises(KeyError):
        studio.compare("no such key")
    assert not simulator.requests


def test_a_failed_take_of_a_comparison_can_be_tried_again(faulty):
    studio = faulty(seed=2)
    takes = [studio.generate("a dragon", seed=seed).wait(20) for seed in (1, 2)]
    grid = studio.compare(*takes)
    new = grid.retry(takes[1])
    assert new.wait(20).status == "completed"
    assert grid.generations == [takes[0], new]


# In the notebook ----------------------------------------------------------------------------------------------


def test_a_page_without_a_kernel_lists_the_takes_as_text(studio):
    grid = studio.sweep("<script>alert(1)</script>", seed="1-2", confirm=True)
    data = grid._repr_mimebundle_()[0]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "seed 1" in data["text/html"]
    assert "<script>" not in data["text/html"]


def test_the_engine_is_usable_without_the_widget():
    script = "import sys, seedance_widgets as sw; sw.Studio; print('anywidget' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
