"""%seedance and %%seedance in a shell of IPython's own."""

from __future__ import annotations

import json

import pytest
from documents import document
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

import seedance_widgets as sw
from seedance_widgets.magicwords import expand

OPTIONS = "--resolution 480p --duration 5"


@pytest.fixture(scope="module")
def bare():
    """One shell for all tests here: making one takes half a second."""
    shell = InteractiveShell()
    yield shell
    shell.history_manager.end_session()


@pytest.fixture
def shell(bare):
    bare.run_line_magic("load_ext", "seedance_widgets")
    bare.user_ns.pop("studio", None)
    yield bare
    bare.run_line_magic("unload_ext", "seedance_widgets")


@pytest.fixture
def make(shell, studio):
    """``make(line, body)``: what a cell gives, on a simulated Studio that is the default."""
    sw.use(studio)
    return lambda line, body: shell.run_cell_magic("seedance", line, body)


def refused(call, *given):
    with pytest.raises(UsageError) as raised:
        call(*given)
    return str(raised.value)


# Takes --------------------------------------------------------------------------------------------------------


def test_one_value_of_each_is_one_take(make, shell):
    shell.user_ns["animal"] = "dragon"
    take = make(f"--seed 7 {OPTIONS}", "a {animal} above\nthe city\n")
    assert isinstance(take, sw.Generation)
    assert (take.prompt, take.seed) == ("a dragon above\nthe city", 7)
    assert (take.request["resolution"], take.request["duration"]) == ("480p", 5)


def test_several_values_are_a_grid(make, shell):
    grid = make(f"--seed 1-3 {OPTIONS} --name kept", "a dragon")
    assert isinstance(grid, sw.Grid)
    assert grid.axes == {"seed": [1, 2, 3]}
    assert shell.user_ns["kept"] is grid
    assert make("--seed 1 2 --resolution 480p,720p", "a kite").axes == {"resolution": ["480p", "720p"], "seed": [1, 2]}
    assert make("--seed 1-10 (+3)", "a boat").axes == {"seed": [1, 4, 7, 10]}
    shell.user_ns["chosen"] = [3, 5]
    assert make("--seed {chosen}", "a boat").axes == {"seed": [3, 5]}
    assert len(make("--seeds 3 --yes", "a bird").generations) == 3


def test_words_that_vary_in_the_prompt_are_an_axis(make):
    grid = make(f"--seed 1 {OPTIONS}", "a {dragon|phoenix} at dawn")
    assert [take.prompt for take in grid.generations] == ["a dragon at dawn", "a phoenix at dawn"]


def test_a_document_cannot_steer_the_terminal(make, shell, tmp_path, capsys):
    path = tmp_path / "model.json"

    def write(field):
        path.write_text(json.dumps(document({"prompt": {"type": "string"}, "x\x1b[31m": field, "y": field})))

    write({"anyOf": "none"})
    said = refused(make, f"--model {path}", "a fox")
    assert "must be a list of schemas" in said
    write({"type": "string", "description": "a \x1b]0;title\x07 word"})
    shell.run_line_magic("seedance", f"--help --model {path}")
    shown = capsys.readouterr().out
    assert "]0;title" in shown
    assert "\x1b" not in said + shown


def test_what_a_variable_holds_is_text_and_makes_no_more_takes(make, shell):
    shell.user_ns["shot"] = '{"lens": {"a|b": [1, "{cat|dog}"]}}'
    take = make(f"--seed 7 {OPTIONS}", '{{"shot": {shot}}}')
    assert isinstance(take, sw.Generation)
    assert take.prompt == '{"shot": {"lens": {"a|b": [1, "{cat|dog}"]}}}'


def test_switches_are_said_by_their_name_alone(make, studio):
    fixed = studio.model.role("camera_fixed").name
    assert make(f"--seed 1 --{fixed}", "a dragon").request[fixed] is True
    assert make(f"--seed 1 --no-{fixed}", "a dragon").request[fixed] is False
    assert make(f"--seed 1 --{fixed} true,false", "a dragon").axes == {fixed: [True, False]}
    assert make("--seed 1 --aspect-ratio 9:16", "a dragon").request["aspect_ratio"] == "9:16"


def test_the_same_cell_again_buys_nothing_unless_it_says_so(make, simulator):
    first = make("--seed 7", "a dragon")
    assert make("--seed 7", "a dragon") is first
    assert make("--seed 7 --again", "a dragon") is not first


