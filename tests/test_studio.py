from __future__ import annotations

import asyncio
import gc
import logging
import pickle
import subprocess
import sys
import threading
import time

import pytest
from rude import Rude

import seedance_widgets as sw
from seedance_widgets import defaults
from seedance_widgets.errors import ConfigError, LibraryError, RequestInvalid
from seedance_widgets.studio import Studio

KEY = "sk-abcdef0123456789"
WITHOUT_SEED = {
    "paths": {
        "/v2/video/generations": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "model": {"type": "string", "enum": ["vendor/plain"]},
                                    "prompt": {"type": "string"},
                                },
                                "required": ["model", "prompt"],
                            }
                        }
                    }
                }
            }
        }
    }
}


def until(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.004)


def rows(studio):
    return studio.library.database.rows("SELECT * FROM generations")


# opening


def test_without_a_key_history_works_and_sending_says_what_to_set(studio, simulator):
    key = studio.generate("a fox", seed=1).result(20).key
    studio.close()
    with Studio(base_url=simulator.url, library=studio.library.path) as keyless:
        assert keyless.library.get(key).path.exists()
        asked = len(simulator.requests)
        for act in (lambda: keyless.generate("a fox", seed=2), keyless.resume):
            with pytest.raises(ConfigError, match="AIMLAPI_API_KEY"):
                act()
        assert len(simulator.requests) == asked
        assert len(rows(keyless)) == 1
        assert "no key" in repr(keyless)


def test_a_key_that_comes_later_is_used(make_studio, simulator, tmp_path):
    with Studio(base_url=simulator.url, library=tmp_path / "own", poll_interval=0.02) as studio:
        studio.use_key(simulator.token)
        assert studio.generate("a fox", seed=1).result(20).path.exists()


def test_the_environment_says_where_everything_is(simulator, monkeypatch, tmp_path):
    monkeypatch.setenv("AIMLAPI_API_KEY", simulator.token)
    monkeypatch.setenv("AIMLAPI_BASE_URL", simulator.url)
    monkeypatch.setenv("SEEDANCE_HOME", str(tmp_path / "from-environment"))
    with Studio(poll_interval=0.02) as studio:
        path = studio.generate("a fox", seed=1).result(20).path
    assert path.parent == tmp_path / "from-environment" / "videos"


@pytest.mark.parametrize(
    "wrong",
    [
        {"poll_interval": -1},
        {"poll_interval": float("nan")},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"max_requests": 0},
        {"budget_usd": -0.01},
        {"budget_usd": "five"},
        {"base_url": "ftp://x"},
        {"model": "no/such-model"},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong, tmp_path):
    with pytest.raises(ConfigError):
        Studio(KEY, **{"base_url": "http://127.0.0.1:1", "library": tmp_path / "own", **wrong})


def test_a_folder_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError):
        Studio(KEY, "http://127.0.0.1:1", library=tmp_path / "file" / "x")


# asking


def test_every_problem_is_told_at_once_and_nothing_is_written_or_sent(studio, simulator):
    with pytest.raises(RequestInvalid) as caught:
        studio.generate(None, seed="x", duration=7, nonsense=1)
    assert len(caught.value.problems) == 4
    assert rows(studio) == []
    assert simulator.requests == []


@pytest.mark.parametrize("blank", [{}, {"seed": None}, {"seed": -1}, {"seed": ""}])
def test_a_blank_seed_is_filled_in_so_that_the_take_can_be_made_again(studio, simulator, blank):
    generation = studio.generate("a fox", **blank)
    assert 0 <= generation.seed < 2**31
    assert generation.request["seed"] == generation.seed
    generation.result(20)
    assert simulator.created[0].body["seed"] == generation.seed
    assert studio.generate(**generation.request) is generation


def test_blank_seeds_differ(studio):
    assert len({studio.prepare("a fox").seed for _ in range(20)}) > 15


@pytest.mark.parametrize("seed", [0, 4, 2**31 - 1])
def test_a_given_seed_is_kept(studio, seed):
    assert studio.prepare("a fox", seed=seed).body["seed"] == seed


