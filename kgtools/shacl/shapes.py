"""Reading a shapes graph: SHACL 1.0 sections 2 and 5 as small dataclasses.

A shape keeps its parameters as they stand, predicate to objects, with RDF lists read out; what a
parameter means is the business of :mod:`kgtools.shacl.components`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.vocab import OWL, RDF, RDFS, SH, short

Node = ox.NamedNode | ox.BlankNode | ox.Literal
TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
SHAPE_LISTS = ("and", "or", "xone")
SHAPE_REFS = ("node", "property", "not", "qualifiedValueShape")
VALUE_LISTS = ("in", "languageIn", "ignoredProperties")


def sh(name: str) -> ox.NamedNode:
    """The SHACL term `name`."""
    return ox.NamedNode(SH + name)


@dataclass(slots=True)
class ShapesGraph:
    """A shapes graph indexed by subject and predicate."""

    index: dict[tuple[Node, str], list[Node]] = field(default_factory=dict)
    subjects: dict[Node, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, triples: Iterable[ox.Triple]) -> ShapesGraph:
        """Index triples; the same triple twice counts once."""
        graph = cls()
        for t in triples:
            if isinstance(t.subject, ox.Triple) or isinstance(t.object, ox.Triple):
                raise InputError("a triple term (RDF 1.2) has no meaning in a shapes graph or in axioms; remove it")
            found = graph.index.setdefault((t.subject, t.predicate.value), [])
            if t.object not in found:
                found.append(t.object)
                graph.subjects.setdefault(t.subject, []).append(t.predicate.value)
        return graph

    def all(self, node: Node, predicate: str) -> list[Node]:
        """The objects of a subject and predicate."""
        return self.index.get((node, predicate), [])

    def one(self, node: Node, predicate: str) -> Node | None:
        """The object of a subject and predicate, or None.

        Raises:
            InputError: there are several.
        """
        found = self.all(node, predicate)
        if len(found) > 1:
            raise InputError(f"shape {short(node)}: more than one {short(ox.NamedNode(predicate))}; keep one")
        return found[0] if found else None

    def list(self, head: Node) -> list[Node]:
        """The members of an RDF list.

        Raises:
            InputError: it is no list, or it runs in a circle.
        """
        out: list[Node] = []
        seen: set[Node] = set()
        while head != ox.NamedNode(RDF + "nil"):
            first, rest = self.one(head, RDF + "first"), self.one(head, RDF + "rest")
            if head in seen:
                raise InputError(f"the list at {short(head)} runs in a circle; end it with rdf:nil")
            if first is None or rest is None:
                raise InputError(f"{short(head)} is not an RDF list: rdf:first or rdf:rest is missing")
            seen.add(head)
            out.append(first)
            head = rest
        return out


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


def read_shapes(graph: ShapesGraph) -> dict[Node, Shape]:
    """All shapes of a shapes graph, those that other shapes refer to included.

    Raises:
        InputError: a shape is malformed; the message names it.
    """
    found: dict[Node, Shape] = {}
    queue = list(_shape_nodes(graph))
    while queue:
        node = queue.pop()
        if node in found or isinstance(node, ox.Literal):
            continue
        shape = _read(graph, node)
        found[node] = shape
        for name in SHAPE_REFS:
            queue.extend(shape.parameters.get(name, []))
        for name in SHAPE_LISTS:
            for members in shape.lists.get(name, []):
                queue.extend(members)
    return found


def _shape_nodes(graph: ShapesGraph) -> Iterator[Node]:
    classes = {SH + "NodeShape", SH + "PropertyShape"}
    target_predicates = {SH + t for t in TARGETS}
    parameters = {
        SH + p
        for p in (
            *SHAPE_REFS,
            *SHAPE_LISTS,
            "sparql",
            "closed",
            "in",
            "hasValue",
            "class",
            "datatype",
            "nodeKind",
            "minCount",
            "maxCount",
            "pattern",
        )
    }
    for node, predicates in graph.subjects.items():
        types = {getattr(t, "value", "") for t in graph.all(node, RDF + "type")}
        if (
            types & classes
            or target_predicates & set(predicates)
            or (not types and parameters & set(predicates) and isinstance(node, ox.NamedNode))
        ):
            yield node


def _read(graph: ShapesGraph, node: Node) -> Shape:
    parameters: dict[str, list[Node]] = {}
    lists: dict[str, list[list[Node]]] = {}
    for predicate in graph.subjects.get(node, []):
        if not predicate.startswith(SH):
            continue
        name = predicate.removeprefix(SH)
        objects = graph.all(node, predicate)
        if name in SHAPE_LISTS or name in VALUE_LISTS:
            lists[name] = [graph.list(o) for o in objects]
        else:
            parameters[name] = objects
    path = graph.one(node, SH + "path")
    if len(parameters.get("path", [])) > 1:
        raise InputError(f"shape {short(node)}: a property shape has one sh:path")
    severity = graph.one(node, SH + "severity") or sh("Violation")
    if not isinstance(severity, ox.NamedNode):
        raise InputError(f"shape {short(node)}: sh:severity is not an IRI")
    for name in ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount"):
        for value in parameters.get(name, []):
            if not isinstance(value, ox.Literal) or not value.value.lstrip("+").isdigit():
                raise InputError(f"shape {short(node)}: sh:{name} {short(value)} is not a whole number from 0")
    targets = [(t, o) for t in TARGETS for o in parameters.get(t, [])]
    types = {getattr(t, "value", "") for t in graph.all(node, RDF + "type")}
    if types & {RDFS + "Class", OWL + "Class"} and isinstance(node, ox.NamedNode):
        targets.append(("targetClass", node))
    off = graph.one(node, SH + "deactivated")
    return Shape(
        node,
        path,
        parameters,
        lists,
        severity,
        tuple(m for m in graph.all(node, SH + "message") if isinstance(m, ox.Literal)),
        isinstance(off, ox.Literal) and off.value in ("true", "1"),
        tuple(targets),
    )
