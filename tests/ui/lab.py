"""A real JupyterLab in a real Chromium, for tests and for the README's picture.

Everything waits on conditions; a condition that does not come within `PATIENCE` is an error. Nothing is tried twice.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Playwright

PATIENCE = 60.0  # seconds; on a busy machine a kernel takes its time
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--autoplay-policy=no-user-gesture-required",
)
SETTINGS = {
    # All cells are in the page, also those that are scrolled out of sight.
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}
NO_NEWS = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


def find_browser() -> str | None:
    """Return the path of the system's Chromium (or what CHROMIUM names); None where there is none."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def launch(playwright: Playwright, **options: Any) -> Browser:
    """Start the system's Chromium."""
    return playwright.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS), **options)


class Lab:
    """A JupyterLab with settings, kernels' folders and a root of its own.

    Parameters
    ----------
    folder : Path
        Everything that it writes lies in it; ``folder / "root"`` is what it serves.
    base : str
        The path before all of its addresses, as behind a JupyterHub's proxy.
    **environment
        Further variables for it and its kernels.
    """

    def __init__(self, folder: Path, base: str = "/", **environment: str) -> None:
        self.folder, self.root, self.base = folder, folder / "root", base
        self.token = secrets.token_hex(16)
        self.environment = self._environment(environment)
        self.root.mkdir(parents=True)
        self._write(folder / "config" / "labconfig" / "page_config.json", NO_NEWS)
        for name, settings in SETTINGS.items():
            self._write(folder / "settings" / name, settings)

    def __enter__(self) -> Lab:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}{self.base.rstrip('/')}"
        self.log = self.folder / "jupyterlab.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self._command(), env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            self._wait_until_up()
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(10.0)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        folder = self.folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIML", "JUPYTER"))}
        return {
            **kept,
            "JUPYTER_TOKEN": self.token,
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "IPYTHONDIR": str(folder / "ipython"),
            "SEEDANCE_HOME": str(folder / "home"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            **more,
        }

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0"),
            *(f"--ServerApp.root_dir={self.root}", f"--ServerApp.base_url={self.base}"),
            "--LabApp.expose_app_in_browser=True",
        ]

    def address(self, path: str) -> str:
        """Return where a notebook of the root is opened: in a workspace of its own."""
        return f"{self.url}/lab/workspaces/{uuid.uuid4().hex}/tree/{path}?reset&token={self.token}"

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1.0)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", f"{self.base}api")
            return connection.getresponse().status == 200
        return False

    def _write(self, path: Path, content: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")

    def put(self, source: Path | list[str], name: str | None = None) -> str:
        """Lay a notebook into a folder of its own: a file's copy, or cells of code; return its path in the root."""
        folder = self.root / uuid.uuid4().hex[:8]
        folder.mkdir()
        if isinstance(source, Path):
            return str(Path(shutil.copy(source, folder / (name or source.name))).relative_to(self.root))
        path = folder / (name or "notebook.ipynb")
        self._write(path, notebook_of(source))
        return str(path.relative_to(self.root))


def notebook_of(sources: list[str]) -> dict[str, Any]:
    """Return a notebook with these cells of code."""
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


class Notebook:
    """A notebook that is open in a page, in a workspace of its own.

    Parameters
    ----------
    lab : Lab
        Whose notebook it is.
    page : Page
        Where it is opened.
    path : str
        Where it lies, in the lab's root.
    """

    def __init__(self, lab: Lab, page: Page, path: str) -> None:
        self.lab, self.page, self.path = lab, page, path
        page.set_default_timeout(PATIENCE * 1000)
        self.reopen()

    def reopen(self) -> None:
        """Load its page anew; its kernel stays as it is."""
        self.page.goto(self.lab.address(self.path))
        self.wait(f"{_IDLE}")

    def wait(self, condition: str, argument: Any = None) -> Any:
        """Wait until a JavaScript expression (or function of `argument`) is true; return its value."""
        return self.page.wait_for_function(condition, arg=argument, polling=50).json_value()

    def run(self, words: str) -> list[dict[str, Any]]:
        """Run the cell of code whose source holds these words, to its end; return its outputs.

        Raises
        ------
        AssertionError
            No cell or several hold them, or the cell raised.
        """
        outputs = self.page.evaluate(_RUN, self._index(words))
        errors = [output for output in outputs if output["output_type"] == "error"]
        assert not errors, "\n".join(errors[0]["traceback"])
        return list(outputs)

    def start(self, words: str) -> None:
        """Run the cell of code whose source holds these words, and do not wait for its end."""
        self.page.evaluate(f"index => {{ ({_RUN})(index); }}", self._index(words))

    def cell(self, words: str) -> Locator:
        """Return the cell of code whose source holds these words."""
        return self.page.locator(".jp-NotebookPanel:visible .jp-Cell").nth(self._index(words))

    def _index(self, words: str) -> int:
        sources = self.page.evaluate(f"{_CELLS}.map(c => c.model.type === 'code' ? c.model.sharedModel.source : '')")
        found = [index for index, source in enumerate(sources) if words in source]
        assert len(found) == 1, f"{len(found)} cells hold {words!r}."
        return found[0]

    def save(self) -> Path:
        """Save it as a person would; return the file."""
        self.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
        self.wait("!window.jupyterapp.shell.currentWidget.context.model.dirty")
        return self.lab.root / self.path

    def restart(self) -> None:
        """Restart the kernel, without being asked whether."""
        self.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.wait(_IDLE)

    def reload(self) -> None:
        """Load the page anew, as it was saved."""
        self.page.reload()
        self.wait(_IDLE)

    def count_blobs(self) -> None:
        """From now on, ``window.alive`` holds the URLs of the page's blobs that nobody has revoked."""
        self.page.evaluate(_COUNT_BLOBS)

    def close(self) -> None:
        """End its kernel, and close the page."""
        self.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.close()


_CELLS = "window.jupyterapp.shell.currentWidget.content.widgets"
_IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
_RUN = """
async index => {
  const notebook = window.jupyterapp.shell.currentWidget;
  notebook.content.activeCellIndex = index;
  await window.jupyterapp.commands.execute('notebook:run-cell');
  return notebook.content.widgets[index].model.outputs.toJSON();
}
"""
_COUNT_BLOBS = """
() => {
  window.alive = new Set();
  const [make, drop] = [URL.createObjectURL, URL.revokeObjectURL];
  URL.createObjectURL = blob => { const url = make.call(URL, blob); window.alive.add(url); return url; };
  URL.revokeObjectURL = url => { window.alive.delete(url); drop.call(URL, url); };
}
"""


@contextlib.contextmanager
def opened(lab: Lab, browser: Browser, path: str, **page_options: Any) -> Iterator[Notebook]:
    """Open a notebook, and close it in the end."""
    with contextlib.closing(browser.new_context(**page_options)) as context:
        notebook = Notebook(lab, context.new_page(), path)
        yield notebook
        notebook.close()


def playing(video: Locator) -> dict[str, float]:
    """Wait until a clip has frames and its time moves; return what the player says of it."""
    return dict(video.evaluate(_PLAYING, PATIENCE * 1000))


_PLAYING = """
(video, patience) => new Promise((done, failed) => {
  const started = performance.now();
  const since = video.currentTime;
  (function look() {
    if (video.readyState >= 2 && !video.paused && video.currentTime !== since)
      return done({width: video.videoWidth, height: video.videoHeight, duration: video.duration,
                   time: video.currentTime});
    if (performance.now() - started > patience)
      return failed(new Error(`does not play: readyState ${video.readyState}, paused ${video.paused}, ` +
                              `time ${video.currentTime}, error ${video.error?.message}`));
    setTimeout(look, 50);
  })();
})
"""
