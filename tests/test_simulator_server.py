from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from seedance_widgets.errors import ConfigError
from seedance_widgets.model import DEFAULT_MODEL, load_model, models
from seedance_widgets.simulator import Simulator

CALL = "/v2/video/generations"
BODY = {"model": DEFAULT_MODEL, "prompt": "a fox in the snow", "resolution": "480p", "duration": 5, "seed": 4}
CLIP = bytes(range(256)) * 20


def draw(scene, path):
    path.write_bytes(CLIP)


class Caller:
    """A bare HTTP client: what is tested here is the wire."""

    def __init__(self, simulator, key=None):
        self.simulator = simulator
        self.session = requests.Session()
        self.session.trust_env = False
        self.headers = {"Authorization": f"Bearer {key or simulator.token}"}

    def post(self, body=BODY, path=CALL, **headers):
        url = self.simulator.url + path
        return self.session.post(url, json=body, headers=self.headers | headers, timeout=10)

    def ask(self, path, **params):
        return self.session.get(self.simulator.url + path, params=params, headers=self.headers, timeout=10)

    def look(self, generation_id, path=CALL):
        return self.ask(path, generation_id=generation_id)

    def finished(self, generation_id, path=CALL):
        """The answer once the clip, drawn in a thread, is there."""
        for _ in range(500):
            reply = self.look(generation_id, path).json()
            if reply["status"] not in ("queued", "generating"):
                return reply
            time.sleep(0.01)
        raise AssertionError("never finished")

    def make(self, body=BODY):
        """A finished generation: its answer."""
        generation_id = self.post(body).json()["id"]
        self.simulator.advance(200)
        return self.finished(generation_id)


@pytest.fixture
def started():
    """Simulators that stand still until a test lets time pass."""
    running = []

    def start(**options):
        simulator = Simulator(**{"clock": lambda: 0.0, "renderer": draw, **options}).start()
        running.append(simulator)
        return simulator

    yield start
    for simulator in running:
        simulator.stop()


@pytest.fixture
def simulator(started):
    return started()


@pytest.fixture
def api(simulator):
    return Caller(simulator)


# the two calls


def test_a_generation_goes_from_queued_to_completed(simulator, api):
    made = api.post()
    assert made.status_code == 200
    reply = made.json()
    assert (reply["status"], reply["video"], reply["error"]) == ("queued", None, None)
    assert reply["meta"]["usage"] == {"credits_used": 180_000, "usd_spent": 0.09}
    simulator.advance(3)
    assert api.look(reply["id"]).json()["status"] == "generating"
    simulator.advance(200)
    done = api.finished(reply["id"])
    assert done["status"] == "completed"
    assert done["meta"]["usage"]["credits_used"] == 180_000
    assert requests.get(done["video"]["url"], timeout=10).content == CLIP


@pytest.mark.parametrize(
    "path",
    [
        CALL,
        CALL + "/",
        "/v2/generate/video/bytedance/generation",
        "/v2/generate/video/kling/generation",
        "/v1/video/generations",
        "/video/generations",
    ],
)
def test_the_older_addresses_do_the_same(simulator, api, path):
    generation_id = api.post(path=path).json()["id"]
    simulator.advance(200)
    assert api.finished(generation_id, path)["status"] == "completed"


def test_the_documentations_example_runs_as_it_stands(simulator, monkeypatch):
    base, api_key = simulator.url, simulator.token
    monkeypatch.setenv("NO_PROXY", "*")
    pauses = []
    clock = SimpleNamespace(sleep=lambda seconds: (pauses.append(seconds), simulator.advance(seconds)))

    def create():
        url = f"{base}/v2/generate/video/bytedance/generation"
        data = {
            "model": "bytedance/seedance-1-0-lite-t2v",
            "prompt": "A menacing evil dragon appears in a distance above the tallest mountain.",
            "resolution": "720p",
            "duration": 5,
        }
        response = requests.post(url, json=data, headers={"Authorization": f"Bearer {api_key}"})
        assert response.status_code < 400
        return response.json()

    def retrieve(generation_id):
        url = f"{base}/v2/generate/video/bytedance/generation"
        headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        return requests.get(url, params={"generation_id": generation_id}, headers=headers).json()

    generation_id = create().get("id")
    for _ in range(40):
        reply = retrieve(generation_id)
        if reply.get("status") not in ("waiting", "active", "queued", "generating"):
            break
        clock.sleep(15)
        time.sleep(0.01)
    assert reply["status"] == "completed"
    assert pauses
    assert requests.get(reply["video"]["url"]).content == CLIP


