"""The command line of ``sweep``: its options, a model's fields as options, and what a person asked for with them."""

from __future__ import annotations

import argparse
import difflib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import terminal
from .axes import AxisError
from .catalogue import Catalogue
from .client import Client
from .errors import ConfigError, Problem, RequestInvalid
from .model import DEFAULT_MODEL, Field, Model, load_model, models
from .roles import ROLES
from .settings import find_home
from .sweep import Sweep, plan_sweep
from .typed import typed_value, typed_values

_FIELD = "field:"  # before a field's name in the namespace, where our own options have theirs
_EXAMPLES = """examples:
  seedance-widgets sweep "a lighthouse in a storm" --seed 1-4 -o compare.html --simulate
  seedance-widgets sweep "a dragon" "a phoenix" --seed 1,2 --resolution 480p,720p -o sheet.png -o takes/

Running the same line again starts only what is missing. Ctrl-C loses nothing: what was sent stays in the library.
exit codes: 0 all completed; 1 some ended without a clip; 2 asked wrongly or not set up, and nothing was sent;
130 interrupted"""


@dataclass(frozen=True)
class Order:
    """What a command line asks for.

    Attributes
    ----------
    models : list of Model
        Several are an axis.
    plan : Sweep
        What is to be made; every request in it is valid.
    outputs : list of str
        The files to write, each of a kind that can be written.
    drawn : bool
        Whether seeds were drawn, so that the same line would ask for others.
    """

    models: list[Model]
    plan: Sweep
    outputs: list[str]
    drawn: bool


def options(parser: argparse.ArgumentParser, known: Sequence[Model]) -> None:
    """Add the options of the command, and the fields of the models that are known already."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    parser.description = "Makes one take of every combination, waits for them, and writes them side by side."
    parser.add_argument("prompt", nargs="*", help="what is to be seen; several are an axis")
    _own_options(parser)
    if known:
        title = f"fields of {terminal.line(', '.join(model.id for model in known))} (several values are an axis)"
        group = parser.add_argument_group(title)
        for field, spellings in _spellings(known, set(parser._option_string_actions)):
            group.add_argument(*spellings, dest=_FIELD + field.name, action="append", metavar=_metavar(field))
            group._group_actions[-1].help = _help(field)


def _own_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="PATH",
        help="what to write when all are done: a page "
        "x.html, a clip x.mp4, a contact sheet x.png, x.gif, or a folder/; may be given several times",
    )
    add(
        "--model",
        action="append",
        metavar="ID",
        help=f"an id of the API's list, a file or an address of a document; "
        f"several are an axis; default {DEFAULT_MODEL}. With --help, its fields are listed",
    )
    add("--seeds", type=int, metavar="N", help="so many different random seeds")
    add("--set", action="append", default=[], metavar="FIELD=VALUE", help="any field, also one whose name is taken")
    add(
        "--skip",
        action="append",
        default=[],
        metavar="FIELD=VALUE,…",
        help="a combination to leave out, such as resolution=1080p,seed=3; may be given several times",
    )
    add("--again", action="store_true", help="make, and pay for, also what the library has already")
    add("--yes", action="store_true", help="do not ask, however many they are or whatever they cost")
    add("--budget", type=float, metavar="USD", help="refuse what would cost more")
    add("--simulate", action="store_true", help="on the built-in simulator: no key, no cost, a library of its own")
    add("--speed", type=float, default=6.0, help="the simulator's; 1 is the real service's pace; default %(default)g")
    add("--library", type=Path, help="the folder; default SEEDANCE_HOME, else the user's data folder")
    add("--timeout", type=float, default=1800.0, help="seconds to watch each; default %(default)g")
    add("--interval", type=float, help="seconds between two looks at one; without it, as it is needed")


def models_of(arguments: Sequence[str]) -> list[Model]:
    """Return the models that a command line names; the default one where it names none.

    Raises
    ------
    ConfigError, DocumentError
        Nobody knows such a model, or its document cannot be read.
    """
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--model", action="append")
    first.add_argument("--library", type=Path)
    asked, _ = first.parse_known_args(arguments)
    sources = asked.model or [DEFAULT_MODEL]
    if all(source in models() for source in sources):
        return [load_model(source) for source in sources]
    client = Client()  # the list of models needs no key
    try:
        catalogue = Catalogue(client, find_home(asked.library) / "models")
        return [catalogue.load(source) for source in sources]
    finally:
        client.close()


def order(arguments: argparse.Namespace, known: list[Model]) -> Order:
    """Read what was asked for.

    Raises
    ------
    RequestInvalid
        With every problem of every field, combination and file.
    """
    problems = [_unknown(each, known) for each in arguments.more if each.startswith("-")]
    fields = _fields(arguments, known, problems)
    skip = [each for text in arguments.skip for each in _skipped(text, known, problems)]
    for path in arguments.output:
        _check_output(path, problems)
    plan = None
    try:
        plan = plan_sweep(known[0], model=known if len(known) > 1 else None, seeds=arguments.seeds, skip=skip, **fields)
    except RequestInvalid as invalid:
        problems += invalid.problems
    if plan is not None and not plan.requests:
        problems.append(Problem("--skip", "leaves out every combination, so there is nothing to make"))
    if problems or plan is None:
        raise RequestInvalid(", ".join(model.id for model in known), dict.fromkeys(problems))
    roles = [role for model in known if (role := model.role("seed")) is not None]
    return Order(known, plan, arguments.output, any(_has_blank(fields.get(role.name)) for role in roles))


def _has_blank(seed: Any) -> bool:
    """Whether a seed, or one of several, is drawn."""
    return any(each in (None, -1, "") for each in (seed if isinstance(seed, (list, tuple)) else [seed]))


# Fields ---------------------------------------------------------------------------------------------------------


def _each_field(known: Iterable[Model]) -> dict[str, Field]:
    """Return every field once, by name; the model's own name is none to choose."""
    fields: dict[str, Field] = {}
    for model in known:
        for field in model.fields:
            if field.name != "model":
                fields.setdefault(field.name, field)
    return fields


