from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from documents import document
from forms import counted, note, press, seen, shown, upload, walk

from seedance_widgets.controls import UNSET
from seedance_widgets.controls.table import TableControl
from seedance_widgets.form import RequestForm
from seedance_widgets.model import load_model, models

LITE = "bytedance/seedance-1-0-lite-t2v"
PRO = "bytedance/seedance-1-5-pro"
NEWEST = "bytedance/seedance-2-5"


def form_of(**properties: Any) -> RequestForm:
    return RequestForm(load_model(document(properties)))


def control_of(schema: dict[str, Any], name: str = "field") -> tuple[RequestForm, Any]:
    form = form_of(**{name: schema})
    return form, form.controls[name]


# -- the request -------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", models())
def test_a_fresh_form_sends_nothing(model: str) -> None:
    form = RequestForm(model)
    assert form.request == {}
    assert form.model.id == model
    assert list(form.controls) == [field.name for field in form.model.fields]
    assert {problem.path for problem in form.problems} == {
        field.name for field in form.model.fields if field.required and field is not form.model.role("model")
    }
    assert not form.valid


@pytest.mark.parametrize(
    "request_",
    [
        {"prompt": "a"},
        {"prompt": "a", "resolution": "1080p", "watermark": False, "camerafixed": False, "aspect_ratio": "16:9"},
        {"prompt": "a", "model": LITE, "watermark": True, "seed": 0, "duration": 10},
        {"prompt": " two\nlines ", "seed": -1},
        {"prompt": "a", "seed": 2**64 + 1},
    ],
)
def test_a_request_comes_back_as_it_was(request_: dict[str, Any]) -> None:
    form = RequestForm(LITE)
    form.request = request_
    assert form.request == request_
    assert {name: type(value) for name, value in form.request.items()} == {
        name: type(value) for name, value in request_.items()
    }
    assert form.problems == []
    assert form.valid
    assert form.model.request(**form.request).body == {"model": LITE, **request_}


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"resolution": "999p"}, "resolution"),
        ({"duration": "5"}, "duration"),
        ({"duration": True}, "duration"),
        ({"seed": "seven"}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"watermark": "yes"}, "watermark"),
        ({"aspect_ratio": "\ud800"}, "aspect_ratio"),
        ({"prompt": ["a"]}, "prompt"),
        ({"model": "other/model"}, "model"),
        ({"camera": 1}, "camera"),
    ],
)
def test_what_does_not_fit_is_kept_and_told(request_: dict[str, Any], path: str) -> None:
    form = RequestForm(LITE)
    form.request = {"prompt": "a", **request_}
    assert form.request == {"prompt": "a", **request_}
    assert [problem.path for problem in form.problems] == [path]
    shown = [child.value for child in walk(form) if "sw-note" in child._dom_classes]
    assert sum("sw-problem" in text for text in shown) == (0 if path == "model" else 1)


def test_equal_numbers_of_other_types_are_told_apart() -> None:
    form = RequestForm(LITE)
    form.request = {"watermark": 0}
    told = seen(form)
    form.request = {"watermark": False}
    assert form.request["watermark"] is False
    assert [problem.path for problem in form.problems] == ["prompt"]
    assert len(told) == 1


def test_what_the_model_does_not_know_can_be_dropped() -> None:
    form = RequestForm(LITE)
    form.request = {"prompt": "a", "camera": 1}
    next(child for child in walk(form) if getattr(child, "description", "") == "drop").click()
    assert form.request == {"prompt": "a"}
    assert form.valid


def test_the_dict_that_was_assigned_stays_the_callers() -> None:
    form = RequestForm(NEWEST)
    mine = {"prompt": "a", "image_urls": ["https://a.example/1.png"]}
    form.request = mine
    mine["image_urls"].append("changed")
    form.request["image_urls"].append("changed")
    assert form.controls["image_urls"].value == ["https://a.example/1.png"]


def test_reset_empties_all_and_counts_as_untouched() -> None:
    form = RequestForm(LITE)
    form.controls["prompt"].box.value = "a"
    form.controls["prompt"].box.value = ""
    form.request = {"seed": 5, "nonsense": 1}
    assert "is required" in note(form.controls["prompt"])
    next(child for child in walk(form) if getattr(child, "description", "") == "reset").click()
    assert form.request == {}
    assert "is required" not in note(form.controls["prompt"])


