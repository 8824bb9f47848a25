"""The promise ledger: what was promised, by when, what became of it by a day, and who says so.

Everything is asked of the graph by the questions `promises`, `promise-periods`, `promise-story` and `follow-through`;
here their rows become records with a text form. That a promise was kept, kept late or is past its window is
computed for a day and never asserted.
"""

from __future__ import annotations

import csv
import io
import json
import statistics
from dataclasses import asdict, dataclass
from datetime import date
from textwrap import shorten, wrap
from typing import TYPE_CHECKING

from kgtools.cells import inert
from kgtools.errors import DataError, InputError
from kgtools.question import ask, bind, find_question
from kgtools.sparql.answers import Value
from kgtools.terms import expand, short

if TYPE_CHECKING:
    from kgtools.graph import KnowledgeGraph

STATES = ("kept", "kept-late", "partly", "open", "due", "due-passed", "postponed", "superseded", "withdrawn", "lapsed")
"""What can have become of a promise by a day; see :func:`due`."""
DIMENSIONS = ("party", "pair", "series", "year")
FEW = 10
"""Counts below this number are marked: a share of so few promises says little."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise and what had become of it by a day; dates are ISO 8601.

    Attributes:
        promise: the record.
        what: what was promised.
        obligors: party codes of who owes it, with a space between.
        event: where it was made, and `made` when.
        due_start, due_end: the first and last day on which it is due; None where no window was given.
        due_text: the same in the words of the source.
        fate: one of :data:`STATES`.
        on: the day of what settled it, or the first day of its window; `when` as its source dates it, in EDTF.
        by: the record that shows it.
        days_late: how many days after the last due day it was kept.
        checked_on: the day on which evidence was last sought.
    """

    promise: str
    what: str
    obligors: str
    event: str
    made: date
    due_start: date | None
    due_end: date | None
    due_text: str | None
    fate: str
    on: date | None
    when: str | None
    by: str | None
    days_late: int | None
    checked_on: date | None

    @property
    def became(self) -> str:
        """What became of it, in a few words."""
        if self.fate == "kept-late":
            least = "" if self.when == str(self.on) else "at least "
            return f"kept {least}{self.days_late} days late, {self.when}"
        if self.fate == "due-passed":
            looked = self.checked_on and (self.due_end is None or self.checked_on > self.due_end)
            return (
                f"window passed, no evidence found (looked {self.checked_on})"
                if looked
                else "window passed, not looked for"
            )
        if self.fate == "due":
            return "in its window"
        return f"{self.fate}, {self.when}" if self.when else self.fate


