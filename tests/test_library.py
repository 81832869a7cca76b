from __future__ import annotations

import gc
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedance_widgets.errors import LibraryError
from seedance_widgets.generation import STATUSES
from seedance_widgets.library import Library
from seedance_widgets.tickets import Ticket

BASE = "http://api.example"


def ticket(key="k1", prompt="a fox", seed=4, **facts):
    request = {"model": "vendor/model", "prompt": prompt, "seed": seed}
    known = {
        "key": key,
        "model": "vendor/model",
        "request": request,
        "base_url": BASE,
        "create_path": "/c",
        "retrieve_path": "/r",
        "prompt": prompt,
        "seed": seed,
        "likeness": "like",
    }
    return Ticket(**{**known, **facts})


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path / "home")
    yield made
    made.close()


def add(library, key="k1", status="planned", again=True, prompt="a fox", seed=4, base_url=BASE, **facts):
    generation, _ = library.plan(ticket(key, prompt, seed, base_url=base_url), again=again)
    if status != "planned" or facts:
        library.update(generation, status=status, **facts)
    return generation


def reopened(library):
    """The same folder, read by a library that has seen nothing of it."""
    return Library(library.path)


# keeping


def test_everything_is_found_again_as_it_was(library):
    generation = add(library)
    facts = {
        "id": "uuid:vendor/model",
        "status": "completed",
        "detail": "words",
        "error": {"name": "E", "message": "m"},
        "credits": 180_000.0,
        "usd": 0.09,
        "paths": (library.clip_path("k1"), library.clip_path("k1", 1)),
        "sending_at": 10.0,
        "finished_at": 50.0,
        "ended_at": 51.0,
    }
    library.update(generation, **facts)
    generation.rate(3)
    generation.pick()
    generation.remark("a “note”")
    found = reopened(library).get("k1")
    assert found is not generation
    assert found.ticket == generation.ticket
    assert found.request == {"model": "vendor/model", "prompt": "a fox", "seed": 4}
    for name, value in {**facts, "rating": 3, "picked": True, "note": "a “note”"}.items():
        assert getattr(found, name) == value, name


def test_it_is_on_the_disk_before_the_object_moves(library):
    generation = add(library)
    other, seen = reopened(library), []
    generation.observe(
        lambda change: seen.append(other.database.rows("SELECT status FROM generations")[0][0]), "status"
    )
    library.update(generation, status="queued")
    assert seen == ["queued"]


def test_one_row_is_one_object_for_as_long_as_somebody_holds_it(library):
    generation = add(library)
    assert library.get("k1") is generation
    assert library.recent() == [generation]
    assert library.search("fox")[0] is generation


def test_a_generation_is_found_by_either_id_and_our_own_wins(library):
    add(library, "k1", "queued", id="k2")
    add(library, "k2", "queued", id="-nano_id")
    assert library.get("-nano_id").key == "k2"
    assert library.get("k2").key == "k2"
    with pytest.raises(KeyError, match="no generation 'k3'"):
        library.get("k3")


@pytest.mark.parametrize("seed", [0, 4294967295, 2**63, 2**70, -5, None])
def test_seeds_of_any_size(library, seed):
    add(library, seed=seed)
    found = reopened(library).get("k1")
    assert found.seed == seed
    assert found.request["seed"] == seed


@pytest.mark.parametrize("prompt", ["\ud800 lone", "nul \x00 inside", "🦊 “quotes” 'and' \"more\"", "", "x" * 100_000])
def test_prompts_of_any_text(library, prompt):
    generation = add(library, prompt=prompt)
    library.update(generation, status="error", error={"name": "E", "message": prompt}, detail=prompt)
    found = reopened(library).get("k1")
    assert found.request["prompt"] == prompt  # what is sent is kept to the letter
    assert found.error["message"] == prompt
    generation.remark(prompt)
    found.remark(prompt)
    library.write_sidecar(generation)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.text())
def test_any_text_can_be_kept_and_searched_for(library, prompt, note):
    generation, _ = library.plan(ticket(str(len(library)), prompt), again=True)
    generation.remark(note)
    assert library.get(generation.key).request["prompt"] == prompt
    library.search(prompt)


