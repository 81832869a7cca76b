"""Serves the clips: signed addresses, byte ranges, and the ways in which a download goes wrong."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from tornado.iostream import StreamClosedError

from . import replies
from .faults import Fault
from .handler import Handler
from .service import Refused

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CHUNK = 256 * 1024
_ON_CLIP = ("expired_url", "html_clip", "empty_clip", "cut", "slow", "drop")


class ClipHandler(Handler):
    """GET and HEAD of a clip; what it takes is the signature in the address, not the key."""

    room = "clip"

    def facts(self) -> dict[str, Any]:
        """A clip is known by its generation."""
        job = self.service.world.jobs.get(self.path_args[0])
        return self.service.facts(job) if job else {}

    def compute_etag(self) -> str | None:
        """None: the clip's own is set by hand, before the bytes are read."""
        return None

    async def head(self, generation_id: str) -> None:
        """The headers of the clip."""
        await self.get(generation_id)

    async def get(self, generation_id: str) -> None:
        """The clip, or a part of it."""
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        try:
            if "Authorization" in self.request.headers:
                raise Refused(400, "The address is signed; an Authorization header must not be sent along.")
            job = self.service.signed(generation_id, query)
        except Refused as refused:
            self.deny(refused.status, refused.message)
            return
        struck = self.service.faults.strike("clip", _ON_CLIP, self.facts())
        if await self.trouble(struck):
            return
        path = await asyncio.wrap_future(self.service.clip(job))
        await self.serve(path, struck.get("cut"))

    async def trouble(self, struck: dict[str, Fault]) -> bool:
        """Whatever a fault makes of the answer instead of the clip; False when it is to be sent."""
        if "slow" in struck:
            await asyncio.sleep(float(struck["slow"].value or 5.0))
        if "drop" in struck:
            self.hang_up()
        elif "expired_url" in struck:
            self.deny(403, "Request has expired.")
        elif "html_clip" in struck:
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish(replies.HTML_PAGE)
        elif "empty_clip" in struck:
            self.set_header("Content-Type", "video/mp4")
            self.set_header("Content-Length", "0")
            self.finish()
        else:
            return False
        return True

    def deny(self, status: int, message: str) -> None:
        """An error as a file store words it, which is not the API's way."""
        self.set_status(status)
        self.finish(replies.dumps({"Code": "AccessDenied", "Message": message}))

    async def serve(self, path: Path, cut: Fault | None) -> None:
        """Send the file, or the range of it that was asked for."""
        size, etag = path.stat().st_size, f'"{path.stem}"'
        self.set_header("Content-Type", "video/mp4")
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("ETag", etag)
        self.set_header("Cache-Control", "private, max-age=86400")
        if self.request.headers.get("If-None-Match") == etag:
            self.set_status(304)
            self.finish()
            return
        span = self.span(size, etag)
        if span is None:
            self.set_status(416)
            self.set_header("Content-Range", f"bytes */{size}")
            self.finish()
            return
        start, end = span
        self.set_header("Content-Length", str(end - start))
        if self.request.method == "HEAD":
            self.finish()
        else:
            await self.send(path, start, end, end if cut is None else start + int(cut.value or 1000))

    def span(self, size: int, etag: str) -> tuple[int, int] | None:
        """First byte and end of what is to be sent; None when no such bytes are there."""
        wanted = self.request.headers.get("Range", "")
        found = _RANGE.fullmatch(wanted.strip())
        stale = self.request.headers.get("If-Range", etag) != etag
        if stale or not found or not (found[1] or found[2]):
            return 0, size
        if found[1]:
            start, end = int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)
            if found[2] and int(found[2]) < start:
                return 0, size
        else:
            start, end = max(0, size - int(found[2])), size
        if start >= size:
            return None
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        return start, end

    async def send(self, path: Path, start: int, end: int, stop: int) -> None:
        """Send the bytes from start to end; the connection is cut at ``stop`` where that comes first."""
        self.note(self.get_status())
        try:
            with path.open("rb") as file:
                file.seek(start)
                while start < min(end, stop):
                    chunk = file.read(min(_CHUNK, min(end, stop) - start))
                    self.write(chunk)
                    await self.flush()
                    start += len(chunk)
        except StreamClosedError:
            return  # the other side has gone; there is nobody to tell
        if stop < end:
            self.hang_up()
