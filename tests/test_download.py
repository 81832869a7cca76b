from __future__ import annotations

import errno
import gzip
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rude import Rude, http

from seedance_widgets import download
from seedance_widgets.download import fetch
from seedance_widgets.errors import DownloadFailed, LibraryError, SeedanceError


def box(name, contents):
    return (8 + len(contents)).to_bytes(4, "big") + name + contents


def mp4(size=5_000, salt=0):
    """The structure of a whole clip, with bytes in it that tell every place from every other."""
    head = box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", box(b"mvhd", b"\0" * 20) + box(b"trak", b"\0" * 20))
    length = size - len(head) - 8
    return head + box(b"mdat", b"".join((i * 7 + salt).to_bytes(4, "big") for i in range(length // 4 + 1))[:length])


class Source:
    """A file behind a server: `sends` says how many bytes each answer brings before the connection is cut."""

    def __init__(self, data=None, etag='"one"', modified="", ranges=True, length=True, sends=(), encoding=""):
        self.data = mp4() if data is None else data
        self.etag, self.modified, self.ranges, self.length = etag, modified, ranges, length
        self.sends, self.encoding = list(sends), encoding
        self.asked = []

    def __call__(self, call):
        start = self.start(call)
        self.asked.append(start)
        whole = gzip.compress(self.data) if self.encoding else self.data
        if start > 0 and start >= len(whole):
            call.answer(416, b"", content_range=f"bytes */{len(whole)}")
            return
        body = whole[start:]
        headers = {"etag": self.etag, "last_modified": self.modified, "content_encoding": self.encoding}
        if start:
            headers["content_range"] = f"bytes {start}-{len(whole) - 1}/{len(whole)}"
        if not self.length and not start:
            headers["content_length"] = ""
        answer = http(206 if start else 200, body, **headers)
        send = self.sends.pop(0) if self.sends else None
        call.send(answer if send is None else answer[: len(answer) - len(body) + send])

    def start(self, call):
        found = re.fullmatch(r"bytes=(\d+)-", call.headers.get("range", ""))
        condition = call.headers.get("if-range")
        if not found or not self.ranges or condition not in (None, self.etag, self.modified):
            return 0
        return int(found[1])


def get(source, path, **options):
    with Rude(source) as server:
        return fetch(f"{server.url}/clip.mp4?X-Tos-Signature=abc", path, **options)


def attempt(source, path):
    """The failure, or None."""
    try:
        get(source, path)
    except DownloadFailed as error:
        return error
    return None


@pytest.fixture
def path(tmp_path):
    return tmp_path / "clip.mp4"


def only(path):
    """Nothing lies beside the clip."""
    return [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_clip_comes_whole_and_alone(path):
    source = Source()
    assert get(source, path) == path
    assert path.read_bytes() == source.data
    assert only(path)


def test_an_older_file_of_that_name_is_replaced(path):
    path.write_bytes(b"old")
    source = Source()
    get(source, path)
    assert path.read_bytes() == source.data


@pytest.mark.parametrize("options", [{}, {"length": False}, {"etag": ""}, {"etag": "", "modified": "Sat, 01 Aug 2026"}])
def test_after_a_cut_only_the_rest_is_asked_for(path, options):
    source = Source(sends=[2_000], **options)
    if options.get("length") is False:
        # Without a length a cut cannot be told from the end but by the clip itself.
        with pytest.raises(DownloadFailed, match="cut short"):
            get(source, path)
        assert not path.exists()
        return
    get(source, path)
    assert source.asked == [0, 2_000]
    assert path.read_bytes() == source.data
    assert only(path)


def test_a_later_call_takes_up_what_an_earlier_one_left(path):
    source = Source(sends=[1_000, 0])
    with pytest.raises(DownloadFailed, match="broke off after 1000 bytes"):
        get(source, path)
    assert not path.exists()
    get(source, path)
    assert source.asked == [0, 1_000, 1_000]
    assert path.read_bytes() == source.data
    assert only(path)


def test_what_has_no_mark_of_sameness_is_begun_anew_by_a_later_call(path):
    source = Source(etag="", sends=[1_000, 0])
    with pytest.raises(DownloadFailed):
        get(source, path)
    source.data = mp4(salt=1)
    get(source, path)
    assert source.asked[-1] == 0
    assert path.read_bytes() == source.data


def test_a_weak_etag_is_no_proof(path):
    source = Source(etag='W/"one"', sends=[1_000, 0])
    with pytest.raises(DownloadFailed):
        get(source, path)
    get(source, path)
    assert source.asked[-1] == 0


@pytest.mark.parametrize("obeys", [True, False])
def test_another_file_at_the_address_is_never_mixed_with_the_first(path, obeys):
    source = Source(sends=[1_000, 0])
    with pytest.raises(DownloadFailed):
        get(source, path)
    source.data, source.etag = mp4(6_000, salt=1), '"two"'
    if not obeys:  # a server that knows Range, but not If-Range
        source.start = lambda call: int((re.findall(r"\d+", call.headers.get("range", "")) or ["0"])[0])
    get(source, path)
    assert path.read_bytes() == source.data
    assert only(path)


def test_a_server_without_ranges_sends_it_all_again(path):
    source = Source(ranges=False, sends=[1_000, 3_000, 4_000])
    get(source, path)
    assert path.read_bytes() == source.data


def test_a_server_that_cuts_every_time_is_given_up_and_taken_up_later(path):
    source = Source(sends=[10] * 40)
    with pytest.raises(DownloadFailed, match="can be taken up again"):
        get(source, path)
    assert len(source.asked) == download.CUTS + 1
    source.sends = []
    get(source, path)
    assert source.asked[-1] == 10 * (download.CUTS + 1)
    assert path.read_bytes() == source.data


def test_a_whole_part_that_was_not_renamed_yet_is_not_fetched_again(path, monkeypatch):
    source = Source()
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            get(source, path)
    get(source, path)
    assert source.asked == [0, len(source.data)]  # answered with 416: there is no more
    assert path.read_bytes() == source.data
    assert only(path)


def test_a_part_longer_than_the_file_is_thrown_away(path):
    source = Source(sends=[3_000, 0])
    with pytest.raises(DownloadFailed):
        get(source, path)
    source.data = mp4(2_000)
    get(source, path)
    assert path.read_bytes() == source.data


@pytest.mark.parametrize(
    "range_", ["bytes 0-4999/5000", "bytes 1001-4999/5000", "bytes 1000-4999/*", "bytes 1000-4999/9999", "x", ""]
)
def test_another_range_than_asked_for_is_never_appended(path, range_):
    source = Source(sends=[1_000])
    odd = [
        source,
        lambda call: call.answer(206, source.data[1_000:], content_range=range_, etag=source.etag),
        source,
    ]
    get(odd, path)
    assert path.read_bytes() == source.data


def test_notes_that_are_damaged_are_ignored(path):
    source = Source()
    part = path.with_name(path.name + ".part")
    for note in ("", "{", "[]", '{"validator": 1}', '{"validator": "\\"one\\"", "total": "x"}'):
        part.write_bytes(b"rubbish")
        part.with_name(part.name + ".json").write_text(note)
        get(source, path)
        assert path.read_bytes() == source.data


def test_the_signed_address_is_not_on_the_disk(path):
    with pytest.raises(DownloadFailed):
        get(Source(sends=[1_000, 0]), path)
    for each in path.parent.iterdir():
        assert b"X-Tos-Signature" not in each.read_bytes()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 4_999), max_size=12), st.booleans(), st.booleans())
@example([0, 1, 8, 4_999], True, True)
def test_the_same_bytes_come_whatever_interrupts(tmp_path_factory, cuts, ranges, validators):
    path = tmp_path_factory.mktemp("cuts") / "clip.mp4"
    source = Source(ranges=ranges, etag='"one"' if validators else "", sends=cuts)
    tries = 0
    while (error := attempt(source, path)) is not None:
        tries += 1
        assert "can be taken up again" in str(error)
        assert not path.exists()
        assert tries <= len(cuts)
    assert path.read_bytes() == source.data
    assert only(path)


# redirects


def test_a_redirect_is_followed_without_any_authorization(path):
    source = Source()
    with Rude(source) as target:
        get(lambda call: call.answer(302, b"", location=f"{target.url}/other"), path)
        assert path.read_bytes() == source.data
        assert all("authorization" not in call.headers for call in target.calls)


def test_a_relative_redirect_is_followed(path):
    source = Source()
    get([lambda call: call.answer(307, b"", location="../there?x=1"), source], path)
    assert path.read_bytes() == source.data


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://host/x", "javascript:alert(1)", "data:video/mp4,x", "http://["]
)
def test_a_redirect_to_anything_but_http_is_not_opened(path, location):
    with pytest.raises(DownloadFailed):
        get(lambda call: call.answer(302, b"", location=location), path)
    assert list(path.parent.iterdir()) == []


