"""``%seedance`` and ``%%seedance``: takes asked for in a cell whose body is the prompt, and what goes with them.

::

    %load_ext seedance_widgets

    %%seedance --seed 1-4 --resolution 480p
    a {animal} in a storm at night
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from IPython.core.completer import SimpleCompletion, context_matcher
from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class

from . import completing, defaults, magicline, terminal
from .errors import RequestInvalid, SeedanceError
from .listing import Listing
from .magicwords import expand
from .model import Model, load_model, models
from .studio import Studio
from .sweep import Sweep, plan_sweep

NAME = "seedance"
COMMANDS = {
    "history": "the latest takes; with words, those whose prompt, model, note or seed holds them",
    "panel": "the panel",
    "gallery": "the whole library as a wall of posters",
    "resume": "watch again what is unfinished; sends nothing",
    "models": "the video models of the API; with words, those that hold them",
    "model": "the fields of a model, as a table",
    "simulated": "use the built-in simulator from now on: no key, no cost",
}
SIMULATE = "%seedance simulated opens the built-in simulator: no key, no cost."


@magics_class
class SeedanceMagics(Magics):
    """The magics, and what Tab offers in them.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        Where they are used.
    """

    @line_cell_magic(NAME)  # type: ignore[arg-type]
    def seedance(self, line: str, cell: str | None = None) -> Any:
        """Make takes of the prompt in the cell's body, or do what a subcommand says: see ``%seedance --help``."""
        try:
            words = line.split()
            if "--help" in words or "-h" in words or (cell is None and not words):
                print(terminal.plain(help_text(self._model(next(iter(magicline.models_of(line)), None)))))
                return None
            return self._command(words[0], words[1:]) if cell is None else self._make(line, cell)
        except SeedanceError as error:
            _refuse([str(error)])

    @property
    def _names(self) -> dict[str, Any]:
        """The notebook's variables."""
        shell: Any = self.shell
        names: dict[str, Any] = shell.user_ns
        return names

    # Takes --------------------------------------------------------------------------------------------------

    def _make(self, line: str, cell: str) -> Any:
        studio = self.studio
        asked, plan, problems = self._planned(studio, line, cell)
        if problems or plan is None:
            _refuse(problems)
        if not studio.client.has_key:
            _refuse([f"There is no API key, so nothing was sent. {SIMULATE}"])
        made = self._started(studio, plan, asked.own)
        if "--name" in asked.own:
            self._names[asked.own["--name"][-1]] = made
        return made

    def _planned(self, studio: Studio, line: str, cell: str) -> tuple[magicline.Line, Sweep | None, list[str]]:
        """Read all of the cell; with every problem, so that a person mends them at once."""
        sources: list[Any] = [*magicline.models_of(line)] or [studio.model]
        known = [studio.load_model(source) for source in sources]
        asked = magicline.read(line, known[0])
        prompt, problems = expand(cell.strip(), self._names)
        problems = [*asked.problems, *problems]
        seeds = asked.own.get("--seeds")
        fields = asked.fields | ({"model": known} if len(known) > 1 else {})
        number = int(seeds[-1]) if seeds and seeds[-1].isdecimal() else None
        try:
            plan = plan_sweep(known[0], prompt, seeds=number, **fields)
        except RequestInvalid as invalid:
            return asked, None, [*problems, *map(str, dict.fromkeys(invalid.problems))]
        return asked, plan, problems

    def _started(self, studio: Studio, plan: Sweep, own: Mapping[str, object]) -> Any:
        again = "--again" in own
        if len(plan.cells) == 1 and "--confirm" not in own:
            return studio.start(plan.requests[0], again=again)
        confirm = True if "--confirm" in own else False if "--yes" in own else None
        return studio.start_sweep(plan, again=again, confirm=confirm)

    # Subcommands --------------------------------------------------------------------------------------------

    def _command(self, name: str, words: list[str]) -> Any:
        if name not in COMMANDS:
            _refuse(
                [
                    f"{name!r} is no subcommand; there are {', '.join(COMMANDS)}. A prompt is the body of a cell "
                    "that begins with %%seedance"
                ]
            )
        command: Callable[[str], Any] = getattr(self, f"_do_{name}")
        return command(" ".join(words))

    def _do_history(self, words: str) -> Listing:
        return Listing(self.studio.library.search(words, 20))

    def _do_panel(self, words: str) -> Any:
        return self.studio.panel()

    def _do_gallery(self, words: str) -> Any:
        return self.studio.gallery(words)

    def _do_resume(self, words: str) -> Listing:
        return Listing(self.studio.resume())

    def _do_models(self, words: str) -> None:
        found = self.studio.models(words)
        lines = "\n".join(f"{entry.id}  {entry.name}".rstrip() for entry in found)
        print(terminal.plain(lines) or "There is no such model.")

    def _do_model(self, words: str) -> Model:
        return self._model(words or None)

    def _do_simulated(self, words: str) -> None:
        present = self._present()
        studio = defaults.use(present if present and present.simulator else Studio.simulated())
        print(f"The simulator is the default Studio now: no key, no cost. Takes are kept in {studio.library.path}")

    # Where --------------------------------------------------------------------------------------------------

    @property
    def studio(self) -> Studio:
        """The default Studio; where none was set, the notebook's own, if its name is ``studio``."""
        own = self._names.get("studio")
        return defaults.chosen() or (own if isinstance(own, Studio) else defaults.default())

    def _model(self, source: str | None) -> Model:
        return self.studio.load_model(source) if source else self.studio.model

    # Completion ---------------------------------------------------------------------------------------------

    def offer(self, text: str, row: int, column: int) -> completing.Offer | None:
        """Return what Tab offers at a place in a cell's text; None where it is no place of ours."""
        lines = text.split("\n")
        first = next((number for number, each in enumerate(lines) if each.strip()), 0)
        before = lines[row][:column]
        in_cell = lines[first].lstrip().startswith(f"%%{NAME}")
        if in_cell and row > first:
            return completing.variable(before, self._names)
        head, mark, rest = before.partition(f"%{NAME}")
        if not mark or head.strip() not in ("", "%") or not rest[:1].isspace():
            return None
        return completing.offer(
            rest, model=self._known_model, models=self._known_models, commands=COMMANDS, is_cell=in_cell
        )

    def _known_model(self, source: str | None) -> Model:
        """Return a model without asking anybody: Tab may not wait for a network, nor open a Studio."""
        own = self._present()
        if source in models():
            return load_model(source)
        return own.model if own else load_model()

    def _known_models(self) -> list[str]:
        own = self._present()
        return list(dict.fromkeys([*models(), *(own.catalogue.known() if own else ())]))

    def _present(self) -> Studio | None:
        own = self._names.get("studio")
        return defaults.chosen() or (own if isinstance(own, Studio) else None)


