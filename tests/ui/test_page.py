"""The saved page, opened from the disk in a real browser: it plays in step, and asks no network for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from telling import light, plain

from seedance_widgets.simulator import Fault, Simulator
from seedance_widgets.studio import Studio

PROMPT = "</script><script>document.title = 'owned'</script><img src=x onerror='document.title = \"owned\"'>"
READY = "[...document.querySelectorAll('video')].filter((video) => video.readyState >= 2).length"
PLAYING = "[...document.querySelectorAll('video')].filter((video) => !video.paused).length"
# The light of the middle of each take, as the browser shows it.
LIGHTS = """() => [...document.querySelectorAll("video")].map((video) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 8, 8);
  const [red, green, blue] = context.getImageData(4, 4, 1, 1).data;
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
})"""


@pytest.fixture
def saved(tmp_path: Path) -> Iterator[Path]:
    """A page of three takes and a failed one, under a prompt that would like to be part of it."""
    faults = [Fault("fail", whom="seed=8", value="too menacing", times=9)]
    with Simulator(speed=1000.0, renderer=plain, faults=faults) as simulator:
        options = {"library": tmp_path / "library", "poll_interval": 0.02}
        with Studio(simulator.token, simulator.url, **options) as studio:
            grid = studio.sweep(PROMPT, seed="5-8", duration=10).wait(60)
            grid.generations[1].rate(4)
            yield grid.save(tmp_path / "page.html")


@pytest.fixture
def opened(browser: Browser, saved: Path) -> Iterator[tuple[Page, list[str]]]:
    """The page, and what it asked for or complained about."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url) if not _is_local(request.url) else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(saved.as_uri())
    _until(page, lambda: page.evaluate(READY) == 3)
    yield page, heard
    page.close()


def _is_local(url: str) -> bool:
    return url.startswith(("file:", "blob:", "data:"))


def _until(page: Page, test: Callable[[], Any]) -> None:
    """Wait; the page's policy forbids what playwright's own waiting does."""
    for _ in range(600):
        if test():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came")


def test_the_page_plays_from_the_disk_in_step_and_without_a_network(opened: tuple[Page, list[str]]) -> None:
    page, heard = opened
    if page.get_by_role("button", name="Play", exact=True).is_visible():
        page.get_by_role("button", name="Play", exact=True).click()
    _until(page, lambda: page.evaluate(PLAYING) == 3)
    page.get_by_role("button", name="Pause", exact=True).click()
    _until(page, lambda: page.evaluate(PLAYING) == 0)
    timeline = page.get_by_role("slider", name="Timeline")
    timeline.focus()
    page.keyboard.press("Home")
    for number in range(1, 4):
        page.get_by_role("button", name="Next frame").click()
        _until(page, lambda number=number: _frames(page) == [number] * 3)
    assert heard == []


def _frames(page: Page) -> list[int]:
    """Return the frame that each take shows."""
    return [round((shown - _LEVELS[0]) / (_LEVELS[1] - _LEVELS[0])) for shown in page.evaluate(LIGHTS)]


# What a browser makes of the lights of the first two frames: it widens 16…235 to 0…255.
_LEVELS = [(light(number) - 16) * 255 / 219 for number in (0, 1)]


def test_the_page_says_what_was_made_and_what_was_not(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    expect(page.get_by_role("heading", level=1)).to_have_text(PROMPT)
    assert page.title().startswith("</script>")
    expect(page.get_by_text("failed", exact=True)).to_be_visible()
    expect(page.get_by_label("Take seed 6")).to_be_visible()
    assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_readers_colours(browser: Browser, saved: Path, scheme: Any) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(saved.as_uri())
    backs = page.evaluate(
        "['body', '.swg-grid'].map((name) => getComputedStyle(document.querySelector(name)).backgroundColor)"
    )
    levels = [int(back.removeprefix("rgb(").split(",")[0]) for back in backs]
    assert all(level > 200 for level in levels) if scheme == "light" else all(level < 60 for level in levels)
    page.close()
