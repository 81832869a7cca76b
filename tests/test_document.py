"""Sources: everything that a model can be read from, and what is said when it cannot."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from documents import V2, document, page, retrieval

from seedance_widgets.errors import ConfigError, DocumentError
from seedance_widgets.model import load_model
from seedance_widgets.openapi import remote

SIMPLE = document({"prompt": {"type": "string"}}, required=["model", "prompt"])


def refused(source: Any) -> str:
    with pytest.raises(DocumentError) as caught:
        load_model(source)
    return str(caught.value)


@pytest.mark.parametrize("indent", [None, 2])
def test_json_text(indent: int | None) -> None:
    assert load_model("\n" + json.dumps(SIMPLE, indent=indent)).id == "test/model"


def test_a_dict_is_copied() -> None:
    source = document({"size": {"type": "string"}})
    model = load_model(source)
    source["paths"].clear()
    assert model.document["paths"]
    assert model.request(size="a").body == {"model": "test/model", "size": "a"}


def test_a_model_is_returned_as_it_is() -> None:
    model = load_model(SIMPLE)
    assert load_model(model) is model


@pytest.mark.parametrize("as_text", [True, False])
def test_a_file(tmp_path: Path, as_text: bool) -> None:
    file = tmp_path / "model.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(SIMPLE).encode())
    assert load_model(str(file) if as_text else file).id == "test/model"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "none.json")
    assert "directory" in refused(tmp_path).lower()
    (tmp_path / "latin.json").write_bytes(b'{"title": "\xe9"}')
    assert "is not UTF-8 text (byte 11)" in refused(tmp_path / "latin.json")
    (tmp_path / "large.json").write_bytes(b" " * 5_000_001)
    assert "larger than 5 MB" in refused(tmp_path / "large.json")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "~nobody-has-this-name/x", ""])
def test_names_that_no_file_can_have(name: str) -> None:
    refused(name)


def test_a_name_that_is_nearly_bundled() -> None:
    assert "Did you mean bytedance/seedance-1-5-pro?" in refused("bytedance/seedance-1.5-pro")
    assert "see models(). studio.models() searches all that the API lists" in refused("nothing like it")


@pytest.mark.parametrize("source", [None, 5, b"{}", ["x"], object()])
def test_what_is_no_source(source: Any) -> None:
    assert type(source).__name__ in refused(source)


def test_a_document_error_is_a_config_error() -> None:
    with pytest.raises(ConfigError):
        load_model({})


# YAML


def test_yaml_is_read_as_openapi_means_it() -> None:
    text = """
openapi: 3.0.0
paths:
  /v2/video/generations:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                model: {type: string, enum: [test/model]}
                aspect_ratio: {type: string, enum: [16:9, 1:1], default: 16:9}
                answer: {type: string, enum: [yes, no, on, 2026-06-01]}
                count: {type: integer, enum: [010, 8]}
      responses:
        200: {description: fine}
