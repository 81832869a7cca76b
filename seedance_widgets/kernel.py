"""The notebook's kernel that this code runs in, if any."""

from __future__ import annotations

import sys
from typing import Any


def running() -> Any:
    """Return the kernel; None in a script or a terminal. Imports nothing: where IPython is not loaded, none runs."""
    if "IPython" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    return getattr(shell, "kernel", None)


def has_front_end() -> bool:
    """Whether somebody may be looking: the code runs in a kernel, which sends widgets to a page."""
    return running() is not None
