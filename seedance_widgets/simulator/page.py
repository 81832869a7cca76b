"""The simulator's own page: what it is, who waits for what, and how far the drawing is."""

from __future__ import annotations

import math
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from . import brief
from .clips import THREADS
from .records import COMPLETED, ERROR, GENERATING, QUEUED, Job, iso

if TYPE_CHECKING:
    from .service import Service

FRESH = 1.0  # seconds of the service's clock
_SHOWN = 200
_WORDS = {QUEUED: "queued", GENERATING: "generating", COMPLETED: "finished", ERROR: "failed"}
_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin-bottom: 1.5rem }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
td.prompt { overflow-wrap: anywhere }
"""


class Line(NamedTuple):
    """One generation as the page shows it; ``turn`` is how many clips are drawn before its own."""

    job: Job
    person: str
    status: str
    turn: int | None


class Board:
    """The page, made anew once a second at the most: a class that looks at it must not keep the service from its work.

    Parameters
    ----------
    service : Service
        What it tells of.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._html, self._made = "", -math.inf

    def html(self) -> str:
        """The page as it was within the last second."""
        now = self._service.world.now()
        if now - self._made >= FRESH:
            self._html, self._made = render(self._service), now
        return self._html


def render(service: Service) -> str:
    """The page, as HTML; everything that came from outside is escaped, and people have numbers for names."""
    lines = _lines(service)
    counts = Counter(line.status for line in lines)
    summary = ", ".join(f"{counts[status]} {word}" for status, word in _WORDS.items())
    rows = "".join(_row(service, line) for line in reversed(lines[-_SHOWN:]))
    head = "" if service.shared else "<th>prompt</th>"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>Seedance simulator</title><style>{_STYLE}</style></head><body>
<h1>Seedance simulator</h1>
<p>This is a simulator of the AIML API's video models. It needs no real key and costs nothing; its clips are drawn, not
generated. It runs at {service.speed:g} times the pace of the real service.</p>
<p>{summary}. {_drawing(lines)}</p>
{_people(lines)}
<table><thead><tr><th>accepted</th><th>who</th><th>model</th>{head}<th>state</th></tr></thead>
<tbody>{rows or '<tr><td colspan="5">Nothing has been asked for yet.</td></tr>'}</tbody></table>
<p>Models: {escape(", ".join(service.shelf.ids()))}</p>
</body></html>"""


def _lines(service: Service) -> list[Line]:
    """Every generation, oldest first. One whose time is over counts as generating until its clip is drawn."""
    now, turns, people = service.world.now(), service.clips.turns(), dict[str, str]()
    lines = []
    for job in list(service.world.jobs.values()):
        person = people.setdefault(job.whom, f"person {len(people) + 1}")
        status = job.status(now)
        turn = turns.get(service.clips.name(service.scene(job))) if turns and status != ERROR else None
        lines.append(Line(job, person, GENERATING if status == COMPLETED and turn is not None else status, turn))
    return lines


def _drawing(lines: list[Line]) -> str:
    waiting = {line.turn for line in lines if line.turn}
    drawn = len({line.job.id for line in lines if line.turn == 0})
    return f"{min(drawn, THREADS)} clips are being drawn, {THREADS} at a time; {len(waiting)} wait, in fair turns."


def _people(lines: list[Line]) -> str:
    """Who waits for how many: nothing, where there is only one person."""
    counts: dict[str, Counter[str]] = {}
    for line in lines:
        counts.setdefault(line.person, Counter())[line.status] += 1
    if len(counts) < 2:
        return ""
    heads = "".join(f'<th class="number">{word}</th>' for word in _WORDS.values())
    waiting = sorted(counts.items(), key=lambda each: -(each[1][QUEUED] + each[1][GENERATING]))
    rows = "".join(f"<tr><td>{person}</td>{_numbers(count)}</tr>" for person, count in waiting)
    return f"<table><thead><tr><th>who</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _numbers(count: Counter[str]) -> str:
    return "".join(f'<td class="number">{count[status] or ""}</td>' for status in _WORDS)


def _row(service: Service, line: Line) -> str:
    job = line.job
    cells = f"<td>{iso(job.created)[11:19]}</td><td>{line.person}</td><td>{escape(job.model)}</td>"
    if not service.shared:
        model = service.shelf.get(job.model)
        prompt = str(brief.value(model, job.body, "prompt") or "") if model else ""
        cells += f'<td class="prompt">{escape(prompt[:200])}</td>'
    return f"<tr>{cells}<td>{_state(line, service.world.now())}</td></tr>"


def _state(line: Line, now: float) -> str:
    words = [_WORDS[line.status]]
    if line.status in (QUEUED, GENERATING) and line.job.ends > now:
        words.append(f"about {max(1, round(line.job.ends - now))} s to go")
    if line.turn is not None:
        words.append("being drawn" if line.turn == 0 else f"number {line.turn} to be drawn")
    return ", ".join(words)
