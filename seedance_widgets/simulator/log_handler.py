"""GET /v2/logs: how a lost answer is found again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from .handler import Handler
from .service import Refused

_PERIOD = re.compile(r"([1-9]\d{0,5})([hd])")
_LONGEST = timedelta(days=92)


class Logs(Handler):
    """GET /v2/logs: one row a request, newest first."""

    room = "logs"
    needs_key = True

    async def get(self) -> None:
        """The page of rows that the query asks for."""
        try:
            start, end = self.window()
            limit = self.count("limit", 50, 1, 100)
            offset = self.count("offset", 0, 0, 10**9)
        except Refused as refused:
            self.fail(refused.status, refused.message)
            return
        rows = self.service.world.logs(self.account, start, end, delay=self.service.log_delay)
        for key in ("model", "status"):
            wanted = self.get_query_arguments(key)
            rows = [row for row in rows if not wanted or row[key] in wanted]
        total = len(rows)
        paging = {"limit": limit, "offset": offset, "total": total, "has_more": offset + limit < total}
        await self.answer({"data": rows[offset : offset + limit], "pagination": paging})

    def window(self) -> tuple[float, float]:
        """Start and end in wall-clock seconds."""
        period = self.get_query_argument("period", "")
        start, end = self.get_query_argument("start", ""), self.get_query_argument("end", "")
        if bool(period) == bool(start or end) or bool(start) != bool(end):
            raise Refused(400, "Give either period, or both start and end.")
        if period:
            length, until = _length(period), self.service.world.wall()
        else:
            until = _moment(end)
            length = timedelta(seconds=until - _moment(start))
        if not timedelta(0) <= length <= _LONGEST:
            raise Refused(400, "The window must not be negative, or longer than 92 days.")
        return until - length.total_seconds(), until

    def count(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number of the query."""
        text = self.get_query_argument(name, str(default))
        if not text.isdecimal() or not low <= int(text) <= high:
            raise Refused(400, f"{name}: Expected a whole number from {low} to {high}, received {text[:40]!r}.")
        return int(text)


def _length(period: str) -> timedelta:
    found = _PERIOD.fullmatch(period)
    if not found:
        raise Refused(400, f"period: Expected a number followed by h or d, received {period[:40]!r}.")
    number = int(found[1])
    return timedelta(hours=number) if found[2] == "h" else timedelta(days=number)


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(400, f"Expected an ISO-8601 time, received {text[:40]!r}.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
