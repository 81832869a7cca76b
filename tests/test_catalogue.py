"""The API's list of models: searched, kept for the time without a network, and each one's form a choice away."""

from __future__ import annotations

import pytest

import seedance_widgets as sw
from seedance_widgets.catalogue import Catalogue
from seedance_widgets.client import Client
from seedance_widgets.errors import ConfigError, DocumentError
from seedance_widgets.simulator import Fault

OTHER = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/v2/video/generations": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["model", "prompt"],
                                "properties": {
                                    "model": {"type": "string", "enum": ["acme/film-1"]},
                                    "prompt": {"type": "string"},
                                    "mood": {"type": "string", "enum": ["calm", "wild"]},
                                },
                            }
                        }
                    }
                }
            }
        }
    },
}


@pytest.fixture
def simulator():
    with sw.Simulator(models=[OTHER], renderer=lambda scene, path: path.write_bytes(b"")) as running:
        yield running


@pytest.fixture
def catalogue(simulator, tmp_path):
    return Catalogue(Client(simulator.url), tmp_path)


def looks(simulator, path: str) -> int:
    return sum(path in asked for _, asked, _ in simulator.requests)


def test_the_list_needs_no_key_and_is_searched_by_words(catalogue):
    assert [entry.id for entry in catalogue.search("acme FILM")] == ["acme/film-1"]
    assert {entry.id for entry in catalogue.search()} == {*sw.models(), "acme/film-1"}


def test_the_list_is_asked_for_once_an_hour_not_once_a_question(catalogue, simulator):
    catalogue.search("a")
    catalogue.search("b")
    assert looks(simulator, "/v1/models") == 1


def test_prices_come_with_the_list(catalogue):
    assert catalogue.pricing(sw.models()[0])["kind"] == "variants"
    assert catalogue.pricing("no/such") is None


def test_a_model_is_made_of_the_document_that_the_api_links(catalogue):
    assert catalogue.model("acme/film-1").field("mood").choices == ("calm", "wild")


def test_a_document_that_has_not_changed_is_not_sent_again(catalogue, tmp_path):
    catalogue.model("acme/film-1")
    (kept,) = (path for path in tmp_path.glob("*.json") if path.name != "catalogue.json")
    kept.write_text(kept.read_text().replace("wild", "kept"))
    assert catalogue.model("acme/film-1").field("mood").choices == ("calm", "kept")


def test_a_document_that_has_changed_is_sent_anew(catalogue, tmp_path):
    catalogue.model("acme/film-1")
    (mark,) = tmp_path.glob("*.etag")
    mark.write_text('"older"')
    assert catalogue.model("acme/film-1").field("mood").choices == ("calm", "wild")
    assert mark.read_text() != '"older"'


def test_without_a_network_what_was_kept_does(catalogue, simulator, tmp_path):
    catalogue.model("acme/film-1")
    simulator.stop()
    later = Catalogue(Client(simulator.url), tmp_path)
    assert later.model("acme/film-1").id == "acme/film-1"
    assert "cannot be reached" in later.trouble


def test_with_nothing_kept_the_bundled_models_are_there(tmp_path):
    offline = Catalogue(Client("http://127.0.0.1:9"), tmp_path)
    assert [entry.id for entry in offline.search()] == sorted(sw.models())
    assert all(entry.bundled for entry in offline.search())
    assert offline.model(sw.models()[0]).id == sw.models()[0]


def test_an_unknown_model_says_how_to_search(catalogue):
    with pytest.raises(ConfigError, match=r"studio\.models"):
        catalogue.model("no/such")


def test_a_list_that_is_no_list_leaves_the_bundled_ones(catalogue, simulator):
    simulator.inject(Fault("html", "models"))
    assert {entry.id for entry in catalogue.search()} == set(sw.models())


def test_an_entry_without_a_document_says_what_to_do(catalogue, monkeypatch):
    monkeypatch.setattr(catalogue.client, "models", lambda **query: [{"id": "x/y"}, {"info": 3}, {"id": None}])
    with pytest.raises(DocumentError, match="paste its page"):
        catalogue.model("x/y")


def test_what_is_kept_is_no_more_than_a_cache(catalogue, tmp_path):
    (tmp_path / "catalogue.json").write_text("{broken")
    offline = Catalogue(Client("http://127.0.0.1:9"), tmp_path)
    assert len(offline.search()) == len(sw.models())


@pytest.fixture
def studio(simulator, tmp_path):
    with sw.Studio(simulator.token, simulator.url, library=tmp_path / "library", poll_interval=0.02) as opened:
        yield opened


def test_a_studio_lists_the_models_and_takes_any_of_them(studio):
    assert [entry.id for entry in studio.models("acme")] == ["acme/film-1"]
    request = studio.prepare("a kite", model="acme/film-1", mood="wild")
    assert request.body == {"model": "acme/film-1", "prompt": "a kite", "mood": "wild"}


def test_a_listed_price_is_not_waited_for_unless_asked(studio, simulator):
    request = studio.prepare("a kite", resolution="480p", duration=5)
    assert studio.listed_price(request) is None
    assert looks(simulator, "/v1/models") == 0
    assert studio.listed_price(request, ask=True) == pytest.approx(0.09)
    assert studio.listed_price(request) == pytest.approx(0.09)


def test_a_sweep_beyond_the_budget_is_refused_by_the_price_list(simulator, tmp_path):
    with (
        sw.Studio(simulator.token, simulator.url, library=tmp_path, budget_usd=0.2) as studio,
        pytest.raises(ConfigError, match=r"\$0\.27"),
    ):
        studio.sweep("a kite", seed="1-3", resolution="480p", duration=5)
    assert not simulator.created


def test_a_studio_opens_with_any_model_of_the_list(simulator, tmp_path):
    with sw.Studio(simulator.token, simulator.url, library=tmp_path, model="acme/film-1") as studio:
        assert studio.model.field("mood").choices == ("calm", "wild")
