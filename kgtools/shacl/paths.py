"""SHACL property paths (section 2.3.1) as SPARQL 1.1 property paths."""

from __future__ import annotations

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.index import Index, Node
from kgtools.terms import RDF, SH, short

MAX_DEPTH = 40
"""How deep paths may be nested; none that a person wrote is."""

_STEPS = {"inversePath": "^{}", "zeroOrMorePath": "{}*", "oneOrMorePath": "{}+", "zeroOrOnePath": "{}?"}


def sparql_path(graph: Index, node: Node, trail: tuple[Node, ...] = ()) -> str:
    """The path at `node` as SPARQL text, bracketed so that it can stand anywhere.

    Raises:
        InputError: the node is no path, or it contains itself.
    """
    if isinstance(node, ox.NamedNode):
        return str(node)
    if node in trail:
        raise InputError(f"the path at {short(node)} contains itself")
    if len(trail) > MAX_DEPTH:
        raise InputError(f"a path nested more than {MAX_DEPTH} deep; write it with fewer steps on steps")
    trail = (*trail, node)
    if isinstance(node, ox.BlankNode):
        if graph.all(node, RDF + "first"):
            return "(" + "/".join(sparql_path(graph, n, trail) for n in graph.list(node)) + ")"
        choice = graph.one(node, SH + "alternativePath")
        if choice is not None:
            return "(" + "|".join(sparql_path(graph, n, trail) for n in graph.list(choice)) + ")"
        for name, form in _STEPS.items():
            step = graph.one(node, SH + name)
            if step is not None:
                return "(" + form.format(sparql_path(graph, step, trail)) + ")"
    raise InputError(f"{short(node)} is not a property path; see SHACL section 2.3.1")


def steps_of(graph: Index, node: Node) -> list[str]:
    """The steps of a sequence path as SPARQL text; any other path is one step.

    Raises:
        InputError: as :func:`sparql_path`.
    """
    if graph.all(node, RDF + "first"):
        return [sparql_path(graph, n, (node,)) for n in graph.list(node)]
    return [sparql_path(graph, node)]


def may_be_empty(graph: Index, node: Node) -> bool:
    """Whether a path can lead from a node to that node by no step at all."""
    if isinstance(node, ox.NamedNode):
        return False
    if graph.all(node, RDF + "first"):
        return all(may_be_empty(graph, n) for n in graph.list(node))
    choice = graph.one(node, SH + "alternativePath")
    if choice is not None:
        return any(may_be_empty(graph, n) for n in graph.list(choice))
    if graph.all(node, SH + "zeroOrMorePath") or graph.all(node, SH + "zeroOrOnePath"):
        return True
    steps = graph.all(node, SH + "inversePath") + graph.all(node, SH + "oneOrMorePath")
    return any(may_be_empty(graph, n) for n in steps)


def path_steps(graph: Index, node: Node, turned: bool = False) -> tuple[set[str], set[str]]:
    """The predicates that a path follows forwards, and those that it follows backwards."""
    if isinstance(node, ox.NamedNode):
        return (set(), {node.value}) if turned else ({node.value}, set())
    choice = graph.one(node, SH + "alternativePath")
    if graph.all(node, RDF + "first") or choice is not None:
        parts = [path_steps(graph, n, turned) for n in graph.list(node if choice is None else choice)]
        return {p for f, _ in parts for p in f}, {p for _, b in parts for p in b}
    for name in _STEPS:
        inner = graph.one(node, SH + name)
        if inner is not None:
            return path_steps(graph, inner, turned != (name == "inversePath"))
    raise InputError(f"{short(node)} is not a property path; see SHACL section 2.3.1")
