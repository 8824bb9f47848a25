"""Which focus nodes an edit can reach: those whose constraints read a changed triple, by way of their paths.

A compiled query reads the graph through triple patterns. A changed triple that matches a pattern can change
the answer only for the nodes that are joined to it by the pattern's context (:mod:`kgtools.sparql.algebra`); these
are asked for in one query a pattern, over the graph before and after the edit together. A pattern that nothing
joins to the focus node can change the answer for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kgtools.rdf.exact import decode
from kgtools.rdf.index import Index, Node
from kgtools.shacl.paths import path_steps, sparql_path
from kgtools.shacl.shapes import Shape
from kgtools.shacl.vocabulary import SHAPE_LISTS, SHAPE_REFS
from kgtools.sparql.algebra import Found, Path, Pattern, step
from kgtools.sparql.engine import Engine
from kgtools.terms import RDF

THIS = "?this"
_TYPE = step(RDF + "type")


Changed = Mapping[str, Collection[ox.Triple]]
"""Changed triples by the IRI of their predicate."""


class Everywhere(Exception):
    """The edit can change the result for every focus node."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One pattern through which a query reads the graph, ready to ask which focus nodes a change of it concerns.

    Attributes:
        pattern: the pattern.
        rest: the patterns that join it to the focus node; None where nothing does.
    """

    pattern: Pattern
    rest: tuple[Pattern, ...] | None

    def reached(self, changed: Changed, ask: Callable[[str], Iterable[ox.NamedNode]]) -> set[Node]:
        """The focus nodes that changed triples concern by this pattern.

        Args:
            changed: the changed triples by predicate.
            ask: runs a SELECT of one variable.

        Raises:
            Everywhere: a triple matches, and no pattern joins it to a focus node.
        """
        path = self.pattern.path
        predicates: Iterable[str] = changed if path.forward is None else path.forward | path.backward
        names = self._names()
        rows = {row for p in predicates for t in changed.get(p, ()) for row in self._rows(t, names)}
        if not rows:
            return set()
        if self.rest is None:
            raise Everywhere
        if names and names[0] == THIS and not self.rest:
            return {row[0] for row in rows}
        cells = " ".join(f"({' '.join(map(str, row))})" for row in sorted(rows, key=str))
        bridge = "" if self.pattern.path.simple else self._bridge()
        context = " ".join(map(str, self.rest))
        return set(
            ask(f"SELECT DISTINCT ?this WHERE {{ VALUES ({' '.join(names)}) {{ {cells} }} {bridge} {context} }}")
        )

    def _names(self) -> list[str]:
        if not self.pattern.path.simple:
            return ["?inside"]
        ends = (self.pattern.subject, self.pattern.path.text, self.pattern.object)
        found = dict.fromkeys(x for x in ends if isinstance(x, str) and x.startswith("?"))
        return sorted(found, key=lambda x: x != THIS)

    def _rows(self, t: ox.Triple, names: list[str]) -> Iterator[tuple[Node, ...]]:
        """How the variables of the pattern are bound where it matches a triple."""
        path = self.pattern.path
        predicate = t.predicate.value
        if path.simple:
            bound: dict[str, object] = {}
            for want, have in (
                (self.pattern.subject, t.subject),
                (path.text, t.predicate),
                (self.pattern.object, t.object),
            ):
                if isinstance(want, str) and want.startswith("?"):
                    if bound.setdefault(want, have) != have:
                        return
                elif not isinstance(want, str) and want != have:
                    return
            if not any(isinstance(x, ox.BlankNode) for x in bound.values()):
                yield tuple(bound[n] for n in names)  # type: ignore[misc]
            else:
                raise Everywhere
            return
        forward = path.forward is None or predicate in path.forward
        backward = path.forward is None or predicate in path.backward
        ends = (t.subject, t.object) if self._by_subject() else (t.object, t.subject)
        for end in [*(ends[:1] if forward else ()), *(ends[1:] if backward else ())]:
            if isinstance(end, ox.BlankNode):
                raise Everywhere
            if not isinstance(end, ox.Literal) or not self._by_subject():
                yield (end,)

    def _by_subject(self) -> bool:
        """Whether the focus node lies on the side of the path's subject."""
        joined = {THIS} | {v for p in self.rest or () for v in p.variables()}
        return isinstance(self.pattern.subject, str) and self.pattern.subject in joined

    def _bridge(self) -> str:
        """From the end of the path that is joined to the focus node to any node inside the path."""
        path = self.pattern.path
        if path.forward is None:
            raise Everywhere
        steps = "|".join([*(f"<{p}>" for p in sorted(path.forward)), *(f"^<{p}>" for p in sorted(path.backward))])
        if self._by_subject():
            return f"{self.pattern.subject} ({steps})* ?inside ."
        return f"?inside ({steps})* {self.pattern.object} ."


