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
from kgtools.rdf.datatypes import INTEGERS
from kgtools.rdf.index import Index, Node
from kgtools.shacl.dialect import Dialect
from kgtools.shacl.paths import sparql_path, steps_of
from kgtools.shacl.patterns import BACKTRACKING, NotRegular, rust
from kgtools.shacl.shapes import MAX_DEPTH, Shape
from kgtools.terms import RDF, RDFS, SH, XSD, short

MAX_NAMES = 200_000
"""How many variables one query may have: shapes that refer to shapes can make a query of any length."""

MANY = 50
"""A list of more members than these is joined with the values instead of compared with each."""

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
        test: where the pattern is nothing but a FILTER on the node itself, its condition.
        whole: whether the pattern binds the node by itself, from its context on.
    """

    component: str
    pattern: str
    value: str | None
    default: str
    path: str | None = None
    extra: tuple[str, ...] = ()
    test: str | None = None
    whole: bool = False


@dataclass(slots=True)
class Names:
    """Fresh variable names for one query; those of an enclosing query begin at another number."""

    first: int = 0
    count: int = 0

    def new(self, hint: str) -> str:
        self.count += 1
        if self.count > MAX_NAMES:
            raise InputError(f"a query of more than {MAX_NAMES:,} variables; refer to fewer shapes")
        return f"?{hint}{self.first + self.count}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shape stands: the shapes graph, the shape, the variable of its node, and what encloses it.

    `context` binds the node where the shape is not nested in a constraint; `keys` are then the variables that tell
    one node and its way from the target apart.
    """

    graph: Index
    shapes: dict[Node, Shape]
    shape: Shape
    node: str
    names: Names
    dialect: Dialect = Dialect.PORTABLE
    trail: tuple[Node, ...] = ()
    context: str = ""
    keys: tuple[str, ...] = ()

    def constant(self, term: Node) -> str:
        """A term as SPARQL text, as the engine holds it.

        Raises:
            NotCompilable: it is a blank node, which no query can name.
        """
        return constant(self.dialect.held(term))

    def values(self, of: str | None = None) -> tuple[str, str]:
        """A pattern that binds the value nodes, and their variable (the node itself for a node shape)."""
        if self.shape.path is None:
            return "", self.node
        value = of or self.names.new("value")
        path = path_of(self.graph, self.shape)
        return (self._by_steps(value) if self.stepwise else f"{self.node} {path} {value} ."), value

    @property
    def stepwise(self) -> bool:
        """Whether the values are found for all nodes at once, step by step: the path is a sequence of three or more.

        Many nodes may lead to one and this one to many again: each way is then followed once and not for each node.
        """
        return bool(self.context) and self.shape.path is not None and len(steps_of(self.graph, self.shape.path)) > 2

    def _by_steps(self, value: str) -> str:
        """A pattern that binds the node, and `value` to the end of the sequence path from it."""
        assert self.shape.path is not None
        first, *others = steps_of(self.graph, self.shape.path)
        found, middle = f"{self.context} {self.node} {first}", self.names.new("step")
        keys = " ".join(self.keys)
        onwards = self._onwards(found, middle, others, value)
        return f"{{ SELECT DISTINCT {keys} {value} {{ {found} {middle} . {onwards} }} }}"

    def _onwards(self, before: str, start: str, steps: list[str], value: str) -> str:
        """From the distinct nodes to which `before` leads to the values at the end of the steps."""
        origin = f"{{ SELECT DISTINCT {start} {{ {before} {start} . }} }} {start} {steps[0]}"
        if len(steps) == 1:
            return f"{{ SELECT DISTINCT {start} {value} {{ {origin} {value} . }} }}"
        middle = self.names.new("step")
        rest = self._onwards(origin, middle, steps[1:], value)
        return f"{{ SELECT DISTINCT {start} {value} {{ {origin} {middle} . {rest} }} }}"

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
        if len(self.trail) > MAX_DEPTH:
            raise InputError(f"shape {short(self.shape.node)}: shapes refer to shapes more than {MAX_DEPTH} deep")
        shape = self.shapes.get(nested)
        if shape is None:
            raise InputError(f"shape {short(self.shape.node)} refers to {short(nested)}, which is no shape")
        trail = (*self.trail, self.shape.node)
        place = Place(self.graph, self.shapes, shape, variable, self.names, self.dialect, trail)
        tests, parts = [], []
        for v in violations(place):
            if v.test is not None:
                tests.append(f"COALESCE({v.test}, false)")
            else:
                parts.append(f"EXISTS {{ {v.pattern} }}")
        return balanced(tests + parts, "||") if tests or parts else NEVER


