"""The answer to a question: typed rows, and the forms in which people take them away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.sparql.engine import Row, Term
from kgtools.terms import XSD, short

Value = str | int | float | bool | date | Decimal | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a SELECT, in the order in which the engine gave them.

    Attributes:
        columns: the variable names.
        rows: one tuple of pyoxigraph terms (or None) a row.
    """

    columns: tuple[str, ...]
    rows: list[Row]

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """The rows as dictionaries of Python values; see :func:`python_value`."""
        for row in self.rows:
            yield {c: python_value(t) for c, t in zip(self.columns, row, strict=True)}

    def __len__(self) -> int:
        return len(self.rows)

    def to_dicts(self) -> list[dict[str, Value]]:
        """A list of dictionaries, column name to Python value."""
        return list(self)

    def to_csv(self) -> str:
        """CSV by RFC 4180 with a header row: IRIs of the project as prefixed names, literals as their text."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(self.columns)
        writer.writerows([["" if t is None else short(t) for t in row] for row in self.rows])
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