@dataclass(frozen=True, slots=True)
class Ledger:
    """Promises as of a day, in the order in which they were made."""

    on: date
    promises: tuple[Promise, ...]

    def to_json(self) -> str:
        """A JSON object: the day and the promises."""
        rows = [asdict(p) for p in self.promises]
        return json.dumps({"on": str(self.on), "promises": rows}, ensure_ascii=False, indent=1, default=str)

    def to_csv(self) -> str:
        """The promises as CSV (RFC 4180) with a header row."""
        return _csv(list(Promise.__slots__), [list(asdict(p).values()) for p in self.promises])

    def __str__(self) -> str:
        lines = [f"{len(self.promises)} promises as of {self.on}"]
        for p in self.promises:
            lines += ["", *wrap(p.what, 78, initial_indent="* ", subsequent_indent="  ")]
            window = f" ({p.due_start or p.made} to {p.due_end})" if p.due_end else ""
            lines.append(f"  {p.obligors}; made {p.made} at {_slug(p.event)}")
            lines.append(f"  due: {p.due_text or 'not said'}{window}")
            by = f" by {_slug(p.by)}" if p.by else ""
            lines.append(f"  {p.became}{by}")
            lines.append(f"  {_slug(p.promise)}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a promise's story: its day, or the first day of its window, `when` as its source dates it (EDTF),
    what happened, the record that shows it, its text and its sources."""

    day: date
    when: str
    step: str
    record: str | None
    text: str | None
    sources: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A promise from the day on which it was made: what it says, its steps, the periods of one that recurs."""

    promise: Promise
    on: date
    steps: tuple[Step, ...]
    periods: tuple[dict[str, Value], ...]

    def to_json(self) -> str:
        """A JSON object; each source is address, publisher and kind."""
        return json.dumps(
            {
                "on": str(self.on),
                "promise": asdict(self.promise),
                "steps": [asdict(s) for s in self.steps],
                "periods": list(self.periods),
            },
            ensure_ascii=False,
            indent=1,
            default=str,
        )

    def to_csv(self) -> str:
        """One row for each step and source (RFC 4180) with a header row."""
        rows = [
            [s.day, s.when, s.step, s.record, s.text, *source]
            for s in self.steps
            for source in (s.sources or ((None, None, None),))
        ]
        return _csv(["day", "when", "step", "record", "text", "url", "publisher", "kind"], rows)

    def __str__(self) -> str:
        numbers: dict[str, int] = {}
        p = self.promise
        lines = [*wrap(p.what, 80), f"owed by {p.obligors}; {p.became} (as of {self.on})", ""]
        for s in self.steps:
            marks = "".join(f"[{numbers.setdefault(url, len(numbers) + 1)}]" for url, _, _ in s.sources)
            text = s.text or (_slug(s.record) if s.record else "")
            body = " ".join(x for x in (f"{s.step:<17}", text, marks) if x)
            if len(s.when) > 10:  # a window has a line of its own
                lines.append(s.when)
            first = f"{s.when:<10}  " if len(s.when) <= 10 else " " * 12
            lines += wrap(body, 80, initial_indent=first, subsequent_indent=" " * 30)
        if self.periods:
            lines += ["", "Periods"]
            for row in self.periods:
                fate = {"due-passed": "passed, no evidence found"}.get(str(row["fate"]), str(row["fate"]))
                lines.append(f"  from {row['start']}  {fate}" + (f", {row['on']}" if row["on"] else ""))
        if numbers:
            said = {url: f"{publisher}, {kind}" for s in self.steps for url, publisher, kind in s.sources}
            lines += ["", "Sources", *(f"  [{n}] {said[url]}: {url}" for url, n in numbers.items())]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Tally:
    """How one party, pair, series or year followed through.

    Attributes:
        days_late: the median of the days by which late promises were late; None where none was late.
        few: fewer than :data:`FEW` promises of it are settled or past their window: its shares say little.
        score: the mean of the scores, as the G7 and G20 Research Groups of the University of Toronto give them: +1
            kept, 0 in part or late within a year, -1 withdrawn or lapsed; no score without evidence, `scored` counts.
    """

    by: str
    group: str
    made: int
    kept: int
    late: int
    partly: int
    open: int
    passed: int
    ended: int
    days_late: float | None
    scored: int
    score: float | None

    @property
    def few(self) -> bool:
        """See the class."""
        return self.made - self.open < FEW


def due(
    graph: KnowledgeGraph,
    *,
    on: date | None = None,
    party: str | None = None,
    series: str | None = None,
    sector: str | None = None,
    state: str | None = None,
) -> Ledger:
    """The ledger as of a day: each promise that was made by then, and what had become of it.

    Args:
        graph: a loaded graph; nothing entailed is needed.
        on: the day; the data set's as-of date by default.
        party: only what this party owes: ISO 3166 alpha-3 or slug.
        series: only what was promised in rounds of this series.
        sector: only what concerns this sector (`code:` may be left out).
        state: one of :data:`STATES`: `kept` in its window or without one; `kept-late`; `partly`; `open` (no window,
            or not yet begun); `due` (in its window); `due-passed` (past it, and no source read shows it kept);
            `postponed`, `superseded`, `withdrawn`, `lapsed`. A recurring promise is `kept` where each calendar
            period that has ended was, `partly` where some were.

    Raises:
        InputError: no such state, or a name that cannot be an IRI.
    """
    if state is not None and state not in STATES:
        raise InputError(f"no state is called '{state}'; use one of {', '.join(STATES)}")
    given = {
        "party": party and party.lower(),
        "series": series,
        "sector": sector and (sector if ":" in sector else f"code:{sector}"),
        "fate": state,
    }
    return Ledger(*_promises(graph, on, {k: v for k, v in given.items() if v is not None}))


def story(graph: KnowledgeGraph, promise: str, *, on: date | None = None) -> Story:
    """One promise's story, from the day on which it was made to a day, each step with its sources.

    Raises:
        DataError: the graph holds no such promise, or it was made after that day.
    """
    day, found = _promises(graph, on, {"promise": promise})
    if not found:
        raise DataError(f"{_shortened(promise)}: no promise made by {day}; kgtools due lists them")
    steps: dict[tuple[object, ...], list[tuple[str, str, str]]] = {}
    for row in _ask(graph, "promise-story", {"promise": promise}):
        if isinstance(row["day"], date) and row["day"] <= (day if row["step"] != "due" else date.max):
            sources = steps.setdefault((row["day"], row["when"], row["step"], row["record"], row["text"]), [])
            if row["url"]:
                sources.append((str(row["url"]), str(row["publisher"]), str(row["kind"])))
    periods = _ask(graph, "promise-periods", {"promise": promise, "date": day})
    return Story(found[0], day, tuple(Step(*key, tuple(s)) for key, s in steps.items()), tuple(periods))  # type: ignore[call-arg, arg-type]


def follow_through(graph: KnowledgeGraph, *, by: str = "party", on: date | None = None) -> list[Tally]:
    """How each party, pair, series or year followed through, most promises first.

    Args:
        by: `party`, `pair`, `series` or `year` (of the promise).
        on: the day; the data set's as-of date by default.

    Raises:
        InputError: no such dimension.
    """
    if by not in DIMENSIONS:
        raise InputError(f"promises are not counted by '{by}'; use one of {', '.join(DIMENSIONS)}")
    out = []
    for row in _ask(graph, "follow-through", {"by": by, "date": _day(graph, on)}):
        late = [int(d) for d in str(row.pop("days") or "").split()]
        points, scored = _number(row.pop("score")), _number(row.pop("scored"))
        counts = {k: v if k in ("by", "group") else _number(v) for k, v in row.items()}
        median = float(statistics.median(late)) if late else None
        out.append(Tally(**counts, days_late=median, scored=scored, score=points / scored if scored else None))  # type: ignore[arg-type]
    return sorted(out, key=lambda t: (-t.made, t.group) if by != "year" else (0, t.group))


def _number(value: Value) -> int:
    return int(str(value))


def _promises(graph: KnowledgeGraph, on: date | None, given: dict[str, str]) -> tuple[date, tuple[Promise, ...]]:
    day = _day(graph, on)
    rows = _ask(graph, "promises", {**given, "date": day})
    return day, tuple(Promise(*row.values()) for row in rows)  # type: ignore[arg-type]


def _ask(graph: KnowledgeGraph, name: str, given: dict[str, str | date]) -> list[dict[str, Value]]:
    return ask(graph.engine(), bind(find_question(name), given), name=name).to_dicts()


def _day(graph: KnowledgeGraph, on: date | None) -> date:
    """The day asked for, or the data set's."""
    if on is not None:
        return on
    stated = graph.as_of_date()
    if stated is None:
        raise DataError("the data do not say as of which day they speak (ipp:asOf); give the day")
    return date.fromisoformat(stated)


def _slug(name: str) -> str:
    return name.removeprefix("id:")


def _shortened(name: str) -> str:
    try:
        return short(expand(name))
    except ValueError as error:
        raise InputError(str(error)) from error


def _csv(columns: list[str], rows: list[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([["" if v is None else inert(str(v)) for v in row] for row in rows])
    return out.getvalue()


def tallies_to_csv(found: list[Tally]) -> str:
    """Tallies as CSV (RFC 4180) with a header row."""
    return _csv([*Tally.__slots__, "few"], [[*asdict(t).values(), str(t.few).lower()] for t in found])


def tallies_to_json(found: list[Tally]) -> str:
    """Tallies as a JSON array."""
    return json.dumps([{**asdict(t), "few": t.few} for t in found], ensure_ascii=False, indent=1)


def tallies_to_text(found: list[Tally]) -> str:
    """Tallies as a table of 80 columns; `~` marks counts that are too small to trust."""
    head = f"{'':<24} {'made':>5} {'kept':>5} {'late':>5} {'days':>5} {'part':>5} {'open':>5} {'passed':>6} {'ended':>5} {'score':>6}"
    lines = [head]
    for t in found:
        days = "" if t.days_late is None else f"{t.days_late:.0f}"
        score = "" if t.score is None else f"{t.score:+.2f}"
        name = shorten(t.group, 22, placeholder="…") if " " in t.group else t.group[:22]
        lines.append(
            f"{name + ('~' if t.few else ''):<24} {t.made:>5} {t.kept:>5} {t.late:>5} {days:>5} {t.partly:>5} "
            f"{t.open:>5} {t.passed:>6} {t.ended:>5} {score:>6}"
        )
    lines.append("days: median days late; score: +1 kept, 0 in part or late within a year,")
    lines.append(f"-1 withdrawn or lapsed; ~ fewer than {FEW} promises settled or past their window")
    return "\n".join(lines)
