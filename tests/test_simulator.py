from __future__ import annotations

import statistics
import threading
from pathlib import Path

import pytest

from seedance_widgets.errors import ConfigError
from seedance_widgets.model import DEFAULT_MODEL, load_model, models
from seedance_widgets.simulator import FAULTS, Fault, Simulator, brief
from seedance_widgets.simulator.clips import Clips
from seedance_widgets.simulator.core import Meter, OutOfCredits, World
from seedance_widgets.simulator.faults import Faults
from seedance_widgets.simulator.scene import Scene
from seedance_widgets.simulator.shelf import Shelf

DAY = 86400.0
EPOCH = 1_780_000_000.0
USD = 2_000_000


def world(**options):
    return World(["key", "other"], **{"clock": lambda: 0.0, "epoch": EPOCH, "speed": 1.0, **options})


def seconds_of(job):
    return job.ends - job.accepted


def log(service, account="key", **options):
    return service.logs(account, EPOCH - DAY, EPOCH + DAY, **options)


# states and clock


def test_a_generation_walks_through_the_states_by_the_clock_alone():
    service = world()
    job = service.submit("key", "m", {"prompt": "a"}, 10)
    assert job.status(service.now()) == "queued"
    service.advance(job.starts + 0.01)
    assert job.status(service.now()) == "generating"
    service.advance(job.ends - job.starts)
    assert job.status(service.now()) == "completed"


def test_the_pace_is_that_of_the_real_service_with_a_slow_tail():
    service = world(balance_usd=1e6)
    times = [seconds_of(service.submit("key", "m", {"seed": seed}, 0)) for seed in range(2000)]
    assert min(times) >= 36
    assert max(times) <= 100
    assert 36 <= statistics.median(times) <= 50
    slow = sum(time > 50 for time in times) / len(times)
    assert 0.05 <= slow <= 0.15


def test_at_the_default_speed_a_take_is_done_in_six_to_ten_seconds_mostly():
    service = world(speed=6.0)
    times = sorted(seconds_of(service.submit("key", "m", {"seed": seed}, 0)) for seed in range(200))
    assert times[0] >= 6.0
    assert times[179] <= 10.0


def test_the_same_request_takes_the_same_time_in_whatever_order():
    one, two = world(), world()
    first = {seed: seconds_of(one.submit("key", "m", {"seed": seed}, 0)) for seed in (1, 2, 3)}
    second = {seed: seconds_of(two.submit("key", "m", {"seed": seed}, 0)) for seed in (3, 2, 1)}
    assert first == pytest.approx(second)
    assert len({round(time, 6) for time in first.values()}) == 3


def test_the_same_seed_gives_the_same_ids_and_another_seed_others():
    ids = [world(seed=seed).submit("key", "m", {}, 0).id for seed in (1, 1, 2)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("cgt", r"cgt-2026\d{10}-[a-z0-9]{5}"),
        ("nanoid", r"[-_][A-Za-z0-9_-]{20}"),
        ("uuid", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:vendor/name"),
    ],
)
def test_ids_have_the_published_patterns_and_never_repeat(kind, pattern):
    import re

    service = world(ids=kind)
    ids = [service.submit("key", "vendor/name", {}, 0).id for _ in range(500)]
    assert all(re.fullmatch(pattern, each) for each in ids)
    assert len(set(ids)) == 500


# money


