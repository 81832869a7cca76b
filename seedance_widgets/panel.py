"""Panel: write a prompt, press Generate, watch, and the clip plays in the notebook; several seeds, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .access import host_of
from .account import Account
from .controls.kit import stylesheet
from .controls.nested import close_tree
from .form import RequestForm
from .guard import Guard
from .head import Head
from .keepsake import Keepsake, takes_html
from .light import LightBox
from .looks import join_when_filled, sheet
from .notice import Notice
from .picker import Picker
from .remedies import Remedies
from .reuse import Reuse, image_field
from .sending import Sending
from .sources import Sources
from .stage import Stage
from .starter import Starter
from .status import bar_html, status_text
from .takes import Strip, save_clip
from .tools import Tools
from .watching import Watching
from .wireroom import WireRoom

if TYPE_CHECKING:
    from .generation import Generation
    from .grid import Grid
    from .studio import Studio


class Panel(LightBox):
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
        self._guard = Guard(self._failed)
        self._kept = Keepsake(self._fallback, calm=1.0)  # it is painted first
        self._account = Account(studio, self._guard(self._tell))
        self._sources = Sources(self._account)
        self.form = RequestForm(studio.model, sources=self._sources, dressed=False)
        super().__init__(children=self._parts(), _dom_classes=("sw-panel",))
        self.form.observe(self._guard(self._form_changed), names=["request", "problems", "model"])
        with self._guard.lock:
            self._opened()

    @property
    def studio(self) -> Studio:
        """The Studio in use; a person may choose the simulator."""
        return self._account.studio

    @property
    def generations(self) -> list[Generation]:
        """What this panel has started, newest last."""
        return list(self._watching.mine)

    @property
    def grid(self) -> Grid | None:
        """The grid of several seeds that is shown; None while there is none."""
        return self._watching.room.grid

    def __repr__(self) -> str:
        where = "simulator" if self.studio.is_simulated else host_of(self.studio)
        return f"<Panel {self.form.model.id} at {where}: {self.status.value}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the live view, and for pages without a kernel pictures and captions of what was made."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle:
            bundle["text/html"] = self._fallback()
        return bundle

    def _ipython_display_(self) -> None:
        self._kept.present(self, super()._repr_mimebundle_())

    def _fallback(self) -> str:
        done = [generation for generation in self.generations if generation.status == "completed"]
        return takes_html(done[::-1], note="Run the cell again to go on: the panel needs a kernel.")

    # Parts --------------------------------------------------------------------------------------------------

    def _parts(self) -> tuple[widgets.Widget, ...]:
        kit, guard = self.form.kit, self._guard
        style = f"{sheet('panel.css')}{stylesheet()}<style>{self._kept.rule}</style>"  # the form has the last word
        model, choose, moved = (lambda: self.form.model), self.choose_model, self._moved
        self._head = Head(kit, guard, self._account, model=model, choose=choose, moved=moved, style=style)
        self.models, self.access, self.withdrawn = self._head.models, self._head.access, self._head.withdrawn
        self.finder = self._head.finder
        columns = self._left(), self._right()
        self._remedies = Remedies(
            self.notice, guard, choose_model=self.choose_model, open_access=self.access.unfold, retell=self._tell
        )
        self._watching = Watching(
            self, guard, self._account, self.stage, self.strip, remedies=self._remedies, tell=self._tell
        )
        self._picker = Picker(self._account, guard, self.tools.switch, self._remedies.mention)
        self._reuse = Reuse(self.form, self._starter, self._picker, self._remedies, sources=self._sources, guard=guard)
        self._sending = Sending(self._account, self.form, self._starter, guard, self._remedies, self._watching)
        self._wire = WireRoom(self, self._account, self.form, self._starter, guard, self._watching)
        join_when_filled(self._watching.room.box, self, before=self._wire.behind)
        return *self._head.widgets, *columns, self._wire.button

    def _left(self) -> widgets.Widget:
        make = self.form.kit.make
        starter = self._starter = Starter(
            self.form.kit, self._guard, self.form, submit=self.submit, stop=self.stop, changed=self._tell
        )
        self.generate_button, self.stop_button, self.seeds = starter.generate, starter.stop, starter.seeds
        self.money = starter.money
        self.tools = Tools(self.form.kit, self._guard, self.form, starter.seeds, self._account)
        self.status = self.form.kit.line("sw-status", value=status_text(()))
        self._bar = make(widgets.HTML, "sw-progress", value=bar_html(()))
        self.notice = Notice(self.form.kit)
        # Of a height of its own, whatever the model: what stands below the form stays where it is.
        desk = make(widgets.VBox, "sw-desk", children=(self.tools.box, self.form))
        join_when_filled(self.withdrawn, desk, before=lambda: self.tools.box)
        left = make(widgets.VBox, "sw-left", children=(desk, *starter.widgets, self.status))
        for part in (self.money, self._bar, self.notice):
            join_when_filled(part, left)
        return left

    def _right(self) -> widgets.Widget:
        actions = {
            "use this seed": ("put its seed into the form", self.use_seed),
            "use this request": ("put its whole request into the form, seed and all", self.use_request),
            "save": ("copy the clip into the notebook's folder", self.save),
        }
        going_on = (
            "use last frame",
            "put its last frame into the form: the next take begins with it",
            self.continue_from,
        )
        self.stage = Stage(self.form.kit, self._guard, actions, going_on)
        self.strip = Strip(self.form.kit, self._guard(self.bring_back))
        self.strip.join_when_filled(self.stage)
        return self.stage

    def _opened(self) -> None:
        """Show what is true at the beginning."""
        self._watching.pick_up_earlier()
        if not self._account.may_send:
            self.access.unfold()
        self._account.ledger.open()
        self._tell()

    # What a person does -------------------------------------------------------------------------------------

    def submit(self) -> list[Generation]:
        """Do what the Generate button does: send the form's request.

        Returns
        -------
        list of Generation
            What came of it; empty when nothing could be sent. The panel then says why; nothing is raised.
        """
        return self._guard(self._submit)() or []

    def _submit(self) -> list[Generation]:
        if not self._account.may_send:
            self.access.unfold()
            return []
        takes = self._sending.send()
        self._tell()
        return takes

    def stop(self) -> None:
        """Do what the Stop button does: watch nothing any more that this panel has in flight."""
        for generation in self._watching.following.live:
            generation.stop()

    def bring_back(self, generation: Generation) -> None:
        """Show an earlier take large, and leave it there."""
        self._watching.bring_back(generation)

    def use_seed(self, generation: Generation) -> None:
        """Put a take's seed into the form."""
        self.tools.step(lambda: self._reuse.seed(generation))

    def use_request(self, generation: Generation) -> None:
        """Put a take's whole request into the form, and its model."""
        self.tools.step(lambda: self._reuse.request(generation))

    def more_like(self, generation: Generation) -> None:
        """Put a take's request into the form, and ask for the seeds beside its own."""
        self.tools.step(lambda: self._reuse.neighbours(generation))

    def continue_from(self, generation: Generation) -> None:
        """Put a take's last frame into the form, as the image that the next one begins with.

        Raises
        ------
        ConfigError
            The model that is shown takes no image, or there is no clip.
        """
        self._reuse.last_frame(generation)

    def save(self, generation: Generation) -> None:
        """Copy a take's clips into the current folder, and say where they are."""
        saved = save_clip(generation)
        names = ", ".join(path.name for path in saved)
        self._remedies.say("Saved", f"{names} in {saved[0].parent}")

    def choose_model(self, model_id: str) -> None:
        """Show the fields of another model; what both share is kept. What is not here yet is fetched first."""
        self._picker.choose(model_id)

    # What happens -------------------------------------------------------------------------------------------

    def _form_changed(self, change: Any) -> None:
        if change["name"] == "model":
            self._picker.keep(change["new"])
        self._tell()

    def _moved(self) -> None:
        """The person has set a key, or gone to the simulator or back."""
        self._remedies.hush()
        self._watching.pick_up_earlier()
        self._account.ledger.open()
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
        self.tools.note()
        following, showing = self._watching.following, self._watching.showing
        ready = self._account.may_send or following.batch
        self.status.value = status_text(following.batch) if ready else "no API key yet"
        self._bar.value = bar_html(following.batch)
        self._head.tell(following.batch)
        self._starter.tell(self._account, self._watching.shown_seed, live=bool(following.live))
        self._remedies.tell(showing.current, following.takes, self.form.model)
        self.stage.withhold(image_field(self.form.model) is None)
        showing.tell(following.batch, self.form)
        self._watching.tell_earlier()
        self._wire.tell()
        self._kept.refresh([(take.key, take.rating) for take in self.generations if take.status == "completed"])

    def close(self) -> None:
        """Close the widgets and follow nothing any more; what is in flight goes on in the Studio."""
        if self._closed:
            return
        self._closed = True
        self._watching.close()
        self._picker.close()
        self.tools.close_box()
        self._sources.close()
        self._head.close()
        self._account.close()
        for child in self.children:
            close_tree(child)  # of the form too: its own close is idempotent
        super().close()
