"""The simulator's clips: their sizes, their bytes, and what is to be seen in them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from seedance_widgets.simulator.drawing.palette import PALETTES, palette_for
from seedance_widgets.simulator.render import FPS, frame_size, render_clip
from seedance_widgets.simulator.scene import ABSTRACT, MOTIFS, PLACES, Scene, read

RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21")
SIZES = {
    "480p": "864x480 736x544 640x640 544x736 480x864 960x416 416x960",
    "720p": "1248x704 1120x832 960x960 832x1120 704x1248 1504x640 640x1504",
    "1080p": "1920x1088 1664x1248 1440x1440 1248x1664 1088x1920 2176x928 928x2176",
}
TABLE = [
    (resolution, ratio, tuple(int(v) for v in size.split("x")))
    for resolution, row in SIZES.items()
    for ratio, size in zip(RATIOS, row.split(), strict=True)
]

# Small and short: 256 × 144 is the least that the renderer draws.
FOX = Scene(prompt="a red fox on green hills", seed=7, resolution="144p", seconds=1.0)


def clip(scene: Scene, folder: Path, name: str = "clip.mp4") -> Path:
    path = folder / name
    render_clip(scene, path)
    return path


def luma(path: Path) -> np.ndarray:
    """The luma of all frames: shape (frames, height, width)."""
    with av.open(str(path)) as file:
        frames = [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]
    return np.stack(frames).astype(np.int16)


def boxes(path: Path) -> list[str]:
    """The names of the file's top-level boxes, in order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        names.append(data[at + 4 : at + 8].decode("ascii"))
        at += int.from_bytes(data[at : at + 4], "big")
    return names


def static_share(pictures: np.ndarray) -> float:
    """The share of pixels that hardly change from the first frame to the last."""
    return float((np.abs(pictures[0] - pictures[-1]) <= 4).mean())


@pytest.mark.parametrize(("resolution", "ratio", "size"), TABLE)
def test_published_frame_sizes(resolution: str, ratio: str, size: tuple[int, int]) -> None:
    assert frame_size(resolution, ratio) == size


@pytest.mark.parametrize("ratio", ["adaptive", "7:5", "", None])
def test_unknown_ratios_are_wide(ratio: str | None) -> None:
    assert frame_size("720p", ratio) == (1248, 704)


def test_other_resolutions_are_sensible() -> None:
    assert frame_size("4k", "16:9") == (3840, 2176)
    assert frame_size(None, None) == frame_size("1080p", "16:9") == frame_size("nonsense", "16:9")
    for name in ("144p", "360p", "540p", "2k", "1440p", "99999p", "0p"):
        for ratio in RATIOS:
            width, height = frame_size(name, ratio)
            assert width % 16 == height % 16 == 0
            assert 48 <= min(width, height) <= max(width, height) <= 4352


def test_the_file_is_a_clip_that_plays_while_it_loads(tmp_path: Path) -> None:
    path = clip(FOX, tmp_path)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == FPS == 24
        assert (stream.width, stream.height) == frame_size("144p", "16:9")
        assert sum(1 for _ in file.decode(video=0)) == 24
        assert not file.streams.audio
    names = boxes(path)
    assert names[0] == "ftyp"
    assert names.index("moov") < names.index("mdat")
    assert [entry.name for entry in tmp_path.iterdir()] == ["clip.mp4"]


@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_frames_are_seconds_times_24(tmp_path: Path, seconds: float) -> None:
    assert len(luma(clip(replace(FOX, seconds=seconds), tmp_path))) == round(seconds * 24)


def test_published_size_is_what_the_file_has(tmp_path: Path) -> None:
    scene = Scene("a boat", 1, "480p", "9:21", 0.1)
    assert luma(clip(scene, tmp_path)).shape == (2, 960, 416)


