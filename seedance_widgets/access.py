"""By which key, and where to: the badge that says so, and the key box."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import ipywidgets as widgets

from .errors import ConfigError
from .light import LightBox, LightRow
from .looks import put
from .settings import KEY_VARIABLES

if TYPE_CHECKING:
    from .account import Account
    from .controls.kit import Kit
    from .guard import Guard
    from .model import Model
    from .studio import Studio


def host_of(studio: Studio) -> str:
    """Return the address that requests go to, without what goes without saying."""
    return urlsplit(studio.client.base_url).netloc


def badge_html(studio: Studio) -> str:
    """Return the words about where requests go: the simulator, at no cost, or the host."""
    if studio.is_simulated:
        title = "the built-in simulator: nothing is charged"
        return f'<span class="sw-host"><span class="sw-badge sw-free" title="{title}">simulator · no cost</span></span>'
    title = escape(f"requests go to {studio.client.base_url}", quote=True)
    return f'<span class="sw-host"><span class="sw-badge" title="{title}">{escape(host_of(studio))}</span></span>'


class KeyField(LightRow):
    """A field for the key that keeps nothing: what arrives from the page is taken out of the trait at once.

    A notebook that saves the state of its widgets would hold the key in plain text otherwise.

    Parameters
    ----------
    kit : Kit
        The looks that it shares.
    guard : Guard
        Runs the callbacks.
    use : callable
        Called with the key when the button (or Enter) is pressed.
    """

    def __init__(self, kit: Kit, guard: Guard, use: Callable[[str], object]) -> None:
        self._use = use
        self._typed = ""
        self._entered = False
        self.field = kit.make(
            widgets.Password,
            "sw-key",
            description="API key",
            placeholder="paste the key",
            continuous_update=False,
        )
        self.button = kit.make(
            widgets.Button, "sw-act", description="Use this key", tooltip="kept in this process only, never saved"
        )
        self.field.observe(guard(self._arrived), "value")
        self.field.on_msg(guard(self._message))
        self.button.on_click(guard.pressed(self._pressed))
        super().__init__(children=(self.field, self.button), _dom_classes=("sw-row", "sw-key-row"))

    def _arrived(self, change: Any) -> None:
        """Take the key out of the trait before anything else."""
        if not change["new"]:
            return
        self._typed = change["new"]
        self.field.value = ""
        change["new"] = ""
        self.field.placeholder = "key taken · press “Use this key”"
        if self._entered:
            self._pressed()

    def _message(self, _widget: object, content: Any, _buffers: object) -> None:
        """Enter says so before the value comes."""
        self._entered = isinstance(content, dict) and content.get("event") == "submit"

    def _pressed(self) -> None:
        typed, self._typed, self._entered = self._typed, "", False
        self.field.placeholder = "paste the key"
        self._use(typed)


class Access(LightBox):
    """The box about key and address: open while there is no key, and whenever the person wants it.

    Parameters
    ----------
    kit : Kit
        The looks that it shares.
    guard : Guard
        Runs the callbacks.
    account : Account
        The Studio in use.
    model : callable
        Returns the model that the form shows; the simulator is told of it.
    moved : callable
        Called when the person has changed the key or the Studio.
    """

    def __init__(
        self, kit: Kit, guard: Guard, account: Account, model: Callable[[], Model], moved: Callable[[], object]
    ) -> None:
        self._kit, self._guard, self._account = kit, guard, account
        self._model, self._moved = model, moved
        self.key: KeyField | None = None
        self.lasting: tuple[widgets.Widget, ...] = ()  # what is shown in the box, and goes on while that is shut
        super().__init__(_dom_classes=("sw-access",))

    @property
    def unfolded(self) -> bool:
        """Whether the box is open."""
        return bool(self.children)

    def unfold(self, said: str = "") -> None:
        """Show the box as it is for the Studio in use; `said` is what was wrong with a key that was tried."""
        make = self._kit.make
        words = make(widgets.HTML, "sw-words", value=words_html(self._account, said))
        rows: list[widgets.Widget] = [words]
        if self._account.takes_key:
            self.key = KeyField(self._kit, self._guard, self._use_key)
            rows.append(make(widgets.HBox, "sw-row", children=(self.key, self._other_way())))
        put(self, (*rows, *self.lasting))

    def fold(self) -> None:
        """Close the box; there is nothing in it to be kept."""
        self.key = None
        box: Any = self
        box.children = tuple(child for child in box.children if child not in self.lasting)
        put(self, ())

    def toggle(self) -> None:
        """Open the box, or close it."""
        if self.unfolded:
            self.fold()
        else:
            self.unfold()

    def _other_way(self) -> widgets.Button:
        """Make the button that leads to the simulator, or back."""
        if self._account.away:
            text, act = f"Back to {host_of(self._account.home)}", self._return_home
        else:
            text, act = "Use the simulator (no cost)", self._simulate
        button = self._kit.make(
            widgets.Button, "sw-act", description=text, tooltip="with the same panel and the same request"
        )
        button.on_click(self._guard.pressed(act))
        return button

    def _use_key(self, key: str) -> None:
        """Use a key that a person typed; what is wrong with it is said in the box."""
        if not key.strip():
            self.unfold("Paste the key into the field first.")
            return
        try:
            self._account.use_key(key)
        except ConfigError as error:
            self.unfold(str(error))
        else:
            self._settle()

    def _simulate(self) -> None:
        self._account.simulate(self._model())
        self._settle()

    def _return_home(self) -> None:
        self._account.return_home()
        self._settle()

    def _settle(self) -> None:
        if self._account.may_send:
            self.fold()
        else:
            self.unfold()
        self._moved()


def words_html(account: Account, said: str = "") -> str:
    """Return what the box says about key, address and library."""
    studio = account.studio
    wrong = f'<p class="sw-wrong" role="alert">{escape(said)}</p>' if said else ""
    library = f"<p>Takes are kept in {escape(str(studio.library.path))}</p>"
    if studio.simulator is not None:
        where = "<p>This is the built-in simulator: same answers, no key, no cost. Its clips are drawn here.</p>"
        return wrong + where + library
    host = escape(host_of(studio))
    if studio.client.has_key:
        return f"{wrong}<p>Requests go to {host} with the key of this process. It is never saved.</p>{library}"
    return (
        f"{wrong}<p><b>There is no API key.</b> Set the environment variable {KEY_VARIABLES[0]} before the kernel "
        f"starts, type the key of {host} here (it stays in this process and is never saved), or try everything with "
        "the simulator.</p>"
    )