def test_a_generation_is_paid_when_it_completes_and_not_before():
    service = world(balance_usd=1.0)
    job = service.submit("key", "m", {}, USD // 4)
    assert service.balance_usd("key") == 1.0
    service.advance(seconds_of(job) + 0.01)
    assert service.balance_usd("key") == 0.75
    assert service.balance_usd("other") == 1.0


def test_a_generation_that_fails_costs_nothing():
    service = world(balance_usd=1.0)
    job = service.submit("key", "m", {}, USD // 4)
    job.fails = True
    service.advance(200)
    assert service.balance_usd("key") == 1.0
    assert service.in_flight() == 0


def test_what_is_spoilt_after_it_was_paid_is_given_back_once():
    service = world(balance_usd=1.0)
    job = service.submit("key", "m", {}, USD // 4)
    service.advance(200)
    service.settle()
    service.spoil(job, {"name": "X", "message": "y"})
    service.spoil(job, {"name": "X", "message": "y"})
    assert service.balance_usd("key") == 1.0
    assert job.status(service.now()) == "error"


def test_credits_in_flight_cannot_be_spent_twice():
    service = world(balance_usd=1.0)
    service.submit("key", "m", {}, USD * 3 // 4)
    with pytest.raises(OutOfCredits) as short:
        service.submit("key", "m", {}, USD // 2)
    assert (short.value.left, short.value.cost) == (USD // 4, USD // 2)


@pytest.mark.parametrize(
    ("fields", "dollars"),
    [
        ({"resolution": "480p", "duration": 5}, 0.09),
        ({"resolution": "720p", "duration": 10}, 0.40),
        ({"resolution": "1080p", "duration": 5}, 0.45),
        ({}, 0.45),  # the document's default is 1080p
    ],
)
def test_the_price_goes_by_second_and_resolution(fields, dollars):
    assert brief.cost(load_model(DEFAULT_MODEL), fields) == round(dollars * USD)


def test_the_price_list_and_the_price_agree_for_every_bundled_model():
    for model in map(load_model, models()):
        prices = brief.pricing(model)
        (name,) = prices["dimensions"]
        for variant in prices["variants"]:
            body = {name: variant["when"][name], model.role("duration").name: 5}
            assert brief.cost(model, body) == round(variant["price"] * 5 * USD), model.id


# logs


def test_rows_come_newest_first_with_what_was_paid():
    service = world()
    job = service.submit("key", "m", {}, USD, "mine")
    service.advance(1)
    service.refuse("key", "n", None)
    service.advance(200)
    newest, oldest = log(service)
    assert (newest["model"], newest["status"], newest["cost"]) == ("n", "failed", {"usd": 0, "credits": 0})
    assert newest["client_request_id"] is None
    assert (oldest["inference_id"], oldest["client_request_id"]) == (job.id, "mine")
    assert (oldest["status"], oldest["cost"]) == ("succeeded", {"usd": 1.0, "credits": USD})
    assert oldest["created"] == "2026-05-28T20:26:40.000Z"


def test_rows_can_come_late_and_belong_to_one_account():
    service = world()
    service.submit("key", "m", {}, 0)
    assert log(service, delay=3.0) == []
    service.advance(3.0)
    assert len(log(service, delay=3.0)) == 1
    assert log(service, "other", delay=3.0) == []


def test_a_failed_generation_is_a_failed_row_once_it_has_failed():
    service = world()
    service.submit("key", "m", {}, USD).fails = True
    assert log(service)[0]["status"] == "succeeded"
    service.advance(200)
    assert (log(service)[0]["status"], log(service)[0]["cost"]["credits"]) == ("failed", 0)


def test_a_meter_lets_so_many_through_and_says_how_long_to_wait():
    meter = Meter(2, 1.0)
    assert [meter.wait("a", 0.0), meter.wait("a", 0.4), meter.wait("b", 0.4)] == [0.0, 0.0, 0.0]
    assert meter.wait("a", 0.7) == pytest.approx(0.3)
    assert meter.wait("a", 1.1) == 0.0


# what a request asks for


def test_a_scene_is_read_by_role_whatever_the_fields_are_called():
    pro = load_model("bytedance/seedance-1-5-pro")
    body = {
        pro.role("prompt").name: "a fox",
        pro.role("seed").name: -1,
        pro.role("camera_fixed").name: True,
        pro.role("resolution").name: "480p",
        pro.role("duration").name: 7,
    }
    read = brief.scene(pro, body, open_seed=99)
    assert (read.prompt, read.seed, read.camera_fixed) == ("a fox", 99, True)
    assert (read.resolution, read.seconds) == ("480p", 7.0)


def test_a_seed_that_is_given_decides_and_zero_is_one():
    lite = load_model(DEFAULT_MODEL)
    assert brief.scene(lite, {"prompt": "x", "seed": 0}, open_seed=99).seed == 0
    assert brief.scene(lite, {"prompt": "x"}, open_seed=99).seed == 99


def test_a_model_that_makes_sound_by_default_is_heard_unless_told_not_to():
    lite, pro = load_model(DEFAULT_MODEL), load_model("bytedance/seedance-1-5-pro")
    silent = {"prompt": "x", pro.role("audio").name: False}
    assert not brief.scene(lite, {"prompt": "x"}, open_seed=99).audio
    assert brief.scene(pro, {"prompt": "x"}, open_seed=99).audio
    assert not brief.scene(pro, silent, open_seed=99).audio


# faults


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("drop", Fault("drop", "post")),
        ("drop:get:times=1", Fault("drop", "get", times=1)),
        ("rate_limit:post:p=0.1:after=3", Fault("rate_limit", "post", p=0.1, after=3)),
        ("rate_limit:where=logs:retry_after=date", Fault("rate_limit", "logs", value="date")),
        ("redirect:to=http://localhost:1/x", Fault("redirect", value="http://localhost:1/x")),
        ("fail:message=no: not this:whom=dragon", Fault("fail", value="no: not this", whom="dragon")),
        ("cut:bytes=10", Fault("cut", "clip", value="10")),
    ],
)
def test_faults_are_read_as_they_are_written_on_a_command_line(text, fault):
    assert Fault.parse(text) == fault


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dorp", "did you mean 'drop'"),
        ("cut:post", "clip"),
        ("drop:somewhere", "'somewhere'"),
        ("drop:times=often", "number for times"),
        ("zzz", "refuse"),
    ],
)
def test_a_fault_that_is_none_is_refused_in_words(text, says):
    with pytest.raises(ConfigError, match=says):
        Fault.parse(text)


def strikes(fault, count, facts=None):
    faults = Faults(seed=1)
    faults.add(fault)
    return [bool(faults.strike("post", FAULTS, facts or {})) for _ in range(count)]


def test_a_fault_strikes_so_often_after_so_many():
    assert strikes("drop:after=1:times=2", 5) == [False, True, True, False, False]


def test_chance_is_seeded_and_near_what_was_asked():
    one, two = strikes("drop:p=0.3", 1000), strikes("drop:p=0.3", 1000)
    assert one == two
    assert 250 <= sum(one) <= 350


@pytest.mark.parametrize(
    ("whom", "met"),
    [
        ("dragon", True),
        ("kitten", False),
        ("vendor/name", True),
        ("client-1", True),
        ("id-1", True),
        ("seed=4", True),
        ("seed=5", False),
    ],
)
def test_a_fault_can_be_meant_for_some_only(whom, met):
    facts = {
        "id": "id-1",
        "client_request_id": "client-1",
        "model": "vendor/name",
        "prompt": "A Dragon",
        "body": {"seed": 4},
    }
    assert strikes(Fault("drop", whom=whom), 1, facts) == [met]


def test_faults_go_by_name_or_all_and_are_counted():
    faults = Faults()
    faults.add("drop")
    faults.add("slow:post")
    assert set(faults.strike("post", FAULTS, {})) == {"drop", "slow"}
    faults.clear("drop")
    assert set(faults.strike("post", FAULTS, {})) == {"slow"}
    faults.clear()
    assert faults.strike("post", FAULTS, {}) == {}
    assert (faults.struck("drop"), faults.struck("slow")) == (1, 2)


# clips


def scribble(scene, path):
    Path(path).write_text(scene.prompt)


def test_a_scene_is_drawn_once_however_often_it_is_asked_for(tmp_path):
    clips = Clips(tmp_path, scribble)
    futures = [clips.want(Scene("a fox")) for _ in range(100)]
    assert {future.result(5).read_text() for future in futures} == {"a fox"}
    assert clips.want(Scene("an owl")).result(5).read_text() == "an owl"
    assert clips.rendered == 2
    clips.close()


def test_clips_outlast_the_run(tmp_path):
    Clips(tmp_path, scribble).want(Scene("a fox")).result(5)
    later = Clips(tmp_path, scribble)
    assert later.want(Scene("a fox")).result(5).read_text() == "a fox"
    assert later.rendered == 0


def test_a_clip_that_was_cleared_away_is_drawn_again(tmp_path):
    clips = Clips(tmp_path, scribble)
    clips.want(Scene("a fox")).result(5).unlink()
    assert clips.want(Scene("a fox")).result(5).is_file()
    assert clips.rendered == 2


def test_a_renderer_that_breaks_leaves_nothing_and_may_be_tried_again(tmp_path):
    def broken(scene, path):
        Path(path).write_text("half")
        raise ValueError("out of paint")

    clips = Clips(tmp_path, broken)
    with pytest.raises(ValueError, match="out of paint"):
        clips.want(Scene("a")).result(5)
    assert list(tmp_path.iterdir()) == []
    assert clips.want(Scene("a")) is not None


def test_closing_waits_for_nothing_and_starts_nothing_more(tmp_path):
    begun, may_end, drawn = threading.Event(), threading.Event(), []

    def slow(scene, path):
        drawn.append(scene.seed)
        begun.set()
        may_end.wait(5)
        Path(path).write_text("x")

    others = set(threading.enumerate())
    clips = Clips(tmp_path, slow)
    for seed in range(20):
        clips.want(Scene("a", seed=seed))
    assert begun.wait(5)
    clips.close()
    may_end.set()
    for thread in set(threading.enumerate()) - others:
        thread.join(5)
        assert not thread.is_alive()
    assert len(drawn) <= 2


def test_a_clip_of_an_older_way_of_drawing_is_not_served(tmp_path, monkeypatch):
    code = tmp_path / "code" / "drawing"
    code.mkdir(parents=True)
    monkeypatch.setattr("seedance_widgets.simulator.clips.__file__", str(tmp_path / "code" / "clips.py"))
    names = []
    for text in ("blue", "red"):
        (code / "sky.py").write_text(text)
        names.append(Clips(tmp_path).name(Scene("a")))
    assert names[0] != names[1]


def test_old_clips_beyond_the_limit_are_cleared_away(tmp_path, monkeypatch):
    import os

    monkeypatch.setattr("seedance_widgets.simulator.clips._KEPT_BYTES", 250)
    for age in range(4):
        file = tmp_path / f"{age}.mp4"
        file.write_bytes(bytes(100))
        os.utime(file, (EPOCH - age, EPOCH - age))
    stale = tmp_path / "part-1-2-x.mp4"
    stale.write_bytes(b"")
    os.utime(stale, (EPOCH, EPOCH))
    Clips(tmp_path, scribble).want(Scene("new")).result(5)
    left = {each.name for each in tmp_path.iterdir()}
    assert {"0.mp4", "1.mp4"} <= left
    assert left.isdisjoint({"2.mp4", "3.mp4", stale.name})


# models


def test_all_bundled_models_are_on_offer_and_what_is_withdrawn_is_not():
    assert Shelf().ids() == models()
    assert Shelf(withdrawn=[DEFAULT_MODEL]).ids() == models()[1:]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 11),
        ({"id": [DEFAULT_MODEL.upper()]}, 1),
        ({"id": [f"{DEFAULT_MODEL},bytedance/seedance-2-0"]}, 2),
        ({"output_modalities": ["video"]}, 11),
        ({"output_modalities": ["image"]}, 0),
        ({"capabilities": ["text_to_video"], "id": ["bytedance/seedance-1-0-lite-i2v"]}, 0),
        ({"capabilities": ["text_to_video,image_to_video"]}, 11),
        ({"colour": ["blue"]}, 11),
    ],
)
def test_the_catalogue_is_filtered(query, count):
    assert len(Shelf().catalogue("http://x", query)) == count


def test_sections_come_only_when_asked_for():
    plain, priced = (Shelf().catalogue("http://x", query)[0] for query in ({}, {"include": ["pricing"]}))
    assert "pricing" not in plain
    assert "capabilities" not in priced
    assert priced["pricing"]["variants"][0]["when"] == {"resolution": "480p"}
    assert priced["info"]["docsJson"] == f"http://x/docs-json/{DEFAULT_MODEL}"


@pytest.mark.parametrize("options", [{"speed": 0}, {"rate_limit": 0}, {"ids": "guid"}, {"faults": "dorp"}])
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(ConfigError):
        Simulator(**options)
