from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import psutil
import pytest
from documents import document

import seedance_widgets as sw
from seedance_widgets import demo as room
from seedance_widgets import settings
from seedance_widgets.cli import main
from seedance_widgets.tickets import Ticket

COMMANDS = ("demo", "sweep", "simulator", "list", "resume", "check")


def direct(url, *, token=None, method="GET", body=None, timeout=5.0):
    """Ask a server on loopback, past any proxy."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=timeout) as answer:
        return answer.read()


@contextlib.contextmanager
def command(*arguments, cwd=None, lines_until="Ctrl-C"):
    """A command as its own process; yields it and what it printed up to its last line of greeting."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", "import sys; from seedance_widgets.cli import main; sys.exit(main())", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=cwd,
    )
    watchdog = threading.Timer(90.0, process.kill)
    watchdog.start()
    try:
        printed = ""
        while lines_until not in printed and (line := process.stdout.readline()):
            printed += line
        yield process, printed
    finally:
        watchdog.cancel()
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=10)


def plan(library, prompt="never sent", base_url="https://api.example"):
    ticket = Ticket(
        key=uuid.uuid4().hex,
        model=sw.models()[0],
        request={"model": sw.models()[0], "prompt": prompt, "seed": 1},
        base_url=base_url,
        create_path="/v2/video/generations",
        retrieve_path="/v2/video/generations",
        prompt=prompt,
        seed=1,
    )
    return library.plan(ticket)[0]


# help and mistakes


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: seedance-widgets {name}" in capsys.readouterr().out


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert all(name in text for name in COMMANDS)


@pytest.mark.parametrize(
    "arguments", [[], ["generate"], ["list", "--speed", "1"], ["list", "-n", "many"], ["demo", "--port", "70000"]]
)
def test_a_misspelled_command_line_is_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: seedance-widgets" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["simulator", "--fault", "explode"], "no simulated fault 'explode'"),
        (["simulator", "--speed", "0"], "speed must be above 0"),
        (["simulator", "--host", "256.0.0.1"], "cannot listen at 256.0.0.1:8765"),
    ],
)
def test_errors_are_a_sentence_and_code_2(arguments, words, capsys):
    assert main(arguments) == 2
    written = capsys.readouterr().err
    assert written.startswith("seedance-widgets: ")
    assert words in written
    assert "Traceback" not in written


def test_a_library_of_a_newer_version_is_a_sentence(isolated, capsys):
    isolated.mkdir()
    with contextlib.closing(sqlite3.connect(isolated / "library.db")) as database:
        database.execute("PRAGMA user_version = 9999")
    assert main(["list"]) == 2
    assert str(isolated) in capsys.readouterr().err


def test_simulator_help_names_every_fault(capsys):
    from seedance_widgets.simulator import FAULTS

    with pytest.raises(SystemExit):
        main(["simulator", "--help"])
    text = capsys.readouterr().out
    assert all(re.search(rf"^  {name} ", text, re.MULTILINE) for name in FAULTS)


# list