def test_a_model_without_a_seed_has_none(make_simulator, make_studio):
    model = sw.load_model(WITHOUT_SEED)
    studio = make_studio(make_simulator(models=[model]), model=model)
    generation = studio.generate("a fox").result(20)
    assert generation.seed is None
    assert generation.request == {"model": "vendor/plain", "prompt": "a fox"}


def test_another_model_for_one_take(studio, simulator):
    generation = studio.generate("a fox", model="bytedance/seedance-1-0-pro-t2v", seed=1).result(20)
    assert generation.model == simulator.created[0].model == "bytedance/seedance-1-0-pro-t2v"
    assert studio.model.id == "bytedance/seedance-1-0-lite-t2v"


def test_what_the_caller_changes_afterwards_is_not_sent(make_simulator, make_studio):
    simulator = make_simulator(faults=["rate_limit:post:times=1:retry_after=0.1"])
    studio = make_studio(simulator)
    request = studio.prepare("a fox", seed=1)
    generation = studio.start(request)
    request.body["prompt"] = "another"
    generation.request["prompt"] = "a third"
    generation.result(20)
    assert simulator.created[0].body["prompt"] == "a fox"


def test_generate_does_not_wait_for_the_network(make_studio):
    with (
        Rude(lambda call: call.hang()) as server,
        Studio(KEY, server.url, library=make_studio().library.path) as studio,
    ):
        began = time.monotonic()
        for seed in range(20):
            studio.generate("a fox", seed=seed)
        assert time.monotonic() - began < 2.0


def test_no_more_calls_at_once_than_allowed(make_studio):
    now, most = [], []

    def answer(call):
        now.append(call)
        most.append(len(now))
        call.over.wait(0.02)
        now.remove(call)
        call.answer(400, b'{"message": "no"}')

    path = make_studio().library.path / "own"
    with Rude(answer) as server, Studio(KEY, server.url, library=path, max_requests=3, poll_interval=0.01) as studio:
        for seed in range(15):
            studio.generate("a fox", seed=seed)
        assert studio.wait(20)
    assert max(most) == 3


# the simulator as the API


def test_simulated_needs_nothing_and_keeps_its_takes_apart(isolated):
    before = threading.active_count()
    with Studio.simulated(
        poll_interval=0.02, speed=1000.0, renderer=lambda scene, path: path.write_bytes(b"x")
    ) as studio:
        assert studio.is_simulated
        assert studio.library.path == isolated / "simulated"
        generation = studio.generate("a fox", seed=1)
        assert generation.ticket.simulated
        url = studio.client.base_url
    assert url.startswith("http://127.0.0.1:")
    until(lambda: threading.active_count() <= before + 1)


def test_a_simulator_elsewhere_is_recognised_by_what_it_says(studio):
    assert not studio.is_simulated  # nothing has been heard of it yet
    studio.generate("a fox", seed=1).result(20)
    assert studio.is_simulated


def test_a_model_of_ones_own_is_known_to_the_simulator():
    with Studio.simulated(model=WITHOUT_SEED, speed=1000.0, poll_interval=0.02, renderer=_no_clip) as studio:
        until(lambda: studio.generate("a fox").id)


def _no_clip(scene, path):
    path.write_bytes(b"x")


# closing


def test_after_closing_nothing_is_written_or_sent(studio, simulator):
    studio.close()
    with pytest.raises(ConfigError, match="closed"):
        studio.generate("a fox", seed=1)
    assert rows(studio) == []
    assert simulator.requests == []


def test_closing_ends_the_threads(make_studio, simulator):
    before = set(threading.enumerate())
    studio = make_studio(simulator)
    studio.generate("a fox", seed=1).result(20)
    studio.close()
    names = ("seedance-runner", "seedance-worker", "seedance-dispatch")
    until(lambda: not any(thread.name.startswith(names) for thread in set(threading.enumerate()) - before))


def test_a_closed_studio_is_let_go(make_studio, simulator):
    import weakref

    studio = Studio(simulator.token, simulator.url, library=make_studio().library.path / "own", poll_interval=0.02)
    studio.generate("a fox", seed=1).result(20)
    studio.close()
    gone = weakref.ref(studio.runner)
    del studio
    until(lambda: (gc.collect(), gone() is None)[1])