def test_answers_carry_the_ids_and_the_price(api):
    made = api.post(**{"X-Client-Request-Id": "order:8.f_1-c"})
    assert made.headers["Server"] == "seedance-simulator"
    assert made.headers["x-inference-id"] == made.json()["id"]
    assert made.headers["x-client-request-id"] == "order:8.f_1-c"
    assert made.headers["x-aimlapi-credits-used"] == "180000"
    assert made.headers["x-aimlapi-usd-spent"] == "0.090000000"
    assert "x-aimlapi-credits-used" not in api.look(made.json()["id"]).headers


@pytest.mark.parametrize("text", ["has space", "ä".encode().decode("latin-1"), "x" * 129, ""])
def test_a_client_request_id_of_other_letters_is_dropped_silently(simulator, api, text):
    made = api.post(**{"X-Client-Request-Id": text})
    assert made.status_code == 200
    assert "x-client-request-id" not in made.headers
    assert simulator.created[0].client_request_id is None


def test_every_accepted_post_is_on_record(simulator, api):
    made = api.post(**{"X-Client-Request-Id": "mine"}).json()
    api.post({"model": DEFAULT_MODEL})
    (record,) = simulator.created
    assert (record.id, record.client_request_id, record.model) == (made["id"], "mine", DEFAULT_MODEL)
    assert record.body == BODY
    assert abs(record.time - time.time()) < 60
    assert simulator.requests == [("POST", CALL, 200), ("POST", CALL, 400)]


@pytest.mark.parametrize("ids", ["nanoid", "uuid"])
def test_awkward_ids_work_in_queries_and_clips(started, ids):
    api = Caller(started(ids=ids))
    done = api.make()
    assert requests.get(done["video"]["url"], timeout=10).content == CLIP


# what is refused


def error_of(response):
    reply = response.json()
    assert set(reply) == {"message", "path", "requestId", "statusCode", "timestamp"}
    assert reply["statusCode"] == response.status_code
    return response.status_code, reply["message"]


@pytest.mark.parametrize("header", ["", "Bearer wrong", "simulated", "Basic simulated", "Bearer ä"])
def test_without_the_key_nothing_goes(simulator, api, header):
    api.headers = {"Authorization": header.encode()}
    for response in (api.post(), api.look("x"), api.ask("/v2/logs", period="1d"), api.ask("/v2/billing")):
        assert error_of(response)[0] == 401
    assert simulator.created == []


def test_every_problem_of_a_body_is_named(api):
    status, message = error_of(api.post({"model": DEFAULT_MODEL, "duration": "5", "resolution": "999p"}))
    assert status == 400
    assert message.startswith("Body validation error")
    assert all(name in message for name in ("prompt", "duration", "resolution"))


@pytest.mark.parametrize("body", [[], "text", None, {}, {"prompt": "x"}, {"model": 7, "prompt": "x"}])
def test_a_body_that_is_no_request_is_refused(api, body):
    assert error_of(api.post(body))[0] == 400


def test_broken_json_is_refused(simulator, api):
    response = api.session.post(simulator.url + CALL, data="{", headers=api.headers, timeout=10)
    assert error_of(response)[0] == 400


def test_an_unknown_model_is_not_found_and_the_nearest_is_named(api):
    status, message = error_of(api.post(BODY | {"model": DEFAULT_MODEL[:-1] + "x"}))
    assert status == 404
    assert DEFAULT_MODEL in message


def test_a_withdrawn_model_is_refused_in_words(started):
    api = Caller(started(withdrawn=(DEFAULT_MODEL,)))
    status, message = error_of(api.post())
    assert status == 400
    assert "withdrawn" in message
    assert DEFAULT_MODEL in message


def test_what_the_balance_does_not_cover_is_refused(started):
    simulator = started(balance_usd=0.20)
    api = Caller(simulator)
    assert [api.post().status_code for _ in range(3)] == [200, 200, 403]
    assert "credits" in error_of(api.post())[1]
    assert len(simulator.created) == 2


@pytest.mark.parametrize("generation_id", ["nix", "", "-x", "<b>"])
def test_a_generation_that_is_not_there_is_not_found(api, generation_id):
    assert error_of(api.look(generation_id))[0] == (404 if generation_id else 400)


