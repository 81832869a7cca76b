"""A model: what the API's document says about one, and the requests that it allows.

The schema is data. No field is known by its name, except through :data:`ROLES`, the one table of how the
models spell what the rest of the package needs to find: the prompt, the seed, the shape of the frame.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from . import wording
from .body import Body, read_body
from .errors import DocumentError, Problem, RequestInvalid
from .field import Field
from .openapi.document import is_text, read_documents
from .openapi.lines import with_line
from .openapi.operations import Create, find_calls
from .openapi.schema import SchemaReader
from .plain import join_pointer
from .roles import ROLES, find_role

__all__ = ["DEFAULT_MODEL", "ROLES", "Field", "Model", "Request", "load_model", "models"]

DEFAULT_MODEL = "bytedance/seedance-1-0-lite-t2v"


@dataclass(frozen=True)
class Request:
    """A valid request.

    Attributes
    ----------
    model : Model
        The model that it was checked against.
    body : dict
        The exact JSON to send.
    prompt : str
        Empty where the model has none, or none was given.
    seed : int or None
    """

    model: Model
    body: dict[str, Any]
    prompt: str = ""
    seed: int | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """A model of the API, read from its OpenAPI document by :func:`load_model`.

    Attributes
    ----------
    id : str
        As it is sent, ``vendor/name``.
    fields : tuple of Field
        All fields of a request, in the document's order; the one for the model's id included.
    create_path, retrieve_path : str
        The addresses of the two calls, to be put behind the base URL.
    body : Body
        What the document says of the request's body.
    notes : tuple of str
        What was wrong in the document, and how it was read.
    document : dict
        The OpenAPI document.
    description : str
        What the document says of the model.
    withdrawn, successor : str or None
        Since when the API no longer takes it (``"2026-06"``), and the id of the model to take instead.
    """

    id: str
    create_path: str
    retrieve_path: str
    body: Body
    notes: tuple[str, ...] = ()
    document: dict[str, Any] = field(default_factory=dict)
    description: str = ""
    withdrawn: str | None = None
    successor: str | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields of a request, in the document's order."""
        return self.body.fields

    def field(self, name: str) -> Field:
        """Look up a field by name.

        Raises
        ------
        KeyError
            When there is none; the message names the nearest.
        """
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(f"{name} {wording.unknown(str(name), [each.name for each in self.fields])}")

    def role(self, role: str) -> Field | None:
        """The field that plays a role of :data:`ROLES`, of a type that fits; None where there is none."""
        return find_role(self.fields, role)

    def request(self, /, **values: Any) -> Request:
        """Check values and make the request of them.

        Defaults are not sent: nothing is added but the model's id. None means "not given" unless the field
        is nullable.

        Raises
        ------
        RequestInvalid
            With every problem at once.
        """
        body, problems = self.body.read(values, self.id)
        if problems:
            raise RequestInvalid(self.id, problems)
        prompt, seed = self._value("prompt", body), self._value("seed", body)
        return Request(self, body, prompt if isinstance(prompt, str) else "", seed)

    def problems(self, values: Mapping[str, Any]) -> list[Problem]:
        """Everything that is wrong with some values; empty when they can be sent."""
        return self.body.read(values, self.id)[1]

    def _value(self, role: str, body: Mapping[str, Any]) -> Any:
        found = self.role(role)
        return None if found is None else body.get(found.name)

    def __repr__(self) -> str:
        names = ", ".join(each.name + "*" * each.required for each in self.fields)
        gone = f", withdrawn {self.withdrawn}" if self.withdrawn else ""
        return f"<Model {self.id}: {names}{gone}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from .terminal import line, table

        rows = [tuple(line(cell, 60) for cell in _cells(each)) for each in self.fields]
        gone = f" (withdrawn since {self.withdrawn})" if self.withdrawn else ""
        printer.text("\n".join([f"{line(self.id)}{gone}", table([_HEADS, *rows]), *map(line, self.notes)]))

    def _repr_html_(self) -> str:
        rows = "".join(_row(each) for each in self.fields)
        heads = "".join(f"<th style='text-align:left'>{head}</th>" for head in _HEADS)
        gone = f" (withdrawn since {escape(self.withdrawn)})" if self.withdrawn else ""
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f"<b>{escape(self.id)}</b>{gone}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" + (
            f"<ul>{notes}</ul>" if notes else ""
        )


_HEADS = ("field", "type", "allowed", "default", "what it is")


def _cells(each: Field) -> tuple[str, ...]:
    default = "" if each.default is None else wording.show(each.default)
    name = f"{each.name} *" if each.required else each.name
    return name, each.kind, each.allowed, default, each.description


