"""The takes of a panel: which it has started, which it found in flight, and where each of them is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .following import Following
from .gridroom import GridRoom
from .showing import Showing

if TYPE_CHECKING:
    from .account import Account
    from .generation import Generation
    from .grid import Grid
    from .guard import Guard
    from .panel import Panel
    from .remedies import Remedies
    from .stage import Stage
    from .takes import Strip


class Watching:
    """Follows takes, and brings each to its place: the stage, the strip, the grid.

    Parameters
    ----------
    panel : Panel
        Whose takes they are.
    guard : Guard
        Runs the callbacks.
    account : Account
        The Studio in use.
    stage, strip : Stage, Strip
        Where takes are shown, large and small.
    remedies : Remedies
        Speaks of what went wrong with them.
    tell : callable
        Brings the rest of the panel up to date.
    """

    def __init__(
        self,
        panel: Panel,
        guard: Guard,
        account: Account,
        stage: Stage,
        strip: Strip,
        *,
        remedies: Remedies,
        tell: Callable[[], object],
    ) -> None:
        self._account, self._strip, self._remedies, self._tell = account, strip, remedies, tell
        self.following = Following(guard, self._heard, tell)
        self.showing = Showing(stage, strip, guard)
        self.room = GridRoom(panel, guard, self._came)
        self.mine: list[Generation] = []
        self._earlier: list[Generation] = []

    @property
    def shown_seed(self) -> int | None:
        """The seed of the take that is shown large, if any."""
        return None if self.showing.current is None else self.showing.current.seed

    def pick_up_earlier(self) -> None:
        """Follow also what the Studio is watching from earlier; what was never sent waits for a person."""
        sent = [generation for generation in self._account.studio.runner.watched if generation.status != "planned"]
        self._earlier = [generation for generation in sent if generation not in self.mine]
        if self._earlier:
            self._strip.add(self._earlier)
            self.following.add(self._earlier)

    def show_one(self, generation: Generation) -> None:
        """Show a take that was started on the stage, from now on."""
        self.showing.follow_newest = True
        self._take_in([generation])
        if generation.status == "completed":
            self.showing.finished(generation)
        self._tell()

    def show_several(self, grid: Grid) -> None:
        """Show takes that were started, or are asked about, side by side."""
        self.room.show(grid)

    def bring_back(self, generation: Generation) -> None:
        """Show an earlier take large, and leave it there."""
        self.showing.follow_newest = False
        self._remedies.hush()
        self._remedies.speak_of(generation)
        self.showing.bring(generation)
        self._tell()

    def tell_earlier(self) -> None:
        """Say above the strip how many takes from earlier are unfinished."""
        count = sum(not generation.done for generation in self._earlier)
        words = "take from earlier is" if count == 1 else "takes from earlier are"
        self._strip.say(f"{count} unfinished {words} being watched" if count else "")

    def close(self) -> None:
        """Follow nothing any more."""
        self.following.close()
        self.showing.close()
        self.room.close()

    def _came(self, takes: list[Generation]) -> None:
        """Take in what the grid holds now."""
        new = [take for take in takes if take not in self.mine]
        if new:
            self.showing.leave_aside(new)
            self._take_in(new)
            self._tell()

    def _take_in(self, generations: list[Generation]) -> None:
        """Follow these; the troubles of earlier ones have been seen."""
        self._remedies.seen(self.following.takes)
        for generation in generations:
            self._remedies.speak_of(generation)
        self.mine += [generation for generation in generations if generation not in self.mine]
        self._strip.add(generations)
        self.following.add(generations)

    def _heard(self, generation: Generation, name: str) -> None:
        """A generation has changed; on the dispatch thread."""
        self.showing.changed(generation)
        if name == "status" and generation.status == "completed":
            self.showing.finished(generation)
        if name == "usd" or (name == "status" and generation.done):
            self._account.ledger.charged()
        self._tell()