@pytest.mark.parametrize("prompt", ["a lighthouse in a storm", "abstract ink", "sunflowers", "rocket launch", "whale"])
def test_the_same_scene_gives_the_same_bytes(tmp_path: Path, prompt: str) -> None:
    scene = replace(FOX, prompt=prompt, seconds=0.5, audio=True)
    assert clip(scene, tmp_path, "a").read_bytes() == clip(scene, tmp_path, "b").read_bytes()


def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    script = (
        "import sys; from seedance_widgets.simulator.render import Scene, render_clip;"
        f"render_clip(Scene({FOX.prompt!r}, {FOX.seed}, '144p', seconds=1.0), sys.argv[1])"
    )
    other = tmp_path / "other.mp4"
    environment = {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run([sys.executable, "-c", script, str(other)], check=True, env=environment)
    assert hashlib.sha256(other.read_bytes()).digest() == hashlib.sha256(clip(FOX, tmp_path).read_bytes()).digest()


@pytest.mark.parametrize("prompt", ["a red fox on green hills", "", "abstract silk", "a city at night"])
def test_seeds_are_visibly_different_takes(tmp_path: Path, prompt: str) -> None:
    takes = [luma(clip(replace(FOX, prompt=prompt, seed=seed, seconds=0.2), tmp_path))[2] for seed in (1, 2, 3, 4)]
    for k, take in enumerate(takes):
        for other in takes[k + 1 :]:
            assert float(np.abs(take - other).mean()) > 3


def test_a_draft_shows_what_the_final_will_show(tmp_path: Path) -> None:
    """The same seed in another resolution is the same picture, so a cheap draft is worth something."""
    scene = Scene("A menacing dragon above the tallest mountain at dusk", 3, "240p", seconds=0.2)
    draft, final = (luma(clip(replace(scene, resolution=name), tmp_path))[2] for name in ("240p", "480p"))
    rows = np.linspace(0, final.shape[0] - 1, 60).astype(int)
    columns = np.linspace(0, final.shape[1] - 1, 100).astype(int)
    rows_draft = np.linspace(0, draft.shape[0] - 1, 60).astype(int)
    columns_draft = np.linspace(0, draft.shape[1] - 1, 100).astype(int)
    apart = np.abs(final[np.ix_(rows, columns)] - draft[np.ix_(rows_draft, columns_draft)])
    other = luma(clip(replace(scene, seed=4), tmp_path))[2][np.ix_(rows_draft, columns_draft)]
    assert float(apart.mean()) < 8
    assert float(apart.mean()) * 2 < float(np.abs(final[np.ix_(rows, columns)] - other).mean())


def test_a_fixed_camera_holds_the_background_still(tmp_path: Path) -> None:
    scene = replace(FOX, prompt="a dragon above the mountains", seconds=2.0)
    free = luma(clip(scene, tmp_path))
    fixed = luma(clip(replace(scene, camera_fixed=True), tmp_path))
    assert 0.85 < static_share(fixed) < 0.999  # the dragon still flies
    assert 1 - static_share(free) > 2.5 * (1 - static_share(fixed))
    land = slice(-30, -12)
    assert static_share(fixed[:, land]) > 0.99
    assert static_share(free[:, land]) < 0.8


def test_the_watermark_is_laid_over_the_same_take(tmp_path: Path) -> None:
    plain = luma(clip(replace(FOX, seconds=0.2), tmp_path))[0]
    marked = luma(clip(replace(FOX, seconds=0.2, watermark=True), tmp_path))[0]
    height, width = plain.shape
    changed = np.abs(plain - marked) > 25
    corner = changed[: height // 4, : width // 2]
    assert corner.sum() > 60
    assert changed.sum() == corner.sum()


def test_each_clip_says_that_it_is_simulated_and_with_which_seed(tmp_path: Path) -> None:
    """The mark is in the bottom right corner, and differs by the seed that it names."""
    from seedance_widgets.simulator.drawing.marks import labels
    from seedance_widgets.simulator.drawing.raster import Canvas, Moment

    pictures = []
    for seed in (7, 8):
        canvas = Canvas(864, 480)
        for mark in labels(seed, False, canvas.size):
            mark.draw(canvas, Moment(0, 0, 0))
        pictures.append(np.asarray(canvas.y).astype(int))
    lit = np.argwhere(pictures[0] > 100)
    assert len(lit) > 150
    assert lit[:, 0].min() > 430
    assert lit[:, 1].min() > 600
    assert (pictures[0] != pictures[1]).any()
    frame = luma(clip(replace(FOX, prompt="night", resolution="480p", seconds=0.1), tmp_path))[0]
    here = pictures[0] > 140
    assert float(frame[here].mean()) > float(frame[430:, 600:].mean()) + 40


@pytest.mark.parametrize("prompt", ["", "a menacing dragon", "neon city in the rain at night", "jellyfish", "日本の城"])
def test_no_frame_is_blank(tmp_path: Path, prompt: str) -> None:
    pictures = luma(clip(replace(FOX, prompt=prompt, seconds=0.5), tmp_path))
    for picture in (pictures[0], pictures[-1]):
        assert float(picture[:120].std()) > 6


@pytest.mark.parametrize("motif", [*MOTIFS, "paper boat", "woman", "wolf"])
def test_every_subject_is_seen_and_moves(tmp_path: Path, motif: str) -> None:
    word = MOTIFS[motif][0].split()[0] if motif in MOTIFS else motif
    scene = replace(FOX, prompt=f"{word} picture", seconds=0.75, camera_fixed=True)
    pictures = luma(clip(scene, tmp_path))
    moved = np.abs(pictures[0] - pictures[-1]) > 8
    assert moved.sum() > (12 if motif != "planet" else -1)


@pytest.mark.parametrize("place", [*PLACES, *ABSTRACT])
def test_every_place_moves_with_the_camera(tmp_path: Path, place: str) -> None:
    table = PLACES[place][0] if place in PLACES else ABSTRACT[place]
    pictures = luma(clip(replace(FOX, prompt=table.split()[0], seconds=0.75), tmp_path))
    assert float(np.abs(pictures[0] - pictures[-1]).mean()) > 0.5


def test_land_may_lie_below_the_frame(tmp_path: Path) -> None:
    scene = replace(FOX, prompt="a red balloon over a desert", seed=2, seconds=0.25)  # its nearest dune is not seen
    assert len(luma(clip(scene, tmp_path))) == 6


@pytest.mark.parametrize("weather", ["rain", "snow", "fog"])
def test_weather_shows(tmp_path: Path, weather: str) -> None:
    dry = luma(clip(replace(FOX, prompt="mountains at dusk", seconds=0.2), tmp_path))[0]
    wet = luma(clip(replace(FOX, prompt=f"mountains at dusk in the {weather}", seconds=0.2), tmp_path))[0]
    assert read(Scene(f"mountains in the {weather}")).weather == weather
    assert float(np.abs(dry - wet).mean()) > 2


def test_words_choose_the_picture() -> None:
    idea = read(Scene("A menacing dragon above the tallest mountain at dusk"))
    assert (idea.motif, idea.place, idea.palette.name, idea.weather) == ("dragon", "mountains", "dusk", "")
    idea = read(Scene("a paper boat on a calm lake in the morning fog"))
    assert (idea.motif, idea.place, idea.palette.name, idea.weather) == ("boat", "sea", "dawn", "fog")
    idea = read(Scene("neon city in the rain at night"))
    assert (idea.motif, idea.place, idea.palette.name, idea.weather) == ("", "city", "neon", "rain")
    assert read(Scene("abstract ink in water")).place == "ink"
    assert read(Scene("a fish in the sky over the city")).place == "underwater"
    assert read(Scene("jellyfish")).palette is PALETTES["ocean"]


@pytest.mark.parametrize(
    ("prompt", "motif", "place"),
    [
        ("a red kite over a beach", "kite", "sea"),
        ("a kite at dawn", "kite", "hills"),
        ("a phoenix above a city at dusk", "phoenix", "city"),
        ("a snowy village at dusk", "village", "hills"),
        ("a fox in a village", "fox", "hills"),
        ("a snail on a leaf", "snail", "field"),
    ],
)
def test_what_the_notebooks_and_the_readme_ask_for_is_drawn(prompt: str, motif: str, place: str) -> None:
    idea = read(Scene(prompt))
    assert (idea.motif, idea.place) == (motif, place)


def test_words_without_meaning_have_a_picture_of_their_own() -> None:
    found = {
        (read(Scene(word)).place, read(Scene(word)).palette.name)
        for word in ["qux", "zorp", "blim", "frob", "wug", "dax"]
    }
    assert len(found) > 2
    assert all(place in ABSTRACT for place, _ in found)


def test_a_colour_word_colours_the_picture() -> None:
    red, blue = palette_for(["red"]), palette_for(["blue"])
    assert red.sky[2][0] > red.sky[2][2]
    assert blue.sky[2][2] > blue.sky[2][0]


def test_sound_is_there_when_asked_for_and_quiet(tmp_path: Path) -> None:
    path = clip(replace(FOX, seconds=1.0, audio=True), tmp_path)
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        assert stream.codec_context.name == "aac"
        samples = np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)
        rate = stream.rate
    assert samples.shape[1] / rate == pytest.approx(1.0, abs=0.1)
    assert 0.005 < float(np.abs(samples).max()) < 0.6
    assert len(luma(path)) == 24


def test_a_folder_that_is_missing_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no"):
        render_clip(FOX, tmp_path / "no" / "clip.mp4")
    assert not list(tmp_path.iterdir())


def test_the_old_clip_stays_until_the_new_one_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from seedance_widgets.simulator import render

    path = clip(replace(FOX, seconds=0.1), tmp_path)
    before = path.read_bytes()

    def broken(*_: object) -> None:
        raise RuntimeError("the encoder broke")

    monkeypatch.setattr(render, "_encode", broken)
    with pytest.raises(RuntimeError):
        render_clip(FOX, path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["clip.mp4"]


@pytest.mark.parametrize(
    "prompt", ["a dragon above the mountains", "a lighthouse in a storm", "a city at night", "whale"]
)
def test_what_is_hidden_is_not_drawn_and_nobody_sees_a_difference(prompt: str) -> None:
    from seedance_widgets.simulator import render
    from seedance_widgets.simulator.drawing.raster import Layer
    from seedance_widgets.simulator.drawing.stage import build

    width, height = frame_size("240p", "16:9")
    stages = [build(replace(FOX, prompt=prompt, seconds=0.25), width, height) for _ in range(2)]
    layers = [item for item in stages[1].items if isinstance(item, Layer)]
    assert any(layer.seen < min(height, layer.top + layer.luma[0].height) - layer.top for layer in layers)
    for layer in layers:
        layer.seen = height
    for sparing, whole in zip(*(render.pictures(stage, width, height) for stage in stages), strict=True):
        assert (sparing == whole).all()


def test_an_encoder_that_fails_says_so_and_ends_what_draws_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seedance_widgets.simulator import render

    monkeypatch.setitem(render._ENCODER, "preset", "none of these")
    with pytest.raises((av.FFmpegError, ValueError)):
        render_clip(FOX, tmp_path / "clip.mp4")
    assert not list(tmp_path.iterdir())
    assert not [each for each in threading.enumerate() if each.name.startswith("seedance-simulator-painter")]


def test_a_program_that_ends_while_a_clip_is_drawn_ends_at_once_and_in_silence(tmp_path: Path) -> None:
    script = (
        "import sys, time; from seedance_widgets.simulator.clips import Clips;"
        "from seedance_widgets.simulator.scene import Scene;"
        "from pathlib import Path; folder = Path(sys.argv[1]); clips = Clips(folder);"
        "clips.want(Scene('a city', 1, '480p', seconds=60.0))\n"
        "while not list(folder.glob('part-*')): time.sleep(0.01)"
    )
    environment = {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True, timeout=10)
    assert done.stderr == ""
