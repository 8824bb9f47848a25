"""Functions that the embedded engine has beside those of SPARQL 1.1."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pyoxigraph as ox

from kgtools.rdf.datatypes import INTEGERS
from kgtools.rdf.exact import decode
from kgtools.terms import BASE, XSD

ORDER = BASE + "function/order"
"""`order(a, b)`: -1, 0 or 1 as two numbers of any size compare (XPath functions 3.1, section 4.3); else an error."""

_EXACT = frozenset(XSD + name for name in (*INTEGERS, "decimal"))
_BINARY = frozenset((XSD + "double", XSD + "float"))


def order(one: object, other: object) -> ox.Literal | None:
    """How two numbers compare, whatever their size; None where one is no number, or not a number.

    >>> big = ox.Literal("9" * 30, datatype=ox.NamedNode(XSD + "integer"))
    >>> order(ox.Literal(5), big).value, order(big, ox.Literal("x"))
    ('-1', None)
    """
    a, b = _number(one), _number(other)
    if a is None or b is None:
        return None
    if isinstance(a, float) or isinstance(b, float):
        a, b = float(a), float(b)
    if a != a or b != b:
        return None
    return ox.Literal((a > b) - (a < b))


def _number(term: object) -> Decimal | float | None:
    if not isinstance(term, ox.Literal):
        return None
    literal = decode(term)
    assert isinstance(literal, ox.Literal)
    kind = literal.datatype.value
    try:
        if kind in _EXACT:
            return Decimal(literal.value)
        return float(literal.value) if kind in _BINARY else None
    except (ValueError, ArithmeticError):
        return None


FUNCTIONS: dict[ox.NamedNode, Callable[..., ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None]] = {
    ox.NamedNode(ORDER): order
}
"""What :class:`kgtools.sparql.oxigraph.OxigraphEngine` gives to each query."""