def path_of(graph: Index, shape: Shape) -> str:
    """The path of a property shape as SPARQL text.

    Raises:
        InputError: it is no path, or contains itself; the message names the shape.
    """
    assert shape.path is not None
    try:
        return sparql_path(graph, shape.path)
    except InputError as error:
        raise InputError(f"shape {short(shape.node)}: {error}") from error


def constant(term: Node) -> str:
    """A term as SPARQL text.

    Raises:
        NotCompilable: it is a blank node, which no query can name.
    """
    if isinstance(term, ox.BlankNode):
        raise NotCompilable("a blank node of the shapes graph is compared with data")
    return str(term)


def balanced(parts: list[str], operator: str) -> str:
    """Expressions joined by an operator, as a tree of little depth: parsers and engines walk it by recursion.

    >>> balanced(["a", "b", "c"], "||")
    '(a || (b || c))'
    """
    if len(parts) == 1:
        return f"({parts[0]})" if parts[0][:1] not in "(" else parts[0]
    middle = len(parts) // 2
    left, right = (p[0] if len(p) == 1 else balanced(p, operator) for p in (parts[:middle], parts[middle:]))
    return f"({left} {operator} {right})"


def _filtered(component: str, lead: str, value: str, test: str, default: str) -> Violation:
    """A violation for each value for which a test holds; `lead` binds the values."""
    return Violation(component, f"{lead} FILTER ({test})", value, default, test=None if lead else test)


def class_(place: Place) -> Iterator[Violation]:
    """Section 4.1.1: each value is an instance of the class or of a subclass of it."""
    for cls in place.get("class"):
        kind, sub = place.names.new("kind"), f"<{RDFS}subClassOf>*"
        lead, v = place.values()
        test = f"NOT EXISTS {{ {v} <{RDF}type> {kind} . {kind} {sub} {place.constant(cls)} }}"
        yield _filtered("ClassConstraintComponent", lead, v, test, f"not an instance of {short(cls)}")


def well_formed(value: str, datatype: str) -> str:
    """A boolean expression: the lexical form of the literal in `value` is one of `datatype`."""
    text = f"STR({value})"
    name = datatype.removeprefix(XSD)
    if name in INTEGERS:
        low, high = INTEGERS[name]
        sign = {0: "([+]?[0-9]+|-0+)", 1: "[+]?0*[1-9][0-9]*"}.get(low) if low is not None and high is None else None
        sign = {0: "(-[0-9]+|[+]?0+)", -1: "-0*[1-9][0-9]*"}.get(high) if high is not None and low is None else sign
        integer = f'REGEX({text}, "^{sign or "[+-]?[0-9]+"}$")'
        if low is None or high is None:
            return integer
        number = f"<{XSD}decimal>({text})"  # reaches 64 bits without a sign, too; what is longer is an error
        return f"{integer} && COALESCE({number} >= {low}.0 && {number} <= {high}.0, false)"
    if name == "boolean":
        return f'{text} IN ("true", "false", "1", "0")'
    if name == "decimal":
        return f'REGEX({text}, "^[+-]?([0-9]+(\\\\.[0-9]*)?|\\\\.[0-9]+)$")'
    if name in ("double", "float"):
        return f'REGEX({text}, "^([+-]?([0-9]+(\\\\.[0-9]*)?|\\\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN)$")'
    zone = "(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
    year = "-?([1-9][0-9]{3,}|0[0-9]{3})"
    month, day = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
    clock = "(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\\\.[0-9]+)?|24:00:00(\\\\.0+)?)"
    forms = {
        "date": f"{year}-{month}-{day}{zone}?",
        "dateTime": f"{year}-{month}-{day}T{clock}{zone}?",
        "dateTimeStamp": f"{year}-{month}-{day}T{clock}{zone}",
        "time": f"{clock}{zone}?",
        "gYear": f"{year}{zone}?",
        "gYearMonth": f"{year}-{month}{zone}?",
        "gMonthDay": f"--{month}-{day}{zone}?",
        "gMonth": f"--{month}{zone}?",
        "gDay": f"---{day}{zone}?",
    }
    if name not in forms:
        return "true"
    test = f'REGEX({text}, "^{forms[name]}$")'
    if name in ("date", "dateTime", "dateTimeStamp"):
        test += f" && {_is_a_day(text)}"
    return test


