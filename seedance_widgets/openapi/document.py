"""A source → the OpenAPI documents in it, as plain dictionaries.

A source is a dictionary, a file, an http(s) address, or text: JSON, YAML, or a Markdown page that holds one
or several of those, fenced or not. A documentation page often has one block for each of the two calls.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import DocumentError
from ..plain import MAX_VALUES, join_pointer, to_plain
from .lines import Read

MAX_BYTES = 5_000_000

_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_MARKED = re.compile(r'"(?:openapi|swagger|paths)"\s*:')
_JSON_START = re.compile(r'\{\s*"(?:openapi|swagger|info|servers|paths|components|tags|security)"\s*:')
_YAML_START = re.compile(r"^(?:openapi|swagger|paths)[ \t]*:", re.M)
_YAML_LINE = re.compile(r"[ \t#-]|[\w./-]+[ \t]*:|$")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://\S*", re.I)
_LINK = re.compile(r"https?://[^\s)\"'<>]+\.(?:json|ya?ml)\b")


def read_documents(source: Any) -> list[dict[str, Any]]:
    """Read every OpenAPI document of a source.

    Parameters
    ----------
    source : Mapping, Path or str
        A document, a file, an http(s) address, or text. A str that is one line is a file or an address.

    Returns
    -------
    list of dict
        At least one; plain JSON values, independent of the source.

    Raises
    ------
    DocumentError
        When there is none; the message says where and why.
    """
    if isinstance(source, Mapping):
        return [_plain(source)]
    if isinstance(source, Path):
        return _read_file(source)
    if not isinstance(source, str):
        raise DocumentError(
            f"A model is read from a name, a dict, a path, text or a URL, not from a {type(source).__name__}."
        )
    if _ADDRESS.fullmatch(source.strip()):
        from .remote import download

        return parse_text(_decode(download(source.strip(), MAX_BYTES), source.strip()))
    if is_text(source):
        return parse_text(source)
    return _read_file(Path(source))


def is_text(source: str) -> bool:
    """Whether a str is a document itself, and not the name of one."""
    return "\n" in source.strip() or source.lstrip("\ufeff \t\r\n").startswith("{")


def _read_file(path: Path) -> list[dict[str, Any]]:
    try:
        path = path.expanduser()
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB; not read.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{str(path)[:200]}: there is no such file.") from None
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise DocumentError(f"{str(path)[:200]}: cannot be read: {why}.") from None
    return parse_text(_decode(data, str(path)))


def _decode(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{where[:200]}: is not UTF-8 text (byte {error.start}).") from None


def parse_text(text: str) -> list[dict[str, Any]]:
    """Read every OpenAPI document of a text.

    Raises
    ------
    DocumentError
        When there is none, or one that starts is broken; with the line.
    """
    if len(text) > MAX_BYTES:
        raise DocumentError(f"The text is longer than {MAX_BYTES // 1_000_000} MB, too large for a document.")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    found, trouble = _Found(), ""
    if text.lstrip().startswith("{"):
        try:
            return [_read(_json(text), text)]
        except _Broken as broken:
            # Perhaps several blocks, or JSON as people write it, with a comma too many: read on.
            trouble = f"Line {broken.line + 1} of the text: this is no JSON: {broken}."
    for start, block in _blocks(text):
        found.add(start, block, text)
    if found.documents:
        return found.documents
    raise DocumentError(found.trouble or trouble or _nothing(text))


class _Broken(Exception):
    """A block that cannot be parsed: why, and the line inside it (from 0)."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.line = line


