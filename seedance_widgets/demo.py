"""The demo: the simulator in this process, and a JupyterLab beside it with the quickstart open.

Everything of it lies in one folder, and nothing in it can cost anything: the JupyterLab that it starts knows no key
of yours, and its default address is the simulator's.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from . import settings
from .errors import ConfigError
from .terminal import until_told

FOLDER = "seedance_demo"
FIRST = "01_quickstart.ipynb"
START = 60.0  # seconds that a JupyterLab on a slow machine may need
PATIENCE = 2.5  # seconds that it gets to end by itself
NO_JUPYTER = 'The demo needs JupyterLab, which is not installed: python -m pip install -e ".[demo]" installs it.'


def run(*, folder: str | Path = FOLDER, port: int = 0, browser: bool = True, speed: float = 6.0) -> int:
    """Run the demo until Ctrl-C or SIGTERM; return the exit code.

    Parameters
    ----------
    folder : path
        Where the notebooks are copied to; the library and JupyterLab's log are kept there too.
    port : int
        JupyterLab's; 0 takes a free one.
    browser : bool
        Whether to open a browser; the address is printed in any case.
    speed : float
        The simulator's.

    Raises
    ------
    ConfigError
        JupyterLab is not installed or does not start, or the folder or the port cannot be used.
    """
    if find_spec("jupyterlab") is None:
        raise ConfigError(NO_JUPYTER)
    from .simulator import Simulator

    folder = copy_notebooks(Path(folder).expanduser().absolute())
    with ExitStack() as stack:
        told = stack.enter_context(until_told())
        simulator = stack.enter_context(Simulator(speed=speed))
        environment = simulated_environment(folder, simulator.url, simulator.token)
        print("Starting JupyterLab …", flush=True)  # seconds, in which a silent terminal looks dead
        lab = stack.enter_context(jupyterlab(folder, port or free_port(), browser, environment))
        lab.wait_until_up(told)
        if not told.is_set():
            takes = shlex.quote(str(folder / "library" / "simulated"))
            print(_WELCOME.format(url=lab.url, folder=folder, takes=takes, simulator=simulator.url), flush=True)
        while not told.wait(0.2) and lab.process.poll() is None:
            pass
        print("\nEnding JupyterLab and its kernels …", flush=True)
    return 0


_WELCOME = """
The Seedance demo is running, simulated: no key, no cost.

    {url}

Notebooks, clips and history lie in {folder}
The history in a terminal: seedance-widgets list --library {takes}
The simulator answers at {simulator}
Ctrl-C ends all of it."""


def shipped_notebooks() -> Path:
    """Return the folder of the notebooks: package data of an installed wheel, or the checkout's."""
    package = Path(__file__).parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / FIRST).is_file():
            return folder
    raise ConfigError(f"The notebook {FIRST} is not there: the installation is incomplete.")


def copy_notebooks(folder: Path) -> Path:
    """Copy the notebooks to a folder of the person's own; what is there already is kept, with its changes."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in sorted(shipped_notebooks().glob("*.ipynb")):
            if not (folder / source.name).exists():
                shutil.copyfile(source, folder / source.name)
    except OSError as error:
        raise ConfigError(
            f"The demo's notebooks cannot be copied to {folder} ({error}). Choose another one with --folder."
        ) from error
    return folder


def simulated_environment(folder: Path, url: str, token: str) -> dict[str, str]:
    """Return this process's environment with the simulator in the place of the real API, and no real key."""
    kept = {name: value for name, value in os.environ.items() if name not in settings.KEY_VARIABLES}
    return {
        **kept,
        settings.BASE_URL_VARIABLE: url,
        settings.KEY_VARIABLES[0]: token,
        settings.HOME_VARIABLE: str(folder / "library"),
    }


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Lab:
    """A JupyterLab of the demo's own: a child process.

    Parameters
    ----------
    process : subprocess.Popen
        The child.
    port : int
        Where it listens.
    token : str
        What opens it.
    log : Path
        What it writes.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int, token: str, log: Path) -> None:
        self.process, self.port, self.log = process, port, log
        self.url = f"http://127.0.0.1:{port}{_PAGE}?token={token}"

    def wait_until_up(self, told: threading.Event) -> None:
        """Wait until it answers, or until told to end.

        Raises
        ------
        ConfigError
            It ended, or does not answer in a minute; with the last it wrote.
        """
        deadline = time.monotonic() + START
        while not told.wait(0.1) and not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                last = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
                raise ConfigError(f"JupyterLab did not start; the last lines of {self.log}:\n" + "\n".join(last))

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1.0)
        try:
            connection.request("GET", "/api")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it and its kernels: politely, then, what is still there after seconds, at once."""
        family = _family(self.process.pid)
        if self.process.poll() is None:
            self.process.terminate()
        _end(family, PATIENCE)
        self.process.wait()


# A workspace of its own: what the person had open in JupyterLab before stays out of the demo, and the other way round.
_PAGE = f"/lab/workspaces/seedance-demo/tree/{FIRST}"
# Nothing asks a newcomer whether to fetch news about Jupyter.
_QUIET: Mapping[str, Any] = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


@contextmanager
def jupyterlab(folder: Path, port: int, browser: bool, environment: Mapping[str, str]) -> Iterator[Lab]:
    """Start a JupyterLab on a folder, and stop it in the end.

    The token travels in the environment: a command line can be read by everybody on the machine.
    """
    token, log = secrets.token_urlsafe(24), folder / "jupyterlab.log"
    with tempfile.TemporaryDirectory(prefix="seedance-demo-") as scratch, log.open("wb") as output:
        config = Path(scratch, "labconfig", "page_config.json")
        config.parent.mkdir()
        config.write_text(json.dumps(_QUIET), encoding="utf-8")
        paths = os.pathsep.join(filter(None, [scratch, environment.get("JUPYTER_CONFIG_PATH")]))
        process = subprocess.Popen(
            _command(folder, port, browser),
            env={**environment, "JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": paths},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # the terminal's Ctrl-C reaches us alone, and we end it
        )
        lab = Lab(process, port, token, log)
        try:
            yield lab
        finally:
            lab.stop()


def _command(folder: Path, port: int, browser: bool) -> list[str]:
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        *(sys.executable, "-m", "jupyterlab", *as_root),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *("--ServerApp.base_url=/", f"--ServerApp.root_dir={folder}", f"--ServerApp.open_browser={browser}"),
        *(f"--LabApp.default_url={_PAGE}", "--LabApp.news_url=None"),
    ]


def _family(pid: int) -> list[Any]:
    """Return the process and all that it has started, kernels too, which lead sessions of their own."""
    import psutil  # ipykernel brings it

    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _end(family: list[Any], patience: float) -> None:
    """Wait for processes to end, and kill those that have not after `patience` seconds."""
    import psutil

    _, left = psutil.wait_procs(family, timeout=patience)
    for process in left:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(left, timeout=1.0)
