"""A server that speaks the API's language and has no manners. It shares no code with the simulator.

Everything is decided by a seeded die: which answer is lost, halved, redirected or made up. What it really made and
would charge stands in `Rude.made`, and what arrived at the other host that it redirects to in `Rude.elsewhere`.
"""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
PENDING = ["queued", "waiting", "active", "running", "uploading", "processing", "pondering", "PENDING_REVIEW", "", 7]
ERRORS = ["something", {"detail": [{"loc": ["body", "x"], "msg": "no", "type": "t", "input": 1}]}, {"name": None}, [1]]
SHORT_PAGE = 7  # rows of a page, whatever is asked for
LATE = 0.2  # seconds until a row is in the log
SKEW = timedelta(minutes=47)  # how much the log's clock is wrong


@dataclass
class Made:
    """A generation that this server made, and charges when it is ready."""

    id: str
    key: str
    body: dict[str, Any]
    ready_at: float
    made_at: float = field(default_factory=time.time)
    addresses: int = 0
    looks: int = 0

    @property
    def request(self) -> tuple[str, int]:
        return self.body["prompt"], self.body["seed"]


class Rude:
    """The server, and another host beside it.

    Parameters
    ----------
    seed : int
        Decides what goes wrong.
    clip : callable
        ``clip(prompt, seed)`` returns the bytes of a clip.
    key : str
        The only key that opens it.
    rudeness : float
        How much goes wrong, 0 to 1.
    """

    def __init__(self, seed: int, clip: Callable[[str, int], bytes], key: str, rudeness: float = 0.5) -> None:
        self.dice, self.clip, self.key, self.rudeness = random.Random(f"rude {seed}"), clip, key, rudeness
        self.made: list[Made] = []
        self.misdeeds: Counter[str] = Counter()
        self.elsewhere: list[tuple[str, dict[str, str]]] = []
        self.fetched: list[dict[str, str]] = []
        self.lock = threading.Lock()
        self._servers = [_listen(_Api, self), _listen(_Elsewhere, self)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._servers[0].server_port}"

    @property
    def other(self) -> str:
        return f"http://localhost:{self._servers[1].server_port}"

    def __enter__(self) -> Rude:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def misdeed(self, room: str, *names: str) -> str:
        """Which of the misdeeds happens now; empty: none."""
        with self.lock:
            if self.dice.random() >= self.rudeness:
                return ""
            name = self.dice.choice(names)
            self.misdeeds[f"{room} {name}"] += 1
            return name

    def choose(self, *things: Any) -> Any:
        with self.lock:
            return self.dice.choice(things)

    def make(self, body: dict[str, Any], key: str) -> Made:
        with self.lock:
            number = len(self.made)
            shapes = ("cgt-2025-{}", "-_{}-q", "_x{}", "9b1c:{}", "uuid-{}:vendor/model-1.0", "a b+{}?&=%2F")
            made = Made(self.dice.choice(shapes).format(number), key, body, time.monotonic() + self.dice.random())
            self.made.append(made)
            return made

    def find(self, id: str) -> Made | None:
        return next((made for made in self.made if made.id == id), None)

    def log(self, offset: int) -> dict[str, Any]:
        """A page of rows, newest first, late, by a clock that is wrong, and shorter than asked for."""
        now = time.time()
        with self.lock:
            seen = [made for made in reversed(self.made) if now - made.made_at > LATE]
        rows = [
            {
                "created": (datetime.fromtimestamp(made.made_at, UTC) + SKEW).isoformat(),
                "status": "succeeded",
                "model": made.body.get("model"),
                "cost": {"usd": 0.1, "credits": 200_000},
                "inference_id": made.id,
                "client_request_id": made.key,
            }
            for made in seen[offset : offset + SHORT_PAGE]
        ]
        more = offset + SHORT_PAGE < len(seen)
        return {"data": rows, "pagination": {"limit": 100, "offset": offset, "total": len(seen), "has_more": more}}


