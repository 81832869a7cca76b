"""The clips of the simulator: drawn once for each scene, in fair turns, by two threads, and kept in a folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path

from .line import Line
from .scene import Scene

Renderer = Callable[[Scene, Path], None]
_Work = Line[tuple[Scene, Path, Future[Path]]]

THREADS = 2
_KEPT_BYTES = 512 * 2**20
_STALE = 3600.0
_PART = "part-"


class Clips:
    """A folder of clips that draws what it does not have.

    Parameters
    ----------
    folder : Path or str, optional
        Where clips are kept from one run to the next. By default the user's cache folder; with a renderer of
        one's own, a temporary folder that goes with the object.
    renderer : callable, optional
        ``renderer(scene, path)`` writes the MP4 of a scene.
    """

    def __init__(self, folder: Path | str | None = None, renderer: Renderer | None = None) -> None:
        self.folder = Path(folder) if folder else _cache_folder() if renderer is None else _passing_folder(self)
        self._renderer = renderer
        self._edition = _edition() if renderer is None else "own"
        self._lock = threading.Lock()
        self._wanted: dict[str, Future[Path]] = {}
        self._work: _Work = Line()
        self._at_work: set[str] = set()
        self._threads: list[threading.Thread] = []
        self.rendered = 0

    def want(self, scene: Scene, whom: str = "") -> Future[Path]:
        """The clip of a scene: there already, or on its way. Asking twice draws once.

        Parameters
        ----------
        scene : Scene
            What to draw.
        whom : str
            Who asks: people are served in turn.
        """
        name = self.name(scene)
        with self._lock:
            known = self._wanted.get(name)
            if known is not None and _failed(known):
                return self._wanted.pop(name)  # told once; whoever asks after that has it drawn anew
            if known is not None and not _lost(known):
                return known
            future: Future[Path] = Future()
            future.set_running_or_notify_cancel()  # so that one who no longer waits cannot cancel it for all
            self._wanted[name] = future
            path = self.folder / name
            if path.is_file():
                future.set_result(path)
            else:
                self._work.put(whom, (scene, path, future))
                self._start()
            return future

    def close(self) -> None:
        """Lets the threads end after what they are drawing; nothing waits for them."""
        with self._lock:
            self._work.close()
            self._threads, self._work = [], Line()
            self._wanted = {name: each for name, each in self._wanted.items() if each.done()}

    def turns(self) -> dict[str, int]:
        """How many clips are drawn before each one that waits, by the name of its file; 0 = it is being drawn."""
        waiting = [path.name for _, path, _ in self._work.order()]
        with self._lock:
            return dict.fromkeys(self._at_work, 0) | {name: turn for turn, name in enumerate(waiting, 1)}

    def name(self, scene: Scene) -> str:
        """The name of a scene's file."""
        text = repr((self._edition, sorted(asdict(scene).items())))
        return hashlib.sha256(text.encode()).hexdigest()[:32] + ".mp4"

    def _start(self) -> None:
        # Daemon threads, not a pool: a pool makes the interpreter wait for half-drawn clips when it ends.
        if len(self._threads) < THREADS:
            if not self._threads:
                _tidy(self.folder)
            name = f"seedance-simulator-clips-{len(self._threads) + 1}"
            thread = threading.Thread(target=self._draw, args=(self._work,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _draw(self, work: _Work) -> None:
        while (task := work.take()) is not None:
            scene, path, future = task
            with self._lock:
                self._at_work.add(path.name)
            try:
                self._write(scene, path)
            except Exception as error:  # whatever a renderer or a disk can raise ends this one clip only
                future.set_exception(error)
            else:
                self.rendered += 1
                future.set_result(path)
            finally:
                with self._lock:
                    self._at_work.discard(path.name)

    def _write(self, scene: Scene, path: Path) -> None:
        renderer = self._renderer or _built_in()
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{_PART}{os.getpid()}-{threading.get_ident()}-{path.name}")
        try:
            renderer(scene, part)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def _failed(future: Future[Path]) -> bool:
    """Whether a clip could not be drawn."""
    return future.done() and future.exception() is not None


def _lost(future: Future[Path]) -> bool:
    """Whether a clip that was there has been cleared away."""
    return future.done() and not future.result().is_file()


def _built_in() -> Renderer:
    from .render import render_clip

    return render_clip


def _cache_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("seedance-widgets", appauthor=False)) / "simulator"


def _edition() -> str:
    """Changes whenever the code that draws does, so that no clip of an older way of drawing is served."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _passing_folder(owner: object) -> Path:
    """A folder that goes when its owner does."""
    folder = tempfile.mkdtemp(prefix="seedance-simulator-")
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _tidy(folder: Path) -> None:
    """Clears away what a killed run left half drawn, and the oldest clips beyond half a gigabyte."""
    with contextlib.suppress(OSError):  # another simulator may be tidying the same folder
        files = [(each, each.stat()) for each in folder.glob("*.mp4*")]
        files.sort(key=lambda pair: pair[1].st_mtime, reverse=True)
        room = _KEPT_BYTES
        for path, state in files:
            room -= state.st_size
            half_drawn = path.name.startswith(_PART) and state.st_mtime < time.time() - _STALE
            if half_drawn or room < 0:
                path.unlink(missing_ok=True)
