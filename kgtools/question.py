"""Named questions: a `.rq` file with a header, its typed parameters, and the asking of it.

The header is a block of comment lines on top of the file:

    #+ summary: Who led a round, and which office did each hold then?
    #+ param: round iri id:ind-jpn-strategic-dialogue-18 the round
    #+ column: person who led
    #+ example: kgtools query who-led-round round=id:ind-jpn-strategic-dialogue-17

A parameter `round` stands in the query as `VALUES ?round { <default> }`, so that every file runs as it is
on any SPARQL engine. A given value replaces the content of that block as one typed, serialised term; no
text is pasted. The type is one of iri, date, integer, string; the default `*` means any (`UNDEF`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.inference import infer
from kgtools.sparql import policy as rules
from kgtools.sparql.answers import Answer, GraphAnswer
from kgtools.sparql.engine import Engine, Solutions
from kgtools.sparql.policy import POLICY, Policy
from kgtools.sparql.prefixes import with_prefixes
from kgtools.terms import XSD, expand, home

if TYPE_CHECKING:
    from kgtools.graph import KnowledgeGraph

TYPES = ("iri", "date", "integer", "string")
Given = str | int | date
"""What a parameter takes; see :func:`bind`."""

_TAKES = {
    "iri": "a slug, a prefixed name or an IRI",
    "date": "a date or YYYY-MM-DD",
    "integer": "a whole number",
    "string": "text",
}
_SLUG = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a question: name, type, default (as written in the header) and meaning."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Question:
    """A named question.

    Attributes:
        name: the slug, which is the file's name without `.rq`.
        summary: the question in plain words.
        parameters: what can be set.
        columns: name and meaning of each column, in order.
        example: a command line that asks it.
        text: the SPARQL text with the defaults in place.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    columns: tuple[tuple[str, str], ...]
    example: str
    text: str

    def to_dict(self) -> dict[str, object]:
        """What there is to know for asking it, as JSON has it: all but the text."""
        return {
            "name": self.name,
            "summary": self.summary,
            "parameters": [asdict(p) for p in self.parameters],
            "columns": dict(self.columns),
            "example": self.example,
        }


def read_question(path: Path) -> Question:
    """Read one `.rq` file that has a header.

    Raises:
        InputError: the header lacks a summary or a column, a parameter has an unknown type or no VALUES
            block, or the query is not one that may be asked.
    """
    text = _read(path)
    header = _header(text)
    for key in ("summary", "column"):
        if key not in header:
            raise InputError(f"{path}: no '#+ {key}:' line in the header; see kgtools.question for its form")
    question = _question(path.stem, str(path), text, header)
    bind(question, {p.name: p.default for p in question.parameters})
    return question


def query_of(source: Path | str) -> Question:
    """Any read query as a question: a `.rq` file (a path) or SPARQL text (a string); a header may be there or not.

    Raises:
        InputError: the file cannot be read, a parameter in its header is malformed, or the query may not be asked.

    >>> query_of("SELECT ?x { ?x a ipp:Nation }").parameters
    ()
    """
    if isinstance(source, Path):
        text = _read(source)
        return _question(source.stem, str(source), text, _header(text))
    return _question("query", "query", source, _header(source))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text: {error}") from error


def _header(text: str) -> dict[str, list[str]]:
    header: dict[str, list[str]] = {}
    for line in re.findall(r"^#\+ *(.*)$", text, re.MULTILINE):
        key, _, value = line.partition(":")
        header.setdefault(key.strip(), []).append(value.strip())
    return header


def _question(name: str, where: str, text: str, header: Mapping[str, list[str]]) -> Question:
    parameters = []
    for row in header.get("param", []):
        cells = row.split(maxsplit=3)
        if len(cells) < 4 or cells[1] not in TYPES:
            raise InputError(
                f"{where}: '#+ param: {row}' is not 'name type default meaning', type one of {', '.join(TYPES)}"
            )
        parameters.append(Parameter(*cells))
    rules.check(text, name=where)
    return Question(
        name,
        header.get("summary", [""])[0],
        tuple(parameters),
        tuple((column, meaning) for column, _, meaning in (c.partition(" ") for c in header.get("column", []))),
        header.get("example", [f"kgtools query {name}"])[0],
        text,
    )


