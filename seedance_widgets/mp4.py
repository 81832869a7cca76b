"""Is this file a whole clip? Told from the box structure of an MP4, without decoding anything.

An MP4 is a row of boxes: four bytes of length, four of name, then the contents. A clip that was cut short
ends inside a box or lacks one, so walking the outer boxes by their lengths finds the cut and reads a few
hundred bytes. The lengths come from outside: none is believed before it is held against the file's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from .errors import DownloadFailed

__all__ = ["kind", "whole"]

#: A fragmented clip has two boxes a frame at the worst; a file of more boxes than this is no clip.
MAX_BOXES = 100_000

#: What an address may answer with instead of a clip, by the first bytes.
_KNOWN = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "compressed data (gzip)"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"#EXTM3U", "a playlist"),
)


class _Box(NamedTuple):
    name: str
    start: int
    contents: int  # where the contents begin
    end: int


def whole(path: str | os.PathLike[str]) -> None:
    """Check that a file is a structurally whole clip.

    Parameters
    ----------
    path : path
        An MP4, plain or fragmented. WebM is let through by its first bytes: there only a decoder can tell.

    Raises
    ------
    DownloadFailed
        In words: what the file is instead, or where it ends too early.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            if _kind(path, file) == "mp4":
                _check(path, file)
    except OSError as error:
        raise DownloadFailed(f"{path} cannot be read: {error.strerror or error}.") from error


def kind(path: str | os.PathLike[str]) -> Literal["mp4", "webm"]:
    """Tell from the first bytes what kind of clip a file is.

    Parameters
    ----------
    path : path
        Any file.

    Returns
    -------
    str
        ``"mp4"`` or ``"webm"``.

    Raises
    ------
    DownloadFailed
        The file is something else; the message names it.
    OSError
        The file cannot be read.
    """
    path = Path(path)
    with path.open("rb") as file:
        return _kind(path, file)


def _kind(path: Path, file: BinaryIO) -> Literal["mp4", "webm"]:
    head = file.read(512)
    if head[4:8] == b"ftyp":
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    raise DownloadFailed(f"{path} is not a clip: {_what(head)}.")


def _what(head: bytes) -> str:
    """Say what the address answered with instead of a clip."""
    if not head:
        return "it is empty"
    for magic, words in _KNOWN:
        if head.startswith(magic):
            return f"the address answered with {words}"
    text = head.decode("utf-8-sig", "replace").strip()
    printable = sum(char.isprintable() or char.isspace() for char in text)
    if not text or "\0" in text or printable < 0.9 * len(text):
        return "it does not begin as an MP4 or WebM file does"
    return f"the address answered with {_text_kind(text)}"


def _text_kind(text: str) -> str:
    lower = text.lower()
    if lower.startswith("<") and ("<html" in lower or "<!doctype html" in lower):
        return "a web page"
    words = "XML" if lower.startswith("<") else "JSON" if lower.startswith(("{", "[")) else "text"
    shown = " ".join(text.split())
    return f"{words}: {shown[:117] + '…' if len(shown) > 118 else shown}"


def _check(path: Path, file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    boxes: dict[str, _Box] = {}
    for box in _walk(path, file, 0, size):
        boxes.setdefault(box.name, box)
    if "moov" not in boxes:
        raise _cut(path, "its index (the box moov) is missing")
    if "mdat" not in boxes:
        raise _cut(path, "its pictures (the box mdat) are missing")
    moov = boxes["moov"]
    names = {box.name for box in _walk(path, file, moov.contents, moov.end)}
    if not {"mvhd", "trak"} <= names:
        raise DownloadFailed(f"{path} is damaged: its index names no track. Fetch it again.")


def _walk(path: Path, file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    """Go from box to box; the last one must end exactly at ``end``."""
    for _ in range(MAX_BOXES):
        if start == end:
            return
        box = _box(path, file, start, end)
        yield box
        start = box.end
    raise DownloadFailed(f"{path} is not a clip: it is made of more than {MAX_BOXES} parts.")


def _box(path: Path, file: BinaryIO, start: int, end: int) -> _Box:
    file.seek(start)
    head = file.read(min(16, end - start))
    if len(head) < 8:
        raise _cut(path, f"it ends in the middle of a box's head, at byte {start + len(head)}")
    length, contents = int.from_bytes(head[:4], "big"), 8
    name = head[4:8].decode("latin-1")
    if not name.isprintable():
        raise DownloadFailed(f"{path} is damaged: there is no box at byte {start}. Fetch it again.")
    if length == 1:  # the real length follows, in 64 bits
        length, contents = int.from_bytes(head[8:16], "big"), 16
        if len(head) < 16:
            raise _cut(path, f"it ends in the middle of the box {name}'s head")
    elif length == 0:  # "as far as the file goes"
        length = end - start
    if length < contents:
        raise DownloadFailed(f"{path} is damaged: its box {name} claims {length} bytes. Fetch it again.")
    if length > end - start:
        raise _cut(path, f"its box {name} should have {length} bytes, and {end - start} are there")
    return _Box(name, start, start + contents, start + length)


def _cut(path: Path, why: str) -> DownloadFailed:
    return DownloadFailed(f"{path} is cut short: {why}. Fetch it again.")
