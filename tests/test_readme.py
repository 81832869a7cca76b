"""The README keeps its word: its snippets run, and what it names is there."""

from __future__ import annotations

import inspect
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

import seedance_widgets as sw
from seedance_widgets import settings
from seedance_widgets.cli import main, parser, read
from seedance_widgets.magics import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
START = 'python -m pip install -e ".[demo]" && seedance-widgets demo'
TEST = 'python -m pip install -e ".[test]" && python -m pytest'


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def shell_lines():
    return [line for block in blocks("sh") for line in block.splitlines()]


def commands():
    """Return every command line of ours that the README shows, in blocks or in the text."""
    inline = re.findall(r"`(seedance-widgets [^`]+)`", README)
    parts = [part.strip() for line in shell_lines() for part in line.split("&&")]
    return sorted({*inline, *(part for part in parts if part.startswith("seedance-widgets "))})


def subparsers():
    (action,) = (each for each in parser()._actions if isinstance(each.choices, dict))
    return action.choices


@pytest.fixture
def as_if_real(monkeypatch, simulator, renderer):
    """The environment of a person with a key; the API is a simulator, and simulated ones are quick."""
    monkeypatch.setenv(settings.BASE_URL_VARIABLE, simulator.url)
    monkeypatch.setenv(settings.KEY_VARIABLES[0], simulator.token)
    real = sw.Studio.simulated
    quick = {"speed": 1000.0, "renderer": renderer, "poll_interval": 0.02}
    monkeypatch.setattr(sw.Studio, "simulated", lambda **options: real(**{**quick, **options}))
    opened = sw.Studio.__init__
    monkeypatch.setattr(
        sw.Studio, "__init__", lambda self, *given, **more: opened(self, *given, **{"poll_interval": 0.02, **more})
    )


def test_every_python_snippet_runs(as_if_real, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    names = {}
    for number, code in enumerate(blocks("python"), 1):
        exec(compile(code, f"README.md, snippet {number}", "exec"), names)
    printed = capsys.readouterr().out
    names["studio"].close()
    assert "completed 1" in printed
    promised = re.search(r"This prints, among others, `([^`]+)` and\s`([^`]+)`", README)
    assert all(line in printed.splitlines() for line in promised.groups())


def test_every_snippet_of_magics_runs(as_if_real):
    shell = InteractiveShell()
    for code in blocks("ipython"):
        shell.run_cell(code).raise_error()
    assert shell.user_ns["grid"].wait(30).axes.keys() == {"dragon|phoenix", "seed"}
    shell.run_line_magic("unload_ext", "seedance_widgets")
    sw.defaults.chosen().close()


def test_the_subcommands_of_the_magic_are_named():
    named = set(re.findall(r"%seedance (\w+)", README)) | set(re.findall(r"`(\w+)`", README))
    assert set(COMMANDS) - named == set()


def test_the_first_python_snippet_is_five_lines():
    assert len(blocks("python")[0].split("\n\n", 1)[1].strip().splitlines()) + 2 == 5


def test_the_two_commands_are_there_alone_in_their_blocks():
    assert f"```sh\n{START}\n```" in README
    assert f"```sh\n{TEST}\n```" in README


def test_the_extras_that_are_installed_exist():
    named = {extra for line in shell_lines() for extra in re.findall(r"\.\[(\w+)\]", line)}
    assert named == {"demo", "test"}
    assert named <= set(PROJECT["optional-dependencies"])
    assert PROJECT["scripts"]["seedance-widgets"] == "seedance_widgets.cli:main"


def test_shell_lines_are_of_programs_that_are_known():
    programs = {part.strip().split()[0] for line in shell_lines() for part in line.split("&&")}
    assert programs <= {"python", "export", "seedance-widgets"}


@pytest.mark.parametrize("line", commands())
def test_every_command_that_is_shown_is_understood(line, capsys):
    arguments = shlex.split(line)[1:]
    if "--help" in arguments:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    else:
        assert callable(read(arguments).run)


def test_every_command_and_option_is_documented_and_no_other():
    rows = dict(re.findall(r"^\| `seedance-widgets (\w+)` \| (.*) \|$", README, re.MULTILINE))
    assert set(rows) == set(subparsers())
    for name, command in subparsers().items():
        options = {text for action in command._actions for text in action.option_strings if text.startswith("--")}
        assert set(re.findall(r"`(--[\w-]+)`", rows[name])) == options - {"--help"}, name


def test_every_name_of_the_package_that_is_used_exists():
    used = set(re.findall(r"\bsw\.((?:\w+)(?:\.\w+)*)", README))
    for name in used:
        thing = sw
        for part in name.split("."):
            thing = getattr(thing, part)


def test_every_public_function_is_named():
    functions = [name for name in sw.__all__ if inspect.isfunction(getattr(sw, name))]
    assert [name for name in functions if f"sw.{name}(" not in README] == []


def test_every_status_is_named():
    from seedance_widgets.generation import STATUSES

    assert [status for status in STATUSES if f"`{status}`" not in README] == []


def test_the_variables_that_are_named_are_read():
    named = set(re.findall(r"\b(?:AIML|SEEDANCE)[A-Z_]+\b", README))
    assert named == {*settings.KEY_VARIABLES, settings.BASE_URL_VARIABLE, settings.HOME_VARIABLE}


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert [link for link in links if not link.startswith("https://") and not (ROOT / link).is_file()] == []


def test_the_number_of_bundled_models_is_true():
    assert len(sw.models()) == 11
    assert "Eleven models" in README


def test_every_option_of_the_displays_is_named():
    from dataclasses import fields

    assert [field.name for field in fields(sw.options) if f"`{field.name}`" not in README] == []
