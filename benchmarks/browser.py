"""The system's Chromium with a plain page, for the benchmarks of what runs in the page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from playwright.sync_api import Page, Route, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--disable-quic", "--autoplay-policy=no-user-gesture-required"),
)


def find_browser() -> str | None:
    """Return the path of Chromium, or of what the variable CHROMIUM names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def plain_page(html: str, script: str, files: Mapping[str, Path], **options: object) -> Iterator[Page]:
    """Open a page that may import the package's static modules, such as ``/player.js``, and fetch `files` by name.

    Parameters
    ----------
    html, script : str
        The page's body, and a module that has run (with its top-level ``await``) when the page is given.
    files : mapping of str to Path
        Clips by their name in the page.
    **options
        Of the page, such as ``viewport``.
    """

    def answer(route: Route) -> None:
        name = route.request.url.split("/", 3)[3]
        if name in files:
            route.fulfill(path=files[name], content_type="video/mp4")
        elif name == "script.js":
            route.fulfill(body=f"{script}\nwindow.loaded = true;", content_type="text/javascript")
        elif name.endswith(".js"):
            code = resources.files("seedance_widgets").joinpath("static", name).read_text("utf-8")
            route.fulfill(body=code, content_type="text/javascript")
        else:
            route.fulfill(body=f"<!doctype html><meta charset='utf-8'><body>{html}", content_type="text/html")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
        page = browser.new_page(**options)  # type: ignore[arg-type]
        page.route("**/*", answer)
        page.goto("http://localhost/")
        page.add_script_tag(url="/script.js", type="module")
        page.wait_for_function("window.loaded === true", timeout=120_000)
        yield page
        browser.close()