def test_what_is_merely_empty_is_not_shouted_at_until_it_matters() -> None:
    form = RequestForm(LITE)
    assert [problem.path for problem in form.problems] == ["prompt"]
    assert "sw-problem" not in note(form.controls["prompt"])
    form.reveal()
    assert "is required" in note(form.controls["prompt"])
    form.controls["prompt"].box.value = "a"
    assert "sw-problem" not in note(form.controls["prompt"])


# -- who is told, and when ---------------------------------------------------------------------------


def test_an_edit_is_told_once_with_the_problems_that_belong_to_it() -> None:
    form = RequestForm(LITE)
    told: list[Any] = []
    form.observe(lambda change: told.append((change["new"], form.request, form.problems, form.valid)), "request")
    form.controls["prompt"].box.value = "a"
    assert told == [({"prompt": "a"}, {"prompt": "a"}, [], True)]


def test_an_assignment_is_told_once_and_whole() -> None:
    form = RequestForm(LITE)
    told = seen(form)
    form.request = {"prompt": "a", "duration": 5, "seed": 3, "aspect_ratio": "1:1"}
    form.request = {"prompt": "b"}
    form.request = {"prompt": "b"}
    assert told == [{"prompt": "a", "duration": 5, "seed": 3, "aspect_ratio": "1:1"}, {"prompt": "b"}]


def test_an_observer_may_assign_in_turn() -> None:
    form = RequestForm(LITE)
    told = seen(form)
    form.observe(lambda change: setattr(form, "request", {**change["new"], "duration": 5}), "request")
    form.controls["prompt"].box.value = "a"
    assert form.request == {"prompt": "a", "duration": 5}
    assert told[-1] == form.request
    assert len(told) == 2


def test_an_observer_that_fails_keeps_no_other_from_hearing() -> None:
    form = RequestForm(LITE)

    def fail(_change: object) -> None:
        raise RuntimeError("an observer's own trouble")

    form.observe(fail, "valid")
    told = seen(form)
    with pytest.raises(RuntimeError, match="own trouble"):
        form.request = {"prompt": "a"}
    assert told == [{"prompt": "a"}]
    form.request = {"prompt": "b"}
    assert form.request == {"prompt": "b"}


def test_observers_run_outside_the_lock() -> None:
    form = RequestForm(LITE)
    from_elsewhere: list[bool] = []

    def use_it_on_another_thread(_change: object) -> None:
        other = threading.Thread(target=form.reveal)
        other.start()
        other.join(5)
        from_elsewhere.append(not other.is_alive())

    form.observe(use_it_on_another_thread, "request")
    form.request = {"prompt": "a"}
    assert from_elsewhere == [True]


def test_many_threads_leave_a_form_that_agrees_with_itself() -> None:
    form = RequestForm(LITE)

    def edit(number: int) -> None:
        for turn in range(25):
            form.controls["seed"].box.value = str(number * 100 + turn)
            form.request = {"prompt": f"{number} {turn}", "duration": 5}
            form.controls["seed"].roll()

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    values = {name: control.value for name, control in form.controls.items() if control.value is not UNSET}
    assert form.request == values
    assert form.problems == form.model.problems(form.request)


# -- controls ----------------------------------------------------------------------------------------


def test_assigning_a_controls_value_changes_the_request() -> None:
    form = RequestForm(LITE)
    form.controls["duration"].value = 10
    form.controls["watermark"].value = False
    assert form.request == {"duration": 10, "watermark": False}
    form.controls["duration"].value = None
    form.controls["watermark"].value = UNSET
    assert form.request == {}


def test_segments_press_and_press_again() -> None:
    form = RequestForm(LITE)
    duration = form.controls["duration"]
    press(duration, "5")
    assert form.request == {"duration": 5}
    press(duration, "10")
    assert form.request == {"duration": 10}
    press(duration, "10")
    assert form.request == {}
    press(duration, "10")
    assert form.request == {"duration": 10}
    form.request = {"duration": 5}
    press(duration, "5")
    assert form.request == {}


