"""The notebooks keep their word: each runs from top to bottom, and lies in the repository without outputs."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import seedance_widgets as sw
from seedance_widgets import settings

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONGEST = 60  # seconds for one cell on a busy machine
# The kernel reads this before the first cell: its simulators answer in no time, with clips of the right size and length
# that show a shade of grey (how they are drawn is tested elsewhere). The notebooks know nothing of it.
HASTE = """
import av
import numpy as np
import seedance_widgets as sw
from seedance_widgets.simulator import render

def _grey(scene, path):
    width, height = render.frame_size(scene.resolution, scene.aspect_ratio)
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = np.linspace(16, 40 * (scene.seed % 5) + 60, width)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
        stream = file.add_stream("libx264", rate=render.FPS, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = 2
        for index in range(render.frames_of(scene)):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = index
            file.mux(stream.encode(frame))
        file.mux(stream.encode())

_real = sw.Studio.simulated
sw.Studio.simulated = lambda **options: _real(**{"speed": 1000.0, "poll_interval": 0.05, "renderer": _grey, **options})
_server = sw.Simulator
sw.Simulator = lambda **options: _server(**{**options, "speed": 1000.0, "renderer": _grey})
"""
# Homes and temporary folders, servers on somebody's machine, and where these tests run just now.
PLACES = (
    "/home/",
    "/root/",
    "/Users/",
    "/tmp/",
    ":\\\\",
    "localhost",
    "127.0.0.1",
    str(FOLDER.parent),
)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@dataclass(frozen=True)
class Ran:
    """A notebook that has been executed: with its outputs, the library it filled, the folder it ran in."""

    notebook: nbformat.NotebookNode
    takes: list[sw.Generation]
    beside: Path

    def output(self, words: str) -> str:
        """Return, as text, what the one cell whose source holds these words has put out."""
        (cell,) = (cell for cell in code(self.notebook) if words in cell["source"])
        return "".join(out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell["outputs"])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """``run(path)``: execute a notebook, once for this module, with a home and a folder of its own."""

    @cache
    def execute(path: Path) -> Ran:
        folder = tmp_path_factory.mktemp(path.stem)
        (folder / "beside").mkdir()
        startup = folder / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        (startup / "00-haste.py").write_text(HASTE)
        notebook = nbformat.read(path, nbformat.NO_CONVERT)
        resources = {"metadata": {"path": str(folder / "beside")}}
        client = NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", resources=resources)
        client.execute(env=environment(folder))  # raises at the first cell that does
        library = sw.Library(settings.simulated_home(folder / "home" / "simulated"))
        try:
            return Ran(notebook, library.recent(100), folder / "beside")
        finally:
            library.close()

    return execute


def environment(folder: Path) -> dict[str, str]:
    """Return what a kernel is started with: no key, no address, nothing of this user's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIML")}
    return {
        **kept,
        settings.HOME_VARIABLE: str(folder / "home"),
        "IPYTHONDIR": str(folder / "ipython"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_notebooks_are_found():
    assert [path.name for path in NOTEBOOKS][:3] == [
        "01_quickstart.ipynb",
        "02_seed_comparison.ipynb",
        "03_prompt_grid.ipynb",
    ]


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.slow if path.stem >= "04" else (), id=path.stem) for path in NOTEBOOKS],
)
def test_runs_from_top_to_bottom_and_makes_takes(run, path):
    ran = run(path)
    said = [out for cell in code(ran.notebook) for out in cell.outputs]
    assert [out.text for out in said if out.output_type == "stream" and out.name == "stderr"] == []
    assert {take.status for take in ran.takes} == {"completed"}
    assert all(take.path.stat().st_size > 1000 for take in ran.takes)


def test_what_the_first_page_says_of_other_models_is_so(run):
    ran = run(FOLDER / "01_quickstart.ipynb")
    assert ran.output("studio.models(").startswith("bytedance/seedance-1-0-pro-fast\n")
    assert 'duration: the default "4" is text; it is read as 4.' in ran.output("clouds.notes")
    assert "example/clouds" in ran.output("clouds.notes")
    clouds = next(take for take in ran.takes if take.model == "example/clouds")
    assert clouds.request == {"model": "example/clouds", "text": clouds.prompt, "duration": 8, "wind": 0.3}
    assert clouds.seed is None


def test_what_the_page_about_seeds_says_is_so(run):
    ran = run(FOLDER / "02_seed_comparison.ipynb")
    assert sorted(ran.output("as_completed").splitlines()) == [
        f"seed {seed}: completed, 0.09 USD" for seed in (1, 2, 3, 4)
    ]
    assert ran.output("known is") == "True"
    assert ran.output("final.result()") == "draft 0.09 USD, final 0.45 USD\n"
    assert "seed 3: 864×480 · 5.0 s · $0.09 · ★★★★☆ · picked" in ran.output("grid.show()")
    assert {file.name for file in ran.beside.iterdir()} == {"seeds.html"}


