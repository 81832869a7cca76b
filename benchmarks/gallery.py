"""The first page of a gallery of 5,000 takes, against showing the history with plain widgets.

``python -m benchmarks.gallery [--takes 5000] [--repeat 5] [--no-browser]``

Counted is what the kernel sends (messages, bytes) and what it asks the database (statements, rows); measured is the
time in the kernel, and, in headless Chromium, from the beginning to the last picture of the first screen, with answers
as the kernel has given them. The pictures are on the disk already, except where the row says so.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import comm
import ipywidgets as widgets
from comm.base_comm import BaseComm

from seedance_widgets import assets, media
from seedance_widgets.captions import caption
from seedance_widgets.database import Database
from seedance_widgets.gallery import Gallery
from seedance_widgets.library import Library
from seedance_widgets.posters import Posters
from seedance_widgets.simulator.render import render_clip
from seedance_widgets.simulator.scene import Scene
from seedance_widgets.studio import Studio

from .browser import find_browser, plain_page
from .report import Row

SCREEN = 20  # takes that are seen at once
PAGE = 48
CLIPS = 8  # different ones
_INSERT = """
INSERT INTO generations (key, model, request, prompt, seed, base_url, create_path, retrieve_path, simulated,
    fingerprint, status, created_at, likeness, usd, paths, clip)
VALUES (:key, 'vendor/model', '{}', 'a lighthouse in a storm at night', :seed, '', '', '', 0,
    :key, 'completed', :seed, '', 0.09, :paths, :clip)
"""


def fill(library: Library, takes: int, folder: Path) -> None:
    """Write a history; every take has a clip (one of a few, linked) and its poster."""
    clips = [folder / f"{number}.mp4" for number in range(CLIPS)]
    for number, path in enumerate(clips):
        scene = Scene("a lighthouse in a storm at night", number, "480p", "16:9", 1.0, False, False)
        render_clip(scene, path)
    facts = [json.dumps(vars(media.probe(path))) for path in clips]
    rows = [
        {"key": f"{seed:032x}", "seed": seed, "paths": f'["videos/{seed:032x}.mp4"]', "clip": facts[seed % CLIPS]}
        for seed in range(takes)
    ]
    with library.database.transaction() as connection:
        connection.executemany(_INSERT, rows)
    posters = Posters(library.path)
    posters.path.mkdir()
    for row in rows:
        library.clip_path(str(row["key"])).hardlink_to(clips[int(row["seed"]) % CLIPS])
    pictures = [media.poster(path) for path in clips]
    for row in rows:
        (posters.path / f"{row['key']}.jpg").write_bytes(pictures[int(row["seed"]) % CLIPS])


@dataclass
class Counted:
    """What one way of showing the first page costs."""

    messages: int = 0
    bytes: int = 0
    statements: int = 0
    rows: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.messages:6} messages {self.bytes / 1e3:9.0f} kB  {self.statements:3} statements {self.rows:6} rows "
            f"{1e3 * self.seconds:8.0f} ms"
        )


def counted(act: Callable[[], object]) -> Counted:
    """Do it, and count what goes to the page and to the database."""
    found, rows = Counted(), Database.rows

    class Wire(BaseComm):
        def publish_msg(self, kind: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any) -> None:
            found.messages += 1
            found.bytes += len(json.dumps(data, default=str)) + sum(len(bytes(each)) for each in buffers or ())

    def asked(self: Database, statement: str, values: Any = ()) -> list[Any]:
        got = rows(self, statement, values)
        found.statements += 1
        found.rows += len(got)
        return got

    with mock.patch.object(comm, "create_comm", Wire), mock.patch.object(Database, "rows", asked):
        begun = time.perf_counter()
        act()
        found.seconds = time.perf_counter() - begun
    return found


def ask(gallery: Gallery, kind: str, **fields: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Ask as the page does, and wait for the answer."""
    got: list[Any] = []

    def send(content: Any, buffers: Any = None) -> None:
        type(gallery.wall).send(gallery.wall, content, buffers)
        got.append((content, buffers))

    gallery.wall.send = send
    gallery.wall._handle_custom_msg({"kind": kind, "id": "1", **fields}, [])
    while not got:
        time.sleep(0.0005)
    return got[0]