def test_a_required_choice_cannot_be_taken_back() -> None:
    form = RequestForm(load_model(document({"mode": {"type": "string", "enum": ["a", "b"]}}, required=["mode"])))
    press(form.controls["mode"], "a")
    press(form.controls["mode"], "a")
    assert form.request == {"mode": "a"}


def test_a_value_off_the_list_is_one_more_choice() -> None:
    form = RequestForm(LITE)
    form.request = {"resolution": "4k", "aspect_ratio": "2:1"}
    assert form.controls["resolution"].list.label == "4k"
    assert form.controls["aspect_ratio"].list.label == "2:1"
    form.reset()
    assert "4k" not in form.controls["resolution"].list.options


def test_a_list_says_its_default_and_keeps_numbers() -> None:
    form = RequestForm(NEWEST)
    duration = form.controls["duration"]
    assert duration.list.label == "default (5)"
    duration.list.label = "30"
    assert form.request == {"duration": 30}
    duration.list.index = 0
    assert form.request == {}
    form.request = {"duration": 5}
    assert duration.list.label == "5"


def test_many_words_are_searched() -> None:
    form, style = control_of({"type": "string", "enum": [f"style {number}" for number in range(40)]})
    style.list.value = "style 7"
    assert form.request == {"field": "style 7"}
    style.list.value = "style"
    assert form.request == {"field": "style"}
    assert [problem.path for problem in form.problems] == ["field"]
    style.list.value = ""
    assert form.request == {}


@pytest.mark.parametrize(("shape", "size"), [("9:16", "width:12px;height:22px"), ("1:1", "width:22px;height:22px")])
def test_the_outline_takes_the_shape(shape: str, size: str) -> None:
    form = RequestForm(LITE)
    shape_control = form.controls["aspect_ratio"]
    assert "width:22px;height:12px" in note(shape_control)
    form.controls["aspect_ratio"].list.label = shape
    assert size in note(shape_control)
    form.request = {}
    assert "width:22px;height:12px" in note(shape_control)


@pytest.mark.parametrize("shape", ["adaptive", "0:0", "<b>:1"])
def test_a_shape_without_numbers_is_open(shape: str) -> None:
    form, _ = control_of({"type": "string", "enum": ["16:9", "4:3", "1:1", "3:4", "9:16", shape]}, "aspect_ratio")
    form.request = {"aspect_ratio": shape}
    assert "width:22px;height:22px" in note(form.controls["aspect_ratio"])
    assert "<b>" not in note(form.controls["aspect_ratio"])


def test_a_switch_sends_only_what_differs_from_the_default() -> None:
    form = RequestForm(PRO)
    sound, mark = form.controls["generate_audio"].box, form.controls["watermark"].box
    assert (sound.value, mark.value) == (True, False)
    sound.value, mark.value = False, True
    assert form.request == {"generate_audio": False, "watermark": True}
    sound.value = True
    assert form.request == {"watermark": True}


def test_a_boolean_without_default_has_three_states() -> None:
    form, sound = control_of({"type": "boolean"})
    press(sound, "no")
    assert form.request == {"field": False}
    press(sound, "no")
    assert form.request == {}
    press(sound, "yes")
    assert form.request == {"field": True}


def test_a_fixed_seed_that_is_emptied_says_that_it_is_random_now() -> None:
    seed = RequestForm(LITE).controls["seed"]
    assert note(seed) == ""
    seed.choice.label = "fixed"
    seed.box.value = ""
    assert seed.choice.label == "random"
    assert "each take gets a new random seed" in note(seed)
    seed.box.value = "7"
    assert note(seed) == ""
    seed.choice.label = "random"
    assert note(seed) == ""


def test_the_seed_is_random_or_fixed_or_thrown() -> None:
    form = RequestForm(LITE)
    seed = form.controls["seed"]
    seed.dice.click()
    assert 0 <= form.request["seed"] < 2**31
    assert seed.choice.label == "fixed"
    seed.box.value = "4294967295"
    assert form.request == {"seed": 4294967295}
    seed.box.value = "12345678901234567890123"
    assert form.request == {"seed": 12345678901234567890123}
    seed.choice.label = "random"
    assert form.request == {}
    assert seed.box.value == ""
    seed.choice.label = "fixed"
    assert isinstance(form.request["seed"], int)
    seed.box.value = ""
    assert form.request == {}
    assert seed.choice.label == "random"


