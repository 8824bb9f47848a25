"""The answer to a question: typed rows, and the forms in which people take them away."""

from __future__ import annotations

import csv
import io
import json
from collections import namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from kgtools.cells import inert
from kgtools.errors import InputError
from kgtools.rdf.write import to_turtle
from kgtools.sparql.engine import Engine, Row, Term
from kgtools.terms import LABEL, RDF, XSD, short

Value = str | int | float | bool | date | Decimal | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a SELECT, in the order in which the engine gave them.

    Attributes:
        columns: the variable names.
        rows: one tuple of pyoxigraph terms (or None) a row.
        labels: English labels of the entities in the rows, by prefixed name, where :meth:`with_labels` has
            looked them up.
    """

    columns: tuple[str, ...]
    rows: list[Row]
    labels: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """The rows as dictionaries of Python values; see :func:`python_value`."""
        for row in self.rows:
            yield {c: python_value(t) for c, t in zip(self.columns, row, strict=True)}

    def __len__(self) -> int:
        return len(self.rows)

    def to_dicts(self, *, labels: bool = False) -> list[dict[str, Value]]:
        """A list of dictionaries, column name to Python value.

        Args:
            labels: whether each column that holds entities is followed by one with their English labels, named
                `<column>Label`, unless the query has a column of that name.
        """
        if not labels:
            return list(self)
        named = {c for row in self for c, v in row.items() if v in self.labels and f"{c}Label" not in self.columns}
        out: list[dict[str, Value]] = []
        for row in self:
            wide: dict[str, Value] = {}
            for c, v in row.items():
                wide[c] = v
                if c in named:
                    wide[f"{c}Label"] = self.labels.get(v) if isinstance(v, str) else None
            out.append(wide)
        return out

    def named(self) -> Iterator[Any]:
        """The rows as named tuples of Python values: `row.person`, `row.day`.

        A column that Python cannot use as an attribute's name is reached by its position, as `row[0]`.
        """
        kind = namedtuple("Row", self.columns, rename=True)  # type: ignore[misc]
        for row in self:
            yield kind(*row.values())

    def with_labels(self, engine: Engine) -> Answer:
        """The same rows with the English labels of the entities in them, asked from an engine."""
        found = dict.fromkeys(t for row in self.rows for t in row if isinstance(t, ox.NamedNode))
        if not found:
            return self
        values = " ".join(map(str, found))
        query = f'SELECT ?x ?l {{ VALUES ?x {{ {values} }} ?x {LABEL} ?l . FILTER (LANG(?l) = "en") }}'
        labels = {short(x): short(label) for x, label in engine.select(query).rows}
        return Answer(self.columns, self.rows, labels)

    def to_csv(self) -> str:
        """SPARQL 1.1 Query Results CSV: IRIs in full, literals as their text.

        One departure: a text that a spreadsheet would run as a formula gets an apostrophe in front
        (:func:`kgtools.cells.inert`); numbers and dates do not. :meth:`to_json` has every term as it is.
        """
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(self.columns)
        writer.writerows([[_csv_cell(t) for t in row] for row in self.rows])
        return out.getvalue()

    def to_json(self) -> str:
        """SPARQL 1.1 Query Results JSON."""
        bindings = [
            {c: _json_term(t) for c, t in zip(self.columns, row, strict=True) if t is not None} for row in self.rows
        ]
        document = {"head": {"vars": list(self.columns)}, "results": {"bindings": bindings}}
        return json.dumps(document, ensure_ascii=False, indent=1)

    def to_pandas(self) -> Any:
        """A pandas data frame.

        Raises:
            InputError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise InputError("pandas is not installed; pip install 'kgtools[pandas]'") from error
        return pandas.DataFrame(self.to_dicts(), columns=list(self.columns))

    def to_polars(self) -> Any:
        """A polars data frame.

        Raises:
            InputError: polars is not installed.
        """
        try:
            import polars
        except ImportError as error:
            raise InputError("polars is not installed; pip install 'kgtools[polars]'") from error
        rows = [tuple(d.values()) for d in self]
        return polars.DataFrame(rows, schema=list(self.columns), orient="row", infer_schema_length=None, strict=False)


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """The triples of a CONSTRUCT or DESCRIBE."""

    triples: tuple[ox.Triple, ...]

    def __len__(self) -> int:
        return len(self.triples)

    def __iter__(self) -> Iterator[ox.Triple]:
        return iter(self.triples)

    def to_turtle(self) -> str:
        """Deterministic Turtle with the project's prefixes."""
        return to_turtle(self.triples).decode()


def python_value(term: Term | None) -> Value:
    """A term as a Python value: dates, numbers and booleans typed, IRIs as prefixed names, the rest as text.

    >>> python_value(ox.Literal("2026-01-16", datatype=ox.NamedNode(XSD + "date")))
    datetime.date(2026, 1, 16)
    """
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.removeprefix(XSD)
        try:
            if kind in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger"):
                return int(term.value)
            if kind == "decimal":
                return Decimal(term.value)
            if kind in ("double", "float"):
                return float(term.value)
            if kind == "boolean":
                return term.value in ("true", "1")
            if kind == "date":
                return date.fromisoformat(term.value)
        except (ValueError, ArithmeticError):
            return term.value
    return short(term)


def _csv_cell(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.Literal):
        return inert(term.value) if term.datatype.value in _TEXTS else term.value
    return str(term)


_TEXTS = {XSD + "string", RDF + "langString", RDF + "dirLangString", XSD + "anyURI"}


def _json_term(term: Term) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Literal):
        out = {"type": "literal", "value": term.value}
        if term.language:
            out["xml:lang"] = term.language
        elif term.datatype.value != XSD + "string":
            out["datatype"] = term.datatype.value
        return out
    return {"type": "literal", "value": str(term)}