def test_a_circle_of_redirects_ends(path):
    calls = []

    def around(call):
        calls.append(call)
        call.answer(302, b"", location="/clip.mp4")

    with pytest.raises(DownloadFailed, match="redirects more than"):
        get(around, path)
    assert len(calls) == download.MOST_REDIRECTS + 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "clip.mp4", "", "http://", "http://[", "//host/clip.mp4"])
def test_only_http_addresses_are_opened(path, url):
    with pytest.raises(DownloadFailed):
        fetch(url, path)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("url", ["http://host:port/x", "http://127.0.0.1:99999/x", "http://" + "a" * 70 + ".example/"])
def test_an_address_that_cannot_be_asked_fails_in_words(path, url):
    with pytest.raises(DownloadFailed):
        fetch(url, path, timeout=(1, 1))


# what comes is no clip


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html><body>Sign in</body></html>", "web page"),
        (b"", "empty"),
        (b'{"Code": "AccessDenied"}', "JSON"),
        (mp4()[:-100], "cut short"),
        (mp4()[:30], "cut short"),
        (b"\0" * 5_000, "not a clip"),
        (gzip.compress(b"x"), "gzip"),
    ],
)
def test_what_is_no_whole_clip_is_refused_and_cleared_away(path, body, words):
    with pytest.raises(DownloadFailed, match=words):
        get(Source(data=body), path)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500, 503, 204, 304])