def _spellings(known: Sequence[Model], taken: set[str]) -> Iterable[tuple[Field, list[str]]]:
    """Give for each field the options that mean it: its name, with dashes, and what its role is called."""
    roles = {found.name: role for role in ROLES if (found := known[0].role(role)) is not None}
    for name, field in _each_field(known).items():
        wanted = [name, name.replace("_", "-"), *([roles[name].replace("_", "-")] if name in roles else [])]
        free = [
            each for each in dict.fromkeys(f"--{each}" for each in wanted if each.isprintable()) if each not in taken
        ]
        taken |= set(free)
        if free:
            yield field, free


def _metavar(field: Field) -> str:
    if field.takes("boolean"):
        return "true|false"
    return "TEXT" if field.takes("string") and not field.choices else "JSON" if field.takes("object") else "VALUE"


def _help(field: Field) -> str:
    sentence = terminal.line(field.description).partition(". ")[0].rstrip(".")
    parts = [sentence[:160], field.allowed, "required" if field.required else ""]
    return terminal.line("; ".join(part for part in parts if part)).replace("%", "%%")


def _fields(arguments: argparse.Namespace, known: list[Model], problems: list[Problem]) -> dict[str, Any]:
    """Return the fields that were given, by name, as values."""
    typed = {name.removeprefix(_FIELD): texts for name, texts in vars(arguments).items() if name.startswith(_FIELD)}
    typed = {name: list(texts) for name, texts in typed.items() if texts}
    role = known[0].role("prompt")
    # Options may stand before and between the prompts; argparse then hands over what it did not expect there.
    prompts = [*arguments.prompt, *(each for each in arguments.more if not each.startswith("-"))]
    if prompts:
        typed.setdefault(role.name if role else "prompt", []).extend(prompts)
    for text in arguments.set:
        name, _, value = text.partition("=")
        typed.setdefault(name.strip(), []).append(value)
    fields = _each_field(known)
    return {name: _read(name, texts, fields, problems) for name, texts in typed.items()}


def _unknown(option: str, known: list[Model]) -> Problem:
    """Say of an option that it is none, and which one was perhaps meant."""
    name = option.partition("=")[0]
    near = difflib.get_close_matches(name, [f"--{each}" for each in _each_field(known)], 1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(_each_field(known))}"
    return Problem(name, f"is no option, and no field of {known[0].id}; {hint}")


def _read(name: str, texts: Sequence[str], fields: Mapping[str, Field], problems: list[Problem]) -> Any:
    try:
        return typed_value(fields[name], texts) if name in fields else texts[0]
    except AxisError as error:
        problems.append(Problem(name, str(error)))
        return None


def _skipped(text: str, known: list[Model], problems: list[Problem]) -> list[dict[str, Any]]:
    """Return the combinations that ``field=value,field=value`` leaves out; a span stands for each of its values."""
    fields, named = _each_field(known), {}
    for part in text.split(","):
        name, mark, value = (each.strip() for each in part.partition("="))
        if not mark or (name not in fields and name != "model"):
            problems.append(Problem("--skip", f"{part.strip()!r} is no field and value, such as resolution=1080p"))
            return []
        try:
            named[name] = typed_values(fields[name], value) if name in fields else [value]
        except AxisError as error:
            problems.append(Problem("--skip", str(error)))
            return []
    return [dict(zip(named, values, strict=True)) for values in itertools.product(*named.values())]


def _check_output(path: str, problems: list[Problem]) -> None:
    from .sharing import check_kind

    try:
        check_kind(path)
    except ConfigError as error:
        problems.append(Problem("-o", str(error)))