def probes(found: Iterable[Found]) -> list[Probe]:
    """The probes of a query's patterns; the same probe once."""
    out: dict[Probe, None] = {}
    for pattern, context in found:
        joined, rest, left = {THIS}, [], list(context)
        while True:
            near = [p for p in left if p.variables() & joined]
            if not near:
                break
            for p in near:
                left.remove(p)
                rest.append(p)
                joined |= p.variables()
        if THIS in pattern.variables() and pattern.path.simple:
            out[Probe(pattern, ())] = None
        else:
            out[Probe(pattern, tuple(dict.fromkeys(rest)) if pattern.variables() & joined else None)] = None
    return list(out)


def shape_patterns(graph: Index, shapes: dict[Node, Shape], root: Shape) -> list[Found]:
    """The patterns through which the Core constraints of a targeted shape read the data, nested shapes included."""
    out: list[Found] = []
    for kind, term in root.targets:
        if kind == "targetClass":
            out.append((Pattern(THIS, _TYPE, "?class"), ()))
        elif kind == "targetSubjectsOf" and isinstance(term, ox.NamedNode):
            out.append((Pattern(THIS, step(term.value), "?any"), ()))
        elif kind == "targetObjectsOf" and isinstance(term, ox.NamedNode):
            out.append((Pattern("?any", step(term.value), THIS), ()))
    _read(graph, shapes, root, THIS, (), out, ())
    return out


def _read(
    graph: Index,
    shapes: dict[Node, Shape],
    shape: Shape,
    node: str,
    chain: tuple[Pattern, ...],
    out: list[Found],
    trail: tuple[Node, ...],
) -> None:
    if shape.node in trail:
        return
    value, reached = node, chain
    if shape.path is not None:
        value = f"?v{len(chain)}"
        own = Pattern(node, _path(graph, shape.path), value)
        out.append((own, chain))
        reached = (*chain, own)
    if "class" in shape.parameters:
        out.append((Pattern(value, _TYPE, "?class"), reached))
    if "closed" in shape.parameters:
        out.append((Pattern(value, Path("?any", None), "?other"), reached))
    for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
        for other in shape.parameters.get(name, []):
            if isinstance(other, ox.NamedNode):
                out.append((Pattern(node, step(other.value), "?other"), chain))
    nested = [n for name in SHAPE_REFS for n in shape.parameters.get(name, [])]
    nested += [n for name in SHAPE_LISTS for members in shape.lists.get(name, []) for n in members]
    for inner in nested:
        if inner in shapes:
            _read(graph, shapes, shapes[inner], value, reached, out, (*trail, shape.node))


def _path(graph: Index, node: Node) -> Path:
    forward, backward = path_steps(graph, node)
    return Path(sparql_path(graph, node), frozenset(forward), frozenset(backward))


def reached(probes_: Iterable[Probe], changed: Changed, engine: Engine) -> set[Node]:
    """The focus nodes that an edit can reach through any of the probes.

    Args:
        probes_: those of one query or shape.
        changed: the triples that were added or removed, by predicate.
        engine: an engine over the graph before and after the edit together.

    Raises:
        Everywhere: it can reach all of them.
    """

    def ask(query: str) -> Iterable[ox.NamedNode]:
        return [row[0] for row in engine.select(query).rows]  # type: ignore[misc]

    return {decode(n) for probe in probes_ for n in probe.reached(changed, ask)}
