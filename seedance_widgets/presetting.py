"""The presets as a box at the prompt: apply one, save the form as another, rename it, delete it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets as widgets

from .errors import LibraryError
from .fold import Fold
from .presets import Preset, applied, built_in, kept_fields
from .shelf import Shelf

HINT = "A preset sets only its own fields; prompt and seed stay."


class PresetBox(Fold):
    """The list of presets, what the marked one holds, and what can be done with it."""

    TITLE = "Presets"
    ROWS = 5
    CLASSES = ("sw-presets",)

    def _parts(self) -> tuple[widgets.Widget, ...]:
        make, guard = self._kit.make, self._guard
        self._shelf = Shelf(self._account.studio.library.path)
        self._presets: list[Preset] = []
        self.name = make(widgets.Text, "sw-search", description="Name", placeholder="of a preset of your own")
        self.apply = self._act("apply", "set its fields in the form; undo takes it back", self._apply)
        self.delete = self._act("delete", "take this preset of your own away", self._delete)
        close = self._button("close", "close this box", self._close_box)
        self.save = self._act("save the form", "keep the form's values, without prompt and seed", self._save)
        self.rename = self._act("rename", "give the marked preset this name", self._rename)
        self.list.observe(guard(lambda _change: self._marked()), "index")
        self.name.observe(guard(lambda _change: self._switch()), "value")
        ends = self._row(self.apply, self.delete, close)
        return self.list, self.words, ends, self._row(self.name, self.save, self.rename)

    def _begin(self) -> None:
        self._form.observe(self._on_model, "model")
        self._show()

    def stop(self) -> None:
        """Watch the form no more."""
        self._form.unobserve(self._on_model, "model")

    @property
    def marked(self) -> Preset | None:
        """The preset that is marked in the list."""
        index = self.list.index
        return None if index is None else self._presets[index]

    def _on_model(self, _change: object) -> None:
        self._guard(self._show)()

    def _act(self, text: str, tooltip: str, act: Callable[[], object]) -> widgets.Button:
        return self._button(text, tooltip, lambda: self._do(act))

    def _do(self, act: Callable[[], object]) -> None:
        """Do it, and say here what is wrong with it."""
        try:
            act()
        except KeyError as error:
            self._show(str(error.args[0]))
        except (ValueError, LibraryError) as error:
            self._say(f"This cannot be done: {error}" if isinstance(error, ValueError) else str(error), wrong=True)

    def _show(self, said: str = "", name: str | None = None) -> None:
        """List what there is now, with the preset of that name marked."""
        trouble = ""
        try:
            own = self._shelf.read()
        except LibraryError as error:
            own, trouble = [], str(error)
        self._presets = [*built_in(self._form.model), *own]
        names = [each.name if each.own else f"{each.name} · of this model" for each in self._presets]
        with self.list.hold_sync():
            self.list.options = tuple((text, number) for number, text in enumerate(names))
            places = [place for place, each in enumerate(self._presets) if each.own and each.name == name]
            self.list.index = places[0] if places else None
        self._say(said or trouble or HINT, wrong=bool(trouble and not said))

    def _marked(self) -> None:
        if self.marked is not None:
            self.name.value = self.marked.name if self.marked.own else ""
            self._say(self.marked.words)
        self._switch()

    def _say(self, text: str, *, wrong: bool = False) -> None:
        kind = ' class="sw-wrong" role="alert"' if wrong else ' role="status"'
        self.words.value = f"<span{kind}>{escape(text)}</span>"
        self._switch()

    def _switch(self) -> None:
        own = self.marked is not None and self.marked.own
        self.apply.disabled = self.marked is None
        self.delete.disabled = not own
        named = bool(self.name.value.strip())
        self.save.disabled = not named
        self.rename.disabled = not (own and named)

    def _apply(self) -> None:
        if self.marked is not None:
            result = applied(self.marked, self._form.model, self._form.request)
            with self._together():
                self._form.request = result.request
            self._say(result.words, wrong=bool(result.missed))

    def _save(self) -> None:
        preset = Preset(self.name.value, kept_fields(self._form.model, self._form.request))
        if not preset.fields:
            raise ValueError("the form holds nothing to keep but the prompt and the seed; set a field first")
        self._shelf.save(preset)
        self._show(f"Saved: {preset.words}.", " ".join(preset.name.split()))

    def _rename(self) -> None:
        if self.marked is not None:
            old = self.marked.name
            self._shelf.rename(old, self.name.value)
            self._show(f"{old} has another name now.", " ".join(self.name.value.split()))

    def _delete(self) -> None:
        if self.marked is not None:
            name = self.marked.name
            self._shelf.delete(name)
            self._show(f"{name} is deleted.")
