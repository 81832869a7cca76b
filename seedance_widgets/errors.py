"""Every exception of the package.

::

    SeedanceError
    ├── ConfigError            something is not set up: no key, no such model, no such folder
    │   └── DocumentError      an OpenAPI document that cannot be read
    ├── RequestInvalid         the request breaks the model's schema; nothing was sent   .problems
    ├── ApiError               the API answered, and it was not a success   .status .message .request_id
    │   ├── AuthenticationError   401  the key is missing, wrong or disabled
    │   ├── OutOfCredits          403  the balance does not cover the request
    │   ├── NotFound              404  no such generation, path or model
    │   ├── RateLimited           429  too many requests   .retry_after
    │   ├── ServerError           5xx  the API is in trouble
    │   └── UnexpectedReply       an answer that is not the documented shape
    ├── ConnectionFailed       no answer came   .sent
    ├── GenerationFailed       a generation ended without a clip   .generation
    ├── GenerationTimeout      a generation is not done yet   .generation
    ├── DownloadFailed         the clip could not be fetched whole   .status
    └── LibraryError           the disk or the database under the library

Each message says what happened, to which request, and what to do now. None of them ever holds the API key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .generation import Generation


class SeedanceError(Exception):
    """The root of all errors of this package."""


class ConfigError(SeedanceError):
    """Something is not set up; the message says what to set, and where."""


class DocumentError(ConfigError):
    """An OpenAPI document that cannot be read as a model; the message says which line or part of it, and why."""


class Problem(NamedTuple):
    """One thing that is wrong with a request.

    Attributes
    ----------
    path : str
        Where: a field's name, with dots and brackets inside nested values (``keyframes.frame0``,
        ``image_urls[2]``); empty for the request as a whole.
    message : str
        What is wrong and what is allowed.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class RequestInvalid(SeedanceError):
    """The request breaks the model's schema. Nothing was sent.

    Parameters
    ----------
    model_id : str
        The model that was asked.
    problems : iterable of (path, message)
        Every problem, not only the first.
    """

    def __init__(self, model_id: str, problems: Iterable[tuple[str, str]]) -> None:
        self.model_id = model_id
        self.problems = [Problem(*problem) for problem in problems]
        count = len(self.problems)
        listed = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(
            f"The request for {model_id} has {count} problem{'s' * (count != 1)}; nothing was sent:\n{listed}"
        )


class ApiError(SeedanceError):
    """The API answered, and the answer was not a success.

    Parameters
    ----------
    text : str
        The whole sentence for a person.
    status : int
        HTTP status code.
    message : str
        The API's own words; may be empty.
    request_id : str or None
        The API's number of the request, for its support.
    """

    def __init__(self, text: str, *, status: int = 0, message: str = "", request_id: str | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.message = message
        self.request_id = request_id


class AuthenticationError(ApiError):
    """401: the key is missing, wrong or disabled."""


class OutOfCredits(ApiError):
    """403: the balance does not cover the request, or the key may not use this model."""


class NotFound(ApiError):
    """404: no such generation, path or model."""


class RateLimited(ApiError):
    """429: too many requests.

    Attributes
    ----------
    retry_after : float or None
        Seconds that the API asks to wait, where it says so.
    """

    retry_after: float | None = None


class ServerError(ApiError):
    """5xx: the API is in trouble; for a POST it stays open whether it was carried out."""


class UnexpectedReply(ApiError):
    """An answer that is not of the documented shape; for a POST its outcome stays open."""


class ConnectionFailed(SeedanceError):
    """No answer came.

    Attributes
    ----------
    sent : bool
        False where the request provably never left this machine (name not found, connection refused,
        connect timeout, TLS failure); True where it may have arrived.
    """

    def __init__(self, text: str, *, sent: bool) -> None:
        super().__init__(text)
        self.sent = sent


class GenerationFailed(SeedanceError):
    """A generation ended without a clip.

    Attributes
    ----------
    generation : Generation
        The one that failed; its ``error`` says why.
    """

    def __init__(self, text: str, generation: Generation) -> None:
        super().__init__(text)
        self.generation = generation


class GenerationTimeout(SeedanceError):
    """A generation is not done yet; it goes on, and ``studio.resume()`` watches it again.

    Attributes
    ----------
    generation : Generation
        The one that was waited for.
    """

    def __init__(self, text: str, generation: Generation) -> None:
        super().__init__(text)
        self.generation = generation


class DownloadFailed(SeedanceError):
    """The clip could not be fetched whole; nothing half-written keeps its name.

    Attributes
    ----------
    status : int
        HTTP status of the clip's address, 0 where there was none. 403, 404 and 410 mean that the
        address has expired and a fresh one can be asked for.
    """

    def __init__(self, text: str, *, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class LibraryError(SeedanceError):
    """The disk or the database under the library: full, gone, read-only or damaged."""
