"""The simulator for many: who is served when, whose account it is, what the page shows, and what links look like."""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests
from clips import clip
from hypothesis import given, settings
from hypothesis import strategies as st
from traitlets.config import Config

import seedance_widgets as sw
from seedance_widgets import greeting
from seedance_widgets.simulator.line import Line

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
CALL = "/v2/video/generations"
BODY = {"model": sw.models()[0], "prompt": "a lighthouse", "resolution": "480p", "duration": 5}
PROGRAM = (sys.executable, "-u", "-c", "import sys; from seedance_widgets.cli import main; sys.exit(main())")


def ask(simulator, method, path, key="simulated", **more):
    headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, simulator.url + path, headers=headers, timeout=10, **more)


def create(simulator, key="simulated", **fields):
    return ask(simulator, "POST", CALL, key, json=BODY | fields).json()["id"]


def look(simulator, generation_id, key="simulated", **headers):
    answer = ask(simulator, "GET", CALL, key, params={"generation_id": generation_id}, headers=headers)
    return answer.json()


# fair turns


def test_one_person_with_many_wishes_does_not_hold_up_another():
    line = Line()
    for number in range(100):
        line.put("ann", f"ann {number}")
    line.put("bob", "bob 0")
    assert [line.take() for _ in range(3)] == ["ann 0", "bob 0", "ann 1"]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers())))
def test_the_order_that_is_shown_is_the_order_that_comes(wishes):
    line = Line()
    for whom, item in wishes:
        line.put(whom, item)
    promised = line.order()
    assert [line.take() for _ in wishes] == promised
    line.close()
    assert line.take() is None


def test_clips_are_drawn_in_fair_turns(make_simulator):
    begun, go_on, drawn = threading.Event(), threading.Event(), []

    def slowly(scene, path):
        begun.set()
        assert go_on.wait(20)
        drawn.append(scene.prompt)
        path.write_bytes(clip(64, 48, frames=12).read_bytes())

    simulator = make_simulator(renderer=slowly)
    many = [create(simulator, "simulated:ann", prompt=f"ann {number}") for number in range(10)]
    for generation_id in many:
        look(simulator, generation_id, "simulated:ann")
    assert begun.wait(10)
    one = create(simulator, "simulated:bob", prompt="bob")
    assert look(simulator, one, "simulated:bob")["status"] in ("queued", "generating")
    go_on.set()
    while look(simulator, one, "simulated:bob")["status"] != "completed":
        threading.Event().wait(0.01)
    assert drawn.index("bob") <= 5  # two were at the drawing board, and ann's next had its turn


# accounts


def test_a_name_behind_the_key_is_an_account_of_its_own(make_simulator):
    simulator = make_simulator(balance_usd=1.0)
    ann = create(simulator, "simulated:ann")
    simulator.advance(200)
    assert look(simulator, ann, "simulated:ann")["id"] == ann
    assert "was not found" in str(look(simulator, ann, "simulated:bob"))
    balance = {
        name: ask(simulator, "GET", "/v2/billing", f"simulated{name}").json()["current_balance"]
        for name in ("", ":ann", ":bob")
    }
    assert balance[":ann"] < balance[":bob"] == balance[""] == 1.0


@pytest.mark.parametrize("key", ["simulate", "simulatedx", "simulated:", "simulated:a b", "simulated:a:b", ":ann", ""])
def test_what_only_looks_like_the_key_opens_nothing(simulator, key):
    assert ask(simulator, "GET", "/v2/billing", key).status_code == 401


# the page


def test_the_page_shows_the_queue_and_numbers_for_names(make_simulator):
    drawing, go_on = threading.Event(), threading.Event()

    def slowly(scene, path):
        drawing.set()
        assert go_on.wait(20)
        path.write_bytes(clip(64, 48, frames=12).read_bytes())

    simulator = make_simulator(renderer=slowly, speed=2.0)
    try:
        for number in range(3):
            look(simulator, create(simulator, "simulated:ann", prompt=f"a kite {number}"), "simulated:ann")
        look(simulator, create(simulator, "simulated:bob", prompt="a boat"), "simulated:bob")
        create(simulator, "simulated:bob", prompt="a tree")  # nobody looks at it yet
        assert drawing.wait(10)
        page = ask(simulator, "GET", "/").text
        for words in ("2 times the pace", "clips are being drawn", "being drawn", "number 1 to be drawn", "a kite 0"):
            assert words in page
        assert re.search(r"person 1</td>.*person 2</td>", page, re.DOTALL)
        assert "ann" not in page.replace("planned", "")
        assert "simulated:" not in page
    finally:
        go_on.set()


@pytest.mark.parametrize(("options", "shown"), [({}, True), ({"prefix": "/services/seedance/"}, False)])
def test_behind_a_prefix_others_read_the_page_so_prompts_are_not_on_it(make_simulator, options, shown):
    simulator = make_simulator(**options)
    create(simulator, prompt="a secret garden")
    assert ("a secret garden" in ask(simulator, "GET", "/").text) is shown


