"""A JupyterLab with what people write by hand beside ours, and one clock for page, kernel and simulator."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from seedance_widgets.simulator import Simulator
from seedance_widgets.simulator.render import Scene, render_clip
from tests.ui.lab import Lab, Notebook, launch, opened

PROMPT = "a dragon above the sea"

SETUP = """
import json, threading, time
import ipywidgets as w
import requests
import seedance_widgets as sw
from IPython.display import Video, display

URL, TOKEN, TAKES = {url!r}, {token!r}, {takes!r}
studio = sw.Studio(TOKEN, URL, library="takes", poll_interval=0.1)
noticed, retrieve = [], studio.client.retrieve
def look(*call):
    reply = retrieve(*call)
    if reply.status == "completed":
        noticed.append(time.time())
    return reply
studio.client.retrieve = look
"""
BARE = """
stamps = []
bare = w.Button(description="bare")
bare.on_click(lambda _: stamps.append(time.time()))
bare
"""
BY_HAND = """
prompt = w.Textarea(value="{prompt}", description="prompt")
fields = [
    w.Dropdown(options=["480p", "720p", "1080p"], description="resolution"),
    w.Dropdown(options=["16:9", "4:3", "1:1", "3:4", "9:16", "21:9"], description="aspect"),
    w.Dropdown(options=[5, 10], description="duration"), w.IntText(value=1, description="seed"),
    w.Checkbox(description="fixed camera"), w.Checkbox(description="watermark"),
]
go, status, video = w.Button(description="By hand"), w.Label("ready"), w.Video(loop=True)
def ask():
    head = {{"Authorization": "Bearer " + TOKEN}}
    fields[3].value += 1
    body = {{"model": "bytedance/seedance-1-0-lite-t2v", "prompt": prompt.value, "seed": fields[3].value}}
    made = requests.post(URL + "/v2/video/generations", json=body, headers=head).json()
    while True:
        time.sleep(0.1)
        query = {{"generation_id": made["id"]}}
        said = requests.get(URL + "/v2/video/generations", params=query, headers=head).json()
        status.value = said["status"]
        if said["status"] == "completed":
            noticed.append(time.time())
            break
    video.value = requests.get(said["video"]["url"]).content
go.on_click(lambda _: threading.Thread(target=ask).start())
w.VBox([prompt, *fields, go, status, video])
""".replace("{prompt}", PROMPT)
PANEL = "panel = studio.panel()\npanel"
FILL = f"panel.form.request = {{{{'prompt': {PROMPT!r}}}}}"
MAKE = """
takes = [studio.generate("a fox", seed=seed) for seed in range(TAKES)]
print({take.wait(60).status for take in takes})
"""
GRID = "studio.compare(*takes)"
GRID_BY_HAND = """
w.GridBox([w.Video(value=take.path.read_bytes(), width=200, loop=True, autoplay=True) for take in takes])
"""
GRID_EMBEDDED = """
for take in takes:
    display(Video(str(take.path), embed=True, width=200, html_attributes="autoplay muted loop"))
"""
SAY = "print(json.dumps({}))"
CELLS = [
    SETUP,
    BARE,
    BY_HAND,
    PANEL,
    FILL,
    MAKE,
    GRID,
    GRID_BY_HAND,
    GRID_EMBEDDED,
    SAY.format("stamps"),
    SAY.format("noticed"),
]

# In the page.
CLICK = """
button => {
  button.scrollIntoView({block: 'center'});
  const now = Date.now() / 1000;
  button.click();
  return now;
}
"""
# When the first frame of a clip is shown that is not there yet: seconds since 1970.
FIRST_FRAME = """
cell => {
  const videos = () => [...cell.querySelectorAll('video')];
  const old = new Map(videos().map(each => [each, each.src])), asked = new Set();
  window.firstFrame = new Promise((done, failed) => {
    const begun = performance.now();
    (function look() {
      for (const video of videos().filter(each => !asked.has(each) && (!old.has(each) || old.get(each) !== each.src))) {
        asked.add(video);
        video.requestVideoFrameCallback(now => done((performance.timeOrigin + now) / 1000));
      }
      if (performance.now() - begun > 60000) failed(new Error('no frame was shown'));
      else requestAnimationFrame(look);
    })();
  });
}
"""
UNTIL = """
async ([index, condition]) => {
  const notebook = window.jupyterapp.shell.currentWidget, cell = notebook.content.widgets[index];
  notebook.content.activeCellIndex = index;
  cell.node.scrollIntoView();
  const ready = new Function('cell', `return ${condition}`), begun = performance.now();
  window.jupyterapp.commands.execute('notebook:run-cell');
  while (!ready(cell.node)) {
    if (performance.now() - begun > 60000) throw new Error(`never: ${condition}`);
    await new Promise(requestAnimationFrame);
  }
  await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}
