"""Reading a shapes graph: SHACL 1.0 sections 2 and 5 as small dataclasses.

A shape keeps its parameters as they stand, predicate to objects, with RDF lists read out; what a
parameter means is the business of :mod:`kgtools.shacl.components`. What the specification calls ill-formed
(appendix "Syntax rules") is refused here, so that nothing behind has to ask again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.index import Index, Node
from kgtools.shacl.vocabulary import CONSTRAINTS, SHAPE_LISTS, SHAPE_REFS, TARGETS, VALUE_LISTS, faults, instances
from kgtools.terms import OWL, RDFS, SH, XSD, short

MAX_DEPTH = 40
"""How deep shapes may refer to shapes; none that a person wrote is deeper."""


def sh(name: str) -> ox.NamedNode:
    """The SHACL term `name`."""
    return ox.NamedNode(SH + name)


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape.

    Attributes:
        node: its IRI or blank node.
        path: the node of `sh:path` for a property shape, else None.
        parameters: local name of each SHACL predicate to its objects; lists are read out.
        severity: the IRI of its severity.
        messages: its `sh:message` literals.
        deactivated: whether it is switched off.
        targets: pairs of target kind and node; a class that is a shape targets itself.
    """

    node: Node
    path: Node | None
    parameters: dict[str, list[Node]]
    lists: dict[str, list[list[Node]]]
    severity: ox.NamedNode
    messages: tuple[ox.Literal, ...]
    deactivated: bool
    targets: tuple[tuple[str, Node], ...]

    def flag(self, name: str) -> bool:
        """Whether a parameter is true."""
        return any(isinstance(x, ox.Literal) and x.value in ("true", "1") for x in self.parameters.get(name, []))

    def constrains(self) -> bool:
        """Whether it constrains by itself, and not only by the shapes that its values must conform to."""
        return not (CONSTRAINTS - {"property", "node", "and"}).isdisjoint((*self.parameters, *self.lists))


def read_shapes(graph: Index) -> dict[Node, Shape]:
    """All shapes of a shapes graph, those that other shapes refer to included.

    Raises:
        InputError: a shape is malformed, or uses a term that SHACL does not have or that is not carried out; the
            message names it.
    """
    wrong = [f"{short(node)}: {what}; {cure}" for node, what, cure in faults(graph)]
    if wrong:
        more = f" (and {len(wrong) - 3} more)" if len(wrong) > 3 else ""
        raise InputError(f"shapes graph: {' · '.join(wrong[:3])}{more}")
    classes = instances(graph, (RDFS + "Class", OWL + "Class"))
    found: dict[Node, Shape] = {}
    queue = list(_shape_nodes(graph))
    while queue:
        node = queue.pop()
        if node in found or isinstance(node, ox.Literal):
            continue
        shape = _read(graph, node, node in classes)
        found[node] = shape
        for name in SHAPE_REFS:
            queue.extend(shape.parameters.get(name, []))
        for name in SHAPE_LISTS:
            for members in shape.lists.get(name, []):
                queue.extend(members)
    return found


def custom_parameters(graph: Index) -> set[str]:
    """The parameters of SPARQL-based constraint components that the shapes graph declares (section 6.2.1)."""
    out: set[str] = set()
    for (_, predicate), objects in graph.index.items():
        if predicate == SH + "parameter":
            for parameter in objects:
                path = graph.one(parameter, SH + "path")
                if isinstance(path, ox.NamedNode):
                    out.add(path.value)
    return out


def _shape_nodes(graph: Index) -> Iterator[Node]:
    """The nodes that are shapes (section 2.1): by type, by target, or because they carry a constraint."""
    typed = instances(graph, (SH + "NodeShape", SH + "PropertyShape"))
    marks = {SH + name for name in (*TARGETS, *CONSTRAINTS)} | custom_parameters(graph)
    for node, predicates in graph.subjects.items():
        if node in typed or not marks.isdisjoint(predicates):
            yield node


