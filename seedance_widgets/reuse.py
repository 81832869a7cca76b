"""From a take back into the form: its seed, its request, the seeds beside its own, or its last frame to go on from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ConfigError
from .seeds import NEIGHBOURS
from .sources import LAST
from .variations import as_text

if TYPE_CHECKING:
    from .field import Field
    from .form import RequestForm
    from .generation import Generation
    from .guard import Guard
    from .model import Model
    from .picker import Picker
    from .remedies import Remedies
    from .sources import Sources
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
    sources : Sources
        Reads frames of takes.
    guard : Guard
        Of the panel: its lock, since a grid asks for these on a thread of its own, and its way to say what failed.
    """

    def __init__(
        self,
        form: RequestForm,
        starter: Starter,
        picker: Picker,
        remedies: Remedies,
        *,
        sources: Sources,
        guard: Guard,
    ) -> None:
        self._form, self._starter, self._picker, self._remedies = form, starter, picker, remedies
        self._sources, self._lock = sources, guard.lock
        self._came, self._failed = guard(self._continue), guard(self._fail)

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

    def last_frame(self, generation: Generation) -> None:
        """Put a take's last frame into the form, as the image that the next one begins with.

        Raises
        ------
        ConfigError
            The model that is shown takes no image, or there is no clip.
        """
        with self._lock:
            if image_field(self._form.model) is None:
                raise ConfigError(f"{self._form.model.id} takes no image: choose a model that does, then try again.")
            if not generation.paths:
                raise ConfigError("This take has no clip to go on from.")
            self._sources.read(generation, LAST, self._came, self._failed)

    def _continue(self, address: str, words: str) -> None:
        """Put the frame where the model that is shown now takes it; in a list, behind what is there."""
        field = image_field(self._form.model)
        if field is None:
            return
        value: Any = address
        if not field.takes("string"):
            there = self._form.request.get(field.name)
            kept = there if isinstance(there, list) else []
            value = [*kept[: (field.max_items or len(kept) + 1) - 1], address]
        self._form.kit.remember(address, words)
        self._form.request = {**self._form.request, field.name: value}

    def _fail(self, error: Exception) -> None:
        """Let the guard say it."""
        raise error

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


def image_field(model: Model) -> Field | None:
    """Return the field for the image that a clip begins with, else for a list of images; None where there is none."""
    return model.role("first_image") or model.role("images")
