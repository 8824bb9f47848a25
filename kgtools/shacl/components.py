"""The constraint components of SHACL Core (section 4), one function each, as SPARQL patterns.

Each function takes a :class:`Place` (a shape, the variable of its node, fresh names) and yields
:class:`Violation` patterns: graph patterns that have a solution for every violating value, given that the
node variable is bound. They serve twice: after a target, as the body of a query over all focus nodes; and
inside EXISTS, where a shape is nested in another (`sh:node`, `sh:not`, `sh:or` and their kin).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.index import Index, Node
from kgtools.shacl.paths import sparql_path
from kgtools.shacl.shapes import Shape
from kgtools.terms import RDF, RDFS, SH, XSD, short

MAX_DISTINCT = 6
"""Counts up to here are asked for as that many pairwise different values; above, the reference engine counts."""

NEVER = "(!true)"
"""What never holds; rdflib takes FILTER (false) for true."""


class NotCompilable(Exception):
    """A construct that the compiler leaves to the reference engine; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A pattern that matches violations.

    Attributes:
        component: local name of the constraint component.
        pattern: the SPARQL graph pattern; it binds, beside the node, the variables below.
        value: the variable of the value node, or None.
        path: the variable of the result path where the data decide it (`sh:closed`), or None.
        default: a message in plain words, used where the shape has none.
        extra: further variables that tell one result from another.
    """

    component: str
    pattern: str
    value: str | None
    default: str
    path: str | None = None
    extra: tuple[str, ...] = ()


@dataclass(slots=True)
class Names:
    """Fresh variable names for one query."""

    count: int = 0

    def new(self, hint: str) -> str:
        self.count += 1
        return f"?{hint}{self.count}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shape stands: the shapes graph, the shape, the variable of its node, and what encloses it."""

    graph: Index
    shapes: dict[Node, Shape]
    shape: Shape
    node: str
    names: Names
    trail: tuple[Node, ...] = ()

    def values(self, of: str | None = None) -> tuple[str, str]:
        """A pattern that binds the value nodes, and their variable (the node itself for a node shape)."""
        if self.shape.path is None:
            return "", self.node
        value = of or self.names.new("value")
        return f"{self.node} {sparql_path(self.graph, self.shape.path)} {value} .", value

    def get(self, name: str) -> list[Node]:
        return self.shape.parameters.get(name, [])

    def number(self, name: str) -> int | None:
        found = self.get(name)
        return int(found[0].value) if found and isinstance(found[0], ox.Literal) else None

    def fails(self, nested: Node, variable: str) -> str:
        """A boolean expression: the node in `variable` does not conform to the shape `nested`.

        Raises:
            NotCompilable: the shape refers to itself, directly or through others (section 3.4.3).
        """
        if nested in self.trail or nested == self.shape.node:
            raise NotCompilable("the shape is recursive")
        shape = self.shapes.get(nested)
        if shape is None:
            raise InputError(f"shape {short(self.shape.node)} refers to {short(nested)}, which is no shape")
        place = Place(self.graph, self.shapes, shape, variable, self.names, (*self.trail, self.shape.node))
        parts = [f"EXISTS {{ {v.pattern} }}" for v in violations(place)]
        return "(" + " || ".join(parts) + ")" if parts else NEVER


def constant(term: Node) -> str:
    """A term as SPARQL text.

    Raises:
        NotCompilable: it is a blank node, which no query can name.
    """
    if isinstance(term, ox.BlankNode):
        raise NotCompilable("a blank node of the shapes graph is compared with data")
    return str(term)


def _filtered(component: str, lead: str, value: str, test: str, default: str) -> Violation:
    """A violation for each value for which a test holds; `lead` binds the values."""
    return Violation(component, f"{lead} FILTER ({test})", value, default)


def class_(place: Place) -> Iterator[Violation]:
    """Section 4.1.1: each value is an instance of the class or of a subclass of it."""
    for cls in place.get("class"):
        kind, sub = place.names.new("kind"), f"<{RDFS}subClassOf>*"
        lead, v = place.values()
        test = f"NOT EXISTS {{ {v} <{RDF}type> {kind} . {kind} {sub} {constant(cls)} }}"
        yield _filtered("ClassConstraintComponent", lead, v, test, f"not an instance of {short(cls)}")