def test_the_page_is_made_once_a_second_however_many_look(make_simulator):
    simulator = make_simulator(clock=lambda: 0.0)
    first = ask(simulator, "GET", "/").text
    create(simulator)
    assert ask(simulator, "GET", "/").text == first
    simulator.advance(1.0)
    assert "a lighthouse" in ask(simulator, "GET", "/").text


# whose takes they are


@pytest.mark.parametrize("faults", [[], ["drop:post:times=1"]])
def test_a_take_of_a_simulator_elsewhere_is_never_taken_for_a_bought_one(make_simulator, make_studio, faults):
    """An address tells what it is with its first answer only, when the take is in the library already."""
    studio = make_studio(make_simulator(faults=faults))
    studio.runner.steps.first_lookup = 0.05
    take = studio.generate("a kite", seed=1).wait(20)
    assert (take.status, take.ticket.simulated) == ("completed", True)
    studio.library.reload(take)
    asked_of_the_api = replace(take.ticket, key="new", base_url="https://api.example", simulated=False)
    assert studio.library.same(asked_of_the_api) is None
    assert studio.library.spent_since(0.0) == 0.0


# links


def finished(simulator, **headers):
    generation_id = create(simulator)
    simulator.advance(200)
    while (reply := look(simulator, generation_id, **headers))["status"] != "completed":
        threading.Event().wait(0.01)
    return reply["video"]["url"]


def test_links_follow_what_the_proxy_says(simulator):
    forwarded = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "hub.example.org, inner",
        "X-Forwarded-Prefix": "/services/seedance/",
    }
    assert finished(simulator, **forwarded).startswith("https://hub.example.org/services/seedance/clips/")


@pytest.mark.parametrize("host", ["a b", "x/y", "a@b", '"><script>', "x" * 300])
def test_nonsense_of_a_proxy_is_no_address(simulator, host):
    url = finished(simulator, **{"X-Forwarded-Host": host, "X-Forwarded-Prefix": f"/{host}?"})
    assert url.startswith(f"{simulator.url}/clips/")


# the command


def hub():
    """Run the README's configuration of a JupyterHub; return it."""
    (code,) = re.findall(r"^```py\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    config = Config()
    exec(compile(code, "jupyterhub_config.py", "exec"), {"c": config})
    return config


@contextlib.contextmanager
def command(*arguments, until="Ctrl-C", env=None):
    process = subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    )
    watchdog = threading.Timer(60.0, process.kill)
    watchdog.start()
    try:
        printed = ""
        while until not in printed and (line := process.stdout.readline()):
            printed += line
        yield printed
    finally:
        watchdog.cancel()
        process.terminate()
        process.communicate(timeout=10)


def test_the_service_of_a_jupyterhub_hands_out_links_of_the_hub(monkeypatch):
    config = hub()
    (service,) = config.JupyterHub.services
    assert service["command"][0] == "seedance-widgets"
    assert urlsplit(service["url"]).port == int(service["command"][service["command"].index("--port") + 1])
    values = config.Spawner.environment
    base = urlsplit(values["AIMLAPI_BASE_URL"])
    key = values["AIMLAPI_API_KEY"](SimpleNamespace(user=SimpleNamespace(name="ann")))
    monkeypatch.setenv(greeting.HUB_PREFIX, f"{base.path}/")  # as the hub does
    line = [*service["command"][1:], "--port", "0", "--speed", "1000"]
    with command(*line) as printed:
        inner = SimpleNamespace(url=re.search(r"AIMLAPI_BASE_URL=(\S+)", printed)[1])
        assert urlsplit(inner.url).path == base.path
        headers = {"Host": base.netloc, "X-Forwarded-Proto": base.scheme}
        answer = ask(inner, "POST", CALL, key, json=BODY, headers=headers)
        assert answer.status_code == 200
        (entry, *_) = ask(inner, "GET", "/v1/models", headers=headers).json()["data"]
        assert entry["info"]["docsJson"].startswith(f"{values['AIMLAPI_BASE_URL']}/")


def test_who_opens_it_to_the_network_is_told_where_it_is_and_warned_of_the_known_key():
    with command(*shlex.split("simulator --host 0.0.0.0 --port 0"), until="not encrypted") as printed:
        assert "Warning: everybody on this network can use it" in printed
        (other,) = re.findall(r"On other computers of this network: AIMLAPI_BASE_URL=(\S+)", printed)
        assert urlsplit(other).hostname not in (None, "0.0.0.0")
        assert "simulated:ann" in printed


@pytest.mark.parametrize("options", [{}, {"host": "localhost"}, {"host": "0.0.0.0", "token": "spring-class"}])
def test_nobody_is_warned_without_need(options):
    assert greeting.warning(sw.Simulator(**options)) == ""
