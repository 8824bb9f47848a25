"""What the queries of a shape may take for granted of the engine that answers them."""

from __future__ import annotations

from enum import Enum

from kgtools.rdf.exact import EXACT, encode
from kgtools.rdf.index import Node
from kgtools.sparql.functions import ORDER


class Dialect(Enum):
    """How an engine holds terms, and which expressions and functions it has beside those of SPARQL 1.1.

    PORTABLE: any engine; terms lie in it as they were given.
    OXIGRAPH: the embedded engine. No term of the data was changed by it, so that a constant that it would change is
        no term of the data: it is written in its exact form (:mod:`kgtools.rdf.exact`), which then matches nothing.
    EXACT: the same, over data in which some terms lie in their exact form.
    """

    PORTABLE = "portable"
    OXIGRAPH = "oxigraph"
    EXACT = "exact"

    def held(self, term: Node) -> Node:
        """A term as the engine holds it."""
        return term if self is Dialect.PORTABLE else encode(term)

    def has_datatype(self, value: str, datatype: str) -> str:
        """A boolean expression: the literal in `value` has that datatype."""
        if self is Dialect.EXACT:
            return f"DATATYPE({value}) IN (<{datatype}>, <{EXACT}{datatype}>)"
        return f"DATATYPE({value}) = <{datatype}>"

    def plain(self, value: str) -> str:
        """An expression: the value to compare that a literal, perhaps in its exact form, stands for."""
        if self is not Dialect.EXACT:
            return value
        kind = f"STR(DATATYPE({value}))"
        decoded = f'STRDT(STR({value}), IRI(STRAFTER({kind}, "{EXACT}")))'
        return f'IF(isLiteral({value}) && STRSTARTS({kind}, "{EXACT}"), {decoded}, {value})'

    def compares(self, one: str, operator: str, other: str) -> str:
        """A boolean expression: a comparison holds between two literals of one kind (engines order other terms, too).

        The embedded engine compares numbers of 64 bits; of longer ones a function of ours knows, asked where the
        engine does not find that the comparison holds.
        """
        a, b = self.plain(one), self.plain(other)
        same = f'!isNumeric({b}) && DATATYPE({a}) = DATATYPE({b}) && LANG({a}) = ""'
        engine = f"(isNumeric({a}) && isNumeric({b}) || {same}) && {a} {operator} {b}"
        if self is Dialect.PORTABLE:
            return f"COALESCE({engine}, false)"
        return f"(COALESCE({engine}, false) || COALESCE(<{ORDER}>({one}, {other}) {operator} 0, false))"
