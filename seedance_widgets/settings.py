"""Where the key, the base URL and the folder of the library come from: argument, environment, keyring, default."""

from __future__ import annotations

import os
from importlib import import_module
from numbers import Real
from pathlib import Path
from urllib.parse import urlsplit

from .errors import ConfigError

KEY_VARIABLES = ("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY")
BASE_URL_VARIABLE = "AIMLAPI_BASE_URL"
HOME_VARIABLE = "SEEDANCE_HOME"
KEYRING_SERVICE = "aimlapi"
KEYRING_USER = "api_key"
DEFAULT_BASE_URL = "https://api.aimlapi.com"

NO_KEY = (
    "There is no API key, so nothing was sent. Set the environment variable AIMLAPI_API_KEY before the kernel "
    "starts, pass api_key=… to Studio, or type the key in the panel. Without a key everything works against the "
    "built-in simulator: Studio.simulated()."
)


def find_key(api_key: str | None = None) -> str | None:
    """Return the API key: the argument, else the environment's, else the system keyring's.

    Parameters
    ----------
    api_key : str, optional
        Wins over all else when it is not blank.

    Returns
    -------
    str or None
        The key without surrounding white space; None where there is none.

    Raises
    ------
    ConfigError
        The key holds what no HTTP header can carry (line breaks, control or non-ASCII characters). The
        message does not repeat it.
    """
    candidates = [api_key, *(os.environ.get(name) for name in KEY_VARIABLES)]
    for candidate in candidates:
        if candidate and candidate.strip():
            return checked_key(candidate.strip())
    stored = _key_of_keyring()
    return checked_key(stored.strip()) if stored and stored.strip() else None


def checked_key(key: str) -> str:
    """Return the key if a header can carry it, else raise ConfigError without repeating it."""
    if not all("!" <= character <= "~" for character in key):
        raise ConfigError(
            "The API key holds a space, a line break or another character that no key has; copy it once more."
        )
    return key


def _key_of_keyring() -> str | None:
    """Ask the system keyring, when the optional package `keyring` is installed and has a working backend."""
    try:
        keyring = import_module("keyring")
        stored = keyring.get_password(KEYRING_SERVICE, KEYRING_USER)
    except Exception:  # the keyring's backends raise whatever their platform raises; no keyring is no error
        return None
    return stored if isinstance(stored, str) else None


def find_base_url(base_url: str | None = None) -> str:
    """Return the API's address without a trailing slash.

    Raises
    ------
    ConfigError
        It is no http(s) address, or it carries a user name, a query or a fragment.
    """
    url = (base_url or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL).strip().rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:  # not repeated: it may be the key, in the wrong place
        raise ConfigError("The base URL is no address of an API: it must begin with https:// (or http://).")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigError("The base URL must hold no user name, password, query or fragment.")
    return url


def find_home(library: str | os.PathLike[str] | None = None) -> Path:
    """Return the library's folder as an absolute path: argument, ``SEEDANCE_HOME``, the user's data folder.

    It is not created here.
    """
    chosen = library or os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("seedance_widgets", appauthor=False)


def simulated_home(library: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder for simulated takes: the argument, else one of its own inside the usual home."""
    return find_home(library) if library else find_home() / "simulated"


def check_numbers(poll_interval: float | None, timeout: float, max_requests: int, budget_usd: float | None) -> None:
    """Refuse numbers of a Studio that make no sense, in words."""
    for name, value, least in (
        ("poll_interval", poll_interval, 0),
        ("timeout", timeout, 0),
        ("max_requests", max_requests, 1),
        ("budget_usd", budget_usd, 0),
    ):
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        if value is not None and not (is_number and value >= least):
            raise ConfigError(f"{name}={value!r} must be a number, at least {least}.")
