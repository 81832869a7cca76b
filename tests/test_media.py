from __future__ import annotations

import base64
import contextlib
import io
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import unquote

import pytest
from clips import clip, sound
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from seedance_widgets import media
from seedance_widgets.errors import DownloadFailed, LibraryError
from seedance_widgets.options import options

# The matrix of a telephone held upright: the picture is to be turned a quarter clockwise.
CLOCKWISE = b"".join(n.to_bytes(4, "big", signed=True) for n in (0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30))


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "notebook").mkdir()
    monkeypatch.chdir(tmp_path / "notebook")


@pytest.fixture
def linked():
    """Every clip is too large to embed."""
    with options.set(embed_cap=0):
        yield


def image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def turned(tmp_path: Path) -> Path:
    content = bytearray(clip(64, 48).read_bytes())
    matrix = content.find(b"tkhd") + 4 + 4 + 20 + 16
    content[matrix : matrix + 36] = CLOCKWISE
    path = tmp_path / "turned.mp4"
    path.write_bytes(content)
    return path


# --- probe ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("making", "size", "fps", "frames"),
    [
        ({}, (64, 48), 24, 12),
        ({"faststart": False, "fps": 30, "frames": 31}, (64, 48), 30, 31),
        ({"fragmented": True}, (64, 48), 24, 12),
        ({"width": 48, "height": 64, "suffix": "webm", "frames": 7}, (48, 64), 24, 7),
        ({"frames": 1}, (64, 48), 24, 1),
    ],
)
def test_probe_reads_what_the_clip_is(making, size, fps, frames):
    found = media.probe(clip(**making))
    assert (found.width, found.height) == size
    assert found.fps == pytest.approx(fps)
    assert found.frames == frames
    assert found.duration == pytest.approx(frames / fps, abs=0.02)
    assert found.bytes == clip(**making).stat().st_size


def test_probe_hears_whether_there_is_sound():
    assert media.probe(clip(audio=True)).has_audio
    assert not media.probe(clip()).has_audio


def test_probe_tells_the_size_as_displayed(tmp_path):
    found = media.probe(turned(tmp_path))
    assert (found.width, found.height) == (48, 64)


def test_probe_counts_wide_pixels_as_displayed():
    found = media.probe(clip(64, 48, pixel_ratio=2))
    assert (found.width, found.height) == (128, 48)


@pytest.mark.parametrize("action", [media.probe, media.poster, media.last_frame, media.video])
def test_what_is_no_clip_is_told_in_words(action, tmp_path):
    path = tmp_path / "page.mp4"
    path.write_text("<html>expired</html>")
    with pytest.raises(DownloadFailed, match=r"page\.mp4 is not a clip: the address answered with a web page"):
        action(path)


@pytest.mark.parametrize("action", [media.probe, media.poster, media.last_frame, media.video])
def test_a_clip_that_is_gone_is_told_in_words(action, tmp_path):
    with pytest.raises(LibraryError, match=r"gone\.mp4 cannot be read: No such file"):
        action(tmp_path / "gone.mp4")


@pytest.mark.parametrize("action", [media.probe, media.poster, media.last_frame])
def test_damaged_pictures_are_told_in_words(action, tmp_path):
    content = clip().read_bytes()
    start = content.find(b"mdat") + 4
    path = tmp_path / "damaged.mp4"
    path.write_bytes(content[:start] + b"\xff" * (len(content) - start))
    with pytest.raises(DownloadFailed, match=r"damaged\.mp4 cannot be played: "):
        action(path)


def test_sound_alone_is_no_clip():
    with pytest.raises(DownloadFailed, match="there are no pictures in it"):
        media.probe(sound())


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_index_ends_in_a_clip_or_in_words(tmp_path_factory, data):
    content = bytearray(clip().read_bytes())
    index = st.integers(content.find(b"moov") + 4, content.find(b"mdat") - 1)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(index)] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "clip.mp4"
    path.write_bytes(content)
    with contextlib.suppress(DownloadFailed):
        assert media.probe(path).width > 0
        assert image(media.poster(path)).width > 0