def test_a_grid_asks_first_where_the_cell_wants_it(make, simulator):
    grid = make("--seed 1-2 --confirm", "a dragon")
    assert (grid.generations, simulator.created) == ([], [])
    grid.start()
    assert len(grid.wait(20).generations) == 2


def test_another_model_brings_its_own_fields(make):
    take = make("--seed 1 --model bytedance/seedance-1-5-pro --duration 7 --generate_audio", "a dragon")
    assert (take.model, take.request["duration"]) == ("bytedance/seedance-1-5-pro", 7)
    grid = make("--model bytedance/seedance-1-5-pro bytedance/seedance-1-0-lite-t2v --seed 1 --duration 5", "a dragon")
    assert list(grid.axes) == ["model"]


def test_a_notebooks_own_studio_is_used_where_no_default_was_set(shell, studio):
    shell.user_ns["studio"] = studio
    assert shell.run_cell_magic("seedance", "--seed 1", "a dragon").watcher is studio.runner


# What is wrong ------------------------------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_sent(make, simulator):
    text = refused(make, "--resolution 480P --sed 4 --duration x --name 1a stray", "a {dragn} with }")
    for words in (
        "resolution: 480P is not one of",
        "did you mean --seed?",
        "duration: ",
        "'1a stray' is no name of a variable",
        "there is no variable dragn",
        "a } without its {",
    ):
        assert words in text
    assert simulator.requests == []


@pytest.mark.parametrize(
    ("line", "body", "words"),
    [
        ("stray --seed 1", "a dragon", "belongs to no option"),
        ("--seed", "a dragon", "seed: a value is missing"),
        ("--seed 'a", "a dragon", "a quotation mark is not closed"),
        ("--seeds many", "a dragon", "no number of seeds"),
        ("--again yes", "a dragon", "takes no value"),
        ("--confirm --yes", "a dragon", "give one of them"),
        ("--seed 1-", "a dragon", "no span"),
        ("--seed 1", " \n", "is required"),
        ("--model nobody/knows", "a dragon", "nobody/knows"),
        ("--seed 1 --seeds 2", "a dragon", "not both"),
    ],
)
def test_each_mistake_has_its_words(make, line, body, words):
    assert words in refused(make, line, body)


def test_without_a_key_it_is_said_how_to_go_on(shell):
    assert "%seedance simulated" in refused(shell.run_cell_magic, "seedance", "--seed 1", "a dragon")


def test_errors_come_without_a_traceback(shell, capsys):
    result = shell.run_cell("%%seedance --sed 4\na dragon")
    assert isinstance(result.error_in_exec, UsageError)
    shown = capsys.readouterr()
    assert "UsageError" in shown.err + shown.out
    assert "Traceback" not in shown.err + shown.out


