"""What tests share: an environment of its own for each, and simulators and studios that end with it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from clips import clip

from seedance_widgets import defaults, settings
from seedance_widgets.simulator import Simulator
from seedance_widgets.studio import Studio

if TYPE_CHECKING:
    from panels import OpenPanel

    from seedance_widgets.panel import Panel

MakeSimulator = Callable[..., Simulator]
MakeStudio = Callable[..., Studio]


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No key, no address, no keyring, no default Studio of others; the library's home is in `tmp_path`."""
    for name in (*settings.KEY_VARIABLES, settings.BASE_URL_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    monkeypatch.setenv(settings.HOME_VARIABLE, str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr(defaults, "_default", None)
    return home


def tiny_clip(scene: object, path: Path) -> None:
    """Stand in for the drawing of a scene, which takes a second; the clip is real, but the same for all."""
    shutil.copyfile(clip(64, 48, frames=12), path)


@pytest.fixture
def renderer() -> Callable[[object, Path], None]:
    """What simulators of tests draw with: see `tiny_clip`."""
    return tiny_clip


@pytest.fixture
def make_simulator() -> Iterator[MakeSimulator]:
    """``make_simulator(**options)``: a simulator that runs until the test ends; fast unless told otherwise."""
    with ExitStack() as stack:

        def make(**options: object) -> Simulator:
            clip(64, 48, frames=12)  # made here, once: two drawing threads would write the same file
            return stack.enter_context(Simulator(**{"speed": 1000.0, "renderer": tiny_clip, **options}))

        yield make


@pytest.fixture
def make_studio(make_simulator: MakeSimulator, tmp_path: Path) -> Iterator[MakeStudio]:
    """``make_studio(simulator=None, **options)``: a Studio on a simulator, closed when the test ends.

    Without a simulator it gets one of its own. All of one test share a library unless told otherwise.
    """
    with ExitStack() as stack:

        def make(simulator: Simulator | None = None, **options: object) -> Studio:
            simulator = simulator or make_simulator()
            given = {"library": tmp_path / "library", "poll_interval": 0.02, **options}
            return stack.enter_context(Studio(simulator.token, simulator.url, **given))

        yield make


@pytest.fixture
def simulator(make_simulator: MakeSimulator) -> Simulator:
    """A running simulator, a thousand times as fast as the service."""
    return make_simulator()


@pytest.fixture
def studio(make_studio: MakeStudio, simulator: Simulator) -> Studio:
    """A Studio on the fixture `simulator`."""
    return make_studio(simulator)


@pytest.fixture
def open_panel(make_simulator: MakeSimulator, make_studio: MakeStudio) -> Iterator[OpenPanel]:
    """``open_panel(studio_options, **simulator_options)``: a panel; ``panel.simulator`` is what it talks to."""
    panels: list[Panel] = []

    def make(studio: dict[str, object] | None = None, **options: object) -> Panel:
        simulator = make_simulator(**options)
        panel = make_studio(simulator, **(studio or {})).panel()
        panel.simulator = simulator
        panels.append(panel)
        return panel

    yield make
    for panel in panels:
        panel.close()
