from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedance_widgets.answers import api_error, retry_after
from seedance_widgets.errors import (
    ApiError,
    AuthenticationError,
    NotFound,
    OutOfCredits,
    RateLimited,
    ServerError,
    UnexpectedReply,
)
from seedance_widgets.transport import Answer

NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


def answer(status, body="", **headers):
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, text)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ApiError),
        (401, AuthenticationError),
        (402, ApiError),
        (403, OutOfCredits),
        (404, NotFound),
        (418, ApiError),
        (429, RateLimited),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, ServerError),
        (599, ServerError),
        (301, UnexpectedReply),
        (307, UnexpectedReply),
    ],
)
def test_each_status_has_its_class(status, kind):
    error = api_error(answer(status, {"message": "words"}), "The request for x")
    assert type(error) is kind
    assert error.status == status
    assert str(error).startswith("The request for x was answered with HTTP")
    assert str(status) in str(error)


@pytest.mark.parametrize("code", [400, "400"])
def test_the_documented_body_gives_its_words_and_its_number(code):
    body = {
        "message": "Body validation error\nduration: 5 or 10",
        "requestId": "r-7",
        "statusCode": code,
        "path": "/v2",
    }
    error = api_error(answer(400, body), "The request")
    assert error.message == "Body validation error\nduration: 5 or 10"
    assert error.request_id == "r-7"
    assert "duration: 5 or 10" in str(error)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"name": "E", "message": "words"}}, "words"),
        ({"error": "words"}, "words"),
        ({"detail": "words"}, "words"),
        ({"detail": [{"loc": ["body", "prompt"], "msg": "words"}]}, "body.prompt: words"),
        ({"message": ["words", "more"]}, "words; more"),
        ("words in plain text", "words in plain text"),
        ("<html><title>Bad gateway</title></html>", ""),
        ("", ""),
        ("[1, 2]", "[1, 2]"),
        ("{half", "{half"),
        ({}, ""),
        ({"message": None}, ""),
    ],
)
def test_bodies_of_any_shape_give_their_words(body, words):
    error = api_error(answer(500, body), "The request")
    assert error.message == words
    assert "<html" not in str(error)


def test_the_words_are_bounded():
    assert len(str(api_error(answer(500, {"message": "x" * 100_000}), "The request"))) < 2_000
    assert len(str(api_error(answer(500, "x" * 100_000), "The request"))) < 2_000
    assert len(api_error(answer(500, {"requestId": "x" * 9999}), "The request").request_id) <= 200


def test_out_of_credits_and_a_wrong_key_say_what_to_do():
    assert "top up" in str(api_error(answer(403, {"message": "You've run out of credits"}), "It"))
    assert "key" in str(api_error(answer(401, {"message": "no"}), "It"))


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Model bytedance/seedance-1-0-lite-t2v has been withdrawn"),
        (400, "This model is deprecated. You cannot call it."),
        (404, "Model 'x' was not found"),
    ],
)
def test_a_withdrawn_model_is_named_as_such(status, message):
    assert "choose another" in str(api_error(answer(status, {"message": message}), "It"))


def test_an_ordinary_refusal_does_not_blame_the_model():
    error = api_error(answer(400, {"message": "prompt: must not be empty"}), "It")
    assert "withdrawn" not in str(error)
    assert "withdrawn" not in str(api_error(answer(404, {"message": "Generation not found"}), "It"))


# Retry-After


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("0", 0.0),
        ("-3", 0.0),
        (" 7 ", 7.0),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), 30.0),
        (format_datetime(NOW - timedelta(seconds=30), usegmt=True), 0.0),
        ("Sat, 01 Aug 2026 12:00:10 -0000", 10.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("", None),
        (None, None),
        ("Sat, 99 Foo 2026", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(header, seconds):
    assert retry_after(header, NOW) == seconds


@settings(deadline=None, max_examples=60)
@given(
    st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{1,5} \d\d:\d\d:\d\d [+-]?\w{1,5}")
)
def test_no_header_makes_reading_raise(header):
    seconds = retry_after(header, NOW)
    assert seconds is None or 0 <= seconds < float("inf")


def test_a_429_carries_it():
    error = api_error(answer(429, {"message": "Too Many Requests"}, retry_after="3"), "It")
    assert error.retry_after == 3.0
    assert api_error(answer(429), "It").retry_after is None


@settings(deadline=None, max_examples=60)
@given(st.integers(300, 599), st.text(max_size=80))
def test_no_answer_makes_reading_raise(status, text):
    error = api_error(answer(status, text), "It")
    assert error.status == status


@pytest.mark.parametrize("opening", ['{"message":', '{"message":{"detail":', "["])
def test_absurd_nesting_is_no_crash(opening):
    assert api_error(answer(500, opening * 20_000), "It").status == 500
    closed = opening * 300 + "1" + "".join("]" if each == "[" else "}" for each in opening * 300 if each in "[{")
    assert api_error(answer(500, closed), "It").status == 500