_RANGES = {"byte": 7, "short": 15, "int": 31, "long": 63}


def well_formed(value: str, datatype: str) -> str:
    """A boolean expression: the lexical form of the literal in `value` is one of `datatype`."""
    text = f"STR({value})"
    name = datatype.removeprefix(XSD)
    integer = f'REGEX({text}, "^[+-]?[0-9]+$")'
    if name in ("integer", "nonNegativeInteger", "positiveInteger", "negativeInteger", "nonPositiveInteger"):
        bound = {
            "nonNegativeInteger": ">= 0",
            "positiveInteger": "> 0",
            "negativeInteger": "< 0",
            "nonPositiveInteger": "<= 0",
        }.get(name)
        return integer + (f" && COALESCE(<{XSD}integer>({text}) {bound}, false)" if bound else "")
    if name.removeprefix("unsigned").lower() in _RANGES:
        unsigned = name.startswith("unsigned")
        bits = _RANGES[name.removeprefix("unsigned").lower()] + unsigned
        low = 0 if unsigned else -(2**bits)
        return (
            f"{integer} && COALESCE(<{XSD}integer>({text}) >= {low} && <{XSD}integer>({text}) <= {2**bits - 1}, false)"
        )
    if name == "boolean":
        return f'{text} IN ("true", "false", "1", "0")'
    if name == "decimal":
        return f'REGEX({text}, "^[+-]?([0-9]+(\\\\.[0-9]*)?|\\\\.[0-9]+)$")'
    if name in ("double", "float"):
        return f'REGEX({text}, "^([+-]?([0-9]+(\\\\.[0-9]*)?|\\\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN)$")'
    zone = "(Z|[+-][0-9]{2}:[0-9]{2})?"
    day = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    leap = f'COALESCE(DAY(<{XSD}dateTime>(CONCAT(SUBSTR({text}, 1, 10), "T00:00:00"))) > 0, false)'
    if name == "date":
        return f'REGEX({text}, "^{day}{zone}$") && {leap}'
    if name == "dateTime":
        return f'REGEX({text}, "^{day}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\\\\.[0-9]+)?{zone}$") && {leap}'
    return "true"


def datatype(place: Place) -> Iterator[Violation]:
    """Section 4.1.2: each value is a literal of the datatype, and well-formed."""
    for kind in place.get("datatype"):
        name = kind.value if isinstance(kind, ox.NamedNode) else ""
        lead, v = place.values()
        test = f"!(isLiteral({v}) && DATATYPE({v}) = <{name}> && {well_formed(v, name)})"
        yield _filtered("DatatypeConstraintComponent", lead, v, test, f"not a well-formed {short(kind)}")


_KINDS = {
    "IRI": "isIRI({0})",
    "BlankNode": "isBlank({0})",
    "Literal": "isLiteral({0})",
    "BlankNodeOrIRI": "(isBlank({0}) || isIRI({0}))",
    "BlankNodeOrLiteral": "(isBlank({0}) || isLiteral({0}))",
    "IRIOrLiteral": "(isIRI({0}) || isLiteral({0}))",
}


def node_kind(place: Place) -> Iterator[Violation]:
    """Section 4.1.3."""
    for kind in place.get("nodeKind"):
        test = _KINDS.get(getattr(kind, "value", "").removeprefix(SH))
        if test is None:
            raise InputError(f"shape {short(place.shape.node)}: {short(kind)} is no sh:nodeKind")
        lead, v = place.values()
        test = f"!{test.format(v)}"
        yield _filtered("NodeKindConstraintComponent", lead, v, test, f"not of node kind {short(kind)}")


