"""Clips that play before they are there as a whole, in a plain page of a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from clips import clip
from playwright.sync_api import Browser, Page, Route

from seedance_widgets.answering import MOST_PARTS

FPS, FRAMES = 24, 48
WIDTH, HEIGHT = 320, 180
FIRST = 2**19  # bytes that are asked for at first
PAGE = "<!doctype html><body style='margin:0'><div id='takes'></div>"
# A kernel that answers as far as it is let: `allow` bytes of each clip.
HARNESS = """
import { Reels } from "/reels.js";
import { Ensemble } from "/player.js";
const files = {}, questions = [], state = { allow: Infinity, trouble: {}, total: {}, cut: 0 };
for (const name of NAMES) files[name] = new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(test, within = 15000) {
  for (const start = performance.now(); performance.now() - start < within; await sleep(10)) if (test()) return true;
  return false;
}
const host = {
  async ask(kind, { parts }) {
    questions.push(parts);
    await until(() => parts.every(([, from]) => from < state.allow), 1e9);
    const cut = (key, from, size) => files[key].slice(from, from + size - state.cut);
    return {
      parts: parts.map(([key]) => {
        const total = state.total[key] ?? files[key].length;
        return state.trouble[key] ? { error: state.trouble[key] } : { total, type: "video/mp4" };
      }),
      buffers: parts.map((part) => new DataView(cut(...part).buffer)),
    };
  },
};
const reels = new Reels(host), ensemble = new Ensemble();
async function show(name, frames = 48) {
  const reel = reels.want(name);
  const video = Object.assign(document.createElement("video"), { muted: true, src: await reel.url.promise });
  video.style.width = "320px";
  document.getElementById("takes").append(video);
  ensemble.add(video, { fps: 24, frames, seconds: frames / 24 }, reel.file.promise);
  return [reel, video];
}
// The upper half of each frame is a grey that tells its number.
function frameOf(video) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 18 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, 32, 18);
  return Math.round((context.getImageData(16, 3, 1, 1).data[0] - 20) / 4);
}
async function seen(video, frame) {
  ensemble.seek((frame + 0.3) / 24);
  await ensemble.settled();
  await sleep(50);
  return frameOf(video);
}
Object.assign(window, { Reels, ensemble, files, frameOf, host, questions, reels, seen, show, sleep, state, until });
"""


def numbered_clip(path: Path, *, audio: bool = False, faststart: bool = True) -> Path:
    """A clip of about 1.5 MB with B-frames: above, frame n is the grey 20 + 4 n; below is noise that takes bytes."""
    noise = np.random.default_rng(1).integers(0, 256, (FRAMES, HEIGHT // 2, WIDTH, 3), np.uint8)
    flags = {"movflags": "faststart"} if faststart else {}
    with av.open(str(path), "w", options=flags) as output:
        stream: av.VideoStream = output.add_stream("libx264", rate=FPS, options={"crf": "12", "x264-params": BFRAMES})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        voice = output.add_stream("aac", rate=44100) if audio else None
        for number in range(FRAMES):
            image = np.full((HEIGHT, WIDTH, 3), 20 + 4 * number, np.uint8)
            image[HEIGHT // 2 :] = noise[number]
            output.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        output.mux(stream.encode())
        if voice is not None:
            hum = np.sin(np.arange(44100 * FRAMES // FPS) * 0.06).astype(np.float32)[None]
            frame = av.AudioFrame.from_ndarray(hum, "fltp", "mono")
            frame.sample_rate = 44100
            output.mux([*voice.encode(frame), *voice.encode()])
    return path


BFRAMES = "bframes=3:b-adapt=0:keyint=240"


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    made = {
        "plain": numbered_clip(folder / "plain.mp4"),
        "sound": numbered_clip(folder / "sound.mp4", audio=True),
        "index-last": numbered_clip(folder / "index-last.mp4", faststart=False),
        "webm": clip(640, 360, frames=FRAMES, picture="noise", suffix="webm"),
        "small": clip(64, 48),
    }
    assert all(path.stat().st_size > FIRST for name, path in made.items() if name != "small")
    return made


@pytest.fixture
def page(browser: Browser, clips: dict[str, Path]) -> Iterator[Page]:
    """A page with clips that come as far as `state.allow` says; its errors fail the test."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name in clips:
            route.fulfill(path=clips[name], content_type="video/mp4")
        elif name.endswith(".js"):
            harness = f"const NAMES = {json.dumps(list(clips))};\n{HARNESS}"
            static = resources.files("seedance_widgets").joinpath("static", name)
            body = harness if name == "harness.js" else static.read_text("utf-8")
            route.fulfill(body=body, content_type="text/javascript")
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    errors: list[str] = []
    with browser.new_context(viewport={"width": 900, "height": 700}) as context:
        opened = context.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.route("**/*", answer)
        opened.goto("http://localhost/")
        opened.add_script_tag(url="/harness.js", type="module")
        opened.wait_for_function("Boolean(window.reels)")
        yield opened
        opened.evaluate("ensemble.destroy(), reels.close()")
    assert errors == []


@pytest.fixture
def run(page: Page) -> Callable[[str], Any]:
    return lambda body: page.evaluate(f"async () => {{ {body} }}")


