"""Grids as files: what is in them, whose place is where, and what happens when the disk, a clip or a prompt is bad."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import resource
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from telling import SIZES, light, plain, tint

from seedance_widgets import sharing
from seedance_widgets.errors import ConfigError, DownloadFailed, LibraryError
from seedance_widgets.options import options
from seedance_widgets.sharing import labels, tile
from seedance_widgets.sharing import page as page_module
from seedance_widgets.simulator import Fault

NASTY = '</script><img src=x onerror="alert(1)"> =1+1 ../../etc/passwd 龙 🐉 תנין'


@pytest.fixture
def studio(make_simulator, make_studio):
    """A Studio whose clips tell seed and frame; seed 9 fails."""
    fault = Fault("fail", whom="seed=9", value="too menacing, in /home/somebody", times=9)
    return make_studio(make_simulator(renderer=plain, faults=[fault]))


@pytest.fixture
def grid(studio):
    """Four takes, of which two are judged."""
    made = studio.sweep("a dragon", seed="1-4").wait(30)
    made.generations[1].rate(4)
    made.generations[2].pick()
    return made


def frames(path: Path) -> list[list[np.ndarray]]:
    """The planes of every frame."""
    with av.open(str(path)) as container:
        return [
            [
                np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width].astype(int)
                for plane in frame.planes
            ]
            for frame in container.decode(video=0)
        ]


def shown(planes: list[np.ndarray], seed: int) -> tuple[float, tuple[int, int]]:
    """Return how light a seed's take is in a frame of the whole, and the width and height of its picture."""
    _, blue, red = planes
    wanted = tint(seed)
    mask = (abs(blue - wanted[0]) < 9) & (abs(red - wanted[1]) < 9)
    rows, columns = np.where(mask)
    assert rows.size, f"seed {seed} is nowhere"
    width, height = mask.sum(axis=1).max(), mask.sum(axis=0).max()
    middle = planes[0][2 * int(np.median(rows)), 2 * int(np.median(columns))]
    return float(middle), (2 * int(width), 2 * int(height))


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


# The clip -----------------------------------------------------------------------------------------------------


def test_the_clip_shows_every_take_at_the_same_frame(grid, tmp_path):
    path = grid.save(tmp_path / "x.mp4")
    found = frames(path)
    assert len(found) == 24
    for number in (0, 11, 23):
        for seed in (1, 2, 3, 4):
            assert shown(found[number], seed)[0] == pytest.approx(light(number), abs=3)


def test_the_clip_is_one_that_players_take(grid, tmp_path):
    path = grid.save(tmp_path / "x.mp4")
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert stream.width % 2 == stream.height % 2 == 0
        assert stream.average_rate == 24
        assert not container.streams.audio


def test_a_shorter_take_holds_its_last_frame(studio, tmp_path):
    grid = studio.sweep("a dragon", seed=3, duration=[5, 10]).wait(30)
    assert [round(take.clip.frames) for take in grid.generations] == [24, 48]
    found = frames(grid.save(tmp_path / "x.mp4"))
    assert len(found) == 48
    lights = np.unique(found[47][0][(abs(np.kron(found[47][1], np.ones((2, 2))) - tint(3)[0]) < 9)])
    assert any(abs(value - light(23)) <= 3 for value in lights)
    assert any(abs(value - light(47)) <= 3 for value in lights)


def test_takes_of_another_shape_keep_it(studio, tmp_path):
    grid = studio.sweep("a dragon", aspect_ratio=["16:9", "9:16"], seed=[1, 2]).wait(30)
    both = studio.compare(grid.generations[0], grid.generations[3])
    planes = frames(both.save(tmp_path / "x.mp4"))[5]
    for seed, shape in ((1, "16:9"), (2, "9:16")):
        _, (width, height) = shown(planes, seed)
        assert width / height == pytest.approx(SIZES[shape][0] / SIZES[shape][1], rel=0.06)


def test_takes_are_never_enlarged_and_width_makes_them_smaller(grid, tmp_path):
    natural = shown(frames(grid.save(tmp_path / "x.mp4"))[0], 1)[1]
    assert natural[0] <= SIZES["16:9"][0] + 2
    small = frames(grid.save(tmp_path / "y.mp4", width=180))[0]
    assert small[0].shape[1] <= 180
    assert shown(small, 1)[1][0] < natural[0]


def test_a_place_without_a_clip_stays_empty_and_says_why(studio, tmp_path):
    grid = studio.sweep("a dragon", seed=[1, 9, 2]).wait(30)
    planes = frames(grid.save(tmp_path / "x.mp4"))[0]
    assert shown(planes, 1)[0] == shown(planes, 2)[0]
    assert "seed 9: failed" in repr(sharing.table(grid))