class _Found:
    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self.trouble = ""

    def add(self, start: int, block: str, text: str) -> None:
        """Keep a block that is a document; remember the first one that wanted to be."""
        above = text.count("\n", 0, start)
        try:
            read = _parse(block)
        except _Broken as broken:
            line = above + 1 + broken.line
            self.trouble = self.trouble or f"Line {line} of the text: the OpenAPI block is broken: {broken}."
            return
        if isinstance(read, dict) and ("paths" in read or "openapi" in read or "swagger" in read):
            self.documents.append(_read(read, block, above))


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Everything in a text that may be a document, with its place: fenced first, else what stands free."""
    fenced = [(start, _bare(body)) for start, body in _fenced(text)]
    wanted = [each for each in fenced if _MARKED.search(each[1]) or _YAML_START.search(each[1])]
    if wanted:
        yield from wanted
        return
    free = list(_free_json(text))
    yield from free
    match = _YAML_START.search(text)
    if match and not free:
        yield match.start(), _yaml_lines(text[match.start() :])


def _fenced(text: str) -> Iterator[tuple[int, str]]:
    """The inside of every fence, line by line; one that is never closed goes to the end."""
    mark, start, place = "", 0, 0
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if found and not mark:
            mark, start = found[1], place + len(line)
        elif found and found[1].startswith(mark) and not line[found.end() :].strip():
            yield start, text[start:place]
            mark = ""
        place += len(line)
    if mark:
        yield start, text[start:]


def _bare(body: str) -> str:
    """A block without the indent or the quote marks that stand before its every line."""
    lines = body.split("\n")
    lead = re.match(r"[ \t]*(?:>[ \t]?)?[ \t]*", next((line for line in lines if line.strip()), ""))
    width = len(lead.group()) if lead else 0
    return "\n".join(line[width:] for line in lines) if width else body


def _free_json(text: str) -> Iterator[tuple[int, str]]:
    end = 0
    for match in _JSON_START.finditer(text):
        if match.start() < end:
            continue
        try:
            _, end = json.JSONDecoder().raw_decode(text, match.start())
        except (ValueError, RecursionError):
            end = _closing(text, match.start())
        yield match.start(), text[match.start() : end]


def _closing(text: str, start: int) -> int:
    """Where broken JSON ends as far as one can tell: before the next line that starts anew."""
    match = re.compile(r"^(?:#{1,6} |```|~~~)", re.M).search(text, start)
    return match.start() if match else len(text)


def _yaml_lines(text: str) -> str:
    """As many lines as can belong to a YAML document; a page's prose ends it."""
    kept = []
    for line in text.split("\n"):
        if not _YAML_LINE.match(line):
            break
        kept.append(line)
    return "\n".join(kept)


def _parse(block: str) -> Any:
    """JSON, or else YAML, which forgives a comma too many and single quotes."""
    try:
        return _json(block)
    except _Broken as broken:
        first = broken
    try:
        return _yaml(block)
    except _Broken as broken:
        # What begins with a brace was meant as JSON, and that parser's words fit it better.
        raise (first if block.lstrip().startswith("{") else broken) from None


def _json(text: str) -> Any:
    try:
        return _checked(json.loads(text), text)
    except json.JSONDecodeError as error:
        raise _Broken(f"{error.msg} (column {error.colno})", error.lineno - 1) from None
    except RecursionError:
        raise _Broken("it is nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise _Broken(str(error).partition(";")[0]) from None


def _yaml(text: str) -> Any:
    from .yaml12 import load

    try:
        read = load(text)
        return _plain(read) if isinstance(read, dict) else read
    except RecursionError:
        raise _Broken("it is nested too deeply") from None
    except DocumentError:
        raise
    except Exception as error:  # PyYAML lets errors of many kinds through, from the values it builds
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or type(error).__name__
        raise _Broken(f"no JSON and no YAML: {why}", mark.line if mark else 0) from None


def _checked(read: Any, text: str) -> Any:
    """What JSON's parser made of a text, once it is sure to be plain; megabytes are not walked for that."""
    try:
        if text.count(",") < MAX_VALUES:
            json.dumps(read, allow_nan=False, ensure_ascii=False).encode()
            return read
    except (ValueError, RecursionError):
        pass  # the walk tells what it is, and where
    return _plain(read) if isinstance(read, dict) else read


def _read(plain: dict[str, Any], text: str, line: int = 0) -> Read:
    """A document that remembers its text, for an error that tells the line."""
    document = Read(plain)
    document.text, document.line = text, line
    return document


def _plain(document: Any) -> dict[str, Any]:
    copy, troubles = to_plain(document)
    if troubles:
        parts, message = troubles[0]
        raise DocumentError(f"{join_pointer(parts) or 'The document'}: {message}.")
    assert isinstance(copy, dict)
    return copy


def _nothing(text: str) -> str:
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype html", "<html")):
        return "This is a web page (HTML), not a document; its Markdown form or its OpenAPI file can be read."
    link = _LINK.search(text)
    if link:
        return f"The page holds no OpenAPI block, only a link to one; load that: {link.group()[:300]}"
    return "The text holds no OpenAPI document: no JSON or YAML with paths is in it."