def test_the_dice_stay_inside_the_fields_bounds() -> None:
    form, seed = control_of({"type": "integer", "minimum": 7, "maximum": 9}, "seed")
    thrown = set()
    for _ in range(60):
        seed.dice.click()
        thrown.add(form.request["seed"])
    assert thrown == {7, 8, 9}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "7", 7),
        ("integer", " −3 ", -3),
        ("integer", "5.0", 5),
        ("integer", "5.5", 5.5),
        ("integer", "9007199254740993", 9007199254740993),
        ("integer", "seven", "seven"),
        ("number", "7", 7),
        ("number", "7.0", 7.0),
        ("number", "1e-3", 0.001),
        ("number", "nan", "nan"),
    ],
)
def test_numbers_are_read_as_written(kind: str, text: str, value: Any) -> None:
    form, number = control_of({"type": kind})
    number.box.value = text
    assert form.request == {"field": value}
    assert type(form.request["field"]) is type(value)


def test_a_slider_and_its_box_move_together() -> None:
    form, scale = control_of({"type": "number", "minimum": 0, "maximum": 1, "default": 0.5})
    assert scale.slider.value == 0.5
    assert form.request == {}
    scale.slider.value = 0.7
    assert (form.request, scale.box.value) == ({"field": 0.7}, "0.7")
    scale.box.value = "0.2"
    assert (form.request, scale.slider.value) == ({"field": 0.2}, 0.2)
    scale.box.value = "7"
    assert (form.request, scale.slider.value) == ({"field": 7}, 1.0)
    assert [problem.path for problem in form.problems] == ["field"]
    scale.box.value = ""
    assert (form.request, scale.slider.value) == ({}, 0.5)


def test_a_wide_range_has_no_slider() -> None:
    _, steps = control_of({"type": "integer", "minimum": 0, "maximum": 2**60})
    assert steps.slider is None


def test_text_counts_its_characters() -> None:
    form, text = control_of({"type": "string", "maxLength": 5}, "negative_prompt")
    text.box.value = "äöü🐉"
    assert "4 of 5 chars" in note(text)
    text.box.value = "too long"
    assert "sw-problem" in note(text)
    assert [problem.path for problem in form.problems] == ["negative_prompt"]


def test_json_is_parsed_and_what_is_none_is_told() -> None:
    form, free = control_of({"description": "no type at all"})
    free.box.value = '{"a": [1, 2.5, null]}'
    assert form.request == {"field": {"a": [1, 2.5, None]}}
    assert form.valid
    free.box.value = '{"a": '
    assert form.request == {"field": '{"a": '}
    assert [problem.path for problem in form.problems] == ["field"]
    assert "line 1, column 7" in note(free)
    form.request = {"field": "plain"}
    assert free.box.value == '"plain"'
    assert form.valid


def test_a_local_file_becomes_a_data_url() -> None:
    form, link = control_of({"type": "string", "format": "uri"}, "image_url")
    told = seen(form)
    upload(link, "a.png", b"\x89PNG" + bytes(600))
    assert form.request["image_url"].startswith("data:image/png;base64,iVBOR")
    assert link.box.value == "a local file · image/png · 1 kB"
    assert link.upload.value == ()
    link.drop.click()
    assert form.request == {}
    assert len(told) == 2


def test_a_file_above_the_cap_is_refused_in_words() -> None:
    form, link = control_of({"type": "string", "format": "uri"}, "video_url")
    upload(link, "a.mp4", bytes(10 * 2**20 + 1), "video/mp4")
    assert form.request == {}
    assert "a.mp4 has 10.5 MB" in note(link)


