"""``seedance-widgets sweep``: takes without a notebook, asked for, waited for and written side by side."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shlex
import signal
import subprocess
import sys
import time

import pytest
from documents import document

import seedance_widgets as sw
from seedance_widgets import cli, settings, sweeping, sweepline
from seedance_widgets.axes import AxisError
from seedance_widgets.typed import typed_value

LITE = sw.load_model("bytedance/seedance-1-0-lite-t2v")
LARGE = sw.load_model("bytedance/seedance-2-0")
PROGRAM = (sys.executable, "-u", "-c", "import sys; from seedance_widgets.cli import main; sys.exit(main())")
QUICK = ("--interval", "0.02")
PROMPT = "a lighthouse in a storm"


@pytest.fixture
def served(simulator, monkeypatch):
    """A simulator that the environment names, as a person with a key has the API."""
    name_it(simulator, monkeypatch)
    return simulator


@pytest.fixture
def as_if_paid(monkeypatch):
    """The simulator's takes count as such that cost: questions and budgets hold."""
    monkeypatch.setattr(sw.Studio, "is_simulated", False)


def name_it(simulator, monkeypatch):
    monkeypatch.setenv(settings.BASE_URL_VARIABLE, simulator.url)
    monkeypatch.setenv(settings.KEY_VARIABLES[0], simulator.token)


def main(line):
    """Run a command; a sweep looks often, since its simulator is fast."""
    return cli.main([*line, *QUICK] if line[0] == "sweep" else line)


def sent(simulator):
    return [(each.body["seed"], each.body.get("resolution")) for each in simulator.created]


# what is typed


@pytest.mark.parametrize(
    ("model", "name", "texts", "value"),
    [
        (LITE, "seed", ["7"], 7),
        (LITE, "seed", ["1-4"], [1, 2, 3, 4]),
        (LITE, "seed", ["1,2", "9"], [1, 2, 9]),
        (LITE, "seed", ["x"], "x"),
        (LITE, "duration", ["5"], 5),
        (LITE, "duration", ["10, 5"], [10, 5]),
        (LITE, "duration", ["7"], 7),
        (LITE, "resolution", ["480p,720p"], ["480p", "720p"]),
        (LITE, "resolution", ["480p", "1080p"], ["480p", "1080p"]),
        (LITE, "resolution", ["8k"], "8k"),
        (LITE, "prompt", ["one, two"], "one, two"),
        (LITE, "prompt", ["1-4"], "1-4"),
        (LITE, "watermark", ["yes"], True),
        (LITE, "watermark", ["true,False"], [True, False]),
        (LITE, "watermark", ["perhaps"], "perhaps"),
        (LARGE, "image_urls", ["https://a/1.png", "https://a/2.png"], ["https://a/1.png", "https://a/2.png"]),
        (LARGE, "image_urls", ['["https://a/1.png"]'], ["https://a/1.png"]),
        (LARGE, "image_urls", ['[["https://a/1.png"], []]'], [["https://a/1.png"], []]),
    ],
)
def test_what_is_typed_becomes_what_the_field_takes(model, name, texts, value):
    assert typed_value(model.field(name), texts) == value


@pytest.mark.parametrize(("model", "name", "text"), [(LITE, "seed", "1-x"), (LARGE, "image_urls", "[1,")])
def test_what_cannot_be_read_is_said_in_words(model, name, text):
    with pytest.raises(AxisError, match=re.escape(repr(text))):
        typed_value(model.field(name), [text])