"""
    model = load_model(text)
    assert model.field("aspect_ratio").choices == ("16:9", "1:1")
    assert model.field("answer").choices == ("yes", "no", "on", "2026-06-01")
    assert model.field("count").choices == (10, 8)
    assert model.notes == ()
    assert "200" in model.document["paths"][V2]["post"]["responses"]


def test_yaml_that_unfolds_without_end_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "values" in refused("openapi: 3.0.0\npaths: {}\n" + "\n".join(lines))


def test_yaml_that_holds_itself_is_refused() -> None:
    assert "nested too deeply" in refused("openapi: 3.0.0\npaths: &p\n  again: *p\n")


def test_yaml_never_builds_objects() -> None:
    refused("openapi: 3.0.0\npaths: !!python/object/apply:os.getcwd []\n")
    assert "date" in refused("openapi: 3.0.0\npaths: !!timestamp 2026-06-01\n")


# Pages


@pytest.mark.parametrize("fence", ["```json", "```", "~~~yaml", "``` json title='x'"])
def test_a_page_with_a_block_for_each_call(fence: str) -> None:
    model = load_model(page(SIMPLE, retrieval(), fence=fence))
    assert (model.id, model.create_path, model.retrieve_path) == ("test/model", V2, V2)


def test_the_blocks_in_any_order_and_with_their_own_paths() -> None:
    old = "/v2/generate/video/kling/generation"
    model = load_model(page(retrieval(old), document(path=old)))
    assert (model.create_path, model.retrieve_path) == (old, old)


def test_a_yaml_block_on_a_page() -> None:
    assert load_model(page(yaml.safe_dump(SIMPLE), fence="```yaml")).id == "test/model"


def test_indented_and_quoted_blocks() -> None:
    lines = ["```json", *json.dumps(SIMPLE, indent=1).split("\n"), "```"]
    for lead in ("   ", "> "):
        assert load_model("A page\n\n" + "\n".join(lead + line for line in lines)).id == "test/model"


def test_a_fence_that_is_never_closed() -> None:
    assert load_model(f"# A model\n\n```json\n{json.dumps(SIMPLE, indent=1)}\n").id == "test/model"


def test_a_longer_fence_is_closed_by_its_like() -> None:
    code = json.dumps({**SIMPLE, "x-sample": "run"}, indent=1).replace('"run"', '"```"')
    assert load_model(f"````json\n{code}\n````\n\n````\nmore\n````").id == "test/model"


def test_many_fences_take_no_time() -> None:
    text = "\n".join("`" * length for length in range(3000, 3, -1))
    assert "holds no OpenAPI document" in refused(text)


def test_windows_line_ends() -> None:
    assert load_model(page(json.dumps(SIMPLE, indent=1)).replace("\n", "\r\n")).id == "test/model"


def test_unfenced_blocks() -> None:
    create, retrieve = json.dumps(SIMPLE, indent=2), json.dumps(retrieval())
    text = f"# A model\n\nCall it:\n\n{create}\n\nThen:\n\n{retrieve}\nDone."
    assert load_model(text).id == "test/model"
    assert load_model(f"{json.dumps(SIMPLE)}\n\n{json.dumps(retrieval())}").id == "test/model"
    assert load_model(f"# A model\n\n{yaml.safe_dump(SIMPLE)}\nAnd so on, with words: many.\n").id == "test/model"


def test_a_comma_too_many_is_forgiven() -> None:
    text = json.dumps(SIMPLE, indent=1).replace('"test/model"\n', '"test/model",\n')
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert load_model(text).id == "test/model"
    assert load_model(page(text)).id == "test/model"


def test_a_broken_block_is_named_by_its_line() -> None:
    text = page("{\n" + '"openapi": "3.0.0",\n"paths": {"/x": ]}\n}')
    line = text.split("\n").index('"paths": {"/x": ]}') + 1
    assert f"Line {line} of the text" in refused(text)


def test_a_broken_block_beside_a_whole_one_does_no_harm() -> None:
    assert load_model(page('{"openapi": "3.0.0", "paths": {', SIMPLE)).id == "test/model"


def test_pages_without_a_block() -> None:
    link = "https://example.org/docs/model-a.json"
    assert link in refused(f"# A model\n\n[OpenAPI]({link})\n")
    assert "HTML" in refused("<!DOCTYPE html>\n<html><body></body></html>")
    assert "holds no OpenAPI document" in refused("# A model\n\nNothing here.\n")
    assert "/paths" in refused('{"a": 1}')
    assert "Line 2 of the text: this is no JSON" in refused('{"a":\n 1,,}')


def test_numbers_that_json_does_not_have() -> None:
    text = json.dumps(document({"x": {"type": "number", "minimum": float("nan")}}))
    assert "/properties/x/minimum" in refused(text)


def test_a_number_of_thousands_of_digits() -> None:
    refused('{"openapi": "3.0.0", "paths": ' + "9" * 5000 + "}")


def test_too_much_text() -> None:
    assert "5 MB" in refused("{" + " " * 5_000_001)


# Addresses


class Site(BaseHTTPRequestHandler):
    """A small site: what it answers stands in ``pages``."""

    pages: dict[str, tuple[int, dict[str, str], bytes]]

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        status, headers, body = self.server.pages[self.path]  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.pages, server.seen = {}, []  # type: ignore[attr-defined]
    server.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def redirect(target: str) -> tuple[int, dict[str, str], bytes]:
    return 302, {"Location": target}, b""


def test_an_address(site: Any) -> None:
    site.pages["/m.json"] = 200, {"Content-Type": "text/plain"}, json.dumps(SIMPLE).encode()
    site.pages["/m.md"] = 200, {}, page(SIMPLE, retrieval()).encode()
    site.pages["/old"] = redirect("/m.json")
    assert [load_model(site.url + path).id for path in ("/m.json", "/m.md", "/old")] == ["test/model"] * 3


def test_nothing_secret_is_sent(site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    site.pages["/m.json"] = 200, {}, json.dumps(SIMPLE).encode()
    load_model(site.url + "/m.json")
    assert not {"authorization", "cookie"} & {name.lower() for name in site.seen[0][1]}


@pytest.mark.parametrize(
    "target",
    ["https://127.0.0.1/m.json", "file:///etc/hostname", "ftp://127.0.0.1/x", "http://example.org/x"],
)
def test_redirects_that_are_not_followed(site: Any, target: str) -> None:
    site.pages["/m.json"] = redirect(target)
    said = refused(site.url + "/m.json")
    assert "redirects" in said
    assert "not followed" in said


def test_redirects_without_end(site: Any) -> None:
    site.pages["/m.json"] = redirect("/m.json")
    assert "more than 5 times" in refused(site.url + "/m.json")
    assert len(site.seen) == 6


def test_an_address_that_is_too_large(site: Any) -> None:
    site.pages["/m.json"] = 200, {}, b" " * 5_000_100
    assert "larger than 5 MB" in refused(site.url + "/m.json")


def test_compressed_answers_are_measured_unpacked(site: Any) -> None:
    import gzip

    site.pages["/m.json"] = 200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 6_000_000)
    site.pages["/s.json"] = 200, {"Content-Encoding": "gzip"}, gzip.compress(json.dumps(SIMPLE).encode())
    assert "larger than 5 MB" in refused(site.url + "/m.json")
    assert load_model(site.url + "/s.json").id == "test/model"


def test_errors_show_no_password_and_no_query(site: Any) -> None:
    site.pages["/m.json?key=hidden"] = 404, {}, b"not here"
    said = refused(site.url.replace("//", "//me:secret@") + "/m.json?key=hidden")
    assert "404" in said
    assert "secret" not in said
    assert "hidden" not in said


@pytest.mark.parametrize(
    "url",
    ["http://example.org/m.json", "ftp://example.org/x", "file:///etc/hostname", "http://", "https://[::1"],
)
def test_addresses_that_are_not_read(url: str) -> None:
    refused(url)


def test_an_address_without_a_server() -> None:
    assert "no connection" in refused("http://127.0.0.1:9/m.json")


def test_an_answer_that_takes_too_long(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    class Slow(Site):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            for _ in range(200):
                self.wfile.write(b" ")
                if released.wait(0.02):
                    return

    site.RequestHandlerClass = Slow
    with pytest.raises(DocumentError, match="longer than the time allowed"):
        remote.download(site.url + "/m.json", 1000, seconds=0.2)
    released.set()


def test_loading_and_requests_right_or_wrong_import_nothing_heavy() -> None:
    code = (
        "import sys, seedance_widgets.model as m; model = m.load_model('bytedance/seedance-2-0');"
        "model.request(prompt='x', seed=5, duration=5.0, image_urls=['u'], resolution='4k', watermark=True);"
        "assert model.problems({'seed': 'x', 'image_urls': [5], 'unknown': 1});"
        "heavy = ('openapi_schema_validator', 'jsonschema', 'yaml', 'seedance_widgets.openapi.remote');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_wrong_inside_a_text_is_told_with_its_line() -> None:
    wrong = document({"size": {"type": "string"}, "list": {"properties": 5}})
    text = json.dumps(wrong, indent=1)
    line = text.splitlines().index('          "properties": 5') + 1
    said = refused(text)
    assert said.startswith(f"Line {line} of the text: /paths/~1v2~1video~1generations/post")
    assert "must be an object of schemas, not 5" in said
    on_page = page(retrieval(), text)
    line = on_page.splitlines().index('          "properties": 5') + 1
    assert refused(on_page).startswith(f"Line {line} of the text: /paths/")
    in_yaml = yaml.safe_dump(wrong, sort_keys=False)
    line = next(number for number, row in enumerate(in_yaml.splitlines(), 1) if row.strip() == "properties: 5")
    assert refused(in_yaml).startswith(f"Line {line} of the text: /paths/")
    assert refused(wrong).startswith("/paths/")
    assert refused(text.replace("\n ", "\n\t")).startswith(("/paths/", "Line"))
