"""What a person waits for in a real JupyterLab: the panel, another model, the grid, click to POST.

``python -m benchmarks.latency [--repeat 9] [--takes 16]``

The baselines are what people write by hand: a form of ipywidgets that asks in a thread and puts the clip's bytes into a
``widgets.Video``, a button that does nothing but look at the clock, and ``IPython.display.Video`` with ``embed=True``.
Both ask the same simulator, which runs in this process and serves one clip for all; the page, the kernel and this
process read one clock. Medians, in turns.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from statistics import median

from playwright.sync_api import Page, sync_playwright

from seedance_widgets.model import DEFAULT_MODEL
from seedance_widgets.simulator import Simulator
from seedance_widgets.simulator.render import Scene, render_clip
from tests.ui.lab import Lab, Notebook, launch, opened

from .report import Row, show

PROMPT = "a dragon above the sea"
OTHER = "bytedance/seedance-1-5-pro"

SETUP = """
import json, threading, time
import ipywidgets as w
import requests
import seedance_widgets as sw
from IPython.display import Video, display

URL, TOKEN, TAKES = {url!r}, {token!r}, {takes!r}
studio = sw.Studio(TOKEN, URL, library="takes", poll_interval=0.1)
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
CELLS = [SETUP, BARE, BY_HAND, PANEL, FILL, MAKE, GRID, GRID_BY_HAND, GRID_EMBEDDED, SAY.format("stamps")]

# In the page.
CLICK = """
button => {
  button.scrollIntoView({block: 'center'});
  const now = Date.now() / 1000;
  button.click();
  return now;
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
SEEN = "[...cell.querySelectorAll('button')].some(b => b.textContent.includes('{words}') && b.offsetParent)"
PLAYING = (
    "(videos => videos.length >= {takes} && videos.every(v => v.readyState >= 2 && !v.paused && v.currentTime > 0))"
    "([...cell.querySelectorAll('video')])"
)
SWITCH = """
async ([panel, model]) => {
  const choice = panel.querySelector('.sw-models select');
  const words = () => panel.querySelector('.sw-form').innerText, before = words(), begun = performance.now();
  choice.selectedIndex = [...choice.options].findIndex(each => each.text.split(/\\s/)[0] === model);
  choice.dispatchEvent(new Event('change', {bubbles: true}));
  while (words() === before) {
    if (performance.now() - begun > 60000) throw new Error('the form stays as it was');
    await new Promise(requestAnimationFrame);
  }
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

    def generated(self) -> float:
        """Press the panel's Generate; return the ms until the POST is at the server."""
        made, clicked = len(self.simulator.created), self.click("studio.panel()", "Generate")
        deadline = clicked + 20.0
        while len(self.simulator.created) == made:
            assert time.time() < deadline, "no POST came"
            self.page.wait_for_timeout(20)
        while self.simulator.in_flight:
            self.page.wait_for_timeout(20)
        return 1e3 * (self.simulator.created[made].time - clicked)


@contextmanager
def bench(takes: int) -> Iterator[Bench]:
    """Start a JupyterLab, a Chromium and a simulator that has one clip for all."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        render_clip(Scene(PROMPT, 7, "480p", "16:9", 5.0), folder / "clip.mp4")
        drawn = {"renderer": lambda scene, path: copyfile(folder / "clip.mp4", path), "speed": 60.0}
        with Simulator(**drawn) as simulator, Lab(folder / "lab") as lab, sync_playwright() as playwright:
            browser = launch(playwright)
            setup = SETUP.format(url=simulator.url, token=simulator.token, takes=takes)
            cells = [setup, *(each.replace("{{", "{").replace("}}", "}") for each in CELLS[1:])]
            with opened(lab, browser, lab.put(cells), viewport={"width": 1400, "height": 1000}) as notebook:
                yield Bench(simulator, notebook, takes)
            browser.close()


def rows(small: bool = False, repeat: int | None = None, takes: int = 16) -> Iterator[Row]:
    """The table's rows."""
    repeat = repeat or (3 if small else 9)
    with bench(takes) as found:
        yield from painting(found, repeat)
        yield from gridding(found, 1 if small else 3)
        yield from clicking(found, repeat)


def painting(found: Bench, repeat: int) -> Iterator[Row]:
    """The panel's cell is run; another model is chosen."""
    seen = {"By hand": "go, status", "Generate": "studio.panel()"}
    times: dict[str, list[float]] = {name: [] for name in seen}
    for _ in range(repeat + 1):
        for button, words in seen.items():
            times[button].append(found.painted(words, SEEN.replace("{words}", button)))
    hand, ours = (median(each[1:]) for each in times.values())  # the first of each loads its modules
    yield Row("panel: from running its cell to painted", ours, "ms", hand, "form by hand", 1.3, of_ratio=True)
    models = [OTHER, DEFAULT_MODEL]
    panel = found.notebook.cell("studio.panel()").locator(".sw-panel").element_handle()
    switched = [found.page.evaluate(SWITCH, [panel, models[turn % 2]]) for turn in range(2 * repeat)]
    yield Row("panel: from choosing another model to its form", median(switched), "ms")


def clicking(found: Bench, repeat: int) -> Iterator[Row]:
    """Generate is pressed."""
    found.page.evaluate(CLEAR)
    for words in ("stamps = []", "studio.panel()", "form.request"):
        found.notebook.run(words)
    bare = median([found.bare() for _ in range(2 * repeat)][1:])
    post = median([found.generated() for _ in range(repeat + 1)][1:])
    yield Row("click to POST, beyond a bare button's message", post - bare, "ms", bar=50)


def gridding(found: Bench, repeat: int) -> Iterator[Row]:
    """Takes that are here are laid side by side."""
    found.notebook.run("studio.generate")
    playing = PLAYING.replace("{takes}", str(found.takes))
    words = {"studio.compare": "ours", "GridBox": "widgets.Video each", "for take in takes:\n": "Video embed=True"}
    times: dict[str, list[float]] = {name: [] for name in words}
    for _ in range(repeat):
        for name in words:
            times[name].append(found.painted(name, playing))
    ours, *others = (median(each) for each in times.values())
    for against, theirs in zip(list(words.values())[1:], others, strict=True):
        yield Row(f"grid: {found.takes} takes, from running the cell to all playing", ours, "ms", theirs, against)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--takes", type=int, default=16)
    chosen = parser.parse_args()
    show(rows(repeat=chosen.repeat, takes=chosen.takes))


if __name__ == "__main__":
    main()
