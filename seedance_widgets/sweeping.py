"""The command ``sweep``: checks everything, asks where it should, makes the takes, and writes them side by side."""

from __future__ import annotations

import argparse
import shlex
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import board, history, terminal
from .batch import Batch
from .errors import ConfigError, DownloadFailed, LibraryError
from .settings import NO_KEY
from .sweepline import Order

if TYPE_CHECKING:
    from .budget import Bill
    from .studio import Studio

ASK_ABOVE_TAKES = 16
ASK_ABOVE_USD = 5.0


def run(arguments: argparse.Namespace, order: Order, line: Sequence[str]) -> int:
    """Carry out an order; return the exit code.

    Parameters
    ----------
    arguments : Namespace
        The command line as it was read.
    order : Order
        What it asks for.
    line : sequence of str
        The command line as it was typed, after the program's name: what goes on after an interrupt.

    Raises
    ------
    ConfigError
        There is no key, or it would exceed the budget, or nobody said yes; nothing was sent.
    """
    with _studio(arguments, order) as studio:
        if not studio.client.has_key:
            raise ConfigError(f"{NO_KEY} Here: --simulate.")
        if not _agreed(studio, order, arguments):
            print("Nothing was sent.")
            return 0
        with terminal.until_told() as told:
            batch = Batch.started(studio, order.plan, again=arguments.again, tell=_Telling(told))
            return _carry_out(batch, order, told, goes_on(line, order, arguments.simulate))


def _studio(arguments: argparse.Namespace, order: Order) -> Studio:
    from .studio import Studio

    options: dict[str, Any] = {
        "model": order.models[0],
        "library": arguments.library,
        "timeout": arguments.timeout,
        "budget_usd": arguments.budget,
        "resume": False,
    }
    if arguments.interval is not None:
        options["poll_interval"] = arguments.interval
    if arguments.simulate:
        return Studio.simulated(models=order.models, speed=arguments.speed, **options)
    return Studio(**options)


# Asking ---------------------------------------------------------------------------------------------------------


def _agreed(studio: Studio, order: Order, arguments: argparse.Namespace) -> bool:
    """Check the budget, say what it will be, and ask where it is much."""
    if order.plan.remark:
        print(f"In the prompt, {order.plan.remark}.")
    bill = studio.bill(order.plan.requests, again=arguments.again, ask=True)
    studio.purse.check(bill)
    if studio.is_simulated:
        here = f", {bill.takes - bill.new} of them here already" if bill.new < bill.takes else ""
        print(f"{bill.takes} take{'s' * (bill.takes != 1)}{here}; simulated: nothing is charged")
        return True
    print(bill.words, flush=True)
    if arguments.yes or not _is_much(bill, arguments.budget):
        return True
    if not sys.stdin.isatty():
        raise ConfigError(
            f"{bill.words}: more than {ASK_ABOVE_TAKES} takes or ${ASK_ABOVE_USD:.0f} are sent without a "
            "question only with --yes, or with a --budget that covers all of it. Nothing was sent."
        )
    return input("Start? [y/N] ").strip().lower() in ("y", "yes")


def _is_much(bill: Bill, budget: float | None) -> bool:
    """Whether a person should be asked; one who named a sum that covers everything was."""
    if budget is not None and not bill.unpriced:
        return False
    return bill.new > ASK_ABOVE_TAKES or bill.usd > ASK_ABOVE_USD


# Making and writing ---------------------------------------------------------------------------------------------


def _carry_out(batch: Batch, order: Order, told: threading.Event, way_on: str) -> int:
    labels = {
        take.key: board.label(cell.values)
        for cell, take in zip(batch.sweep.cells, batch.places, strict=True)
        if take is not None
    }
    progress = history.Progress(batch.generations, labels)
    if not progress.run(told):
        _say_interrupted(batch, way_on)
        return 130
    code = 0 if all(take.status == "completed" for take in batch.generations) else 1
    try:
        return max([code, *(_write(batch, path) for path in order.outputs)])
    except _Interrupted:
        _say_interrupted(batch, way_on)
        return 130


def _write(batch: Batch, path: str) -> int:
    """Write one file; return 1 where it cannot be: the clips are in the library, and the others are written."""
    try:
        written = batch.save(path)
    except (ConfigError, DownloadFailed, LibraryError) as error:
        terminal.say(terminal.plain(f"{path} was not written: {error}"), sys.stderr)
        return 1
    terminal.say(f"written: {written}")
    return 0


class _Interrupted(Exception):
    """The person has had enough while a file was being written."""


class _Telling:
    """Shows how far a file is, and ends its writing when told to.

    Parameters
    ----------
    told : Event
        Set when the command shall end.
    """

    def __init__(self, told: threading.Event) -> None:
        self._told = told

    def __call__(self, words: str, fraction: float | None) -> None:
        if words and self._told.is_set():
            raise _Interrupted
        if words:
            terminal.in_place(f"{terminal.bar(fraction or 0.0)} {words}")


def goes_on(line: Sequence[str], order: Order, simulate: bool) -> str:
    """Say which command line makes what is missing, and pays for none twice: the same, with the seeds that were drawn.

    Parameters
    ----------
    line : sequence of str
        The command line as it was typed, after the program's name.
    order : Order
        What it asks for.
    simulate : bool
        Whether on the simulator, which ends with the command.
    """
    again, seeds = _saying(line, ["--again"]), _seeds(order)
    role = order.models[0].role("seed")
    if order.drawn and role is not None and seeds:
        names = {"seed", role.name, role.name.replace("_", "-")}
        again = _saying(again, ["--seeds", *(f"--{name}" for name in names)], role.name)
        end = again.index("--") if "--" in again else len(again)
        again[end:end] = [f"--{role.name}", ",".join(map(str, seeds))]
    said = f"This goes on, and makes only what is missing:\nseedance-widgets {shlex.join(again)}"
    if order.drawn and not seeds:
        said = "The same line would draw other seeds, and so make all of them again."
    watch = "" if simulate else "\nOr watch what was sent, and send nothing: seedance-widgets resume"
    return said + watch


def _seeds(order: Order) -> list[int]:
    """Return the seeds that one option can name for all models; empty where they differ, or one has none."""
    made = [[each.seed for each in order.plan.requests if each.model.id == model.id] for model in order.models]
    seeds = {tuple(dict.fromkeys(each)) for each in made if each}
    alike = seeds.pop() if len(seeds) == 1 else ()
    return [seed for seed in alike if seed is not None]


def _saying(line: Sequence[str], unwanted: Sequence[str], field: str = "") -> list[str]:
    """Return a command line without these options and their values, nor what sets the field; behind ``--`` is text."""
    kept, left = list[str](), list(line)
    while left and left[0] != "--":
        option, mark, value = left[0].partition("=")
        valued = option == "--set" or (option in unwanted and option != "--again")
        number = 2 if valued and not mark else 1
        value = value if mark else "".join(left[1:2])
        sets = option == "--set" and field and value.partition("=")[0].strip() == field
        kept += [] if option in unwanted or sets else left[:number]
        left = left[number:]
    return [*kept, *left]


def _say_interrupted(batch: Batch, way_on: str) -> None:
    done = sum(take.status == "completed" for take in batch.generations)
    terminal.say(
        f"Interrupted; {done} of {len(batch.generations)} completed, and nothing is lost. {way_on}", sys.stderr
    )
