"""The controls of a form: how each kind of field is shown, and how it holds its value without loss.

pick      Field → control: the one place that decides
base      Control: a value, the widgets that show it, and the line below for what is wrong
text, number, choice, media      the plain kinds
nested, table, variant           the kinds that hold other controls
kit       what the controls of one form share: looks, words, the style sheet
exact     UNSET, and the desk where changes are settled before anybody is told
"""

from __future__ import annotations

from .base import Control
from .exact import UNSET
from .pick import control_for

__all__ = ["UNSET", "Control", "control_for"]
