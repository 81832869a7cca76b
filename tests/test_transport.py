"""What `test_client` cannot see through the API's calls: proxies, and the proof of what was sent through them."""

from __future__ import annotations

import socket

import pytest
from rude import Rude

from seedance_widgets.client import Client
from seedance_widgets.errors import ConnectionFailed
from seedance_widgets.transport import HIDDEN, Bearer

KEY = "sk-abcdef0123456789"
BODY = {"model": "vendor/model", "prompt": "a fox"}


@pytest.fixture
def through(monkeypatch):
    """``through(url)``: all calls go through the proxy at that address."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def set_proxy(url):
        monkeypatch.setenv("HTTP_PROXY", url)
        monkeypatch.setenv("HTTPS_PROXY", url)

    return set_proxy


def send(base_url):
    client = Client(base_url, KEY, timeout=(2.0, 2.0))
    try:
        return client.send(BODY, "k")
    finally:
        client.close()


@pytest.mark.parametrize("base_url", ["http://api.example", "https://api.example"])
def test_a_proxy_that_cannot_be_reached_has_sent_nothing(through, base_url):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    through(f"http://127.0.0.1:{port}")
    with pytest.raises(ConnectionFailed) as caught:
        send(base_url)
    assert caught.value.sent is False
    assert "proxy" in str(caught.value)


@pytest.mark.parametrize("answer", [lambda call: call.answer(403, b""), lambda call: call.reset(), lambda call: None])
def test_a_tunnel_that_is_refused_has_sent_nothing(through, answer):
    with Rude(answer) as proxy:
        through(proxy.url)
        with pytest.raises(ConnectionFailed) as caught:
            send("https://api.example")
        assert [call.method for call in proxy.calls] == ["CONNECT"]
        assert KEY not in str(proxy.calls[0].headers)
    assert caught.value.sent is False


def test_a_tunnel_in_which_tls_fails_has_sent_nothing(through):
    with Rude(lambda call: call.send(b"HTTP/1.1 200 Connection established\r\n\r\nno TLS at all")) as proxy:
        through(proxy.url)
        with pytest.raises(ConnectionFailed) as caught:
            send("https://api.example")
    assert caught.value.sent is False


def test_a_plain_proxy_that_breaks_off_may_have_passed_it_on(through):
    with Rude(lambda call: call.reset()) as proxy:
        through(proxy.url)
        with pytest.raises(ConnectionFailed) as caught:
            send("http://api.example")
        assert len(proxy.calls) == 1
    assert caught.value.sent is True


def test_a_plain_proxy_passes_the_answer_through(through):
    with Rude(lambda call: call.answer(200, b'{"id": "x"}')) as proxy:
        through(proxy.url)
        assert send("http://api.example").id == "x"
        assert proxy.calls[0].path == "http://api.example/v2/video/generations"


def test_a_bearer_hides_its_key_in_every_spelling_but_no_ordinary_word():
    bearer = Bearer('sk-"quoted"\\0123')
    assert bearer.hide('a sk-"quoted"\\0123 b') == f"a {HIDDEN} b"
    assert bearer.hide('{"message": "sk-\\"quoted\\"\\\\0123"}') == f'{{"message": "{HIDDEN}"}}'
    assert Bearer("id").hide("video id") == "video id"
    assert Bearer(None).hide("text") == "text"
    assert "quoted" not in repr(bearer)
