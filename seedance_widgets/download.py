"""A clip's address → a whole file on this disk, or nothing.

The bytes go to a temporary name in the same folder, are taken up again with Range after a cut, checked, fsynced and
renamed. The address is signed, so it gets no key; it comes from outside, so only http(s) is opened, redirects
included.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from weakref import WeakValueDictionary

import requests
from urllib3.exceptions import HTTPError

from . import mp4, transport
from .database import sync_folder
from .errors import DownloadFailed, LibraryError
from .remarks import CLIP
from .reply import is_web_address
from .trace import Trace

LARGEST_CLIP = 4 * 2**30  # bytes
MOST_REDIRECTS = 5
CUTS = 5  # how often one call takes a cut download up again
BLOCK = 1 << 18

_locks: WeakValueDictionary[Path, threading.Lock] = WeakValueDictionary()
_locks_lock = threading.Lock()


@dataclass
class _Part:
    """What is known of the half-written file: enough to tell whether the rest of the same bytes can follow."""

    path: Path
    url: str = ""
    validator: str = ""
    total: int = -1

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def note(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def remember(self) -> None:
        facts = asdict(self)
        del facts["path"], facts["url"]  # the address is signed: it does not belong on the disk
        self.note.write_text(json.dumps({**facts, "boot": _boot()}))

    def recall(self) -> None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            facts = json.loads(self.note.read_text())
            # Bytes written before the machine lost power may be missing from the middle of the file.
            if facts["boot"] == _boot():
                self.validator, self.total = str(facts["validator"]), int(facts["total"])

    def discard(self) -> None:
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        with suppress(OSError):
            self.note.unlink(missing_ok=True)
        self.url, self.validator, self.total = "", "", -1


def fetch(
    url: str,
    path: Path,
    *,
    timeout: tuple[float, float] = (10.0, 60.0),
    largest: int = LARGEST_CLIP,
    trace: Trace | None = None,
) -> Path:
    """Fetch a clip to `path`; when this returns, the whole file is there and on the disk.

    Parameters
    ----------
    url : str
        Its http(s) address.
    path : Path
        Where it shall lie. The half-written file lies beside it as ``<name>.part``.
    timeout : (float, float)
        Seconds to wait for a connection, and for the next bytes.
    largest : int
        Bytes; a larger clip is refused.
    trace : Trace, optional
        Where the exchanges are written down.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    DownloadFailed
        It is no http(s) address, it was refused (``.status``), it broke off again and again, or what came is
        no whole clip.
    LibraryError
        The disk is full, read-only or gone.
    """
    part = _Part(path.with_name(path.name + ".part"))
    try:
        with _alone(part.path):
            part.recall()
            with transport.session(0) as session:
                _until_whole(session, url, part, timeout, largest, trace or Trace())
            mp4.whole(part.path)
            _settle(part, path)
    except DownloadFailed as error:
        if not error.status and not isinstance(error, _Cut):
            part.discard()  # whole, but no clip
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            part.discard()
        raise _disk_trouble(error, path) from error
    return path


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one thread at a time write a file: a closed Studio may still be at it when the next one begins."""
    with _locks_lock:
        lock = _locks.setdefault(path, threading.Lock())
    with lock:
        yield


class _Cut(DownloadFailed):
    """The connection broke off; what came so far is kept."""


def _until_whole(
    session: requests.Session, url: str, part: _Part, timeout: tuple[float, float], largest: int, trace: Trace
) -> None:
    """Take the download up again after each cut that changed something, a bounded number of times."""
    cuts = 0
    while True:
        before = part.size
        try:
            return _one_go(session, url, part, timeout, largest, trace)
        except _Cut:
            cuts += 1
            if cuts > CUTS or part.size == before:
                raise


def _one_go(
    session: requests.Session, url: str, part: _Part, timeout: tuple[float, float], largest: int, trace: Trace
) -> None:
    have = part.size if part.validator or part.url == url else 0
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if part.validator:
            headers["If-Range"] = part.validator
    note = trace.begin("GET", url, headers=headers)
    try:
        with _opened(session, url, headers, timeout) as response:
            _store(response, url, part, have, largest)
        note.answered(response.status_code, response.headers, f"({part.size} {CLIP}")
    except DownloadFailed as error:
        note.answered(error.status, {}, str(error)) if error.status else note.failed(error)
        raise
    except (requests.RequestException, HTTPError, ValueError) as error:  # ValueError: redirected to no address
        cut = _Cut(
            f"The download of {part.path.name} broke off after {part.size} bytes ({type(error).__name__}); "
            "it can be taken up again."
        )
        note.failed(cut)
        raise cut from None