def test_accounts_do_not_see_each_other(started):
    simulator = started(token=("ana", "ben"))
    ana, ben = Caller(simulator, "ana"), Caller(simulator, "ben")
    generation_id = ana.make()["id"]
    assert ben.look(generation_id).status_code == 404
    assert ben.ask("/v2/logs", period="1d").json()["data"] == []
    balances = [each.ask("/v2/billing").json()["current_balance"] for each in (ana, ben)]
    assert balances == [99.91, 100.0]


def test_too_many_calls_a_second_are_slowed_down(started):
    simulator = started(rate_limit=2)
    api = Caller(simulator)
    responses = [api.post() for _ in range(3)]
    assert [each.status_code for each in responses] == [200, 200, 429]
    assert int(responses[2].headers["Retry-After"]) >= 1
    simulator.advance(1)
    assert api.post().status_code == 200
    assert len(simulator.created) == 3


@pytest.mark.parametrize(("method", "path"), [("GET", "/nix"), ("DELETE", "/v1/models"), ("POST", "/v2/logs")])
def test_other_addresses_and_methods_get_the_apis_kind_of_error(simulator, api, method, path):
    response = requests.request(method, simulator.url + path, headers=api.headers, timeout=10)
    assert error_of(response)[0] in (404, 405)


# clips


def test_a_clip_comes_whole_or_in_parts(api):
    url = api.make()["video"]["url"]
    whole = requests.get(url, timeout=10)
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "video/mp4")
    assert (whole.headers["Accept-Ranges"], whole.headers["Content-Length"]) == ("bytes", "5120")
    for wanted, first, end in [("0-9", 0, 10), ("5000-", 5000, 5120), ("-20", 5100, 5120), ("5110-9999", 5110, 5120)]:
        part = requests.get(url, headers={"Range": f"bytes={wanted}"}, timeout=10)
        assert part.status_code == 206
        assert part.content == CLIP[first:end]
        assert part.headers["Content-Range"] == f"bytes {first}-{end - 1}/5120"


@pytest.mark.parametrize("wanted", ["bytes=5120-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(api, wanted):
    response = requests.get(api.make()["video"]["url"], headers={"Range": wanted}, timeout=10)
    assert (response.status_code, response.headers["Content-Range"]) == (416, "bytes */5120")


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "bytes=9-3", "lines=1-2", "bytes=-"])
def test_a_range_that_is_none_gives_the_whole_clip(api, wanted):
    response = requests.get(api.make()["video"]["url"], headers={"Range": wanted}, timeout=10)
    assert (response.status_code, response.content) == (200, CLIP)


def test_an_etag_spares_what_is_known_and_guards_a_resumed_part(api):
    url = api.make()["video"]["url"]
    etag = requests.head(url, timeout=10).headers["ETag"]
    assert requests.get(url, headers={"If-None-Match": etag}, timeout=10).status_code == 304
    part = {"Range": "bytes=10-19"}
    assert requests.get(url, headers=part | {"If-Range": etag}, timeout=10).status_code == 206
    assert requests.get(url, headers=part | {"If-Range": '"other"'}, timeout=10).content == CLIP


def test_the_head_of_a_clip_has_its_length_and_no_body(api):
    head = requests.head(api.make()["video"]["url"], timeout=10)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "5120", b"")


def test_an_address_expires_and_a_look_gives_a_fresh_one(started):
    simulator = started(clip_ttl=60)
    api = Caller(simulator)
    done = api.make()
    simulator.advance(61)
    old = requests.get(done["video"]["url"], timeout=10)
    assert old.status_code == 403
    assert "expired" in old.text
    fresh = api.look(done["id"]).json()["video"]["url"]
    assert requests.get(fresh, timeout=10).content == CLIP


def test_a_forged_address_is_refused(api):
    one, two = api.make()["video"]["url"], api.make(BODY | {"seed": 5})["video"]["url"]
    forged = [
        one.replace("X-Tos-Expires=86400", "X-Tos-Expires=99999999"),
        one[:-1] + ("0" if one[-1] != "0" else "1"),
        one.split("?")[0],
        two.split("?")[0] + "?" + one.split("?")[1],
    ]
    assert [requests.get(url, timeout=10).status_code for url in forged] == [403] * 4


def test_the_key_must_not_be_sent_along_to_a_signed_address(api):
    url = api.make()["video"]["url"]
    assert requests.get(url, headers=api.headers, timeout=10).status_code == 400