def test_the_preview_of_a_large_image_is_small() -> None:
    import io

    from PIL import Image

    picture = io.BytesIO()
    Image.effect_noise((600, 400), 90).save(picture, "PNG")
    form, link = control_of({"type": "string", "format": "uri"}, "image_url")
    upload(link, "a.png", picture.getvalue())
    assert len(form.request["image_url"]) > 200_000
    assert link.preview.value.count("data:image/jpeg;base64,") == 1
    assert len(link.preview.value) < 12_000


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/x.png", True),
        ('https://a.example/x.png"onerror="alert(1)', True),
        ("javascript:alert(1)//a.b/c", False),
        ("asset-1", False),
        ("file:///etc/passwd", False),
        ("https://[", False),
        ("https://[x.y/z", True),
        ("data:image/svg+xml;base64,PHN2Zz4=", False),
    ],
)
def test_only_web_addresses_become_images(address: str, shown: bool) -> None:
    form, link = control_of({"type": "string", "format": "uri"}, "image_url")
    link.box.value = address
    assert form.request == {"image_url": address}
    assert (link.preview is not None) is shown
    assert not shown or link.preview.value.count('"') == 8


# -- nested ------------------------------------------------------------------------------------------


def test_a_list_grows_moves_and_shrinks() -> None:
    form, urls = control_of({"type": "array", "items": {"type": "string"}, "maxItems": 2}, "image_urls")
    urls.add.click()
    assert form.request == {}
    urls.rows[0].box.value = "a"
    urls.add.click()
    urls.rows[1].box.value = "b"
    assert form.request == {"image_urls": ["a", "b"]}
    assert urls.add.disabled
    urls.move(urls.rows[1], -1)
    assert form.request == {"image_urls": ["b", "a"]}
    urls.remove(urls.rows[0])
    assert form.request == {"image_urls": ["a"]}
    urls.remove(urls.rows[0])
    assert form.request == {}


def test_a_problem_inside_a_list_is_shown_at_its_row() -> None:
    form, numbers = control_of({"type": "array", "items": {"type": "integer", "minimum": 3}})
    form.request = {"field": [5, 1]}
    assert [problem.path for problem in form.problems] == ["field[1]"]
    assert "sw-problem" not in note(numbers.rows[0])
    assert "sw-problem" in note(numbers.rows[1])


CAMERA = {
    "type": "object",
    "properties": {
        "pan": {"type": "integer"},
        "more": {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]},
    },
}


def test_an_object_opens_and_holds_what_has_no_control() -> None:
    form, camera = control_of(CAMERA)
    assert camera.inner == {}
    camera.toggle.click()
    assert form.request == {}
    camera.inner["pan"].box.value = "4"
    camera.inner["more"].toggle.click()
    assert form.request == {"field": {"pan": 4}}
    form.request = {"field": {"pan": 1, "tilt": 2, "more": {}}}
    assert form.request == {"field": {"pan": 1, "tilt": 2, "more": {}}}
    assert [problem.path for problem in form.problems] == ["field.more.x"]
    camera.inner["pan"].box.value = "9"
    assert form.request == {"field": {"pan": 9, "tilt": 2, "more": {}}}
    camera.toggle.click()
    assert form.request == {}


def test_an_empty_object_and_an_empty_list_come_back() -> None:
    form = form_of(one=CAMERA, many={"type": "array", "items": CAMERA}, free={"type": "object"})
    request = {"one": {}, "many": [{}, {"pan": 1}], "free": {}}
    form.request = request
    assert form.request == request
    form.request = {"many": []}
    assert form.request == {"many": []}


def test_an_alternative_is_found_chosen_and_swapped() -> None:
    form, image = control_of(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "string"}]}, "image"
    )
    assert list(image.choice.options) == ["not set", "text (1)", "list", "text (2)"]
    form.request = {"image": ["a", "b"]}
    assert image.choice.label == "list"
    assert form.request == {"image": ["a", "b"]}
    image.choice.label = "text (1)"
    assert form.request == {}
    image.inner.box.value = "c"
    image.choice.label = "text (2)"
    assert form.request == {"image": "c"}
    image.choice.index = 0
    assert form.request == {}