"""
CLEAR = "window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
CONTROLS = "[...cell.querySelectorAll('button, input, select, textarea')].filter(each => each.offsetParent).length"
PLAYING = (
    "(videos => videos.length >= {takes} && videos.every(v => v.readyState >= 2 && !v.paused && v.currentTime > 0))"
    "([...cell.querySelectorAll('video')])"
)
WORDS = "panel => panel.querySelector('.sw-form').innerText"
# Choose another model; the ms until its form is whole, which says these words then.
SWITCH = """
async ([panel, model, words]) => {
  const choice = panel.querySelector('.sw-models select'), form = panel.querySelector('.sw-form');
  const until = async (ready, otherwise) => {
    for (const begun = performance.now(); !ready(); await new Promise(requestAnimationFrame))
      if (performance.now() - begun > 30000) throw new Error(otherwise);
  };
  const wanted = () => [...choice.options].findIndex(each => each.text.split(/\\s/)[0] === model);
  await until(() => wanted() >= 0, 'the model is not offered');  // the list comes a moment after the panel
  const begun = performance.now();
  choice.selectedIndex = wanted();
  choice.dispatchEvent(new Event('change', {bubbles: true}));
  await until(() => words === null || form.innerText === words, 'its form does not come');
  await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}
"""


class Bench:
    """A notebook with all cells, a simulator, and the page's clock.

    Parameters
    ----------
    simulator : Simulator
        Whom all ask.
    notebook : Notebook
        With `CELLS`.
    takes : int
        Of the grid.
    """

    def __init__(self, simulator: Simulator, notebook: Notebook, takes: int) -> None:
        self.simulator, self.notebook, self.takes = simulator, notebook, takes
        self.page: Page = notebook.page
        notebook.run("URL, TOKEN")

    def painted(self, words: str, condition: str) -> float:
        """Run a cell; return the ms until a condition about it holds."""
        self.page.evaluate(CLEAR)
        return float(self.page.evaluate(UNTIL, [self.notebook._index(words), condition]))

    def controls(self, words: str) -> int:
        """Run a cell, and return how many controls it shows in the end."""
        self.painted(words, f"{CONTROLS} > 1")
        self.page.wait_for_timeout(1500)
        return int(self.notebook.cell(words).evaluate(f"cell => {CONTROLS}"))

    def switched(self, words: str, models: Sequence[str], repeat: int) -> list[float]:
        """Choose these models in turn in a cell's panel; return the ms until each form was whole."""
        panel = self.notebook.cell(words).locator(".sw-panel").element_handle()
        forms = {}
        for model in models:  # a form comes in several steps: what it says in the end is seen first
            self.page.evaluate(SWITCH, [panel, model, None])
            self.page.wait_for_timeout(1500)
            forms[model] = self.page.evaluate(WORDS, panel)
        return [self.page.evaluate(SWITCH, [panel, each, forms[each]]) for _ in range(repeat) for each in models]

    def heard(self, name: str) -> list[float]:
        """A list of the kernel's."""
        (output,) = self.notebook.run(f"json.dumps({name}")
        return list(json.loads("".join(output["text"])))

    def click(self, words: str, button: str) -> float:
        """Click a button of a cell; return when, in seconds since 1970."""
        found = self.notebook.cell(words).get_by_role("button", name=button).first
        return float(found.evaluate(CLICK))

    def bare(self) -> float:
        """Click the button that does nothing; return the ms until its callback ran."""
        before = len(self.heard("stamps"))
        clicked = self.click("stamps = []", "bare")
        while len(stamps := self.heard("stamps")) == before:
            self.page.wait_for_timeout(20)
        return 1e3 * (stamps[before] - clicked)

    def generated(self, words: str = "studio.panel()", button: str = "Generate") -> tuple[float, float, float]:
        """Press what generates, in a cell.

        Returns
        -------
        tuple of float
            The ms from the click until the POST is at the server; from there being a whole clip until its first frame
            is shown; and from the look that noticed it until then.
        """
        made, noticed = len(self.simulator.created), len(self.heard("noticed"))
        self.notebook.cell(words).evaluate(FIRST_FRAME)
        clicked = self.click(words, button)
        shown = float(self.page.evaluate("window.firstFrame"))
        (seen,), sent = self.heard("noticed")[noticed:], self.simulator.created[made]
        whole = ended(self.simulator, sent.id)
        return 1e3 * (sent.time - clicked), 1e3 * (shown - whole), 1e3 * (shown - seen)


def ended(simulator: Simulator, name: str) -> float:
    """When a generation was whole at the server, in seconds since 1970."""
    world = simulator._world
    return world.wall() - world.now() + world.jobs[name].ends


def numbered(clip: bytes, number: int, path: Path) -> None:
    """Write a clip with a number in an empty box behind it: given the same bytes again, a widget shows nothing new."""
    path.write_bytes(clip + (16).to_bytes(4, "big") + b"free" + number.to_bytes(8, "big"))


@contextmanager
def bench(takes: int) -> Iterator[Bench]:
    """Start a JupyterLab, a Chromium and a simulator that has one clip for all."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        render_clip(Scene(PROMPT, 7, "480p", "16:9", 5.0), folder / "clip.mp4")
        clip = (folder / "clip.mp4").read_bytes()
        with (
            Simulator(renderer=lambda scene, path: numbered(clip, scene.seed, path), speed=60.0) as simulator,
            Lab(folder / "lab") as lab,
            sync_playwright() as playwright,
        ):
            browser = launch(playwright)
            setup = SETUP.format(url=simulator.url, token=simulator.token, takes=takes)
            cells = [setup, *(each.replace("{{", "{").replace("}}", "}") for each in CELLS[1:])]
            with opened(lab, browser, lab.put(cells), viewport={"width": 1400, "height": 1000}) as notebook:
                yield Bench(simulator, notebook, takes)
            browser.close()
