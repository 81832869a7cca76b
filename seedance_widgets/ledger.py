"""What a request will cost, what is left on the account, what today has cost: known without ever waiting for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from .errors import SeedanceError
from .pricing import credit, dollars
from .threads import Workers, start_thread
from .tickets import likeness

if TYPE_CHECKING:
    from .model import Request
    from .studio import Studio

EVERY = 30.0  # seconds; the balance is not asked for more often
CALM = 0.2  # seconds; the view that asks is painted first, and kernel and page have all the processor for it
SIMULATED_EVERY = 2.0  # asking the simulator costs nobody anything


class Ledger:
    """The money of one Studio, as far as it is known by now. Asked for in the background.

    Parameters
    ----------
    studio : Studio
        Whose account it is.
    news : callable
        Called, on another thread, when more is known.
    every : float
        Seconds between two questions for the balance at the least.

    Attributes
    ----------
    balance : float or None
        Dollars on the account; None while nobody has said.
    today : float
        Dollars charged for what was started since midnight.
    """

    def __init__(self, studio: Studio, news: Callable[[], object], every: float = EVERY) -> None:
        self.balance: float | None = None
        self.today = 0.0
        self._studio, self._news, self._every = studio, news, every
        self._workers = Workers("seedance-ledger", 1)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._prices: dict[str, float | None] = {}
        self._opened = self._listed = self._looking = False
        self._looked_at = float("-inf")

    @property
    def waits(self) -> bool:
        """Whether the price list is being asked for."""
        return self._opened and not self._listed

    def open(self) -> None:
        """Ask once for the price list and the balance, if there is a key to ask with."""
        if self._opened or not self._studio.client.has_key:
            return
        self._opened = True
        for job in (self._let_paint, self._look_soon, self._read_list, self._count_today):
            self._workers.submit(job)

    def charged(self) -> None:
        """Take in that a take has ended: what it cost is known, and the balance has changed."""
        self._prices.clear()
        if self._opened:
            self._workers.submit(self._count_today)
            self._look_soon()

    def price(self, request: Request) -> float | None:
        """Return what a request will cost in dollars: what the latest take like it did, else the listed price."""
        like = likeness(request)
        if like not in self._prices:
            self._prices[like] = self._paid(like)
        paid = self._prices[like]
        return self._studio.listed_price(request) if paid is None else paid

    def _paid(self, like: str) -> float | None:
        try:
            return self._studio.library.price(like)
        except SeedanceError:  # a library that cannot be read says so when something is sent
            return None

    def close(self) -> None:
        """Ask nothing any more."""
        self._closed.set()
        self._workers.close()

    def _let_paint(self) -> None:
        self._closed.wait(CALM)

    def _read_list(self) -> None:
        if self._closed.is_set():
            return
        try:
            self._studio.catalogue.entries()
        finally:
            self._listed = True
            self._tell()

    def _count_today(self) -> None:
        midnight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        with suppress(SeedanceError):
            self.today = self._studio.library.spent_since(midnight, simulated=self._studio.is_simulated)
            self._tell()

    def _look_soon(self) -> None:
        """Ask for the balance as soon as that may be done again; several wishes are one question."""
        with self._lock:
            if self._looking:
                return
            self._looking = True
            every = min(self._every, SIMULATED_EVERY) if self._studio.is_simulated else self._every
            rest = max(0.0, self._looked_at + every - time.monotonic())
        start_thread("seedance-balance", lambda: self._look(rest))

    def _look(self, rest: float) -> None:
        if self._closed.wait(rest):
            return
        with self._lock:
            self._looking = False
            self._looked_at = time.monotonic()
        with suppress(SeedanceError):  # whoever sends something will hear what is wrong with the account
            self.balance = self._studio.client.balance()
            self._count_today()  # the answer has told whether this is a simulator

    def _tell(self) -> None:
        if not self._closed.is_set():
            self._news()


def cost_words(
    usd: float | None, takes: int = 1, *, made_of: str = "", simulated: bool = False, waits: bool = False
) -> str:
    """Return what will be charged, in words.

    Parameters
    ----------
    usd : float or None
        For one take.
    takes : int
        How many.
    made_of : str
        What makes them so many.
    simulated, waits : bool
        Whether nothing is really charged, and whether the price list is still awaited.
    """
    several = f"{takes} takes{made_of and f' ({made_of})'} · " if takes > 1 else ""
    if usd is None:
        return f"{several}{'looking up the cost …' if waits else 'cost known afterwards'}"
    total = usd * takes
    return f"{several}about {dollars(total)} · {credit(total)}{' (simulated)' if simulated else ''}"


def money_html(cost: str, ledger: Ledger, total: float | None, *, simulated: bool = False) -> str:
    """Return the line below the button: cost on the left, balance and the day's total on the right."""
    short = ledger.balance is not None and total is not None and total > ledger.balance + 1e-9
    parts = []
    if ledger.balance is not None:
        parts.append(f"balance {dollars(ledger.balance)}" + (": too little for this" if short else ""))
    if ledger.today:
        parts.append(f"today {dollars(ledger.today)}")
    account = " · ".join(parts)
    if account and simulated:
        account = f"simulated: {account}"
    kind = ' class="sw-wrong" role="status"' if short else ""
    return f"<span>{escape(cost)}</span><span{kind}>{escape(account)}</span>"
