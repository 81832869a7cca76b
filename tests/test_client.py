from __future__ import annotations

import json
import logging
import pickle
import socket
import threading
import traceback
from contextlib import contextmanager
from email.utils import formatdate
from time import time

import pytest
from rude import Rude, http

from seedance_widgets import transport
from seedance_widgets.client import UNIVERSAL_PATH, Client
from seedance_widgets.errors import (
    ApiError,
    AuthenticationError,
    ConfigError,
    ConnectionFailed,
    NotFound,
    OutOfCredits,
    RateLimited,
    SeedanceError,
    ServerError,
    UnexpectedReply,
)
from seedance_widgets.model import DEFAULT_MODEL, load_model
from seedance_widgets.simulator import Simulator

KEY = "sk-abcdef0123456789/=+x"
BODY = {"model": DEFAULT_MODEL, "prompt": "a fox", "seed": 4}
CREATED = json.dumps({"id": "cgt-1", "status": "queued"}).encode()
QUICK = (0.3, 0.3)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def simulator():
    with Simulator(speed=1000.0, renderer=lambda scene, path: path.write_bytes(b"clip")) as running:
        yield running


@pytest.fixture
def client(simulator):
    with closing(Client(simulator.url, simulator.token)) as made:
        yield made


@contextmanager
def closing(client):
    try:
        yield client
    finally:
        client.close()


@contextmanager
def asked(answer, timeout=(5.0, 5.0), key=KEY):
    """A rude server, and a client that asks it."""
    with Rude(answer) as server, closing(Client(server.url, key, timeout=timeout)) as client:
        yield server, client


# create


def test_a_request_is_created_once_with_its_key_and_exact_body(simulator, client):
    request = load_model(DEFAULT_MODEL).request(prompt="a fox", seed=4)
    reply = client.create(request, "my-key:1.2_3")
    (created,) = simulator.created
    assert (reply.id, reply.status) == (created.id, "queued")
    assert reply.credits > 0
    assert reply.usd > 0
    assert created.client_request_id == "my-key:1.2_3"
    assert created.body == request.body
    assert created.account == simulator.token


@pytest.mark.parametrize(
    "path",
    [None, UNIVERSAL_PATH, "/v2/generate/video/bytedance/generation", "/v1/video/generations", "/video/generations"],
)
def test_older_addresses_work_for_both_calls(simulator, client, path):
    reply = client.send(BODY, "k", path)
    assert client.retrieve(reply.id, path).id == reply.id
    assert {(method, seen) for method, seen, _ in simulator.requests} == {
        ("POST", path or UNIVERSAL_PATH),
        ("GET", path or UNIVERSAL_PATH),
    }


def test_each_post_opens_a_connection_of_its_own():
    with asked(lambda call: call.answer(200, CREATED, connection="keep-alive")) as (server, client):
        client.send(BODY, "k")
        client.send(BODY, "k")
        assert server.connections == 2
        assert all(call.headers["connection"] == "close" for call in server.calls)


def test_what_a_post_says():
    with asked(lambda call: call.answer(201, CREATED)) as (server, client):
        assert client.send({**BODY, "prompt": "Füchse \ud800"}, "the-key").id == "cgt-1"
        (call,) = server.calls
        assert (call.method, call.path) == ("POST", UNIVERSAL_PATH)
        assert call.headers["authorization"] == f"Bearer {KEY}"
        assert call.headers["x-client-request-id"] == "the-key"
        assert call.headers["content-type"] == "application/json"
        assert call.headers["user-agent"].startswith("seedance-widgets")
        assert json.loads(call.body) == {**BODY, "prompt": "Füchse \ud800"}


def test_an_id_that_only_a_header_tells_is_taken():
    with asked(lambda call: call.answer(200, b'{"status": "queued"}', x_inference_id="abc")) as (_, client):
        assert client.send(BODY, "k").id == "abc"


