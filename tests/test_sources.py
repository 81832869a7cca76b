"""Takes as what a next one is made from: offered to the fields of images and video, and from the take itself."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from documents import document
from forms import note, walk
from panels import buttons, made, press, until

from seedance_widgets import media, sources
from seedance_widgets.controls import UNSET
from seedance_widgets.errors import ConfigError
from seedance_widgets.form import RequestForm
from seedance_widgets.model import load_model
from seedance_widgets.panel import Panel

URI = {"type": "string", "format": "uri"}
MANY = load_model(
    document({"prompt": {"type": "string"}, "image_urls": {"type": "array", "items": URI, "maxItems": 2}, "clip": URI})
)


def address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@pytest.fixture
def panel(make_simulator: Any, make_studio: Any) -> Iterator[Panel]:
    """A panel with one finished take of seed 7, and before it one that failed."""
    panel = make_studio(make_simulator(models=[MANY])).panel()
    made(panel, seed=7)
    yield panel
    panel.close()


def opened(control: Any) -> Any:
    """Press "take…", and return the box with the takes once they are there."""
    press(control, "take…")
    until(lambda: control.offer.cards)
    return control.offer


def test_an_image_is_taken_from_the_last_or_the_first_frame_of_a_take(panel: Panel) -> None:
    path = panel.generations[0].path
    panel.choose_model("bytedance/seedance-1-0-lite-i2v")
    control = panel.form.controls["image_url"]
    offer = opened(control)
    assert [card.button.description for card in offer.cards] == ["seed 7"]
    until(lambda: "<img" in offer.cards[0]._image.value)
    press(offer.row, "seed 7")
    until(lambda: control.value is not UNSET)
    assert control.value == address(media.last_frame(path), "image/jpeg")
    assert control.box.value.startswith("last frame of seed 7 · ")
    assert "kB in the request" in note(control)
    assert control.offer is None
    offer = opened(control)
    offer.part.value = "first frame"
    press(offer.row, "seed 7")
    until(lambda: control.box.value.startswith("first frame"))
    assert panel.form.request["image_url"] == address(media.first_frame(path), "image/jpeg")
    assert media.first_frame(path) != media.last_frame(path)
    press(control, "✕")
    assert "image_url" not in panel.form.request


def test_items_of_a_list_take_frames_and_a_video_takes_the_clip(panel: Panel) -> None:
    panel._picker.keep(MANY)
    panel.choose_model(MANY.id)
    images = panel.form.controls["image_urls"]
    images.append()
    offer = opened(images.rows[0])
    assert offer.part.options == ("last frame", "first frame")
    press(offer.row, "seed 7")
    until(lambda: images.value is not UNSET)
    clip = panel.form.controls["clip"]
    offer = opened(clip)
    offer.part.value = "whole clip"
    press(offer.row, "seed 7")
    until(lambda: clip.value is not UNSET)
    assert clip.value == address(panel.generations[0].path.read_bytes(), "video/mp4")
    assert panel.form.problems == []


def test_a_clip_that_is_too_large_for_a_request_is_refused_in_words(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "UPLOAD_CAP", 100)
    panel._picker.keep(MANY)
    panel.choose_model(MANY.id)
    control = panel.form.controls["clip"]
    offer = opened(control)
    offer.part.value = "whole clip"
    press(offer.row, "seed 7")
    until(lambda: "10 MB is the most" in offer.words.value)
    assert control.value is UNSET
    press(control, "✕")
    assert control.offer is None


def test_a_library_without_takes_says_so_and_sound_is_not_offered_any(make_studio: Any) -> None:
    audio = load_model(document({"audio_url": URI, "image_url": URI}))
    panel = make_studio(model=audio).panel()
    assert panel.form.controls["audio_url"].more is None
    control = panel.form.controls["image_url"]
    press(control, "take…")
    until(lambda: control.offer.words.value == sources.NONE_YET)
    panel.close()


def test_a_form_without_a_library_offers_no_takes() -> None:
    assert RequestForm("bytedance/seedance-1-0-lite-i2v").controls["image_url"].more is None


def test_a_take_goes_on_from_its_last_frame(panel: Panel) -> None:
    take = panel.generations[0]
    until(lambda: "use last frame" in buttons(panel.stage))
    button = next(each for each in walk(panel.stage) if getattr(each, "description", "") == "use last frame")
    assert "sw-withheld" in button._dom_classes
    with pytest.raises(ConfigError, match="takes no image"):
        panel.continue_from(take)
    panel.choose_model("bytedance/seedance-1-0-lite-i2v")
    assert "sw-withheld" not in button._dom_classes
    press(panel.stage, "use last frame")
    until(lambda: "image_url" in panel.form.request)
    assert panel.form.request["image_url"] == address(media.last_frame(take.path), "image/jpeg")
    assert panel.form.request["prompt"] == take.prompt


def test_a_list_of_images_keeps_what_is_in_it_as_far_as_there_is_room(panel: Panel) -> None:
    panel._picker.keep(MANY)
    panel.choose_model(MANY.id)
    panel.form.request = {"image_urls": ["https://a.example/1.png", "https://a.example/2.png"]}
    panel.continue_from(panel.generations[0])
    until(lambda: panel.form.request["image_urls"][-1].startswith("data:"))
    assert panel.form.request["image_urls"][0] == "https://a.example/1.png"
    assert len(panel.form.request["image_urls"]) == 2
    assert panel.form.valid


def test_a_take_without_a_clip_is_nothing_to_go_on_from(panel: Panel) -> None:
    panel.choose_model("bytedance/seedance-1-0-lite-i2v")
    with pytest.raises(ConfigError, match="no clip"):
        panel.continue_from(SimpleNamespace(paths=[]))  # type: ignore[arg-type]