# what it would repeat


def test_the_same_request_is_found_again_unless_it_ended_in_error(library):
    for status in STATUSES:
        first = add(library, f"first-{status}", status, prompt=status)
        found, is_new = library.plan(ticket(f"second-{status}", prompt=status))
        assert is_new is (status == "error")
        assert (found is first) is (status != "error")


def test_a_completed_one_comes_before_one_in_flight(library):
    add(library, "k1", "queued")
    done = add(library, "k2", "completed")
    assert library.plan(ticket("k3"))[0] is done


def test_what_differs_in_anything_is_new(library):
    add(library, "k1", "completed")
    assert library.plan(ticket("k2", seed=5))[1]
    assert library.plan(ticket("k3", prompt="a fox "))[1]
    assert library.plan(ticket("k4", request={**ticket().request, "duration": 5}))[1]
    assert library.plan(replace(ticket("k5"), simulated=True))[1] is False  # at the same address
    assert library.plan(replace(ticket("k6"), base_url="http://other", simulated=True))[1]
    assert library.plan(replace(ticket("k7"), base_url="http://other"))[1] is False  # the same API by another name


def test_the_order_of_the_fields_does_not_matter(library):
    first = add(library, "k1", "completed")
    turned = dict(reversed(ticket().request.items()))
    assert library.plan(ticket("k2", request=turned))[0] is first


def test_two_libraries_that_plan_at_once_make_one(library):
    others = [library, *(reopened(library) for _ in range(3))]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: others[number % 4].plan(ticket(f"k{number}")), range(16)))
    assert sum(is_new for _, is_new in made) == 1
    assert len({generation.key for generation, _ in made}) == 1


def test_the_mark_of_sending_is_given_once(library):
    generation = add(library)
    assert library.mark_sending(generation) is True
    assert generation.status == "submitting"
    assert generation.sending_at is not None
    assert library.mark_sending(generation) is False
    other = reopened(library)
    assert other.mark_sending(other.get("k1")) is False


def test_only_the_owner_may_send(library):
    add(library)
    other = reopened(library)
    assert other.mark_sending(other.get("k1")) is False
    assert library.mark_sending(library.get("k1")) is True


def test_only_a_lost_or_refused_one_is_taken_back(library):
    for status in STATUSES:
        generation = add(library, status, status, sending_at=5.0)
        assert library.take_back(generation) is (status in ("unconfirmed", "error"))
    known = add(library, "known", "unconfirmed", id="x")
    assert library.take_back(known) is False


# finding


def test_recent_is_newest_first_also_within_one_instant(library):
    for number in range(5):
        library.plan(replace(ticket(f"k{number}", seed=number), created_at=100.0 + number // 2))
    assert [each.key for each in library.recent()] == ["k4", "k3", "k2", "k1", "k0"]
    assert [each.key for each in library.recent(2)] == ["k4", "k3"]
    assert library.recent(0) == library.recent(-3) == []


def test_unfinished_is_what_may_still_bring_a_clip_oldest_first(library):
    for status in STATUSES:
        add(library, status, status)
    add(library, "elsewhere", "queued", base_url="http://other")
    add(library, "by-person", "stopped", stopped_by="person")
    open_ones = ["planned", "submitting", "queued", "generating", "downloading", "stopped"]
    assert [each.key for each in library.unfinished()] == [*open_ones, "elsewhere", "by-person"]
    assert [each.key for each in library.unfinished(BASE)] == [*open_ones, "by-person"]
    assert [each.key for each in library.unfinished(BASE, stopped_by_person=False)] == open_ones


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fox", ["percent", "fox"]),
        ("FOX", ["percent", "fox"]),
        ("fox snow", ["fox"]),
        ("snow fox", ["fox"]),
        ("%", ["percent"]),
        ("100%", ["percent"]),
        ("_", ["under"]),
        ("a_b", ["under"]),
        ("\\", ["slash"]),
        ("'", ["quote"]),
        ('"', ["quote"]),
        ("'; DROP TABLE generations; --", []),
        ("vendor/model", ["quote", "slash", "under", "percent", "fox"]),
        ("99", ["slash"]),
        ("percent", ["percent"]),
        ("", ["quote", "slash", "under", "percent", "fox"]),
        ("whale", []),
    ],
)
def test_search_takes_every_letter_as_it_is(library, text, found):
    add(library, "fox", prompt="a fox in the snow", seed=1)
    add(library, "percent", prompt="100% fox", seed=2)
    add(library, "under", prompt="a_b", seed=3)
    add(library, "slash", prompt="back\\slash", seed=99)
    add(library, "quote", prompt='it\'s “"quoted"”', seed=5)
    assert [each.key for each in library.search(text)] == found
    assert library.search(text, 1) == [library.get(key) for key in found[:1]]