def test_list_of_nothing_makes_no_folder(isolated, capsys):
    assert main(["list"]) == 0
    assert "is empty" in capsys.readouterr().out
    assert not isolated.exists()
    assert main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_list_shows_the_newest_first(make_studio, isolated, capsys):
    studio = make_studio(library=isolated)
    first = studio.generate("a lighthouse in a storm", seed=3).wait(20)
    second = studio.generate("a dragon above the roofs", seed=4).wait(20)
    assert main(["list"]) == 0
    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading.split() == ["created", "status", "model", "seed", "prompt", "key"]
    assert [row.split()[-1] for row in rows] == [second.key, first.key]
    assert "a dragon above the roofs" in rows[0]
    assert "completed" in rows[0]
    assert main(["list", "-n", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["list", "--search", "storm"]) == 0
    assert first.key in (found := capsys.readouterr().out)
    assert second.key not in found
    assert main(["list", "--search", "submarine"]) == 0
    assert "nothing like that" in capsys.readouterr().out


def test_list_as_json_holds_everything_of_a_take(make_studio, isolated, capsys):
    take = make_studio(library=isolated).generate("a lighthouse", seed=3, resolution="480p").wait(20)
    take.rate(4)
    assert main(["list", "--json"]) == 0
    (said,) = json.loads(capsys.readouterr().out)
    assert said["key"] == take.key
    assert said["id"] == take.id
    assert said["request"] == take.request
    assert said["paths"] == [str(take.path)]
    assert (said["status"], said["seed"], said["rating"], said["error"]) == ("completed", 3, 4, None)


def test_list_looks_where_it_is_told(make_studio, isolated, tmp_path, capsys):
    make_studio(library=isolated / "simulated").generate("simulated", seed=1).wait(20)
    make_studio(library=tmp_path / "other").generate("elsewhere", seed=1).wait(20)
    assert main(["list", "--simulated"]) == 0
    assert "simulated" in capsys.readouterr().out
    assert main(["list", "--library", str(tmp_path / "other")]) == 0
    assert "elsewhere" in capsys.readouterr().out


def test_a_prompt_cannot_steer_the_terminal(isolated, capsys):
    library = sw.Library(isolated)
    plan(library, "red \x1b[31m alert\n\n\tnewline")
    library.close()
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "red [31m alert newline" in printed


def test_a_document_cannot_steer_the_terminal(isolated, tmp_path, capsys):
    path = tmp_path / "model.json"

    def write(field):
        path.write_text(json.dumps(document({"prompt": {"type": "string"}, "x\x1b[31m": field, "y": field})))

    write({"anyOf": "none"})
    assert main(["sweep", "a fox", "--model", str(path)]) == 2
    write({"type": "string", "description": "a \x1b]0;title\x07 word"})
    with pytest.raises(SystemExit):
        main(["sweep", "--model", str(path), "--help"])
    printed = capsys.readouterr()
    assert "must be a list of schemas" in printed.err
    assert "a ]0;title word" in printed.out
    assert "\x1b" not in printed.out + printed.err


def test_an_id_cannot_steer_the_terminal(isolated, capsys):
    library = sw.Library(isolated)
    take = plan(library, "a fox")
    library.update(take, status="completed", id="cgt\x1b[31m", paths=(library.clip_path(take.key),))
    library.close()
    assert main(["check"]) == 1
    printed = capsys.readouterr().out
    assert "cgt [31m" in printed
    assert "\x1b" not in printed


# resume


def environment(monkeypatch, simulator):
    monkeypatch.setenv(settings.BASE_URL_VARIABLE, simulator.url)
    monkeypatch.setenv(settings.KEY_VARIABLES[0], simulator.token)


def leave_unfinished(make_studio, simulator, home, count=1):
    """Generations that were sent and taken, and whose Studio was closed before they were done."""
    studio = make_studio(simulator, library=home)
    takes = [studio.generate("a lighthouse", seed=seed) for seed in range(count)]
    deadline = time.monotonic() + 20
    while not all(take.id for take in takes):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    studio.close()
    return [take.key for take in takes]


def test_resume_with_nothing_to_do_needs_no_key(isolated, capsys):
    assert main(["resume"]) == 0
    assert "Nothing is unfinished" in capsys.readouterr().out
    assert not isolated.exists()


def test_resume_without_a_key_says_what_to_set(isolated, capsys):
    library = sw.Library(isolated)
    plan(library, base_url=settings.DEFAULT_BASE_URL)
    library.close()
    assert main(["resume"]) == 2
    assert "AIMLAPI_API_KEY" in capsys.readouterr().err


def test_resume_watches_to_the_end_and_sends_nothing(make_simulator, make_studio, monkeypatch, isolated, capsys):
    simulator = make_simulator(speed=1.0)
    keys = leave_unfinished(make_studio, simulator, isolated, count=2)
    environment(monkeypatch, simulator)
    simulator.advance(100.0)
    assert main(["resume", "--interval", "0.05"]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == "2 completed"
    library = sw.Library(isolated)
    assert {library.get(key).status for key in keys} == {"completed"}
    assert all(str(library.get(key).path) in printed for key in keys)
    library.close()
    assert len(simulator.created) == 2


def test_resume_tells_of_what_failed_with_code_1(make_simulator, make_studio, monkeypatch, isolated, capsys):
    simulator = make_simulator(speed=1.0, faults=["fail:message=too menacing"])
    leave_unfinished(make_studio, simulator, isolated)
    environment(monkeypatch, simulator)
    simulator.advance(100.0)
    assert main(["resume"]) == 1
    printed = capsys.readouterr().out
    assert "too menacing" in printed
    assert printed.splitlines()[-1] == "1 error"


def test_resume_ends_at_its_timeout(make_simulator, make_studio, monkeypatch, isolated, capsys):
    simulator = make_simulator(speed=0.01)
    leave_unfinished(make_studio, simulator, isolated)
    environment(monkeypatch, simulator)
    assert main(["resume", "--timeout", "0.2", "--interval", "0.05"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 stopped"


def test_resume_leaves_what_was_never_sent_and_what_is_elsewhere(simulator, monkeypatch, isolated, capsys):
    library = sw.Library(isolated)
    here, elsewhere = plan(library, base_url=simulator.url), plan(library, "other", base_url="https://api.example")
    library.close()
    environment(monkeypatch, simulator)
    assert main(["resume"]) == 0
    printed = capsys.readouterr().out
    assert "1 planned, never sent" in printed
    assert "1 unfinished at another address" in printed
    assert simulator.created == []
    assert (here.status, elsewhere.status) == ("planned", "planned")


def test_resume_interrupted_is_code_130(make_simulator, make_studio, isolated, monkeypatch):
    simulator = make_simulator(speed=0.01)
    leave_unfinished(make_studio, simulator, isolated)
    environment(monkeypatch, simulator)
    with command("resume", lines_until=": a lighthouse") as (process, _):
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=10)
        assert process.returncode == 130
        assert "can be resumed again" in rest


# simulator


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_simulator_answers_until_told_to_end(number):
    with command("simulator", "--port", "0", "--token", "sesame") as (process, printed):
        url = re.search(r"AIMLAPI_BASE_URL=(\S+)", printed)[1]
        assert "AIMLAPI_API_KEY=sesame" in printed
        assert json.loads(direct(f"{url}/v2/billing", token="sesame"))["current_balance"] == 100.0
        with pytest.raises(urllib.error.HTTPError, match="401"):
            direct(f"{url}/v2/billing", token="open")
        process.send_signal(number)
        assert process.wait(5.0) == 0
        with pytest.raises(urllib.error.URLError):
            direct(url)


def test_simulator_makes_the_trouble_it_is_told(make_studio):
    with command("simulator", "--port", "0", "--balance", "7", "--fault", "rate_limit:billing") as (_, printed):
        url = re.search(r"AIMLAPI_BASE_URL=(\S+)", printed)[1]
        with pytest.raises(urllib.error.HTTPError, match="429"):
            direct(f"{url}/v2/billing", token="simulated")


# demo


def test_demo_without_jupyterlab_says_what_to_install(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(room, "find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 2
    assert 'python -m pip install -e ".[demo]"' in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_demo_keeps_the_notebooks_that_a_person_has_changed(tmp_path):
    folder = room.copy_notebooks(tmp_path / "mine")
    shipped = room.shipped_notebooks() / room.FIRST
    assert (folder / room.FIRST).read_bytes() == shipped.read_bytes()
    (folder / room.FIRST).write_text("changed")
    room.copy_notebooks(folder)
    assert (folder / room.FIRST).read_text() == "changed"


def test_demo_folder_that_cannot_be_made_is_a_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert main(["demo", "--no-browser", "--folder", str(tmp_path / "file" / "demo")]) == 2
    assert "--folder" in capsys.readouterr().err


def test_demo_environment_knows_no_real_key(monkeypatch, tmp_path):
    for name in settings.KEY_VARIABLES:
        monkeypatch.setenv(name, "a-real-key")
    made = room.simulated_environment(tmp_path, "http://127.0.0.1:1", "simulated")
    assert "a-real-key" not in made.values()
    assert (made["AIMLAPI_API_KEY"], made["AIMLAPI_BASE_URL"]) == ("simulated", "http://127.0.0.1:1")


def test_demo_that_does_not_start_says_why(tmp_path, capsys):
    with room.socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["demo", "--no-browser", "--port", str(port), "--folder", str(tmp_path / "demo")]) == 2
    written = capsys.readouterr().err
    assert "JupyterLab did not start" in written
    assert "in use" in written


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_demo_opens_the_quickstart_and_ends_with_all_it_started(number, tmp_path):
    with command("demo", "--no-browser", cwd=tmp_path) as (process, printed):
        assert "simulated: no key, no cost" in printed
        url = re.search(r"http://127\.0\.0\.1:\d+/lab\S+", printed)[0]
        server, token = url.split("/lab")[0], url.split("token=")[1]
        assert room.FIRST in url
        assert b"simulator" in direct(re.search(r"answers at (\S+)", printed)[1]).lower()
        notebook = json.loads(direct(f"{server}/api/contents/{room.FIRST}?token={token}"))
        assert notebook["type"] == "notebook"
        direct(f"{server}/api/kernels?token={token}", method="POST", body=b"{}", timeout=20.0)
        family = psutil.Process(process.pid).children(recursive=True)
        assert any("ipykernel" in " ".join(each.cmdline()) for each in family)
        started = time.monotonic()
        process.send_signal(number)
        assert process.wait(10.0) == 0
        assert time.monotonic() - started < 5.0
        assert [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []
    assert (tmp_path / room.FOLDER / room.FIRST).is_file()


@pytest.mark.slow
def test_the_wheel_holds_the_notebooks(tmp_path):
    root = Path(room.__file__).parents[1]
    # A copy, since a build writes into its source folder.
    source = shutil.copytree(
        root, tmp_path / "source", ignore=shutil.ignore_patterns(".git", ".*_cache", "__pycache__")
    )
    building = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(tmp_path), str(source)]
    subprocess.run(building, check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    (wheel,) = tmp_path.glob("*.whl")
    shutil.unpack_archive(wheel, tmp_path / "installed", "zip")
    code = "from seedance_widgets import demo; print(demo.shipped_notebooks())"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "installed", capture_output=True, text=True)
    assert done.stdout.strip() == str(tmp_path / "installed" / "seedance_widgets" / "notebooks")


# check


def test_check_finds_a_library_in_order(make_simulator, make_studio, isolated, capsys):
    simulator = make_simulator()
    with make_studio(simulator) as studio:
        studio.generate("a kite", resolution="480p", duration=5).result(30)
        home = studio.library.path
    assert main(["check", "--library", str(home)]) == 0
    assert "Everything is in order" in capsys.readouterr().out


def test_check_names_a_clip_that_is_gone_with_code_1(make_simulator, make_studio, isolated, capsys):
    simulator = make_simulator()
    with make_studio(simulator) as studio:
        take = studio.generate("a kite", resolution="480p", duration=5).result(30)
        home = studio.library.path
    take.path.unlink()
    assert main(["check", "--library", str(home)]) == 1
    assert take.path.name in capsys.readouterr().out


def test_check_of_no_library_says_so(tmp_path, isolated, capsys):
    assert main(["check", "--library", str(tmp_path / "nothing")]) == 1
    assert "There is no library" in capsys.readouterr().out