def test_null_is_held_chosen_and_let_go() -> None:
    form, mode = control_of({"type": "string", "enum": ["a", "b"], "nullable": True})
    form.request = {"field": None}
    assert form.request == {"field": None}
    assert mode.null.value
    press(mode.inner, "a")
    assert form.request == {"field": "a"}
    assert not mode.null.value
    mode.null.value = True
    assert form.request == {"field": None}
    assert mode.inner.list.index is None
    mode.null.value = False
    assert form.request == {}


# -- another model -----------------------------------------------------------------------------------


def test_what_both_models_share_goes_along() -> None:
    form = RequestForm(LITE)
    told = seen(form)
    form.request = {
        "prompt": "a",
        "camerafixed": True,
        "duration": 10,
        "aspect_ratio": "9:21",
        "seed": 3,
        "nonsense": 1,
    }
    form.set_model(PRO)
    assert form.model.id == PRO
    assert form.request == {"prompt": "a", "camera_fixed": True, "duration": 10, "seed": 3}
    assert form.valid
    assert len(told) == 2
    form.set_model(load_model(LITE))
    assert form.request == {"prompt": "a", "camerafixed": True, "duration": 10, "seed": 3}


def test_the_assigned_model_does_not_go_along() -> None:
    form = RequestForm(LITE)
    form.request = {"prompt": "a", "model": LITE}
    form.set_model(PRO)
    assert form.request == {"prompt": "a"}


@pytest.mark.parametrize(("name", "wrong"), [("resolution", "9k"), ("watermark", "maybe")])
def test_a_choice_has_a_box_of_its_own_from_the_first_words_below_it_on(name: str, wrong: str) -> None:
    form = RequestForm(LITE)
    control = form.controls[name]
    (choice,) = control.children
    order = list(form.controls)
    assert choice in walk(form)
    assert control not in walk(form)
    form.request = {"prompt": "a", name: wrong}
    assert [each for each in walk(form) if each is choice] == [choice]
    assert control in walk(form)
    assert wrong in note(control)
    form.request = {"prompt": "a"}
    assert choice in walk(form)
    assert note(control) == ""
    assert list(form.controls) == order


def kind(**choices: list[str]) -> dict[str, Any]:
    """One of several bodies, with the values that its fields may have."""
    return {"properties": {name: {"type": "string", "enum": values} for name, values in choices.items()}}


@pytest.mark.parametrize(
    ("fields", "rules", "request_"),
    [
        ({"size": {"type": "integer", "enum": [0, 5, 10], "minimum": 5}}, {}, {"size": 0}),
        ({}, {"anyOf": [kind(size=["s"], mode=["a"]), kind(size=["l"], mode=["b"])]}, {"size": "s", "mode": "b"}),
    ],
)
def test_nothing_moves_under_a_hand_that_chooses_what_does_not_fit(fields, rules, request_) -> None:
    form = RequestForm(load_model(document({"prompt": {"type": "string"}, **fields}, **rules)))
    before = list(walk(form))
    assert all(form.controls[name] in before for name in request_)
    form.request = {"prompt": "a", **request_}
    assert form.problems
    assert [each for each in walk(form) if each in before] == before


def test_what_is_typed_into_never_leaves_its_box() -> None:
    form = RequestForm(LITE)
    before = form.children
    form.request = {"prompt": "", "seed": "no number", "aspect_ratio": "1:7"}
    assert {"prompt", "seed", "aspect_ratio"} <= {problem.path for problem in form.problems}
    assert form.children == before, "a page makes anew what moves"


def test_a_model_that_is_one_of_several_can_be_chosen() -> None:
    names = ["test/one", "test/two"]
    form = RequestForm(load_model(document({"model": {"type": "string", "enum": names}})))
    assert form.controls["model"].face in list(walk(form))
    press(form.controls["model"], "test/two")
    assert form.request == {"model": "test/two"}


def test_a_form_closes_all_that_it_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    with counted(monkeypatch) as opened:
        form = shown(RequestForm(NEWEST))
        at_first = len(opened)
        form.request = {"image_urls": ["a"], "image_url": "https://a.example/b.png", "other": 1}
        assert len(opened) > at_first
        form.set_model(LITE)
        assert len(opened) < at_first
        form.close()
        assert opened == {}


# -- how it looks ------------------------------------------------------------------------------------

