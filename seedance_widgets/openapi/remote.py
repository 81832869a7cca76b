"""Fetches a document from an http(s) address, within bounds.

An address may come from a web page, so what it can reach is bounded: https, or plain http on this machine;
a few redirects, none to another scheme and none from outside to this machine; a size, a time.
"""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from ..errors import DocumentError

if TYPE_CHECKING:
    import requests

SECONDS = 10.0
_REDIRECTS = 5


def download(url: str, max_bytes: int, seconds: float = SECONDS) -> bytes:
    """Fetch a document.

    Parameters
    ----------
    url : str
        https, or http on this machine.
    max_bytes : int
        Size above which it is no document, after decompression.
    seconds : float
        Time within which it must be here.

    Raises
    ------
    DocumentError
        Whatever goes wrong; the message names the address, without password and query.
    """
    body, _ = download_changed(url, max_bytes, seconds=seconds)
    assert body is not None  # without an ETag nobody answers "not changed"
    return body


def download_changed(url: str, max_bytes: int, etag: str = "", seconds: float = SECONDS) -> tuple[bytes | None, str]:
    """Fetch a document unless it is still the one with that ETag; otherwise as :func:`download`.

    Returns
    -------
    bytes or None
        None when it has not changed.
    str
        Its ETag now; empty where the server gives none.
    """
    import requests

    deadline = time.monotonic() + seconds
    _allow(url)
    with requests.Session() as session:
        if etag:
            session.headers["If-None-Match"] = etag
        try:
            for _ in range(_REDIRECTS + 1):
                response = _get(session, url, deadline)
                with response:
                    if response.status_code == 304 and etag:
                        return None, etag
                    if not response.is_redirect:
                        return _body(response, url, max_bytes, deadline), response.headers.get("ETag", "")
                    url = _next(url, response.headers["Location"])
        except (requests.RequestException, OSError, ValueError) as error:
            raise DocumentError(f"{public(url)}: cannot be fetched: {_why(error)}.") from None
    raise DocumentError(f"{public(url)}: redirects more than {_REDIRECTS} times.")


def public(url: str) -> str:
    """The address as it may be shown: without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "The address"
    return f"{parts.scheme}://{host}{port}{parts.path}"[:300]


def _get(session: requests.Session, url: str, deadline: float) -> requests.Response:
    left = max(0.1, deadline - time.monotonic())
    # The no-op auth keeps requests from sending what a .netrc has for the host.
    return session.get(url, timeout=left, stream=True, allow_redirects=False, auth=lambda request: request)


def _body(response: requests.Response, url: str, max_bytes: int, deadline: float) -> bytes:
    if not response.ok:
        raise DocumentError(f"{public(url)}: the server answers {response.status_code} {response.reason}.")
    body = bytearray()
    # read1 returns what has come; a slow server cannot hold it until a whole chunk is there.
    raw: Any = response.raw
    while chunk := raw.read1(65_536, decode_content=True):
        body += chunk
        if len(body) > max_bytes:
            raise DocumentError(f"{public(url)}: is larger than {max_bytes // 1_000_000} MB; not read.")
        if time.monotonic() > deadline:
            raise DocumentError(f"{public(url)}: takes longer than the time allowed; not read.")
    return bytes(body)


def _next(url: str, location: str) -> str:
    """Where a redirect leads, if it may."""
    target = urljoin(url, location)
    if urlsplit(target).scheme != urlsplit(url).scheme:
        raise DocumentError(f"{public(url)}: redirects to another scheme ({public(target)}); not followed.")
    if _local(target) != _local(url):
        raise DocumentError(f"{public(url)}: redirects between this machine and outside; not followed.")
    _allow(target)
    return target


def _allow(url: str) -> None:
    try:
        scheme, host = urlsplit(url).scheme.lower(), urlsplit(url).hostname
    except ValueError:
        raise DocumentError(f"{url[:100]!r} is not a URL.") from None
    if not host or scheme not in ("http", "https"):
        raise DocumentError(f"{public(url)}: only https addresses are read.")
    if scheme == "http" and not _local(url):
        raise DocumentError(f"{public(url)}: plain http is read only from this machine; use https.")


def _local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _why(error: Exception) -> str:
    """The kind of trouble; the library's own text may repeat the whole address."""
    name = type(error).__name__
    known = {
        "ConnectTimeout": "no connection in time",
        "ReadTimeout": "no answer in time",
        "ConnectionError": "no connection",
        "SSLError": "the certificate is not trusted",
    }
    return known.get(name, name)