def test_completed_is_said_only_when_the_clip_lies_there(started):
    may_draw = threading.Event()

    def waits(scene, path):
        may_draw.wait(10)
        path.write_bytes(CLIP)

    simulator = started(renderer=waits)
    api = Caller(simulator)
    generation_id = api.post().json()["id"]
    simulator.advance(200)
    for _ in range(5):
        assert api.look(generation_id).json()["status"] == "generating"
    may_draw.set()
    assert api.finished(generation_id)["status"] == "completed"


def test_a_clip_that_cannot_be_drawn_ends_in_error_and_costs_nothing(started):
    def broken(scene, path):
        raise OSError("the disk is full")

    simulator = started(renderer=broken)
    done = Caller(simulator).make()
    assert done["status"] == "error"
    assert "the disk is full" in done["error"]["message"]
    assert done["meta"]["usage"]["credits_used"] == 0
    assert simulator.balance_usd == 100.0


def test_a_clip_is_drawn_from_the_first_look_on_and_only_once(simulator, api):
    for _ in range(20):
        api.post()
    simulator.advance(200)
    assert simulator.rendered == 0
    for record in simulator.created:
        api.finished(record.id)
    assert simulator.rendered == 1


# logs, models, balance


def test_the_logs_tell_what_became_of_each_request(simulator, api):
    made = api.post(**{"X-Client-Request-Id": "mine"}).json()
    api.post({"model": DEFAULT_MODEL})
    simulator.advance(200)
    reply = api.ask("/v2/logs", period="24h", limit=100, offset=0).json()
    assert reply["pagination"] == {"limit": 100, "offset": 0, "total": 2, "has_more": False}
    failed, row = reply["data"]
    assert failed["status"] == "failed"
    assert (row["inference_id"], row["client_request_id"]) == (made["id"], "mine")
    assert (row["model"], row["cost"]) == (DEFAULT_MODEL, {"usd": 0.09, "credits": 180_000})


def test_the_logs_come_in_pages(api):
    ids = [api.post().json()["id"] for _ in range(5)]
    pages = [api.ask("/v2/logs", period="1h", limit=2, offset=offset).json() for offset in (0, 2, 4)]
    assert [row["inference_id"] for page in pages for row in page["data"]] == ids[::-1]
    assert [page["pagination"]["has_more"] for page in pages] == [True, True, False]


def test_the_logs_have_a_window(simulator, api):
    api.post()
    first = api.ask("/v2/logs", period="1d").json()["data"][0]["created"]
    simulator.advance(7200)
    api.post()
    second = api.ask("/v2/logs", period="1d").json()["data"][0]["created"]
    assert api.ask("/v2/logs", period="1h").json()["pagination"]["total"] == 1
    assert api.ask("/v2/logs", period="3h").json()["pagination"]["total"] == 2
    early = api.ask("/v2/logs", start="2020-01-01T00:00:00", end="2020-01-02T00:00:00").json()
    assert early["data"] == []
    between = api.ask("/v2/logs", start=first[:-5] + "Z", end=second[:-5] + "Z").json()
    assert between["pagination"]["total"] == 1


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"period": "1w"},
        {"period": "99999d"},
        {"period": "1d", "start": "2026-01-01", "end": "2026-01-02"},
        {"start": "2026-01-01"},
        {"start": "2026-01-02", "end": "2026-01-01"},
        {"start": "yesterday", "end": "today"},
        {"period": "1d", "limit": "0"},
        {"period": "1d", "limit": "101"},
        {"period": "1d", "offset": "-1"},
    ],
)
def test_the_logs_refuse_a_query_that_makes_no_sense(api, query):
    assert error_of(api.ask("/v2/logs", **query))[0] == 400


def test_rows_of_the_logs_can_come_late(started):
    simulator = started(log_delay=5)
    api = Caller(simulator)
    api.post()
    assert api.ask("/v2/logs", period="1d").json()["data"] == []
    simulator.advance(5)
    assert len(api.ask("/v2/logs", period="1d").json()["data"]) == 1


def test_the_logs_can_be_asked_two_hundred_times_a_minute(api):
    statuses = [api.ask("/v2/logs", period="1d").status_code for _ in range(201)]
    assert statuses == [200] * 200 + [429]


