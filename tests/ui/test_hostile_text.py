"""Words from outside are text: in a real browser nothing of them runs, in no view, saved page or export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from clips import clip
from documents import document
from playwright.sync_api import Page, expect
from rude import Call, Rude

RUN = "window.__ran=1"
TAG = f"<script>{RUN}</script>"
IMAGE = f"<img src=http://evil.invalid/x onerror={RUN}>"
SVG = f"</textarea></select></title><svg onload={RUN}>"
END = f"</script><script>{RUN}</script>"
LINK = f"\"'><a href='javascript:{RUN}'>x</a>"
MATH_LINK = rf"$\href{{javascript:{RUN}}}{{x}}$"  # labels of ipywidgets set mathematics
NUMBER = "<b>7</b>"
MATH = rf"{MATH_LINK} \(\style{{background:url(http://evil.invalid/y)}}{{y}}\)"
TURNED = "\u202egpj.exe\u2066"
LONG = f"{IMAGE} " * 22_000  # a megabyte
SHORT = (TAG, IMAGE, SVG, END, LINK)
ALL = " ".join((*SHORT, MATH, TURNED))
NOTHING = "\0nothing\0"

MODEL = f"evil/{IMAGE}"
MODEL_DOCUMENT = document(
    {
        "prompt": {"type": "string", "description": ALL},
        "mode": {"type": "string", "enum": [TAG, IMAGE, LINK], "default": TAG, "description": END},
        "seed": {"type": "integer", "description": SVG},
        SVG: {"type": "boolean", "description": MATH},
    },
    required=["model", "prompt"],
    model=MODEL,
)
SETUP = """
import json
import seedance_widgets as sw