def test_a_prefix_of_the_address_is_kept():
    with (
        Rude(lambda call: call.answer(200, CREATED)) as server,
        closing(Client(server.url + "/proxy/9/", KEY)) as client,
    ):
        client.send(BODY, "k")
        assert server.calls[0].path == "/proxy/9" + UNIVERSAL_PATH


@pytest.mark.parametrize("path", ["@evil.example/x", ".evil.example/x", ":1@evil.example/", "v2/x", "?x", "#x"])
def test_a_path_cannot_lead_to_another_host(path):
    with asked(lambda call: call.answer(200, CREATED)) as (server, client):
        for ask in (lambda: client.send(BODY, "k", path), lambda: client.retrieve("x", path)):
            with pytest.raises(SeedanceError) as caught:
                ask()
            assert getattr(caught.value, "sent", False) is False
        assert server.connections == 0


# how a POST can fail: what left this machine, and what may have


def refused_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_refused_is_not_sent():
    with (
        closing(Client(f"http://127.0.0.1:{refused_port()}", KEY)) as client,
        pytest.raises(ConnectionFailed) as caught,
    ):
        client.send(BODY, "k")
    assert caught.value.sent is False
    assert "Nothing was sent" in str(caught.value)


def test_an_unknown_name_is_not_sent(monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with closing(Client("https://api.invalid", KEY)) as client, pytest.raises(ConnectionFailed) as caught:
        client.send(BODY, "k")
    assert caught.value.sent is False
    assert "api.invalid" in str(caught.value)


def test_a_connection_that_is_not_taken_in_time_is_not_sent():
    # A listener whose line is full drops further attempts without a word.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = []
        for _ in range(4):
            each = socket.socket()
            each.setblocking(False)
            each.connect_ex(address)
            waiting.append(each)
        with (
            closing(Client(f"http://127.0.0.1:{address[1]}", KEY, timeout=QUICK)) as client,
            pytest.raises(ConnectionFailed) as caught,
        ):
            client.send(BODY, "k")
        for each in waiting:
            each.close()
    assert caught.value.sent is False
    assert "in time" in str(caught.value)


def test_a_failed_tls_handshake_is_not_sent():
    with (
        Rude(lambda call: call.answer(200, CREATED)) as server,
        closing(Client(server.url.replace("http:", "https:"), KEY, timeout=QUICK)) as client,
        pytest.raises(ConnectionFailed) as caught,
    ):
        client.send(BODY, "k")
    assert caught.value.sent is False
    assert KEY.encode() not in b"".join(call.body for call in server.calls)


@pytest.mark.parametrize(
    "answer",
    [
        lambda call: call.reset(),
        lambda call: None,
        lambda call: call.hang(),
        lambda call: (call.send(b"HTTP/1.1 200 OK\r\nContent-Le"), call.reset()),
        lambda call: call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + CREATED),
        lambda call: call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
        lambda call: call.send(b"SSH-2.0-OpenSSH_9\r\n\r\n"),
        lambda call: call.answer(200, b"not gzip", content_encoding="gzip"),
    ],
    ids=["reset", "closed", "silent", "half-headers", "short-body", "half-chunk", "not-http", "bad-gzip"],
)
def test_whatever_breaks_after_the_connection_may_have_been_sent(answer):
    with asked(answer, QUICK) as (server, client), pytest.raises(ConnectionFailed) as caught:
        client.send(BODY, "k")
    assert caught.value.sent is True
    assert "may have arrived" in str(caught.value)
    assert server.connections == 1  # never a second time


@pytest.mark.parametrize(
    "body",
    [b"", b"{", CREATED[:-4], b"[]", b'"cgt-1"', b"null", b"<html>Sign in</html>", b"[" * 100_000, b"\xff\xfe", b"{}"],
)
def test_an_answer_that_is_no_answer_leaves_it_open(body):
    with asked(lambda call: call.answer(200, body)) as (server, client), pytest.raises(UnexpectedReply):
        client.send(BODY, "k")
    assert server.connections == 1