@pytest.mark.parametrize("name", ["plain", "sound"])
def test_a_clip_plays_while_it_comes_and_shows_the_very_frames_of_the_file(run, name: str) -> None:
    plays, whole, early, frames, same, seconds = run(
        f"""state.allow = 1;
        const [reel, video] = await show("{name}");
        const early = [await seen(video, 0), await seen(video, 5)];
        await ensemble.play();
        const plays = await until(() => video.currentTime > 0.3);
        const whole = reel.isWhole;
        ensemble.pause();
        state.allow = Infinity;
        const file = new Uint8Array(await (await reel.file.promise).arrayBuffer());
        const same = file.length === files["{name}"].length && file.every((byte, at) => byte === files["{name}"][at]);
        const frames = [];
        for (const frame of [0, 1, 2, 17, 46, 47, 3]) frames.push([frame, await seen(video, frame)]);
        return [plays, whole, early, frames, same, video.duration];"""
    )
    assert plays
    assert not whole
    assert early == [0, 5]
    assert [shown for _, shown in frames] == [frame for frame, _ in frames]
    assert same
    assert seconds == pytest.approx(FRAMES / FPS, abs=0.1)


@pytest.mark.parametrize(
    ("name", "streamed"), [("index-last", False), ("webm", False), ("small", False), ("sound", True)]
)
def test_what_cannot_be_played_in_parts_is_played_as_a_file(run, name: str, streamed: bool) -> None:
    assert run(
        f"""const [reel, video] = await show("{name}", 48);
        await ensemble.play();
        const plays = await until(() => video.currentTime > 0.1);
        return [plays, reel.isStreamed, reel.file.settled || !reel.isStreamed];"""
    ) == [True, streamed, True]


def test_they_go_on_by_themselves_where_a_part_was_late(run) -> None:
    waited, ended = run(
        """state.allow = 1;
        const [, video] = await show("plain"), [, other] = await show("sound");
        ensemble.loop = false;
        await ensemble.play();
        const waited = await until(() => video.readyState < 3);
        state.allow = Infinity;
        const ended = await until(() => !ensemble.state.playing && frameOf(video) === 47 && frameOf(other) === 47);
        return [waited, ended];"""
    )
    assert (waited, ended) == (True, True)


def test_of_all_something_is_asked_for_before_more_of_one(run) -> None:
    questions = run(
        """const all = ["plain", "sound", "index-last"].map((name) => reels.want(name));
        await Promise.all(all.map((reel) => reel.file.promise));
        return questions;"""
    )
    assert questions[0] == [[name, 0, FIRST] for name in ("plain", "sound", "index-last")]
    assert len(questions) == 2  # each costs the notebook something, so several parts share one
    assert {key for key, begin, _ in questions[1] if begin == FIRST} == {"plain", "sound", "index-last"}


@pytest.mark.parametrize(
    ("megabytes", "seconds", "asked"), [(2, 10, 200_000), (2, 60, 2**17), (8, 5, FIRST), (0, 0, FIRST), (2, 0, FIRST)]
)
def test_of_a_small_clip_no_more_than_its_first_second_is_asked_for_at_first(run, megabytes, seconds, asked) -> None:
    question = run(
        f"""await reels.want("plain", {{ bytes: {megabytes}e6, seconds: {seconds} }}).file.promise;
        return questions[0];"""
    )
    assert question == [["plain", 0, asked]]


def test_what_is_no_longer_wanted_is_not_asked_for_and_comes_anew(run) -> None:
    before, after, plays = run(
        """state.allow = 1;
        const reel = reels.want("plain");
        await reel.url.promise;
        const before = questions.length;
        reels.release("plain");
        state.allow = Infinity;
        await sleep(100);
        const after = questions.length;
        const [, video] = await show("plain");
        await ensemble.play();
        return [before, after, await until(() => video.currentTime > 0.1)];"""
    )
    assert after <= before + 1  # the one that was under way
    assert plays


def test_who_waits_for_the_whole_of_a_clip_that_is_put_away_hears_of_it(run) -> None:
    said = run(
        """state.allow = 1;
        const reel = reels.want("plain");
        await reel.url.promise;
        setTimeout(() => reels.release("plain"), 50);
        return reel.fileUrl().catch((error) => error.message);"""
    )
    assert said == "The clip was put away before all of it had come."


def test_a_question_is_about_no_more_parts_than_the_kernel_answers(run) -> None:
    most, sizes = run(
        f"""const names = Array.from({{ length: 90 }}, (_, number) => `rest-${{number}}`);
        for (const name of names) files[name] = files.plain.slice(0, {FIRST} + 1000);
        const whole = await Promise.all(names.map((name) => reels.want(name).file.promise));
        return [Math.max(...questions.map((parts) => parts.length)), new Set(whole.map(({{ size }}) => size)).size];"""
    )
    assert (most, sizes) == (MOST_PARTS, 1)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("state.trouble.plain = 'The clip is gone.'", "The clip is gone."),
        ("state.cut = 5", "The clip came cut short."),
        ("state.allow = 1; setTimeout(() => { state.total.plain = 9e5; state.allow = Infinity; }, 200)", "changed"),
    ],
)
def test_what_goes_wrong_with_one_is_said_and_it_can_be_asked_for_again(run, trouble: str, words: str) -> None:
    said, again = run(
        f"""{trouble};
        const said = await reels.want("plain").file.promise.catch((error) => error.message);
        Object.assign(state, {{ trouble: {{}}, total: {{}}, cut: 0, allow: Infinity }});
        const file = await reels.want("plain").file.promise;
        return [said, file.size === files.plain.length];"""
    )
    assert words in said
    assert again