def _is_a_day(text: str) -> str:
    """A boolean expression: the month of a date that is otherwise well-formed has its day."""
    long = f'!REGEX({text}, "^-?[0-9]+-(0[2469]|11)-31|^-?[0-9]+-02-30")'
    century = f'REGEX({text}, "^-?[0-9]*([02468][048]|[13579][26])00-")'
    fourth = f'REGEX({text}, "^-?[0-9]+([02468][048]|[13579][26])-")'
    hundredth = f'REGEX({text}, "^-?[0-9]+00-")'
    return f'{long} && (!REGEX({text}, "^-?[0-9]+-02-29") || ({fourth} && (!{hundredth} || {century})))'


def datatype(place: Place) -> Iterator[Violation]:
    """Section 4.1.2: each value is a literal of the datatype, and well-formed."""
    for kind in place.get("datatype"):
        name = kind.value if isinstance(kind, ox.NamedNode) else ""
        lead, v = place.values()
        test = f"!(isLiteral({v}) && {place.dialect.has_datatype(v, name)} && {well_formed(v, name)})"
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


def _having(place: Place, count: int, condition: Callable[[str], str] | None = None) -> str:
    """What keeps the nodes that have at least `count` different values (that meet a condition).

    Along a path of one step each node is counted by itself; along a longer one all are counted at once, since an
    engine that plans the path does not know that it will begin at one node.
    """
    pattern, at_once = _at_least(place, count, condition)
    return pattern if at_once else f"FILTER EXISTS {{ {pattern} }}"


def _lacking(place: Place, count: int, condition: Callable[[str], str] | None = None) -> str:
    """What keeps the nodes that have fewer than `count` different values (that meet a condition)."""
    pattern, at_once = _at_least(place, count, condition)
    return f"{'MINUS' if at_once else 'FILTER NOT EXISTS'} {{ {pattern} }}"


def _at_least(place: Place, count: int, condition: Callable[[str], str] | None) -> tuple[str, bool]:
    """A pattern with a solution for nodes of so many values, and whether it binds the nodes by itself."""
    pattern, value = place.values(place.names.new("value"))
    if condition:
        pattern += f" FILTER ({condition(value)})"
    if count == 1:
        return pattern, place.stepwise
    at_once = bool(place.context) and not isinstance(place.shape.path, ox.NamedNode)
    keys = " ".join(place.keys) if at_once else place.node
    if at_once and not place.stepwise:
        pattern = f"{place.context} {pattern}"
    return f"{{ SELECT {keys} {{ {pattern} }} GROUP BY {keys} HAVING (COUNT(DISTINCT {value}) >= {count}) }}", at_once


def min_count(place: Place) -> Iterator[Violation]:
    """Section 4.2.1."""
    least = place.number("minCount")
    if least:
        default = f"fewer than {least} values" if least > 1 else "no value"
        text = _lacking(place, least)
        yield Violation("MinCountConstraintComponent", text, None, default)


