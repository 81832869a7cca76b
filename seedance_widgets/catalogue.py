"""The API's live list of video models: what they are, what they cost, and the document that each form is made of.

What was fetched is kept in the library's folder, so that it is there without a network, and asked for again with its
ETag. The list needs no key.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .client import Client
from .errors import ConfigError, DocumentError, SeedanceError
from .model import Model, Request, load_model, models
from .pricing import price_of

FRESH = 3600.0  # seconds; prices and models change by the week
LARGEST_DOCUMENT = 5_000_000  # bytes
VIDEO_TYPE = "internal/video-generations/submit"


@dataclass(frozen=True)
class Entry:
    """One model of the catalogue.

    Attributes
    ----------
    id, name, developer, description : str
        What it is called, by whom it is, what it does.
    document_url : str
        Where its OpenAPI document is; empty for a bundled model of which the API says nothing.
    pricing : dict
        Its price list, to be read by `pricing.price_of`.
    bundled : bool
        Whether this package holds a document of its own.
    """

    id: str
    name: str = ""
    developer: str = ""
    description: str = ""
    document_url: str = ""
    pricing: Mapping[str, Any] | None = None
    bundled: bool = False


class Catalogue:
    """The API's video models. Thread-safe.

    Parameters
    ----------
    client : Client
        Whom to ask.
    folder : Path
        Where to keep what was fetched.
    """

    def __init__(self, client: Client, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.trouble = ""  # why the last look at the API failed, in words
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._read_at = -FRESH

    def search(self, text: str = "") -> list[Entry]:
        """Return the models whose id, name, developer or description holds all words of the text, by id."""
        words = text.lower().split()
        return [
            entry
            for entry in sorted(self.entries().values(), key=lambda each: each.id)
            if all(word in f"{entry.id} {entry.name} {entry.developer} {entry.description}".lower() for word in words)
        ]

    def entries(self) -> dict[str, Entry]:
        """Return id → entry: the API's, what was kept of them without a network, and the bundled ones in any case."""
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH:
                listed = self._ask() or self._kept()
                bundled = {id: Entry(id, bundled=True) for id in models()}
                self._entries = bundled | {entry.id: entry for entry in map(_entry, listed) if entry.id}
                self._read_at = time.monotonic() - (FRESH - 60 if self.trouble else 0)
            return dict(self._entries)

    def known(self) -> dict[str, Entry]:
        """Return what is known without asking anybody: for a form that may not wait."""
        return dict(self._entries)

    def pricing(self, model_id: str) -> Mapping[str, Any] | None:
        """Return a model's price list; None where the API gives none."""
        entry = self.entries().get(model_id)
        return entry.pricing if entry else None

    def price(self, request: Request, *, ask: bool = False) -> float | None:
        """Return what a request costs by the price list, in USD; None where that cannot be told ahead.

        Parameters
        ----------
        request : Request
            A valid request.
        ask : bool
            Whether to ask the API where its list is not here yet; False never waits for the network.
        """
        entries = self.entries() if ask else self.known()
        entry = entries.get(request.model.id)
        return price_of(request, entry.pricing) if entry else None

    def load(self, source: Any) -> Model:
        """Return a model: what `load_model` reads, and any id of the list."""
        if _may_be_id(source) and source not in models() and source in self.entries():
            return self.model(source)
        return load_model(source)

    def model(self, model_id: str) -> Model:
        """Return a model: the document that the API links, else what was kept of it, else the bundled one.

        Raises
        ------
        ConfigError
            Nobody knows a model of that name.
        DocumentError
            Its document cannot be had or read.
        """
        entry = self.entries().get(model_id)
        if entry is None:
            raise ConfigError(f"The API lists no video model {model_id!r}: search with studio.models('…').")
        if entry.bundled:
            return load_model(model_id)
        if not entry.document_url:
            raise DocumentError(f"The API links no document of {model_id}: paste its page into load_model instead.")
        return load_model(self._document(entry))

    def _ask(self) -> list[dict[str, Any]]:
        """Ask the API for its list and keep it; empty when it cannot be had, with the trouble in words."""
        try:
            listed = self.client.models(output_modalities="video", include="pricing")
        except SeedanceError as error:
            self.trouble = str(error)
            return []
        self.trouble = ""
        listed = [each for each in listed if each.get("type") in (None, VIDEO_TYPE)]
        self._keep("catalogue.json", json.dumps(listed).encode())
        return listed

    def _kept(self) -> list[dict[str, Any]]:
        try:
            kept = json.loads((self.folder / "catalogue.json").read_bytes())
        except (OSError, ValueError):
            return []
        return [each for each in kept if isinstance(each, dict)] if isinstance(kept, list) else []

    def _document(self, entry: Entry) -> str:
        """Fetch a document unless it has not changed; without a network the kept one does."""
        from .openapi.remote import download_changed

        name = hashlib.sha256(entry.document_url.encode()).hexdigest()[:24]
        kept, mark = self.folder / f"{name}.json", self.folder / f"{name}.etag"
        etag = mark.read_text() if mark.exists() and kept.exists() else ""
        try:
            body, now = download_changed(entry.document_url, LARGEST_DOCUMENT, etag)
        except DocumentError:
            if kept.exists():
                return kept.read_text("utf-8")
            raise
        if body is None:
            return kept.read_text("utf-8")
        self._keep(kept.name, body)
        self._keep(mark.name, now.encode())
        return body.decode("utf-8", "replace")

    def _keep(self, name: str, body: bytes) -> None:
        """Keep a file for the time without a network; a disk that refuses costs nothing but that."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f"{name}.{os.getpid()}.part"
            part.write_bytes(body)
            os.replace(part, self.folder / name)


def _entry(listed: Mapping[str, Any]) -> Entry:
    """Read one entry of the list, whatever it leaves out."""
    info = listed.get("info")
    info = info if isinstance(info, Mapping) else {}
    pricing = listed.get("pricing")
    id = _text(listed.get("id"))
    return Entry(
        id=id,
        name=_text(info.get("name")),
        developer=_text(info.get("developer")),
        description=_text(info.get("description")),
        document_url=_text(info.get("docsJson")),
        pricing=pricing if isinstance(pricing, Mapping) else None,
        bundled=id in models(),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _may_be_id(source: Any) -> bool:
    """Whether a source may be the name of a model, and is no address, no text and no file."""
    if not isinstance(source, str) or len(source) > 200 or any(mark in source for mark in ("\n", "{", "://")):
        return False
    return not os.path.exists(source)
