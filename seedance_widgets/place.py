"""Where the code runs, and what can be shown there.

What differs from place to place, and what follows from it:

========  ========================  ======================  ==========================================
place     told by                   a clip by relative link  widgets
========  ========================  ======================  ==========================================
colab     google.colab is loaded    is not served           anywidget switches its widget manager on
vscode    the kernel's own name     is not served           yes; sound of clips (AAC) is not played
voila     variables of its server   is refused (403)        yes
jupyter   the server's session      is shown                yes: JupyterLab 4 and Notebook 7 do the same
kernel    only the kernel           is shown beside a page  none that lives: nbconvert, papermill
ipython   a shell without a kernel  nothing to show in      none
python    none of these             nothing to show in      none
========  ========================  ======================  ==========================================
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple


class Place(NamedTuple):
    """A kind of place.

    Attributes
    ----------
    name : str
        As in the table of this module.
    serves_links : bool
        Whether a file beside the notebook can be shown by a relative link. Elsewhere clips of any size are embedded.
    """

    name: str
    serves_links: bool = True


COLAB = Place("colab", serves_links=False)
VSCODE = Place("vscode", serves_links=False)
VOILA = Place("voila", serves_links=False)
JUPYTER, KERNEL, IPYTHON, PYTHON = Place("jupyter"), Place("kernel"), Place("ipython"), Place("python")

# The path of the notebook, which VS Code puts among the names of the person's own.
_OF_VSCODE = "__vsc_ipynb_file__"


def here() -> Place:
    """Return where this code runs now; asked anew each time, since a module may load later than this one."""
    shell = _shell()
    if shell is None:
        return PYTHON
    if "google.colab" in sys.modules:
        return COLAB
    if getattr(shell, "kernel", None) is None:
        return IPYTHON
    if _OF_VSCODE in getattr(shell, "user_ns", {}):
        return VSCODE
    return _of_server(os.environ)


def kernel() -> Any:
    """Return the kernel that this code runs in; None in a script or a terminal."""
    return getattr(_shell(), "kernel", None)


def has_front_end() -> bool:
    """Whether somebody may be looking: the code runs in a kernel, which sends widgets to a page."""
    return kernel() is not None


def _of_server(variables: Mapping[str, str]) -> Place:
    """Tell by what a server gave its kernel along."""
    if variables.get("SERVER_SOFTWARE", "").startswith("voila/") or "VOILA_REQUEST_URL" in variables:
        return VOILA
    if "JPY_SESSION_NAME" in variables:
        return JUPYTER
    # VS Code starts its kernels itself; the console window of an editor knows no notebook's path.
    return VSCODE if "VSCODE_PID" in variables else KERNEL


def _shell() -> Any:
    """Return IPython's shell; None where IPython is not even loaded."""
    if "IPython" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    return get_ipython()