def test_a_refusal_carries_its_status_and_keeps_what_is_there(path, status):
    source = Source(sends=[1_000, 0])
    with pytest.raises(DownloadFailed):
        get(source, path)
    with pytest.raises(DownloadFailed) as caught:
        get(lambda call: call.answer(status, b""), path)
    assert caught.value.status == status
    get(source, path)  # a fresh address of the same file
    assert source.asked[-1] == 1_000
    assert path.read_bytes() == source.data


def test_the_signature_is_in_no_message(path):
    for answer in (lambda call: call.answer(403, b""), Source(sends=[0]), Source(data=b"x")):
        with pytest.raises(SeedanceError) as caught:
            get(answer, path)
        assert "X-Tos" not in str(caught.value)


def test_a_packed_answer_is_unpacked(path):
    source = Source(encoding="gzip")
    get(source, path)
    assert path.read_bytes() == source.data


def test_a_packed_answer_that_was_cut_is_begun_anew(path):
    source = Source(encoding="gzip", sends=[1_500])
    assert any(attempt(source, path) is None for _ in range(3))
    assert path.read_bytes() == source.data


def test_a_clip_above_the_cap_is_refused_before_and_while_it_comes(path):
    with pytest.raises(DownloadFailed, match="5000 bytes"):
        get(Source(), path, largest=4_999)
    with pytest.raises(DownloadFailed, match="more than the 4999"):
        get(Source(length=False), path, largest=4_999)
    assert list(path.parent.iterdir()) == []
    get(Source(), path, largest=5_000)


def test_a_server_that_falls_silent_is_left(path):
    def silent(call):
        call.send(http(200, mp4(), etag='"one"')[:1_000])
        call.hang()

    with pytest.raises(DownloadFailed, match="can be taken up again"):
        get(silent, path, timeout=(1.0, 0.1))


# the disk


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "may not be written"),
        (errno.EIO, "nothing is lost"),
    ],
)
@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_trouble_with_the_disk_is_told_in_words(path, monkeypatch, number, words, where):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    source = Source()
    with monkeypatch.context() as patch:
        patch.setattr(os, where, fail)
        with pytest.raises(LibraryError, match=words) as caught:
            get(source, path)
    assert str(path) in str(caught.value)
    assert not path.exists()
    get(source, path)
    assert path.read_bytes() == source.data


def test_a_full_disk_gets_its_room_back(path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LibraryError):
        get(Source(), path)
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_is_gone_is_told_in_words(tmp_path):
    with pytest.raises(LibraryError, match="folder is gone"):
        get(Source(), tmp_path / "gone" / "clip.mp4")


def test_the_bytes_are_on_the_disk_before_the_name_is(path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("replace"), replace(*names))[1])
    get(Source(), path)
    assert done[:2] == ["fsync", "replace"]


def test_two_fetches_of_one_clip_do_not_write_it_at_once(path):
    data, busy, most = mp4(100_000), [], []

    def slow(call):
        busy.append(call)
        most.append(len(busy))
        answer = http(200, data, etag='"one"')
        call.send(answer[:50_000])
        call.over.wait(0.05)
        busy.remove(call)
        call.send(answer[50_000:])

    with Rude(slow) as server, ThreadPoolExecutor(3) as pool:
        fetched = list(pool.map(lambda number: fetch(f"{server.url}/{number}.mp4", path), range(3)))
    assert fetched == [path] * 3
    assert most == [1, 1, 1]
    assert path.read_bytes() == data
    assert only(path)