@pytest.mark.parametrize("nothing", [b'{"id": ""}', b'{"id": null}', b'{"id": false}', b'{"status": "queued"}'])
def test_an_answer_without_an_id_leaves_it_open(nothing):
    with asked(lambda call: call.answer(200, nothing)) as (_, client), pytest.raises(UnexpectedReply) as caught:
        client.send(BODY, "k")
    assert "no id" in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_no_redirect_is_followed(status, method):
    def answer(call):
        call.answer(status, b"", location=f"{other.url}/elsewhere")

    with Rude(lambda call: call.answer(200, CREATED)) as other, asked(answer) as (server, client):
        with pytest.raises(UnexpectedReply):
            client.send(BODY, "k") if method == "POST" else client.retrieve("cgt-1")
        assert server.connections == 1
        assert other.connections == 0


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ApiError),
        (401, AuthenticationError),
        (403, OutOfCredits),
        (404, NotFound),
        (429, RateLimited),
        (500, ServerError),
        (503, ServerError),
    ],
)
def test_an_http_error_is_raised_in_its_class_and_asked_once(status, kind):
    def answer(call):
        call.answer(status, b'{"message": "words", "requestId": "r-1"}', retry_after="1")

    with asked(answer) as (server, client):
        for ask in (lambda: client.send(BODY, "k"), lambda: client.retrieve("x")):
            with pytest.raises(kind) as caught:
                ask()
            assert (caught.value.status, caught.value.request_id) == (status, "r-1")
        assert len(server.calls) == 2  # neither is repeated by itself, whatever Retry-After says


@pytest.mark.parametrize(("header", "seconds"), [("3", 3.0), ("nonsense", None), ("", None), ("date", 20.0)])
def test_a_429_says_when_to_come_back(header, seconds):
    value = formatdate(time() + 20, usegmt=True) if header == "date" else header
    with (
        asked(lambda call: call.answer(429, b"{}", retry_after=value)) as (_, client),
        pytest.raises(RateLimited) as caught,
    ):
        client.send(BODY, "k")
    assert caught.value.retry_after == (seconds if seconds is None else pytest.approx(seconds, abs=2))


def test_a_header_cannot_be_smuggled_in_by_our_own_key():
    with asked(lambda call: call.answer(200, CREATED)) as (server, client):
        with pytest.raises(ConnectionFailed) as caught:
            client.send(BODY, "k\r\nX-Evil: 1")
        assert caught.value.sent is False
        assert server.connections == 0


def test_an_endless_answer_is_cut_off(monkeypatch):
    monkeypatch.setattr("seedance_widgets.client.LARGEST_ANSWER", 100_000)

    def endless(call):
        call.send(b"HTTP/1.1 200 OK\r\n\r\n{")
        while True:
            call.send(b" " * 65536)

    with asked(endless) as (_, client), pytest.raises(ConnectionFailed) as caught:
        client.send(BODY, "k")
    assert caught.value.sent is True


def test_a_dripping_answer_does_not_hold_a_worker(monkeypatch):
    monkeypatch.setattr(transport, "LONGEST_ANSWER_TIME", 0.3)
    ended = threading.Event()

    def drip(call):
        try:
            call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not server.over.wait(0.02):
                call.send(b" ")
        finally:
            ended.set()

    with asked(drip) as (server, client):
        with pytest.raises(ConnectionFailed):
            client.retrieve("x")
        assert ended.wait(5)
        assert not server.over.is_set()


# retrieve


@pytest.mark.parametrize("ids", ["cgt", "nanoid", "uuid"])
def test_ids_of_every_pattern_round_trip(ids):
    with Simulator(speed=1000.0, ids=ids) as simulator, closing(Client(simulator.url, simulator.token)) as client:
        made = [client.send({**BODY, "seed": seed}, f"k{seed}").id for seed in range(4)]
        assert made == [each.id for each in simulator.created]
        for each in made:
            assert client.retrieve(each).id == each


