"""Controls of numbers: a box, with a slider where one fits, and the seed with its dice.

Numbers travel as text: a browser's own number boxes lose the digits of large whole numbers.
"""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from .base import Control
from .exact import UNSET
from .kit import written
from .text import TextControl

SEED_LIMIT = 2**31 - 1  # every vendor takes seeds up to here
EXACT_LIMIT = 2**53  # beyond, a number loses digits in the browser


def parse_number(text: str, whole: bool) -> Any:
    """Return the number that a text writes, whole ones of any size exactly; the text itself if it is none."""
    text = text.strip()
    if not text:
        return UNSET
    plain = text.replace("−", "-")
    if re.fullmatch(r"[+-]?[0-9]{1,4000}", plain):
        return int(plain)
    try:
        number = float(plain)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if whole and number.is_integer() and abs(number) < EXACT_LIMIT else number


class NumberControl(TextControl):
    """A number in a box; with a slider beside it where the field has both bounds."""

    def build(self) -> Sequence[widgets.Widget]:
        """Make the box, and the slider where one fits."""
        self.whole = self.field.type == "integer"
        self.slider = self._slider()
        if self.slider is None:
            self.box = self.make_box(widgets.Text, "sw-number")
            return [self.box]
        self.box = self.make_box(widgets.Text, "sw-number", "sw-beside", label="")
        return [self.kit.make(widgets.HBox, "sw-row", children=(self.slider, self.box))]

    def _slider(self) -> Any:
        low, high = self.field.minimum, self.field.maximum
        if low is None or high is None or not low < high <= EXACT_LIMIT or low < -EXACT_LIMIT:
            return None
        if self.whole and high - low > 10_000:
            return None  # a pixel would be a leap
        kind, step = (widgets.IntSlider, 1) if self.whole else (widgets.FloatSlider, _step(high - low))
        slider = self.kit.make(
            kind,
            "sw-slider",
            "sw-resting",
            **self.kit.words(self.label, self.tooltip_text),
            min=low,
            max=high,
            step=step,
            value=self._resting(),
            readout=False,
        )
        slider.observe(self._slid, "value")
        return slider

    def _resting(self) -> Any:
        """Where the slider stands while nothing is chosen."""
        low, high, default = self.field.minimum, self.field.maximum, self.field.default
        known = isinstance(default, (int, float)) and not isinstance(default, bool)
        return min(max(default, low), high) if known and low is not None and high is not None else low

    def _slid(self, change: Any) -> None:
        with self.desk:
            if not self._showing:
                with self._quietly():
                    self.box.value = written(change["new"] if self.whole else round(change["new"], 10))
                self.edited()

    def show(self, value: Any) -> None:
        """Show the number in the box and, within its bounds, on the slider."""
        super().show(value)
        self._follow(value)

    def read(self) -> Any:
        """Return the number typed."""
        value = parse_number(self.box.value, self.whole)
        with self._quietly():
            self._follow(value)
        return value

    def _follow(self, value: Any) -> None:
        if self.slider is None:
            return
        number = type(value) is int or (type(value) is float and math.isfinite(value))
        self.slider.value = min(max(value, self.slider.min), self.slider.max) if number else self._resting()
        (self.slider.remove_class if number else self.slider.add_class)("sw-resting")


def _step(span: float) -> float:
    """A step of about a hundredth of the span, with one digit."""
    return float(10.0 ** (math.floor(math.log10(span)) - 2))


class SeedControl(Control):
    """The seed: a new one each time, or a fixed number; the dice fixes one by chance."""

    wide: bool = True
    looks = ("sw-in-line",)
    rank: int = 3
    _emptied = False  # by a person, who had chosen "fixed"

    def build(self) -> Sequence[widgets.Widget]:
        """Make the choice, the box and the dice."""
        self.choice = self.kit.make(
            widgets.RadioButtons,
            "sw-radio",
            options=("random", "fixed"),
            **self.kit.words(self.label, self.tooltip_text),
            orientation="horizontal",
        )
        self.box = self.kit.make(
            widgets.Text,
            "sw-box",
            "sw-number",
            placeholder="a new one each time",
            tooltip="the seed, a whole number",
        )
        self.dice = self.kit.button("⚄", "fix a seed by chance", "sw-icon")
        self.choice.observe(self._chosen, "value")
        self.watch(self.box)
        self.dice.on_click(lambda _button: self.roll())
        return [self.choice, self.box, self.dice]

    def roll(self) -> None:
        """Fix a random seed, 0 to 2³¹−1 inside the field's bounds."""
        low = max(0, math.ceil(self.field.minimum)) if self.field.minimum is not None else 0
        high = SEED_LIMIT if self.field.maximum is None else min(SEED_LIMIT, math.floor(self.field.maximum))
        with self.desk:
            with self._quietly():
                self.box.value = str(low + secrets.randbelow(max(1, high - low + 1)))
            self.edited()

    def _chosen(self, change: Any) -> None:
        with self.desk:
            if self._showing:
                return
            if change["new"] == "fixed":
                self.roll()
                return
            with self._quietly():
                self.box.value = ""
            self.edited()

    def show(self, value: Any) -> None:
        """Show the seed; none is random."""
        self._emptied = False
        self.box.value = "" if value is UNSET else written(value)
        self.choice.index = 0 if value is UNSET else 1

    def read(self) -> Any:
        """Return the seed typed; an empty box is random."""
        value = parse_number(self.box.value, whole=True)
        self._emptied = value is UNSET and self.choice.index == 1
        with self._quietly():
            self.choice.index = 0 if value is UNSET else 1
        return value

    def remark(self) -> str:
        """Say what an empty box means to one who had fixed the seed."""
        return "empty, so each take gets a new random seed" if self._emptied else ""
