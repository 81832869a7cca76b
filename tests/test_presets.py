"""Presets: made of a schema, set in a request, kept in a small file."""

from __future__ import annotations

import json

import pytest

import seedance_widgets as sw
from seedance_widgets.errors import LibraryError
from seedance_widgets.presets import Preset, applied, built_in, kept_fields
from seedance_widgets.shelf import Shelf

LITE = sw.load_model("bytedance/seedance-1-0-lite-t2v")


def model(**properties):
    fields = {"model": {"type": "string", "enum": ["acme/film"]}, "text": {"type": "string"}, **properties}
    schema = {"type": "object", "required": ["model"], "properties": fields}
    post = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    return sw.load_model(
        {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/v2/x": {"post": post}}}
    )


# -- made of the schema --------------------------------------------------------------------------------


def test_draft_and_final_are_the_ends_of_the_schema():
    assert built_in(LITE) == [
        Preset("draft 480p 5 s", {"resolution": "480p", "duration": 5}),
        Preset("final 1080p 10 s", {"resolution": "1080p", "duration": 10}),
    ]


@pytest.mark.parametrize(
    ("properties", "names"),
    [
        ({"frame_size": {"type": "string", "enum": ["4K", "1280x720", "2k", "1080p"]}}, ["draft 1280x720", "final 4K"]),
        ({"seconds": {"type": "integer", "minimum": 2, "maximum": 12}}, ["draft 2 s", "final 12 s"]),
        ({"seconds": {"type": "integer", "enum": [-1, 4, 8]}}, ["draft 4 s", "final 8 s"]),
        ({"length": {"type": "string", "enum": ["10", "5"]}}, ["draft 5 s", "final 10 s"]),
        ({"seconds": {"type": "integer", "minimum": 2}}, []),
        ({"resolution": {"type": "string", "enum": ["720p"]}}, []),
        ({"resolution": {"type": "string", "enum": ["low", "high"]}}, []),
        ({}, []),
    ],
)
def test_what_the_schema_does_not_tell_is_not_made_up(properties, names):
    made = built_in(model(**properties))
    assert [preset.name for preset in made] == names


@pytest.mark.parametrize("name", sw.models())
def test_every_bundled_model_takes_its_own(name):
    bundled = sw.load_model(name)
    assert len(built_in(bundled)) == 2
    for preset in built_in(bundled):
        result = applied(preset, bundled, {})
        assert result.missed == []
        assert [problem for problem in bundled.problems(result.request) if problem.message != "is required"] == []


# -- set in a request ----------------------------------------------------------------------------------


def test_a_preset_sets_its_fields_and_no_other():
    result = applied(built_in(LITE)[0], LITE, {"prompt": "a kite", "duration": 10, "seed": 3})
    assert result.request == {"prompt": "a kite", "duration": 5, "seed": 3, "resolution": "480p"}
    assert result.words == "Set: resolution 480p, duration 5."


def test_what_cannot_be_set_is_said():
    preset = Preset("mine", {"resolution": "8K", "sparkle": True, "seconds": 5})
    result = applied(preset, LITE, {"resolution": "480p"})
    assert result.request == {"resolution": "480p", "duration": 5}
    assert result.done == ["duration 5"]
    assert "resolution 8K is not one of" in result.words
    assert "sparkle true, since this model has no such field" in result.words


def test_prompt_seed_and_uploads_are_not_kept():
    request = {"prompt": "a kite", "seed": 7, "duration": 5, "model": LITE.id, "image_url": "data:" + "x" * 5_000}
    assert kept_fields(LITE, request) == {"duration": 5}


# -- kept in a file ------------------------------------------------------------------------------------


def test_own_presets_are_kept_renamed_and_deleted(tmp_path):
    shelf = Shelf(tmp_path)
    assert shelf.read() == []
    shelf.save(Preset("  my   look ", {"duration": 5}))
    shelf.save(Preset("wide", {"aspect_ratio": "21:9"}))
    shelf.save(Preset("my look", {"duration": 10}))
    assert Shelf(tmp_path).read() == [
        Preset("my look", {"duration": 10}, True),
        Preset("wide", {"aspect_ratio": "21:9"}, True),
    ]
    shelf.rename("my look", "long")
    with pytest.raises(ValueError, match="already"):
        shelf.rename("long", "wide")
    shelf.delete("wide")
    assert [preset.name for preset in shelf.read()] == ["long"]
    with pytest.raises(KeyError):
        shelf.delete("wide")
    assert [path.name for path in tmp_path.iterdir()] == ["presets.json"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_has_to_be_one(tmp_path, name):
    with pytest.raises(ValueError, match="name"):
        Shelf(tmp_path).save(Preset(name, {"duration": 5}))


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "null", '{"presets": 3}', '{"presets": [{"name": "x", "fields": []}]}', "\udcff", "[" * 10_000],
)
def test_a_damaged_file_is_said_and_laid_aside_when_something_is_saved(tmp_path, content):
    shelf = Shelf(tmp_path)
    shelf.path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(LibraryError, match="damaged"):
        shelf.read()
    shelf.save(Preset("mine", {"duration": 5}))
    assert [preset.name for preset in shelf.read()] == ["mine"]
    (aside,) = tmp_path.glob("presets-damaged-*.json")
    assert aside.read_bytes() == content.encode("utf-8", "surrogateescape")


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    shelf.save(Preset("mine", {"duration": 5}))
    before = shelf.path.read_text()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(LibraryError, match="No space left"):
        shelf.save(Preset("other", {"duration": 10}))
    assert shelf.path.read_text() == before
    assert list(tmp_path.iterdir()) == [shelf.path]


def test_the_file_is_plain_json(tmp_path):
    Shelf(tmp_path).save(Preset("<b>bold</b>", {"duration": 5}))
    assert json.loads((tmp_path / "presets.json").read_text()) == {
        "presets": [{"name": "<b>bold</b>", "fields": {"duration": 5}}]
    }
