"""The one table of how models spell what the rest of the package needs to find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .field import Field

#: Role → the ways in which models spell it, the usual one first. Case, ``_`` and ``-`` do not matter.
ROLES: Mapping[str, tuple[str, ...]] = {
    "model": ("model",),
    "prompt": ("prompt", "text", "text_prompt"),
    "seed": ("seed",),
    "duration": ("duration", "seconds", "length", "video_length"),
    "aspect_ratio": ("aspect_ratio", "ratio"),
    "resolution": ("resolution", "frame_size"),
    "first_image": ("image_url", "first_frame_image", "first_frame_url", "start_image_url", "image"),
    "images": ("image_urls", "image_list", "reference_image_urls", "reference_images", "images"),
    "camera_fixed": ("camera_fixed",),
    "watermark": ("watermark",),
    "audio": ("generate_audio", "with_audio", "enable_audio", "audio"),
}

# What a role must be able to take: a "seed" that takes only text is no seed. Text, where not named.
_TYPES: Mapping[str, tuple[str, ...]] = {
    "seed": ("integer",),
    "duration": ("integer", "number", "string"),
    "images": ("array",),
    "camera_fixed": ("boolean",),
    "watermark": ("boolean",),
    "audio": ("boolean",),
}


def find_role(fields: Iterable[Field], role: str) -> Field | None:
    """The field that plays a role, of a type that fits; None where there is none.

    Raises
    ------
    KeyError
        When no such role is in :data:`ROLES`.
    """
    by_spelling: dict[str, Field] = {}
    for field in fields:
        by_spelling.setdefault(_fold(field.name), field)
    for spelling in ROLES[role]:
        found = by_spelling.get(_fold(spelling))
        if found is not None and any(map(found.takes, _TYPES.get(role, ("string",)))):
            return found
    return None


def role_named(name: str) -> str | None:
    """The role that a name spells, whatever the model; None where it spells none."""
    return next((role for role, spellings in ROLES.items() if _fold(name) in map(_fold, spellings)), None)


def _fold(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")
