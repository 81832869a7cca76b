"""Waiting in a cell, in short pieces: an interrupt is heard at once, and so are the buttons of widgets.

JupyterLab sends what happens in widgets to a subshell of ipykernel 7, which answers beside the busy cell. Other pages,
and all of them with ipykernel 6, send it to the very shell that is busy, where it would lie until the cell has ended.
So whoever waits in that shell hears it in between. Everything else that has come, such as the next cell, waits on.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from .place import kernel as running_kernel

if TYPE_CHECKING:
    import asyncio

logger = logging.getLogger(__name__)

PIECE = 0.05  # seconds; the longest that a button waits here
HEARD = frozenset({"comm_open", "comm_msg", "comm_close"})
_hearing = threading.Lock()


def wait_for(event: threading.Event, timeout: float | None = None) -> bool:
    """Wait for an event; return whether it came within `timeout` seconds. Raises only the kernel's interrupt."""
    return wait_until(event.wait, timeout) or event.is_set()


def wait_until(ready: Callable[[float], object], timeout: float | None = None) -> bool:
    """Ask again and again whether it is so far, and let widgets answer in between.

    Parameters
    ----------
    ready : callable
        Takes seconds, waits no longer than these, and returns whether it is so far.
    timeout : float, optional
        Seconds in all; None = for ever.

    Returns
    -------
    bool
        False when the time was over before.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    held: list[Any] = []
    try:
        while True:
            left = PIECE if deadline is None else min(PIECE, deadline - time.monotonic())
            if ready(max(0.0, left)):
                return True
            if left <= 0:
                return False
            _hear(held)
    finally:
        _give_back(held)


async def awaited(future: asyncio.Future[Any]) -> None:
    """Await a future; ipykernel 6 takes one message at a time, so that there, too, widgets are heard in between."""
    import asyncio  # who awaits has it already

    if not hasattr(running_kernel(), "msg_queue"):
        await future
    while not future.done():
        await asyncio.wait({future}, timeout=PIECE)
        _hear([])


def _hear(held: list[Any]) -> None:
    """Let widgets answer what has come for them; `held` takes what else had to leave its line for that."""
    kernel = running_kernel()
    if kernel is None or threading.current_thread() is not threading.main_thread():
        return
    if not _hearing.acquire(blocking=False):  # a callback that waits itself: it is heard when that is over
        return
    try:
        threaded = getattr(kernel, "shell_channel_thread", None) is not None
        for frames in _from_socket(kernel, held) if threaded else _from_queue(kernel):
            _answer(kernel, frames)
    except Exception:  # another kernel than those that are known: buttons wait for the end of the cell, as ever
        logger.debug("Widgets cannot be heard in this kernel while a cell waits", exc_info=True)
    finally:
        _hearing.release()


def _give_back(held: list[Any]) -> None:
    """Send what was held back to the main shell once more, by the thread that had sent it."""
    if held:
        channel = running_kernel().shell_channel_thread
        socket = channel.manager._shell_channel_to_main.from_socket
        for frames in held:
            channel.io_loop.add_callback(socket.send_multipart, frames, copy=False)


def _from_socket(kernel: Any, held: list[Any]) -> list[Any]:
    """Take what ipykernel 7's other thread has sent to the main shell."""
    import zmq

    socket = kernel.shell_channel_thread.manager._shell_channel_to_main.to_socket
    found: list[Any] = []
    while socket.poll(0, zmq.POLLIN):
        frames = socket.recv_multipart(copy=False)
        (found if _is_heard(kernel, frames) else held).append(frames)
    return found


def _from_queue(kernel: Any) -> list[Any]:
    """Take what waits in ipykernel 6's queue; what is no widget's stays, in its order."""
    kernel.shell_stream.flush()
    queue = kernel.msg_queue
    entries = [queue.get_nowait() for _ in range(queue.qsize())]
    found = []
    for entry in entries:
        _, dispatch, arguments = entry
        if dispatch == kernel.dispatch_shell and _is_heard(kernel, arguments[0]):
            found.append(arguments[0])
        else:
            queue.put_nowait(entry)
    return found


def _is_heard(kernel: Any, frames: Any) -> bool:
    """Look at a message without taking it in: its header says what it is."""
    if len(frames) == 1:  # ipykernel's own mark between its threads
        return False
    _, rest = kernel.session.feed_identities(frames, copy=False)
    return kernel.session.deserialize(rest, content=False, copy=False)["header"]["msg_type"] in HEARD


def _answer(kernel: Any, frames: Any) -> None:
    """Let the kernel handle one message now, and go on as the cell's: what it prints next belongs below it."""
    parent, ident = kernel.get_parent("shell"), kernel._parent_ident["shell"]
    try:
        contextvars.copy_context().run(_finish, kernel.dispatch_shell(frames))
    finally:
        kernel.set_parent(ident, parent, channel="shell")
        kernel._publish_status("busy", "shell")


def _finish(coroutine: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that awaits nothing: what handles a comm's messages is plain code."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