def test_the_catalogue_needs_no_key_and_leads_to_the_documents(simulator):
    found = requests.get(f"{simulator.url}/v1/models", params={"include": "pricing"}, timeout=10).json()
    assert found["object"] == "list"
    assert [each["id"] for each in found["data"]] == models()
    assert {each["type"] for each in found["data"]} == {"internal/video-generations/submit"}
    for entry in found["data"]:
        document = requests.get(entry["info"]["docsJson"], timeout=10)
        assert load_model(document.json()).id == entry["id"]
        again = requests.get(entry["info"]["docsJson"], headers={"If-None-Match": document.headers["ETag"]}, timeout=10)
        assert again.status_code == 304
    assert requests.get(f"{simulator.url}/docs-json/nobody/nothing", timeout=10).status_code == 404


def test_the_balance_falls_when_a_generation_completes(simulator, api):
    api.post()
    assert api.ask("/v2/billing").json() == {"current_balance": 100.0, "currency": "USD"}
    simulator.advance(200)
    assert api.ask("/v2/billing").json() == {"current_balance": 99.91, "currency": "USD"}
    assert simulator.balance_usd == pytest.approx(99.91)


OTHER = {
    "openapi": "3.0.0",
    "paths": {
        "/v3/films/create": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["model", "text"],
                                "properties": {
                                    "model": {"type": "string", "enum": ["acme/film"]},
                                    "text": {"type": "string"},
                                    "ratio": {"type": "string", "enum": ["1:1", "16:9"]},
                                    "seconds": {"type": "integer", "enum": [2, 4]},
                                },
                            }
                        }
                    }
                }
            }
        },
        "/v3/films/state": {
            "get": {
                "parameters": [{"name": "generation_id", "in": "query", "schema": {"type": "string"}}],
                "responses": {},
            }
        },
    },
}


def test_any_document_is_simulated_at_its_own_addresses(started):
    drawn = []

    def renderer(scene, path):
        drawn.append(scene)
        path.write_bytes(CLIP)

    simulator = started(models=[OTHER], renderer=renderer)
    api = Caller(simulator)
    model = load_model(OTHER)
    made = api.post({"model": "acme/film", "text": "a fox", "ratio": "1:1", "seconds": 4}, model.create_path)
    simulator.advance(200)
    assert api.finished(made.json()["id"], model.retrieve_path)["status"] == "completed"
    assert [(each.prompt, each.aspect_ratio, each.seconds) for each in drawn] == [("a fox", "1:1", 4.0)]
    assert api.post({"model": "acme/film"}, model.create_path).status_code == 400
    assert "acme/film" in {each["id"] for each in api.ask("/v1/models").json()["data"]}


def test_all_bundled_models_are_asked_for_at_addresses_that_exist(simulator, api):
    for model in map(load_model, models()):
        assert "generation_id" in error_of(api.ask(model.retrieve_path))[1]
        assert error_of(api.post({"model": model.id}, model.create_path))[0] == 400


# the page


def test_the_page_says_what_it_is_and_what_is_waited_for(simulator, api):
    api.post(BODY | {"prompt": "<script>alert(1)</script> & more"})
    page = requests.get(simulator.url, timeout=10)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "simulator" in page.text
    assert "1 queued, 0 generating" in page.text
    assert "<script>" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page.text
    assert simulator.token not in page.text
    simulator.advance(200)
    assert "1 finished" in requests.get(simulator.url + "/", timeout=10).text


# the server


def test_it_starts_and_stops_as_often_as_one_likes(started):
    simulator = started()
    url = simulator.url
    assert simulator.start() is simulator
    generation_id = Caller(simulator).post().json()["id"]
    simulator.stop()
    simulator.stop()
    with pytest.raises(requests.ConnectionError):
        Caller(simulator).post()
    simulator.start()
    assert simulator.url == url
    assert Caller(simulator).look(generation_id).json()["id"] == generation_id


def test_it_stops_in_under_a_second_whatever_it_is_doing(started, capfd):
    def slow(scene, path):
        time.sleep(1.5)
        path.write_bytes(CLIP)

    simulator = started(renderer=slow, faults="slow:post:seconds=30")
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(Caller(simulator).post)
        while not simulator.created:
            time.sleep(0.01)
        Caller(simulator).look(simulator.created[0].id)
        began = time.monotonic()
        simulator.stop()
        assert time.monotonic() - began < 1.0
        assert isinstance(waiting.exception(5), requests.RequestException)
    assert capfd.readouterr().err == ""


