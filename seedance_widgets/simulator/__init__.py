"""The API's video part on this computer: same addresses, same answers, no key and no cost.

``Simulator`` is what a newcomer's first run, a classroom and every test of the client talk to. ``core`` holds
the states and the clock, ``service`` the rules, the ``…handler`` modules speak HTTP, ``faults`` is
what can go wrong on request, ``render`` draws the clips.
"""

from __future__ import annotations

from .faults import FAULTS, Fault
from .server import Simulator

__all__ = ["FAULTS", "Fault", "Simulator"]
