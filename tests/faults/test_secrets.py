"""The key stays in the process: after a run with faults it is in no file, log, repr, traceback or foreign request."""

from __future__ import annotations

import io
import json
import logging
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Life, clip_bytes, decide, open_studio, simulator
from rude_server import Rude

from seedance_widgets.client import Client
from seedance_widgets.errors import AuthenticationError, SeedanceError
from seedance_widgets.remarks import bodies

KEY = "sk-secret-5f3a9c0e7b1d42"
SWEEP = [("a key that nobody sees", seed) for seed in range(6)]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that any logger says, at its most talkative."""
    text = io.StringIO()
    handler, root = logging.StreamHandler(text), logging.getLogger()
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)r"))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in ("urllib3", "requests", "seedance_widgets", "asyncio", "tornado"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)
    for name in ("urllib3", "requests", "seedance_widgets", "asyncio", "tornado"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def told(error: BaseException) -> str:
    """An exception as any tool may show it: message, chain, and the local variables of all frames of ours."""
    seen = traceback.TracebackException.from_exception(error, capture_locals=True)
    chain = f"{error!r} {error.args} {vars(error)} {error.__cause__!r} {error.__context__!r}"
    return "".join(seen.format()) + chain


def holds_key(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def said_of(studio: Any) -> str:
    """What reprs, traits and the records of a run show."""
    generations = studio.library.recent(100)
    things = [studio, studio.client, studio.library, studio.runner, *generations]
    traits = [each.trait_values() for each in generations]
    tickets = [each.ticket for each in generations]
    return f"{things!r} {traits!r} {tickets!r} {[vars(each.client) for each in [studio]]!r} {traced(studio.client)}"


def traced(client: Client) -> str:
    """All that a client's trace holds and shows."""
    trace = client.trace
    return f"{[vars(each) for each in trace]!r} {trace} {trace._repr_html_()} {[bodies(each) for each in trace]!r}"


def test_after_a_run_with_faults_the_key_is_nowhere(
    tmp_path: Path, log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    with Rude(7, clip_bytes, KEY, rudeness=0.4) as rude:
        life = Life(rude.url, KEY, str(tmp_path), SWEEP, lookup_time=1.2, patience=0.5)
        with open_studio(life) as studio:
            decide(studio, SWEEP, {"unconfirmed": [], "sent_again": 0})
            shown = said_of(studio)
        assert rude.misdeeds
        assert rude.fetched
        assert all(KEY not in str(headers) and "Authorization" not in headers for headers in rude.fetched)
        assert all(KEY not in str(headers) for _, headers in rude.elsewhere)
    assert holds_key(tmp_path) == []
    assert "urllib3" in log.getvalue(), "the log was really on"
    assert KEY not in log.getvalue()
    assert "Bearer •••" in shown, "the trace was really on"
    assert KEY not in shown
    assert KEY not in "".join(capsys.readouterr())


FAULTS = [
    "drop:get", "half_json:get", "html:get", "redirect:get", "server_error:get", "rate_limit:get", "forget:get",
    "refuse:get", "slow:get:seconds=2",
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_no_error_of_the_client_shows_the_key(fault: str, log: io.StringIO) -> None:
    with simulator(token=KEY, faults=fault) as server:
        client = Client(server.url, KEY, timeout=(2.0, 0.3))
        with pytest.raises(SeedanceError) as caught:
            client.retrieve("cgt-1")
        server.stop()
        with pytest.raises(SeedanceError) as unsent:
            client.send({"model": "m", "prompt": "p"}, "key-1")
        client.close()
    for error in (caught.value, unsent.value):
        assert KEY not in told(error)
        for behind in (error.__cause__, error.__context__):
            assert not hasattr(behind, "request"), "the exceptions of requests hold the request, and so the key"
    assert KEY not in log.getvalue()


def test_a_server_that_repeats_the_key_is_not_quoted() -> None:
    with Rude(8, clip_bytes, "another key", rudeness=0.0) as rude:
        client = Client(rude.url, KEY)
        for call in (lambda: client.retrieve("x"), lambda: client.send({"model": "m"}, "k"), lambda: client.logs()):
            with pytest.raises(AuthenticationError) as caught:
                call()
            assert "wrong key" in caught.value.message, "the server's own words are quoted"
            assert KEY not in told(caught.value)
        with pytest.raises(SeedanceError):
            client.send({"model": "m", "prompt": f"my key is {KEY}"}, KEY)
        assert "[key hidden]" in traced(client)
        assert KEY not in traced(client)
        client.close()


def test_the_client_is_neither_shown_nor_pickled_with_its_key() -> None:
    client = Client("http://127.0.0.1:9", KEY)
    assert (
        KEY not in f"{client!r} {client} {vars(client)!r} {client._bearer!r} {json.dumps(vars(client), default=repr)}"
    )
    with pytest.raises(TypeError):
        pickle.dumps(client._bearer)


def test_the_certificate_is_always_checked() -> None:
    """TLS verification is on in every session, and no argument of ours turns it off."""
    from seedance_widgets import transport

    with transport.post_session() as (session, _):
        assert session.verify is True
    assert transport.session(0).verify is True
    sources = Path(transport.__file__).parent.rglob("*.py")
    assert not [path for path in sources if "verify=False" in path.read_text(encoding="utf-8")]
