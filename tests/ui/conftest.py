"""Fixtures of the browser tests: one JupyterLab a session, one Chromium a file, a page a notebook.

``open_notebook(path_or_cells)`` returns a `lab.Notebook`. Each test here is marked ``ui``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from grids import cells_of, grid_of
from lab import BROWSERS, Lab, Notebook, find_browser, launch, opened
from playwright.sync_api import Browser, Locator, expect, sync_playwright

NO_BROWSER = (
    f"No Chromium was found ({', '.join(BROWSERS)}; the variable CHROMIUM names another): "
    "the browser tests did NOT run."
)
OpenNotebook = Callable[..., Notebook]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("ui")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call" and report.failed:
        for notebook in getattr(item, "opened_notebooks", ()):
            picture = notebook.lab.folder / f"{item.name}.png"
            notebook.page.screenshot(path=picture)
            report.sections.append(("picture of the page", str(picture)))
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the system's Chromium is; without one there is nothing to test."""
    found = find_browser()
    if found is None:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    return found


@pytest.fixture(scope="session")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of the session's own."""
    with Lab(tmp_path_factory.mktemp("lab") / "lab") as running:
        yield running


@pytest.fixture(scope="module")
def browser(lab: Lab) -> Iterator[Browser]:
    """The system's Chromium. A file's own, since playwright keeps an event loop running in this thread."""
    with sync_playwright() as playwright:
        running = launch(playwright)
        expect.set_options(timeout=60_000)
        yield running
        running.close()


@pytest.fixture
def open_notebook(lab: Lab, browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenNotebook]:
    """Open a copy of a notebook's file, or a list of cells, each in a page and with a kernel of its own."""
    request.node.opened_notebooks = []
    with ExitStack() as stack:

        def open_(source: Path | list[str], **page_options: object) -> Notebook:
            options = {"viewport": {"width": 1400, "height": 1000}, **page_options}
            notebook = stack.enter_context(opened(lab, browser, lab.put(source), **options))
            request.node.opened_notebooks.append(notebook)
            return notebook

        yield open_


@pytest.fixture
def open_grid(open_notebook: OpenNotebook) -> Callable[..., tuple[Notebook, Locator]]:
    """``open_grid("seed='1-4'", **simulator_options)``: the notebook, and the grid that a sweep shows."""

    def open_(
        fields: str,
        *more: str,
        page: dict[str, object] | None = None,
        prompt: str = "'a dragon'",
        **options: object,
    ) -> tuple[Notebook, Locator]:
        notebook = open_notebook(cells_of(fields, more, options, prompt), **(page or {}))
        notebook.count_blobs()
        notebook.run("import seedance_widgets")
        notebook.run("grid = ")
        return notebook, grid_of(notebook)

    return open_
