"""Which take is shown large: the newest, until a person picks another one from the strip."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from .captions import name_of, still
from .differences import Differences, differences
from .stage import EMPTY, player
from .status import word
from .threads import Workers
from .variations import VariationError, read_variations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .form import RequestForm
    from .generation import Generation
    from .guard import Guard
    from .stage import Stage
    from .takes import Strip

Ratio = tuple[float, float]


class Showing:
    """Brings takes on the stage, and keeps the strip beside it.

    Clips are read and pictures made on a thread of its own: neither the kernel's main thread nor the runner's
    dispatch waits for them.

    Parameters
    ----------
    stage, strip : Stage, Strip
        Where takes are shown, large and small.
    guard : Guard
        Runs what is done on the thread.
    """

    def __init__(self, stage: Stage, strip: Strip, guard: Guard) -> None:
        self._stage, self._strip = stage, strip
        self._shown = guard(self._show)
        self._pictured = guard(strip.update)
        self._failed = guard(self._fail)
        self._workers = Workers("seedance-panel", 1)
        self._closed = False
        self.current: Generation | None = None
        self._number = 0
        self._form: RequestForm | None = None
        stage.turn = self._turn
        self.follow_newest = True
        self._aside: set[str] = set()

    def leave_aside(self, generations: Iterable[Generation]) -> None:
        """Let these not take the stage from another one by themselves: they are shown elsewhere too."""
        self._aside |= {generation.key for generation in generations}

    def bring(self, generation: Generation) -> None:
        """Show a take large: its clip, or what it is at."""
        self.current, self._number = generation, 0
        self._strip.mark(generation)
        if generation.status == "completed":
            self._workers.submit(lambda: self._load(generation, 0))
        else:
            self._stage.wait(stage_words(generation))

    def finished(self, generation: Generation) -> None:
        """Take in that a clip has come."""
        wanted = self.current is None if generation.key in self._aside else self.follow_newest
        if wanted or generation is self.current:
            self.bring(generation)
        self._workers.submit(lambda: self._develop(generation))

    def changed(self, generation: Generation) -> None:
        """Take in that something else about a take is new."""
        self._strip.update(generation)
        if generation is self._stage.generation:
            self._stage.update(clip_note(generation))

    def tell(self, batch: Sequence[Generation], form: RequestForm) -> None:
        """Say in the room of the clip what comes, while there is none; else what the form holds that it does not.

        Parameters
        ----------
        batch : sequence of Generation
            What was started last.
        form : RequestForm
            Says for which shape to keep room.
        """
        self._form = form
        self._compare()
        coming = [generation for generation in batch if generation.key not in self._aside]
        awaited = coming[-1] if coming and self.follow_newest else self.current
        self._stage.shape(ratio_of(form), stage_words(awaited) if awaited else EMPTY)

    def close(self) -> None:
        """Show nothing any more."""
        self._closed = True
        self._workers.close()

    def _turn(self, number: int) -> None:
        """Show another clip of the same take."""
        generation = self.current
        if generation is not None:
            self._number = number
            self._workers.submit(lambda: self._load(generation, number))

    def _load(self, generation: Generation, number: int) -> None:
        try:
            output = player(generation, number)
        except Exception as error:
            self._failed(error)
            return
        self._shown(generation, output, number)

    def _show(self, generation: Generation, output: dict[str, object], number: int) -> None:
        if not self._closed and self.current is generation and self._number == number:
            self._stage.show(generation, output, clip_note(generation), number)
            self._compare()

    def _compare(self) -> None:
        """Say below the clip what has changed in the form since."""
        if self._form is not None and self._stage.generation is not None:
            self._stage.compare(form_changes(self._stage.generation, self._form))

    def _develop(self, generation: Generation) -> None:
        picture = still(generation)
        if picture and not self._closed:
            self._pictured(generation, picture=picture)

    def _fail(self, error: Exception) -> None:
        """Let the guard say it."""
        raise error


def stage_words(generation: Generation) -> str:
    """Return what stands in the place of a take's clip."""
    return f"{name_of(generation)} · {word(generation.status)}"


def clip_note(generation: Generation) -> str:
    """Return what else is to be said of a clip."""
    if generation.clip is None:
        return "its format cannot be read here; the file is in the library"
    return f"{len(generation.paths)} clips" if len(generation.paths) > 1 else ""


def form_changes(generation: Generation, form: RequestForm) -> Differences:
    """Return what has changed in a form since a take was made of it: what is short first, and long texts behind.

    A seed that is left open is no change.
    """
    model, after = form.model, {"model": form.model.id, **form.request}
    before = {"model": generation.model, **generation.request}
    prompt, seed = model.role("prompt"), model.role("seed")
    if seed is not None and after.get(seed.name) in (None, -1):
        before.pop(seed.name, None)
        after.pop(seed.name, None)
    if prompt is not None and isinstance(after.get(prompt.name), str):
        with suppress(VariationError):  # which is told elsewhere
            words = read_variations(after[prompt.name])
            after[prompt.name] = words.template if words.axes else words.text()
    return Differences(sorted(differences(before, after), key=lambda each: bool(each.changes)))


def ratio_of(form: RequestForm) -> Ratio:
    """Return the shape that a form asks for; the usual one where it leaves it open."""
    role = form.model.role("aspect_ratio")
    value = form.request.get(role.name, role.default) if role else None
    found = re.fullmatch(r"\s*([1-9]\d{0,3})\s*[:x×/]\s*([1-9]\d{0,3})\s*", str(value))
    return (int(found[1]), int(found[2])) if found else (16, 9)
