from __future__ import annotations

import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from clips import clip
from hypothesis import given, settings
from hypothesis import strategies as st

from seedance_widgets import mp4
from seedance_widgets.errors import DownloadFailed

WHOLE = {"faststart": {}, "index last": {"faststart": False}}
SPECIAL = [bytes(4), b"\0\0\0\1", b"\0\0\0\7", b"\xff" * 4]  # lengths with a meaning of their own


def box(name: bytes, contents: bytes = b"", *, length: int | None = None) -> bytes:
    return struct.pack(">I", 8 + len(contents) if length is None else length) + name + contents


def long_box(name: bytes, contents: bytes, *, length: int | None = None) -> bytes:
    real = 16 + len(contents) if length is None else length
    return struct.pack(">I", 1) + name + struct.pack(">Q", real) + contents


FTYP = box(b"ftyp", b"isom\0\0\0\0isom")
MOOV = box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak"))


def complaint(data: bytes) -> str:
    """What `whole` says of these bytes; "" when they are a whole clip. Any other exception comes through."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        path.write_bytes(data)
        try:
            mp4.whole(path)
        except DownloadFailed as error:
            return str(error)
    return ""


@pytest.mark.parametrize(
    "making",
    [{}, {"faststart": False}, {"fragmented": True}, {"audio": True}, {"suffix": "webm"}],
    ids=["faststart", "index last", "fragmented", "sound", "webm"],
)
def test_real_clips_are_whole(making):
    mp4.whole(clip(**making))


@pytest.mark.parametrize("making", WHOLE.values(), ids=WHOLE.keys())
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_clip_cut_at_any_byte_is_found(making, data):
    content = clip(**making).read_bytes()
    length = data.draw(st.integers(0, len(content) - 1))
    assert complaint(content[:length])


@pytest.mark.parametrize("making", WHOLE.values(), ids=WHOLE.keys())
def test_a_clip_cut_between_two_boxes_is_found(making):
    content = clip(**making).read_bytes()
    at = 0
    while at < len(content):
        assert complaint(content[:at])
        at += int.from_bytes(content[at : at + 4], "big")
    assert at == len(content)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_hostile_lengths_end_in_words(data):
    making = data.draw(st.sampled_from([*WHOLE.values(), {"fragmented": True}]))
    content = bytearray(clip(**making).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from([b"ftyp", b"moov", b"mdat", b"mvhd", b"trak"]))
        at = content.find(name) - 4
        content[at : at + 4] = data.draw(st.sampled_from(SPECIAL) | st.binary(min_size=4, max_size=4))
    said = complaint(bytes(content))
    assert said == "" or said.endswith(".")


@given(st.binary(max_size=200))
def test_any_bytes_after_the_head_end_in_words_or_are_whole(junk):
    said = complaint(FTYP + junk)
    assert said == "" or said.endswith(".")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "answered with a web page"),
        (b"\xef\xbb\xbf \n<HTML lang=en>", "answered with a web page"),
        (b'{"message": "<html>"}', 'answered with JSON: {"message": "<html>"}'),
        (
            b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
            "XML: <?xml version='1.0'?><Error>",
        ),
        (b"Too many\nrequests", "answered with text: Too many requests"),
        (b"\x89PNG\r\n\x1a\n\0\0", "answered with a PNG picture"),
        (bytes(600), "does not begin as an MP4 or WebM file does"),
        (b"\0\1\2", "does not begin as an MP4 or WebM file does"),
    ],
)
def test_what_is_no_clip_is_named(content, words):
    assert words in complaint(content)


def test_a_long_text_is_shown_shortened():
    said = complaint(b"no " * 5000)
    assert "…" in said
    assert said.count("no no") < 30


def test_64_bit_lengths_and_a_last_box_without_length():
    assert complaint(FTYP + MOOV + long_box(b"mdat", bytes(50))) == ""
    assert complaint(FTYP + MOOV + box(b"mdat", bytes(50), length=0)) == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (FTYP + box(b"mdat", bytes(9)), "its index (the box moov) is missing"),
        (FTYP + MOOV, "its pictures (the box mdat) are missing"),
        (
            FTYP + MOOV + box(b"mdat", bytes(50), length=80),
            "its box mdat should have 80 bytes, and 58 are there",
        ),
        (
            FTYP + MOOV + long_box(b"mdat", b"", length=2**64 - 1),
            "its box mdat should have 18446744073709551615",
        ),
        (FTYP + MOOV + long_box(b"mdat", b"")[:12], "the middle of the box mdat's head"),
        (FTYP + MOOV + box(b"mdat") + b"\0\0\0", "the middle of a box's head"),
        (FTYP + MOOV + box(b"mdat", length=5), "its box mdat claims 5 bytes"),
        (FTYP + MOOV + long_box(b"mdat", b"", length=15), "its box mdat claims 15 bytes"),
        (FTYP + MOOV + box(b"mdat") + box(b"\0\1\2\3"), "there is no box at byte"),
        (FTYP + box(b"moov", bytes(200)) + box(b"mdat"), "there is no box at byte"),
        (FTYP + box(b"moov") + box(b"mdat"), "its index names no track"),
    ],
)
def test_what_is_wrong_is_told(content, words):
    assert words in complaint(content)


def test_a_file_of_countless_boxes_is_given_up():
    assert "more than 100000 parts" in complaint(FTYP + box(b"free") * (mp4.MAX_BOXES + 1))


def test_a_huge_clip_is_walked_without_reading_it(tmp_path):
    path = tmp_path / "huge.mp4"
    with path.open("wb") as file:
        file.write(FTYP + MOOV + long_box(b"mdat", b"", length=2**36))
        file.truncate(file.tell() - 16 + 2**36)  # a hole of 64 GiB: reading it would not end in time
    mp4.whole(path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DownloadFailed, match=r"nothing\.mp4 cannot be read: No such file"):
        mp4.whole(tmp_path / "nothing.mp4")


def test_kind_goes_by_the_contents_not_the_name():
    assert mp4.kind(clip()) == "mp4"
    assert mp4.kind(clip(suffix="webm")) == "webm"


def test_the_check_needs_no_decoder():
    code = "import sys, seedance_widgets.mp4 as m; assert not {'av', 'numpy', 'PIL'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