def test_too_many_takes_for_one_clip_are_refused_in_words(grid, tmp_path, monkeypatch):
    monkeypatch.setattr(tile, "MOST", 3)
    with pytest.raises(ConfigError, match=r"These are 4 takes, and one clip shows 3 at most"):
        grid.save(tmp_path / "x.mp4")


# The sheet and the animation ----------------------------------------------------------------------------------


def test_the_sheet_shows_every_take(grid, tmp_path):
    with Image.open(grid.save(tmp_path / "x.png")) as image:
        ycc = np.asarray(image.convert("YCbCr")).astype(int)
    for seed in (1, 2, 3, 4):
        # Pillow's colours are those of old television, the clips' of new: near is enough.
        near = (abs(ycc[..., 1] - tint(seed)[0]) < 25) & (abs(ycc[..., 2] - tint(seed)[1]) < 25)
        assert near.sum() > 0.5 * SIZES["16:9"][0] * SIZES["16:9"][1]


def test_several_moments_of_a_take_stand_beside_each_other(studio, tmp_path):
    grid = studio.sweep("a dragon", seed=[3]).wait(30)
    sizes = []
    for moments in (1, 3):
        with Image.open(grid.save(tmp_path / f"{moments}.png", moments=moments)) as image:
            sizes.append(image.size)
    assert sizes[1][0] > sizes[0][0] + 1.9 * SIZES["16:9"][0]


def test_a_long_title_is_wrapped_not_cut(studio, tmp_path):
    short = studio.sweep("a dragon", seed="1-2").wait(30)
    long = studio.sweep("a dragon " * 60, seed="1-2").wait(30)
    heights = []
    for number, grid in enumerate((short, long)):
        with Image.open(grid.save(tmp_path / f"{number}.png")) as image:
            heights.append(image.height)
    assert heights[1] > heights[0] + 40


@pytest.mark.parametrize("ending", ["png", "mp4", "gif"])
def test_the_ground_is_dark_unless_it_is_to_be_light(ending, grid, tmp_path):
    corners = []
    for theme in ("dark", "light"):
        path = grid.save(tmp_path / f"{theme}.{ending}", theme=theme)
        if ending == "mp4":
            corners.append(frames(path)[0][0][0, 0])
        else:
            with Image.open(path) as image:
                corners.append(image.convert("L").getpixel((0, 0)))
    assert corners[0] < 45
    assert corners[1] > 230


def test_the_animation_is_small_moves_and_goes_on(grid, tmp_path):
    with Image.open(grid.save(tmp_path / "x.gif")) as image:
        assert image.width <= 960
        assert image.n_frames == 10
        assert image.info["duration"] == 100
        assert image.info["loop"] == 0
        first = np.asarray(image.convert("L")).astype(int)
        image.seek(9)
        assert abs(np.asarray(image.convert("L")).astype(int) - first).max() > 40


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("x.mp4", {"width": 20}),
        ("x.mp4", {"theme": "pink"}),
        ("x.png", {"moments": 0}),
        ("x.png", {"moments": 2.5}),
        ("x.gif", {"fps": 60}),
        ("x.mp4", {"fps": 3}),
        ("x.html", {"width": 300}),
        ("x/", {"theme": "light"}),
    ],
)
def test_an_option_that_cannot_be_is_told_in_words(name, wrong, grid, tmp_path):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        grid.save(f"{tmp_path}/{name}", **wrong)
    assert not list(tmp_path.glob("x*"))


# Texts --------------------------------------------------------------------------------------------------------


@given(st.text(max_size=200), st.integers(8, 60), st.integers(5, 800), st.integers(1, 4))
def test_any_text_is_written_within_its_room(text, size, room, lines):
    found = labels.wrap(text, size, room, lines)
    assert len(found) <= lines
    draw = ImageDraw.Draw(Image.new("RGB", (32, 32)))
    for line in found:
        labels.write(draw, (0, 0), line, size, "white")
        assert labels.width(line, size) <= room or len(line) <= 1


@pytest.mark.parametrize("text", ["a dragon", "龙", "Дракон", "תנין", "🐉", "\ud800", "é" * 5000])
def test_texts_of_any_script_leave_ink_or_nothing_to_see(text):
    image = Image.new("L", (400, 60))
    for line in labels.wrap(text, 20, 380, 1):
        labels.write(ImageDraw.Draw(image), (10, 10), line, 20, "white")
    assert bool(image.getbbox()) == (text != "\ud800")


