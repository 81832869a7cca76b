from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest
from clips import clip
from IPython.core import getipython

import seedance_widgets as sw
from seedance_widgets import media, place

VARIABLES = ("SERVER_SOFTWARE", "VOILA_REQUEST_URL", "JPY_SESSION_NAME", "VSCODE_PID")


@pytest.fixture
def stand(monkeypatch, tmp_path):
    """``stand(kernel=…, names=…, **variables)``: pretend to run in a place."""
    monkeypatch.chdir(tmp_path)

    def stand(*, kernel=True, names=(), **variables):
        shell = SimpleNamespace(kernel=object() if kernel else None, user_ns=dict.fromkeys(names, "x"))
        monkeypatch.setattr(getipython, "get_ipython", lambda: shell)
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return stand


def test_a_script_is_plain_python(monkeypatch):
    monkeypatch.setattr(getipython, "get_ipython", lambda: None)
    assert place.here().name == "python"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"kernel": False}, "ipython"),
        ({}, "kernel"),
        ({"JPY_SESSION_NAME": "/x/01.ipynb"}, "jupyter"),
        ({"JPY_SESSION_NAME": "/x/01.ipynb", "VSCODE_PID": "7"}, "jupyter"),
        ({"SERVER_SOFTWARE": "voila/0.5.13"}, "voila"),
        ({"SERVER_SOFTWARE": "nginx", "JPY_SESSION_NAME": "x"}, "jupyter"),
        ({"VOILA_REQUEST_URL": "http://x/", "JPY_SESSION_NAME": "x"}, "voila"),
        ({"names": ["__vsc_ipynb_file__"]}, "vscode"),
        ({"VSCODE_PID": "7"}, "vscode"),
    ],
)
def test_each_place_is_told_by_what_it_says_of_itself(stand, given, name):
    stand(**given)
    assert place.here().name == name


def test_colab_is_told_by_its_module(stand, monkeypatch):
    stand(JPY_SESSION_NAME="x")
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert place.here().name == "colab"


@pytest.mark.parametrize(
    ("given", "embedded"),
    [
        ({"JPY_SESSION_NAME": "x"}, False),
        ({}, False),
        ({"SERVER_SOFTWARE": "voila/0.5.13"}, True),
        ({"names": ["__vsc_ipynb_file__"]}, True),
    ],
)
def test_where_links_are_not_served_clips_of_any_size_are_embedded(stand, tmp_path, given, embedded):
    stand(**given)
    with sw.options.set(embed_cap=0):
        html = media.video(clip(64, 48, frames=12))._repr_html_()
    assert ("data:video/mp4;base64" in html) is embedded
    assert (tmp_path / "seedance_media").exists() is not embedded
