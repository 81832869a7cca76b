"""What is sent, as JSON, curl and Python: each runs as it stands, whatever stands in the prompt."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedance_widgets.model import load_model
from seedance_widgets.wire import Wire

HOSTILE = [
    "It's \"quoted\" and 'quoted'",
    "line\nline\r\nJSON\n{end}\ttab",
    "$HOME ${HOME} $(touch owned) `touch owned` !! !$ \\ \\n \\",
    "\0 \x07 \x1b[31m \x7f \x85 \u202e turned \u2028 \ufeff",
    "all of a character \U0001f600, one without a face \U000e0041",
    "日本語 عربي \u200dنا café {request} {{}} %s # // /* */",
]
HALF = "half a character \ud800, another \udfff"  # which no server takes, but a form can hold
ADDRESS = ("https://api.aimlapi.com", "/v2/video/generations", "/v2/video/generations")

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
bodies = st.dictionaries(st.text(max_size=8), values | st.sampled_from([*HOSTILE, HALF]), max_size=5)


def literal(program):
    """Return the request that a program of ours holds."""
    assigned = {node.targets[0].id: node.value for node in ast.parse(program).body if isinstance(node, ast.Assign)}
    return ast.literal_eval(assigned["request"])


def run(command, token, folder, **options):
    """Run a command with the key in its environment, in a folder of its own."""
    environment = {**os.environ, "AIMLAPI_API_KEY": token, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, timeout=60, check=False, **options)


@given(bodies)
def test_json_and_python_hold_the_body(body):
    wire = Wire(body, *ADDRESS)
    assert json.loads(wire.json) == body
    assert literal(wire.python) == body
    for text in (wire.json, wire.curl, wire.python):
        assert text.encode("utf-8")
        assert all(letter.isprintable() or letter in "\n\u200c\u200d" for letter in text)


@settings(max_examples=40)
@given(bodies)
def test_the_shell_hands_the_body_over_as_it_is(body):
    code = "curl() { cat; }\n" + Wire(body, *ADDRESS).curl
    said = subprocess.run(["sh"], input=code.encode(), capture_output=True, timeout=60, check=True)
    assert said.stderr == b""
    assert json.loads(said.stdout) == body


@pytest.mark.parametrize("prompt", HOSTILE)
def test_the_program_makes_the_clip(make_simulator, tmp_path, prompt):
    simulator = make_simulator(token="sk-of-the-test")
    body = {"model": "bytedance/seedance-1-0-lite-t2v", "prompt": prompt, "duration": 5, "watermark": False, "seed": 7}
    wire = Wire(body, simulator.url, *ADDRESS[1:], interval=0.05)
    assert "sk-of-the-test" not in wire.python + wire.curl
    (tmp_path / "program.py").write_text(wire.python, encoding="utf-8")
    done = run([sys.executable, "program.py"], simulator.token, tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    (made,) = simulator.created
    assert made.body == body
    assert b"ftyp" in (tmp_path / "clip.mp4").read_bytes()[:12]
    assert [call[0] for call in simulator.requests][:2] == ["POST", "GET"]


def test_the_program_says_why_there_is_no_clip(make_simulator, tmp_path):
    simulator = make_simulator(faults="fail:message=too menacing")
    body = {"model": "bytedance/seedance-1-0-lite-t2v", "prompt": "a dragon"}
    done = run([sys.executable, "-c", Wire(body, simulator.url, *ADDRESS[1:], 0.05).python], simulator.token, tmp_path)
    assert done.returncode == 1
    assert b"There is no clip" in done.stderr
    assert b"too menacing" in done.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_the_command_of_a_shell_is_accepted_by_the_api(make_simulator, tmp_path):
    simulator = make_simulator(token="sk-of-the-test")
    for prompt in HOSTILE:
        body = {"model": "bytedance/seedance-1-0-lite-t2v", "prompt": prompt, "seed": 7}
        done = run(["sh"], simulator.token, tmp_path, input=Wire(body, simulator.url, *ADDRESS[1:]).curl.encode())
        assert json.loads(done.stdout)["status"] == "queued", done.stderr
        assert simulator.created[-1].body == body
    assert list(Path(tmp_path).iterdir()) == [], "nothing in a prompt was run"
    # The second command, once the id stands in its place.
    *_, ask = Wire(body, simulator.url, *ADDRESS[1:]).curl.strip().splitlines()
    command = ask.removeprefix("# ").replace("=ID'", f"={simulator.created[-1].id}'")
    done = run(["sh"], simulator.token, tmp_path, input=command.encode())
    assert json.loads(done.stdout)["id"] == simulator.created[-1].id


def test_a_model_with_two_addresses_is_asked_at_the_second(make_simulator):
    wire = Wire({"model": "m"}, "http://host", "/create here", "/ask")
    assert "'http://host/create here'" in wire.curl
    assert 'create_url = "http://host/create here"\nurl = "http://host/ask"\n' in wire.python
    assert "requests.post(create_url," in wire.python
    assert "requests.get(url," in wire.python


def test_comments_hold_no_quote_that_a_pasting_shell_would_wait_for():
    comments = [line for line in Wire({"model": "m"}, *ADDRESS).curl.splitlines() if line.startswith("#")]
    assert len(comments) == 3
    assert all(line.count("'") % 2 == line.count('"') % 2 == 0 for line in comments)


def test_a_studio_shows_what_it_would_send_and_what_it_has_sent(studio, simulator):
    studio.client.models()  # from now on it is known to be the simulator
    wire = studio.wire("a fox", duration=5, seed=3)
    assert json.loads(wire.json) == {
        "model": "bytedance/seedance-1-0-lite-t2v", "prompt": "a fox", "duration": 5, "seed": 3,
    }  # fmt: skip
    assert str(wire) == wire.json
    assert simulator.url in repr(wire)
    assert simulator.created == []
    take = studio.generate("a fox", duration=5, seed=3).result(20)
    assert studio.wire(take) == wire
    other = load_model("bytedance/seedance-1-5-pro")
    assert json.loads(studio.wire("a fox", model=other, seed=1).json)["model"] == other.id


def test_as_a_cells_value_it_is_three_texts_that_are_text(studio):
    page = studio.wire("<script>alert(1)</script>", seed=1)._repr_html_()
    assert page.count("<details>") == 3
    assert "<script" not in page