def _different(place: Place, count: int, condition: Callable[[str], str] | None = None) -> str:
    """A pattern with a solution where the node has at least `count` different values (that meet a condition)."""
    if count > MAX_DISTINCT:
        raise NotCompilable(f"a count of {count} is over {MAX_DISTINCT}")
    found: list[str] = []
    parts: list[str] = []
    for _ in range(count):
        pattern, value = place.values(place.names.new("value"))
        parts.append(pattern)
        if condition:
            parts.append(f"FILTER ({condition(value)})")
        parts.extend(f"FILTER (!sameTerm({value}, {other}))" for other in found)
        found.append(value)
    return " ".join(parts)


def min_count(place: Place) -> Iterator[Violation]:
    """Section 4.2.1."""
    least = place.number("minCount")
    if least:
        yield Violation(
            "MinCountConstraintComponent",
            f"FILTER NOT EXISTS {{ {_different(place, least)} }}",
            None,
            f"fewer than {least} values",
        )


def max_count(place: Place) -> Iterator[Violation]:
    """Section 4.2.2."""
    most = place.number("maxCount")
    if most is not None:
        yield Violation(
            "MaxCountConstraintComponent",
            f"FILTER EXISTS {{ {_different(place, most + 1)} }}",
            None,
            f"more than {most} values",
        )


def _compares(one: str, operator: str, other: str) -> str:
    """A boolean expression: the comparison holds between literals of one kind (some engines order other terms, too)."""
    other_kind = f'!isNumeric({other}) && DATATYPE({one}) = DATATYPE({other}) && LANG({one}) = ""'
    return f"COALESCE((isNumeric({one}) && isNumeric({other}) || {other_kind}) && {one} {operator} {other}, false)"


def value_range(place: Place) -> Iterator[Violation]:
    """Section 4.3: minExclusive, minInclusive, maxExclusive, maxInclusive; what cannot be compared violates."""
    for name, operator in (
        ("minExclusive", ">"),
        ("minInclusive", ">="),
        ("maxExclusive", "<"),
        ("maxInclusive", "<="),
    ):
        for bound in place.get(name):
            component = name[0].upper() + name[1:] + "ConstraintComponent"
            lead, v = place.values()
            test = f"!{_compares(v, operator, constant(bound))}"
            yield _filtered(component, lead, v, test, f"not {operator} {short(bound)}")


def length(place: Place) -> Iterator[Violation]:
    """Sections 4.4.1 and 4.4.2."""
    for name, operator in (("minLength", "<"), ("maxLength", ">")):
        bound = place.number(name)
        if bound is not None:
            component = name[0].upper() + name[1:] + "ConstraintComponent"
            lead, v = place.values()
            test = f"isBlank({v}) || STRLEN(STR({v})) {operator} {bound}"
            yield _filtered(component, lead, v, test, f"its length is {operator} {bound}")


def pattern(place: Place) -> Iterator[Violation]:
    """Section 4.4.3."""
    flags = place.get("flags")
    suffix = f", {ox.Literal(flags[0].value)}" if flags and isinstance(flags[0], ox.Literal) else ""
    for regex in place.get("pattern"):
        text = str(ox.Literal(regex.value if isinstance(regex, ox.Literal) else ""))
        lead, v = place.values()
        test = f"isBlank({v}) || !REGEX(STR({v}), {text}{suffix})"
        yield _filtered("PatternConstraintComponent", lead, v, test, f"does not match {text}")


def language_in(place: Place) -> Iterator[Violation]:
    """Section 4.4.4."""
    for tags in place.shape.lists.get("languageIn", []):
        texts = [str(ox.Literal(t.value)) for t in tags if isinstance(t, ox.Literal)]
        lead, v = place.values()
        test = f"!(isLiteral({v}) && ({' || '.join(f'LANGMATCHES(LANG({v}), {t})' for t in texts) or 'false'}))"
        yield _filtered("LanguageInConstraintComponent", lead, v, test, f"its language is none of {', '.join(texts)}")


