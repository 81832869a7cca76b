"""A person's own presets: ``presets.json`` in the library's folder, a small file that several kernels may share."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from .errors import LibraryError
from .presets import Preset

FILE = "presets.json"
LONGEST_NAME = 60  # characters


class Shelf:
    """The presets in one folder.

    Parameters
    ----------
    folder : Path
        The library's.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def read(self) -> list[Preset]:
        """Return the presets, in the order in which they were saved.

        Raises
        ------
        LibraryError
            The file cannot be read, or is damaged.
        """
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._refused("read", error) from error
        except UnicodeDecodeError as error:
            raise self._damaged() from error
        try:
            return [
                Preset(_name(each["name"]), _fields(each["fields"]), own=True) for each in json.loads(text)["presets"]
            ]
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise self._damaged() from error

    def save(self, preset: Preset) -> None:
        """Keep a preset, in the place of one of the same name; raises LibraryError, and ValueError for its name."""
        new = Preset(_name(preset.name), preset.fields, own=True)
        others = self._readable()
        places = [index for index, each in enumerate(others) if each.name == new.name]
        if places:
            others[places[0]] = new
        else:
            others.append(new)
        self._write(others)

    def rename(self, old: str, new: str) -> None:
        """Give a preset another name; raises ValueError where another one has it, and KeyError where there is none."""
        name, presets = _name(new), self.read()
        if name != old and any(each.name == name for each in presets):
            raise ValueError(f"there is a preset {name!r} already")
        self._find(presets, old)
        self._write([Preset(name, each.fields) if each.name == old else each for each in presets])

    def delete(self, name: str) -> None:
        """Delete a preset; raises KeyError where there is none."""
        presets = self.read()
        self._find(presets, name)
        self._write([each for each in presets if each.name != name])

    def _find(self, presets: Sequence[Preset], name: str) -> None:
        if all(each.name != name for each in presets):
            raise KeyError(f"There is no preset {name!r} any more.")

    def _readable(self) -> list[Preset]:
        """Return the presets; a damaged file is laid aside."""
        try:
            return self.read()
        except LibraryError:
            with self._errors("moved"):
                os.replace(self.path, self.path.with_name(f"presets-damaged-{uuid4().hex[:6]}.json"))
            return []

    def _write(self, presets: Sequence[Preset]) -> None:
        """Write them beside the file, and put that into its place: it is whole at any moment."""
        text = json.dumps({"presets": [{"name": each.name, "fields": each.fields} for each in presets]}, indent=1)
        part = self.path.with_name(f"{FILE}.{uuid4().hex[:8]}.part")
        with self._errors("written"):
            try:
                with part.open("w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(part, self.path)
            finally:
                part.unlink(missing_ok=True)

    def _damaged(self) -> LibraryError:
        return LibraryError(
            f"{self.path} is damaged, so that your own presets cannot be shown. It stays as it is until you save "
            "another one; it is kept under another name then."
        )

    @contextmanager
    def _errors(self, done: str) -> Iterator[None]:
        """Say in words what the disk refuses."""
        try:
            yield
        except OSError as error:
            raise self._refused(done, error) from error

    def _refused(self, done: str, error: OSError) -> LibraryError:
        return LibraryError(f"{self.path} cannot be {done}: {error.strerror or error}.")


def _name(name: Any) -> str:
    """Return a name as it is kept; raises ValueError."""
    words = " ".join(name.split()) if isinstance(name, str) else ""
    if not words:
        raise ValueError("a preset needs a name")
    if len(words) > LONGEST_NAME:
        raise ValueError(f"a preset's name has at most {LONGEST_NAME} characters")
    return words


def _fields(fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict):
        raise TypeError("no fields")
    return fields