def _listen(handler: type[BaseHTTPRequestHandler], rude: Rude) -> ThreadingHTTPServer:
    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that has gone is what this is about."""

    server = Server(("127.0.0.1", 0), type("Bound", (handler,), {"rude": rude}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    rude: Rude
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""

    def give(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def json(self, status: int, body: Any, **headers: str) -> None:
        self.give(status, json.dumps(body).encode(), **headers)

    def refuse(self, status: int, message: Any, **headers: str) -> None:
        self.json(status, {"message": message, "statusCode": str(status), "requestId": "r-1"}, **headers)

    def slam(self) -> None:
        """Reset the connection instead of answering."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def redirect(self, status: int) -> None:
        self.give(status, b"", Location=f"{self.rude.other}{self.path}")


class _Api(_Handler):
    """The API itself, and its clips."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("Authorization") != f"Bearer {self.rude.key}":
            return self.refuse(401, f"wrong key: {self.headers.get('Authorization')}")
        misdeed = self.rude.misdeed("post", *_POST)
        if misdeed in _UNPROCESSED:
            return _UNPROCESSED[misdeed](self)
        made = self.rude.make(body, self.headers.get("X-Client-Request-Id", ""))
        answer = {"id": made.id, "status": "queued", "video": None, "error": None, "meta": None}
        if misdeed == "lost":
            return self.slam()
        if misdeed == "500 after creating":
            return self.refuse(self.rude.choose(500, 502, 504), "Internal error")
        if misdeed == "half":
            return self.give(200, json.dumps(answer).encode()[:17])
        if misdeed == "half, cut":
            return self.give(200, json.dumps(answer).encode()[:9], length="400") or self.slam()
        if misdeed == "no id":
            return self.json(200, {"status": "queued"})
        if misdeed == "html after creating":
            return self.give(200, HTML, "text/html")
        if misdeed == "redirect after creating":
            return self.redirect(303)
        if misdeed == "late":
            time.sleep(1.3)
        return self.json(self.rude.choose(200, 201, 202), answer)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.startswith("/clips/"):
            return self.clip(query)
        if self.headers.get("Authorization") != f"Bearer {self.rude.key}":
            return self.refuse(401, f"wrong key: {self.headers.get('Authorization')}")
        misdeed = self.rude.misdeed("get", *_GET) if self.rude.choose(True, False) else ""
        if misdeed in _BAD_GET:
            return _BAD_GET[misdeed](self)
        if parts.path == "/v2/logs":
            return self.json(200, self.rude.log(int(query.get("offset", "0"))))
        made = self.rude.find(query.get("generation_id", ""))
        return self.refuse(404, ["not", "found"]) if made is None else self.json(200, self.state(made))

    def state(self, made: Made) -> dict[str, Any]:
        """How a generation stands, in one of the shapes that have been seen, or in none."""
        made.looks += 1
        choose = self.rude.choose
        if time.monotonic() < made.ready_at:
            return {"id": made.id, "status": choose(*PENDING), "video": choose(None, [], {}, "soon"), "error": None}
        if made.looks % 4 == 1:
            return {"id": made.id, "status": "completed", "video": choose(None, [], {"url": None}, "javascript:1")}
        made.addresses += 1
        url = f"{self.rude.url}/clips/x.mp4?id={quote(made.id, safe='')}&n={made.addresses}"
        video = choose({"url": url}, [{"url": url, "duration": 5}], [url], url, {"url": url, "file_size": "?"})
        return {"status": choose("completed", "succeeded"), "video": video, "error": choose(None, *ERRORS)}

    def clip(self, query: dict[str, str]) -> None:
        self.rude.fetched.append(dict(self.headers))
        made = self.rude.find(query.get("id", ""))
        if made is None:
            return self.give(404, b"")
        misdeed = self.rude.misdeed("clip", *_CLIP)
        if misdeed in _BAD_CLIP:
            return _BAD_CLIP[misdeed](self)
        whole = self.rude.clip(*made.request)
        start = self.start_of_range(len(whole)) if misdeed != "ignores Range" else 0
        headers = {"ETag": '"one"'} if misdeed != "no ETag" else {}
        if start:
            headers["Content_Range"] = f"bytes {start}-{len(whole) - 1}/{len(whole)}"
        rest, status = whole[start:], 206 if start else 200
        if misdeed == "wrong range":
            headers["Content_Range"] = f"bytes 5-{len(whole) - 1}/{len(whole)}"
            status = 206
        if misdeed == "cut":
            self.give(status, rest[: len(rest) // 2], "video/mp4", length=str(len(rest)), **headers)
            return self.slam()
        if misdeed == "shorter than it is":
            return self.give(status, rest[: len(rest) // 2], "video/mp4", **headers)
        if misdeed == "longer than it is":
            self.give(status, rest, "video/mp4", length=str(len(rest) + 99), **headers)
            return self.slam()
        return self.give(status, rest, "video/mp4", **headers)

    def start_of_range(self, size: int) -> int:
        asked = self.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").partition("-")[0]) if asked.startswith("bytes=") else 0
        return start if start < size else 0


class _Elsewhere(_Handler):
    """Another host: where the API and its clips redirect to. It notes what it is told."""

    def do_GET(self) -> None:
        self.rude.elsewhere.append((self.command, dict(self.headers)))
        if self.path.startswith("/clips/"):
            query = parse_qs(urlsplit(self.path).query)
            made = self.rude.find(query["id"][0])
            if made is not None:
                return self.give(200, self.rude.clip(*made.request), "video/mp4")
        return self.json(200, {"id": "stolen", "status": "completed", "video": {"url": self.rude.other}})

    def do_POST(self) -> None:
        self.rude.elsewhere.append((self.command, dict(self.headers)))
        self.json(200, {"id": "stolen", "status": "queued"})


_Misdeeds = dict[str, Callable[[Any], None]]

_UNPROCESSED: _Misdeeds = {
    "429": lambda call: call.refuse(429, "slow down", Retry_After="0"),
    "429 with a date": lambda call: call.refuse(429, "slow down", Retry_After=format_datetime(datetime.now(UTC))),
    "500": lambda call: call.refuse(503, {"odd": "shape"}),
    "redirect": lambda call: call.redirect(call.rude.choose(301, 302, 307, 308)),
    "html": lambda call: call.give(200, HTML, "text/html"),
}
_POST = (
    "lost", "lost", "lost", "500 after creating", "500 after creating", "half", "half, cut", "no id",
    "html after creating", "redirect after creating", "late", *_UNPROCESSED,
)  # fmt: skip
_BAD_GET: _Misdeeds = {
    "reset": lambda call: call.slam(),
    "503": lambda call: call.refuse(503, None),
    "429": lambda call: call.refuse(429, "slow down", Retry_After="0"),
    "599": lambda call: call.refuse(599, "?"),
    "418": lambda call: call.refuse(418, "teapot"),
    "html": lambda call: call.give(200, HTML, "text/html"),
    "list": lambda call: call.json(200, [1, 2]),
    "null": lambda call: call.json(200, None),
    "half": lambda call: call.give(200, b'{"id": "x", "sta'),
    "binary": lambda call: call.give(200, bytes(range(256))),
    "nothing": lambda call: call.give(200, b""),
    "redirect": lambda call: call.redirect(call.rude.choose(301, 302, 303, 307, 308)),
    "wrong length": lambda call: call.give(200, b"{}", length="500") or call.slam(),
}
_GET = tuple(_BAD_GET)
_BAD_CLIP: _Misdeeds = {
    "403": lambda call: call.give(403, b"<Error>expired</Error>", "application/xml"),
    "404": lambda call: call.give(404, b""),
    "410": lambda call: call.give(410, b""),
    "html": lambda call: call.give(200, HTML, "text/html"),
    "empty": lambda call: call.give(200, b""),
    "503": lambda call: call.give(503, b""),
    "reset": lambda call: call.slam(),
    "redirect": lambda call: call.redirect(302),
    "redirect to a file": lambda call: call.give(302, b"", Location="file:///etc/passwd"),
    "416": lambda call: call.give(416, b""),
}
_CLIP = ("cut", "shorter than it is", "longer than it is", "ignores Range", "wrong range", "no ETag", *_BAD_CLIP)