def questions(folder: Path | None = None) -> dict[str, Question]:
    """All named questions of a folder (the bundled ones by default), by name, in alphabetical order.

    >>> "who-led-round" in questions()
    True
    """
    return {p.stem: read_question(p) for p in sorted((folder or home("queries")).glob("*.rq"))}


def find_question(name: str) -> Question:
    """The bundled question of that name.

    Raises:
        InputError: there is none; the message names the nearest ones.
    """
    path = home("queries") / f"{name}.rq"
    if re.fullmatch(r"[a-z0-9-]+", name) and path.is_file():
        return read_question(path)
    near = difflib.get_close_matches(name, [p.stem for p in home("queries").glob("*.rq")], n=3)
    raise InputError(
        f"no question is called '{name}'"
        + (f"; did you mean {' or '.join(near)}?" if near else "; kgtools questions lists them")
    )


def view(name: str, **values: Given) -> str:
    """The text of one of our own queries in `queries/views/`, with these parameter values; see :func:`bind`.

    What statistics, entity pages and tables ask of the graph stands there.
    """
    return bind(query_of(home("queries") / "views" / f"{name}.rq"), values)


def bind(question: Question, values: Mapping[str, Given]) -> str:
    """The question's SPARQL text with these parameter values in place of the defaults.

    Args:
        question: a named question.
        values: parameter name to a value: a date for `date`, an int for `integer`, or text, which is read by
            the parameter's type (`iri`: a slug, a prefixed name or an IRI; `date`: YYYY-MM-DD; `*`: any).

    Raises:
        InputError: there is no such parameter, or the value is not of its type.
    """
    known = {p.name: p for p in question.parameters}
    edits: list[tuple[int, int, str]] = []
    for name, value in values.items():
        if name not in known:
            has = ", ".join(known) or "none"
            raise InputError(f"question '{question.name}' has no parameter '{name}'; it has {has}")
        term = _term(known[name], value)
        spans = _blocks(question.text, name)
        if not spans:
            raise InputError(
                f"question '{question.name}': no 'VALUES ?{name} {{ … }}' block for its parameter '{name}'"
            )
        edits += [(start, end, term) for start, end in spans]
    text = question.text
    for start, end, term in sorted(edits, reverse=True):
        text = f"{text[:start]} {term} {text[end:]}"
    bound = _Bound(text)
    bound.template, bound.edits = question.text, edits
    return bound


class _Bound(str):
    """The text of a question with its values, which knows the text without them: that need not be read each time."""

    template: str
    edits: list[tuple[int, int, str]]


def query(graph: KnowledgeGraph, question: str | Path | Question, /, **parameters: Given) -> Answer | GraphAnswer:
    """Ask a graph a question, in one call.

    Args:
        graph: a loaded graph. Questions see its entailed triples: where :func:`kgtools.infer` has not run, it runs now.
        question: the name of a bundled question, SPARQL text, the path of a `.rq` file, or a :class:`Question`.
        parameters: values for the question's parameters: dates as :class:`datetime.date`, whole numbers as int,
            entities as slug, prefixed name or IRI. What is left out keeps its default. (A parameter whose name is a
            Python keyword goes in as ``**{"from": date(2024, 1, 1)}``.)

    Returns:
        Rows with the English labels of the entities in them for SELECT and ASK, triples for CONSTRUCT and DESCRIBE.

    Raises:
        InputError: no such question or parameter, a value of another type, or a query that may not be asked.

    >>> import kgtools
    >>> graph = kgtools.load()
    >>> answer = kgtools.query(graph, "commitments-overdue", date=date(2012, 1, 1))
    >>> {"id:ind", "id:jpn"} <= {row.obligor for row in answer.named()}
    True
    """
    if isinstance(question, Path):
        question = query_of(question)
    elif isinstance(question, str):
        question = find_question(question) if _SLUG.fullmatch(question) else query_of(question)
    elif not isinstance(question, Question):
        raise InputError(f"a question is a name, SPARQL text, a Path or a Question, not {type(question).__name__}")
    text = bind(question, parameters)
    if not graph.inferred:
        infer(graph)
    engine = graph.engine()
    answer = answer_to(engine, text, name=question.name)
    return answer.with_labels(engine) if isinstance(answer, Answer) else answer


