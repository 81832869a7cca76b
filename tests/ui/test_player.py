"""Videos in step, in a plain page of a real browser: what is on the screen is read from its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

FPS, FRAMES = 24, 48
WIDTH, HEIGHT = 192, 108
PAGE = "<!doctype html><body style='margin:0'><div id='takes'></div><div id='box'></div>"
HARNESS = """
import { Ensemble } from "/player.js";
import { Wipe } from "/wipe.js";
import { Zoom } from "/zoom.js";
const states = [], videos = [];
const ensemble = new Ensemble((state) => states.push(state));
// Each frame is a plain grey that tells its number.
function grey(source, x = 0.5) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 100, height: 10 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, 100, 10);
  return context.getImageData(Math.round(x * 99), 5, 1, 1).data[0];
}
const frameOf = (source, x) => Math.round((grey(source, x) - 20) / 4);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(test, within = 15000) {
  for (const start = performance.now(); performance.now() - start < within; await sleep(10)) if (test()) return true;
  return false;
}
// A clip is there whole before it is shown, as in the grid.
const files = {}, blobs = {};
for (const name of [0, 24, 48]) {
  files[name] = await (await fetch(`/${name}.mp4`)).blob();
  blobs[name] = URL.createObjectURL(files[name]);
}
function take(name = 48, frames = name || 48, file = undefined) {
  const made = Object.assign(document.createElement("video"), { playsInline: true, preload: "auto", src: blobs[name] });
  made.style.width = "192px";
  document.getElementById("takes").append(made);
  videos.push(made);
  ensemble.add(made, { fps: 24, frames, seconds: frames / 24 }, file);
  return made;
}
async function pictures() {
  await ensemble.settled();
  await sleep(50);
  return videos.map((each) => frameOf(each));
}
const spread = () => {
  const times = videos.map((each) => each.currentTime);
  return Math.max(...times) - Math.min(...times);
};
Object.assign(window, { Wipe, Zoom, ensemble, states, videos, files, grey, frameOf });
Object.assign(window, { sleep, until, take, pictures, spread });
"""


def grey_clip(path: Path, frames: int) -> Path:
    """Frame n is the grey 20 + 4 n all over; one keyframe, so that each seek has to decode its way."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as output:
        stream: av.VideoStream = output.add_stream("libx264", rate=FPS, options={"g": "240", "crf": "5"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(frames):
            image = np.full((HEIGHT, WIDTH, 3), 20 + 4 * number, np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        output.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for frames in (FRAMES, 24):
        grey_clip(folder / f"{frames}.mp4", frames)
    (folder / "0.mp4").write_bytes(b"no clip at all")
    return folder


@pytest.fixture
def page(browser: Browser, clips: Path) -> Iterator[Page]:
    """A page with the player, an ensemble without videos, and what the tests ask of them; its errors fail the test."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name == "":
            route.fulfill(body=PAGE, content_type="text/html")
        elif name == "harness.js":
            route.fulfill(body=HARNESS, content_type="text/javascript")
        elif name.endswith(".js"):
            code = resources.files("seedance_widgets").joinpath("static", name).read_text("utf-8")
            route.fulfill(body=code, content_type="text/javascript")
        else:
            route.fulfill(path=clips / name, content_type="video/mp4")

    errors: list[str] = []
    with browser.new_context(viewport={"width": 900, "height": 700}) as context:
        opened = context.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.route("**/*", answer)
        opened.goto("http://localhost/")  # a secure page, without which a browser decodes nothing for a script
        opened.add_script_tag(url="/harness.js", type="module")
        opened.wait_for_function("Boolean(window.ensemble)")
        yield opened
        opened.evaluate("ensemble.destroy()")
    assert errors == []


def run(page: Page, body: str) -> Any:
    return page.evaluate(f"async () => {{ {body} }}")


def test_paused_all_show_the_same_frame_whatever_they_did_before(page: Page) -> None:
    shown = run(
        page,
        """for (let i = 0; i < 4; i++) take();
        const seen = [];
        for (const frame of [0, 31, 7, 47, 8, 46]) {
          ensemble.seek((frame + 0.3) / 24);
          seen.push([frame, ensemble.state.frame, ...(await pictures())]);
        }
        for (let i = 0; i < 3; i++) {
          await ensemble.play();
          await sleep(300 + 130 * i);
          ensemble.pause();
          const all = await pictures();
          seen.push([ensemble.state.frame, ...all]);
        }
        return seen;""",
    )
    assert [set(each) for each in shown[:6]] == [{0}, {31}, {7}, {47}, {8}, {46}]
    assert all(len(set(each)) == 1 for each in shown), shown


def test_steps_and_jumps_land_on_their_frame(page: Page) -> None:
    shown = run(
        page,
        """take(); take();
        const seen = [];
        for (const act of [() => ensemble.step(1), () => ensemble.step(1), () => ensemble.step(-1),
          () => ensemble.toEnd(), () => ensemble.step(1), () => ensemble.step(-2), () => ensemble.toStart(),
          () => ensemble.step(-1), () => ensemble.step(10), () => ensemble.stop()]) {
          act();
          seen.push(await pictures());
        }
        return seen;""",
    )
    assert shown == [[frame, frame] for frame in (1, 2, 1, 47, 47, 45, 0, 0, 10, 0)]


def test_a_scrub_goes_to_its_last_place_without_a_queue_of_seeks(page: Page) -> None:
    seeks, shown = run(
        page,
        """for (let i = 0; i < 3; i++) take();
        await pictures();
        let seeks = 0;
        for (const each of videos) each.addEventListener("seeking", () => (seeks += 1));
        for (let i = 0; i < 200; i++) ensemble.seek(((i * 7) % 48) / 24);
        ensemble.seek(20.5 / 24);
        return [seeks, await pictures()];""",
    )
    assert shown == [20, 20, 20]
    assert seeks <= 9


def test_a_scrub_is_seen_in_small_pictures_of_the_very_frames_before_the_videos_are_there(page: Page) -> None:
    wrong, seen, exact, left = run(
        page,
        """take(48, 48, files[48]); take(24, 24, files[24]);
        await pictures();
        const { books } = ensemble.followers.printer;
        await until(() => [...books].map((book) => book.pictures.size).join() === "48,24");
        const wrong = [], seen = [];
        for (const book of books) for (const frame of book.pictures.keys()) {
          const shown = frameOf(await book.open(frame));
          if (shown !== frame) wrong.push([frame, shown]);
        }
        new MutationObserver((changes) => {
          for (const { addedNodes } of changes) for (const node of addedNodes) seen.push(frameOf(node));
        }).observe(document.getElementById("takes"), { childList: true });
        for (let frame = 1; frame <= 41; frame += 4) {
          ensemble.seek(frame / 24);
          await sleep(10);
        }
        const exact = await pictures();
        const left = document.querySelectorAll("#takes canvas").length;
        ensemble.remove(videos[0]);
        return [wrong, seen, exact, [left, books.size]];""",
    )
    assert wrong == []
    assert seen
    assert set(seen) <= {*range(1, 42, 4), 23}  # the shorter one holds its last
    assert exact == [41, 23]
    assert left == [0, 1]


@pytest.mark.parametrize("secure", [True, False])
def test_what_cannot_be_pictured_is_sought_as_ever(page: Page, secure: bool) -> None:
    body = f"const secure = {str(secure).lower()};"
    assert run(
        page,
        body
        + """if (!secure) delete window.VideoDecoder;
        take(48, 48, secure ? files[0] : files[48]); take();
        await pictures();
        ensemble.seek(30 / 24);
        return pictures();""",
    ) == [30, 30]


def test_they_play_in_step_and_one_that_is_stalled_is_back_soon(page: Page) -> None:
    playing, back, stopped = run(
        page,
        """for (let i = 0; i < 3; i++) take();
        await ensemble.play();
        const playing = await until(() => ensemble.state.time > 0.3 && videos.every((each) => !each.paused));
        const stalled = videos[1];
        stalled.play = () => Promise.resolve();
        stalled.pause();
        await sleep(200);
        delete stalled.play;
        const stopped = stalled.paused;
        const back = await until(() => !stalled.paused && spread() < 0.025);
        return [playing, back, stopped];""",
    )
    assert (playing, back, stopped) == (True, True, True)


def test_what_the_browser_pauses_plays_again(page: Page) -> None:
    assert run(
        page,
        """take(); take();
        await ensemble.play();
        await until(() => ensemble.state.time > 0.2);
        document.getElementById("takes").prepend(videos[1]);
        videos[0].pause();
        return until(() => videos.every((each) => !each.paused) && spread() < 0.025);""",
    )


def test_a_shorter_one_holds_its_last_frame_and_the_loop_begins_for_all(page: Page) -> None:
    held, again, shown = run(
        page,
        """const [long, short] = [take(48), take(24)];
        ensemble.seek(40 / 24);
        const held = await pictures();
        ensemble.loop = true;
        await ensemble.play();
        await until(() => ensemble.state.time > 1.9);
        const again = await until(() => ensemble.state.time < 0.5 && videos.every((each) => each.currentTime < 0.6));
        ensemble.pause();
        const all = await pictures();
        return [held, again, [ensemble.state.frame, ...all]];""",
    )
    assert held == [40, 23]
    assert again
    assert len(set(shown)) == 1


def test_without_the_loop_all_stay_on_their_last_frame(page: Page) -> None:
    state, shown, from_start = run(
        page,
        """take(48); take(24);
        ensemble.loop = false;
        ensemble.seek(1.5);
        await ensemble.play();
        await until(() => !ensemble.state.playing);
        const shown = await pictures(), state = ensemble.state;
        await ensemble.play();
        return [state, shown, ensemble.state.time < 1];""",
    )
    assert (state["frame"], state["frames"], state["playing"], state["duration"]) == (47, 48, False, 2)
    assert shown == [47, 23]
    assert from_start


def test_a_late_one_joins_in_step(page: Page) -> None:
    paused, joined, same = run(
        page,
        """take();
        ensemble.seek(30.5 / 24);
        await pictures();
        take();
        const paused = await pictures();
        ensemble.stop();
        await ensemble.play();
        await until(() => ensemble.state.time > 0.4);
        const late = take();
        const joined = await until(() => !late.paused && late.currentTime > 0.4 && spread() < 0.025);
        ensemble.pause();
        return [paused, joined, new Set(await pictures()).size];""",
    )
    assert paused == [30, 30]
    assert joined
    assert same == 1


def test_one_that_cannot_be_played_stops_no_other(page: Page) -> None:
    shown, moving = run(
        page,
        """take(); take(0); take();
        ensemble.seek(12.5 / 24);
        const shown = await pictures();
        await ensemble.play();
        return [shown, await until(() => videos[0].currentTime > 0.8 && videos[2].currentTime > 0.8)];""",
    )
    assert (shown[0], shown[2]) == (12, 12)
    assert moving


def test_speed_and_sound(page: Page) -> None:
    rates, muted, silent = run(
        page,
        """take(); take();
        const rates = [];
        for (const rate of [0.5, 9, 0.01]) {
          ensemble.rate = rate;
          rates.push([ensemble.rate, videos[0].playbackRate]);
        }
        ensemble.sound(videos[1]);
        const muted = videos.map((each) => each.muted);
        ensemble.sound(null);
        return [rates, muted, videos.map((each) => each.muted)];""",
    )
    assert rates == [[0.5, 0.5], [2, 2], [0.25, 0.25]]
    assert muted == [True, False]
    assert silent == [True, True]


def test_what_is_removed_is_let_go(page: Page) -> None:
    assert run(
        page,
        """take(24); take(48);
        await ensemble.play();
        ensemble.remove(videos[1]);
        const shorter = ensemble.state.duration;
        const still = videos[1].paused;
        ensemble.destroy();
        const told = states.length;
        await sleep(150);
        return [shorter, still, videos[0].paused, states.length - told];""",
    ) == [1, True, True, 0]


def test_the_wipe_shows_one_take_on_each_side_of_a_divider(page: Page) -> None:
    page.evaluate(
        """async () => {
          take(48); take(24);
          ensemble.seek(40 / 24);
          const box = document.getElementById("box");
          box.style.cssText = "width:400px;height:225px";
          window.wipe = new Wipe(box, ensemble);
          await pictures();
          wipe.show({ video: videos[0], label: "seed 1" }, { video: videos[1], label: "seed 2" });
          window.seen = (x) => frameOf(box.querySelector("canvas"), x);
        }"""
    )
    page.wait_for_function("seen(0.2) === 40 && seen(0.8) === 23")
    box = page.locator("#box").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 100)
    page.wait_for_function("seen(0.8) === 40 && seen(0.95) === 23")
    divider = page.get_by_role("slider", name="Divider")
    assert divider.get_attribute("aria-valuenow") == "90"
    divider.press("Home")
    divider.press("ArrowRight")
    page.wait_for_function("seen(0.2) === 23")
    assert divider.get_attribute("aria-valuenow") == "2"
    assert page.get_by_text("seed 1").is_visible()
    assert page.get_by_text("seed 2").is_visible()
    page.evaluate("wipe.close()")
    assert page.locator("#box > *").count() == 0


def test_the_difference_is_of_the_same_frames_while_they_play(page: Page) -> None:
    brightest, drawn, apart = run(
        page,
        """take(48); take(48); take(24);
        const box = document.getElementById("box");
        box.style.cssText = "width:200px;height:112px";
        const wipe = new Wipe(box, ensemble);
        ensemble.loop = false;
        ensemble.rate = 0.5;
        wipe.mode = "difference";
        wipe.show({ video: videos[0], label: "a" }, { video: videos[1], label: "b" });
        await ensemble.play();
        let brightest = 0;
        const drawn = new Set();
        for (; ensemble.state.playing; await sleep(20)) {
          brightest = Math.max(brightest, grey(box.querySelector("canvas")));
          drawn.add(wipe.drawn);
        }
        await pictures();
        wipe.show({ video: videos[0], label: "a" }, { video: videos[2], label: "c" });
        const apart = await until(() => Math.abs(grey(box.querySelector("canvas")) - 4 * 24) < 4);
        return [brightest, drawn.size, apart];""",
    )
    assert brightest <= 8  # two frames apart at the very most, on a machine that is very busy
    assert drawn > 5
    assert apart


def test_zoom_is_the_same_in_all_and_moves_nothing_in_the_layout(page: Page) -> None:
    page.evaluate(
        """async () => {
          window.zoom = new Zoom();
          for (const each of [take(), take()]) {
            const cell = document.createElement("div");
            cell.style.cssText = "width:192px;height:108px";
            each.replaceWith(cell);
            cell.append(each);
            zoom.attach(cell);
          }
          window.cells = videos.map((each) => each.parentElement);
          window.layout = () => JSON.stringify(cells.map((each) => each.getBoundingClientRect()));
          window.before = layout();
          window.moved = () => videos.map((each) => each.style.transform);
          await pictures();
        }"""
    )
    page.mouse.move(48, 54)
    page.mouse.wheel(0, -100)
    assert page.evaluate("zoom.scale") == 1
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function("zoom.scale > 1.3")
    first = page.evaluate("moved()")
    assert first[0] == first[1] != ""
    page.mouse.down()
    page.mouse.move(40, 50, steps=4)
    page.mouse.up()
    dragged = page.evaluate("moved()")
    assert dragged[0] == dragged[1] != first[0]
    assert page.evaluate("layout() === before")
    page.mouse.dblclick(48, 54)
    assert page.evaluate("[zoom.scale, ...moved()]") == [1, "", ""]
    assert page.evaluate("zoom.zoomBy(3), zoom.detach(cells[0]), moved()[0]") == ""
    assert page.evaluate("zoom.panBy(9, 9), [zoom.left, zoom.top, zoom.zoomBy(100), zoom.scale]") == [0, 0, None, 8]
