"""What the browser tests of the grid share: a sweep that shows one, and its takes and buttons by name."""

from __future__ import annotations

from clips import clip
from lab import Notebook
from playwright.sync_api import Locator

SETUP = """
import shutil
import seedance_widgets as sw

CLIPS = {clips!r}

def copied(scene, path):
    shutil.copyfile(CLIPS.get(scene.seed, CLIPS[0]), path)

studio = sw.Studio.simulated(library="takes", renderer=copied, poll_interval=0.1, **{options!r})
"""


def cells_of(fields: str, more: tuple[str, ...], options: dict[str, object], prompt: str = "'a dragon'") -> list[str]:
    """Return the cells of a notebook that shows the grid of a sweep."""
    paths = {0: str(clip(320, 180, frames=48)), 2: str(clip(320, 180, frames=36))}
    paths |= dict.fromkeys((9, 10), str(clip(320, 180, frames=48, audio=True)))
    paths |= dict.fromkeys((11, 12), str(clip(640, 360, frames=48, picture="noise")))  # comes in several parts
    setup = SETUP.format(clips=paths, options={"speed": 200.0, **options})
    return [setup, f"grid = studio.sweep({prompt}, {fields})\ngrid", *more]


def grid_of(notebook: Notebook, words: str = "grid = ") -> Locator:
    """Return the grid below the cell that holds these words."""
    return notebook.cell(words).get_by_role("region", name="Takes side by side")


def take(grid: Locator, seed: int) -> Locator:
    return grid.get_by_role("group", name=f"Take seed {seed}", exact=True)


def button(place: Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def times(grid: Locator) -> list[float]:
    """Where each video stands, in seconds."""
    return list(grid.locator("video").evaluate_all("videos => videos.map(video => video.currentTime)"))


def until(notebook: Notebook, grid: Locator, test: str) -> None:
    """Wait until a function of the grid's videos is true."""
    notebook.wait(f"grid => ({test})([...grid.querySelectorAll('video')])", grid.element_handle())


def ready(notebook: Notebook, grid: Locator, count: int) -> None:
    until(notebook, grid, f"videos => videos.length === {count} && videos.every(v => v.readyState >= 2)")


def paused(notebook: Notebook, grid: Locator) -> None:
    """Press Pause, and wait until all stand."""
    button(grid, "Pause").click()
    until(notebook, grid, "videos => videos.every(v => v.paused && !v.seeking)")