def _opened(
    session: requests.Session, url: str, headers: dict[str, str], timeout: tuple[float, float]
) -> requests.Response:
    """Open an address, following redirects by hand: only to http(s), and not from https down to http."""
    secure = False
    for _ in range(MOST_REDIRECTS + 1):
        if not is_web_address(url) or (secure and urlsplit(url).scheme != "https"):
            raise DownloadFailed("The clip's address is no http(s) address, or less secure than it was; not opened.")
        secure = urlsplit(url).scheme == "https"
        response = session.get(
            url,
            headers=headers,
            timeout=timeout,
            stream=True,
            allow_redirects=False,
            auth=transport.Bearer(None),
        )
        if not response.is_redirect:
            return response
        response.close()
        url = urljoin(url, response.headers["location"])
    raise DownloadFailed(f"The clip's address redirects more than {MOST_REDIRECTS} times.")


def _store(response: requests.Response, url: str, part: _Part, have: int, largest: int) -> None:
    """Write an answer's bytes behind what is there already, or from the beginning where they do not fit."""
    if response.status_code == 416 and have:
        if have == part.total:
            return
        part.discard()
        raise requests.ConnectionError("the part does not fit the file")
    if response.status_code not in (200, 206):
        host = urlsplit(url).hostname
        raise DownloadFailed(f"{host} refused the clip with HTTP {response.status_code}.", status=response.status_code)
    total = _total(response, have)
    resumed = response.status_code == 206 and have > 0 and part.total in (-1, total)
    if response.status_code == 206 and not resumed:
        part.discard()
        raise requests.ConnectionError("another range than asked for")
    if total > largest:
        raise DownloadFailed(f"The clip has {total} bytes, more than the {largest} that are taken.")
    if not resumed:
        part.path.write_bytes(b"")  # before the note of the new file: the old one's bytes must never pass for its
    part.url, part.total, part.validator = url, total, _validator(response)
    part.remember()
    _write(response, part, have if resumed else 0, largest)


def _write(response: requests.Response, part: _Part, start: int, largest: int) -> None:
    size = start
    with part.path.open("r+b" if start else "wb") as file:
        file.seek(start)
        # read1 gives what has come so far, so that a cut loses nothing of it.
        while block := response.raw.read1(BLOCK, decode_content=True):
            size += len(block)
            if size > largest:
                raise DownloadFailed(f"The clip has more than the {largest} bytes that are taken.")
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if part.total not in (-1, size):
        raise requests.ConnectionError("the file ended early")


def _total(response: requests.Response, have: int) -> int:
    """Return the whole file's bytes as the answer tells, -1 where it does not or tells another range."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return -1 if response.status_code == 200 else -2  # a part of something packed cannot be unpacked
    if response.status_code == 206:
        unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
        first, _, total = rest.partition("/")
        fits = unit == "bytes" and first.startswith(f"{have}-") and total.isdigit()
        return int(total) if fits else -2
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else -1


def _validator(response: requests.Response) -> str:
    """Return what proves that later bytes are of the same file: a strong ETag, else the date of change."""
    etag = str(response.headers.get("ETag", ""))
    return etag if etag.startswith('"') else str(response.headers.get("Last-Modified", ""))


def _settle(part: _Part, path: Path) -> None:
    os.replace(part.path, path)
    part.discard()
    sync_folder(path.parent)


def tidy(path: Path) -> None:
    """Clear away what a download that was killed right after its end has left beside its clip."""
    _Part(path.with_name(path.name + ".part")).discard()


@cache
def _boot() -> str:
    """Tell this start of the machine from others; empty where the system does not say."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""


def _disk_trouble(error: OSError, path: Path) -> LibraryError:
    reasons = {
        errno.ENOSPC: "the disk is full: free some space",
        errno.EDQUOT: "the disk quota is used up: free some space",
        errno.EROFS: "the disk is read-only: choose another library folder",
        errno.EACCES: "the folder may not be written: choose another library folder",
        errno.EPERM: "the folder may not be written: choose another library folder",
        errno.ENOENT: "the folder is gone: bring it back, or choose another library folder",
    }
    reason = reasons.get(error.errno or 0, error.strerror or type(error).__name__)
    return LibraryError(f"The clip cannot be stored as {path}: {reason}. Then resume: nothing is lost.")
