"""The keywords of one schema that hold no other schema: read, mended, and a note for what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import DocumentError
from ..plain import Part, join_pointer
from .mending import among, coerce, common_type, different, regular, type_name, type_of

LOWER, UPPER = "minimum", "maximum"

_PAIRS = (
    (LOWER, UPPER),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
_COUNTS = tuple(name for pair in _PAIRS[1:] for name in pair)
_SINGULAR = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
    "object": "an object",
}
_ELSEWHERE = ("anyOf", "oneOf", "allOf")


class Mender:
    """Reads the simple keywords of one schema.

    Parameters
    ----------
    node : dict
        The schema as it stands in the document.
    pointer, label : tuple
        Where it stands in the document, and in a request.
    note : callable
        Takes the label and a sentence about what was mended.
    """

    def __init__(
        self,
        node: dict[str, Any],
        pointer: tuple[Part, ...],
        label: tuple[Part, ...],
        note: Callable[[tuple[Part, ...], str], None],
    ) -> None:
        self.node = node
        self.pointer = pointer
        self.out: dict[str, Any] = {}
        self.label = label
        self._note = note

    def mended(self) -> dict[str, Any]:
        """The keywords as they should have been."""
        self._words()
        self._type()
        self._values()
        self._infer_type()
        self._numbers()
        self._texts()
        self._required()
        self._default()
        return self.out

    def _say(self, sentence: str) -> None:
        self._note(self.label, sentence)

    def _words(self) -> None:
        for key in ("title", "description", "format"):
            if isinstance(self.node.get(key), str):
                self.out[key] = self.node[key]
        for key in ("deprecated", "uniqueItems", "nullable"):
            stated = self.node.get(key)
            if stated is True or (isinstance(stated, str) and stated.strip().lower() == "true"):
                self.out[key] = True

    def _type(self) -> None:
        stated = self.node.get("type")
        if stated is None:
            return
        words = stated if isinstance(stated, list) else [stated]
        names = list(dict.fromkeys(name for name in map(type_name, words) if name))
        if len(names) != len(words) or names != words:
            self._unusual(stated, names)
        if "null" in names:
            names.remove("null")
            self.out["nullable"] = True
            if not names:
                self.out["enum"] = [None]
        if len(names) == 1:
            self.out["type"] = names[0]
        elif names:
            self.out["anyOf"] = [{"type": name} for name in names]

    def _unusual(self, stated: Any, names: list[str]) -> None:
        if names:
            self._say(f"the document gives the type {stated!r:.60}; it is read as {' or '.join(names)}.")
        else:
            self._say(f"the document gives the type {stated!r:.60}, which is none; any value is taken.")

    def _values(self) -> None:
        """``enum`` and ``const``, each value as the type that the document says."""
        stated = [self.node["const"]] if "const" in self.node else self.node.get("enum")
        if stated is None:
            return
        if not isinstance(stated, list):
            stated = [stated]
            self._say("the document gives its allowed values not as a list; it is read as the only value.")
        values = self._read_values(stated, self.out.get("type", ""))
        if values:
            self.out["enum"] = values
            if None in values and "type" in self.out:
                self.out["nullable"] = True

    def _read_values(self, stated: list[Any], kind: str) -> list[Any]:
        values: list[Any] = []
        other: list[Any] = []
        lost: list[Any] = []
        for value in stated:
            try:
                read = value if value is None else coerce(value, kind)
            except ValueError:
                lost.append(value)
                continue
            if type_of(read) != type_of(value) and "string" in (type_of(read), type_of(value)):
                other.append(value)
            values.append(read)
        if other:
            self._say(f"allowed values of another type ({other!r:.60}) are read as {_SINGULAR[kind]}.")
        if lost:
            self._say(f"allowed values that are not {_SINGULAR[kind]} ({lost!r:.60}) are left out.")
        return different(values)

    def _infer_type(self) -> None:
        """A type left out is plain where the values or the parts tell it."""
        if "type" in self.out or "anyOf" in self.out or any(key in self.node for key in _ELSEWHERE):
            return
        kind = common_type(self.out.get("enum", []))
        if isinstance(self.node.get("properties"), dict):
            kind = "object"
        elif "items" in self.node:
            kind = "array"
        if kind:
            self.out["type"] = kind
            if None in self.out.get("enum", []):
                self.out["nullable"] = True

    def _numbers(self) -> None:
        for key in (LOWER, UPPER, *_COUNTS):
            number = self._number(key)
            if number is not None:
                self.out[key] = number
        step = self._number("multipleOf")
        if step is not None and step > 0:
            self.out["multipleOf"] = step
        for bound, exclusive in ((LOWER, "exclusiveMinimum"), (UPPER, "exclusiveMaximum")):
            self._exclusive(bound, exclusive)
        for least, most in _PAIRS:
            if least in self.out and most in self.out and self.out[least] > self.out[most]:
                low, high = self.out.pop(least), self.out.pop(most)
                for exclusive in ("exclusiveMinimum", "exclusiveMaximum") if least == LOWER else ():
                    self.out.pop(exclusive, None)
                self._say(f"{least} {low} is above {most} {high}; both are left out.")

    def _number(self, key: str) -> Any:
        stated = self.node.get(key)
        if stated is None:
            return None
        try:
            read = coerce(stated, "integer" if key in _COUNTS else "number")
            if key in _COUNTS and read < 0:
                raise ValueError
        except ValueError:
            self._say(f"the document's {key} {stated!r:.60} cannot be read; it is left out.")
            return None
        if isinstance(stated, str):
            self._say(f"the document's {key} {stated!r:.60} is text; it is read as a number.")
        return read

    def _exclusive(self, bound: str, exclusive: str) -> None:
        """3.0 has a boolean beside the bound, 3.1 a number of its own; both occur in both."""
        stated = self.node.get(exclusive)
        if stated is True:
            if bound in self.out:
                self.out[exclusive] = True
        elif stated is not None and stated is not False:
            number = self._number(exclusive)
            if number is None:
                return
            beside = self.out.get(bound, number)
            if number >= beside if bound == LOWER else number <= beside:
                self.out[bound] = number
                self.out[exclusive] = True

    def _texts(self) -> None:
        stated = self.node.get("pattern")
        if regular(stated):
            self.out["pattern"] = stated
        elif stated is not None:
            self._say(f"the pattern {stated!r:.60} cannot be read here; it is not checked.")

    def _required(self) -> None:
        stated = self.node.get("required")
        if isinstance(stated, str) and stated.strip().lower() not in ("true", "false"):
            self._say(f"required is not a list in the document; it is read as the one name {stated!r:.60}.")
            stated = [stated]
        if isinstance(stated, list):
            names = [name for name in stated if isinstance(name, str)]
            if len(names) != len(stated):
                self._say("a name under required is no text; it is left out.")
            self.out["required"] = list(dict.fromkeys(names))
        elif stated is not None and not isinstance(stated, (bool, str)):
            raise DocumentError(
                f"{join_pointer((*self.pointer, 'required'))}: must be a list of names, not {stated!r:.60}."
            )

    def _default(self) -> None:
        stated = self.node.get("default")
        if stated is None:
            return
        kind = self.out.get("type", "")
        try:
            read = coerce(stated, kind)
        except ValueError:
            self._say(f"the default {stated!r:.60} is not {_SINGULAR[kind]}; it is left out.")
            return
        if type_of(read) != type_of(stated) and isinstance(stated, str):
            self._say(f'the default "{stated:.60}" is text; it is read as {read}.')
        if "enum" in self.out and not among(read, self.out["enum"]):
            self._say(f"the default {read!r:.60} is not among the allowed values; it is left out.")
            return
        self.out["default"] = read
