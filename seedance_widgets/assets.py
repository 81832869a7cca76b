"""The static parts of a widget → the one module, and the one style sheet, that anywidget loads.

anywidget loads a module from a blob, where a relative import has no base to be relative to. So the parts are written as
ordinary ES modules, which editors and type checkers understand, and joined here: each once, what it imports before it,
relative imports, comments, indents and the word ``export`` taken out. Only the entry keeps its default export. A style
sheet gets what it imports put in its place.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

_IMPORT = re.compile(r"""^import\s+(?:[\w{},\s]+?\s+from\s+)?["']\./([\w.-]+)["'];?[ \t]*\n""", re.MULTILINE)
_SHEET = re.compile(r"""^@import\s+"\./([\w.-]+)";[ \t]*\n""", re.MULTILINE)
_EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:function|class|const|let|var)\b)", re.MULTILINE)
_NAME = re.compile(
    r"^(?:export\s+)?(?:async\s+)?(?:function\*?|class|const|let|var)\s+([A-Za-z_$][\w$]*)", re.MULTILINE
)
# Comments on lines of their own, and indents, stay in the source: what the page loads is saved in notebooks too.
_COMMENT = re.compile(r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/[ \t]*|//.*)\n", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_LONG_TEXT = re.compile(r"^(?:[^`\n]*`[^`\n]*`)*[^`\n]*`[^`\n]*$", re.MULTILINE)
_UNJOINED = re.compile(r"^(?:import\b|export\s*[{*]).*", re.MULTILINE)
_DEFAULT = re.compile(r"^export\s+default\b.*", re.MULTILINE)


def text(name: str) -> str:
    """Return one static file as text."""
    return (resources.files(__package__) / "static" / name).read_text("utf-8")


@cache
def module(entry: str) -> str:
    """Return the module of an entry, such as ``grid.js``, with everything that it imports.

    Raises
    ------
    ValueError
        Two parts declare the same name at their top, parts import each other in a circle, or a part uses a form of
        import or export, or a template over several lines, that cannot be joined.
    """
    parts: dict[str, str] = {}
    _collect(entry, parts, ())
    _check_names(parts)
    return "\n".join(f"// {name}\n{_bare(name, code, name == entry)}" for name, code in parts.items())


@cache
def style(name: str) -> str:
    """Return a style sheet with what it imports in its place, without comments and indents."""
    joined = _SHEET.sub(lambda found: style(found[1]), text(name))
    return _INDENT.sub("", _COMMENT.sub("", joined))


def _collect(name: str, parts: dict[str, str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ValueError(f"static/{name} imports itself, by way of {' → '.join(above)}.")
    if name in parts:
        return
    code = text(name)
    for imported in _IMPORT.findall(code):
        _collect(imported, parts, (*above, name))
    parts[name] = code


def _bare(name: str, code: str, is_entry: bool) -> str:
    """Take imports and exports out; refuse what would be a syntax error in the page."""
    bare = _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", code)))
    wrong = _UNJOINED.search(bare) or _LONG_TEXT.search(bare) or (None if is_entry else _DEFAULT.search(bare))
    if wrong:
        raise ValueError(f"static/{name} cannot be joined because of: {wrong[0]}")
    return _INDENT.sub("", bare)


def _check_names(parts: dict[str, str]) -> None:
    """In one module all top names share one space: the second declaration would be a syntax error in the page."""
    owners: dict[str, str] = {}
    for part, code in parts.items():
        for name in _NAME.findall(code):
            if name in owners:
                raise ValueError(f"static/{part} and static/{owners[name]} both declare {name}.")
            owners[name] = part