def ours(studio: Studio) -> Gallery:
    """Open the gallery, ask for its first page and for the pictures of the first screen, as the page does."""
    gallery = studio.gallery()
    answer, _ = ask(gallery, "page", search={}, skip=0, n=PAGE, whole=True)
    keys = [row["key"] for row in answer["rows"][:SCREEN]]
    for start in range(0, SCREEN, 12):
        ask(gallery, "posters", keys=keys[start : start + 12])
    return gallery


def plain(studio: Studio, shown: int | None) -> object:
    """Read the whole history, and show a picture and a caption of each take, or of the first ones."""
    posters = Posters(studio.library.path)
    takes = studio.library.recent(10**9)[:shown]
    cards = [
        widgets.VBox((widgets.Image(value=posters.kept(take.key), format="jpeg"), widgets.Label(caption(take))))
        for take in takes
    ]
    return widgets.GridBox(cards)


def in_kernel(studio: Studio, repeat: int) -> Iterator[str]:
    """The kernel's part of the report."""
    posters = Posters(studio.library.path)
    newest = [take.key for take in studio.library.recent(SCREEN)]

    def cold() -> None:
        ours(studio).close()

    ways: dict[str, tuple[Callable[[], object], int]] = {
        "the gallery": (lambda: ours(studio).close(), repeat),
        "the gallery, pictures still to be made": (cold, repeat),
        f"an Image for each of {PAGE}, all rows read": (lambda: plain(studio, PAGE), repeat),
        "an Image for each take": (lambda: plain(studio, None), 1),
    }
    for name, (way, times) in ways.items():
        found = []
        for _ in range(times):
            if way is cold:
                posters.drop(newest)
            found.append(counted(way))
            widgets.Widget.close_all()
        found[0].seconds = median(each.seconds for each in found)
        yield f"  {name:<40} {found[0]}"


def in_page(studio: Studio, repeat: int) -> Iterator[str]:
    """The page's part of the report: the same answers, drawn by the gallery's own module."""
    gallery = studio.gallery()
    answer, _ = ask(gallery, "page", search={}, skip=0, n=PAGE, whole=True)
    pictures = {row["key"]: _text(gallery, row["key"]) for row in answer["rows"]}
    gallery.close()
    script = Path(__file__).with_name("gallery.js").read_text("utf-8")
    style = f"<style>{assets.style('gallery.css')}</style>"
    with plain_page(style, script, {}, viewport={"width": 1280, "height": 900}) as page:
        times = [page.evaluate("([a, p]) => firstPage(a, p)", [answer, pictures]) for _ in range(repeat)]
    yield f"  until the last picture of the first screen is drawn: {median(times):.0f} ms (slowest {max(times):.0f} ms)"


def _text(gallery: Gallery, key: str) -> str:
    return base64.b64encode(bytes(ask(gallery, "posters", keys=[key])[1][0])).decode()


def rows(small: bool = False) -> Iterator[Row]:
    """The table's rows."""
    takes = 1_000 if small else 5_000
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with Studio("key", "http://127.0.0.1:9", library=folder / "library", resume=False) as studio:
            fill(studio.library, takes, folder)
            ours(studio).close()  # makes the pictures
            mine, hand = (counted(way) for way in (lambda: ours(studio).close(), lambda: plain(studio, PAGE)))
            widgets.Widget.close_all()
    of, against = f"gallery of {takes} takes", f"an Image for each of {PAGE}"
    yield Row(f"{of}: messages to the first page", mine.messages, "", hand.messages, against)
    yield Row(f"{of}: time in the kernel", 1e3 * mine.seconds, "ms", 1e3 * hand.seconds, against)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=5_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        with Studio("key", "http://127.0.0.1:9", library=folder / "library", resume=False) as studio:
            fill(studio.library, options.takes, folder)
            print(f"{options.takes} takes. In the kernel, until the first page has left it:")
            for line in in_kernel(studio, options.repeat):
                print(line, flush=True)
            if find_browser() and not options.no_browser:
                print("In the page:")
                for line in in_page(studio, options.repeat):
                    print(line, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
