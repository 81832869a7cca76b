"""The control of an address: a URL is typed, or a file or a take becomes a data URL; a preview stands beside it."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from .exact import UNSET
from .kit import written
from .nested import close_tree
from .text import TextControl

UPLOAD_CAP = 10 * 2**20  # bytes; the notebook's server cuts messages there
LONG = 300  # characters; a longer address is told in words instead of being shown
_KINDS = {"image": ("image", "frame", "photo", "picture", "mask"), "video": ("video",), "audio": ("audio", "voice")}


def kind_of_media(field_name: str, description: str = "") -> str:
    """Return image, video or audio, as the words of a field say; empty when they do not."""
    for words in (field_name, description[:80]):
        for kind, hints in _KINDS.items():
            if any(hint in words.lower() for hint in hints):
                return kind
    return ""


class LinkControl(TextControl):
    """An address, or a local file or a take of the library as a data URL of at most 10 MB."""

    wide: bool = True
    rank: int = 5
    _refusal = ""

    def build(self) -> Sequence[widgets.Widget]:
        """Make the box, the choice of a file, and the place of the preview."""
        self.media = kind_of_media(self.field.name or self.field.title, self.field.description)
        self.box = self.make_box(widgets.Text, continuous_update=False)
        if not self.box.placeholder:
            self.box.placeholder = "https://…"
        self.upload = self.kit.make(
            widgets.FileUpload,
            "sw-button",
            "sw-upload",
            description="file…",
            tooltip=f"take a local {self.media or 'file'}, up to 10 MB",
            accept=f"{self.media}/*" if self.media else "",
            icon="",
        )
        self.upload.observe(self._uploaded, "value")
        self.drop: Any = None
        self.preview: Any = None
        self.offer: Any = None  # the takes to choose from, while they are shown
        self.more = self._more_button()
        self.row = self.kit.make(widgets.HBox, "sw-row", "sw-link", children=self._row_parts())
        return [self.row]

    def _more_button(self) -> Any:
        """Return the button that shows the takes; None where there are none to be had."""
        sources = self.kit.sources
        if sources is None or not sources.suit(self.media):
            return None
        button = self.kit.button("take…", f"take the {self.media or 'source'} from one of your takes")
        button.on_click(lambda _button: self._toggled())
        return button

    def _row_parts(self, *shown: Any) -> tuple[Any, ...]:
        return tuple(part for part in (self.box, *shown, self.upload, self.more) if part is not None)

    def show(self, value: Any) -> None:
        """Show the address; a long one, such as a file's, in words."""
        self._refusal = ""
        long = isinstance(value, str) and len(value) > LONG
        words = in_words(value, self.kit.origins.get(value, "")) if long else ""
        self.box.value = words or ("" if value is UNSET else written(value))
        self.box.disabled = long
        self._dress(value, long)

    def read(self) -> Any:
        """Return the address typed."""
        self._refusal = ""
        value = self.box.value.strip() or UNSET
        self._dress(value, False)
        return value

    def aside(self) -> str:
        """Say why a file was not taken, or how large the one is that was."""
        if self._refusal or not self.box.disabled:
            return self._refusal
        return f"{size_in_words(len(self.value))} in the request" if isinstance(self.value, str) else ""

    def _dress(self, value: Any, long: bool) -> None:
        """Put the preview and the ✕ behind the box, where there is something for them."""
        picture = preview_of(value, self.media)
        if picture and self.preview is None:
            self.preview = self.kit.make(widgets.HTML, "sw-preview")
        if long and self.drop is None:
            self.drop = self.kit.button("✕", "take the file out", "sw-icon")
            self.drop.on_click(lambda _button: self._dropped())
        if picture:
            self.preview.value = picture
        children = self._row_parts(self.preview if picture else None, self.drop if long else None)
        if self.row.children != children:
            self.row.children = children

    def _dropped(self) -> None:
        with self.desk:
            self.touched = True
            self.hold(UNSET)

    def _toggled(self) -> None:
        """Show the takes to choose from, or put them away."""
        with self.desk:
            gone, self.offer = self.offer, None
            if gone is None and self.kit.sources is not None:
                self.offer = self.kit.sources.offer(self.media, self.kit, self._taken, self._toggled)
            note = self._note if self._note in self.children else None  # it comes with its first words
            self.children = tuple(part for part in (self.row, self.offer, note) if part is not None)
            if gone is not None:
                close_tree(gone)

    def _taken(self, address: str, words: str) -> None:
        """Take over what was read of a take."""
        with self.desk:
            self.kit.remember(address, words)
            self.touched = True
            self.hold(address)
            self._toggled()

    def _uploaded(self, change: Any) -> None:
        """Turn the chosen file into the value, and let go of the copy in the chooser."""
        with self.desk:
            if self._showing or not change["new"]:
                return
            file = change["new"][0]
            with self._quietly():
                self.upload.value = ()
            self.touched = True
            if file["size"] > UPLOAD_CAP:
                self._refusal = f"{file['name']} has {size_in_words(file['size'])}; 10 MB is the most"
                self._draw_note()
                return
            self.hold(data_url(bytes(file["content"]), file["type"]))

    def close(self) -> None:
        """Close also what is not shown just now."""
        for part in (self.drop, self.preview, self.more):
            if part is not None:
                part.close()
        super().close()


