"""Buttons answer while a cell waits, in real kernels; each message is sent as a page sends it."""

from __future__ import annotations

import threading
import time

import pytest
from kernels import Kernel, installed, kernel, printed, widget_of

from seedance_widgets import waiting

# The installed one, and, among the slow tests, the oldest that is supported and two of ipykernel 7's first year.
OTHERS = [pytest.param(version, marks=pytest.mark.slow) for version in ("6.31.0", "7.0.1", "7.3.0")]
# Kernels that now and then leave requests unread for good: after an interrupt, with plain time.sleep too, and after a
# message to a subshell while a cell awaits, with plain asyncio and a plain button too.
DEAF = ("7.0.1", "7.3.0")
BEGIN = """
import asyncio
import seedance_widgets as sw
studio = sw.Studio.simulated(speed=0.01)  # a take is in flight for more than an hour
take = studio.generate("a lighthouse", resolution="480p", duration=5)
take
"""


@pytest.fixture(scope="module", params=["installed", *OTHERS])
def page(request, tmp_path_factory):
    """A kernel with a Studio whose takes stay in flight; one for all tests here."""
    folder = tmp_path_factory.mktemp("kernel")
    other = None if request.param == "installed" else installed(request.param, folder)
    with kernel(folder, other) as running:
        running.version = printed(running.run("import ipykernel; print(ipykernel.__version__)")).strip()
        assert request.param in ("installed", running.version)
        running.card = widget_of(running.run(BEGIN))
        running.key = printed(running.run("print(take.key)")).strip()
        yield running


def ways(page: Kernel) -> list[str | None]:
    """Return how pages send what happens in widgets: to the main shell, and to a subshell where there are any."""
    return [None] if page.version.startswith("6.") else [None, page.subshell()]


def test_a_card_answers_during_the_wait_and_other_cells_keep_their_turn(page):
    for number, way in enumerate(ways(page)):
        cell = page.start(f"print('begun {number}', flush=True); take.wait(); print('ended {number}', take.status)")
        page.until(lambda message: message["msg_type"] == "stream" and "begun" in message["content"]["text"])
        next_cells = [page.start(f"print('next {number}')"), page.start("studio.resume(); print('again', take.done)")]
        for stars in (3, 4, 5):
            page.tell(page.card, {"kind": "rate", "id": f"{number}-{stars}", "stars": stars, "key": page.key}, way)
            assert page.answer(page.card, f"{number}-{stars}")["content"]["data"]["content"]["ok"]
        assert f"ended {number}" not in printed(page.seen)  # it was during the wait, not after it
        page.tell(page.card, {"kind": "stop", "id": f"{number}-stop", "key": page.key}, way)
        assert printed(page.finished(cell)) == f"begun {number}\nended {number} stopped\n"
        assert printed(page.finished(next_cells[0])) == f"next {number}\n"
        assert printed(page.finished(next_cells[1])) == "again False\n"


def test_a_card_answers_while_async_code_awaits(page):
    if page.version in DEAF:
        pytest.skip("after this, this kernel now and then answers nothing any more, whatever the cell did")
    way = ways(page)[-1]
    cell = page.start(
        "print('it begins', flush=True)\ntry:\n    await take\nexcept sw.GenerationTimeout:\n    print('let go')"
    )
    page.until(lambda message: message["msg_type"] == "stream" and "it begins" in message["content"]["text"])
    page.tell(page.card, {"kind": "stop", "id": "awaited", "key": page.key}, way)
    assert printed(page.finished(cell)) == "it begins\nlet go\n"
    page.run("studio.resume()")


def test_the_interrupt_ends_the_waiting_and_not_the_take(page):
    if page.version in DEAF:
        pytest.skip("after an interrupt this kernel now and then answers nothing any more, whatever the cell did")
    for code in ("take.wait()", "studio.wait()", "for each in sw.compare(take).as_completed(): pass"):
        cell = page.start(f"print('it waits', flush=True)\n{code}")
        page.until(lambda message: message["msg_type"] == "stream" and "it waits" in message["content"]["text"])
        page.manager.interrupt_kernel()
        errors = [each["content"]["ename"] for each in page.finished(cell) if each["msg_type"] == "error"]
        assert errors == ["KeyboardInterrupt"]
        assert printed(page.run("print(take.done)")) == "False\n"


def test_run_works_where_a_loop_runs_already(page):
    assert printed(page.run("async def two(): return 2\nprint(sw.run(two()))\nprint(await two())")) == "2\n2\n"


# Without a kernel ---------------------------------------------------------------------------------------------


def test_an_event_is_waited_for_until_it_comes_or_the_time_is_over():
    event = threading.Event()
    assert waiting.wait_for(event, 0.0) is False
    assert waiting.wait_for(event, 0.06) is False
    threading.Timer(0.05, event.set).start()
    assert waiting.wait_for(event) is True
    assert waiting.wait_for(event, 0.0) is True


def test_it_is_asked_at_least_once_and_never_longer_than_there_is_time():
    asked = []
    assert waiting.wait_until(asked.append, 0.0) is False
    assert asked == [0.0]
    began = time.monotonic()
    assert waiting.wait_until(lambda seconds: asked.append(seconds) or len(asked) > 3) is True
    assert max(asked) <= waiting.PIECE
    assert time.monotonic() - began < 10