# Variables in the prompt --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("a {animal}", "a dragon"),
        ("{ animal } at {speed:.1f}", "dragon at 2.5"),
        ("{words[0]} and {shot.real}", "red and 3"),
        ("{animal!r}", "'dragon'"),
        ("{{animal}} {{", "{animal} {"),
        ("{dragon|phoenix} {animal}", "{dragon|phoenix} dragon"),
        ("{{dragon|{animal}}}", "{{dragon|{animal}}}"),
        ("no braces, $animal, 100 %", "no braces, $animal, 100 %"),
    ],
)
def test_what_stands_in_braces(text, expanded):
    names = {"animal": "dragon", "speed": 2.5, "words": ["red"], "shot": 3}
    assert expand(text, names) == (expanded, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a {animl}", "did you mean animal?"),
        ("a {", "a { without its }"),
        ("a }", "a } without its {"),
        ('{"lens": "35 mm"}', "no variable's name"),
        ("{animal.wings}", "wings"),
        ("{animal:d}", "format"),
        ("{}", "no variable's name"),
        ("{1 + 1}", "no variable's name"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(text, words):
    (problem,) = expand(text, {"animal": "dragon"})[1]
    assert words in problem


# Subcommands --------------------------------------------------------------------------------------------------


def test_the_history_is_a_table(make, shell):
    make("--seed 7", "a dragon").wait(20)
    make("--seed 8", "a kite").wait(20)
    found = shell.run_line_magic("seedance", "history dragon")
    assert [take.prompt for take in found] == ["a dragon"]
    assert "a dragon" in repr(found)
    assert "data:image/jpeg" in found._repr_html_()
    assert repr(shell.run_line_magic("seedance", "history phoenix")) == "no takes"


def test_panel_gallery_resume_and_models(make, shell, studio, capsys):
    assert shell.run_line_magic("seedance", "panel").studio is studio
    assert isinstance(shell.run_line_magic("seedance", "gallery dragon"), sw.Gallery)
    assert shell.run_line_magic("seedance", "resume") == []
    shell.run_line_magic("seedance", "models lite t2v")
    assert "bytedance/seedance-1-0-lite-t2v" in capsys.readouterr().out
    assert shell.run_line_magic("seedance", "model") is studio.model


def test_a_simulated_studio_becomes_the_default_once(shell, monkeypatch, renderer, capsys):
    real, options = sw.Studio.simulated, {"speed": 1000.0, "renderer": renderer, "poll_interval": 0.02}
    monkeypatch.setattr(sw.Studio, "simulated", lambda: real(**options))
    shell.run_line_magic("seedance", "simulated")
    first = shell.run_line_magic("seedance", "panel").studio
    shell.run_line_magic("seedance", "simulated")
    assert "no key, no cost" in capsys.readouterr().out
    take = shell.run_cell_magic("seedance", "--seed 1", "a dragon")
    assert take.wait(20).status == "completed"
    assert shell.run_line_magic("seedance", "panel").studio is first
    first.close()


def test_help_tells_the_options_of_the_model(make, shell, capsys):
    for line in ("--help", "", "--help --model bytedance/seedance-1-5-pro"):
        shell.run_line_magic("seedance", line)
        text = capsys.readouterr().out
        assert all(words in text for words in ("history", "--again", "--resolution", "480p"))
    assert "--generate_audio" in text
    shell.run_cell_magic("seedance", "--help", "a dragon")
    assert "--resolution" in capsys.readouterr().out


def test_an_unknown_subcommand_names_the_known_ones(make, shell):
    assert "there are history, panel" in refused(shell.run_line_magic, "seedance", "paint")


# Tab ----------------------------------------------------------------------------------------------------------


def tabbed(shell, text):
    """Return what Tab puts into a cell's text at its end, as the notebook asks for it."""
    with provisionalcompleter():
        return [text[: each.start] + each.text for each in shell.Completer.completions(text, len(text))]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("%seedance hi", ["%seedance history"]),
        ("%seedance pa", ["%seedance panel"]),
        ("%%seedance --res", ["%%seedance --resolution"]),
        ("%%seedance --resolution 7", ["%%seedance --resolution 720p"]),
        ("%%seedance --resolution=7", ["%%seedance --resolution=720p"]),
        ("%%seedance --resolution 480p,10", ["%%seedance --resolution 480p,1080p"]),
        ("%%seedance --duration ", ["%%seedance --duration 5", "%%seedance --duration 10"]),
        ("%%seedance --aspect_ratio 16", ["%%seedance --aspect_ratio 16:9"]),
        ("%%seedance --aspect_ratio 16:", ["%%seedance --aspect_ratio 16:9"]),
        ("%%seedance --watermark t", ["%%seedance --watermark true"]),
        ("%%seedance --model bytedance/seedance-1-5", ["%%seedance --model bytedance/seedance-1-5-pro"]),
        ("%%seedance --model bytedance/seedance-1-5-pro --gen", ["… --generate_audio"]),
        ("%%seedance --again --aga", []),
        ("%%seedance --seed ", ["%%seedance --seed 1-4"]),
        ("%%seedance --seed 1\na {ani", ["%%seedance --seed 1\na {animal"]),
        ("%seedance model bytedance/seedance-1-5", ["%seedance model bytedance/seedance-1-5-pro"]),
    ],
)
def test_what_tab_offers(shell, text, offered):
    shell.user_ns["animal"] = "dragon"
    expected = [each.replace("…", text.rpartition(" ")[0]) for each in offered]
    assert tabbed(shell, text) == expected
    assert tabbed(shell, f"\n{text}") == [f"\n{each}" for each in expected]


def test_the_shells_own_way_of_asking_is_answered_too(shell):
    assert shell.complete("--dur", "%%seedance --dur", 16)[1] == ["--duration"]


def test_other_cells_are_left_to_others(shell):
    assert tabbed(shell, "%%time\n%see") != []
    assert "import seedance_widgets" not in tabbed(shell, "impo")
    shell.user_ns["mine"] = 1
    assert "x = mine" in tabbed(shell, "x = mi")


def test_unloaded_nothing_is_left(shell):
    shell.run_line_magic("unload_ext", "seedance_widgets")
    assert tabbed(shell, "%%seedance --res") == []
    assert "seedance" not in shell.magics_manager.magics["cell"]
    shell.run_line_magic("load_ext", "seedance_widgets")
