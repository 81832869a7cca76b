"""YAML as OpenAPI means it.

PyYAML reads YAML 1.1, where ``16:9`` is the number 969, ``on`` is true and ``2026-06-01`` is a date. OpenAPI
is written in YAML 1.2, where all of these are text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_FORMS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("merge", r"<<", "<"),
)


def load(text: str) -> Any:
    """Read the one YAML document of a text; errors are PyYAML's, and those of the values it builds."""
    import yaml

    return yaml.load(text, Loader=_loader())


@cache
def _loader() -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("Loader12", (base,), {"yaml_implicit_resolvers": {}})
    for kind, form, first in _FORMS:
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(rf"(?:{form})\Z"), list(first))
    # 010 is ten; the base class would take it as octal.
    loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))
    return loader