def unique_lang(place: Place) -> Iterator[Violation]:
    """Section 4.4.5: one result for each language that is used more than once."""
    if any(isinstance(x, ox.Literal) and x.value == "true" for x in place.get("uniqueLang")):
        one, first = place.values(place.names.new("value"))
        two, second = place.values(place.names.new("value"))
        language = place.names.new("language")
        text = (
            f'{one} {two} FILTER (!sameTerm({first}, {second}) && LANG({first}) != "" && LCASE(LANG({first})) = LCASE(LANG({second})))'
            f" BIND (LCASE(LANG({first})) AS {language})"
        )
        yield Violation("UniqueLangConstraintComponent", text, None, "one language is used twice", extra=(language,))


def equals(place: Place) -> Iterator[Violation]:
    """Section 4.5.1."""
    for other in place.get("equals"):
        p, value = place.values(place.names.new("value"))
        if place.shape.path is None:
            raise NotCompilable("sh:equals on a node shape")
        for one, two in ((p, f"{place.node} {other} {value} ."), (f"{place.node} {other} {value} .", p)):
            text = f"{one} FILTER NOT EXISTS {{ {two} }}"
            yield Violation("EqualsConstraintComponent", text, value, f"not the same values as {short(other)}")


def disjoint(place: Place) -> Iterator[Violation]:
    """Section 4.5.2."""
    for other in place.get("disjoint"):
        lead, v = place.values()
        test = f"EXISTS {{ {place.node} {other} {v} }}"
        yield _filtered("DisjointConstraintComponent", lead, v, test, f"also a value of {short(other)}")


def less_than(place: Place) -> Iterator[Violation]:
    """Sections 4.5.3 and 4.5.4: one result for each pair that is out of order or cannot be compared."""
    for name, operator in (("lessThan", "<"), ("lessThanOrEquals", "<=")):
        for other in place.get(name):
            p, value = place.values()
            bound = place.names.new("bound")
            text = f"{p} {place.node} {other} {bound} . FILTER (!{_compares(value, operator, bound)})"
            component = name[0].upper() + name[1:] + "ConstraintComponent"
            yield Violation(component, text, value, f"not {operator} {short(other)}", extra=(bound,))


def logical(place: Place) -> Iterator[Violation]:
    """Section 4.6: sh:not, sh:and, sh:or, sh:xone."""
    for nested in place.get("not"):
        lead, v = place.values()
        test = f"!{place.fails(nested, v)}"
        yield _filtered("NotConstraintComponent", lead, v, test, "conforms to a shape that it must not")
    for members in place.shape.lists.get("and", []):
        lead, v = place.values()
        test = " || ".join(place.fails(m, v) for m in members) or NEVER
        yield _filtered("AndConstraintComponent", lead, v, test, "does not conform to all of the shapes")
    for members in place.shape.lists.get("or", []):
        lead, v = place.values()
        test = " && ".join(place.fails(m, v) for m in members) or "true"
        yield _filtered("OrConstraintComponent", lead, v, test, "conforms to none of the shapes")
    for members in place.shape.lists.get("xone", []):
        lead, v = place.values()
        test = "(" + (" + ".join(f"IF({place.fails(m, v)}, 0, 1)" for m in members) or "0") + ") != 1"
        yield _filtered("XoneConstraintComponent", lead, v, test, "does not conform to exactly one of the shapes")


def node(place: Place) -> Iterator[Violation]:
    """Section 4.7.1."""
    for nested in place.get("node"):
        lead, v = place.values()
        test = place.fails(nested, v)
        yield _filtered("NodeConstraintComponent", lead, v, test, f"does not conform to {short(nested)}")


def nested_property(place: Place) -> Iterator[Violation]:
    """Section 4.7.2, inside another shape; at the top, the compiler gives each property shape its own queries."""
    for nested in place.get("property"):
        lead, v = place.values()
        test = place.fails(nested, v)
        yield _filtered("PropertyConstraintComponent", lead, v, test, "a property does not conform")


