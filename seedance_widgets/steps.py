"""One step of one generation at a time: submit it, find its lost answer, look at it, fetch its clip.

Each step ends with what is true now in the library, and tells when the next one is due. The scheduling is the runner's.
"""

from __future__ import annotations

import time

from .bookkeeping import Journey
from .errors import LibraryError
from .submitting import Submitting

__all__ = ["Journey", "Steps"]


class Steps(Submitting):
    """Takes the step that a generation's state asks for."""

    def advance(self, journey: Journey) -> float | None:
        """Take the next step of a generation; return the seconds until the one after it, None when it is done."""
        try:
            self._save(journey)
            return None if journey.generation.done else self._advance(journey)
        except LibraryError as error:
            return self._halt(journey, error)

    def _advance(self, journey: Journey) -> float | None:
        generation = journey.generation
        if generation.status == "planned" and not journey.may_send:
            return None
        if journey.clips:
            return self._bring_home(journey)
        if (wait := self._wait_turn(journey)) > 0:
            return wait
        if generation.status == "planned":
            return self._submit(journey)
        if time.monotonic() > journey.deadline:
            return self._end(journey, "stopped", detail="not done in time; resume() watches it again", by="timeout")
        if generation.id is None:
            return self._look_up(journey)
        return self._look(journey)

    def _wait_turn(self, journey: Journey) -> float:
        """Return the seconds until it is this one's turn to ask the API anything; 0 = now."""
        now = time.monotonic()
        if journey.turn is None or self.pace.held > max(now, journey.turn):
            journey.turn = self.pace.turn(now)
        if journey.turn > now:
            return journey.turn - now
        journey.turn = None
        return 0.0
