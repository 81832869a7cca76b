from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from clips import clip

from seedance_widgets.captions import caption, card_html, poster_html, still
from seedance_widgets.controls import control_for
from seedance_widgets.controls.exact import Desk
from seedance_widgets.controls.kit import Kit
from seedance_widgets.errors import GenerationFailed, LibraryError
from seedance_widgets.generation import Generation
from seedance_widgets.media import Clip
from seedance_widgets.progress import Progress
from seedance_widgets.stage import usual_ratio
from seedance_widgets.status import bar_html, duration, status_text
from seedance_widgets.takes import MOST_CARDS, Strip, save_clip
from seedance_widgets.tickets import Ticket
from seedance_widgets.trouble import TITLES, trouble

WHOLE = Clip(1248, 704, 24.0, 5.04, 121, 1_000_000, False)


def take(status: str = "completed", *, prompt: str = "a dragon", seed: int | None = 7, **facts: Any) -> Generation:
    """A generation as the library would make it, without one."""
    start = facts.pop("sending_at", 100.0)
    simulated = facts.pop("simulated", False)
    ticket = Ticket(
        key=facts.pop("key", "k" * 32),
        model="vendor/model",
        request={"prompt": prompt},
        base_url="http://127.0.0.1:9",
        create_path="/",
        retrieve_path="/",
        prompt=prompt,
        seed=seed,
        created_at=100.0,
        simulated=simulated,
    )
    return Generation(ticket, status=status, sending_at=start, ended_at=142.0, **facts)


@pytest.fixture
def kit() -> Kit:
    return Kit(Desk(), control_for)


# -- words -------------------------------------------------------------------------------------------


def test_a_caption_says_what_the_file_is_and_what_it_cost() -> None:
    text = caption(take(clip=WHOLE, usd=1.0, credits=2_000_000.0))
    assert text == "seed 7 · 1248×704 · 5.0 s · $1.00 · took 42 s"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"usd": 0.0}, "$0.00"),
        ({"usd": 0.0004}, "$0.0004"),
        ({"credits": 1_234_567.0}, "1,234,567 credits"),
        ({"usd": 0.5, "simulated": True}, "$0.50 (simulated)"),
    ],
)
def test_a_price_is_said_as_far_as_it_is_known(facts: dict[str, Any], words: str) -> None:
    assert f" · {words} · " in caption(take(**facts))


def test_a_take_without_seed_or_clip_has_a_caption_too() -> None:
    assert caption(take("error", seed=None, key="abcdef0123")) == "take abcdef · error"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (42.4, "42 s"), (99.6, "1 min 40 s"), (185.0, "3 min 05 s")]
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def watched(status: str, elapsed: float = 23.0, left: float | None = None, detail: str = "") -> Any:
    fraction = None if left is None else elapsed / (elapsed + left)
    return SimpleNamespace(
        status=status,
        done=status in ("completed", "error", "stopped", "unconfirmed"),
        detail=detail,
        elapsed=elapsed,
        progress=lambda: Progress(elapsed, left, fraction),
    )


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        ([], "ready"),
        ([watched("queued", 3.0)], "queued · 3 s"),
        ([watched("generating", 23.0, 20.0)], "generating · 23 s · about 20 s left"),
        ([watched("submitting", detail="looking for the answer")], "sending · 23 s · looking for the answer"),
        ([watched("completed", 42.0)], "completed in 42 s"),
        ([watched("stopped", 12.0)], "stopped after 12 s"),
        ([watched("completed"), watched("generating"), watched("generating")], "2 generating · 1 done"),
        ([watched("generating", 5.0, 10.0), watched("queued", 5.0, 30.0)], "1 queued · 1 generating · about 30 s left"),
        ([watched("generating", 5.0, 10.0), watched("queued", 5.0)], "1 queued · 1 generating"),
        ([watched("completed"), watched("error"), watched("completed")], "2 completed · 1 error"),
    ],
)
def test_what_is_going_on_is_one_line(batch: list[Any], words: str) -> None:
    assert status_text(batch) == words


def test_the_bar_never_makes_up_a_length() -> None:
    assert "role" not in bar_html([watched("completed")])
    assert "width" not in bar_html([watched("generating")])
    assert 'aria-valuenow="25"' in bar_html([watched("generating", 10.0, 30.0)])
    assert 'aria-valuenow="75"' in bar_html([watched("completed"), watched("generating", 10.0, 10.0)])


# -- troubles ----------------------------------------------------------------------------------------


def failed(name: str, message: str = "Because.", **facts: Any) -> Generation:
    return take("error", error={"name": name, "message": message}, **facts)


def test_nothing_is_wrong_with_what_goes_well() -> None:
    assert trouble(take()) is None
    assert trouble(take("generating")) is None


@pytest.mark.parametrize("name", sorted(TITLES))
def test_every_error_has_its_words_and_what_created_nothing_can_be_tried_again(name: str) -> None:
    found = trouble(failed(name))
    assert found is not None
    assert found.title == TITLES[name]
    assert "Because." in found.text
    assert "retry" in found.offers
    assert "retry" not in trouble(failed(name, id="cgt-1")).offers