def test_a_port_that_is_taken_is_said_in_words(simulator):
    with pytest.raises(ConfigError, match="port=0"):
        Simulator(port=simulator.port).start()


def test_there_is_no_address_before_it_listens():
    with pytest.raises(ConfigError, match="start"):
        _ = Simulator().url


def test_it_is_a_context_manager():
    with Simulator(renderer=draw) as simulator:
        assert simulator.url in repr(simulator)
        assert requests.get(simulator.url, timeout=10).status_code == 200
    assert "stopped" in repr(simulator)


@pytest.mark.parametrize("prefix", ["user/ana/proxy", "/user/ana/proxy/"])
def test_behind_a_proxy_all_addresses_carry_the_prefix(started, prefix):
    simulator = started(prefix=prefix)
    api = Caller(simulator)
    assert urlsplit(simulator.url).path == "/user/ana/proxy"
    done = api.make()
    assert urlsplit(done["video"]["url"]).path.startswith("/user/ana/proxy/clips/")
    assert requests.get(done["video"]["url"], timeout=10).content == CLIP
    document = api.ask("/v1/models").json()["data"][0]["info"]["docsJson"]
    assert requests.get(document, timeout=10).status_code == 200
    stripped = f"http://127.0.0.1:{simulator.port}{CALL}"
    assert requests.post(stripped, json=BODY, headers=api.headers, timeout=10).status_code == 200


def test_the_clip_is_offered_where_the_caller_found_the_service(simulator, api):
    generation_id = api.make()["id"]
    url = f"http://127.0.0.1:{simulator.port}{CALL}"
    headers = api.headers | {"Host": "teacher.example:8080", "X-Forwarded-Proto": "https"}
    reply = requests.get(url, params={"generation_id": generation_id}, headers=headers, timeout=10).json()
    assert reply["video"]["url"].startswith("https://teacher.example:8080/clips/")


def test_connections_are_kept_alive(simulator):
    with socket.create_connection(("127.0.0.1", simulator.port), 5) as wire:
        for _ in range(2):
            wire.sendall(b"GET /v1/models?id=none HTTP/1.1\r\nHost: x\r\n\r\n")
            assert wire.recv(4096).startswith(b"HTTP/1.1 200")


def test_sixty_students_at_once_are_no_trouble(started):
    simulator = started(clock=time.monotonic, speed=40.0, balance_usd=1000)
    begin = threading.Barrier(60)

    def student(number):
        api = Caller(simulator)
        begin.wait(10)
        generation_id = api.post(BODY | {"seed": number}).json()["id"]
        slowest = 0.0
        for _ in range(40):
            time.sleep(0.5)
            asked = time.monotonic()
            reply = api.look(generation_id).json()
            slowest = max(slowest, time.monotonic() - asked)
            if reply["status"] == "completed":
                return slowest
        raise AssertionError(reply)

    with ThreadPoolExecutor(60) as pool:
        slowest = list(pool.map(student, range(60)))
    assert len(simulator.created) == 60
    assert max(slowest) < 2.0


def test_a_thousand_generations_in_flight_cost_one_drawing(simulator):
    def some(count):
        api = Caller(simulator)
        return [api.post().json()["id"] for _ in range(count)]

    with ThreadPoolExecutor(4) as pool:
        ids = [each for part in pool.map(some, [250] * 4) for each in part]
    assert simulator.in_flight == len(set(ids)) == 1000
    simulator.advance(200)
    api = Caller(simulator)
    assert {api.finished(each)["status"] for each in ids[::10]} == {"completed"}
    assert (simulator.in_flight, simulator.rendered) == (0, 1)
    assert simulator.balance_usd == pytest.approx(100 - 1000 * 0.09)


def test_the_built_in_renderer_draws_a_clip_that_plays(started, tmp_path):
    from seedance_widgets.media import probe

    simulator = started(renderer=None, cache=tmp_path / "cache")
    api = Caller(simulator)
    url = api.make(BODY | {"aspect_ratio": "1:1"})["video"]["url"]
    file = tmp_path / "clip.mp4"
    file.write_bytes(requests.get(url, timeout=10).content)
    clip = probe(file)
    assert (clip.width, clip.height, round(clip.duration, 1)) == (640, 640, 5.0)
    assert [each.suffix for each in (tmp_path / "cache").iterdir()] == [".mp4"]
    assert parse_qs(urlsplit(url).query)["X-Tos-Expires"] == ["86400"]