def _refuse(problems: list[str]) -> NoReturn:
    """End the cell in words, without a traceback."""
    said = [terminal.plain(problem) for problem in problems]
    if len(said) == 1:
        raise UsageError(said[0])
    raise UsageError("\n  ".join([f"{len(said)} things are wrong, and nothing was sent:", *said]))


def help_text(model: Model) -> str:
    """Return the help: subcommands, our own options, and the fields of the model as options."""
    return "\n".join(
        [
            "%%seedance [options]      the body of the cell is the prompt; {name} in it stands for a variable,",
            "                          {a|b} for words that vary, {{ and }} for braces. One take is shown as a card,",
            "                          several values (1-4, 1,2,7, 480p,720p, 1-10 (+3)) side by side.",
            "%seedance SUBCOMMAND",
            *(f"    {name:<22}{words}" for name, words in COMMANDS.items()),
            "Options",
            *(f"    {name:<22}{words}" for name, words in magicline.OWN.items()),
            f"Fields of {model.id}",
            *(f"    {'--' + field.name:<22}{_said(field)}" for field in _fields(model)),
        ]
    )


def _fields(model: Model) -> list[Any]:
    return list({field.name: field for field in magicline.spellings(model).values()}.values())


def _said(field: Any) -> str:
    sentence = " ".join(field.description.split()).partition(". ")[0].rstrip(".")
    default = "" if field.default is None else f"default {field.default}"
    return "; ".join(part for part in (sentence[:100], field.allowed, default, "required" * field.required) if part)


# Loading --------------------------------------------------------------------------------------------------------

_loaded: dict[int, Any] = {}


def load(shell: Any) -> None:
    """Make the magics known to a shell, and what Tab offers in them."""
    unload(shell)
    magics = SeedanceMagics(shell)
    shell.register_magics(magics)

    @context_matcher(identifier="seedance_widgets")  # type: ignore[untyped-decorator]
    def matcher(context: Any) -> Any:
        found = magics.offer(context.full_text, context.cursor_line, context.cursor_position)
        if found is None:
            return {"completions": []}
        offered = [SimpleCompletion(text=text, type="param") for text in found.texts]
        return {"completions": offered, "matched_fragment": found.begun, "suppress": True, "ordered": True}

    shell.Completer.custom_matchers.append(matcher)
    _loaded[id(shell)] = matcher


def unload(shell: Any) -> None:
    """Take back what `load` did."""
    matcher = _loaded.pop(id(shell), None)
    if matcher is None:
        return
    shell.Completer.custom_matchers.remove(matcher)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop(NAME, None)