def data_url(content: bytes, media_type: str) -> str:
    """Return bytes as a data URL; a type that is not of the usual form counts as unknown."""
    known = re.fullmatch(r"[\w.+-]+/[\w.+-]+", media_type or "")
    kind = media_type if known else "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def size_in_words(count: float) -> str:
    """Return a number of bytes in words."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def in_words(address: str, origin: str = "") -> str:
    """Return a long address in a few words: what a data URL holds and its size, or its beginning.

    Parameters
    ----------
    address : str
        The URL.
    origin : str
        Where a data URL is from, where that is known.
    """
    found = re.match(r"data:([\w.+/-]{0,80})(?:;[\w=.+-]*)*;base64,", address)
    if found:
        size = size_in_words((len(address) - found.end()) * 0.75)
        return f"{origin} · {size}" if origin else f"a local file · {found[1] or 'unknown type'} · {size}"
    return written(f"{address[:48]}… ({len(address)} chars)")


def preview_of(value: Any, kind: str) -> str:
    """Return a small preview of an address as HTML; empty for all that is no http(s) or data URL.

    Parameters
    ----------
    value : object
        The address.
    kind : str
        image, video or audio; nothing is shown where it is not known.
    """
    if not isinstance(value, str) or kind not in _KINDS:
        return ""
    if value.startswith("data:"):
        return _of_data(value, kind)
    if not re.match(r"https?://[^\s/]+\.[^\s/]+/\S", value):
        return ""
    source = escape(value, quote=True)
    return {
        "image": f'<img alt="" referrerpolicy="no-referrer" loading="lazy" src="{source}">',
        "video": f'<video muted playsinline preload="metadata" src="{source}"></video>',
        "audio": f'<audio controls preload="none" src="{source}"></audio>',
    }[kind]


def _of_data(address: str, kind: str) -> str:
    """The preview of a data URL: of an image it is small, of the rest a sign, since megabytes stay in the kernel."""
    if kind != "image":
        return f'<span class="sw-sign">{"▶" if kind == "video" else "♪"}</span>'
    small = _thumbnail(address) if address.startswith("data:image/") else ""
    return f'<img alt="" src="{small}">' if small else ""


def _thumbnail(address: str) -> str:
    """Return a data URL's image as a small JPEG: the page gets a few kB, not the file; empty if none."""
    import io

    from PIL import Image

    try:
        image = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2], validate=False)))
        image.thumbnail((96, 96))
        small = io.BytesIO()
        image.convert("RGB").save(small, "JPEG", quality=80)
    except Exception:  # a damaged file has no preview; the API will judge it
        return ""
    return data_url(small.getvalue(), "image/jpeg")
