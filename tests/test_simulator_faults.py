from __future__ import annotations

import contextlib
import time
from email.utils import parsedate_to_datetime

import pytest
import requests

from seedance_widgets.model import DEFAULT_MODEL
from seedance_widgets.simulator import FAULTS, Fault, Simulator

CALL = "/v2/video/generations"
BODY = {"model": DEFAULT_MODEL, "prompt": "a fox", "resolution": "480p", "duration": 5, "seed": 4}
CLIP = bytes(5000)


def draw(scene, path):
    path.write_bytes(CLIP)


@pytest.fixture
def simulator():
    with Simulator(clock=lambda: 0.0, renderer=draw) as running:
        yield running


class Caller:
    def __init__(self, simulator):
        self.simulator = simulator
        self.headers = {"Authorization": f"Bearer {simulator.token}"}

    def call(self, method, path, **options):
        options = {"headers": self.headers, "timeout": 10, "allow_redirects": False, **options}
        return requests.request(method, self.simulator.url + path, **options)

    def post(self, **fields):
        return self.call("POST", CALL, json=BODY | fields)

    def look(self, generation_id):
        return self.call("GET", CALL, params={"generation_id": generation_id})

    def made(self, **fields):
        """A generation whose clip is there."""
        generation_id = self.post(**fields).json()["id"]
        self.simulator.advance(200)
        for _ in range(500):
            if self.look(generation_id).json()["status"] not in ("queued", "generating"):
                return generation_id
            time.sleep(0.01)
        raise AssertionError("never finished")

    def url(self, **fields):
        return self.look(self.made(**fields)).json()["video"]["url"]


@pytest.fixture
def api(simulator):
    return Caller(simulator)


def accepted(simulator, action):
    """How many generations the service accepted while something was done."""
    before = len(simulator.created)
    with contextlib.suppress(requests.RequestException):
        action()
    return len(simulator.created) - before


# before anything is processed


def test_refuse_closes_the_connection_and_processes_nothing(simulator, api):
    simulator.inject("refuse:times=1")
    assert accepted(simulator, api.post) == 0
    assert simulator.requests[-1] == ("POST", CALL, 0)
    assert accepted(simulator, api.post) == 1


def test_drop_processes_and_never_answers(simulator, api):
    simulator.inject("drop:post:times=1")
    before = len(simulator.created)
    with pytest.raises(requests.ConnectionError):
        api.post()
    assert len(simulator.created) == before + 1
    assert api.look(simulator.created[-1].id).status_code == 200


@pytest.mark.parametrize(
    ("option", "check"),
    [
        ("", lambda value: value == "1"),
        (":retry_after=7", lambda value: value == "7"),
        (":retry_after=none", lambda value: value is None),
        (":retry_after=date", lambda value: 0 < parsedate_to_datetime(value).timestamp() - time.time() < 3),
    ],
)
def test_rate_limit_says_when_to_come_back_or_not(simulator, api, option, check):
    simulator.inject("rate_limit:post" + option)
    response = api.post()
    assert response.status_code == 429
    assert check(response.headers.get("Retry-After"))
    assert accepted(simulator, api.post) == 0


@pytest.mark.parametrize(("option", "status"), [("", 503), (":status=500", 500), (":status=504", 504)])
def test_server_error_processes_nothing(simulator, api, option, status):
    simulator.inject("server_error:post" + option)
    assert accepted(simulator, api.post) == 0
    response = api.post()
    assert (response.status_code, response.json()["statusCode"]) == (status, status)


def test_html_comes_instead_of_an_answer(simulator, api):
    simulator.inject("html:post")
    assert accepted(simulator, api.post) == 0
    response = api.post()
    assert (response.status_code, response.headers["Content-Type"][:9]) == (200, "text/html")
    assert response.text.startswith("<!doctype html>")


def test_redirect_leads_to_another_host_where_nothing_is(simulator, api):
    simulator.inject("redirect:post")
    response = api.post()
    assert response.status_code == 307
    assert response.headers["Location"] == f"http://localhost:{simulator.port}/elsewhere"
    assert accepted(simulator, api.post) == 0


def test_redirect_leads_where_it_is_told(simulator, api):
    simulator.inject("redirect:get:to=http://example.invalid/a")
    assert api.look("x").headers["Location"] == "http://example.invalid/a"