def test_help_lists_the_fields_of_the_model_that_is_named(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sweep", "--model", "bytedance/seedance-1-5-pro", "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "--generate-audio" in printed
    assert "480p, 720p, 1080p" in printed
    assert all(f"{code} " in printed for code in (0, 1, 2, 130))


# making


def test_a_lone_brace_is_told_and_sent(served, tmp_path, capsys):
    assert main(["sweep", "a {dragon|phoenix", "--seed", "1", "-o", f"{tmp_path / 'takes'}/"]) == 0
    assert "In the prompt, a { is not closed" in capsys.readouterr().out
    assert [each.body["prompt"] for each in served.created] == ["a {dragon|phoenix"]


def test_a_sweep_is_made_once_and_written_as_often_as_it_is_asked_for(served, tmp_path, capsys):
    line = ["sweep", PROMPT, "--seed", "1-2", "--resolution", "480p"]
    assert main([*line, "-o", str(tmp_path / "a.html"), "-o", f"{tmp_path / 'takes'}/"]) == 0
    printed = capsys.readouterr().out
    assert "completed: seed 1 · " in printed
    assert "2 completed" in printed
    assert f"written: {tmp_path / 'a.html'}" in printed
    assert sorted(sent(served)) == [(1, "480p"), (2, "480p")]
    assert "<video" in (tmp_path / "a.html").read_text() or "video/mp4" in (tmp_path / "a.html").read_text()
    assert len(list((tmp_path / "takes").glob("*.mp4"))) == 2

    assert main([*line, "-o", str(tmp_path / "b.png")]) == 0
    assert (tmp_path / "b.png").stat().st_size > 1000
    assert len(served.created) == 2


def test_options_may_stand_before_the_prompts_and_several_prompts_are_an_axis(served):
    assert main(["sweep", "--seed", "1", "a, b", "--resolution", "480p", "c", "--skip", "prompt=c,resolution=8k"]) == 0
    assert sorted(each.body["prompt"] for each in served.created) == ["a, b", "c"]


def test_combinations_can_be_left_out_and_fields_be_set_by_name(served):
    line = ["sweep", PROMPT, "--set", "seed=1-3", "--resolution", "480p,720p", "--skip", "resolution=720p,seed=1-2"]
    assert main(line) == 0
    assert sorted(sent(served)) == [(1, "480p"), (2, "480p"), (3, "480p"), (3, "720p")]


def test_several_models_are_an_axis(served):
    models = ["bytedance/seedance-1-0-lite-t2v", "bytedance/seedance-1-5-pro"]
    assert main(["sweep", PROMPT, "--seed", "1", "--model", models[0], "--model", models[1]]) == 0
    assert sorted(each.model for each in served.created) == models


def test_a_take_that_fails_is_code_1_and_the_others_are_written(make_simulator, monkeypatch, tmp_path, capsys):
    simulator = make_simulator(faults=["fail:whom=seed=2:message=too stormy"])
    name_it(simulator, monkeypatch)
    assert main(["sweep", PROMPT, "--seed", "1-2", "-o", str(tmp_path / "x.html")]) == 1
    printed = capsys.readouterr().out
    assert "error: seed 2 · " in printed
    assert "too stormy" in printed
    assert "1 completed, 1 error" in printed or "1 error, 1 completed" in printed
    assert (tmp_path / "x.html").is_file()


def test_a_file_that_cannot_be_written_is_code_1_and_the_next_one_is(served, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    outputs = ["-o", str(tmp_path / "file" / "x.html"), "-o", str(tmp_path / "y.html")]
    assert main(["sweep", PROMPT, "--seed", "1", *outputs]) == 1
    assert "was not written" in capsys.readouterr().err
    assert (tmp_path / "y.html").is_file()


# not making


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_sent(served, capsys):
    line = ["sweep", PROMPT, "--seed", "1-x", "--resolution", "480P", "--sed=3", "--skip", "seed", "-o", "x.mov"]
    assert main(line) == 2
    said = capsys.readouterr().err
    for words in (
        "'1-x' is no number",
        "480P is not one of",
        "did you mean --seed?",
        "'seed' is no field and",
        ".html",
    ):
        assert words in said
    assert served.created == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["sweep"], "prompt: is required"),
        (["sweep", PROMPT, "--seed", "1", "--seeds", "2"], "not both"),
        (["sweep", PROMPT, "--seed", "1-2", "--skip", "seed=1-2"], "nothing to make"),
        (["sweep", PROMPT, "--model", "no/such.json"], "no/such.json"),
    ],
)
def test_what_makes_no_sense_is_code_2(served, line, words, capsys):
    assert main(line) == 2
    assert words in capsys.readouterr().err
    assert served.created == []


def test_without_a_key_it_says_what_to_set_and_how_to_try(capsys):
    assert main(["sweep", PROMPT]) == 2
    said = capsys.readouterr().err
    assert "AIMLAPI_API_KEY" in said
    assert "--simulate" in said


def test_many_takes_are_sent_without_a_question_only_where_somebody_said_so(served, as_if_paid, capsys):
    line = ["sweep", PROMPT, "--seed", "1-17", "--resolution", "480p"]
    assert main(line) == 2
    assert "--yes" in capsys.readouterr().err
    assert served.created == []
    assert main([*line, "--yes"]) == 0
    assert len(served.created) == 17


def test_what_is_dear_is_asked_about_and_a_budget_that_covers_it_is_an_answer(served, as_if_paid, capsys):
    line = ["sweep", PROMPT, "--seed", "1-12", "--resolution", "1080p", "--duration", "5"]  # 12 × $0.45
    assert main(line) == 2
    assert "about $5.40" in capsys.readouterr().err
    assert main([*line, "--budget", "5"]) == 2
    assert "of the budget of $5.00" in capsys.readouterr().err
    assert served.created == []
    assert main([*line, "--budget", "5.5"]) == 0
    assert len(served.created) == 12


