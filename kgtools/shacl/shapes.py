"""Reading a shapes graph: SHACL 1.0 sections 2 and 5 as small dataclasses.

A shape keeps its parameters as they stand, predicate to objects, with RDF lists read out; what a
parameter means is the business of :mod:`kgtools.shacl.components`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.index import Index, Node
from kgtools.terms import OWL, RDF, RDFS, SH, short

TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
SHAPE_LISTS = ("and", "or", "xone")
SHAPE_REFS = ("node", "property", "not", "qualifiedValueShape")
VALUE_LISTS = ("in", "languageIn", "ignoredProperties")


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


def read_shapes(graph: Index) -> dict[Node, Shape]:
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


def _shape_nodes(graph: Index) -> Iterator[Node]:
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


def _read(graph: Index, node: Node) -> Shape:
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
