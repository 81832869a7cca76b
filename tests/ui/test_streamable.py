"""A stream shows what its file shows, in a plain page of a real browser; where that is not sure, there is no stream."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

FPS, FRAMES = 24, 24
WIDTH, HEIGHT = 160, 96
TRACK = ("moov", "trak")
TABLE = (*TRACK, "mdia", "minf", "stbl")
HARNESS = """
import { readTracks } from "/mp4.js";
import { Stream } from "/stream.js";
const once = (target, name) => new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));
const bytesOf = async (name) => new Uint8Array(await (await fetch(`/${name}.mp4`)).arrayBuffer());
// In two parts, of which the first has the index and some samples.
function open(bytes) {
  const begin = bytes.subarray(0, Math.floor(bytes.length * 0.8));
  const stream = Stream.open(begin, bytes.length);
  stream?.feed(begin, false);
  stream?.feed(bytes, true);
  return stream;
}
// Size, length, and of some frames the time (ms) and the colours above and below.
async function look(src) {
  const video = Object.assign(document.createElement("video"), { muted: true, src });
  document.body.append(video);
  await once(video, "loadeddata");
  const context = Object.assign(document.createElement("canvas"), { width: 16, height: 8 }).getContext("2d");
  const frames = [];
  for (const frame of [3, 12, 0, 23]) {
    const presented = new Promise((resolve) => video.requestVideoFrameCallback((_, shown) => resolve(shown.mediaTime)));
    video.currentTime = (frame + 0.5) / 24;
    frames.push(Math.round(1000 * (await presented)));
    context.drawImage(video, 0, 0, 16, 8);
    for (const y of [1, 6]) frames.push(...context.getImageData(8, y, 1, 1).data);
  }
  return { size: [video.videoWidth, video.videoHeight], seconds: Math.round(50 * video.duration) / 50, frames };
}
Object.assign(window, { Stream, bytesOf, look, open, readTracks });
"""


def made(path: Path, *, flags: str = "faststart", audio: bool = False, height: int = HEIGHT, **options: Any) -> bytes:
    """A clip with B-frames: each frame is a grey of its own above, and a colour below."""
    with av.open(str(path), "w", options={"movflags": flags, **options.get("muxer", {})}) as output:
        stream: av.VideoStream = output.add_stream("libx264", rate=options.get("rate", FPS))
        stream.options = {"x264-params": f"bframes=3:b-adapt=0:keyint=12:{options.get('encoder', '')}"}
        stream.width, stream.height, stream.pix_fmt = WIDTH, height, "yuv420p"
        stream.codec_context.sample_aspect_ratio = options.get("pixels", Fraction(1))
        voice = output.add_stream(options.get("codec", "aac"), rate=44100) if audio else None
        for number in range(FRAMES):
            image = np.full((height, WIDTH, 3), 20 + 8 * number, np.uint8)
            image[height // 2 :] = (200, 120, 30)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            if times := options.get("times"):
                frame.pts, frame.time_base = times[number], stream.codec_context.time_base
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
        if voice is not None:
            hum = (0.3 * np.sin(np.arange(44100) * 0.06)).astype(np.float32)[None]
            tone = av.AudioFrame.from_ndarray(hum, "fltp", "mono")
            tone.sample_rate = 44100
            output.mux([*voice.encode(tone), *voice.encode()])
    return path.read_bytes()


def place(file: bytes, *path: str) -> tuple[int, int]:
    """Where a box begins and ends, the first of its name in each."""
    start, end = 0, len(file)
    for name in path:
        size, found = struct.unpack_from(">I4s", file, start)
        while found != name.encode():
            start += size
            size, found = struct.unpack_from(">I4s", file, start)
        at, start, end = start, start + 8, start + size
    return at, end


def put(file: bytes, path: tuple[str, ...], offset: int, form: str, *values: int) -> bytes:
    """The file with other numbers in a box."""
    changed = bytearray(file)
    struct.pack_into(f">{form}", changed, place(file, *path)[0] + offset, *values)
    return bytes(changed)


def without(file: bytes, name: bytes) -> bytes:
    return file.replace(name, b"free", 1)


UNEVEN = [40 * number + 15 * (number % 3) for number in range(FRAMES)]  # ms
EDIT = (*TRACK, "edts", "elst")
SAME: dict[str, Callable[[Path], bytes]] = {
    "plain": made,
    "large": lambda path: made(path, height=736),
    "sound": lambda path: made(path, audio=True),
    "its own colours": lambda path: made(path, encoder="colorprim=bt709:transfer=bt709:colormatrix=bt709"),
    "half a word on colours": lambda path: made(path, encoder="colormatrix=bt709"),
    "oblong pixels": lambda path: made(path, pixels=Fraction(4, 3)),
    "times below 0": lambda path: made(path, flags="faststart+negative_cts_offsets"),
    "fine times": lambda path: made(path, muxer={"video_track_timescale": "90000"}),
    "coarse times": lambda path: made(path, muxer={"video_track_timescale": "1000"}),
}
OTHERWISE: dict[str, Callable[[Path], bytes]] = {
    "fragments": lambda path: made(path, flags="frag_keyframe+empty_moov"),
    "a movie and fragments": lambda path: made(path, flags="frag_keyframe"),
    "a gap at first": lambda path: made(path, muxer={"use_editlist": "0"}),
    "cut at its beginning": lambda path: put(made(path), EDIT, 20, "I", 1024 + 5 * 512),
    "cut at its end": lambda path: put(made(path), EDIT, 16, "I", 500),
    "nothing but a gap": lambda path: put(made(path), EDIT, 20, "i", -1),
    "cut short": lambda path: made(path)[:-200],
    "two kinds of pictures": lambda path: put(made(path), (*TABLE, "stsd"), 12, "I", 2),
    "turned": lambda path: put(made(path), (*TRACK, "tkhd"), 48, "5i", 0, 65536, 0, -65536, 0),
    "oblong without a word": lambda path: without(made(path, pixels=Fraction(4, 3)), b"pasp"),
    "other sound": lambda path: made(path, audio=True, codec="libmp3lame"),
    "uneven times": lambda path: made(path, rate=1000, times=UNEVEN),
    "no key at first": lambda path: put(made(path), (*TABLE, "stss"), 16, "I", 2),
}
# Such numbers once kept the page busy for minutes, or asked for more memory than there is.
HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "tiny boxes": lambda path: struct.pack(">I4s", 8, b"free") * 500_000,
    "empty chunks": lambda path: put(made(path), (*TABLE, "stsc"), 20, "I", 0),
    "long runs": lambda path: many_runs(made(path)),
}


def many_runs(file: bytes) -> bytes:
    """With 10,000 rows of 10,000 samples each in its table of times, behind which everything else lies further on."""
    at, end = place(file, *TABLE, "stts")
    rows = struct.pack(">II", 10_000, 1) * 10_000
    changed = file[: at + 12] + struct.pack(">I", 10_000) + rows + file[end:]
    longer = len(changed) - len(file)
    for depth in range(1, len(TABLE) + 2):
        box = place(file, *(*TABLE, "stts")[:depth])
        changed = changed[: box[0]] + struct.pack(">I", box[1] - box[0] + longer) + changed[box[0] + 4 :]
    return changed + struct.pack(">I4s", 10**6, b"free") + bytes(10**6 - 8)  # so that the first part has all of it


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("clips")
    everything = SAME | OTHERWISE | HOSTILE
    return {name: make(folder / f"{number}.mp4") for number, (name, make) in enumerate(everything.items())}


@pytest.fixture(scope="module")
def run(browser: Browser, clips: dict[str, bytes]) -> Iterator[Callable[[str, str], Any]]:
    """Runs code in a page, about the clip that is `bytes` there; its errors fail the test."""

    def answer(route: Route) -> None:
        name = unquote(route.request.url.rpartition("/")[2])
        if name.endswith(".mp4"):
            route.fulfill(body=clips[name.removesuffix(".mp4")], content_type="video/mp4")
        elif name.endswith(".js"):
            static = resources.files("seedance_widgets").joinpath("static", name)
            body = HARNESS if name == "harness.js" else static.read_text("utf-8")
            route.fulfill(body=body, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><body>", content_type="text/html")

    with browser.new_context() as context:
        page: Page = context.new_page()
        page.route("**/*", answer)
        page.goto("http://localhost/")
        page.add_script_tag(url="/harness.js", type="module")
        page.wait_for_function("Boolean(window.look)")
        yield lambda name, code: page.evaluate(f"async (name) => {{ const bytes = await bytesOf(name); {code} }}", name)


@pytest.mark.parametrize("name", SAME)
def test_a_stream_has_the_pictures_times_colours_and_shape_of_its_file(run, name: str) -> None:
    stream, file = run(
        name,
        """const file = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
        return [await look(open(bytes).url), await look(file)];""",
    )
    assert stream == file


@pytest.mark.parametrize("name", [*OTHERWISE, *HOSTILE])
def test_what_a_stream_might_show_otherwise_is_no_stream(run, name: str) -> None:
    streamed, took = run(
        name, "const start = performance.now(); return [Boolean(open(bytes)), performance.now() - start];"
    )
    assert not streamed
    assert took < 2000  # ms; the worst once took minutes


def test_the_index_that_a_stream_keeps_does_not_hold_the_file(run) -> None:
    assert run("plain", "return readTracks(bytes).every(({ boxes }) => boxes.bytes.buffer !== bytes.buffer);")
