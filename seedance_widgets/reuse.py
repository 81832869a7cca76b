"""From a take back into the form: its seed, its whole request, or its request with the seeds beside its own."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from .seeds import NEIGHBOURS
from .variations import as_text

if TYPE_CHECKING:
    from .form import RequestForm
    from .generation import Generation
    from .picker import Picker
    from .remedies import Remedies
    from .starter import Starter


class Reuse:
    """Fills the form in from takes.

    Parameters
    ----------
    form : RequestForm
        What is filled in.
    starter : Starter
        Has the "Seeds" box.
    picker : Picker
        Brings the form of the take's model.
    remedies : Remedies
        Says what cannot be done.
    lock : RLock
        Of the panel: a grid asks for these on a thread of its own.
    """

    def __init__(
        self, form: RequestForm, starter: Starter, picker: Picker, remedies: Remedies, lock: AbstractContextManager[Any]
    ) -> None:
        self._form, self._starter, self._picker, self._remedies = form, starter, picker, remedies
        self._lock = lock

    def seed(self, generation: Generation) -> None:
        """Put a take's seed into the form."""
        with self._lock:
            role = self._form.model.role("seed")
            if role is None or generation.seed is None:
                self._remedies.say("No seed", "This model has none to use.")
            else:
                self._form.request = {**self._form.request, role.name: generation.seed}
                self._starter.seeds.value = ""

    def request(self, generation: Generation, seeds: str = "") -> None:
        """Put a take's whole request into the form, and its model; `seeds` goes into the "Seeds" box."""
        with self._lock:
            self._picker.choose(generation.model, lambda: self._fill_in(generation, seeds))

    def neighbours(self, generation: Generation) -> None:
        """Put a take's request into the form, and ask for the seeds beside its own."""
        self.request(generation, NEIGHBOURS if generation.seed is not None else "")

    def _fill_in(self, generation: Generation, seeds: str) -> None:
        role = self._form.model.role("model")
        request = generation.request
        if role is not None and len(role.choices) < 2:
            request.pop(role.name, None)
        prompt = self._form.model.role("prompt")
        if prompt is not None and isinstance(request.get(prompt.name), str):
            request[prompt.name] = as_text(request[prompt.name])  # what was sent holds no words that vary
        self._form.request = request
        self._starter.seeds.value = seeds
