"""OpenAPI documents for the tests, small enough to read."""

from __future__ import annotations

import json
from typing import Any

V2 = "/v2/video/generations"


def document(
    properties: dict[str, Any] | None = None,
    *,
    required: Any = ("model",),
    version: str | None = "3.0.0",
    path: str = V2,
    model: Any = "test/model",
    **schema: Any,
) -> dict[str, Any]:
    """A document with one POST whose body has these properties beside the model."""
    fields = {"model": {"type": "string", "enum": [model]}, **(properties or {})}
    body = {"type": "object", "properties": fields, "required": list(required), **schema}
    operation = {"requestBody": {"content": {"application/json": {"schema": body}}}, "responses": {}}
    found: dict[str, Any] = {"info": {"title": "t", "version": "1"}, "paths": {path: {"post": operation}}}
    return found if version is None else {"openapi": version, **found}


def retrieval(path: str = V2) -> dict[str, Any]:
    """A document with only the GET, as pages have it in a second block."""
    parameter = {"name": "generation_id", "in": "query", "required": True, "schema": {"type": "string"}}
    return {"openapi": "3.0.0", "paths": {path: {"get": {"parameters": [parameter], "responses": {}}}}}


def page(*blocks: dict[str, Any] | str, fence: str = "```json") -> str:
    """A Markdown page with a block for each document."""
    texts = [block if isinstance(block, str) else json.dumps(block) for block in blocks]
    close = fence[:3]
    fenced = [f"## A call\n\nSome *words*.\n\n{fence}\n{text}\n{close}\n" for text in texts]
    return "# A model\n\n```python\nimport requests\nprint({'paths': 1})\n```\n\n" + "\n".join(fenced)