_COUNTS = ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount")
_ONCE = (
    *_COUNTS, "datatype", "nodeKind", "minExclusive", "minInclusive", "maxExclusive", "maxInclusive", "flags",
    "uniqueLang", "closed", "deactivated", "in", "languageIn", "ignoredProperties", "severity", "path",
    "qualifiedValueShapesDisjoint",
)  # fmt: skip
_BOOLEANS = ("uniqueLang", "closed", "deactivated", "qualifiedValueShapesDisjoint")
_IRIS = (
    "class", "datatype", "nodeKind", "equals", "disjoint", "lessThan", "lessThanOrEquals", "severity",
    "targetClass", "targetSubjectsOf", "targetObjectsOf",
)  # fmt: skip
_PROPERTY_ONLY = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals")
_WHOLE = re.compile(r"\+?[0-9]{1,18}")


def _read(graph: Index, node: Node, is_class: bool) -> Shape:
    parameters: dict[str, list[Node]] = {}
    lists: dict[str, list[list[Node]]] = {}

    def refuse(what: str) -> InputError:
        return InputError(f"shape {short(node)}: {what}")

    for predicate in graph.subjects.get(node, []):
        if not predicate.startswith(SH):
            continue
        name = predicate.removeprefix(SH)
        objects = graph.all(node, predicate)
        if name in _ONCE and len(objects) > 1:
            raise refuse(f"more than one sh:{name}; keep one")
        if name in SHAPE_LISTS or name in VALUE_LISTS:
            try:
                lists[name] = [graph.list(o) for o in objects]
            except InputError as error:
                raise refuse(f"sh:{name}: {error}") from error
        else:
            parameters[name] = objects
    path = parameters["path"][0] if "path" in parameters else None
    for name in _COUNTS:
        for value in parameters.get(name, []):
            if not isinstance(value, ox.Literal) or not _WHOLE.fullmatch(value.value):
                raise refuse(f"sh:{name} {short(value)} is not a whole number from 0")
    for name in _BOOLEANS:
        for value in parameters.get(name, []):
            if not isinstance(value, ox.Literal) or value.value not in ("true", "false", "1", "0"):
                raise refuse(f"sh:{name} {short(value)} is neither true nor false")
    for name in _IRIS:
        for value in parameters.get(name, []):
            if not isinstance(value, ox.NamedNode):
                raise refuse(f"sh:{name} {short(value)} is not an IRI")
    for name in ("pattern", "flags"):
        for value in parameters.get(name, []):
            if not isinstance(value, ox.Literal) or value.datatype.value != XSD + "string":
                raise refuse(f"sh:{name} {short(value)} is not a string")
    for name in ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive"):
        for value in parameters.get(name, []):
            if not isinstance(value, ox.Literal):
                raise refuse(f"sh:{name} {short(value)} is not a literal")
    for tag in (tag for tags in lists.get("languageIn", []) for tag in tags):
        if not isinstance(tag, ox.Literal):
            raise refuse(f"sh:languageIn: {short(tag)} is not a string")
    for ignored in (p for ps in lists.get("ignoredProperties", []) for p in ps):
        if not isinstance(ignored, ox.NamedNode):
            raise refuse(f"sh:ignoredProperties: {short(ignored)} is not an IRI")
    if path is None:
        for name in _PROPERTY_ONLY:
            if name in parameters:
                raise refuse(f"sh:{name} stands on a shape without sh:path; only a property shape may have it")
    elif ("qualifiedMinCount" in parameters or "qualifiedMaxCount" in parameters) != (
        "qualifiedValueShape" in parameters
    ):
        raise refuse("sh:qualifiedValueShape and its sh:qualifiedMinCount or sh:qualifiedMaxCount belong together")
    severity = parameters["severity"][0] if "severity" in parameters else sh("Violation")
    assert isinstance(severity, ox.NamedNode)
    messages = parameters.get("message", [])
    if not all(isinstance(m, ox.Literal) for m in messages):
        raise refuse("sh:message is not a string")
    targets = [(t, o) for t in TARGETS for o in parameters.get(t, [])]
    if is_class and isinstance(node, ox.NamedNode):
        targets.append(("targetClass", node))
    shape = Shape(
        node,
        path,
        parameters,
        lists,
        severity,
        tuple(m for m in messages if isinstance(m, ox.Literal)),
        False,
        tuple(targets),
    )
    return replace(shape, deactivated=True) if shape.flag("deactivated") else shape
