"""Labels for blank nodes that depend on the graph alone, not on the labels or the order in which it was read.

Nodes are told apart by what they say (from the leaves up, which settles lists and trees in one pass), then by their
neighbours, round by round. Where two are still alike, one is picked and the rounds go on. RDFC-1.0 would give a
canonical form in every case, but takes exponential time: the implementation at hand does not end on a list of 1,000
members. Here the work is bounded; graphs built to be ambiguous may then get labels that depend on their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b

import pyoxigraph as ox

from kgtools.rdf.read import relabelled

MAX_ROUNDS = 300
"""How often all nodes that are still alike are looked at again."""


def canonical(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples with blank nodes labelled `b0`, `b1` … by what the graph says of them.

    >>> one = [q.triple for q in ox.parse("_:x <http://p> [ <http://p> 1 ] .", format=ox.RdfFormat.TURTLE)]
    >>> two = [q.triple for q in ox.parse("_:z <http://p> 1 . _:y <http://p> _:z .", format=ox.RdfFormat.TURTLE)]
    >>> set(canonical(one)) == set(canonical(two))
    True
    """
    given = list(triples)
    around: dict[ox.BlankNode, list[ox.Triple]] = defaultdict(list)
    for t in given:
        for node in dict.fromkeys(blank_nodes(t)):
            around[node].append(t)
    if not around:
        return given
    colour = _by_content(around)
    rounds = 0
    while True:
        rounds += _refine(colour, around, MAX_ROUNDS - rounds)
        alike = _alike(colour)
        if not alike or rounds >= MAX_ROUNDS:
            break
        group = min(alike, key=lambda nodes: colour[nodes[0]])
        free = not _have_unsettled_neighbours(group, around, alike)
        for n, node in enumerate(group if free else group[:1]):
            colour[node] = _hash("picked", colour[node], str(n))
    order = sorted(around, key=colour.__getitem__)
    labels = {node: ox.BlankNode(f"b{n}") for n, node in enumerate(order)}
    return [relabelled(t, labels.__getitem__) for t in given]


def blank_nodes(triple: ox.Triple) -> list[ox.BlankNode]:
    """The blank nodes of a triple, those in triple terms too."""
    found = [x for x in (triple.subject, triple.object) if isinstance(x, ox.BlankNode)]
    return found + blank_nodes(triple.object) if isinstance(triple.object, ox.Triple) else found


def _by_content(around: dict[ox.BlankNode, list[ox.Triple]]) -> dict[ox.BlankNode, str]:
    """A first colour: what a node says, down to the leaves; nodes from which a circle can be reached say nothing."""
    waits: dict[ox.BlankNode, int] = {}
    asked: dict[ox.BlankNode, list[ox.BlankNode]] = defaultdict(list)
    for node, triples in around.items():
        below = [b for t in triples if t.subject == node for b in _objects(t)]
        waits[node] = len(below)
        for b in below:
            asked[b].append(node)
    colour: dict[ox.BlankNode, str] = {}
    ready = [node for node, n in waits.items() if n == 0]
    while ready:
        node = ready.pop()
        said = sorted(f"{t.predicate} {_text(t.object, colour, None)}" for t in around[node] if t.subject == node)
        colour[node] = _hash("says", *said)
        for above in asked[node]:
            waits[above] -= 1
            if waits[above] == 0:
                ready.append(above)
    return {node: colour.get(node, "circle") for node in around}


def _objects(triple: ox.Triple) -> list[ox.BlankNode]:
    if isinstance(triple.object, ox.Triple):
        return blank_nodes(triple.object)
    return [triple.object] if isinstance(triple.object, ox.BlankNode) else []


def _refine(colour: dict[ox.BlankNode, str], around: dict[ox.BlankNode, list[ox.Triple]], limit: int) -> int:
    """Tell nodes apart by their neighbours until that tells no more; the number of rounds."""
    rounds, groups = 0, _alike(colour)
    while groups and rounds < limit:
        new = {}
        for node in (node for group in groups for node in group):
            seen = sorted(
                f"{_text(t.subject, colour, node)} {t.predicate} {_text(t.object, colour, node)}" for t in around[node]
            )
            new[node] = _hash(colour[node], *seen)
        before = len(set(colour.values()))
        colour.update(new)
        rounds += 1
        if len(set(colour.values())) == before:
            break
        groups = _alike(colour)
    return max(rounds, 1)


def _alike(colour: dict[ox.BlankNode, str]) -> list[list[ox.BlankNode]]:
    groups: dict[str, list[ox.BlankNode]] = defaultdict(list)
    for node, c in colour.items():
        groups[c].append(node)
    return [nodes for nodes in groups.values() if len(nodes) > 1]


def _have_unsettled_neighbours(
    group: list[ox.BlankNode], around: dict[ox.BlankNode, list[ox.Triple]], alike: list[list[ox.BlankNode]]
) -> bool:
    """Whether it matters which node of a group is picked: none may be exchanged for another without its neighbours."""
    unsettled = {node for nodes in alike for node in nodes}
    return any(b in unsettled for node in group for t in around[node] for b in blank_nodes(t) if b != node)


def _text(term: object, colour: dict[ox.BlankNode, str], self: ox.BlankNode | None) -> str:
    if isinstance(term, ox.BlankNode):
        return "*" if term == self else f"_:{colour.get(term, 'circle')}"
    if isinstance(term, ox.Triple):
        return f"<<( {_text(term.subject, colour, self)} {term.predicate} {_text(term.object, colour, self)} )>>"
    return str(term)


def _hash(*parts: str) -> str:
    return blake2b("\x00".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