@pytest.mark.parametrize(
    ("generation", "withdrawn", "offers"),
    [
        (take("unconfirmed", error={"name": "Unconfirmed", "message": "Lost."}), False, ("look", "again")),
        (take("stopped", id="cgt-1"), False, ("resume",)),
        (take("stopped", id="cgt-1", error={"name": "LibraryError", "message": "Full."}), False, ("resume",)),
        (failed("AuthenticationError"), False, ("key", "retry")),
        (failed("ApiError", "Such a model was withdrawn."), False, ("successor", "retry")),
        (failed("ApiError"), True, ("successor", "retry")),
        (failed("ApiError"), False, ("retry",)),
        (failed("ContentPolicy", id="cgt-1"), True, ()),
        (take("generating", id="cgt-1", detail="watching is paused: the key"), False, ("key",)),
    ],
)
def test_what_a_person_can_do(generation: Generation, withdrawn: bool, offers: tuple[str, ...]) -> None:
    found = trouble(generation, withdrawn=withdrawn)
    assert found is not None
    assert found.offers == offers


# -- pictures ----------------------------------------------------------------------------------------


def test_a_still_is_small_and_no_clip_has_none(tmp_path: Path) -> None:
    picture = still(take(paths=(clip(320, 240, picture="noise"),)))
    assert picture.startswith(b"\xff\xd8")
    assert len(picture) <= 15_000
    assert still(take()) == b""
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing")
    assert still(take(paths=(broken,))) == b""


def test_what_comes_from_outside_is_text() -> None:
    html = card_html(take(prompt="<img src=x onerror=alert(1)>"), b"picture")
    assert "<img src=x" not in html
    assert 'alt="&quot;&gt;"' in poster_html(b"picture", '">')
    assert poster_html(b"", "nothing") == ""


@pytest.mark.parametrize(
    ("size", "ratio"), [((1248, 704), (16, 9)), ((960, 416), (21, 9)), ((480, 864), (9, 16)), ((500, 400), (500, 400))]
)
def test_a_frame_has_the_usual_shape_that_it_nearly_has(size: tuple[int, int], ratio: tuple[int, int]) -> None:
    assert usual_ratio(*size) == ratio


# -- saving ------------------------------------------------------------------------------------------


def test_saved_clips_have_telling_names_and_overwrite_nothing(tmp_path: Path) -> None:
    generation = take(prompt="../A Dragon, above: the tallest/tower!", paths=(clip(), clip(48, 64)))
    first, second = save_clip(generation, tmp_path)
    assert first.name == "seedance-a-dragon-above-the-tallest-tower-seed-7.mp4"
    assert second.name == "seedance-a-dragon-above-the-tallest-tower-seed-7-2.mp4"
    assert second.read_bytes() == clip(48, 64).read_bytes()
    assert save_clip(generation, tmp_path)[0].name.endswith("seed-7-3.mp4")
    assert len(list(tmp_path.iterdir())) == 4


def test_a_save_that_fails_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="safe in the library"):
        save_clip(take(paths=(clip(),)), tmp_path / "nowhere")
    with pytest.raises(GenerationFailed):
        save_clip(take("error"), tmp_path)
    gone = tmp_path / "gone.mp4"
    shutil.copyfile(clip(), gone)
    generation = take(paths=(gone,))
    gone.unlink()
    with pytest.raises(LibraryError):
        save_clip(generation, tmp_path)
    assert list(tmp_path.iterdir()) == []


# -- the strip ---------------------------------------------------------------------------------------


def test_the_strip_shows_the_newest_first_and_each_once(kit: Kit) -> None:
    strip = Strip(kit, lambda _generation: None)
    one, two = take(seed=1), take(seed=2)
    strip.add([one])
    strip.add([one, two])
    assert [card.button.description for card in strip.cards] == ["seed 2", "seed 1"]
    strip.mark(one)
    assert [card.current for card in strip.cards] == [False, True]


def test_the_strip_forgets_the_oldest_and_closes_their_cards(kit: Kit) -> None:
    strip = Strip(kit, lambda _generation: None)
    strip.add([take(seed=0)])
    oldest = strip.cards[0]
    strip.add([take(seed=seed) for seed in range(1, MOST_CARDS + 1)])
    assert len(strip.cards) == MOST_CARDS
    assert oldest not in strip.cards
    assert oldest.comm is None
    assert oldest.button.comm is None


def test_a_card_shows_the_status_until_there_is_a_picture(kit: Kit) -> None:
    pressed: list[Generation] = []
    strip = Strip(kit, pressed.append)
    generation = take("queued")
    strip.add([generation])
    card = strip.cards[0]
    assert "queued" in card.children[0].value
    strip.update(generation, picture=b"jpeg")
    assert "<img" in card.children[0].value
    card.button.click()
    assert pressed == [generation]