def ask(
    engine: Engine, text: str, *, name: str = "query", policy: Policy = POLICY, timeout: float | None = None
) -> Answer:
    """Check a SELECT or ASK, add the project's prefixes where it declares none, and run it.

    An ASK answers with one row and the column `answer`.

    Args:
        engine: what is asked.
        text: SPARQL text.
        name: what to call it in messages.
        policy: what may be asked, and what it may cost: 60 s, a million rows and 2 GB by default.
        timeout: seconds, in place of the policy's.

    Raises:
        InputError: the query may not be asked, is not SPARQL, or is a CONSTRUCT or DESCRIBE.
        LimitError: its answer takes too long, too much memory, or has too many rows; nothing of it is kept.
        EngineError: the engine failed.
    """
    answer = answer_to(engine, text, name=name, policy=policy, timeout=timeout)
    if not isinstance(answer, Answer):
        raise InputError(f"{name}: CONSTRUCT and DESCRIBE give a graph, not rows; use kgtools.query")
    return answer


def answer_to(
    engine: Engine, text: str, *, name: str = "query", policy: Policy = POLICY, timeout: float | None = None
) -> Answer | GraphAnswer:
    """Check any read query, add the project's prefixes where it declares none, and run it; see :func:`ask`.

    The columns of a `SELECT *` come in the order in which its variables first appear in the text.

    Args:
        engine: what is asked.
        text: SPARQL text.
        name: what to call it in messages.
        policy: what may be asked, and what it may cost.
        timeout: seconds, in place of the policy's.

    Raises:
        InputError: the query may not be asked, or is not SPARQL.
    """
    if isinstance(text, _Bound) and policy is POLICY:
        read = rules.read_bound(text, text.template, text.edits)
    else:
        read = rules.read(text, name=name, policy=policy)
    full = with_prefixes(text) if engine.verbatim else read.text
    if timeout is not None:
        policy = replace(policy, seconds=timeout)
    try:
        answer = engine.answer(read, full, policy)
    except InputError as error:
        raise InputError(f"{name}: {_placed(str(error), read)}") from error
    if isinstance(answer, bool):
        truth = "true" if answer else "false"
        return Answer(("answer",), [(ox.Literal(truth, datatype=ox.NamedNode(XSD + "boolean")),)])
    if isinstance(answer, Solutions):
        if read.variables:  # of a SELECT *: the standard leaves their order open
            answer = answer.ordered(read.variables)
        return Answer(answer.variables, answer.rows)
    return GraphAnswer(answer)


def _placed(message: str, query: rules.Query) -> str:
    """An engine's message with the place in the text that was sent for the place in the text it was given."""

    def place(match: re.Match[str]) -> str:
        line, column = query.place(int(match[1]))
        return f"line {line}, column {column}"

    return re.sub(r"error at 1:([0-9]+)", place, message)


def _term(parameter: Parameter, value: Given) -> str:
    what = f"parameter '{parameter.name}': {value!r}"
    if isinstance(value, (date, int)):
        kind = "integer" if type(value) is int else "date" if type(value) is date else ""
        if parameter.type != kind:
            raise InputError(f"{what} is a {type(value).__name__}; this parameter takes {_TAKES[parameter.type]}")
        value = str(value)
    if not isinstance(value, str):
        raise InputError(f"{what} is a {type(value).__name__}; this parameter takes {_TAKES[parameter.type]}")
    if value == "*":
        return "UNDEF"
    if parameter.type == "iri":
        try:
            return str(expand(value))
        except ValueError as error:
            raise InputError(f"{what} is not a slug, a prefixed name or an IRI: {error}") from error
    if parameter.type == "date":
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise InputError(f"{what} is not a date; write it as 2026-01-31") from error
        return str(ox.Literal(value, datatype=ox.NamedNode(XSD + "date")))
    if parameter.type == "integer":
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
            raise InputError(f"{what} is not a whole number")
        return str(ox.Literal(int(value)))
    return str(ox.Literal(value))


@lru_cache(maxsize=256)
def _blocks(text: str, variable: str) -> tuple[tuple[int, int], ...]:
    """Where the contents of the `VALUES ?variable { … }` blocks of a query begin and end."""
    stream = list(rules.tokens(text))
    spans = []
    for a, b, c in zip(stream, stream[1:], stream[2:], strict=False):
        if a.text.upper() == "VALUES" and b.text == f"?{variable}" and c.text == "{":
            close = next((t for t in stream if t.kind == "close" and t.start >= c.end), None)
            if close:
                spans.append((c.end, close.start))
    return tuple(spans)
