"""What a person can call is documented where they look: in its docstring, in the README, in ``--help``."""

from __future__ import annotations

import inspect
import re

import pytest

import seedance_widgets as sw
from seedance_widgets import cli
from seedance_widgets.model import load_model

# Where a docstring leads to another one that tells the parameters.
ELSEWHERE = re.compile(r"\b[Ss]ee `|\bAs `|\bas `|as of |otherwise as|Raises as")


def members(name):
    """Return {dotted name: thing} of a public name and of what is its own and public in it."""
    thing = getattr(sw, name)
    found = {name: thing}
    if inspect.isclass(thing):
        for base in thing.__mro__:
            if base.__module__.startswith("seedance_widgets"):
                own = {each: value for each, value in vars(base).items() if not each.startswith("_")}
                found |= {f"{name}.{each}": value for each, value in own.items() if is_told(value)}
    return found


def is_told(value):
    """Whether a member can have a docstring of its own; attributes are told in that of their class."""
    return inspect.isfunction(value) or isinstance(value, (classmethod, staticmethod, property))


def everything():
    return {name: thing for public in sw.__all__ for name, thing in members(public).items()}


def doc(thing):
    return inspect.cleandoc(getattr(thing, "__doc__", None) or "")


def section(text, title):
    """Return the names that a section of a numpy docstring tells of; None where it has no such section."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        return None
    heads = re.findall(r"^(\S[^\n]*)$", found[1], re.MULTILINE)
    return [name.strip() for head in heads for name in head.partition(" : ")[0].split(",")]


def parameters(thing):
    """Return the names of what a function, or the constructor of a class, takes."""
    called = getattr(thing, "__func__", thing)
    if isinstance(called, property):
        return []
    try:
        listed = inspect.signature(called).parameters.values()
    except (TypeError, ValueError):
        return []
    stars = {inspect.Parameter.VAR_KEYWORD: "**", inspect.Parameter.VAR_POSITIONAL: "*"}
    return [stars.get(each.kind, "") + each.name for each in listed if each.name not in ("self", "cls")]


def test_everything_public_says_what_it_is():
    assert [name for name, thing in everything().items() if not doc(thing)] == []


def test_parameters_that_are_told_are_those_that_there_are():
    wrong = {}
    for name, thing in everything().items():
        told = section(doc(thing), "Parameters")
        if callable(thing) and told is not None and sorted(told) != sorted(parameters(thing)):
            wrong[name] = (told, parameters(thing))
    assert wrong == {}


def test_whoever_takes_several_things_tells_of_each():
    silent = {}
    for name, thing in everything().items():
        # What nobody but the package makes tells what it has, not what it is made of.
        made_here = section(doc(thing), "Attributes") is not None and section(doc(thing), "Parameters") is None
        is_plain = inspect.isclass(thing) and issubclass(thing, (Exception, tuple))
        if len(parameters(thing)) > 2 and not made_here and not is_plain and not ELSEWHERE.search(doc(thing)):
            words = set(re.findall(r"\w+", doc(thing)))
            if untold := [each for each in parameters(thing) if each.strip("*") not in words]:
                silent[name] = untold
    assert silent == {}


def subparsers(known=()):
    (action,) = (each for each in cli.parser(known)._actions if isinstance(each.choices, dict))
    return action


@pytest.mark.parametrize("command", sorted(subparsers().choices))
def test_every_command_and_each_of_its_options_has_help(command):
    listed = {each.dest: each.help for each in subparsers()._choices_actions}
    assert listed[command]
    parser = subparsers([load_model()]).choices[command]
    assert parser.description
    assert [action.dest for action in parser._actions if not action.help] == []
