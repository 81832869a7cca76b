"""The static parts as the one module that the page loads."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from seedance_widgets import assets

LARGEST = 116_000  # bytes; each grid in a notebook saves the module where widget state is saved
ENTRIES = ("grid.js", "card.js", "page.js", "wire.js", "gallery.js", "bell.js")


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """``parts(name=code, …)``: static parts of a test's own."""

    def write(**codes: str) -> None:
        for name, code in codes.items():
            (tmp_path / f"{name}.js").write_text(code, "utf-8")

    monkeypatch.setattr(assets, "text", lambda name: (tmp_path / name).read_text("utf-8"))
    assets.module.cache_clear()
    yield write
    assets.module.cache_clear()


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_module_stands_alone_and_is_small(entry):
    module = assets.module(entry)
    assert not re.search(r"^\s*import\b", module, re.MULTILINE)
    assert len(module.encode()) < LARGEST


def test_only_the_entry_of_the_widget_exports():
    assert re.findall(r"^export .*", assets.module("grid.js"), re.MULTILINE) == ["export default { render };"]
    assert "export" not in re.findall(r"^\w+", assets.module("page.js"), re.MULTILINE)
    assert re.search(r"^function mountPage\(", assets.module("page.js"), re.MULTILINE)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: the browser tests load the module too")
@pytest.mark.parametrize("entry", ENTRIES)
def test_a_module_can_be_parsed(entry, tmp_path):
    path = tmp_path / "module.mjs"
    path.write_text(assets.module(entry), "utf-8")
    done = subprocess.run(["node", "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_each_part_comes_once_and_before_what_needs_it(parts):
    parts(
        entry='import { a } from "./a.js";\nimport {\n  b,\n} from "./b.js";\nexport default { a, b };\n',
        a='import { b } from "./b.js";\nexport const a = b + 1;\n',
        b="export const b = 1;\n",
    )
    module = assets.module("entry.js")
    lines = [line for line in module.splitlines() if line and not line.startswith("//")]
    assert lines == ["const b = 1;", "const a = b + 1;", "export default { a, b };"]


def test_comments_on_their_own_lines_and_indents_are_left_out_and_nothing_else(parts):
    parts(
        entry=(
            '/** Says\n * what. */\nexport function say() {\n  // why\n  return "// no comment";\n}\n'
            "/** @type {any} */ (window).here = /** @type {any} */ (say());\n"
        )
    )
    assert assets.module("entry.js").splitlines()[1:] == [
        "function say() {",
        'return "// no comment";',
        "}",
        "/** @type {any} */ (window).here = /** @type {any} */ (say());",
    ]


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ({"entry": 'import "./a.js";\nconst one = 1;\n', "a": "const one = 2;\n"}, "both declare one"),
        ({"entry": 'import "./a.js";\n', "a": 'import "./entry.js";\n'}, "imports itself"),
        ({"entry": 'import { a as b } from "https://example.org/a.js";\n'}, "cannot be joined"),
        ({"entry": "const one = 1;\nexport { one };\n"}, "cannot be joined"),
        ({"entry": 'import "./a.js";\n', "a": "export default 1;\n"}, "cannot be joined"),
        ({"entry": "const one = `a\n  b`;\n"}, "cannot be joined"),
    ],
)
def test_what_would_break_in_the_page_is_refused_here(parts, codes, words):
    parts(**codes)
    with pytest.raises(ValueError, match=words):
        assets.module("entry.js")


@pytest.mark.parametrize("sheet", ["grid.css", "card.css", "gallery.css"])
def test_a_style_sheet_stands_alone(sheet):
    style = assets.style(sheet)
    assert "@import" not in style
    assert "/*" not in style
    assert set(re.findall(r"var\((--swg-[\w-]+)", style)) == set(re.findall(r"(--swg-[\w-]+):", style))


def test_what_a_style_sheet_imports_comes_before_its_own_rules():
    grid, gallery = assets.style("grid.css"), assets.style("gallery.css")
    assert gallery.startswith(grid)
    assert grid.startswith(assets.style("take.css"))


def test_no_part_reads_text_as_markup():
    for path in Path(assets.__file__).parent.joinpath("static").glob("*.js"):
        code = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", code), path.name
