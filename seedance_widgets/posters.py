"""The small pictures of takes, kept on the disk: made once, from the clip, when somebody first looks."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from .errors import LibraryError

WIDTH = 320  # pixels; sharp at the size of a tile
FOLDER = "posters"


class Posters:
    """The posters of a library, in ``posters/`` beside its clips. They may be deleted at any time.

    Parameters
    ----------
    folder : Path
        The library's.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FOLDER

    def kept(self, key: str) -> bytes:
        """Return the poster of a take as it lies on the disk; empty where there is none yet."""
        with suppress(OSError):
            return self._file(key).read_bytes()
        return b""

    def get(self, key: str, clip: Path) -> bytes:
        """Return the poster of a take, a JPEG of at most 15 kB; made from its clip where there is none yet.

        Raises
        ------
        DownloadFailed, LibraryError
            The clip cannot be played, or read.
        """
        if picture := self.kept(key):
            return picture
        from .media import poster

        picture = poster(clip, width=WIDTH)
        with suppress(OSError):  # a full disk: the next one who looks makes it again
            self._keep(key, picture)
        return picture

    def drop(self, keys: Iterable[str]) -> None:
        """Delete the posters of these takes."""
        for key in keys:
            with suppress(OSError):
                self._file(key).unlink()

    def clear(self) -> int:
        """Delete all posters; return the bytes that are free now."""
        before = self.size
        try:
            for path in self.path.glob("*.jpg"):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise LibraryError(f"The posters in {self.path} cannot be deleted: {error.strerror or error}.") from error
        return before - self.size

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        with suppress(FileNotFoundError):
            return sum(entry.stat().st_size for entry in os.scandir(self.path))
        return 0

    def _file(self, key: str) -> Path:
        return self.path / f"{key}.jpg"

    def _keep(self, key: str, picture: bytes) -> None:
        """Write it under a passing name first: who looks meanwhile sees a whole one, or none."""
        self.path.mkdir(exist_ok=True)
        part = self.path / f".{uuid4().hex}"
        part.write_bytes(picture)
        os.replace(part, self._file(key))
