"""Take the README's pictures: ``python scripts/screenshot.py [panel] [grid] [gallery]``; without a name, all.

Drives a real JupyterLab in a real Chromium with the harness of the browser tests, against the simulator.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "ui"))

from lab import PATIENCE, Lab, Notebook, launch, opened, playing  # noqa: E402

TAKES = (
    {"prompt": "a lighthouse in a storm at night", "resolution": "480p", "duration": 5, "seed": 7},
    {"prompt": "A menacing dragon above the tallest skyscraper", "resolution": "480p", "duration": 5, "seed": 11},
)
MOMENT = 2.0  # seconds into the clip
BEGIN = "import seedance_widgets as sw\nstudio = sw.Studio.simulated()"
SWEEP = """
grid = studio.sweep(
    "a lighthouse in a storm at night", seed="1-4", resolution=["480p", "720p"], duration=5
)
grid
""".strip()
RATE = "for take, stars in zip(grid.wait().generations, [3, 1, 5, 2, 3, 0, 4, 2]):\n    take.rate(stars)"
HISTORY = """
PROMPTS = [
    "A menacing dragon above the tallest skyscraper",
    "a lighthouse in a storm at night",
    "a balloon over a beach at sunset",
    "a paper boat on a river in the rain",
    "a fox in a snowy forest at dusk",
]
takes = [studio.generate(prompt, seed=seed, resolution="480p", duration=5) for prompt in PROMPTS for seed in (1, 2)]
for take, stars in zip(takes, [4, 2, 5, 0, 3, 1, 0, 4, 2, 3]):
    take.result().rate(stars)
takes[2].pick()
""".strip()
PICK = "grid.generations[2].pick()"


def main(names: list[str]) -> None:
    """Take the pictures of these names, or all."""
    for name in names or PICTURES:
        PICTURES[name](ROOT / "images" / f"{name}.png")


def panel(picture: Path) -> None:
    """Make two takes in the panel, and write what it looks like then."""
    fill = [f"panel.form.request = {request}" for request in TAKES]
    with notebook([BEGIN, "panel = studio.panel()\npanel", *fill]) as book:
        book.run("panel = studio.panel()")
        panel = book.cell("panel = studio.panel()").locator(".sw-panel")
        for number, request in enumerate(TAKES, 1):
            book.run(request["prompt"])
            panel.get_by_role("button", name="Generate").click()
            # A card of the strip has its picture once its clip is there.
            expect(panel.locator(".sw-card img")).to_have_count(number, timeout=PATIENCE * 1000)
        video = panel.locator("video")
        playing(video)
        # While it plays, a player hides its buttons; here it is held at one moment, to look the same each time.
        video.evaluate("(it, moment) => { it.pause(); it.controls = false; it.currentTime = moment }", MOMENT)
        book.wait("!document.querySelector('.sw-panel video').seeking")
        write(picture, book, panel)


def grid(picture: Path) -> None:
    """Make four seeds in two resolutions, and write what the grid looks like while they play."""
    with notebook([BEGIN, SWEEP, RATE, PICK]) as book:
        for cell in (SWEEP, RATE, PICK):
            book.run(cell)
        grid = book.cell(SWEEP).get_by_role("region", name="Takes side by side")
        expect(grid).to_contain_text("8 of 8 done")
        book.wait(f"() => {_PLAYING}.length === 8 && {_PLAYING}.every(each => each > {MOMENT})")
        write(picture, book, grid)


def gallery(picture: Path) -> None:
    """Make takes of several prompts, and write what the gallery looks like with two of them selected."""
    with notebook([BEGIN, HISTORY, "gallery = studio.gallery()\ngallery"]) as book:
        for words in ("import", "PROMPTS", "gallery = "):
            book.run(words)
        gallery = book.cell("gallery = ").get_by_role("region", name="Gallery")
        tiles = gallery.locator(".swg-tile")
        expect(tiles).to_have_count(10)
        book.wait("() => [...document.querySelectorAll('.swg-tile img')].filter(it => !it.hidden).length === 10")
        for number in (1, 3):
            tiles.nth(number).get_by_role("checkbox").check()
        write(picture, book, gallery)


_PLAYING = "[...document.querySelectorAll('.swg-video')].filter(it => !it.paused).map(it => it.currentTime)"
PICTURES = {"panel": panel, "grid": grid, "gallery": gallery}


@contextmanager
def notebook(cells: list[str]) -> Iterator[Notebook]:
    """Open a notebook with these cells in a JupyterLab of its own, light, without a side bar; run the first."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Lab(Path(folder) / "lab") as lab,
        sync_playwright() as playwright,
        launch(playwright) as browser,
        opened(lab, browser, lab.put(cells), viewport={"width": 1280, "height": 1100}, device_scale_factor=1.5) as book,
    ):
        book.page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
        book.run(cells[0])
        yield book


def write(picture: Path, book: Notebook, shown: Locator) -> None:
    """Write what is seen of a widget, with a little air around it."""
    shown.scroll_into_view_if_needed()
    book.page.mouse.move(0, 0)
    box = shown.bounding_box()
    assert box is not None
    area = {"x": box["x"] - 4, "y": box["y"] - 4, "width": box["width"] + 8, "height": box["height"] + 8}
    picture.parent.mkdir(parents=True, exist_ok=True)
    book.page.screenshot(path=picture, clip=area)


if __name__ == "__main__":
    main(sys.argv[1:])
