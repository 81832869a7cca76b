"""The Studio: puts client, library and runner together, and holds the functions that people call."""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from . import settings
from .budget import Bill, Purse
from .catalogue import Catalogue, Entry
from .chance import with_seed
from .client import Client
from .combining import Skip
from .errors import ConfigError, LibraryError
from .forgotten import end_forgotten
from .generation import Generation
from .library import Library
from .model import DEFAULT_MODEL, Model, Request, load_model
from .place import has_front_end
from .ports import Bundle
from .runner import Runner
from .sweep import Sweep, compared, plan_sweep
from .tickets import Ticket, renewed, ticket
from .variations import as_text

if TYPE_CHECKING:
    from .gallery import Gallery
    from .grid import Grid
    from .panel import Panel
    from .simulator import Simulator
    from .wire import Wire

ASK_ABOVE = 16  # takes; a grid that would make more asks first
AS_WRITTEN = "The prompt is sent as it is written, words in braces and all; studio.sweep() makes a take of each word."
SIMULATED_INTERVAL = 0.5  # seconds; the simulator has no rate limit to spare


class Studio:
    """The workbench: one account, one library, one background runner.

    Parameters
    ----------
    api_key : str, optional
        None = the environment's (``AIMLAPI_API_KEY``, ``AIML_API_KEY``, ``AIMLAPI_KEY``) or the system keyring's.
        Without any the Studio still opens: history works, sending raises ConfigError.
    base_url : str, optional
        None = ``AIMLAPI_BASE_URL``, else ``https://api.aimlapi.com``.
    library : path, optional
        A folder; None = ``SEEDANCE_HOME``, else the user's data folder.
    model : str, Model or document, optional
        What `load_model` takes; None = ``bytedance/seedance-1-0-lite-t2v``.
    poll_interval : float, optional
        Seconds between two looks at one generation; None = adaptive.
    timeout : float
        Seconds of watching a generation, from its start or resume; then it is ``stopped`` and can be resumed.
    max_requests : int
        HTTP calls at once; generations are unlimited.
    resume : bool
        Watch, from the beginning and by GET only, what this library has unfinished for this address, except what a
        person stopped.
    budget_usd : float, optional
        The most that a sweep of this Studio may spend.

    Raises
    ------
    ConfigError
        A key or an address that cannot be used, or an unknown model.
    LibraryError
        The folder cannot be used.
    """

    def __init__(
        self,
        api_key: str | None = None,
        base_url: str | None = None,
        *,
        library: str | os.PathLike[str] | None = None,
        model: Any = None,
        poll_interval: float | None = None,
        timeout: float = 1800.0,
        max_requests: int = 8,
        resume: bool = True,
        budget_usd: float | None = None,
    ) -> None:
        settings.check_numbers(poll_interval, timeout, max_requests, budget_usd)
        self.client = Client(base_url, settings.find_key(api_key), connections=max_requests)
        self.library = Library(settings.find_home(library))
        self.catalogue = Catalogue(self.client, self.library.path / "models")
        self.model = self.load_model(DEFAULT_MODEL if model is None else model)
        self.runner = Runner(
            self.client, self.library, interval=poll_interval, timeout=timeout, max_requests=max_requests
        )
        self.budget_usd = budget_usd
        self.purse = Purse(self.library, budget_usd)
        self.simulator: Simulator | None = None
        if resume:
            with suppress(LibraryError):  # a disk that refuses is met by what asks for more
                end_forgotten(self.library, self.client.base_url)
        if resume and self.client.has_key:
            self._watch_unfinished(stopped_by_person=False)

    @classmethod
    def simulated(
        cls,
        *,
        library: str | os.PathLike[str] | None = None,
        model: Any = None,
        poll_interval: float | None = SIMULATED_INTERVAL,
        timeout: float = 1800.0,
        max_requests: int = 8,
        resume: bool = True,
        budget_usd: float | None = None,
        **simulator_options: Any,
    ) -> Studio:
        """Open a Studio on the built-in simulator: no key, no cost, the same way through the code.

        Parameters
        ----------
        library, model, poll_interval, timeout, max_requests, resume, budget_usd
            As of Studio; the library is a folder of its own.
        **simulator_options
            As of `Simulator`: ``speed=1.0`` takes as long as the real API.
        """
        from .simulator import Simulator

        chosen = as_model(DEFAULT_MODEL if model is None else model)
        simulator = Simulator(**_with_model(simulator_options, chosen)).start()
        try:
            studio = cls(
                simulator.token,
                simulator.url,
                library=settings.simulated_home(library),
                model=chosen,
                poll_interval=poll_interval,
                timeout=timeout,
                max_requests=max_requests,
                resume=resume,
                budget_usd=budget_usd,
            )
        except BaseException:
            simulator.stop()
            raise
        studio.simulator = simulator
        return studio

    def __repr__(self) -> str:
        where = "simulator" if self.is_simulated else self.client.base_url
        key = "" if self.client.has_key else ", no key"
        return f"<Studio {self.model.id} at {where}{key}, library {self.library.path}>"

    @property
    def is_simulated(self) -> bool:
        """Whether this is the simulator, as far as is known: our own, or a server that says so."""
        return self.simulator is not None or "simulator" in self.client.server

    # Making -------------------------------------------------------------------------------------------------

    def generate(self, prompt: str | None = None, *, again: bool = False, **fields: Any) -> Generation:
        """Ask for one generation; returns at once, the work goes on in the background.

        Parameters
        ----------
        prompt : str, optional
            What is to be seen. It is sent exactly as it is written, also words in braces such as
            ``{dragon|phoenix}``, which `sweep` unfolds; a warning says so.
        again : bool
            False returns the generation of the same model, request and seed that is completed or in flight in
            this library; True makes, and pays for, a new one.
        **fields
            The model's other fields; ``model=`` takes another model. A blank or -1 seed becomes a random one, so
            that every take can be made again.

        Raises
        ------
        ConfigError
            There is no key.
        RequestInvalid
            With every problem; nothing was written or sent.
        """
        request = self.prepare(prompt, **fields)
        if as_text(request.prompt) != request.prompt:
            warnings.warn(AS_WRITTEN, stacklevel=2)
        return self.start(request, again=again)

    def prepare(self, prompt: str | None = None, **fields: Any) -> Request:
        """Check a request and fill in its seed; nothing is written or sent. Raises as `generate`."""
        model = self.load_model(fields.pop("model", None) or self.model)
        if prompt is not None:
            role = model.role("prompt")
            fields = {role.name if role else "prompt": prompt, **fields}
        return model.request(**with_seed(model, fields))

    def wire(self, prompt: str | Generation | None = None, **fields: Any) -> Wire:
        """Return what `generate` would send, or has sent for a take, as JSON, curl and Python; nothing is sent by it.

        Parameters
        ----------
        prompt : str or Generation, optional
            As of `generate`; or a take, whatever became of it.
        **fields
            As of `generate`.
        """
        from .wire import INTERVAL, Wire

        interval = 1.0 if self.is_simulated else INTERVAL
        if isinstance(prompt, Generation):
            kept = prompt.ticket
            return Wire(prompt.request, kept.base_url, kept.create_path, kept.retrieve_path, interval)
        request = self.prepare(prompt, **fields)
        return Wire(
            request.body, self.client.base_url, request.model.create_path, request.model.retrieve_path, interval
        )

    def start(self, request: Request, *, again: bool = False, group: str | None = None) -> Generation:
        """Write a request to the library and have it sent, or return the one it would repeat.

        Parameters
        ----------
        request : Request
            A valid request, such as `prepare` returns.
        again : bool
            True makes, and pays for, a new one in any case.
        group : str, optional
            The sweep that it belongs to.

        Raises
        ------
        ConfigError
            There is no key.
        """
        self._check_key()
        return self._begin(self._ticket(request, group), again=again)

    def repeat(self, generation: Generation) -> Generation:
        """Ask once more for what a failed generation asked for; a new one, of the same sweep."""
        self._check_key()
        return self._begin(renewed(generation.ticket, self.client.base_url, simulated=self.is_simulated))

    def _ticket(self, request: Request, group: str | None = None) -> Ticket:
        return ticket(request, self.client.base_url, simulated=self.is_simulated, group=group)

    def _begin(self, ticket: Ticket, *, again: bool = False) -> Generation:
        self.runner.check_open()
        generation, is_new = self.library.plan(ticket, again=again)
        if is_new:
            self.purse.note(generation)
        if generation.status not in ("completed", "unconfirmed"):
            self.runner.watch(generation, may_send=True)
        return generation

    # Side by side -------------------------------------------------------------------------------------------

    def sweep(
        self,
        prompt: Any = None,
        *,
        skip: Skip | None = None,
        again: bool = False,
        confirm: bool | None = None,
        **fields: Any,
    ) -> Grid:
        """Ask for one take of every combination, and show them side by side and in step.

        Parameters
        ----------
        prompt : str or list of str, optional
            Several prompts are an axis. So is each group of words in a prompt: ``a {dragon|phoenix} at {dawn|dusk}``
            makes four. ``{{dragon|phoenix}}`` is sent as ``{dragon|phoenix}``; braces without ``|`` are text.
        skip : callable, dict or list of dicts, optional
            Combinations to leave out: a function of the axes' values, or the values that they hold.
        again : bool
            False takes what this library has or has in flight already; True makes, and pays for, all of them.
        confirm : bool, optional
            Whether the grid asks before anything is sent; None = above 16 new takes, where a page can be asked.
        **fields
            The model's other fields: a list, a tuple, a range, an array, or for numbers a string such as ``"1-4"``, is
            an axis; ``seeds=4`` asks for four different random ones.

        Returns
        -------
        Grid
            A widget; the work goes on in the background.

        Raises
        ------
        ConfigError
            There is no key, nothing to make, or the budget is too small.
        RequestInvalid
            With every problem of every combination; nothing was written or sent.
        """
        if "model" in fields:
            several = isinstance(fields["model"], (list, tuple))
            asked = fields["model"] if several else [fields["model"]]
            fields["model"] = [self.load_model(each or self.model) for each in asked]
        plan = plan_sweep(self.model, prompt, skip=skip, **fields)
        if plan.remark:
            warnings.warn(f"In the prompt, {plan.remark}.", stacklevel=2)
        return self.start_sweep(plan, again=again, confirm=confirm)

    def start_sweep(self, plan: Sweep, *, again: bool = False, confirm: bool | None = None) -> Grid:
        """Start a grid of requests that is planned already, and show it; otherwise as `sweep`."""
        self._check_key()
        if not plan.requests:
            raise ConfigError("skip= leaves out every combination, so there is nothing to make.")
        from .grid import Grid

        bill = self.bill(plan.requests, again=again)
        self.purse.check(bill)
        asks = bill.new > ASK_ABOVE and has_front_end() if confirm is None else confirm
        start = partial(self.start, again=again, group=uuid4().hex)
        # By the time the question is answered, another sweep may have spent what was left.
        check = (lambda: self.purse.check(self.bill(plan.requests, again=again))) if asks else None
        return Grid(self, plan, start=start, check=check, ask=bill.words if asks else "")

    def bill(self, requests: list[Request], *, again: bool = False, ask: bool | None = None) -> Bill:
        """Price takes ahead: by earlier ones like them, else by the API's list. Nothing is written or sent.

        Parameters
        ----------
        requests : list of Request
            What would be started.
        again : bool
            Whether those that this library has already would be made anew.
        ask : bool, optional
            Whether to ask the API for its list where it is not here yet; None = where a limit hangs on it.
        """
        tickets = [self._ticket(request) for request in requests]
        many = self.budget_usd is not None or len(requests) > ASK_ABOVE if ask is None else ask
        listed = {
            ticket.likeness: self.listed_price(request, ask=many)
            for ticket, request in zip(tickets, requests, strict=True)
        }
        return self.purse.bill(tickets, again=again, listed=listed)

    def compare(self, *generations_or_keys: Generation | str) -> Grid:
        """Show takes that exist already side by side and in step.

        Parameters
        ----------
        *generations_or_keys
            Generations, their keys, or the API's ids. Where their requests differ in one field only, it is the axis.

        Raises
        ------
        ConfigError
            None was given, or something else.
        KeyError
            The library holds no generation with that key.
        """
        takes = [self.library.get(each) if isinstance(each, str) else each for each in generations_or_keys]
        if not takes or not all(isinstance(take, Generation) for take in takes):
            raise ConfigError("Give the takes to compare: generations, or their keys; of a list, compare(*takes).")
        takes = list(dict.fromkeys(takes))
        from .grid import Grid

        axes, cells = compared([(take.model, take.request) for take in takes])
        prompts = {take.prompt for take in takes}
        return Grid(self, Sweep(axes, cells, prompts.pop() if len(prompts) == 1 else ""), takes=takes)

    # The API's models ---------------------------------------------------------------------------------------

    def models(self, search: str = "") -> list[Entry]:
        """Return the API's video models whose names or descriptions hold all words; the bundled ones are always there.

        The list needs no key, is asked for once an hour, and is kept for the time without a network. What an entry's
        ``id`` names can be given to ``model=``.
        """
        return self.catalogue.search(search)

    def load_model(self, source: Any) -> Model:
        """Return a model: what `seedance_widgets.load_model` reads, and any id of the API's list."""
        return self.catalogue.load(source)

    def listed_price(self, request: Request, *, ask: bool = False) -> float | None:
        """Return what a request costs by the API's price list, in USD: see `Catalogue.price`."""
        return self.catalogue.price(request, ask=ask)

    # Watching -----------------------------------------------------------------------------------------------

    def resume(self) -> list[Generation]:
        """Watch everything unfinished again and return it; nothing is sent, so planned ones stay planned."""
        self._check_key()
        end_forgotten(self.library, self.client.base_url)
        return self._watch_unfinished(stopped_by_person=True)

    def _watch_unfinished(self, *, stopped_by_person: bool) -> list[Generation]:
        unfinished = self.library.unfinished(self.client.base_url, stopped_by_person=stopped_by_person)
        for generation in unfinished:
            self.runner.watch(generation)
        return unfinished

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is in flight; True, or False at the timeout (seconds)."""
        return self.runner.wait(timeout)

    def use_key(self, api_key: str) -> None:
        """Use another API key from now on; it is kept in this process only."""
        had_none = not self.client.has_key
        self.client.set_key(api_key)
        self.runner.hurry()
        if had_none:
            self._watch_unfinished(stopped_by_person=False)

    def close(self) -> None:
        """Stop watching, at once; what is unfinished stays so in the library. The simulator, if any, ends."""
        self.runner.close()
        self.library.close()
        self.client.close()
        if self.simulator is not None:
            self.simulator.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Showing ------------------------------------------------------------------------------------------------

    def panel(self) -> Panel:
        """Return the panel: form, Generate, status, the clip. A widget."""
        from .panel import Panel

        return Panel(self)

    def gallery(self, text: str = "", **filters: Any) -> Gallery:
        """Return the library as a wall of posters that play when one looks at them. A widget.

        Parameters
        ----------
        text : str
            Words to begin with, found in prompts, models, notes, seeds and keys.
        **filters
            What else to begin with, as of `browsing.Search`: ``stars=4``, ``when="7"``, ``order="cost"`` and so on.

        Raises
        ------
        TypeError, ValueError
            There is no such filter, or it cannot have this value.
        """
        from . import browsing
        from .gallery import Gallery

        return Gallery(self, browsing.wanted(text, **filters))

    def _check_key(self) -> None:
        if not self.client.has_key:
            raise ConfigError(settings.NO_KEY)


class _LiveCards:
    """Generations show themselves as live cards; what these need is imported when the first one is shown."""

    def present(self, generation: Generation) -> None:
        from . import card

        card.present(generation)

    def bundle(self, generation: Generation) -> Bundle:
        from . import card

        return card.bundle(generation)


Generation.view = _LiveCards()


def as_model(source: Any) -> Model:
    """Return a Model as it is, and load anything else."""
    return source if isinstance(source, Model) else load_model(source)


def _with_model(options: dict[str, Any], model: Model) -> dict[str, Any]:
    """The simulator knows the bundled models; a model of the person's own it is told."""
    return options if "models" in options else {**options, "models": [model]}