def test_whoever_says_no_has_sent_nothing(served, as_if_paid, monkeypatch, capsys):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "n")
    assert main(["sweep", PROMPT, "--seed", "1-17", "--resolution", "480p"]) == 0
    assert "Nothing was sent" in capsys.readouterr().out
    assert served.created == []


# going on


def test_an_interrupt_loses_nothing_and_says_what_goes_on(make_simulator, monkeypatch):
    simulator = make_simulator(speed=0.01)
    name_it(simulator, monkeypatch)
    process = subprocess.Popen([*PROGRAM, "sweep", PROMPT, "--seeds", "2"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    with contextlib.closing(process.stdout), contextlib.closing(process.stderr):
        seen = ""
        while seen.count("queued") < 2 and (text := process.stdout.readline()):
            seen += text
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        said = process.stderr.read()
    seeds = sorted(seed for seed, _ in sent(simulator))
    assert len(seeds) == 2
    assert "0 of 2 completed, and nothing is lost" in said
    (again,) = (text for text in said.splitlines() if text.startswith("seedance-widgets sweep"))
    assert shlex.split(again)[1:3] == ["sweep", PROMPT]
    simulator.advance(100_000.0)
    assert main(shlex.split(again)[1:]) == 0
    assert sorted(seed for seed, _ in sent(simulator)) == seeds


@pytest.mark.parametrize(
    "options",
    [
        [PROMPT],
        [PROMPT, "--seeds=2", "--yes"],
        [PROMPT, "--seed", "-1", "--seed", "3"],
        [PROMPT, "--seed=-1,3"],
        [PROMPT, "--set", "seed=-1", "--set", "resolution=480p"],
        [PROMPT, "--again", "--seed", "1-2"],
        ["--seeds", "2", "--", "--seed"],
        [PROMPT, "--model", LITE.id, "--model", LARGE.id],
    ],
)
def test_what_goes_on_asks_for_the_very_same_takes_and_buys_none_again(options):
    def takes(order):
        return [(each.model.id, each.body) for each in order.plan.requests]

    asked = cli.read(["sweep", *options])
    order = sweepline.order(asked, asked.known)
    _, line = sweeping.goes_on(asked.line, order, simulate=True).splitlines()
    once_more = cli.read(shlex.split(line)[1:])
    assert takes(sweepline.order(once_more, once_more.known)) == takes(order)
    assert not once_more.again
    assert once_more.yes == asked.yes


def test_seeds_that_no_line_can_name_are_not_promised(tmp_path):
    seedless = tmp_path / "model.json"
    seedless.write_text(json.dumps(document({"prompt": {"type": "string"}})))
    for models in ([LITE.id, str(seedless)], [str(seedless), LITE.id]):
        asked = cli.read(["sweep", PROMPT, *(part for each in models for part in ("--model", each))])
        said = sweeping.goes_on(asked.line, sweepline.order(asked, asked.known), simulate=False)
        assert "seedance-widgets sweep" not in said
        assert "would draw other seeds" in said
        assert "send nothing: seedance-widgets resume" in said


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal is made with pty")
def test_at_a_terminal_it_asks_and_shows_a_bar(make_simulator, monkeypatch, tmp_path):
    simulator = make_simulator(speed=50.0)
    name_it(simulator, monkeypatch)
    code = f"import seedance_widgets as sw; sw.Studio.is_simulated = False; {PROGRAM[-1]}"
    line = [sys.executable, "-u", "-c", code, "sweep", PROMPT, "--seed", "1-17", "--resolution", "480p", *QUICK]
    ended, shown = at_a_terminal([*line, "-o", str(tmp_path / "x.png")], "y\n")
    assert ended == 0
    assert "░" in shown
    assert re.search(r"\d of 17 done · ", shown)
    assert "17 completed" in shown
    assert "writing x.png" in shown
    assert len(simulator.created) == 17


def at_a_terminal(line, answer, patience=60.0):
    """Run a command at a terminal, answer its question; return the exit code and all that was shown."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(line, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    shown, deadline = b"", time.monotonic() + patience
    try:
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    new = os.read(ours, 65536)
                except OSError:  # the other side of the terminal is closed
                    break
                if b"[y/N]" in shown + new and b"[y/N]" not in shown:
                    os.write(ours, answer.encode())
                shown += new
        return process.wait(10), shown.decode(errors="replace")
    finally:
        process.kill()
        process.wait()
        os.close(ours)
