"""The simulator as people use it: the API's video part on this computer, without a key or cost."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from .clips import Clips, Renderer
from .core import World
from .faults import Fault, Faults
from .service import Created, Service
from .shelf import Shelf

if TYPE_CHECKING:
    import socket

    from tornado.web import Application

_BACKLOG = 1024
_IDS = ("cgt", "nanoid", "uuid")


class Simulator:
    """The API's video part on loopback.

    Parameters
    ----------
    port : int
        0 takes a free one.
    host : str
        The address to listen at; ``"0.0.0.0"`` opens it to a classroom's network.
    token : str or sequence of str
        The key that is accepted. Several keys are several accounts, each with its own balance, generations
        and logs; ``token:name`` opens one more of the same kind for each name.
    speed : float
        1.0 is the pace of the real service, 36 to 50 s a clip; 6.0 is six times as fast.
    balance_usd : float
        What each account starts with.
    faults : iterable of str or Fault
        What is to go wrong; see `seedance_widgets.simulator.faults`.
    models : iterable, optional
        Models to offer beside the bundled ones, or documents to read them from.
    clip_ttl : float
        How long the address of a clip is good, s.
    clock : callable
        Seconds; a test can set it, and `advance` lets time pass on any clock.
    seed : int
        Decides ids, durations, open seeds and the faults that strike by chance.
    prefix : str
        A path before all addresses, as behind a proxy.
    rate_limit : float, optional
        Calls a second for each key; more are answered with 429.
    log_delay : float
        How late rows appear in the logs, s.
    withdrawn : iterable of str
        Ids of models that can no longer be called.
    cache : Path or str, optional
        Where drawn clips are kept; by default in the user's cache folder.
    renderer : callable, optional
        ``renderer(scene, path)`` writes a clip instead of the built-in one.
    ids : str
        The pattern of generation ids: ``cgt``, ``nanoid`` (may begin with ``-`` or ``_``) or ``uuid``.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        token: str | Sequence[str] = "simulated",
        speed: float = 6.0,
        balance_usd: float = 100.0,
        faults: Iterable[Fault | str] | Fault | str = (),
        models: Iterable[Any] | None = None,
        clip_ttl: float = 86400.0,
        clock: Callable[[], float] = time.monotonic,
        seed: int = 0,
        prefix: str = "",
        rate_limit: float | None = None,
        log_delay: float = 0.0,
        withdrawn: Iterable[str] = (),
        cache: Path | str | None = None,
        renderer: Renderer | None = None,
        ids: str = "cgt",
    ) -> None:
        _check(speed=speed, rate_limit=rate_limit, ids=ids)
        self.tokens = (token,) if isinstance(token, str) else tuple(token)
        self.host, self.port, self._bound = host, port, False
        self._prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
        self._faults = Faults(seed)
        for fault in [faults] if isinstance(faults, Fault | str) else faults:
            self._faults.add(fault)
        self._world = World(
            self.tokens,
            balance_usd=balance_usd,
            speed=speed,
            seed=seed,
            clock=clock,
            epoch=time.time(),
            ids=ids,
        )
        self._clips = Clips(cache, renderer)
        self._service = Service(
            self._world,
            Shelf(models or (), withdrawn),
            self._clips,
            self._faults,
            clip_ttl=clip_ttl,
            log_delay=log_delay,
            rate_limit=rate_limit,
            speed=speed,
            shared=bool(self._prefix) or not is_loopback(host),
        )
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        """Where it listens: the base URL for a client."""
        if not self._bound:
            raise ConfigError("The simulator has no address yet: call start() first.")
        return self.url_for({"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host))

    def url_for(self, name: str) -> str:
        """The same for who knows this computer by another name or address."""
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}{self._prefix}"

    @property
    def is_local(self) -> bool:
        """Whether only this computer reaches it."""
        return is_loopback(self.host)

    @property
    def token(self) -> str:
        """The key to send (the first, where there are several)."""
        return self.tokens[0]

    @property
    def created(self) -> list[Created]:
        """Every generation that was accepted, oldest first: the service's own truth."""
        return self._service.created

    @property
    def requests(self) -> list[tuple[str, str, int]]:
        """The calls seen: method, path, status (0: no answer was given); the latest some thousands."""
        return self._service.requests

    @property
    def rendered(self) -> int:
        """How many clips were really drawn."""
        return self._clips.rendered

    @property
    def in_flight(self) -> int:
        """How many generations are neither completed nor failed."""
        return self._world.in_flight()

    @property
    def balance_usd(self) -> float:
        """What the first account has left."""
        return self._world.balance_usd(self.token)

    def inject(self, fault: Fault | str) -> Fault:
        """Put a fault in force from now on."""
        return self._faults.add(fault)

    def heal(self, name: str = "") -> None:
        """Take the faults of that name out of force, or all."""
        self._faults.clear(name)

    def struck(self, name: str) -> int:
        """How often faults of that name have struck."""
        return self._faults.struck(name)

    def advance(self, seconds: float) -> None:
        """Let time pass at once: generations go on, addresses expire, rows of the logs appear."""
        self._world.advance(seconds)

    def start(self) -> Simulator:
        """Listen. Does nothing when it listens already; after `stop` it comes back at the same port.

        Raises
        ------
        ConfigError
            When the port is taken.
        """
        from .handlers import application

        with self._lock:
            if self._thread is None:
                task = (application(self._service, self._prefix), self._bind(), threading.Event())
                self._thread = threading.Thread(target=self._serve, args=task, name="seedance-simulator", daemon=True)
                self._thread.start()
                task[-1].wait(10.0)
        return self

    def stop(self) -> None:
        """Stop listening and close all connections; what it knows stays. Does nothing when it is stopped."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None or self._loop is None:
                return
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(1.0)
            self._clips.close()

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        where = self.url if self._thread is not None else "stopped"
        return f"<Simulator {where}: {len(self.created)} generations, {self.in_flight} in flight>"

    def _bind(self) -> list[socket.socket]:
        from tornado.netutil import bind_sockets

        try:
            sockets = bind_sockets(self.port, address=self.host, backlog=_BACKLOG)
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"The simulator cannot listen at {self.host}:{self.port} ({error}). "
                "Take another port, or port=0 for any that is free."
            ) from error
        self.port, self._bound = sockets[0].getsockname()[1], True
        return sockets

    def _serve(self, routes: Application, sockets: list[socket.socket], ready: threading.Event) -> None:
        from tornado.httpserver import HTTPServer

        # A loop of this thread's own, whatever runs in the notebook's main thread.
        loop = self._loop = asyncio.SelectorEventLoop()
        asyncio.set_event_loop(loop)
        server = HTTPServer(routes, xheaders=True)
        server.add_sockets(sockets)
        loop.call_soon(ready.set)
        try:
            loop.run_forever()
        finally:
            server.stop()
            _wind_up(loop, server)


def _wind_up(loop: asyncio.AbstractEventLoop, server: Any) -> None:
    """Close what is open; a call that is still being answered is given up."""

    async def close() -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(server.close_all_connections(), 0.3)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    loop.run_until_complete(close())
    loop.close()


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches an address to listen at."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check(*, speed: float, rate_limit: float | None, ids: str) -> None:
    if not speed > 0:
        raise ConfigError(f"The simulator's speed must be above 0, not {speed}.")
    if rate_limit is not None and not rate_limit > 0:
        raise ConfigError(f"The simulator's rate_limit must be above 0, not {rate_limit}.")
    if ids not in _IDS:
        raise ConfigError(f"The simulator's ids are one of {', '.join(_IDS)}, not {ids!r}.")