@pytest.mark.parametrize(
    ("room", "path"),
    [
        ("get", CALL + "?generation_id=x"),
        ("logs", "/v2/logs?period=1d"),
        ("models", "/v1/models"),
        ("billing", "/v2/billing"),
        ("clip", "/clips/x.mp4"),
    ],
)
def test_faults_strike_in_their_own_room_only(simulator, api, room, path):
    simulator.inject(f"server_error:{room}:status=502")
    assert api.call("GET", path).status_code == 502
    assert api.post().status_code == 200


# after it was processed


def test_slow_is_processed_at_once_and_answered_late(simulator, api):
    simulator.inject("slow:post:seconds=0.3")
    began = time.monotonic()
    assert api.post().status_code == 200
    assert time.monotonic() - began >= 0.3
    simulator.heal()
    simulator.inject("slow:post:seconds=5")
    assert accepted(simulator, lambda: api.call("POST", CALL, json=BODY, timeout=0.2)) == 1


def test_error_after_create_has_created(simulator, api):
    simulator.inject("error_after_create")
    before = len(simulator.created)
    response = api.post()
    assert response.status_code == 500
    assert "x-inference-id" not in response.headers
    assert len(simulator.created) == before + 1


def test_half_json_is_cut_in_the_middle(simulator, api):
    simulator.inject("half_json:post:times=1")
    before = len(simulator.created)
    response = api.post()
    assert response.status_code == 200
    with pytest.raises(ValueError, match="line 1"):
        response.json()
    assert len(simulator.created) == before + 1


def test_no_id_keeps_the_id_back_everywhere(simulator, api):
    simulator.inject("no_id")
    response = api.post()
    assert response.json()["status"] == "queued"
    assert "id" not in response.json()
    assert simulator.created[-1].id not in response.text + str(response.headers)


# how it ends


def test_fail_ends_in_error_and_costs_nothing(simulator, api):
    simulator.inject("fail:times=1:message=too menacing")
    balance = simulator.balance_usd
    reply = api.look(api.made()).json()
    assert (reply["status"], reply["video"]) == ("error", None)
    assert reply["error"] == {"name": "GenerationError", "message": "too menacing"}
    assert reply["meta"]["usage"]["credits_used"] == 0
    assert simulator.balance_usd == balance
    assert api.look(api.made()).json()["status"] == "completed"


def test_fail_can_be_meant_for_one_prompt(simulator, api):
    simulator.inject(Fault("fail", whom="owl"))
    ends = {prompt: api.look(api.made(prompt=prompt)).json()["status"] for prompt in ("a fox", "an Owl")}
    assert ends == {"a fox": "completed", "an Owl": "error"}


def test_an_error_is_not_told_before_the_end(simulator, api):
    simulator.inject("fail")
    assert api.look(api.post().json()["id"]).json()["error"] is None


@pytest.mark.parametrize(
    ("shape", "status", "kind"),
    [
        ("string", "error", str),
        ("detail", "error", list),
        ("beside", "completed", dict),
    ],
)
def test_odd_errors_have_the_shapes_that_were_seen(simulator, api, shape, status, kind):
    simulator.inject(f"odd_error:shape={shape}")
    reply = api.look(api.made()).json()
    assert reply["status"] == status
    error = reply["error"]["detail"] if shape == "detail" else reply["error"]
    assert isinstance(error, kind)
    assert (reply["video"] is not None) == (status == "completed")


def test_odd_status_uses_the_synonyms_of_each_state(simulator, api):
    simulator.inject("odd_status:get")
    generation_id = api.post().json()["id"]
    seen = [api.look(generation_id).json()["status"]]
    simulator.advance(3)
    seen.append(api.look(generation_id).json()["status"])
    simulator.heal()
    done = api.made()
    simulator.inject("odd_status:get")
    seen.append(api.look(done).json()["status"])
    assert seen == ["waiting", "running", "succeeded"]


@pytest.mark.parametrize(
    ("word", "pending", "done"),
    [
        ("dreaming", "dreaming", "completed"),
        ("succeeded", "queued", "succeeded"),
        ("waiting", "waiting", "completed"),
    ],
)
def test_odd_status_says_a_word_of_ones_own_where_it_fits(simulator, api, word, pending, done):
    generation_id = api.made()
    simulator.inject(f"odd_status:get:status={word}")
    assert api.look(api.post().json()["id"]).json()["status"] == pending
    assert api.look(generation_id).json()["status"] == done


