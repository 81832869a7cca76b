"""What is sent, as JSON, as a curl command and as Python: runs as it stands, with the key in an environment variable.

The body is data, and stays data in all three: a prompt may hold quotes, dollar signs, backslashes, line ends or half a
character. In the shell it stands in a here-document, where nothing is special; in Python each text is a literal.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from json import dumps
from typing import Any

from .settings import KEY_VARIABLES

KEY = KEY_VARIABLES[0]
INTERVAL = 10.0  # seconds between two looks; the API's own samples wait 10 to 15
_WIDTH = 88  # a list that fits is written on one line
_JOINERS = "\u200c\u200d"  # some scripts, and the emoji of several people, are written with them
_BEYOND = re.compile(r"[^\n -~]")  # what is not plain ASCII; the escapes of JSON are
_END = "JSON"  # no line of a JSON object can be this


@dataclass(frozen=True)
class Wire:
    """A request as it goes over the wire. Nothing is sent by looking at it.

    Parameters
    ----------
    body : mapping
        The JSON body.
    base_url, create_path, retrieve_path : str
        Where it is sent, and where it is asked for.
    interval : float
        Seconds between two looks, in the Python version.
    """

    body: Mapping[str, Any]
    base_url: str
    create_path: str
    retrieve_path: str
    interval: float = INTERVAL

    @property
    def json(self) -> str:
        """The body as JSON, laid out."""
        return _spelled(self.body, _JSON, 2)

    @property
    def curl(self) -> str:
        """A command for sh, bash or zsh: it sends the request, and tells how to ask for the clip."""
        key = f'-H "Authorization: Bearer ${KEY}"'
        post, get = shlex.quote(self.base_url + self.create_path), shlex.quote(self.base_url + self.retrieve_path)
        return _CURL.format(key=key, post=post, get=get, body=self.json, end=_END, name=KEY)

    @property
    def python(self) -> str:
        """A program that sends the request, asks until the clip is there, and saves it; it needs ``requests`` only."""
        one = self.create_path == self.retrieve_path
        addresses = {"url": self.create_path} if one else {"create_url": self.create_path, "url": self.retrieve_path}
        lines = (f"{name} = {_quoted(self.base_url + path, _python_escape)}" for name, path in addresses.items())
        return _PYTHON.format(
            name=KEY,
            addresses="\n".join(lines),
            post=next(iter(addresses)),
            request=_spelled(self.body, _LITERAL, 4),
            interval=f"{self.interval:g}",
        )

    def __str__(self) -> str:
        return self.json

    def __repr__(self) -> str:
        return f"<Wire POST {self.base_url}{self.create_path}: .json, .curl, .python>"

    def _repr_html_(self) -> str:
        parts = (("JSON", self.json), ("curl", self.curl), ("Python", self.python))
        folds = (f"<details><summary>{name}</summary><pre>{escape(text)}</pre></details>" for name, text in parts)
        return f"<p>POST {escape(self.base_url + self.create_path)}</p>{''.join(folds)}"


# Pasted into zsh, a line that begins with # is read as a command: an apostrophe in it would wait for its like.
_CURL = """\
# POST asks for a clip, and costs money. The key is in the environment variable {name}.
curl -sS {post} \\
  {key} \\
  -H 'Content-Type: application/json' \\
  --data-binary @- <<'{end}'
{body}
{end}

# GET asks how it is doing, and costs nothing. Put the id that came back in the place of ID; repeat until completed:
# curl -sS -G {get} {key} --data-urlencode 'generation_id=ID'
"""

_PYTHON = """\
import os
import time

import requests

{addresses}
headers = {{"Authorization": "Bearer " + os.environ["{name}"]}}
request = {request}

# POST asks for a clip, and costs money: send it once.
answer = requests.post({post}, json=request, headers=headers, timeout=60)
print(answer.status_code, answer.text)
answer.raise_for_status()
state = answer.json()
generation_id = state["id"]

# GET asks how it is doing, and costs nothing: ask until it is done.
while state["status"] not in ("completed", "succeeded", "error", "failed"):
    time.sleep({interval})
    answer = requests.get(url, params={{"generation_id": generation_id}}, headers=headers, timeout=60)
    answer.raise_for_status()
    state = answer.json()
    print(state["status"])

if not state["video"]:
    raise SystemExit(f"There is no clip: {{state['error']}}")

# The clip's address holds for a while, and needs no key.
video = state["video"][0] if isinstance(state["video"], list) else state["video"]
clip = requests.get(video["url"], timeout=60)
clip.raise_for_status()
with open("clip.mp4", "wb") as file:
    file.write(clip.content)
print("clip.mp4", len(clip.content), "bytes")
"""


# Values, spelled out ----------------------------------------------------------------------------------------


def _json_escape(letter: str) -> str:
    """Spell a letter that cannot be seen: beyond 65535 JSON writes two halves."""
    return dumps(letter)[1:-1] if ord(letter) > 0xFFFF else f"\\u{ord(letter):04x}"


def _python_escape(letter: str) -> str:
    return f"\\U{ord(letter):08x}" if ord(letter) > 0xFFFF else f"\\u{ord(letter):04x}"


@dataclass(frozen=True)
class _Language:
    words: Mapping[bool | None, str]
    escape: Callable[[str], str]
    last: str = ""  # what follows the last item of several lines


_JSON = _Language({True: "true", False: "false", None: "null"}, _json_escape)
_LITERAL = _Language({True: "True", False: "False", None: "None"}, _python_escape, ",")


def _spelled(value: Any, language: _Language, step: int, depth: int = 0) -> str:
    """Write a value as a literal; what is short stands on one line, but for the outermost."""
    if value is None or isinstance(value, bool):
        return language.words[value]
    if isinstance(value, str):
        return _quoted(value, language.escape)
    if isinstance(value, Mapping):
        head = [f"{_quoted(str(name), language.escape)}: " for name in value]
        items = [
            start + _spelled(each, language, step, depth + 1) for start, each in zip(head, value.values(), strict=True)
        ]
        return _framed("{}", items, language, step, depth)
    if isinstance(value, (list, tuple)):
        return _framed("[]", [_spelled(each, language, step, depth + 1) for each in value], language, step, depth)
    return dumps(value, allow_nan=False)


def _framed(brackets: str, items: list[str], language: _Language, step: int, depth: int) -> str:
    line = brackets[0] + ", ".join(items) + brackets[1]
    if not items or (depth and "\n" not in line and len(line) + step * depth <= _WIDTH):
        return line
    indent, end = " " * (step * (depth + 1)), " " * (step * depth)
    return f"{brackets[0]}\n" + ",\n".join(indent + item for item in items) + f"{language.last}\n{end}{brackets[1]}"


def _quoted(text: str, escaped: Callable[[str], str]) -> str:
    """Write a text as a literal that is the same in JSON and in Python, but for letters beyond 65535 without a face."""
    return _BEYOND.sub(
        lambda found: escaped(found[0]) if _unseen(found[0]) else found[0], dumps(text, ensure_ascii=False)
    )


def _unseen(letter: str) -> bool:
    """Whether a letter has no face of its own, could turn the line, or is half a character."""
    return unicodedata.category(letter)[0] in "CZ" and letter not in _JOINERS