@pytest.mark.parametrize(
    "id", ["-begins", "_begins", "uuid:vendor/model", "a&b=c", "a b", "a+b", "a%2Fb", "ä", "..", "../../x", "#x", "?x"]
)
def test_an_id_is_always_a_query_parameter(id):
    from urllib.parse import parse_qs, urlsplit

    with asked(lambda call: call.answer(200, b'{"status": "queued"}')) as (server, client):
        assert client.retrieve(id).id == id
        parts = urlsplit(server.calls[0].path)
        assert parts.path == UNIVERSAL_PATH
        assert parse_qs(parts.query) == {"generation_id": [id]}


def test_a_kept_connection_that_was_closed_meanwhile_is_no_news():
    def keep(call):
        call.send(http(200, b'{"status": "queued"}', connection="keep-alive"))

    with asked(keep) as (server, client):  # it says keep-alive, and closes all the same
        for _ in range(3):
            assert client.retrieve("x").status == "queued"
        assert server.connections == 3


def test_a_get_is_repeated_once_when_the_connection_breaks():
    with asked([lambda call: call.reset(), lambda call: call.answer(200, b"{}")]) as (server, client):
        assert client.retrieve("x").status == "queued"
        assert server.connections == 2
    with asked(lambda call: call.reset()) as (server, client):
        with pytest.raises(ConnectionFailed):
            client.retrieve("x")
        assert server.connections <= 3


# the calls beside


def test_logs_hold_our_key_and_the_id(simulator, client):
    made = client.send(BODY, "find-me")
    (row,) = client.logs()
    assert (row["client_request_id"], row["inference_id"]) == ("find-me", made.id)
    assert client.logs(start="2020-01-01T00:00:00+00:00", end="2020-01-02T00:00:00+00:00") == []


def test_logs_have_pages(simulator, client):
    for number in range(5):
        client.send({**BODY, "seed": number}, f"k{number}")
    first, second = client.log_page(limit=3), client.log_page(limit=3, offset=3)
    assert [row["client_request_id"] for row in first.rows + second.rows] == ["k4", "k3", "k2", "k1", "k0"]
    assert (first.more, second.more) == (True, False)


@pytest.mark.parametrize("body", [b"{}", b'{"data": null}', b'{"data": {}}', b'{"data": [1, "x", null]}'])
def test_lists_of_another_shape_are_empty(body):
    with asked(lambda call: call.answer(200, body)) as (_, client):
        assert client.logs() == []
        assert client.models() == []


def test_models_need_no_key(simulator):
    with closing(Client(simulator.url)) as client:
        assert DEFAULT_MODEL in [row["id"] for row in client.models(output_modalities="video")]


def test_the_balance(simulator, client):
    assert client.balance() == simulator.balance_usd


@pytest.mark.parametrize("body", [b"{}", b'{"current_balance": "x"}', b'{"current_balance": true}', b"[]"])
def test_a_balance_that_is_none_is_an_unexpected_reply(body):
    with asked(lambda call: call.answer(200, body)) as (_, client), pytest.raises(UnexpectedReply):
        client.balance()


def test_without_a_key_nothing_is_sent(simulator):
    with closing(Client(simulator.url)) as client:
        assert client.has_key is False
        for ask in (lambda: client.send(BODY, "k"), lambda: client.retrieve("x"), client.logs, client.balance):
            with pytest.raises(ConfigError, match="AIMLAPI_API_KEY"):
                ask()
        assert simulator.requests == []


def test_the_key_can_be_changed_and_taken_away(simulator):
    with closing(Client(simulator.url, "wrong")) as client:
        with pytest.raises(AuthenticationError):
            client.send(BODY, "k")
        client.set_key(f" {simulator.token}\n")
        assert client.send(BODY, "k").id
        client.set_key(None)
        assert client.has_key is False


# the key stays in the process


def netrc(tmp_path, monkeypatch):
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login somebody password other-secret\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))


