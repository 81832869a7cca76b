from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from seedance_widgets import settings
from seedance_widgets.client import Client
from seedance_widgets.errors import ConfigError

KEY = "sk-abcdef0123456789"


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in (*settings.KEY_VARIABLES, settings.BASE_URL_VARIABLE, settings.HOME_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)


def keyring(monkeypatch, answer):
    asked = []

    def get_password(service, user):
        asked.append((service, user))
        return answer() if callable(answer) else answer

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=get_password))
    return asked


# the key


def test_an_argument_wins_over_the_environment_and_that_over_the_keyring(monkeypatch):
    asked = keyring(monkeypatch, "from-keyring")
    assert settings.find_key() == "from-keyring"
    assert asked == [(settings.KEYRING_SERVICE, settings.KEYRING_USER)]
    for name in reversed(settings.KEY_VARIABLES):
        monkeypatch.setenv(name, f"from-{name}")
        assert settings.find_key() == f"from-{name}"
    assert settings.find_key("argument") == "argument"
    assert len(asked) == 1  # the keyring may ask the person for a password: only when nothing else has a key


def test_the_names_are_those_of_the_documentation():
    assert settings.KEY_VARIABLES == ("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY")


@pytest.mark.parametrize("blank", ["", " ", "\n", "\t "])
def test_a_blank_key_counts_as_none(monkeypatch, blank):
    monkeypatch.setenv("AIMLAPI_API_KEY", blank)
    monkeypatch.setenv("AIML_API_KEY", KEY)
    assert settings.find_key(blank) == KEY


def test_white_space_around_a_key_is_cut_off(monkeypatch):
    monkeypatch.setenv("AIMLAPI_API_KEY", f" {KEY}\n")
    assert settings.find_key() == KEY
    assert settings.find_key(f"\t{KEY} ") == KEY


def test_no_key_anywhere_is_none():
    assert settings.find_key() is None


@pytest.mark.parametrize("answer", [None, "", "  ", 7, b"bytes"])
def test_a_keyring_without_the_key_is_no_error(monkeypatch, answer):
    keyring(monkeypatch, answer)
    assert settings.find_key() is None


def test_a_keyring_that_fails_is_no_error(monkeypatch):
    def fail():
        raise RuntimeError("no D-Bus session")

    keyring(monkeypatch, fail)
    assert settings.find_key() is None


@pytest.mark.parametrize(
    "key", ["sk-abc\r\nX-Evil: 1", "sk-abc\ndef", "sk abc", "sk-äbc", "sk-abc\x00d", "sk-abc\x7f", "sk-“abc”"]
)
def test_what_no_header_can_carry_is_refused_without_repeating_it(monkeypatch, key):
    for refuse in (
        lambda: settings.find_key(key),
        lambda: Client("http://127.0.0.1:1", key),
        lambda: Client("http://127.0.0.1:1").set_key(key),
    ):
        with pytest.raises(ConfigError) as caught:
            refuse()
        assert "abc" not in str(caught.value)
        assert "äbc" not in str(caught.value)
    monkeypatch.setenv("AIMLAPI_API_KEY", key.replace("\x00", "\x01"))
    with pytest.raises(ConfigError):
        settings.find_key()


def test_a_bad_key_of_the_keyring_is_refused_too(monkeypatch):
    keyring(monkeypatch, "sk-abc\r\nX-Evil: 1")
    with pytest.raises(ConfigError):
        settings.find_key()


# the address


def test_the_address_argument_wins_over_the_environment_and_that_over_the_default(monkeypatch):
    assert settings.find_base_url() == "https://api.aimlapi.com"
    monkeypatch.setenv("AIMLAPI_BASE_URL", "http://localhost:8000/prefix/")
    assert settings.find_base_url() == "http://localhost:8000/prefix"
    assert settings.find_base_url("https://other.example//") == "https://other.example"
    assert settings.find_base_url("") == "http://localhost:8000/prefix"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://host/x",
        "api.aimlapi.com",
        "//host",
        "https://",
        "http://[::1",
        "http://host:port",
        "http://host:0",
        "http://host:99999",
        "javascript:alert(1)",
        "https://host/?a=b",
        "https://host/#part",
        "https://user:word@host",
        "https://user@host",
        "https://:word@host",
        "https://@host",
    ],
)
def test_an_address_that_cannot_be_an_api_is_refused(url):
    with pytest.raises(ConfigError):
        settings.find_base_url(url)


@pytest.mark.parametrize("url", [KEY, f"https://user:{KEY}@host", f"ftp://user:{KEY}@host", f"https://host/?key={KEY}"])
def test_a_key_given_as_the_address_is_not_repeated(url):
    with pytest.raises(ConfigError) as caught:
        Client(url)
    assert KEY not in str(caught.value)


# the folder


def test_the_folder_argument_wins_over_the_environment_and_that_over_the_users_folder(monkeypatch, tmp_path):
    default = settings.find_home()
    assert default.is_absolute()
    assert default.name == "seedance_widgets"
    monkeypatch.setenv("SEEDANCE_HOME", str(tmp_path / "home"))
    assert settings.find_home() == tmp_path / "home"
    assert settings.find_home(tmp_path / "other") == tmp_path / "other"
    assert not (tmp_path / "home").exists()  # finding it makes nothing


def test_folders_are_absolute_and_know_the_users_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert settings.find_home("~/takes") == tmp_path / "takes"
    monkeypatch.chdir(tmp_path)
    assert settings.find_home("takes") == Path.cwd() / "takes"


def test_simulated_takes_never_lie_among_the_paid_ones(monkeypatch, tmp_path):
    monkeypatch.setenv("SEEDANCE_HOME", str(tmp_path))
    assert settings.simulated_home() != settings.find_home()
    assert settings.simulated_home(tmp_path / "own") == tmp_path / "own"
