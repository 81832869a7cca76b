"""A real kernel, and what a page does with it, for tests and benchmarks that need no browser."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

PATIENCE = 30.0  # seconds
NUDGE = 2.0  # seconds
WIDGET = "application/vnd.jupyter.widget-view+json"


def installed(version: str, folder: Path) -> Path:
    """Install a version of ipykernel, and nothing else, into a folder that is to be put first on the path."""
    target = folder / f"ipykernel-{version}"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(target)]
    subprocess.run([*command, f"ipykernel=={version}"], check=True, stdin=subprocess.DEVNULL)
    return target


class Kernel:
    """A kernel with its client.

    Parameters
    ----------
    folder : Path
        Everything that it writes lies in it.
    first : Path, optional
        A folder that comes first on its path.
    """

    def __init__(self, folder: Path, first: Path | None = None) -> None:
        (folder / "ipy").mkdir(parents=True, exist_ok=True)
        self.manager = KernelManager(kernel_name="python3")
        root = Path(__file__).parents[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AIML")}
        paths = [str(path) for path in (first, root, kept.get("PYTHONPATH")) if path]
        mine = {"PYTHONPATH": os.pathsep.join(paths), "SEEDANCE_HOME": str(folder), "IPYTHONDIR": str(folder / "ipy")}
        self.manager.start_kernel(env={**kept, **mine, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(PATIENCE)
        self.seen: list[dict[str, Any]] = []

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def start(self, code: str) -> str:
        """Have a cell run; return its id."""
        return str(self.client.execute(code))

    def run(self, code: str) -> list[dict[str, Any]]:
        """Run a cell to its end; return its messages. Raises what the cell raised, as an AssertionError."""
        messages = self.finished(self.start(code))
        errors = [each["content"] for each in messages if each["msg_type"] == "error"]
        assert not errors, "\n".join(errors[0]["traceback"])
        return messages

    def finished(self, cell: str) -> list[dict[str, Any]]:
        """Wait until a cell has ended; return its messages."""

        def ended(message: dict[str, Any]) -> bool:
            is_idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
            return is_idle and message["parent_header"].get("msg_id") == cell

        if not any(map(ended, self.seen)):
            self.until(ended)
        return [each for each in self.seen if each["parent_header"].get("msg_id") == cell]

    def until(self, true: Any) -> dict[str, Any]:
        """Read what the kernel says until a message is the one; return it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=NUDGE)
            except queue.Empty:
                assert time.monotonic() < deadline, "The kernel did not say it."
                # Up to 7.3 a request can lie unread until another one comes; pages send some all the time.
                self.client.kernel_info()
                continue
            self.seen.append(message)
            if true(message):
                return dict(message)

    def subshell(self) -> str:
        """Open a subshell, as JupyterLab does for what happens in widgets."""
        self.client.control_channel.send(self.client.session.msg("create_subshell_request"))
        return str(self.client.get_control_msg(timeout=PATIENCE)["content"]["subshell_id"])

    def tell(self, model: str, content: dict[str, Any], subshell: str | None = None) -> None:
        """Send what a page sends when something happens in a widget."""
        message = self.client.session.msg(
            "comm_msg", {"comm_id": model, "data": {"method": "custom", "content": content}}
        )
        if subshell:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)

    def answer(self, model: str, number: str) -> dict[str, Any]:
        """Wait for a widget's answer to a question."""

        def is_it(message: dict[str, Any]) -> bool:
            content = message["content"]
            said = content.get("data", {}).get("content") if message["msg_type"] == "comm_msg" else None
            return content.get("comm_id") == model and isinstance(said, dict) and said.get("id") == number

        return self.until(is_it)


def printed(messages: list[dict[str, Any]]) -> str:
    """Return what cells have printed."""
    return "".join(each["content"]["text"] for each in messages if each["msg_type"] == "stream")


def widget_of(messages: list[dict[str, Any]]) -> str:
    """Return the id of the widget that a cell has shown."""
    shown = [each["content"]["data"] for each in messages if each["msg_type"] == "display_data"]
    return str(next(data[WIDGET]["model_id"] for data in shown if WIDGET in data))


@contextmanager
def kernel(folder: Path, first: Path | None = None) -> Iterator[Kernel]:
    """A kernel that ends with the block."""
    running = Kernel(folder, first)
    try:
        yield running
    finally:
        running.close()
