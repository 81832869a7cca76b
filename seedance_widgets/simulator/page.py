"""The simulator's own page: what it is, and what everybody is waiting for."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from . import brief
from .records import COMPLETED, ERROR, GENERATING, QUEUED, Job, iso

if TYPE_CHECKING:
    from .service import Service

_SHOWN = 200
_WORDS = {QUEUED: "queued", GENERATING: "generating", COMPLETED: "finished", ERROR: "failed"}
_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
td.prompt { overflow-wrap: anywhere }
"""


def render(service: Service) -> str:
    """The page, as HTML; everything that came from outside is escaped."""
    now = service.world.now()
    jobs = list(service.world.jobs.values())
    counts = dict.fromkeys(_WORDS, 0)
    for job in jobs:
        counts[job.status(now)] += 1
    summary = ", ".join(f"{counts[status]} {word}" for status, word in _WORDS.items())
    rows = "".join(_row(service, job, now) for job in reversed(jobs[-_SHOWN:]))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>Seedance simulator</title><style>{_STYLE}</style></head><body>
<h1>Seedance simulator</h1>
<p>This is a simulator of the AIML API's video models. It runs on this computer, needs no real key and costs
nothing; its clips are drawn, not generated.</p>
<p>{summary}.</p>
<table><thead><tr><th>accepted</th><th>model</th><th>prompt</th><th>state</th></tr></thead>
<tbody>{rows or '<tr><td colspan="4">Nothing has been asked for yet.</td></tr>'}</tbody></table>
<p>Models: {escape(", ".join(service.shelf.ids()))}</p>
</body></html>"""


def _row(service: Service, job: Job, now: float) -> str:
    model = service.shelf.get(job.model)
    prompt = str(brief.value(model, job.body, "prompt") or "") if model else ""
    state = _WORDS[job.status(now)]
    if job.status(now) in (QUEUED, GENERATING):
        state += f", about {max(1, round(job.ends - now))} s to go"
    cells = f"<td>{iso(job.created)[11:19]}</td><td>{escape(job.model)}</td>"
    return f'<tr>{cells}<td class="prompt">{escape(prompt[:200])}</td><td>{state}</td></tr>'
