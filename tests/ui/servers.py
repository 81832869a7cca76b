"""The other places where people open notebooks: Notebook 7 and Voila, as `lab.Lab` is JupyterLab."""

from __future__ import annotations

import http.client
import sys
from contextlib import closing, suppress
from pathlib import Path

from lab import Lab


class Classic(Lab):
    """Notebook 7: one notebook a page."""

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "notebook", "--no-browser", "--allow-root"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0"),
            *(f"--ServerApp.root_dir={self.root}", f"--ServerApp.base_url={self.base}"),
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]

    def address(self, path: str) -> str:
        """Return where a notebook of the root is opened."""
        return f"{self.url}/notebooks/{path}?token={self.token}"


class Voila(Lab):
    """Voila: a notebook as an app, without its code.

    Parameters
    ----------
    folder, base
        As of Lab.
    notebook : Path
        What is shown, as a copy in the root.
    **environment
        Further variables for it and its kernels.
    """

    def __init__(self, folder: Path, notebook: Path, base: str = "/", **environment: str) -> None:
        super().__init__(folder, base, **environment)
        self.notebook = self.root / self.put(notebook)

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "voila", str(self.notebook), "--no-browser"),
            *("--Voila.ip=127.0.0.1", f"--port={self.port}", "--Voila.port_retries=0"),
            *(f"--Voila.base_url={self.base}", f"--token={self.token}"),
        ]

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1.0)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", f"{self.base}nothing/at/all")  # each page of the app would start a kernel
            return connection.getresponse().status < 500
        return False
