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

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.sparql import policy
from kgtools.sparql.answers import Answer
from kgtools.sparql.engine import Engine
from kgtools.sparql.prefixes import with_prefixes
from kgtools.terms import XSD, expand, home

TYPES = ("iri", "date", "integer", "string")


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


def read_question(path: Path) -> Question:
    """Read one `.rq` file.

    Raises:
        InputError: the header lacks a summary or a column, a parameter has an unknown type or no VALUES
            block, or the query is not one that may be asked.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    header: dict[str, list[str]] = {}
    for line in re.findall(r"^#\+ *(.*)$", text, re.MULTILINE):
        key, _, value = line.partition(":")
        header.setdefault(key.strip(), []).append(value.strip())
    for key in ("summary", "column"):
        if key not in header:
            raise InputError(f"{path}: no '#+ {key}:' line in the header; see kgtools.question for its form")
    parameters = []
    for row in header.get("param", []):
        cells = row.split(maxsplit=3)
        if len(cells) < 4 or cells[1] not in TYPES:
            raise InputError(
                f"{path}: '#+ param: {row}' is not 'name type default meaning', type one of {', '.join(TYPES)}"
            )
        parameters.append(Parameter(*cells))
    policy.check(text, name=str(path))
    question = Question(
        path.stem,
        header["summary"][0],
        tuple(parameters),
        tuple((name, meaning) for name, _, meaning in (c.partition(" ") for c in header["column"])),
        header.get("example", [f"kgtools query {path.stem}"])[0],
        text,
    )
    bind(question, {p.name: p.default for p in parameters})
    return question


def questions(folder: Path | None = None) -> dict[str, Question]:
    """All named questions of a folder (the bundled ones by default), by name, in alphabetical order.

    >>> "who-led-round" in questions()
    True
    """
    return {p.stem: read_question(p) for p in sorted((folder or home("queries")).glob("*.rq"))}


def bind(question: Question, values: Mapping[str, str]) -> str:
    """The question's SPARQL text with these parameter values in place of the defaults.

    Args:
        question: a named question.
        values: parameter name to text; the text is read by the parameter's type (`iri`: a slug, a prefixed
            name or an IRI; `date`: YYYY-MM-DD; `*`: any).

    Raises:
        InputError: there is no such parameter, or the text is not of its type.
    """
    known = {p.name: p for p in question.parameters}
    text = question.text
    for name, value in values.items():
        if name not in known:
            has = ", ".join(known) or "none"
            raise InputError(f"question '{question.name}' has no parameter '{name}'; it has {has}")
        text = _replace_values(question.name, text, name, _term(known[name], value))
    return text


def ask(engine: Engine, text: str, *, name: str = "query") -> Answer:
    """Check a SELECT or ASK, add the project's prefixes where it declares none, and run it.

    An ASK answers with one row and the column `answer`.

    Raises:
        InputError: the query may not be asked, is not SPARQL, or is a CONSTRUCT or DESCRIBE.
    """
    form = policy.check(text, name=name)
    full = with_prefixes(text)
    if form == "ASK":
        truth = "true" if engine.ask(full) else "false"
        return Answer(("answer",), [(ox.Literal(truth, datatype=ox.NamedNode(XSD + "boolean")),)])
    if form != "SELECT":
        raise InputError(f"{name}: {form} gives a graph, not rows; use kgtools export or Engine.construct")
    solutions = engine.select(full)
    return Answer(solutions.variables, solutions.rows)


def _term(parameter: Parameter, value: str) -> str:
    if value == "*":
        return "UNDEF"
    what = f"parameter '{parameter.name}': '{value}'"
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
        if not re.fullmatch(r"[+-]?\d{1,18}", value):
            raise InputError(f"{what} is not a whole number")
        return str(ox.Literal(int(value)))
    return str(ox.Literal(value))


def _replace_values(name: str, text: str, variable: str, term: str) -> str:
    """Put one serialised term into the `VALUES ?variable { … }` blocks of a query."""
    stream = list(policy.tokens(text))
    spans = []
    for a, b, c in zip(stream, stream[1:], stream[2:], strict=False):
        if a.text.upper() == "VALUES" and b.text == f"?{variable}" and c.text == "{":
            close = next((t for t in stream if t.kind == "close" and t.start >= c.end), None)
            if close:
                spans.append((c.end, close.start))
    if not spans:
        raise InputError(f"question '{name}': no 'VALUES ?{variable} {{ … }}' block for its parameter '{variable}'")
    for start, end in reversed(spans):
        text = f"{text[:start]} {term} {text[end:]}"
    return text
