"""Panel: write a prompt, press Generate, watch, and the clip plays in the notebook."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .access import Access, badge_html, host_of, model_picker
from .controls.nested import close_tree
from .errors import ConfigError, RequestInvalid
from .following import Following
from .form import RequestForm
from .guard import Guard
from .looks import sheet
from .model import Model, load_model
from .notice import Notice, Offer
from .remedies import offers, successor_of
from .stage import Stage, player
from .status import bar_html, status_text, word
from .studio import Studio
from .sweep import with_seed
from .takes import Strip, card_html, name_of, save_clip, still
from .threads import Workers
from .trouble import TITLES, trouble

if TYPE_CHECKING:
    from .generation import Generation


class Panel(widgets.VBox):
    """Form, Generate, status, and the clip: the workbench as one widget.

    Everything here may be used from any thread.

    Parameters
    ----------
    studio : Studio
        Where requests are sent, and takes kept.
    model : str or Model, optional
        What to begin with; None = the Studio's.

    Attributes
    ----------
    form : RequestForm
        The request.
    status : ipywidgets.Label
        Its ``value`` is what is going on, in words.
    generations : list of Generation
        What this panel has started, newest last.
    """

    def __init__(self, studio: Studio, model: Model | str | None = None) -> None:
        self.studio = self._home = studio
        self._own: list[Studio] = []
        self._closed = False
        self._mine: list[Generation] = []
        self._earlier: list[Generation] = []
        self._dismissed: set[str] = set()
        self._current: Generation | None = None
        self._about = ""
        self._follow_newest = True
        self._said: tuple[str, str, list[Offer], bool] | None = None
        self._guard = Guard(self._failed)
        self._workers = Workers("seedance-panel", 1)
        self._following = Following(self._guard, self._heard, self._tell)
        self.form = RequestForm(studio.model if model is None else model)
        super().__init__(children=self._parts(), layout=self.form.kit.layout, _dom_classes=("sw-panel",))
        self.form.observe(self._guard(self._form_changed), names=["request", "problems", "model"])
        self._opened()

    @property
    def generations(self) -> list[Generation]:
        """What this panel has started, newest last."""
        return list(self._mine)

    def __repr__(self) -> str:
        where = "simulator" if self.studio.is_simulated else host_of(self.studio)
        return f"<Panel {self.form.model.id} at {where}: {self.status.value}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the live view, and for pages without a kernel the picture and caption of the latest take."""
        bundle = super()._repr_mimebundle_(**kwargs)
        done = [generation for generation in self._mine if generation.status == "completed"]
        if bundle and done:
            card = self.strip.card(done[-1])
            bundle["text/html"] = card_html(done[-1], card.picture if card else b"")
        return bundle

    # Parts --------------------------------------------------------------------------------------------------

    def _parts(self) -> tuple[widgets.Widget, ...]:
        make = self.form.kit.make
        self.stop_button = self._button("Stop", "", self._stop, "sw-stop", disabled=True)
        self.generate_button = self._button("Generate ▶", "", self.submit, "sw-generate")
        self.status = make(widgets.Label, "sw-status")
        self._bar = make(widgets.HTML, "sw-progress", value=bar_html(()))
        self.notice = Notice(self.form.kit)
        act = make(widgets.HBox, "sw-row", "sw-act-row", children=(self.generate_button, self.stop_button))
        left = make(widgets.VBox, "sw-left", children=(self.form, act, self.status, self._bar, self.notice))
        body = make(widgets.Box, "sw-body", children=(left, self._right()))
        return (make(widgets.HTML, "sw-style", value=sheet("panel.css")), *self._head(), body)

    def _head(self) -> tuple[widgets.Widget, ...]:
        make = self.form.kit.make
        self.models = model_picker(self.form.kit, self.form.model)
        self.models.observe(self._guard(lambda change: self._choose_model(change["new"])), "value")
        self._badge = make(widgets.HTML, "sw-host")
        self.settings_button = self._button("⚙", "key, address and folder", self._toggle_access, "sw-gear")
        title = make(widgets.HTML, "sw-title", value="<b>Seedance</b>")
        row = make(widgets.HBox, "sw-head", children=(title, self.models, self._badge, self.settings_button))
        self._withdrawn = make(widgets.HBox, "sw-withdrawn")
        self.access = Access(
            self.form.kit,
            self._guard,
            use_key=self._use_key,
            use_simulator=self._use_simulator,
            use_real=lambda: self._use(self._home),
        )
        return row, self._withdrawn, self.access

    def _right(self) -> widgets.Widget:
        actions = {
            "use this seed": ("put its seed into the form", self.use_seed),
            "use this request": ("put its whole request into the form, seed and all", self.use_request),
            "save": ("copy the clip into the notebook's folder", self._save),
        }
        self.stage = Stage(self.form.kit, self._guard, actions)
        self.strip = Strip(self.form.kit, self._guard(self._chosen))
        return self.form.kit.make(widgets.VBox, "sw-right", children=(self.stage, self.strip))

    def _button(self, text: str, tooltip: str, act: Any, *classes: str, **traits: Any) -> widgets.Button:
        button = self.form.kit.make(widgets.Button, "sw-act", *classes, description=text, tooltip=tooltip, **traits)
        button.on_click(self._guard.pressed(act))
        return button

    def _opened(self) -> None:
        """Show what is true at the beginning, and what is being watched from earlier."""
        with self._guard.lock:
            self._pick_up_earlier()
            if not self._may_send:
                self.access.unfold(self.studio, self._home)
            self._tell()

    def _pick_up_earlier(self) -> None:
        sent = [generation for generation in self.studio.runner.watched if generation.status != "planned"]
        self._earlier = [generation for generation in sent if generation not in self._mine]
        if self._earlier:
            self.strip.add(self._earlier)
            self._following.add(self._earlier)

    # Sending ------------------------------------------------------------------------------------------------

    @property
    def _may_send(self) -> bool:
        return self.studio.client.has_key or self.studio.is_simulated

    def submit(self) -> list[Generation]:
        """Do what the Generate button does: send the form's request.

        Returns
        -------
        list of Generation
            What came of it; empty when nothing could be sent. The panel then says why; nothing is raised.
        """
        return self._guard(self._submit)() or []

    def _submit(self, again: bool = False) -> list[Generation]:
        self._said = None
        if not self._may_send:
            self.access.unfold(self.studio, self._home)
            return []
        self.form.reveal()
        model = self.form.model
        began = time.time()
        request = model.request(**with_seed(model, self.form.request))
        generation = self.studio.start(request, again=again)
        self._take_in(generation)
        if generation.ticket.created_at < began:
            self._tell_of_repeat(generation)
        self._tell()
        return [generation]

    def _take_in(self, generation: Generation) -> None:
        """Show a generation from now on; troubles of earlier ones were seen."""
        self._dismissed |= {each.key for each in self._following.takes if each.status in ("error", "stopped")}
        self._dismissed.discard(generation.key)
        if generation not in self._mine:
            self._mine.append(generation)
        self.strip.add([generation])
        self._following.add([generation])
        self._follow_newest = True
        if generation.status == "completed":
            self._finished(generation)

    def _tell_of_repeat(self, generation: Generation) -> None:
        """The same request with the same seed is not bought twice without being asked for."""
        how = "is here already: it is shown, and nothing was sent" if generation.done else "is in flight already"
        again = Offer(
            "make it again",
            "send it once more; it is charged once more",
            self._guard.pressed(lambda: self._submit(True)),
        )
        self._said = ("The same take", f"The same request with {name_of(generation)} {how}.", [again], False)

    def _stop(self) -> None:
        for generation in self._following.live:
            generation.stop()

    # Hearing ------------------------------------------------------------------------------------------------

    def _heard(self, generation: Generation, name: str) -> None:
        """A generation has changed; on the dispatch thread."""
        self.strip.update(generation)
        if name == "status" and generation.status == "completed":
            self._finished(generation)
        if generation is self.stage.generation:
            self.stage.update(self._clip_note(generation))
        self._tell()

    def _finished(self, generation: Generation) -> None:
        if self._follow_newest or generation is self._current:
            self._bring(generation)
        self._workers.submit(lambda: self._develop(generation))

    def _develop(self, generation: Generation) -> None:
        """Make the small picture; on a thread of our own, since it decodes the clip."""
        picture = still(generation)
        with self._guard.lock:
            if not self._closed:
                self.strip.update(generation, picture=picture)

    def _form_changed(self, change: Any) -> None:
        if change["name"] == "model":
            self._show_model(change["new"])
        self._tell()

    def _failed(self, error: Exception) -> None:
        """Say what a callback raised."""
        if self._closed:
            return
        text = str(error) if type(error).__name__ in TITLES else f"{type(error).__name__}: {error}"
        if isinstance(error, RequestInvalid):
            text = "; ".join(map(str, error.problems)) + ". Nothing was sent."
        self._said = (TITLES.get(type(error).__name__, "Something went wrong here"), text, [], True)
        self._tell()

    # Telling ------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Bring everything on the screen to what is true now; what is the same sends nothing."""
        if self._closed:
            return
        batch = self._following.batch
        self.status.value = status_text(batch) if self._may_send or batch else "no API key yet"
        self._bar.value = bar_html(batch)
        self._tell_buttons()
        self._badge.value = badge_html(self.studio)
        self._tell_withdrawn()
        self._tell_trouble()
        self._tell_stage()
        self._tell_earlier()

    def _tell_buttons(self) -> None:
        live = self._following.live
        problems = [str(problem) for problem in self.form.problems]
        why = "there is no API key yet" if not self._may_send else "; ".join(problems)
        self.generate_button.disabled = bool(why)
        self.generate_button.tooltip = f"Not yet: {why}" if why else "send this request"
        self.stop_button.disabled = not live
        self.stop_button.tooltip = (
            "stop watching; the API has no cancel and goes on" if live else "nothing is in flight"
        )

    def _tell_withdrawn(self) -> None:
        """Say calmly that the vendor lists the model as withdrawn, with the way to its successor."""
        model = self.form.model
        wanted = model.id if model.withdrawn and not self.studio.is_simulated else ""
        if wanted == self._about:
            return
        self._about = wanted
        old, self._withdrawn.children = self._withdrawn.children, self._withdrawn_parts(model) if wanted else ()
        for child in old:
            close_tree(child)

    def _withdrawn_parts(self, model: Model) -> tuple[widgets.Widget, ...]:
        since = f"The vendor lists this model as withdrawn since {model.withdrawn}; requests are likely refused."
        text = self.form.kit.make(widgets.Label, "sw-words", value=since)
        if not model.successor:
            return (text,)
        switch = self._button(
            f"switch to {model.successor}",
            "what both models share is kept",
            lambda: self._choose_model(model.successor),
        )
        return text, switch

    def _tell_trouble(self) -> None:
        """Say what is wrong: here first, then with the take that is shown, then with the newest."""
        if self._said is not None:
            title, text, acts, grave = self._said
            self.notice.show(title, text, [*acts, self._dismissal(None)], grave=grave)
            return
        order = [self._current, *reversed(self._following.takes)]
        for generation in order:
            if generation is None or generation.key in self._dismissed:
                continue
            withdrawn, successor = successor_of(generation.model, self.form.model)
            found = trouble(generation, withdrawn=withdrawn)
            if found is None:
                continue
            acts = offers(
                found,
                generation,
                self._guard,
                studio=self.studio,
                successor=successor,
                take=self._choose_model,
                open_access=self._open_access,
            )
            title = f"{found.title} ({name_of(generation)})" if len(self._following.takes) > 1 else found.title
            self.notice.show(title, found.text, [*acts, self._dismissal(generation)], grave=found.grave)
            return
        self.notice.clear()

    def _dismissal(self, generation: Generation | None) -> Offer:
        def dismiss() -> None:
            if generation is None:
                self._said = None
            else:
                self._dismissed.add(generation.key)
            self._tell()

        return Offer("dismiss", "take these words away", self._guard.pressed(dismiss))

    def _tell_stage(self) -> None:
        current = self._current
        words = "The clip appears here."
        if current is not None and current.status != "completed":
            words = f"{name_of(current)} · {word(current.status)}"
        elif self._following.live and self._follow_newest:
            words = word(self._following.live[-1].status)
        self.stage.shape(self._ratio(), words)

    def _tell_earlier(self) -> None:
        count = sum(not generation.done for generation in self._earlier)
        takes = "take" if count == 1 else "takes"
        verb = "is" if count == 1 else "are"
        self.strip.say(f"{count} unfinished {takes} from earlier {verb} being watched" if count else "")

    def _ratio(self) -> tuple[float, float]:
        """Return the shape that the form asks for; the usual one where it leaves it open."""
        role = self.form.model.role("aspect_ratio")
        value = self.form.request.get(role.name, role.default) if role else None
        found = re.fullmatch(r"\s*(\d{1,4})\s*[:x×/]\s*(\d{1,4})\s*", str(value))
        width, height = (int(found[1]), int(found[2])) if found else (16, 9)
        return (width, height) if width and height else (16, 9)

    # Takes --------------------------------------------------------------------------------------------------

    def _chosen(self, generation: Generation) -> None:
        """A person pressed a card: bring that take back, and leave it there."""
        self._follow_newest = False
        self._dismissed.discard(generation.key)
        self._said = None
        self._bring(generation)
        self._tell()

    def _bring(self, generation: Generation) -> None:
        self._current = generation
        self.strip.mark(generation)
        if generation.status == "completed":
            self._workers.submit(lambda: self._load(generation))
        else:
            self.stage.wait(word(generation.status), self._ratio())

    def _load(self, generation: Generation) -> None:
        """Read the clip and show it, if it is still wanted; on a thread of our own."""
        try:
            output = player(generation)
        except Exception as error:
            with self._guard.lock:
                self._failed(error)
            return
        with self._guard.lock:
            if not self._closed and self._current is generation:
                self.stage.show(generation, output, self._clip_note(generation))

    def _clip_note(self, generation: Generation) -> str:
        if generation.clip is None:
            return "its format cannot be read here; the file is in the library"
        return f"{len(generation.paths)} clips" if len(generation.paths) > 1 else ""

    def use_seed(self, generation: Generation) -> None:
        """Put a take's seed into the form."""
        role = self.form.model.role("seed")
        if role is None or generation.seed is None:
            self._said = ("No seed", "This model has no seed to use.", [], False)
            self._tell()
            return
        self.form.request = {**self.form.request, role.name: generation.seed}

    def use_request(self, generation: Generation) -> None:
        """Put a take's whole request into the form, and its model."""
        if generation.model != self.form.model.id:
            self._choose_model(generation.model)
        role = self.form.model.role("model")
        request = generation.request
        if role is not None and len(role.choices) < 2:
            request.pop(role.name, None)
        self.form.request = request

    def _save(self, generation: Generation) -> None:
        saved = save_clip(generation)
        names = ", ".join(path.name for path in saved)
        self._said = ("Saved", f"{names} in {saved[0].parent}", [], False)
        self._tell()

    # Model, key, address ------------------------------------------------------------------------------------

    def _choose_model(self, model_id: str) -> None:
        if model_id != self.form.model.id:
            known = self.studio.model
            self.form.set_model(known if known.id == model_id else load_model(model_id))

    def _show_model(self, model: Model) -> None:
        """Let the list of models follow the form."""
        known = [value for _, value in self.models.options]
        if model.id not in known:
            self.models.options = ((model.id, model.id), *self.models.options)
        self.models.value = model.id

    def _toggle_access(self) -> None:
        if self.access.unfolded:
            self.access.fold()
        else:
            self._open_access()

    def _open_access(self) -> None:
        self.access.unfold(self.studio, self._home)

    def _use_key(self, key: str) -> None:
        """Use a key that a person typed; what is wrong with it is said in the box."""
        if not key.strip():
            self.access.unfold(self.studio, self._home, "Paste the key into the field first.")
            return
        try:
            self._home.use_key(key)
        except ConfigError as error:
            self.access.unfold(self.studio, self._home, str(error))
            return
        self._use(self._home)

    def _use_simulator(self) -> None:
        """Go on with the built-in simulator, which keeps its takes in a folder of its own."""
        folder = self._home.library.path / "simulated"
        if not self._own:
            self._own.append(Studio.simulated(library=folder, model=self.form.model))
        self._use(self._own[0])

    def _use(self, studio: Studio) -> None:
        self.studio = studio
        self._said = None
        if self._may_send:
            self.access.fold()
        else:
            self.access.unfold(self.studio, self._home)
        self._pick_up_earlier()
        self._tell()

    # End ----------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the widgets and follow nothing any more; what is in flight goes on in the Studio."""
        if self._closed:
            return
        self._closed = True
        self._following.close()
        self._workers.close()
        for studio in self._own:
            studio.close()
        for child in self.children:
            if child is not self.form:
                close_tree(child)
        self.form.close()
        super().close()
