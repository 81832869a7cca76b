"""The gallery: what its page is told of a long history, what it asks, and what it leaves in a saved notebook."""

from __future__ import annotations

import csv
import json
import threading
import time
from importlib import import_module
from types import SimpleNamespace

import pytest
from histories import NEWEST, fill

import seedance_widgets as sw
from seedance_widgets import media
from seedance_widgets.database import Database
from seedance_widgets.posters import Posters

gallery_room = import_module("seedance_widgets.gallery")  # the function of the package has the same name
HOSTILE = "<img src=x onerror=alert(1)> & \"quotes\" 'and' ${more}"


def ask(gallery, kind, **fields):
    """Ask as the page does; return the answer and its buffers."""
    got = []
    wall = gallery.wall
    wall.send = lambda content, buffers=None: got.append((content, buffers or []))
    wall._handle_custom_msg({"kind": kind, "id": "7", **fields}, [])
    until(lambda: got)
    (answer,) = got
    return answer


def page(gallery, skip=0, n=48, **search):
    content, _ = ask(gallery, "page", search=search, skip=skip, n=n, whole=True)
    assert content["ok"], content
    return content


def until(test, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


@pytest.fixture
def gallery(studio):
    """A gallery of twenty takes, the newest six of which have clips."""
    fill(studio.library, 20, clips=6)
    made = studio.gallery()
    yield made
    made.close()


# A long history -----------------------------------------------------------------------------------------------


def counted(monkeypatch, act):
    """Return how many statements an act sends to the database, and how many rows come back."""
    statements, found = [], []
    rows = Database.rows

    def run(self, statement, values=()):
        got = rows(self, statement, values)
        if "changes" not in statement:  # that one is asked for by the clock
            statements.append(statement)
            found.append(len(got))
        return got

    with monkeypatch.context() as patch:
        patch.setattr(Database, "rows", run)
        act()
    return len(statements), sum(found)


def test_the_first_page_costs_the_same_however_long_the_history_is(studio, monkeypatch):
    figures = []
    for number, prompt in ((60, "a fox"), (4_940, "another fox")):
        fill(studio.library, number, prompt=prompt, name=prompt, newest=NEWEST + 600 * number)
        gallery, answers = studio.gallery(), []
        figures.append(counted(monkeypatch, lambda gallery=gallery, answers=answers: answers.append(page(gallery))))
        (answer,) = answers
        assert [row["prompt"] for row in answer["rows"]] == [prompt] * 48
        assert len(json.dumps(answer)) < 48 * 700
        gallery.close()
    assert answer["total"] == 5_000
    assert figures[0] == figures[1] == (3, 48 + 1 + 1), "the rows of the page, the totals, the models"


def test_what_is_sent_to_open_it_holds_no_takes(gallery):
    state = {name: value for name, value in gallery.wall.get_state().items() if name not in ("_esm", "_css")}
    assert len(json.dumps(state)) < 1_000


def test_posters_of_a_page_are_few_messages_and_are_made_once(gallery, monkeypatch):
    keys = [row["key"] for row in page(gallery, n=6)["rows"]]
    answer, pictures = ask(gallery, "posters", keys=keys)
    assert (answer["keys"], answer["troubles"]) == (keys, {})
    assert all(bytes(each).startswith(b"\xff\xd8") and len(each) <= 15_000 for each in pictures)
    monkeypatch.setattr(media, "opened", None)  # no clip is opened any more
    again = sw.Studio(library=gallery.studio.library.path, resume=False)
    other = again.gallery()
    assert ask(other, "posters", keys=keys)[1] == pictures
    monkeypatch.setattr(Database, "rows", None)
    assert ask(other, "posters", keys=keys)[1] == pictures, "no question to the database either"
    again.close()


# What the page is told ----------------------------------------------------------------------------------------


def test_a_row_tells_what_the_take_is(gallery):
    row = page(gallery)["rows"][0]
    assert row["name"] == "Take seed 20"
    assert row["caption"] == "seed 20 · 64×48 · 0.5 s · $0.25"
    assert (row["rating"], row["picked"], row["missing"], row["binned"]) == (2, False, False, False)


def test_the_page_searches_filters_and_sorts(gallery):
    assert [row["rating"] for row in page(gallery, n=3, order="stars")["rows"]] == [5, 5, 5]
    found = page(gallery, text="snow", seeds="3-5", order="oldest")
    assert [row["name"] for row in found["rows"]] == ["Take seed 3", "Take seed 4", "Take seed 5"]
    assert (found["total"], found["money"]) == (3, "$0.75")
    assert page(gallery, text="dragon")["rows"] == []
    assert page(gallery)["models"] == ["vendor/model"]


def test_what_to_begin_with_can_be_given(studio):
    fill(studio.library, 8)
    sw.use(studio)
    gallery = sw.gallery("fox", stars=4, order="oldest")
    assert isinstance(gallery, sw.Gallery)
    assert gallery.wall._search == {"text": "fox", "stars": 4, "order": "oldest"}
    assert "Gallery of" in repr(gallery)
    with pytest.raises(ValueError, match="no day"):
        studio.gallery(when="someday")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"stars": "many"}, "stars is a number from -1 to 5, not 'many'"),
        ({"stars": 9}, "stars is a number from -1 to 5, not 9"),
        ({"stars": True}, "stars is a number from -1 to 5, not True"),
        ({"when": 7}, "when is text, such as '7', not 7"),
        ({"seeds": [1, 2]}, r"seeds is text, such as '7', not \[1, 2\]"),
        ({"picked": "yes"}, "picked is True or False, not 'yes'"),
        ({"simulated": 1}, "simulated is True, False or None, not 1"),
        ({"order": None}, "order is text, not None"),
        ({"text": 5}, "text is text, not 5"),
        ({"colour": "red"}, "There is no filter 'colour': there are text, model, seeds, stars"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_in_words(studio, wrong, words):
    with pytest.raises((TypeError, ValueError), match=words):
        studio.gallery(**wrong)
    assert studio.gallery(stars=-1, simulated=None, when="7").search.stars == -1


def test_takes_that_are_being_made_appear_and_change_by_themselves(make_simulator, make_studio):
    studio = make_studio(make_simulator(speed=60.0))
    gallery = studio.gallery()
    assert page(gallery)["total"] == 0
    version = gallery.wall._version
    take = studio.generate("a red kite", seed=3)
    until(lambda: gallery.wall._version > version)
    (row,) = page(gallery)["rows"]
    assert row["key"] == take.key
    take.wait(20)
    until(lambda: page(gallery)["rows"][0]["status"] == "completed")
    assert page(gallery)["rows"][0]["clip"]["frames"] == 12


def test_changes_of_another_kernel_appear_too(gallery):
    page(gallery)
    version = gallery.wall._version
    other = sw.Library(gallery.studio.library.path)
    other.recent(1)[0].rate(5)
    other.close()
    until(lambda: gallery.wall._version > version)


# Clips --------------------------------------------------------------------------------------------------------


def test_a_clip_comes_as_bytes_also_out_of_the_bin(gallery):
    take = gallery.studio.library.recent(1)[0]
    body = take.path.read_bytes()
    assert bytes(ask(gallery, "clip", key=take.key)[1][0]) == body
    ask(gallery, "delete", keys=[take.key])
    assert bytes(ask(gallery, "clip", key=take.key)[1][0]) == body


def test_a_missing_clip_and_a_damaged_one_are_told_in_words(gallery):
    new, old = (gallery.studio.library.recent(2)[index] for index in (0, 1))
    new.path.unlink()
    old.path.write_bytes(old.path.read_bytes()[:600])
    rows = page(gallery)["rows"]
    assert [row["missing"] for row in rows[:2]] == [True, False]
    assert "The clip is gone" in ask(gallery, "clip", key=new.key)[0]["error"]
    troubles = ask(gallery, "posters", keys=[new.key, old.key, "unknown"])[0]["troubles"]
    assert "The clip is gone" in troubles[new.key]
    assert "cannot be played" in troubles[old.key]
    assert "not in the history" in troubles["unknown"]


# Details, and what people say ---------------------------------------------------------------------------------


def test_the_details_hold_the_request_the_cost_and_the_times(gallery):
    take = gallery.studio.library.recent(1)[0]
    answer, _ = ask(gallery, "details", key=take.key)
    assert json.loads(answer["text"]) == take.request
    facts = dict(answer["facts"])
    assert facts["Cost"] == "$0.25"
    assert facts["Clip"] == "64×48 · 0.5 s · 12 frames"
    assert facts["Took"] == "41 s"
    assert facts["File"] == f"{take.key}.mp4"
    assert str(gallery.studio.library.path) not in json.dumps(answer)


def test_stars_picks_and_notes_are_kept(gallery):
    key = gallery.studio.library.recent(1)[0].key
    ask(gallery, "rate", key=key, stars=4)
    ask(gallery, "pick", key=key, picked=True)
    ask(gallery, "note", key=key, note=HOSTILE)
    kept = sw.Library(gallery.studio.library.path).get(key)
    assert (kept.rating, kept.picked, kept.note) == (4, True, HOSTILE)
    assert page(gallery, picked=True, text="onerror")["total"] == 1


def test_a_take_that_nobody_watches_is_looked_for_again_and_nothing_is_sent(make_simulator, make_studio):
    simulator = make_simulator(speed=60.0)
    studio = make_studio(simulator)
    gallery = studio.gallery()
    take = studio.generate("a red kite")
    until(lambda: take.id)
    take.stop()
    assert take.wait(10).status == "stopped"
    assert ask(gallery, "look_again", key=take.key)[0]["ok"]
    assert take.wait(20).status == "completed"
    assert len(simulator.created) == 1
    (stranger,) = fill(studio.library, 1)
    assert "this Studio talks to" in ask(gallery, "look_again", key=stranger)[0]["error"]


# What is done with the chosen ---------------------------------------------------------------------------------


def test_the_chosen_are_compared_below(gallery):
    keys = [take.key for take in gallery.studio.library.recent(2)]
    assert ask(gallery, "compare", keys=keys)[0]["ok"]
    assert [take.key for take in gallery.grid.generations] == keys
    assert gallery.grid.axes == {"seed": [20, 19]}
    assert any(gallery.grid in box.children for box in gallery.children if hasattr(box, "children"))
    gallery.fold()
    assert gallery.grid is None


def test_a_request_goes_into_the_panel_and_one_is_opened_where_there_is_none(studio):
    take = studio.generate("a red kite", seed=3, resolution="480p").wait(20)
    gallery = studio.gallery()
    assert ask(gallery, "use_request", key=take.key)[0]["ok"]
    until(lambda: gallery.panel.form.request.get("seed") == 3)
    assert gallery.panel.form.request["prompt"] == "a red kite"
    used = []
    gallery.panel = SimpleNamespace(use_request=used.append)
    ask(gallery, "use_request", key=take.key)
    assert used == [take]


def test_the_chosen_are_exported_to_a_folder_beside_the_notebook(gallery, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    takes = gallery.studio.library.recent(3)
    answer, _ = ask(gallery, "export", keys=[take.key for take in takes])
    folder = tmp_path / answer["path"]
    assert len(list(folder.glob("*.mp4"))) == 3
    with (folder / "takes.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["key"] for row in csv.DictReader(file)] == [take.key for take in takes]
    requests = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*-seed-*.json"))]
    assert requests == [take.request for take in takes]


def test_deleted_takes_wait_in_the_bin_until_it_is_emptied(gallery):
    library = gallery.studio.library
    keys = [take.key for take in library.recent(3)]
    ask(gallery, "posters", keys=keys)
    answer, _ = ask(gallery, "delete", keys=keys)
    assert (answer["done"], answer["refused"]) == (3, {})
    assert (page(gallery)["total"], page(gallery)["binned"]) == (17, 3)
    assert [row["binned"] for row in page(gallery, binned=True, order="deleted")["rows"]] == [True] * 3
    assert ask(gallery, "restore", keys=keys[:1])[0]["done"] == 1
    promised = ask(gallery, "usage")[0]["bin"]
    answer, _ = ask(gallery, "empty")
    assert (answer["done"], answer["freed"]) == (2, promised)
    assert ask(gallery, "usage")[0]["bin"] == "0 kB"
    assert [bool(Posters(library.path).kept(key)) for key in keys] == [True, False, False]
    assert page(gallery)["total"] == 18


def test_what_is_being_made_cannot_be_deleted_and_the_reason_is_told(make_simulator, make_studio):
    studio = make_studio(make_simulator(speed=0.5))
    gallery = studio.gallery()
    take = studio.generate("a red kite")
    answer, _ = ask(gallery, "delete", keys=[take.key])
    assert answer["done"] == 0
    assert "still being made" in answer["refused"][take.key]


def test_posters_can_be_deleted_and_come_back(gallery):
    keys = [take.key for take in gallery.studio.library.recent(2)]
    ask(gallery, "posters", keys=keys)
    size = ask(gallery, "usage")[0]["posters"]
    assert ask(gallery, "clear_posters")[0]["freed"] == size
    assert ask(gallery, "posters", keys=keys)[0]["keys"] == keys


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("page", {"search": {"seeds": "seven"}}, "no seed"),
        ("page", {"search": "dragon"}, "a dict"),
        ("page", {"n": 10_000}, "whole number"),
        ("page", {"n": 10, "skip": -1}, "whole number"),
        ("clip", {"key": "unknown"}, "not in the history"),
        ("clip", {}, "key"),
        ("compare", {"keys": []}, "No take is selected"),
        ("compare", {"keys": [str(number) for number in range(40)]}, "too many"),
        ("rate", {"key": "take000020", "stars": 9}, "Stars"),
        ("export", {"keys": ["take000001"]}, "no completed take"),
    ],
)
def test_a_question_that_cannot_be_met_is_answered_in_words(gallery, kind, fields, words):
    answer, _ = ask(gallery, kind, **fields)
    assert answer["ok"] is False
    assert words in answer["error"]


def test_a_search_of_the_page_takes_what_it_knows_and_nothing_else(gallery):
    assert page(gallery, stars="many", text=7, nonsense=1, simulated=None)["total"] == 20


# In the notebook ----------------------------------------------------------------------------------------------


def test_a_saved_notebook_shows_the_first_takes_and_stays_small(gallery, monkeypatch):
    monkeypatch.setattr(gallery_room, "PATIENCE", 60.0)
    gallery._repr_mimebundle_()  # the first time a cell waits for it, so that few pictures are made
    bundle = gallery._repr_mimebundle_()
    html = bundle["text/html"]
    assert html.count("data:image/jpeg;base64,") == 6
    assert "seed 20" in html
    assert "8 more" in html
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert len(json.dumps(bundle)) < 30_000


def test_a_thousand_long_and_hostile_prompts_stay_small_and_text(studio):
    fill(studio.library, 1_000, prompt=HOSTILE * 200)
    html = studio.gallery()._repr_mimebundle_()["text/html"]
    assert len(html) < 20_000
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_an_empty_history_says_so(studio):
    gallery = studio.gallery()
    assert "No takes yet" in gallery._repr_mimebundle_()["text/html"]
    answer = page(gallery)
    assert (answer["rows"], answer["total"], answer["money"]) == ([], 0, "")


def test_no_key_is_in_what_the_page_gets(make_simulator, make_studio):
    simulator = make_simulator(token="sk-a-secret")
    studio = make_studio(simulator)
    take = studio.generate("a red kite").wait(20)
    gallery = studio.gallery()
    sent = [page(gallery), ask(gallery, "details", key=take.key)[0], gallery._repr_mimebundle_()]
    state = {name: value for name, value in gallery.wall.get_state().items() if name not in ("_esm", "_css")}
    assert simulator.token not in json.dumps([*sent, state])


@pytest.mark.parametrize("closed", ["gallery", "studio"])
def test_what_is_closed_looks_no_more(gallery, closed):
    page(gallery)
    assert looking()
    (gallery if closed == "gallery" else gallery.studio).close()
    until(lambda: not looking())


def looking():
    return [thread.name for thread in threading.enumerate() if thread.name == "seedance-gallery"]
