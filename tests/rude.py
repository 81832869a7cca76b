"""A scripted HTTP server for what no well-meaning server does: each connection is answered by a function.

``with Rude(answer) as server:`` calls ``answer(call)`` for every connection once its request is read; the function
sends what it likes and returns, and the connection is closed. ``server.calls`` holds what was asked.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress


class Call:
    """One request, and the connection that it came over."""

    def __init__(self, connection: socket.socket, over: threading.Event) -> None:
        self.connection = connection
        self.over = over  # set when the server ends
        head, self.body = _read(connection)
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = [*lines[0].split(" "), "", "", ""][:3]
        pairs = [line.partition(":") for line in lines[1:] if line]
        self.headers = {name.lower(): value.strip() for name, _, value in pairs}

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(data)

    def answer(self, status: int = 200, body: bytes = b"{}", **headers: str) -> None:
        """Send a whole answer."""
        self.send(http(status, body, **headers))

    def hang(self) -> None:
        """Say nothing for as long as the test goes on."""
        self.over.wait(30)

    def reset(self) -> None:
        """Tear the connection down: the other side sees a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


class Rude:
    """A server on loopback.

    Parameters
    ----------
    answer : callable
        ``answer(call)``; or a list of such, one for each connection, the last one for all that follow.
    """

    def __init__(self, answer: Callable[[Call], object] | list[Callable[[Call], object]]) -> None:
        self.script = list(answer) if isinstance(answer, list) else [answer]
        self.calls: list[Call] = []
        self.connections = 0
        self.over = threading.Event()
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Rude:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            with self._lock:
                number = self.connections
                self.connections += 1
            call = Call(connection, self.over)
            with self._lock:
                self.calls.append(call)
            self.script[min(number, len(self.script) - 1)](call)


def http(status: int = 200, body: bytes = b"{}", **headers: str) -> bytes:
    """A whole answer as bytes; underscores in header names are dashes, and a header of "" is left out."""
    named: Mapping[str, str] = {"content-length": str(len(body)), "connection": "close"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = [f"HTTP/1.1 {status} Words", *(f"{name}: {value}" for name, value in named.items() if value != "")]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def _read(connection: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        block = connection.recv(65536)
        if not block:
            return data, b""
        data += block
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head, body
