"""Panel: write a prompt, press Generate, watch, and the clip plays in the notebook."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .access import Access, WithdrawnLine, badge_html, host_of, model_picker
from .account import Account
from .controls.nested import close_tree
from .following import Following
from .form import RequestForm
from .guard import Guard
from .looks import sheet
from .model import Model, load_model
from .notice import Notice, Offer
from .remedies import Remedies
from .showing import Ratio, Showing
from .stage import Stage
from .status import bar_html, status_text
from .subshell import hear_at_once
from .sweep import with_seed
from .takes import Strip, card_html, name_of, save_clip

if TYPE_CHECKING:
    from .generation import Generation
    from .studio import Studio

IDLE = "nothing is in flight"


class Panel(widgets.VBox):
    """Form, Generate, status, and the clip: the workbench as one widget.

    Everything here may be used from any thread.

    Parameters
    ----------
    studio : Studio
        Where requests are sent, and takes kept.

    Attributes
    ----------
    form : RequestForm
        The request.
    status : ipywidgets.Label
        Its ``value`` is what is going on, in words.
    generations : list of Generation
        What this panel has started, newest last.
    """

    def __init__(self, studio: Studio) -> None:
        self._closed = False
        self._mine: list[Generation] = []
        self._earlier: list[Generation] = []
        self._account = Account(studio)
        self._guard = Guard(self._failed)
        self._following = Following(self._guard, self._heard, self._tell)
        self.form = RequestForm(studio.model)
        super().__init__(children=self._parts(), layout=self.form.kit.layout, _dom_classes=("sw-panel",))
        self.form.observe(self._guard(self._form_changed), names=["request", "problems", "model"])
        with self._guard.lock:
            self._opened()
        hear_at_once(self)

    @property
    def studio(self) -> Studio:
        """The Studio in use; a person may choose the simulator."""
        return self._account.studio

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
        head = self._head()
        body = make(widgets.Box, "sw-body", children=(self._left(), self._right()))
        self._showing = Showing(self.stage, self.strip, self._guard)
        self._remedies = Remedies(
            self.notice,
            self._guard,
            choose_model=self.choose_model,
            open_access=self.access.unfold,
            retell=self._tell,
        )
        return make(widgets.HTML, "sw-style", value=sheet("panel.css")), *head, body

    def _head(self) -> tuple[widgets.Widget, ...]:
        kit, guard = self.form.kit, self._guard
        self.models = model_picker(kit, self.form.model)
        self.models.observe(guard(lambda change: self.choose_model(change["new"])), "value")
        self._badge = kit.make(widgets.HTML, "sw-host", value=badge_html(self.studio))
        self.withdrawn = WithdrawnLine(kit, guard, self.choose_model)
        self.access = Access(kit, guard, self._account, lambda: self.form.model, self._moved)
        gear = self._button("⚙", "key, address and folder", self.access.toggle, "sw-gear")
        title = kit.make(widgets.HTML, "sw-title", value="<b>Seedance</b>")
        row = kit.make(widgets.HBox, "sw-head", children=(title, self.models, self._badge, gear))
        return row, self.withdrawn, self.access

    def _left(self) -> widgets.Widget:
        make = self.form.kit.make
        self.generate_button = self._button("Generate ▶", "", self.submit, "sw-generate", disabled=True)
        self.stop_button = self._button("Stop", IDLE, self.stop, "sw-stop", disabled=True)
        buttons = make(widgets.HBox, "sw-row", "sw-act-row", children=(self.generate_button, self.stop_button))
        self.status = make(widgets.Label, "sw-status")
        self._bar = make(widgets.HTML, "sw-progress", value=bar_html(()))
        self.notice = Notice(self.form.kit)
        parts = (self.form, buttons, self.status, self._bar, self.notice)
        return make(widgets.VBox, "sw-left", children=parts)

    def _right(self) -> widgets.Widget:
        actions = {
            "use this seed": ("put its seed into the form", self.use_seed),
            "use this request": ("put its whole request into the form, seed and all", self.use_request),
            "save": ("copy the clip into the notebook's folder", self.save),
        }
        self.stage = Stage(self.form.kit, self._guard, actions)
        self.strip = Strip(self.form.kit, self._guard(self.bring_back))
        return self.form.kit.make(widgets.VBox, "sw-right", children=(self.stage, self.strip))

    def _button(
        self, text: str, tooltip: str, act: Callable[[], object], *classes: str, disabled: bool = False
    ) -> widgets.Button:
        traits = {"description": text, "tooltip": tooltip, "disabled": disabled}
        button = self.form.kit.make(widgets.Button, "sw-act", *classes, **traits)
        button.on_click(self._guard.pressed(act))
        return button

    def _opened(self) -> None:
        """Show what is true at the beginning."""
        self._pick_up_earlier()
        if not self._account.may_send:
            self.access.unfold()
        self._tell()

    def _pick_up_earlier(self) -> None:
        """Follow also what the Studio is watching from earlier; what was never sent waits for a person."""
        sent = [generation for generation in self.studio.runner.watched if generation.status != "planned"]
        self._earlier = [generation for generation in sent if generation not in self._mine]
        if self._earlier:
            self.strip.add(self._earlier)
            self._following.add(self._earlier)

    # What a person does -------------------------------------------------------------------------------------

    def submit(self) -> list[Generation]:
        """Do what the Generate button does: send the form's request.

        Returns
        -------
        list of Generation
            What came of it; empty when nothing could be sent. The panel then says why; nothing is raised.
        """
        return self._guard(self._submit)() or []

    def _submit(self, again: bool = False) -> list[Generation]:
        self._remedies.hush()
        if not self._account.may_send:
            self.access.unfold()
            return []
        self.form.reveal()
        began = time.time()
        request = self.form.model.request(**with_seed(self.form.model, self.form.request))
        generation = self.studio.start(request, again=again)
        self._take_in(generation)
        if generation.ticket.created_at < began:
            self._tell_of_repeat(generation)
        self._tell()
        return [generation]

    def _take_in(self, generation: Generation) -> None:
        """Show a generation from now on; the troubles of earlier ones have been seen."""
        self._remedies.seen(self._following.takes)
        self._remedies.speak_of(generation)
        if generation not in self._mine:
            self._mine.append(generation)
        self._showing.follow_newest = True
        self.strip.add([generation])
        self._following.add([generation])
        if generation.status == "completed":
            self._showing.finished(generation)

    def _tell_of_repeat(self, generation: Generation) -> None:
        """The same request with the same seed is not bought twice without being asked for."""
        how = "is here already: it is shown, and nothing was sent" if generation.done else "is in flight already"
        again = self._guard.pressed(lambda: self._submit(again=True))
        offer = Offer("make it again", "send it once more; it is charged once more", again)
        self._remedies.say("The same take", f"The same request with {name_of(generation)} {how}.", offer)

    def stop(self) -> None:
        """Do what the Stop button does: watch nothing any more that this panel has in flight."""
        for generation in self._following.live:
            generation.stop()

    def bring_back(self, generation: Generation) -> None:
        """Show an earlier take large, and leave it there."""
        self._showing.follow_newest = False
        self._remedies.hush()
        self._remedies.speak_of(generation)
        self._showing.bring(generation)
        self._tell()

    def use_seed(self, generation: Generation) -> None:
        """Put a take's seed into the form."""
        role = self.form.model.role("seed")
        if role is None or generation.seed is None:
            self._remedies.say("No seed", "This model has none to use.")
        else:
            self.form.request = {**self.form.request, role.name: generation.seed}

    def use_request(self, generation: Generation) -> None:
        """Put a take's whole request into the form, and its model."""
        self.choose_model(generation.model)
        role = self.form.model.role("model")
        request = generation.request
        if role is not None and len(role.choices) < 2:
            request.pop(role.name, None)
        self.form.request = request

    def save(self, generation: Generation) -> None:
        """Copy a take's clips into the current folder, and say where they are."""
        saved = save_clip(generation)
        names = ", ".join(path.name for path in saved)
        self._remedies.say("Saved", f"{names} in {saved[0].parent}")

    def choose_model(self, model_id: str) -> None:
        """Show the fields of another model; what both share is kept."""
        if model_id != self.form.model.id:
            known = self.studio.model
            self.form.set_model(known if known.id == model_id else load_model(model_id))

    # What happens -------------------------------------------------------------------------------------------

    def _heard(self, generation: Generation, name: str) -> None:
        """A generation has changed; on the dispatch thread."""
        self._showing.changed(generation)
        if name == "status" and generation.status == "completed":
            self._showing.finished(generation)
        self._tell()

    def _form_changed(self, change: Any) -> None:
        if change["name"] == "model":
            self._show_model(change["new"])
            hear_at_once(self.form)  # its controls are new
        self._tell()

    def _show_model(self, model: Model) -> None:
        """Let the list of models follow the form."""
        if model.id not in [value for _, value in self.models.options]:
            self.models.options = ((model.id, model.id), *self.models.options)
        self.models.value = model.id

    def _moved(self) -> None:
        """The person has set a key, or gone to the simulator or back."""
        self._remedies.hush()
        self._pick_up_earlier()
        self._tell()

    def _failed(self, error: Exception) -> None:
        """Say what a callback raised."""
        if not self._closed:
            self._remedies.complain(error)

    # Telling ------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Bring everything on the screen to what is true now; what is the same sends nothing."""
        if self._closed:
            return
        batch = self._following.batch
        self.status.value = status_text(batch) if self._account.may_send or batch else "no API key yet"
        self._bar.value = bar_html(batch)
        self._badge.value = badge_html(self.studio)
        self._tell_buttons()
        self.withdrawn.tell(self.form.model, self.studio)
        self._remedies.tell(self._showing.current, self._following.takes, self.form.model)
        self._showing.tell(batch, self._ratio())
        self._tell_earlier()

    def _tell_buttons(self) -> None:
        """Switch the buttons, and let their tooltips say why one is off."""
        live = self._following.live
        why = "; ".join(map(str, self.form.problems))
        if not self._account.may_send:
            why = "there is no API key yet"
        self.generate_button.disabled = bool(why)
        self.generate_button.tooltip = f"Not yet: {why}" if why else "send this request"
        self.stop_button.disabled = not live
        self.stop_button.tooltip = "stop watching; the API has no cancel and goes on" if live else IDLE

    def _tell_earlier(self) -> None:
        count = sum(not generation.done for generation in self._earlier)
        words = "take from earlier is" if count == 1 else "takes from earlier are"
        self.strip.say(f"{count} unfinished {words} being watched" if count else "")

    def _ratio(self) -> Ratio:
        """Return the shape that the form asks for; the usual one where it leaves it open."""
        role = self.form.model.role("aspect_ratio")
        value = self.form.request.get(role.name, role.default) if role else None
        found = re.fullmatch(r"\s*([1-9]\d{0,3})\s*[:x×/]\s*([1-9]\d{0,3})\s*", str(value))
        return (int(found[1]), int(found[2])) if found else (16, 9)

    # End ----------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the widgets and follow nothing any more; what is in flight goes on in the Studio."""
        if self._closed:
            return
        self._closed = True
        self._following.close()
        self._showing.close()
        self._account.close()
        for child in self.children:
            close_tree(child)  # of the form too: its own close is idempotent
        super().close()
