"""The package as a whole: its public names, which way imports point, and what importing it costs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest
from clips import clip

import seedance_widgets as sw
from seedance_widgets import errors

PACKAGE = Path(sw.__file__).parent
ROOT = PACKAGE.parent
WIDGETS = {"ipywidgets", "anywidget"}
# From the ground up; rooms of one line do not know each other.
LAYERS = (("errors",), ("model",), ("generation",), ("client", "library", "polling"), ("runner",), ("studio",))
VIEWS = ("form", "panel", "takes", "access", "grid", "gallery", "controls", "card", "magics")
# Where a Studio opens a door to what is above or beside it: inside a function, when somebody asks for it.
DOORS = {("studio", name) for name in (*VIEWS, "simulator")}
HEAVY = ("av", "numpy", "PIL", "tornado", "openapi_schema_validator", "yaml", "ipywidgets", "anywidget", "IPython")


class Imports(ast.NodeVisitor):
    """What a module imports: rooms of the package, and packages of others; what is for types only is left out."""

    def __init__(self, path: Path) -> None:
        self.package = path.relative_to(PACKAGE).parent.parts
        self.rooms: set[str] = set()
        self.at_once: set[str] = set()
        self.others: set[str] = set()
        self._depth = 0
        self.visit(ast.parse(path.read_text(encoding="utf-8")))

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1

    def visit_Import(self, node: ast.Import) -> None:
        self.others |= {alias.name.partition(".")[0] for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if not node.level:
            self.others.add((node.module or "").partition(".")[0])
            return
        base = self.package[: len(self.package) - node.level + 1]
        tails = [node.module] if node.module else [alias.name for alias in node.names]
        rooms = {".".join((*base, tail)).partition(".")[0] for tail in tails}
        self.rooms |= rooms
        if not self._depth:
            self.at_once |= rooms


def rooms():
    """Return {room: its imports}; a folder is one room."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if name == "__init__":
            continue
        seen, new = found.setdefault(name, (set(), set(), set())), Imports(path)
        for have, more in zip(seen, (new.rooms, new.at_once, new.others), strict=True):
            have |= more - {name}
    return found


ROOMS = rooms()


def reached(room):
    """Return every room that a room imports, however indirectly, without going through a Studio's doors."""
    found, waiting = set(), [room]
    while waiting:
        here = waiting.pop()
        for other in ROOMS.get(here, ((),))[0]:
            if other not in found and (here, other) not in DOORS:
                found.add(other)
                waiting.append(other)
    return found


# public names


def test_public_names_are_sorted_and_there():
    assert sw.__all__ == sorted(sw.__all__)
    assert len(sw.__all__) == len(set(sw.__all__))
    for name in sw.__all__:
        assert getattr(sw, name) is not None
    assert set(sw.__all__) <= set(dir(sw))


def test_nothing_public_is_missing_in_all():
    public = {
        name
        for name, value in vars(sw).items()
        if not name.startswith("_")
        and not name.endswith("load_ipython_extension")  # for IPython, by its own rule
        and not isinstance(value, types.ModuleType)
        and getattr(value, "__module__", "").startswith("seedance_widgets")
    }
    assert public <= set(sw.__all__)


def test_every_error_is_public_and_has_one_root():
    raised = {name: value for name, value in vars(errors).items() if isinstance(value, type)}
    exceptions = {name: value for name, value in raised.items() if issubclass(value, Exception)}
    assert set(exceptions) <= set(sw.__all__)
    assert all(issubclass(value, sw.SeedanceError) for value in exceptions.values())


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="seedance"):
        sw.pannel  # noqa: B018


def test_every_public_thing_says_what_it_is():
    silent = [name for name in sw.__all__ if not (getattr(sw, name).__doc__ or "").strip()]
    assert silent == []


def test_types_are_shipped():
    assert (PACKAGE / "py.typed").is_file()


def test_changelog_begins_with_this_version():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == sw.__version__


# which way imports point


@pytest.mark.parametrize("layer", range(len(LAYERS)))
def test_no_layer_knows_what_is_above_or_beside_it(layer):
    above = {room for line in LAYERS[layer + 1 :] for room in line} | set(VIEWS)
    for room in LAYERS[layer]:
        beside = set(LAYERS[layer]) - {room}
        assert reached(room) & (above | beside) == set()


def test_only_views_know_widgets():
    engine = {room for line in LAYERS for room in line} | {"cli", "media", "settings", "simulator"}
    everything = engine.union(*map(reached, engine))
    assert everything - set(ROOMS) == set()
    assert {room for room in everything if ROOMS[room][2] & WIDGETS} == set()


def test_no_room_needs_itself_to_be_imported():
    def path_back(start):
        found, waiting = set(), [start]
        while waiting:
            for other in ROOMS.get(waiting.pop(), ((), ()))[1]:
                if other == start:
                    return True
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return False

    assert [room for room in ROOMS if path_back(room)] == []


def test_the_simulator_stands_on_its_own():
    assert ROOMS["simulator"][0] <= {"errors", "model"}


def test_errors_need_nothing():
    assert ROOMS["errors"][0] == set()


# what importing costs


def loaded_after(code, *arguments):
    """Return which of the heavy packages a fresh interpreter has loaded after running code."""
    code = f"import json, sys\n{code}\nprint(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_importing_loads_nothing_heavy():
    assert loaded_after("import seedance_widgets") == []


def test_a_sweep_in_a_terminal_needs_no_widgets(tmp_path):
    line = ["sweep", "a lighthouse", "--seed", "1", "--resolution", "480p", "--simulate", "--speed", "1000"]
    code = f"from seedance_widgets.cli import main; assert main({[*line, '-o', str(tmp_path / 'x.html')]}) == 0"
    assert {"ipywidgets", "anywidget", "IPython"} & set(loaded_after(code)) == set()
    assert (tmp_path / "x.html").stat().st_size > 10_000


def test_listing_the_history_loads_nothing_heavy():
    assert loaded_after("from seedance_widgets.cli import main; main(['list'])") == []


def test_a_script_needs_no_widgets():
    code = """
import shutil, seedance_widgets as sw
small = lambda scene, path: shutil.copyfile(sys.argv[1], path)
with sw.Studio.simulated(speed=1000.0, poll_interval=0.02, renderer=small) as studio:
    assert studio.generate("a lighthouse").wait(30).status == "completed"
"""
    assert {"ipywidgets", "anywidget", "IPython"} & set(loaded_after(code, str(clip(64, 48, frames=12)))) == set()
