"""The commands: ``seedance-widgets demo | sweep | simulator | list | resume | check``.

Exit codes: 0 done; 1 not everything could be completed; 2 something is not set up, or was asked wrongly;
130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import greeting, history, settings, sweepline, terminal
from .errors import SeedanceError

if TYPE_CHECKING:
    from .model import Model

PORT = 8765  # the simulator's, the same each time: addresses in notes and notebooks stay true


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code."""
    argv = sys.argv[1:] if argv is None else list(argv)
    try:
        arguments = read(argv)
        return int(arguments.run(arguments))
    except SeedanceError as error:
        print(terminal.plain(f"seedance-widgets: {error}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, head or less, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def read(argv: Sequence[str]) -> argparse.Namespace:
    """Read a command line; the fields of the models that ``sweep`` names are options of it.

    Raises
    ------
    SystemExit
        It is no command line of ours, or asks for help; what is to be said is printed.
    SeedanceError
        Nobody knows the model.
    """
    if list(argv[:1]) == ["sweep"]:
        known = sweepline.models_of(argv[1:])
        arguments, more = parser(known).parse_known_args(argv)
        arguments.line, arguments.known, arguments.more = argv, known, more
        return arguments
    return parser().parse_args(argv)


# The commands ---------------------------------------------------------------------------------------------------


def demo(arguments: argparse.Namespace) -> int:
    """Run the demo."""
    from . import demo as room

    return room.run(
        folder=arguments.folder, port=arguments.port, browser=not arguments.no_browser, speed=arguments.speed
    )


def sweep(arguments: argparse.Namespace) -> int:
    """Make the takes of a sweep, and write them side by side."""
    from . import sweeping

    return sweeping.run(arguments, sweepline.order(arguments, arguments.known), arguments.line)


def simulator(arguments: argparse.Namespace) -> int:
    """Run the simulator until told to end."""
    from .simulator import Simulator

    with (
        terminal.until_told() as told,
        Simulator(
            arguments.port,
            host=arguments.host,
            token=arguments.token,
            speed=arguments.speed,
            balance_usd=arguments.balance,
            faults=arguments.fault,
            prefix=arguments.prefix,
        ) as running,
    ):
        print(greeting.greeting(running), flush=True)
        if warning := greeting.warning(running):
            print(warning, file=sys.stderr, flush=True)
        while not told.wait(0.5):
            pass
    return 0


def list_history(arguments: argparse.Namespace) -> int:
    """Print the latest generations of the library."""
    history.show(_home(arguments), search=arguments.search, number=arguments.number, as_json=arguments.json)
    return 0


def resume(arguments: argparse.Namespace) -> int:
    """Watch what is unfinished until it is done."""
    return history.finish(settings.find_home(arguments.library), timeout=arguments.timeout, interval=arguments.interval)


def check(arguments: argparse.Namespace) -> int:
    """Check that everything in the library is there and whole."""
    from . import check as room

    return room.run(_home(arguments), named=arguments.library is not None)


def _home(arguments: argparse.Namespace) -> Path:
    return settings.simulated_home() if arguments.simulated else settings.find_home(arguments.library)


# The parser -----------------------------------------------------------------------------------------------------


def parser(known: Sequence[Model] = ()) -> argparse.ArgumentParser:
    """Return the parser of all commands; each one's function is its ``run``.

    Parameters
    ----------
    known : sequence of Model
        Whose fields are options of ``sweep``.
    """
    parser = argparse.ArgumentParser(
        prog="seedance-widgets", description="The workbench for text-to-video models inside a notebook."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _demo_options(commands.add_parser("demo", help="JupyterLab with the quickstart, simulated: no key, no cost"))
    takes = "several takes, waited for and written side by side as a page, a clip, a sheet or a folder"
    _sweep_options(commands.add_parser("sweep", help=takes, allow_abbrev=False), known)
    _simulator_options(
        commands.add_parser(
            "simulator",
            help="the API on this computer, for trying and teaching: no key, no cost",
            epilog=_faults(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )
    _list_options(commands.add_parser("list", help="the history as a table or as JSON"))
    _resume_options(commands.add_parser("resume", help="watch what is unfinished until it is done; sends nothing"))
    _check_options(commands.add_parser("check", help="whether everything in the library is there and whole"))
    return parser


def _demo_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Starts the simulator, and a JupyterLab with the quickstart notebook open. Everything in it is simulated: it "
        "knows no key of yours, so nothing can cost anything. Ctrl-C ends all of it."
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=_port, default=0, help="JupyterLab's port; without it a free one is taken")
    parser.add_argument(
        "--folder",
        default="seedance_demo",
        help="where the notebooks are copied to and everything is kept (%(default)s in the current folder); notebooks "
        "that are there already are kept as they are",
    )
    parser.add_argument("--speed", type=float, default=6.0, help="1 is the real service's pace; default %(default)g")
    parser.set_defaults(run=demo)


def _sweep_options(parser: argparse.ArgumentParser, known: Sequence[Model]) -> None:
    sweepline.options(parser, known)
    parser.set_defaults(run=sweep)


def _simulator_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Serves the API's video part on this computer: same addresses, same answers."
    parser.add_argument("--port", type=_port, default=PORT, help="default %(default)s; 0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="default %(default)s; 0.0.0.0 opens it to the network")
    parser.add_argument(
        "--token",
        default=greeting.KNOWN,
        help="the key that is accepted; default %(default)s. TOKEN:NAME is accepted too, as an account of that name",
    )
    parser.add_argument(
        "--prefix",
        default=os.environ.get(greeting.HUB_PREFIX, ""),
        help=f"the path before all addresses, behind a proxy; default {greeting.HUB_PREFIX}, which a JupyterHub sets",
    )
    parser.add_argument("--speed", type=float, default=6.0, help="1 is the real service's pace; default %(default)g")
    parser.add_argument("--balance", type=float, default=100.0, help="US dollars to spend; default %(default)g")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:PLACE][:OPTION=VALUE…]",
        help="what is to go wrong, for example drop:post:times=1; may be given several times",
    )
    parser.set_defaults(run=simulator)


def _list_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Prints the latest generations of the library, newest first. Asks nobody and sends nothing."
    parser.add_argument("-n", "--number", type=int, default=20, help="how many; default %(default)s")
    parser.add_argument("--search", default="", metavar="WORDS", help="in prompt, model, note, seed and key")
    parser.add_argument("--json", action="store_true", help="everything that is known, as JSON")
    _where_options(parser)
    parser.set_defaults(run=list_history)


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Looks whether the database is sound, each clip whole, and the file of what it was made of beside it. Changes "
        "nothing. Exit code 0: all is in order; 1: not everything."
    )
    _where_options(parser)
    parser.set_defaults(run=check)


def _where_options(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--library", type=Path, help="the folder; default SEEDANCE_HOME, else the user's data folder")
    where.add_argument("--simulated", action="store_true", help="the takes of Studio.simulated()")


def _resume_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Watches everything unfinished until it is done and its clip is on this disk. It only asks, and never sends a "
        "request that costs. Exit code 0: all completed; 1: some ended without a clip; 2: not set up; 130: interrupted."
    )
    parser.add_argument("--library", type=Path, help="the folder; default SEEDANCE_HOME, else the user's data folder")
    parser.add_argument("--timeout", type=float, default=1800.0, help="seconds to watch each; default %(default)g")
    parser.add_argument("--interval", type=float, help="seconds between two looks at one; without it, as it is needed")
    parser.set_defaults(run=resume)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 0 to 65535")
    return int(text)


def _faults() -> str:
    """Return the table of the simulator's faults, for --help."""
    from .simulator import FAULTS

    lines = ["faults (the first place is meant when none is said):"]
    for name, (rooms, meaning) in FAULTS.items():
        text = f"{meaning} (at {', '.join(rooms)})"
        lines.append(textwrap.fill(f"{name:<20}{text}", 100, initial_indent="  ", subsequent_indent=" " * 22))
    return "\n".join([*lines, "", "options: times=N, after=N, p=0…1, whom=MODEL, ID, WORDS or FIELD=VALUE"])