def max_count(place: Place) -> Iterator[Violation]:
    """Section 4.2.2."""
    most = place.number("maxCount")
    if most is not None:
        text = _having(place, most + 1)
        yield Violation(
            "MaxCountConstraintComponent",
            text,
            None,
            "more than one value" if most == 1 else f"more than {most} values",
        )


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
            test = f"!{place.dialect.compares(v, operator, str(bound))}"
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
    flags = "".join(f.value for f in place.get("flags") if isinstance(f, ox.Literal))
    for regex in place.get("pattern"):
        text = regex.value if isinstance(regex, ox.Literal) else ""
        try:
            if "q" not in flags and BACKTRACKING.search(text) and "-[" not in text:
                raise NotCompilable("a look-around or back-reference in sh:pattern")
            written = text if place.dialect is Dialect.PORTABLE and rust(text, flags) else rust(text, flags)
        except NotRegular as error:
            raise InputError(f"shape {short(place.shape.node)}: sh:pattern {text!r}: {error}") from error
        lead, v = place.values()
        suffix = f", {ox.Literal(flags)}" if flags else ""
        test = f"isBlank({v}) || !REGEX(STR({v}), {ox.Literal(written)}{suffix})"
        yield _filtered("PatternConstraintComponent", lead, v, test, f"does not match {ox.Literal(text)}")


def language_in(place: Place) -> Iterator[Violation]:
    """Section 4.4.4."""
    for tags in place.shape.lists.get("languageIn", []):
        named = [t.value for t in tags if isinstance(t, ox.Literal)]
        lead, v = place.values()
        tests = [f"LANGMATCHES(LANG({v}), {ox.Literal(t)})" for t in named]
        known = balanced(tests, "||") if tests else "false"
        listed = ", ".join(named[:20]) + (" …" if len(named) > 20 else "")
        yield _filtered(
            "LanguageInConstraintComponent",
            lead,
            v,
            f"!(isLiteral({v}) && {known})",
            f"its language is none of {listed}",
        )


def unique_lang(place: Place) -> Iterator[Violation]:
    """Section 4.4.5: one result for each language that is used more than once."""
    if any(isinstance(x, ox.Literal) and x.value == "true" for x in place.get("uniqueLang")):
        pattern, value = place.values(place.names.new("value"))
        language = place.names.new("language")
        keys = " ".join(dict.fromkeys((*place.keys, place.node, language)))
        text = (
            f'{{ SELECT {keys} {{ {place.context} {pattern} FILTER (LANG({value}) != "")'
            f" BIND (LCASE(LANG({value})) AS {language}) }} GROUP BY {keys} HAVING (COUNT(DISTINCT {value}) > 1) }}"
        )
        yield Violation(
            "UniqueLangConstraintComponent", text, None, "one language is used twice", extra=(language,), whole=True
        )


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
            pair = f"{place.node} {other} {bound} . FILTER (!{place.dialect.compares(value, operator, bound)})"
            component = name[0].upper() + name[1:] + "ConstraintComponent"
            lead = _out_of_order(place, p, value, str(other), operator) if place.context else p
            yield Violation(
                component,
                f"{lead} {pair}",
                value,
                f"not {operator} {short(other)}",
                extra=(bound,),
                whole=bool(place.context),
            )


def _out_of_order(place: Place, pattern: str, value: str, other: str, operator: str) -> str:
    """A pattern that binds those values that are out of order with some value of `other`, and hardly any more.

    A value that is of one kind with all values of `other` is in order with them where it is with the least of them.
    """
    new = place.names.new
    bound, plain, kind, least, kinds = new("bound"), new("plain"), new("kind"), new("least"), new("kinds")
    nodes = " ".join(dict.fromkeys((*place.keys, place.node)))
    limits = (
        f"{{ SELECT {nodes} (MIN({plain}) AS {least}) (COUNT(DISTINCT {kind}) AS {kinds}) (SAMPLE({kind}) AS {kind}s) {{"
        f" {place.context} {place.node} {other} {bound} . BIND ({place.dialect.plain(bound)} AS {plain})"
        f" BIND ({_kind(plain)} AS {kind}) }} GROUP BY {nodes} }}"
    )
    own = place.dialect.plain(value)
    orderly = f'{kinds} = 1 && {kind}s != "" && {_kind(own)} = {kind}s && {own} {operator} {least}'
    return (
        f"{{ SELECT DISTINCT {nodes} {value} {{ {place.context} {pattern} {limits}"
        f" FILTER (!COALESCE({orderly}, false)) }} }}"
    )


