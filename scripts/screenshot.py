"""Take the README's picture of the panel: ``python scripts/screenshot.py [FILE]``.

Drives a real JupyterLab in a real Chromium with the harness of the browser tests, against the simulator.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "ui"))

from lab import PATIENCE, Lab, launch, opened, playing  # noqa: E402

PICTURE = ROOT / "images" / "panel.png"
TAKES = (
    {"prompt": "a lighthouse in a storm at night", "resolution": "480p", "duration": 5, "seed": 7},
    {"prompt": "A menacing dragon above the tallest skyscraper", "resolution": "480p", "duration": 5, "seed": 11},
)
MOMENT = 2.0  # seconds into the clip
CELLS = [
    "import seedance_widgets as sw\nstudio = sw.Studio.simulated()",
    "panel = studio.panel()\npanel",
    *(f"panel.form.request = {request}" for request in TAKES),
]


def main(picture: Path = PICTURE) -> None:
    """Make two takes in the panel, and write what it looks like then."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Lab(Path(folder) / "lab") as lab,
        sync_playwright() as playwright,
        launch(playwright) as browser,
        opened(lab, browser, lab.put(CELLS), viewport={"width": 1280, "height": 1100}, device_scale_factor=1.5) as book,
    ):
        book.page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
        book.run("import seedance_widgets")
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
        picture.parent.mkdir(parents=True, exist_ok=True)
        book.page.screenshot(path=picture, clip=frame(panel, book.page))


def frame(panel: Locator, page: Page) -> dict[str, float]:
    """Return where the panel is in the page, with a little air."""
    panel.scroll_into_view_if_needed()
    page.mouse.move(0, 0)
    box = panel.bounding_box()
    assert box is not None
    return {"x": box["x"] - 4, "y": box["y"] - 4, "width": box["width"] + 8, "height": box["height"] + 8}


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