def _row(each: Field) -> str:
    return "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in _cells(each)) + "</tr>"


def models() -> list[str]:
    """The ids of the bundled models: the default first, then by name."""
    folder = resources.files(__package__) / "models"
    ids = [file.name.removesuffix(".json").replace("__", "/") for file in folder.iterdir()]
    return sorted((each for each in ids if "/" in each), key=lambda each: (each != DEFAULT_MODEL, each))


def load_model(source: Any = DEFAULT_MODEL) -> Model:
    """Read a model from wherever its OpenAPI document is.

    Parameters
    ----------
    source : str, Path, Mapping or Model
        A bundled id (see :func:`models`), a document as a dict, a file, text (JSON, YAML, or a Markdown page
        with OpenAPI blocks), or an http(s) address of one of these. A Model is returned as it is.

    Raises
    ------
    DocumentError
        When it cannot be read; the message says which part, and why.
    """
    if isinstance(source, Model):
        return source
    documents: list[dict[str, Any]] = []
    try:
        documents = _documents(source)
        return _build(documents)
    except RecursionError:
        raise DocumentError("The document is nested too deeply to be read.") from None
    except DocumentError as error:
        raise DocumentError(with_line(str(error), documents)) from error.__cause__


def _documents(source: Any) -> list[dict[str, Any]]:
    if not isinstance(source, str) or is_text(source):
        return read_documents(source)
    bundled = resources.files(__package__) / "models" / (source.replace("/", "__") + ".json")
    if source in models():
        document: dict[str, Any] = json.loads(bundled.read_text("utf-8"))
        return [document]
    try:
        return read_documents(source)
    except DocumentError as error:
        if "://" in source or Path(source).suffix in (".json", ".yaml", ".yml", ".md"):
            raise
        meant = wording.nearest(source[:200], models())
        hint = f"Did you mean {meant}?" if meant else "No bundled model has this name either: see models()."
        hint += " studio.models() searches all that the API lists; studio.load_model(id) reads those."
        raise DocumentError(f"{error} {hint}") from None


def _build(documents: list[dict[str, Any]]) -> Model:
    notes: list[str] = []
    create, retrieve_path = find_calls(documents, notes)
    version = _version(create.document, notes)
    body = read_body(create.schema, create.pointer, SchemaReader(create.document, notes), version)
    info = create.document.get("info")
    info = info if isinstance(info, dict) else {}
    return Model(
        id=_id(body, create, info, notes),
        create_path=create.path,
        retrieve_path=retrieve_path,
        body=body,
        notes=tuple(notes),
        document=dict(create.document),
        description=_text(info.get("description")) or create.description,
        withdrawn=_text(info.get("x-withdrawn")),
        successor=_text(info.get("x-successor")),
    )


def _version(document: Mapping[str, Any], notes: list[str]) -> str:
    """Tell 3.0 from 3.1, which differ in how a schema says null and exclusive bounds."""
    stated = document.get("openapi")
    if stated is None and "swagger" in document:
        raise DocumentError("/swagger: this is Swagger 2; OpenAPI 3.0 and 3.1 are read.")
    if stated is None:
        notes.append("The document does not say its version; it is read as OpenAPI 3.0.")
        return "3.0"
    text = str(stated).strip()
    if text == "3" or text.startswith("3.0"):
        return "3.0"
    if text.startswith(("3.1", "3.2")):
        return "3.1"
    raise DocumentError(f"/openapi: {text[:40]!r} is no version that is read; OpenAPI 3.0 and 3.1 are.")


def _id(body: Body, create: Create, info: Mapping[str, Any], notes: list[str]) -> str:
    """The model's id: the value of its field, or else the title of the schema, which repeats it."""
    found = find_role(body.fields, "model")
    ids = [each for each in found.choices if isinstance(each, str) and each.strip()] if found else []
    if found and isinstance(found.default, str) and found.default.strip():
        ids.insert(0, found.default)
    title = create.schema.get("title") if isinstance(create.schema, dict) else None
    if not ids and isinstance(title, str) and title.strip():
        notes.append(f"The document does not say which model is sent; its title {title[:80]!r} is taken.")
        ids = [title.strip()]
    if not ids:
        where = join_pointer((*create.pointer, "properties", *ROLES["model"][:1]))
        raise DocumentError(f"{where}: nothing in the document says which model it is about.")
    if found and len(found.choices) > 1:
        many = len(found.choices)
        notes.append(f"The document is about {many} models; {ids[0]} is taken where a request names none.")
    return ids[0]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