def test_odd_status_can_be_in_the_answer_to_the_post(simulator, api):
    simulator.inject("odd_status:post:status=active")
    assert api.post().json()["status"] == "active"


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("video_list", lambda video: video[0]["url"]),
        ("video_strings", lambda video: video[0]),
    ],
)
def test_videos_come_in_the_shapes_that_were_seen(simulator, api, name, shape):
    generation_id = api.made()
    simulator.inject(name)
    video = api.look(generation_id).json()["video"]
    assert isinstance(video, list)
    assert requests.get(shape(video), timeout=10).content == CLIP


def test_no_video_for_some_looks_counts_only_looks_at_what_is_completed(simulator, api):
    simulator.inject("no_video:times=2")
    api.look(api.post().json()["id"])
    assert simulator.struck("no_video") == 0
    simulator.heal()
    generation_id = api.made()
    simulator.inject("no_video:times=2")
    videos = [api.look(generation_id).json()["video"] is not None for _ in range(3)]
    assert videos == [False, False, True]


def test_no_meta_leaves_the_cost_to_the_post(simulator, api):
    generation_id = api.made()
    simulator.inject("no_meta")
    assert api.look(generation_id).json()["meta"] is None
    assert api.post().json()["meta"]["usage"]["credits_used"] == 180_000


def test_forget_knows_a_generation_no_more(simulator, api):
    generation_id = api.post().json()["id"]
    simulator.inject(Fault("forget", whom=generation_id))
    assert api.look(generation_id).status_code == 404
    assert api.look(api.post().json()["id"]).status_code == 200


# the clip


def test_expired_url_is_refused_until_the_fault_is_spent(simulator, api):
    url = api.url()
    simulator.inject("expired_url:times=1")
    assert [requests.get(url, timeout=10).status_code for _ in range(2)] == [403, 200]


def test_cut_ends_the_connection_in_the_middle(simulator, api):
    url = api.url()
    simulator.inject("cut:bytes=1234:times=1")
    got = bytearray()

    def fetch():
        for byte in requests.get(url, stream=True, timeout=10).iter_content(1):
            got.extend(byte)

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        fetch()
    assert len(got) == 1234
    rest = requests.get(url, headers={"Range": f"bytes={len(got)}-"}, timeout=10)
    assert bytes(got) + rest.content == CLIP


def test_cut_beyond_the_end_cuts_nothing(simulator, api):
    url = api.url()
    simulator.inject("cut:bytes=99999")
    assert requests.get(url, timeout=10).content == CLIP


def test_html_comes_instead_of_the_clip(simulator, api):
    url = api.url()
    simulator.inject("html_clip")
    response = requests.get(url, timeout=10)
    assert (response.status_code, response.headers["Content-Type"][:9]) == (200, "text/html")


def test_an_empty_clip_is_empty(simulator, api):
    url = api.url()
    simulator.inject("empty_clip")
    response = requests.get(url, timeout=10)
    assert (response.status_code, response.content) == (200, b"")


def test_a_clip_can_be_slow_or_dropped(simulator, api):
    url = api.url()
    simulator.inject("slow:clip:seconds=0.2:times=1")
    began = time.monotonic()
    assert requests.get(url, timeout=10).content == CLIP
    assert time.monotonic() - began >= 0.2
    simulator.inject("drop:clip")
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)


# all of them


def test_faults_can_be_given_at_the_start_as_text_or_object():
    with Simulator(renderer=draw, faults=("drop:logs", Fault("html", "billing"))) as simulator:
        api = Caller(simulator)
        with pytest.raises(requests.ConnectionError):
            api.call("GET", "/v2/logs?period=1d")
        assert api.call("GET", "/v2/billing").text.startswith("<!doctype html>")
        assert (simulator.struck("drop"), simulator.struck("html"), simulator.struck("fail")) == (1, 1, 0)


def test_every_fault_says_where_it_can_be_and_what_it_does():
    for name, (rooms, words) in FAULTS.items():
        assert rooms, name
        assert words, name
