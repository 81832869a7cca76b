from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedance_widgets.reply import Reply, is_web_address, read_error, read_reply, read_status

URL = "https://cdn.example/clip.mp4?X-Tos-Expires=86400"
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def body(**fields):
    return {"id": "cgt-1", "status": "completed", "video": {"url": URL}, "error": None, "meta": None, **fields}


def test_the_documented_answer():
    reply = read_reply(body(meta={"usage": {"credits_used": 180000, "usd_spent": 0.09}}))
    assert (reply.id, reply.status, reply.video_urls, reply.error) == ("cgt-1", "completed", (URL,), None)
    assert (reply.credits, reply.usd, reply.pending) == (180000.0, 0.09, False)
    assert reply.raw["video"] == {"url": URL}


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("queued", "queued"),
        ("waiting", "queued"),
        ("active", "generating"),
        ("generating", "generating"),
        ("running", "generating"),
        ("uploading", "generating"),
        ("processing", "generating"),
        ("completed", "completed"),
        ("succeeded", "completed"),
        ("SUCCEEDED", "completed"),
        (" completed ", "completed"),
        ("error", "error"),
        ("failed", "error"),
        ("cancelled", "error"),
        ("unknown", "error"),
        ("Moderating", "Moderating"),
        (None, "queued"),
        ("", "queued"),
        ("  ", "queued"),
        (7, "7"),
    ],
)
def test_every_seen_status_word(word, meaning):
    assert read_status(word) == meaning
    assert Reply("x", read_status(word)).pending == (meaning not in ("completed", "error"))


@pytest.mark.parametrize(
    ("video", "urls"),
    [
        ({"url": URL}, (URL,)),
        ({"url": URL, "content_type": "video/mp4", "file_size": 1, "duration": 5}, (URL,)),
        ([{"url": URL}, {"url": URL + "2"}], (URL, URL + "2")),
        ([URL, URL + "2"], (URL, URL + "2")),
        ([URL, {"url": URL}], (URL,)),
        (URL, (URL,)),
        (None, ()),
        ([], ()),
        ({}, ()),
        ({"url": None}, ()),
        ({"url": ""}, ()),
        ({"url": "file:///etc/passwd"}, ()),
        ({"url": "javascript:alert(1)"}, ()),
        ({"url": "/clips/1.mp4"}, ()),
        ({"url": "http:///nohost"}, ()),
        ({"url": "http://[bad"}, ()),
        ({"url": {"url": URL}}, (URL,)),
        (True, ()),
        (5, ()),
    ],
)
def test_every_seen_shape_of_video(video, urls):
    assert read_reply(body(video=video)).video_urls == urls


@pytest.mark.parametrize(
    ("error", "name", "words"),
    [
        ({"name": "Moderation", "message": "too menacing"}, "Moderation", "too menacing"),
        ("too menacing", "Error", "too menacing"),
        ({"message": "too menacing"}, "Error", "too menacing"),
        ({"code": "E7", "msg": "too menacing"}, "E7", "too menacing"),
        ({"name": "Moderation"}, "Moderation", "no reason"),
        (
            {"detail": [{"loc": ["body", "image_url"], "msg": "unreachable", "type": "value", "input": "x"}]},
            "ValidationError",
            "body.image_url: unreachable",
        ),
        ({"detail": [{"loc": [], "msg": "one"}, "two"]}, "ValidationError", "one; two"),
        ({"detail": "words"}, "Error", "words"),
        (["odd"], "Error", "odd"),
    ],
)
def test_every_seen_shape_of_error(error, name, words):
    read = read_error(error)
    assert read["name"] == name
    assert words in read["message"]


@pytest.mark.parametrize("error", [None, "", {}, [], False, 0])
def test_no_error_is_none(error):
    assert read_error(error) is None


def test_an_error_beside_completed_leaves_it_completed():
    reply = read_reply(body(error={"name": "Notice", "message": "all the same"}))
    assert reply.status == "completed"
    assert reply.error == {"name": "Notice", "message": "all the same"}


@pytest.mark.parametrize(
    "meta", [None, {}, {"usage": None}, {"usage": {}}, {"usage": {"credits_used": None}}, "x", {"usage": [1]}]
)
def test_a_missing_price_is_none_whatever_level_is_missing(meta):
    reply = read_reply(body(meta=meta))
    assert (reply.credits, reply.usd) == (None, None)


def test_headers_fill_in_what_the_body_leaves_out():
    headers = {"x-inference-id": "abc", "x-aimlapi-credits-used": "120000", "x-aimlapi-usd-spent": "0.06"}
    reply = read_reply({"status": "queued"}, headers)
    assert (reply.id, reply.credits, reply.usd) == ("abc", 120000.0, 0.06)
    told = read_reply(body(meta={"usage": {"credits_used": 5}}), headers)
    assert (told.id, told.credits, told.usd) == ("cgt-1", 5.0, 0.06)


@pytest.mark.parametrize("price", ["free", "nan", "inf", "", "1e999", [1]])
def test_a_price_that_is_no_number_is_none(price):
    assert read_reply(body(), {"x-aimlapi-usd-spent": price}).usd is None


@settings(deadline=None, max_examples=60)
@given(ANY_JSON, ANY_JSON, ANY_JSON, ANY_JSON, ANY_JSON)
def test_no_json_makes_reading_raise(id, status, video, error, meta):
    reply = read_reply({"id": id, "status": status, "video": video, "error": error, "meta": meta})
    assert isinstance(reply.id, str)
    assert isinstance(reply.status, str)
    assert reply.status
    assert all(is_web_address(url) for url in reply.video_urls)
    if reply.error is not None:
        assert set(reply.error) == {"name", "message"}
        assert all(isinstance(text, str) for text in reply.error.values())
    for number in (reply.credits, reply.usd):
        assert number is None or abs(number) < float("inf")


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.text(max_size=10), ANY_JSON, max_size=5))
def test_no_object_makes_reading_raise(answer):
    assert read_reply(answer).raw == answer or any(value != value for value in _flat(answer))


def _flat(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from _flat(each)
    elif isinstance(value, list):
        for each in value:
            yield from _flat(each)
    else:
        yield value


@pytest.mark.parametrize("field", ["id", "status", "video", "error", "meta"])
@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: {"url": x}, lambda x: {"detail": [x]}])
def test_values_nested_absurdly_deep_are_read_like_any_other(field, wrap):
    value = URL
    for _ in range(5000):
        value = wrap(value)
    assert isinstance(read_reply(body(**{field: value})), Reply)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
def test_any_text_is_judged_as_an_address_without_raising(text):
    assert is_web_address(text) in (True, False)
    assert is_web_address("https://host/" + text)


def test_words_of_the_api_do_not_turn_the_direction_of_ours():
    turned = "\u202eevil\u2066 words\u2069"
    assert read_error(turned) == {"name": "Error", "message": "evil words"}
    assert read_error({"name": turned, "message": turned}) == {"name": "evil words", "message": "evil words"}