def test_what_has_no_room_ends_in_an_ellipsis_and_lines_are_of_like_length():
    assert labels.wrap("a menacing dragon above the tower", 20, 120, 1)[0].endswith("…")
    lines = labels.wrap("a menacing dragon above the tallest tower in the rain", 20, 300, 2)
    assert " ".join(lines) == "a menacing dragon above the tallest tower in the rain"
    assert labels.width(lines[1], 20) > 0.6 * labels.width(lines[0], 20)


# The page -----------------------------------------------------------------------------------------------------


class Elements(HTMLParser):
    """Collects what a page is made of, as a browser reads it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.texts.append("")

    def handle_endtag(self, tag):
        self.handle_starttag("end", [])

    def handle_data(self, data):
        if self.texts:
            self.texts[-1] += data

    def of(self, name: str) -> list[tuple[dict[str, str | None], str]]:
        return [
            (attributes, text) for (tag, attributes), text in zip(self.tags, self.texts, strict=True) if tag == name
        ]


@pytest.fixture
def page(studio, tmp_path):
    """A page with a nasty prompt and a failed take."""
    grid = studio.sweep(NASTY, seed=[1, 2, 9]).wait(30)
    text = grid.save(tmp_path / "x.html").read_text("utf-8")
    return grid, text, Elements(text)


def test_the_page_holds_the_clips_themselves(page):
    grid, _, elements = page
    clips = {at["data-clip"]: base64.b64decode(text) for at, text in elements.of("script") if "data-clip" in at}
    done = grid.generations[:2]
    assert clips == {take.key: take.path.read_bytes() for take in done}


def test_nothing_in_a_prompt_becomes_part_of_the_page(page):
    _, _, elements = page
    assert not elements.of("img")
    assert len(elements.of("script")) == 4  # the facts, two clips, the player
    assert elements.of("h1")[0][1] == NASTY
    content = json.loads(next(text for at, text in elements.of("script") if at.get("id") == "content"))
    assert content["cells"][0]["prompt"] == NASTY


def test_the_page_may_ask_no_network_and_run_no_other_script(page):
    _, text, elements = page
    policy = next(at["content"] for at, _ in elements.of("meta") if at.get("http-equiv"))
    script = next(text for at, text in elements.of("script") if at.get("type") == "module")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; script-src 'sha256-{digest}';")
    assert "connect-src" not in policy
    assert "unsafe" not in policy
    assert not [at for _, at in elements.tags if "src" in at or "href" in at]
    assert not re.search(r"url\(\s*['\"]?https?:", text)


def test_the_page_tells_nothing_of_this_machine(page, studio):
    grid, text, _ = page
    assert "failed" in text
    for secret in (str(studio.library.path), "/home/somebody", "too menacing", studio.client.base_url):
        assert secret not in text
    assert grid.generations[2].status == "error"


def test_a_page_too_large_for_mail_is_written_with_a_warning(grid, tmp_path, monkeypatch):
    monkeypatch.setattr(page_module, "LARGE", 1000)
    with pytest.warns(UserWarning, match=r"The page will have 0\.\d MB: it opens slowly"):
        assert grid.save(tmp_path / "x.html").exists()


# The folder ---------------------------------------------------------------------------------------------------


def test_the_folder_holds_clips_requests_and_lists(studio, tmp_path):
    grid = studio.sweep("a dragon", resolution=["480p", "720p"], seed=[3, 9]).wait(30)
    folder = grid.save(f"{tmp_path}/out/")
    names = sorted(path.name for path in folder.iterdir())
    assert [name for name in names if name.endswith(".mp4")] == ["1-480p-seed-3.mp4", "3-720p-seed-3.mp4"]
    first = grid.generations[0]
    assert (folder / "1-480p-seed-3.mp4").read_bytes() == first.path.read_bytes()
    assert json.loads((folder / "1-480p-seed-3.json").read_text()) == first.request
    about = json.loads((folder / "grid.json").read_text())
    assert [take["status"] for take in about["takes"]] == ["completed", "error", "completed", "error"]
    rows = list(csv.DictReader((folder / "takes.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["resolution"], row["seed"]) for row in rows] == [
        ("480p", "3"),
        ("480p", "9"),
        ("720p", "3"),
        ("720p", "9"),
    ]
    assert str(studio.library.path) not in (folder / "grid.json").read_text() + (folder / "takes.csv").read_text()


def test_no_cell_of_the_list_is_a_formula(studio, tmp_path):
    prompts = ["=1+1", "+1", "-1", "@now", "a dragon", "  =1+1"]
    grid = studio.sweep(prompts, seed=3).wait(30)
    grid.generations[4].remark("=cmd()")
    folder = grid.save(f"{tmp_path}/out/")
    rows = list(csv.DictReader((folder / "takes.csv").read_text("utf-8-sig").splitlines()))
    assert [row["prompt"] for row in rows] == ["'=1+1", "'+1", "'-1", "'@now", "a dragon", "'  =1+1"]
    assert rows[4]["note"] == "'=cmd()"


def test_names_in_the_folder_are_plain_whatever_the_prompts(studio, tmp_path):
    grid = studio.sweep([NASTY, "龙", "CON", "../../up"], seed=3).wait(30)
    folder = grid.save(f"{tmp_path}/out/")
    names = [path.name for path in folder.iterdir()]
    assert all(re.fullmatch(r"[a-z0-9-]+\.(mp4|json|csv)", name) for name in names)
    assert len([name for name in names if name.endswith(".mp4")]) == 4
    assert [path.name for path in tmp_path.iterdir() if path.name == "up.mp4"] == []


def test_other_files_of_an_existing_folder_stay(grid, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    folder = grid.save(tmp_path / "out")
    assert (folder / "mine.txt").read_text() == "mine"
    assert (folder / "takes.csv").exists()


@pytest.mark.parametrize("name", [".", "./", "../inner"])
def test_the_current_folder_is_a_folder_too(name, grid, tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    grid.save(name)
    assert (tmp_path / "inner" / "takes.csv").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"inner", "library"}


# The table ----------------------------------------------------------------------------------------------------


def test_the_table_holds_plain_videos_with_captions(grid):
    elements = Elements(sharing.table(grid)._repr_html_())
    sources = [at["src"] for at, _ in elements.of("source")]
    assert [base64.b64decode(source.partition(",")[2]) for source in sources] == [
        take.path.read_bytes() for take in grid.generations
    ]
    assert [text for _, text in elements.of("th")] == ["seed 1", "seed 2", "seed 3", "seed 4"]
    captions = [text for _, text in elements.of("div")]
    assert "96×54 · 1.0 s" in captions[0]
    assert "★★★★☆" in captions[1]
    assert "picked" in captions[2]
    assert not elements.of("script")


def test_a_long_row_is_broken_so_that_a_notebook_has_room(studio):
    grid = studio.sweep("a dragon", seed="1-7").wait(30)
    elements = Elements(sharing.table(grid)._repr_html_())
    assert len(elements.of("tr")) == 4
    assert [text for _, text in elements.of("th")] == [f"seed {seed}" for seed in range(1, 8)]
    assert {at["width"] for at, _ in elements.of("video")} == {"240"}


def test_a_broken_row_leaves_no_take_alone(studio):
    grid = studio.sweep("a dragon", seed="1-9").wait(30)
    elements = Elements(sharing.table(grid)._repr_html_())
    assert len(elements.of("tr")) == 6  # 3 + 3 + 3, not 4 + 4 + 1
    assert {at["width"] for at, _ in elements.of("video")} == {"320"}


def test_the_table_links_large_clips_beside_the_notebook(grid, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with options.set(embed_cap=0):
        html = sharing.table(grid)._repr_html_()
    links = re.findall(r'src="(seedance_media/[^"]+)"', html)
    assert len(links) == 4
    assert all((tmp_path / link).is_file() for link in links)


def test_the_table_has_rows_and_blocks_and_escapes_what_they_say(studio):
    grid = studio.sweep([NASTY, "a fox"], resolution=["480p", "720p"], seed=[1, 9]).wait(30)
    elements = Elements(sharing.table(grid)._repr_html_())
    heads = [text for _, text in elements.of("th")]
    assert heads == [NASTY, "seed 1", "seed 9", "480p", "720p", "a fox", "seed 1", "seed 9", "480p", "720p"]
    assert len(elements.of("video")) == 4
    assert [text for _, text in elements.of("em")] == ["failed"] * 4
    assert not elements.of("img")


def test_show_emits_the_table(grid, monkeypatch):
    emitted = []
    monkeypatch.setattr("IPython.display.display", emitted.append)
    grid.show()
    assert "<video" in emitted[0]._repr_html_()
    assert repr(emitted[0]).startswith("a dragon\nseed 1: ")


# What every kind has in common --------------------------------------------------------------------------------

KINDS = ["x.html", "x.mp4", "x.png", "x.gif", "out/"]


@pytest.mark.parametrize("name", KINDS)
def test_the_page_is_told_how_far_it_is_and_how_large_it_will_be(name, grid, tmp_path):
    told = []
    grid.observe(lambda change: told.append((time.monotonic(), change["new"])), "_busy")
    begun = time.monotonic()
    grid.save(f"{tmp_path}/{name}")
    assert re.fullmatch(r"writing (x\.\w+|out) · about \d+(\.\d)? MB", told[0][1]["words"])
    fractions = [busy["fraction"] for _, busy in told if busy]
    assert fractions == sorted(fractions)
    assert len(fractions) <= 2 + 10 * (told[-1][0] - begun)
    assert grid._busy is None


@pytest.mark.parametrize("name", KINDS)
def test_without_a_completed_take_nothing_is_written(name, studio, tmp_path):
    grid = studio.sweep("a dragon", seed=[9]).wait(30)
    with pytest.raises(ConfigError, match=r"There is no completed take to share: 1 failed\. Each cell says"):
        grid.save(f"{tmp_path}/new/{name}")
    assert not (tmp_path / "new").exists()
    assert grid._busy is None


@pytest.mark.parametrize("name", KINDS)
def test_a_full_disk_is_told_in_words_and_leaves_what_was_there(name, grid, tmp_path):
    target = tmp_path / "disk" / name
    if not name.endswith("/"):
        target.parent.mkdir()
        target.write_text("before")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (900, before[1]))
    try:
        with pytest.raises(LibraryError, match="could not be written"):
            grid.save(f"{tmp_path}/disk/{name}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert leftovers(tmp_path / "disk") == []
    assert name.endswith("/") or target.read_text() == "before"
    assert grid._busy is None


@pytest.mark.parametrize("name", KINDS)
def test_a_place_that_cannot_be_is_told_in_words(name, grid, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LibraryError, match="could not be written"):
        grid.save(f"{tmp_path}/file/{name}")


@pytest.mark.parametrize("name", ["x.mp4", "x.png", "x.gif"])
def test_a_clip_that_is_gone_or_damaged_leaves_its_place_empty(name, grid, tmp_path):
    grid.generations[0].path.unlink()
    grid.generations[1].path.write_bytes(b"<html>expired</html>")
    path = grid.save(tmp_path / name)
    assert path.stat().st_size > 500
    assert "seed 1: the clip is gone" in repr(sharing.table(grid))
    if name == "x.mp4":
        shown(frames(path)[0], 3)
        with pytest.raises(AssertionError, match="seed 1 is nowhere"):
            shown(frames(path)[0], 1)


def test_a_clip_that_breaks_in_the_middle_is_told_in_words(grid, tmp_path):
    path = grid.generations[1].path
    content = bytearray(path.read_bytes())
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    middle = (start + end) // 2
    content[middle:end] = b"\xff" * (end - middle)
    path.write_bytes(content)
    with pytest.raises(DownloadFailed, match="cannot be played"):
        _ = grid.save(tmp_path / "x.mp4")
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("name", ["x.avi", "x", "x.mp4.zip", ""])
def test_an_ending_that_is_not_known_is_told_with_those_that_are(name, grid, tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    with pytest.raises(ConfigError, match=r"\.html, \.mp4, \.png or \.gif, and a folder ends with a /"):
        grid.save(name)
    assert list(Path().iterdir()) == []


def test_what_is_saved_beside_the_notebook_has_a_free_telling_name(grid, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [sharing.save_beside(grid, what).name for what in ("png", "png", "folder", "folder")]
    day = time.strftime("%Y-%m-%d")
    assert names == [f"a-dragon-{day}.png", f"a-dragon-{day}-2.png", f"a-dragon-{day}", f"a-dragon-{day}-2"]
    assert (tmp_path / names[2] / "takes.csv").exists()
    with pytest.raises(ConfigError, match="html, mp4, png, gif, folder can"):
        sharing.save_beside(grid, "avi")


@pytest.mark.parametrize("what", ["html", "folder"])
def test_the_size_told_is_about_the_size_written(what, grid, tmp_path, monkeypatch):
    monkeypatch.setattr(sharing, "megabytes", lambda size: f"{size:.0f}")
    expected = int(sharing.estimate(grid, what).removeprefix("about "))
    path = grid.save(f"{tmp_path}/x.html" if what == "html" else f"{tmp_path}/out/")
    size = sum(each.stat().st_size for each in ([path] if what == "html" else path.iterdir()))
    assert size == pytest.approx(expected, rel=0.25)


def test_nothing_heavy_is_imported_before_something_is_saved():
    code = (
        "import sys, seedance_widgets.sharing as s; s.table, s.save; "
        "print([name for name in ('av', 'numpy', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