HOSTILE = '"><img src=x onerror=alert(1)>'


def test_text_from_outside_is_escaped() -> None:
    schema = {"type": "string", "enum": [HOSTILE, "b"], "description": HOSTILE, "title": HOSTILE}
    form = form_of(
        **{
            HOSTILE: schema,
            "flag": {"type": "boolean", "default": False, "description": HOSTILE},
            "list": {"type": "array", "items": schema, "description": HOSTILE},
            "either": {"anyOf": [schema, {"type": "integer", "description": HOSTILE}]},
            "aspect_ratio": {**schema, "enum": [HOSTILE, *"abcdef"], "default": HOSTILE},
        }
    )
    form.request = {HOSTILE: HOSTILE + "x", "list": [HOSTILE], "either": HOSTILE, "flag": HOSTILE, "other": HOSTILE}
    for child in walk(form):
        html = str(getattr(child, "value", "")) if child._model_name == "HTMLModel" else ""
        if getattr(child, "description_allow_html", False):
            html += child.description
        assert "<img" not in html


def test_required_fields_have_a_star_and_every_control_says_its_name() -> None:
    form = RequestForm(LITE)
    assert "Prompt *" in form.controls["prompt"].box.description
    assert 'title="prompt (required)' in form.controls["prompt"].box.description
    assert "*" not in form.controls["seed"].label
    assert form.controls["aspect_ratio"].label == "Shape"


@pytest.mark.parametrize(("model", "most"), [(LITE, 45), (PRO, 60), (NEWEST, 90)])
def test_a_form_opens_few_models_in_the_page(model: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with counted(monkeypatch) as opened:
        form = shown(RequestForm(model))
    assert form.request == {}
    assert len(opened) <= most
    assert not any(name.endswith(("LayoutModel", "StyleModel")) for name in opened.values())


def test_an_edit_sends_little(monkeypatch: pytest.MonkeyPatch) -> None:
    form = shown(RequestForm(LITE))
    form.controls["prompt"].box.value = "a"
    sent: list[Any] = []
    monkeypatch.setattr(type(form), "send_state", lambda self, key=None: sent.append(key), raising=True)
    for kind in {type(child) for child in walk(form)}:
        monkeypatch.setattr(kind, "send_state", lambda self, key=None: sent.append((self, key)))
    form.controls["prompt"].box.value = "ab"
    assert len(sent) == 2  # the text itself (here set by Python, not by the page) and the count below it


def test_points_stand_in_a_table_with_the_names_once() -> None:
    point = {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}, "required": ["x"]}
    form = RequestForm(load_model(document({"path": {"type": "array", "items": point, "maxItems": 3}})))
    control = form.controls["path"]
    assert isinstance(control, TableControl)
    assert "sw-gone" in control.names._dom_classes
    form.request = {"path": [{"x": 1, "y": 2}, {"x": 3}]}
    assert "sw-gone" not in control.names._dom_classes
    assert [re.sub("<[^>]*>", "", each.value) for each in control.names.children] == ["X *", "Y"]
    control.rows[1].inner["y"].box.value = "4"
    control.append()
    assert form.request == {"path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}, {}]}
    assert [problem.path for problem in form.problems] == ["path[2].x"]
    assert control.add.disabled
    control.move(control.rows[1], -1)
    control.remove(control.rows[2])
    assert form.request == {"path": [{"x": 3, "y": 4}, {"x": 1, "y": 2}]}
    assert form.valid


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("video_url", "https://a.example/clip.mp4?a=\"'<b>", "<video"),
        ("audio_url", "https://a.example/voice.mp3", "<audio"),
        ("video_url", "data:video/mp4;base64," + "A" * 4000, "▶"),
        ("audio_url", "data:audio/mpeg;base64," + "A" * 4000, "♪"),
    ],
)
def test_video_and_sound_have_a_preview_that_carries_no_megabytes(name: str, value: str, shown: str) -> None:
    _, link = control_of({"type": "string", "format": "uri"}, name)
    link.value = value
    assert shown in link.preview.value
    assert len(link.preview.value) < 200
    assert "<b>" not in link.preview.value