def test_search_finds_notes(library):
    add(library).remark("the tail flickers")
    assert [each.key for each in library.search("TAIL fox")] == ["k1"]


def test_durations_are_of_completed_ones_like_it_newest_first(library):
    add(library, "a", "completed", sending_at=100.0, finished_at=140.0)
    add(library, "b", "completed", sending_at=200.0, finished_at=250.0)
    add(library, "c", "error", sending_at=200.0, finished_at=290.0)
    add(library, "d", "completed", sending_at=300.0, finished_at=200.0)  # the clock was set back
    add(library, "e", "completed")
    assert library.durations("like") == [50.0, 40.0]
    assert library.durations("other") == []


# the folder


def test_the_folder_can_be_moved(library, tmp_path):
    generation = add(library)
    path = library.clip_path("k1")
    path.write_bytes(b"clip")
    library.update(generation, status="completed", paths=(path,))
    library.close()
    shutil.move(library.path, tmp_path / "moved")
    found = Library(tmp_path / "moved").get("k1")
    assert found.path == tmp_path / "moved" / "videos" / "k1.mp4"
    assert found.path.read_bytes() == b"clip"


def test_the_sidecar_tells_what_the_clip_was_made_of(library):
    generation = add(library, id="x", prompt="Füchse")
    facts = json.loads(library.write_sidecar(generation).read_text(encoding="utf-8"))
    assert facts["key"] == "k1"
    assert facts["request"] == generation.request
    assert [each.name for each in library.videos.iterdir()] == ["k1.json"]


def test_names_of_clips_are_made_of_our_key_only(library):
    assert library.clip_path("k1") == library.videos / "k1.mp4"
    assert library.clip_path("k1", 2) == library.videos / "k1-3.mp4"


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError, match="library="):
        Library(tmp_path / "file" / "home")
    with pytest.raises(LibraryError):
        Library(tmp_path / "file")


def test_no_key_and_no_clip_address_is_in_the_folder(make_studio, simulator):
    studio = make_studio(simulator)
    studio.generate("a fox", seed=1).result(20)
    studio.close()
    for path in studio.library.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"X-Tos-Signature" not in data
            assert b"Bearer" not in data
            assert simulator.token.encode() not in data.replace(b"simulated INTEGER", b"").replace(
                b'"simulated"', b""
            ), path


def test_many_threads_use_one_library(library):
    def work(number):
        generation = add(library, f"k{number}", prompt=f"prompt {number}", seed=number)
        library.update(generation, status="completed", credits=float(number))
        generation.rate(number % 6)
        return library.get(f"k{number}").credits

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(60))) == [float(number) for number in range(60)]
    assert len(library) == 60


def test_threads_that_end_leave_no_file_open(library):
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("this system does not show its open files")

    def open_files():
        return sum("library.db" in str(each.resolve()) for each in folder.iterdir() if each.exists())

    add(library)
    before = open_files()
    gc.freeze()  # what is there already is not looked through twenty times
    try:
        for _ in range(20):
            thread = threading.Thread(target=library.recent)
            thread.start()
            thread.join()
            gc.collect()  # a connection and its cache of statements refer to each other
    finally:
        gc.unfreeze()
    assert open_files() <= before + 3