def _kind(value: str) -> str:
    """An expression: the same text for literals that are ordered as a whole, and none for what may be ordered in part."""
    zoned = f'IF(DATATYPE({value}) IN (<{XSD}date>, <{XSD}dateTime>, <{XSD}time>), CONCAT(STR(DATATYPE({value})), IF(STRENDS(STR({value}), "Z"), "Z", IF(REGEX(STR({value}), "[+-][0-9]{{2}}:[0-9]{{2}}$"), "", "none"))), "")'
    text = f"IF(DATATYPE({value}) IN (<{XSD}string>, <{XSD}boolean>), STR(DATATYPE({value})), {zoned})"
    return f'COALESCE(IF(isNumeric({value}) && {value} = {value}, "number", {text}), "")'


def logical(place: Place) -> Iterator[Violation]:
    """Section 4.6: sh:not, sh:and, sh:or, sh:xone."""
    for nested in place.get("not"):
        lead, v = place.values()
        test = f"!{place.fails(nested, v)}"
        yield _filtered("NotConstraintComponent", lead, v, test, "conforms to a shape that it must not")
    for members in place.shape.lists.get("and", []):
        lead, v = place.values()
        test = balanced([place.fails(m, v) for m in members], "||") if members else NEVER
        yield _filtered("AndConstraintComponent", lead, v, test, "does not conform to all of the shapes")
    for members in place.shape.lists.get("or", []):
        lead, v = place.values()
        test = balanced([place.fails(m, v) for m in members], "&&") if members else "true"
        yield _filtered("OrConstraintComponent", lead, v, test, "conforms to none of the shapes")
    for members in place.shape.lists.get("xone", []):
        lead, v = place.values()
        held = [f"IF({place.fails(m, v)}, 0, 1)" for m in members]
        test = f"{balanced(held, '+') if held else '0'} != 1"
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
        if place.shape.flag("qualifiedValueShapesDisjoint"):
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
                _lacking(place, least, holds),
                None,
                f"fewer than {least} values conform to {short(nested)}",
            )
        if most is not None:
            yield Violation(
                "QualifiedMaxCountConstraintComponent",
                _having(place, most + 1, holds),
                None,
                f"more than {most} values conform to {short(nested)}",
            )


def closed(place: Place) -> Iterator[Violation]:
    """Section 4.8.1."""
    if place.shape.flag("closed"):
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
            test = f"!sameTerm({place.node}, {place.constant(value)})"
            yield Violation(
                "HasValueConstraintComponent", f"FILTER ({test})", None, f"is not {short(value)}", test=test
            )
        else:
            path = path_of(place.graph, place.shape)
            yield Violation(
                "HasValueConstraintComponent",
                f"FILTER NOT EXISTS {{ {place.node} {path} {place.constant(value)} }}",
                None,
                f"lacks the value {short(value)}",
            )


def in_(place: Place) -> Iterator[Violation]:
    """Section 4.8.3."""
    for members in place.shape.lists.get("in", []):
        lead, v = place.values()
        texts = [place.constant(m) for m in members]
        default = "none of the listed values"
        if len(texts) > MANY and place.context:
            text = f"{place.context} {lead} MINUS {{ VALUES {v} {{ {' '.join(texts)} }} }}"
            yield Violation("InConstraintComponent", text, v, default, whole=True)
        elif len(texts) > MANY:
            text = f"{lead} FILTER NOT EXISTS {{ VALUES {v} {{ {' '.join(texts)} }} }}"
            yield Violation("InConstraintComponent", text, v, default)
        else:
            typed = [t for t, m in zip(texts, members, strict=True) if isinstance(m, ox.Literal)]
            named = ", ".join(t for t, m in zip(texts, members, strict=True) if not isinstance(m, ox.Literal))
            tests = [f"sameTerm({v}, {t})" for t in typed] + ([f"COALESCE({v} IN ({named}), false)"] if named else [])
            known = balanced(tests, "||") if tests else "false"
            yield _filtered("InConstraintComponent", lead, v, f"!{known}" if tests else "true", default)


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