def qualified(place: Place) -> Iterator[Violation]:
    """Section 4.7.3, with sibling shapes left out where `sh:qualifiedValueShapesDisjoint` says so."""
    for nested in place.get("qualifiedValueShape"):
        siblings: list[Node] = []
        if any(
            isinstance(x, ox.Literal) and x.value in ("true", "1") for x in place.get("qualifiedValueShapesDisjoint")
        ):
            for parent in place.shapes.values():
                properties = parent.parameters.get("property", [])
                if place.shape.node in properties:
                    for p in properties:
                        other = place.shapes.get(p)
                        siblings += other.parameters.get("qualifiedValueShape", []) if other else []
        apart = [s for s in dict.fromkeys(siblings) if s != nested]

        def holds(v: str, nested: Node = nested, apart: list[Node] = apart) -> str:
            return " && ".join([f"!{place.fails(nested, v)}", *(place.fails(s, v) for s in apart)])

        least, most = place.number("qualifiedMinCount"), place.number("qualifiedMaxCount")
        if least:
            yield Violation(
                "QualifiedMinCountConstraintComponent",
                f"FILTER NOT EXISTS {{ {_different(place, least, holds)} }}",
                None,
                f"fewer than {least} values conform to {short(nested)}",
            )
        if most is not None:
            yield Violation(
                "QualifiedMaxCountConstraintComponent",
                f"FILTER EXISTS {{ {_different(place, most + 1, holds)} }}",
                None,
                f"more than {most} values conform to {short(nested)}",
            )


def closed(place: Place) -> Iterator[Violation]:
    """Section 4.8.1."""
    if any(isinstance(x, ox.Literal) and x.value in ("true", "1") for x in place.get("closed")):
        allowed = [str(p) for ps in place.shape.lists.get("ignoredProperties", []) for p in ps]
        for nested in place.get("property"):
            shape = place.shapes.get(nested)
            if shape and isinstance(shape.path, ox.NamedNode):
                allowed.append(str(shape.path))
        _, subject = place.values()
        lead, _ = place.values(subject) if place.shape.path is not None else ("", subject)
        predicate, value = place.names.new("predicate"), place.names.new("value")
        text = f"{lead} {subject} {predicate} {value} ."
        if allowed:  # Oxigraph calls NOT IN () an error
            text += f" FILTER ({predicate} NOT IN ({', '.join(allowed)}))"
        yield Violation(
            "ClosedConstraintComponent",
            text,
            value,
            "a property that the closed shape does not allow",
            path=predicate,
            extra=(subject,),
        )


def has_value(place: Place) -> Iterator[Violation]:
    """Section 4.8.2."""
    for value in place.get("hasValue"):
        if place.shape.path is None:
            text = f"FILTER (!sameTerm({place.node}, {constant(value)}))"
            yield Violation("HasValueConstraintComponent", text, None, f"is not {short(value)}")
        else:
            path = sparql_path(place.graph, place.shape.path)
            yield Violation(
                "HasValueConstraintComponent",
                f"FILTER NOT EXISTS {{ {place.node} {path} {constant(value)} }}",
                None,
                f"lacks the value {short(value)}",
            )


def in_(place: Place) -> Iterator[Violation]:
    """Section 4.8.3."""
    for members in place.shape.lists.get("in", []):
        texts = ", ".join(constant(m) for m in members)
        lead, v = place.values()
        test = f"!COALESCE({v} IN ({texts}), false)"
        yield _filtered("InConstraintComponent", lead, v, test, "none of the listed values")


COMPONENTS: tuple[Callable[[Place], Iterator[Violation]], ...] = (
    class_, datatype, node_kind, min_count, max_count, value_range, length, pattern, language_in, unique_lang,
    equals, disjoint, less_than, logical, node, nested_property, qualified, closed, has_value, in_,
)  # fmt: skip


def violations(place: Place) -> Iterator[Violation]:
    """All violation patterns of a shape; none where it is deactivated.

    Raises:
        NotCompilable: the shape uses what only the reference engine does.
    """
    if place.shape.deactivated:
        return
    if place.shape.parameters.get("sparql") and place.trail:
        raise NotCompilable("a SPARQL constraint inside a nested shape")
    for component in COMPONENTS:
        yield from component(place)
