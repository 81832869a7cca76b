"""The bodies of the answers, the documented ones and the odd ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .faults import Fault
from .records import COMPLETED, CREDITS_PER_USD, ERROR, GENERATING, QUEUED, Job

# The synonyms that published answers use, and which state each belongs to.
SYNONYMS = {
    QUEUED: ("waiting", "active"),
    GENERATING: ("running", "uploading", "processing"),
    COMPLETED: ("succeeded",),
    ERROR: ("failed", "cancelled", "unknown"),
}
HTML_PAGE = "<!doctype html><html><head><title>Sign in</title></head><body>Sign in to the network</body></html>"
ON_COMPLETED = ("video_list", "video_strings", "no_video")


def generation(job: Job, status: str, url: str | None, *, usage: bool) -> dict[str, Any]:
    """The answer of both calls.

    Parameters
    ----------
    job : Job
        The generation.
    status : str
        The state to report.
    url : str or None
        Where the clip is.
    usage : bool
        Whether the cost is known.
    """
    over = status in (COMPLETED, ERROR)
    return {
        "id": job.id,
        "status": status,
        "video": {"url": url} if url else None,
        "error": job.error if over else None,
        "meta": {"usage": cost(job, status)} if usage else None,
    }


def cost(job: Job, status: str) -> dict[str, Any]:
    """What a generation costs; nothing when it failed."""
    credits_used = 0 if status == ERROR else job.credits
    return {"credits_used": credits_used, "usd_spent": credits_used / CREDITS_PER_USD}


def problem(status: int, message: str, path: str, request_id: str, timestamp: str) -> dict[str, Any]:
    """An error as the API words it."""
    return {
        "message": message,
        "path": path,
        "requestId": request_id,
        "statusCode": status,
        "timestamp": timestamp,
    }


def twist(reply: dict[str, Any], struck: Mapping[str, Fault]) -> dict[str, Any]:
    """The same answer in an odd shape."""
    url = (reply["video"] or {}).get("url")
    odd = dict(reply)
    if "odd_status" in struck:
        odd["status"] = odd_status(reply["status"], struck["odd_status"]) or reply["status"]
    if "no_meta" in struck:
        odd["meta"] = None
    if "video_list" in struck:
        odd["video"] = [{"url": url, "content_type": "video/mp4"}]
    if "video_strings" in struck:
        odd["video"] = [url]
    if "no_video" in struck:
        odd["video"] = None
    if "no_id" in struck:
        del odd["id"]
    return odd


def fits(fault: Fault, status: str) -> bool:
    """Whether an answer of this status can take an odd shape."""
    if fault.name in ON_COMPLETED:
        return status == COMPLETED
    return fault.name != "odd_status" or odd_status(status, fault) is not None


def odd_status(status: str, fault: Fault) -> str | None:
    """The unusual word for a state; None where the fault's word means another one."""
    if fault.value is None:
        return SYNONYMS[status][0]
    return str(fault.value) if status in _states(str(fault.value)) else None


def _states(word: str) -> tuple[str, ...]:
    """The states that a word can stand for; one that nobody knows means "not done yet"."""
    known = tuple(state for state, words in SYNONYMS.items() if word in words)
    return known or (QUEUED, GENERATING)


def odd_error(fault: Fault, body: Mapping[str, Any]) -> Any:
    """An error of a shape that the schema does not list."""
    if fault.value in (None, "string"):
        return "The clip could not be made."
    if fault.value == "detail":
        said = next(iter(body.values()), None)
        return {"detail": [{"loc": ["body"], "msg": "The input was refused.", "type": "value", "input": said}]}
    return {"name": "Notice", "message": "The clip was made all the same."}


def dumps(reply: Any) -> str:
    """JSON as it goes over the wire."""
    return json.dumps(reply, ensure_ascii=False, separators=(",", ":"))
