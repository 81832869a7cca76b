"""Where in an OpenAPI document the two calls stand: the POST that creates, the GET that retrieves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import DocumentError
from ..plain import Part, join_pointer
from .schema import lookup

# The address that the API wants now comes first; the older ones do the same for some models.
_PREFERRED = (
    re.compile(r"/v2/video/generations/?"),
    re.compile(r"/v2/generate/video/[^/]+/generation/?"),
    re.compile(r"/v1/video/generations/?"),
    re.compile(r"/video/generations/?"),
)
# What follows the base URL is put there as it is, with the key in the header: only a plain path will do.
_SAFE = re.compile(r"(/[A-Za-z0-9._~-]+)+/?")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Create:
    """The POST of a document.

    Attributes
    ----------
    document : dict
        The document that it stands in.
    path : str
        The address, to be put behind the base URL.
    schema : object
        The schema of the request body, as it stands there.
    pointer : tuple
        Where that schema stands.
    description : str
        What the document says of the call.
    """

    document: dict[str, Any]
    path: str
    schema: Any
    pointer: tuple[Part, ...]
    description: str = ""


def find_calls(documents: list[dict[str, Any]], notes: list[str]) -> tuple[Create, str]:
    """Find the POST, and the path of the GET that belongs to it.

    Parameters
    ----------
    documents : list of dict
        All OpenAPI documents of one source: a page often has one for each of the two calls.
    notes : list of str
        Receives a sentence for everything that was mended.

    Returns
    -------
    create : Create
    retrieve_path : str
        The POST's own path where no document names a GET.

    Raises
    ------
    DocumentError
        When there is no POST with a JSON body.
    """
    found = [each for document in documents for each in _operations(document, notes)]
    posts = [each for each in found if each[2] == "post"]
    if not posts:
        raise DocumentError("/paths: none of the paths has a post, the call that creates a generation.")
    document, path, _, operation, pointer = min(posts, key=lambda each: _rank(each[1]))
    if len(posts) > 1:
        notes.append(f"The document has {len(posts)} calls that create something; POST {path} is taken.")
    if operation.get("deprecated") is True:
        notes.append(f"The document says that POST {path} is deprecated.")
    schema, at = _body_schema(document, operation, pointer, notes)
    about = operation.get("description") or operation.get("summary")
    create = Create(document, path, schema, at, about if isinstance(about, str) else "")
    return create, _retrieve_path(found, path, notes)


def _rank(path: str) -> int:
    return next((rank for rank, form in enumerate(_PREFERRED) if form.fullmatch(path)), len(_PREFERRED))


_Found = tuple[dict[str, Any], str, str, dict[str, Any], tuple[Part, ...]]


def _operations(document: dict[str, Any], notes: list[str]) -> Iterator[_Found]:
    """Every usable operation: its document, full path, method, the operation and where it stands."""
    paths = document.get("paths")
    if not isinstance(paths, dict):
        raise DocumentError(f"/paths: must be an object of paths, not {paths!r:.60}.")
    prefix = _server_path(document)
    for path, item in paths.items():
        if not isinstance(item, dict):
            continue
        _move_responses(path, item, notes)
        for key, operation in item.items():
            if key.lower() in _METHODS and isinstance(operation, dict):
                whole = prefix + "/" + path.strip().lstrip("/")
                yield document, _safe(whole, path), key.lower(), operation, ("paths", path, key)


def _server_path(document: dict[str, Any]) -> str:
    """What the server's URL has behind the host; the host itself is the client's own choice."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    url = first.get("url") if isinstance(first, dict) else None
    try:
        return urlsplit(url).path.rstrip("/") if isinstance(url, str) else ""
    except ValueError:
        raise DocumentError(f"/servers/0/url: {url!r:.80} is not a URL.") from None


def _safe(path: str, stated: str) -> str:
    if "{" not in path and (not _SAFE.fullmatch(path) or "/." in path):
        raise DocumentError(f"{join_pointer(('paths', stated))}: {stated!r:.80} is not a plain path.")
    return path


def _move_responses(path: str, item: dict[str, Any], notes: list[str]) -> None:
    """Put ``responses`` into the post that they were written beside."""
    post = item.get("post")
    if isinstance(post, dict) and "responses" in item:
        post.setdefault("responses", item.pop("responses"))
        notes.append(f"{path[:120]}: responses stands beside post; it is read as part of it.")


def _body_schema(
    document: dict[str, Any], operation: dict[str, Any], pointer: tuple[Part, ...], notes: list[str]
) -> tuple[Any, tuple[Part, ...]]:
    at = (*pointer, "requestBody")
    body = operation.get("requestBody")
    if isinstance(body, dict) and "$ref" in body:
        body, at = lookup(document, body["$ref"], at)
    if not isinstance(body, dict):
        raise DocumentError(f"{join_pointer(at)}: is missing, so nothing says what to send.")
    content = body.get("content")
    if content is None and isinstance(body.get("schema"), dict):
        notes.append("requestBody: the schema stands there without a content type; it is read as JSON.")
        return body["schema"], (*at, "schema")
    kind = _json_content(content, (*at, "content"))
    assert isinstance(content, dict)
    media = content[kind]
    if not isinstance(media, dict) or "schema" not in media:
        raise DocumentError(f"{join_pointer((*at, 'content', kind, 'schema'))}: is missing.")
    return media["schema"], (*at, "content", kind, "schema")


def _json_content(content: Any, at: tuple[Part, ...]) -> str:
    if isinstance(content, dict):
        for kind in content:
            bare = kind.partition(";")[0].strip().lower()
            if bare in ("application/json", "*/*", "application/*") or bare.endswith("+json"):
                return str(kind)
    raise DocumentError(f"{join_pointer(at)}: has no application/json; only a JSON body can be sent.")


def _retrieve_path(found: list[_Found], create: str, notes: list[str]) -> str:
    """The GET's path: the one at the POST's own address first, then as for the POST."""
    gets = [path for _, path, method, _, _ in found if method == "get"]
    usable = [path for path in gets if "{" not in path]
    if len(usable) < len(gets):
        notes.append("A GET has the id inside its path; the query parameter generation_id is used instead.")
    usable.sort(key=lambda path: (path != create, _rank(path)))
    return usable[0] if usable and (usable[0] == create or _rank(usable[0]) < len(_PREFERRED)) else create
