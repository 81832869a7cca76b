"""What the simulator's command says when it has started: where it is, what to set, and what is not safe."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from . import settings

if TYPE_CHECKING:
    from .simulator import Simulator

KNOWN = "simulated"  # the token that everybody knows
_EVERYWHERE = ("", "0.0.0.0", "::")
HUB_PREFIX = "JUPYTERHUB_SERVICE_PREFIX"
# An address that is reserved for documentation: asking how it is reached sends nothing.
_ELSEWHERE = ("192.0.2.1", 9)


def greeting(simulator: Simulator) -> str:
    """Return what to set on this computer, and on others where they reach it."""
    lines = [
        f"The simulator of the AIML API answers at {simulator.url} to the key {simulator.token!r}, at no cost.",
        "",
        f"    export {settings.BASE_URL_VARIABLE}={simulator.url}",
        f"    export {settings.KEY_VARIABLES[0]}={simulator.token}",
        "",
    ]
    if not simulator.is_local:
        own = own_name() if simulator.host in _EVERYWHERE else simulator.host
        lines += [
            f"On other computers of this network: {settings.BASE_URL_VARIABLE}={simulator.url_for(own)}",
            f"Who adds a name to the key, {simulator.token}:ann, has an account of that name.",
        ]
    return "\n".join([*lines, f"Who waits for what: {simulator.url}/", "Ctrl-C ends it."])


def warning(simulator: Simulator) -> str:
    """Return what is not safe, in words; empty where nothing is."""
    if simulator.is_local or simulator.token != KNOWN:
        return ""
    return (
        f"Warning: everybody on this network can use it, since its key is the one that everybody knows ({KNOWN!r}). "
        "Choose another one with --token; what is sent is not encrypted."
    )


def own_name() -> str:
    """Return this computer's address in its network, as far as it has one; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