def test_a_playlist_under_a_clips_name_opens_nothing(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_text(f"#EXTM3U\n#EXTINF:1\n{clip()}\n#EXT-X-ENDLIST\n")
    with pytest.raises(DownloadFailed, match="answered with a playlist"):
        media.probe(path)


def test_a_name_like_a_protocol_is_a_name(monkeypatch):
    shutil.copy(clip(), "concat:one.mp4")
    assert media.probe("concat:one.mp4").frames == 12


# --- still pictures ------------------------------------------------------------------------------------


def test_a_poster_is_a_small_jpeg_of_the_clips_shape():
    data = media.poster(clip(640, 480), width=320)
    assert data.startswith(b"\xff\xd8\xff")
    assert image(data).size == (320, 240)


def test_a_poster_does_not_enlarge():
    assert image(media.poster(clip(64, 48), width=320)).size == (64, 48)


def test_a_poster_is_turned_upright(tmp_path):
    picture = image(media.poster(turned(tmp_path), at=0))
    assert picture.size == (48, 64)
    # The coloured bar begins at the left; turned clockwise, the left side is on top.
    assert picture.getpixel((24, 8))[1] > 100
    assert picture.getpixel((24, 56))[1] < 60


@pytest.mark.parametrize(("width", "height"), [(640, 360), (360, 640), (1280, 720)])
@pytest.mark.parametrize("asked", [160, 320, 1280])
def test_a_poster_of_noise_stays_small(width, height, asked):
    assert len(media.poster(clip(width, height, picture="noise", frames=2), width=asked)) <= 15_000


def redness(data: bytes) -> int:
    """The bar of the test clips is the redder the later it is."""
    return max(image(data).getchannel("R").tobytes())


def test_a_poster_is_of_the_moment_asked_for():
    path = clip(64, 48, frames=24)
    moments = [media.poster(path, at=at) for at in (0, 0.25, "middle", 0.75, 99)]
    levels = [redness(moment) for moment in moments]
    assert levels == sorted(set(levels))  # each is later than the one before
    assert levels[2] == pytest.approx(60 + 180 * 12 / 24, abs=12)
    assert media.poster(path, at=-1) == moments[0]


def test_a_poster_passes_over_black():
    assert redness(media.poster(clip(picture="fade"))) > 60
    assert redness(media.poster(clip(picture="fade"), at=0)) < 30


def test_a_black_clip_has_a_black_poster():
    assert redness(media.poster(clip(picture="black"))) < 30


@pytest.mark.parametrize("making", [{}, {"fragmented": True}, {"suffix": "webm"}, {"frames": 300}])
def test_the_last_frame_is_the_last(making):
    frames = making.get("frames", 12)
    data = media.last_frame(clip(640, 480, **making))
    assert image(data).size == (640, 480)
    assert redness(data) == pytest.approx(60 + 180 * (frames - 1) / frames, abs=12)


def test_the_last_frame_has_the_displayed_size(tmp_path):
    assert image(media.last_frame(turned(tmp_path))).size == (48, 64)


# --- the player ----------------------------------------------------------------------------------------


def test_a_small_clip_is_embedded():
    shown = media.video(clip(64, 48))
    html = shown._repr_html_()
    assert shown.embed
    assert 'type="video/mp4"' in html
    assert base64.b64decode(re.search(r"base64,([^\"]+)", html)[1]) == clip(64, 48).read_bytes()
    assert not Path("seedance_media").exists()


def test_an_embedded_webm_says_so():
    assert 'type="video/webm"' in media.video(clip(suffix="webm"))._repr_html_()


def test_a_clip_above_the_cap_is_copied_beside_the_notebook_and_linked():
    size = clip().stat().st_size
    with options.set(embed_cap=size):
        assert media.video(clip()).embed
    with options.set(embed_cap=size - 1):
        shown = media.video(clip())
    assert not shown.embed
    assert shown.url == f"seedance_media/{clip().name}"
    assert f'src="seedance_media/{clip().name}"' in shown._repr_html_()
    assert Path("seedance_media", clip().name).read_bytes() == clip().read_bytes()
    assert len(shown._repr_html_()) < 25_000


def test_embed_says_what_the_cap_does_not(linked):
    assert media.video(clip(), embed=True).embed
    with options.set(embed_cap=2**30):
        assert not media.video(clip(), embed=False).embed


def test_the_link_is_quoted_and_leads_to_the_copy(linked, tmp_path):
    path = tmp_path / 'a b#c%20"é?.mp4'
    shutil.copy(clip(), path)
    url = media.video(path).url
    assert re.fullmatch(r"seedance_media/[\w%.-]+", url, re.ASCII)
    assert Path(unquote(url)).read_bytes() == clip().read_bytes()


def test_a_second_look_copies_nothing(linked):
    first = media.video(clip())
    copy = Path(unquote(first.url))
    os.utime(copy, (1, 1))
    assert media.video(clip()).url == first.url
    assert copy.stat().st_mtime == 1
    assert len(list(Path("seedance_media").iterdir())) == 1


def test_the_copy_itself_can_be_shown(linked):
    first = media.video(clip()).url
    assert media.video(unquote(first)).url == first
    assert len(list(Path("seedance_media").iterdir())) == 1


def test_different_clips_of_one_name_are_kept_apart(linked, tmp_path):
    urls = []
    for number, content in enumerate([clip(), clip(80, 48), clip(96, 48), clip(80, 48)]):
        path = tmp_path / str(number) / "take.mp4"
        path.parent.mkdir()
        shutil.copy(content, path)
        urls.append(media.video(path).url)
    assert urls == [f"seedance_media/take{n}.mp4" for n in ("", "-2", "-3", "-2")]
    assert Path(urls[0]).read_bytes() == clip().read_bytes()
    assert Path(urls[1]).read_bytes() == clip(80, 48).read_bytes()


def test_many_threads_make_one_whole_copy_each(linked, tmp_path):
    paths = [tmp_path / str(n) / "take.mp4" for n in range(6)]
    for n, path in enumerate(paths):
        path.parent.mkdir()
        shutil.copy(clip(64 + 16 * (n % 3), 48), path)
    urls: dict[Path, str] = {}
    threads = [threading.Thread(target=lambda p=p: urls.update({p: media.video(p).url})) for p in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 6
    assert all(Path(url).read_bytes() == path.read_bytes() for path, url in urls.items())
    assert len(list(Path("seedance_media").iterdir())) == 3


def test_a_hidden_clip_is_linked_visibly(linked, tmp_path):
    path = tmp_path / ".take.mp4"
    shutil.copy(clip(), path)
    assert media.video(path).url == "seedance_media/take.mp4"


def test_a_copy_can_be_read_like_any_new_file(linked):
    Path("other").touch()
    copy = Path(unquote(media.video(clip()).url))
    assert stat.S_IMODE(copy.stat().st_mode) == stat.S_IMODE(Path("other").stat().st_mode)


def test_a_disk_that_refuses_is_told_in_words(linked):
    Path("seedance_media").touch()  # a file is in the folder's place
    with pytest.raises(LibraryError, match=r"could not be copied to seedance_media/ beside the notebook: .*embed"):
        media.video(clip())


def test_a_copy_that_fails_halfway_leaves_nothing(linked, monkeypatch):
    def full(source, target):
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(LibraryError, match="No space left on device"):
        media.video(clip())
    assert list(Path("seedance_media").iterdir()) == []


def test_a_linked_clip_leaves_a_picture_where_it_is_missing(linked):
    assert 'poster="data:image/jpeg;base64,' in media.video(clip())._repr_html_()
    with options.set(posters=False):
        assert "poster" not in media.video(clip())._repr_html_()


@pytest.mark.parametrize(
    ("size", "asked", "shown"),
    [
        ((640, 360), {}, (480, 270)),
        ((360, 640), {}, (270, 480)),
        ((640, 360), {"width": 320}, (320, 180)),
        ((640, 360), {"height": 90}, (160, 90)),
        ((640, 360), {"width": 100, "height": 100}, (100, 100)),
    ],
)
def test_the_size_on_the_page_keeps_the_clips_shape(size, asked, shown):
    player = media.video(clip(*size), **asked)
    assert (player.width, player.height) == shown


def test_the_width_of_the_page_is_an_option():
    with options.set(width=300):
        assert media.video(clip(640, 360)).width == 300


def test_a_clip_that_cannot_be_decoded_is_left_to_the_browser(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip().read_bytes().replace(b"avc1", b"zzzz"))
    player = media.video(path)
    assert (player.width, player.height) == (480, None)


@pytest.mark.parametrize(
    ("asked", "attributes"),
    [
        ({}, "controls autoplay loop muted playsinline"),
        ({"autoplay": False, "loop": False, "muted": False}, "controls playsinline"),
        ({"controls": False}, "autoplay loop muted playsinline"),
        ({"html_attributes": "controls"}, "controls"),
    ],
)
def test_the_attributes_of_the_player(asked, attributes):
    player = media.video(clip(), **asked)
    assert player.html_attributes == attributes
    assert f"<video {attributes} " in player._repr_html_()


def test_the_options_rule_the_player():
    with options.set(autoplay=False, loop=False, muted=False):
        assert media.video(clip()).html_attributes == "controls playsinline"


def test_autoplay_mutes_unless_sound_is_asked_for():
    with options.set(muted=False):
        assert "muted" in media.video(clip(), autoplay=True).html_attributes
        assert "muted" not in media.video(clip(), autoplay=True, muted=False).html_attributes


def test_data_url():
    assert media.data_url(b"\0\xff", "image/png") == "data:image/png;base64,AP8="


def test_importing_media_imports_nothing_heavy():
    code = (
        "import sys, seedance_widgets.media; print({'av', 'numpy', 'PIL', 'IPython', 'ipywidgets'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