studio = sw.Studio("key-of-the-test", {url!r}, library="takes", poll_interval=0.1, model=json.loads({model!r}))
outside = json.loads({words!r})
"""
ALIVE = """[...document.querySelectorAll(
  "[onerror], [onload], [href^='javascript:' i], [src^='javascript:' i], [src*='evil.invalid'], [style*='evil.invalid']"
)].map(element => element.outerHTML.slice(0, 300))"""


class Outside:
    """An API all of whose words are hostile; what becomes of a request depends on what its prompt begins with."""

    def __init__(self) -> None:
        self.prompts: list[str] = []

    def __call__(self, call: Call) -> None:
        path = urlsplit(call.path).path
        if path.endswith(".mp4"):
            call.answer(200, Path(clip(320, 180, frames=24)).read_bytes(), content_type="video/mp4")
        elif "generations" in path:
            body = self._created(call) if call.method == "POST" else self._looked_at(call)
            call.answer(200, json.dumps(body).encode(), server=TAG)
        else:
            call.answer(500, json.dumps({"message": ALL, "error": {"name": TAG, "message": ALL}}).encode())

    def _created(self, call: Call) -> dict[str, object]:
        self.prompts.append(json.loads(call.body)["prompt"])
        return {"id": f"{len(self.prompts)} {IMAGE}{END}", "status": SVG}

    def _looked_at(self, call: Call) -> dict[str, object]:
        number = int(call.path.partition("generation_id=")[2].partition("+")[0].partition("%")[0])
        answers: dict[str, dict[str, object]] = {
            "fails": {"status": "error", "error": {"name": TAG, "message": f"{ALL} {NOTHING}"}},
            "long": {"status": "error", "error": {"name": LONG, "message": LONG}},
            "elsewhere": {"status": "completed", "video": {"url": f"javascript:{RUN}"}},
            "waits": {"status": f"{MATH_LINK}{NUMBER}"},
        }
        kind = self.prompts[number - 1].partition(" ")[0]
        clip_url = f"http://{call.headers['host']}/clip.mp4?{LINK}"
        return {"id": number, **answers.get(kind, {"status": "completed", "video": {"url": clip_url}})}


@pytest.fixture
def outside(open_notebook) -> Iterator[tuple]:
    """``(notebook, panel, seen)``: a panel on that API, its hostile model chosen; `seen` is what must not happen."""
    prompts = [f"made {ALL}", f"fails {SVG}", f"long {LONG}", f"waits {NOTHING}", f"elsewhere {TURNED}"]
    with Rude(Outside()) as server:
        setup = SETUP.format(url=server.url, model=json.dumps(MODEL_DOCUMENT), words=json.dumps(prompts))
        notebook = open_notebook([setup, "panel = studio.panel()\npanel", *CELLS])
        seen = watched(notebook.page)
        notebook.run("import seedance_widgets")
        notebook.run("panel = ")
        yield notebook, notebook.cell("panel = ").locator(".sw-panel"), seen
        notebook.run("studio.close()")


CELLS = ["grid = studio.sweep(outside, seed=1)\ngrid", "grid.save('x.html')", "studio.close()"]


def watched(page: Page) -> list[str]:
    """Return the list that grows by each dialog, each question and each request to a foreign host."""
    seen: list[str] = []

    def asked(request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "javascript") and parts.hostname != "127.0.0.1":
            seen.append(request.url)

    def spoke(dialog) -> None:
        seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("request", asked)
    page.on("dialog", spoke)
    return seen


def nothing_ran(page: Page, seen: list[str]) -> None:
    assert page.evaluate(ALIVE) == []
    assert page.evaluate("window.__ran") is None
    assert seen == []


def test_panel_strip_notice_and_form_show_words_as_text(outside):
    notebook, panel, seen = outside
    prompt = panel.get_by_role("textbox", name="prompt")
    prompt.fill(f"waits {ALL}")
    expect(panel.get_by_label("Model")).to_contain_text(IMAGE)
    generate = panel.get_by_role("button", name="Generate")
    generate.click()
    expect(panel.locator(".sw-status")).to_contain_text(f"{MATH_LINK}{NUMBER}")
    expect(panel.locator(".sw-strip .sw-card")).to_have_count(1)
    nothing_ran(notebook.page, seen)
    panel.get_by_role("button", name="Stop", exact=True).click()
    prompt.fill(f"fails {ALL}")
    generate.click()
    expect(panel.locator(".sw-grave")).to_contain_text(TAG)
    for words in SHORT:
        expect(panel.locator(".sw-grave")).to_contain_text(words)
    prompt.fill(f"made {ALL}")
    generate.click()
    expect(panel.locator("video")).to_have_count(1)
    expect(panel.locator(".sw-strip .sw-card")).to_have_count(3)
    nothing_ran(notebook.page, seen)


def test_grid_menus_saved_page_and_export_show_words_as_text(outside, browser, tmp_path):
    from nbconvert import HTMLExporter

    notebook, _, seen = outside
    notebook.run("grid = ")
    grid = notebook.cell("grid = ").get_by_role("region", name="Takes side by side")
    expect(grid).to_contain_text("generating")
    grid.scroll_into_view_if_needed()
    expect(grid).to_contain_text(TAG)
    expect(grid).to_contain_text("1 of 5 done", use_inner_text=True)
    expect(grid.locator("video")).to_have_count(1)
    nothing_ran(notebook.page, seen)
    grid.get_by_role("button", name="More").first.click()
    grid.get_by_role("menuitem", name="Show request").click()
    for words in SHORT:
        expect(grid.get_by_role("dialog")).to_contain_text(json.dumps(words)[1:-1])
    nothing_ran(notebook.page, seen)

    notebook.run("x.html")
    path = notebook.save()
    exported = tmp_path / "export.html"
    exported.write_text(HTMLExporter().from_filename(str(path))[0])
    for kept in (path.parent / "x.html", exported):
        page = browser.new_page()
        page.route("http*://**", lambda route: route.abort())
        asked = watched(page)
        page.goto(kept.as_uri())
        expect(page.locator("body")).to_contain_text(TAG, use_inner_text=True)
        nothing_ran(page, [url for url in asked if "evil" in url or kept is not exported])  # exports load their viewer
        page.close()