def test_the_page_about_seeds_makes_what_it_says_and_no_more(run):
    takes = run(FOLDER / "02_seed_comparison.ipynb").takes
    assert Counter((take.seed, take.request["resolution"]) for take in takes) == {
        (1, "480p"): 1,
        (2, "480p"): 2,
        (3, "480p"): 1,
        (4, "480p"): 1,
        (3, "1080p"): 1,
    }
    known, twin = (take.path.read_bytes() for take in takes if take.seed == 2)
    assert known == twin


def test_what_the_page_about_prompts_says_is_so(run):
    ran = run(FOLDER / "03_prompt_grid.ipynb")
    assert "prompt × 3, seed × 3, 0 of 0 done" in ran.output("confirm=True")
    assert "9 of 9 done" in ran.output("grid.start()")
    assert ran.output("red.request[name]").startswith("seeds 1 and 1\n{'prompt': (")
    assert ran.output("red.request[name]").count("':") == 1
    assert ran.output("same.generations") == "True"
    assert ran.output("sizes.wait()").splitlines() == [
        "480p, seed 1: 0.09 USD",
        "480p, seed 2: 0.09 USD",
        "720p, seed 1: 0.2 USD",
        "720p, seed 2: 0.2 USD",
        "1080p, seed 1: 0.45 USD",
    ]
    assert "about $10.35, and of the budget of $2.00 there is $0.34 left" in ran.output("ConfigError")
    assert len(ran.takes) == 12
    assert {file.name for file in ran.beside.iterdir()} == {"prompts.png", "prompts.mp4"}


def test_what_the_page_about_the_history_says_is_so(run):
    ran = run(FOLDER / "05_history.ipynb")
    assert ran.output("light water").splitlines()[3:] == ["2 with a boat, 1 with light on water", "True"]
    assert "Gallery of" in ran.output("studio.gallery()")
    assert ran.output("known is takes[0]") == "True 0 sent\n"
    assert ran.output("again=True") == "False 1 sent\n"
    assert ran.output("revived.resume()").startswith("completed ")
    assert ran.output("a_week_ago").splitlines() == ["real: $0.00", "simulated: $0.72"]
    assert "takes.csv" in ran.output('save("best/")')
    assert ran.output("bin.restore").splitlines() == [
        "1 with a kite; True that the bin could be emptied",
        "2 with a kite",
    ]
    assert len(ran.takes) == 8
    assert {file.name for file in ran.beside.iterdir()} == {"best"}


def test_what_the_page_about_the_api_says_is_so(run):
    ran = run(FOLDER / "04_how_the_api_works.ipynb")
    asked = ran.output("answer.reason)\nanswer.json")
    assert asked.startswith("200 OK\n{'id': 'cgt-")
    assert "'status': 'queued',\n 'video': None" in asked
    assert "x-aimlapi-usd-spent: 0.09" in ran.output("answer.headers.items()").lower()
    assert "'status': 'completed'" in ran.output("state = look.json()")
    assert ran.output("same, other =") == "seed 7 again: True · seed 8: False\n"
    assert ran.output("Bearer not-my-key").startswith("401 Unauthorized\n")
    refused = ran.output('"resolution": "480P", "duration": "5"}')
    assert refused.startswith("400 Bad Request\n")
    assert all(name in refused for name in ("resolution", "duration"))
    assert ran.output("cgt-of-nobody").startswith("404 ")
    assert [line[:3] for line in ran.output('rate_limit:post:times=1")\nwhile').splitlines()] == ["429", "200"]
    assert ran.output('drop:post:times=1")\nname') == "No answer: ConnectionError\n"
    assert "'client_request_id': 'my-own-name-for-it'" in ran.output("found = [")
    assert ran.output("found_id") in ("'queued'", "'generating'", "'completed'")
    assert len(ran.output('model.request(prompt="a red balloon", resolution="480P"').splitlines()) == 2
    assert ran.output("client.create").splitlines() == ["completed balloon.mp4"]
    assert "401" in ran.output("sw.AuthenticationError")
    assert "looked up in the log, not sent again" in ran.output("sw.trace(studio, print)")
    assert "4 takes, 4 completed" in ran.output("grid.timeline()")
    assert sorted(take.seed for take in ran.takes) == [1, 2, 3, 4, 7]
    assert {file.name for file in ran.beside.iterdir()} == {"boat.mp4", "balloon.mp4"}


@each_notebook
def test_carries_no_outputs_and_nothing_of_a_machine(path):
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert {(cell["execution_count"], len(cell["outputs"])) for cell in code(notebook)} == {(None, 0)}
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert [place for place in PLACES if place in text] == []


@each_notebook
def test_is_a_valid_notebook(path):
    nbformat.validate(nbformat.read(path, nbformat.NO_CONVERT))


@each_notebook
def test_each_cell_is_short_and_says_first_what_it_is_about(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert cells[0]["source"][0].startswith("# ")
    for before, cell in pairwise(cells):
        if cell["cell_type"] == "code":
            assert before["cell_type"] == "markdown", cell["id"]
            assert len(cell["source"]) <= 10, cell["id"]