EXIT = """
import sys, time
import seedance_widgets as sw
studio = sw.Studio("key", sys.argv[1], library=sys.argv[2], poll_interval=0.01)
for seed in range(12):
    studio.generate("a fox", seed=seed)
print(sys.stdin.readline(), end="", flush=True)
if sys.argv[3] == "close":
    began = time.monotonic()
    studio.close()
    print(time.monotonic() - began, flush=True)
"""


@pytest.mark.parametrize("how", ["close", "leave"])
def test_the_interpreter_ends_at_once_with_calls_under_way(tmp_path, how):
    # Python 3.13 remarks on connections that are left to the process's end, which is what "leave" is about.
    warnings = ["-W", "error", "-W", "ignore::ResourceWarning"]
    with Rude(lambda call: call.hang()) as server:
        child = subprocess.Popen(
            [sys.executable, *warnings, "-c", EXIT, server.url, str(tmp_path / "own"), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until(lambda: len(server.calls) == 8, 30)
        began = time.monotonic()
        out, err = child.communicate("go\n", timeout=30)
        took = time.monotonic() - began
    assert (child.returncode, err) == (0, "")
    assert took < 2.5  # the interpreter's own end included, on a busy machine
    if how == "close":
        assert float(out.split()[1]) < 1.0
    with sw.Library(tmp_path / "own").database.use() as connection:
        kept = connection.execute("SELECT status, count(*), count(sending_at) FROM generations GROUP BY status")
        assert {row[0]: (row[1], row[2]) for row in kept} == {"submitting": (8, 8), "planned": (4, 0)}


# the key stays in the process


def test_the_key_is_in_nothing_that_is_shown_logged_or_kept(make_simulator, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    simulator = make_simulator(token=KEY, faults=["server_error:get:times=1", "cut:times=1"])
    with Studio(KEY, simulator.url, library=tmp_path / "own", poll_interval=0.02) as studio:
        generation = studio.generate("a fox", seed=1).result(20)
        studio.generate("a fox", seed=1, model="bytedance/seedance-1-0-pro-t2v", duration=10).wait(20)
        shown = [
            repr(studio),
            repr(studio.client),
            repr(studio.library),
            repr(generation),
            repr(generation.trait_values()),
            repr(generation.ticket),
            repr(vars(studio.client)),
            caplog.text,
        ]
    assert KEY not in "".join(shown)
    for path in (tmp_path / "own").rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes(), path
    for thing in (studio, studio.client, studio.runner):
        with pytest.raises(TypeError) as caught:
            pickle.dumps(thing)
        assert KEY not in str(caught.value)


# the default Studio and plain code


def test_the_functions_of_the_package_use_the_default_studio(studio):
    assert sw.use(studio) is studio
    assert sw.generate("a fox", seed=1) is studio.generate("a fox", seed=1)


def test_the_default_studio_is_opened_once(monkeypatch, tmp_path):
    monkeypatch.setenv("AIMLAPI_BASE_URL", "http://127.0.0.1:1")
    found = []
    threads = [threading.Thread(target=lambda: found.append(defaults.default())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(each) for each in found}) == 1
    found[0].close()


def test_run_awaits_in_plain_code_and_inside_a_running_loop(studio):
    async def two():
        return await asyncio.gather(studio.generate("a fox", seed=1), studio.generate("a fox", seed=2))

    async def notebook():
        return sw.run(two())

    assert [each.status for each in sw.run(two())] == ["completed"] * 2
    assert [each.seed for each in asyncio.run(notebook())] == [1, 2]


def test_an_observers_exception_stops_nothing(studio, simulator, caplog):
    def fail(change):
        raise RuntimeError("a bug of the notebook")

    first = studio.generate("a fox", seed=1)
    first.observe(fail)
    first.add_done_callback(fail)
    assert first.result(20).path.exists()
    assert studio.generate("a fox", seed=2).result(20).path.exists()
    until(lambda: "a bug of the notebook" in caplog.text)
    assert len(simulator.created) == 2
