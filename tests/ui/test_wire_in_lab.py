"""The fold at the panel's foot in a real page: the request follows the form, exchanges come in, keys and tabs work."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

START = """
import seedance_widgets as sw

studio = sw.Studio.simulated(speed=60, faults="rate_limit:post:times=1")
panel = studio.panel()
panel.form.request = {"prompt": 'a "fox" for $5 <b>bold</b>', "resolution": "480p", "duration": 5, "seed": 7}
panel
"""
DRAW = "grid = studio.sweep('a fox', seed='1-2', resolution='480p', duration=5).wait(60)\ngrid.timeline()"

pytestmark = pytest.mark.slow


def test_what_is_sent_and_what_comes_back_can_be_watched(open_notebook):
    notebook = open_notebook([START, DRAW])
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook.run("panel = ")
    panel = notebook.cell("panel = ").locator(".sw-panel")
    fold = panel.get_by_role("button", name="what is sent")
    expect(panel.get_by_role("tablist", name="The request as")).to_have_count(0)
    fold.click()

    shown = panel.get_by_role("tabpanel")
    expect(shown).to_contain_text('"prompt": "a \\"fox\\" for $5 <b>bold</b>"')
    assert shown.locator("b").count() == 0, "a prompt is text"
    panel.get_by_role("tab", name="JSON").focus()
    notebook.page.keyboard.press("ArrowRight")
    expect(panel.get_by_role("tab", name="curl")).to_be_focused()
    expect(panel.get_by_role("tab", name="curl")).to_have_attribute("aria-selected", "true")
    expect(shown).to_contain_text("<<'JSON'")
    panel.get_by_role("tab", name="Python").click()
    panel.get_by_role("button", name="copy", exact=True).click()
    expect(panel.get_by_role("status").filter(has_text="copied")).to_be_visible()
    copied = notebook.page.evaluate("navigator.clipboard.readText()")
    assert copied == shown.text_content()
    compile(copied, "copied", "exec")

    panel.get_by_role("textbox", name="prompt").fill("a fox in the snow")
    expect(shown).to_contain_text('"prompt": "a fox in the snow"')
    panel.get_by_role("button", name="Generate").click()
    calls = panel.get_by_role("region", name="HTTP exchanges")
    expect(calls).to_contain_text("too many requests")
    expect(calls.locator("details", has_text="GET /clips/")).to_contain_text("200")
    expect(panel.get_by_role("img", name=re.compile("seed 7: completed"))).to_be_visible()
    accepted = calls.locator("details", has_text="POST").filter(has_text="queued")
    accepted.locator("summary").focus()
    notebook.page.keyboard.press("Enter")
    expect(accepted.get_by_label("What was sent")).to_contain_text("Authorization: Bearer •••")
    expect(accepted.get_by_label("What came back")).to_contain_text('"status": "queued"')

    fold.click()
    expect(panel.get_by_role("tablist", name="The request as")).to_have_count(0)
    expect(panel.get_by_role("alert")).to_have_count(0)


def test_a_timeline_stays_in_the_saved_notebook_and_in_its_export(open_notebook):
    from nbconvert import HTMLExporter

    notebook = open_notebook([START, DRAW])
    notebook.run("panel = ")
    notebook.run("grid.timeline()")
    drawing = notebook.cell("grid.timeline()").get_by_role("img", name=re.compile("2 takes, 2 completed"))
    expect(drawing).to_be_visible()
    path = notebook.save()
    (output,) = json.loads(path.read_text())["cells"][1]["outputs"]
    assert set(output["data"]) == {"image/svg+xml", "text/html", "text/plain"}
    assert "<svg" in HTMLExporter().from_filename(str(path))[0]