@pytest.mark.parametrize("key", [KEY, None])
def test_no_password_is_taken_from_netrc(tmp_path, monkeypatch, key):
    netrc(tmp_path, monkeypatch)
    with asked(lambda call: call.answer(200, b'{"data": []}'), key=key) as (server, client):
        client.models()
        with pytest.raises(SeedanceError):
            client.download(server.url + "/clip.mp4", tmp_path / "clip.mp4")
        models, clip = server.calls
        assert models.headers.get("authorization") == (f"Bearer {key}" if key else None)
        assert "authorization" not in clip.headers


def test_a_clip_gets_no_key_even_from_the_apis_own_host(tmp_path):
    with asked(lambda call: call.answer(403, b"")) as (server, client):
        with pytest.raises(SeedanceError):
            client.download(server.url + "/clip.mp4", tmp_path / "clip.mp4")
        assert KEY not in str(server.calls[0].headers)


def shown_with_locals(error):
    """The traceback as debuggers and rich consoles print it, without the frame of the test itself."""
    inner = error.with_traceback(error.__traceback__.tb_next)
    return "".join(traceback.TracebackException.from_exception(inner, capture_locals=True).format())


ECHOES = {
    "plain": KEY.encode(),
    "json": json.dumps(KEY)[1:-1].encode(),
    "slashes": KEY.replace("/", "\\/").encode(),
    "unicode": "".join(f"\\u{ord(each):04x}" for each in KEY).encode(),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize("status", [200, 400, 401, 500, 302])
def test_a_server_that_repeats_the_key_does_not_get_it_shown(status, echo):
    body = b'{"message": "Bad key Bearer ' + echo + b'", "requestId": "' + echo + b'"}'
    with asked(lambda call: call.answer(status, body, x_request_id=KEY, location="/" + KEY)) as (_, client):
        with pytest.raises(ApiError) as caught:
            client.send(BODY, "k")
        shown = shown_with_locals(caught.value)
        assert KEY not in shown + repr(vars(caught.value)) + repr(caught.value)


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_a_reply_that_repeats_the_key_does_not_show_it(echo):
    body = (
        b'{"id": "x", "status": "error", "error": {"name": "E", "message": "' + echo + b'"}, "more": "' + echo + b'"}'
    )
    with asked(lambda call: call.answer(200, body)) as (_, client):
        reply = client.retrieve("x")
        assert KEY not in repr(reply) + repr(reply.raw)


@pytest.mark.parametrize(
    "answer", [lambda call: call.reset(), lambda call: call.answer(500, b"{}"), lambda call: call.hang()]
)
def test_the_key_is_in_no_exception_traceback_or_log(answer, caplog):
    caplog.set_level(logging.DEBUG)
    with asked(answer, QUICK) as (server, client):
        for ask in (lambda: client.send(BODY, "k"), lambda: client.retrieve("x"), client.balance):
            with pytest.raises(SeedanceError) as caught:
                ask()
            error = caught.value
            shown = shown_with_locals(error)
            chain = [error.__cause__, error.__context__]
            assert KEY not in shown + repr(chain) + str(error)
        assert server.calls
    assert KEY not in caplog.text


def test_the_key_is_in_no_repr_and_is_not_pickled():
    client = Client("http://127.0.0.1:1", KEY)
    assert KEY not in repr(client) + repr(vars(client))
    with pytest.raises(TypeError) as caught:
        pickle.dumps(client)
    assert KEY not in str(caught.value)
    with pytest.raises(TypeError):
        pickle.dumps(transport.Bearer(KEY))


def test_cookies_are_not_kept():
    with asked(lambda call: call.answer(200, b"{}", set_cookie="a=b")) as (server, client):
        client.retrieve("x")
        client.retrieve("x")
        assert "cookie" not in server.calls[1].headers


def test_many_threads_share_a_client(simulator, client):
    made = [client.send({**BODY, "seed": seed}, f"k{seed}").id for seed in range(8)]
    found, errors = [], []

    def look(each):
        try:
            found.extend(client.retrieve(each).id for _ in range(5))
        except SeedanceError as error:
            errors.append(error)

    threads = [threading.Thread(target=look, args=(each,)) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sorted(found) == sorted(made * 5)
