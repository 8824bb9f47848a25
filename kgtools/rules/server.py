"""Running rules to a fixpoint as SPARQL, on any engine: for what lies on a server, and to check the other way.

Each rule is one CONSTRUCT over all that the engine holds, and what is new goes into a graph of its own. A rule is
asked again only when something was added that its patterns speak of. The policy on what is left out is that of
:mod:`kgtools.rules.fixpoint`, which does the same in this process on interned terms, and faster.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kgtools.errors import EngineError
from kgtools.rules.compile import TYPE, Rule
from kgtools.rules.fixpoint import Closure, Construct
from kgtools.rules.receipts import Receipts
from kgtools.sparql.engine import Engine


def close_on(engine: Engine, rules: list[Rule], constructs: Iterable[Construct], graph: ox.NamedNode) -> Closure:
    """The entailed triples of what an engine holds; they lie in the named graph afterwards, whole, or
    not at all where the engine still lets it be dropped.

    Args:
        engine: an engine whose default graph shows the triples of its named graphs, too.
        rules: compiled axioms.
        constructs: CONSTRUCT rules, asked whenever the others have come to rest.
        graph: where the entailed triples go; what it held is dropped.

    Raises:
        EngineError: the engine does not show named graphs in its default graph, or fails.
        InputError: the engine takes no updates.
    """
    engine.drop(graph)
    try:
        return _close(engine, rules, list(constructs), graph)
    except BaseException:
        engine.drop(graph)
        raise


def _close(engine: Engine, rules: list[Rule], constructs: list[Construct], graph: ox.NamedNode) -> Closure:
    readers: dict[tuple[object, object], list[int]] = defaultdict(list)
    for n, rule in enumerate(rules):
        for _, p, o in rule.body:
            readers[p, o if p == TYPE and not isinstance(o, str) else None].append(n)
    why: dict[ox.Triple, int | str] = {}

    def stated(predicate: ox.NamedNode) -> Iterable[ox.Triple]:
        return engine.construct(f"CONSTRUCT {{ ?s {predicate} ?o }} WHERE {{ ?s {predicate} ?o }}")

    def add(found: Iterable[ox.Triple], reason: int | str) -> list[ox.Triple]:
        new = [t for t in dict.fromkeys(found) if t not in why and not isinstance(t.subject, ox.Literal)]
        why.update(dict.fromkeys(new, reason))
        if new:
            engine.insert(new, graph)
        return new

    waiting = dict.fromkeys(range(len(rules)))
    rounds = 0
    while True:
        rounds += 1
        while waiting:
            at = next(iter(waiting))
            del waiting[at]
            new = add(engine.construct(rules[at].to_sparql(new=True)), at)
            if new and not engine.ask(f"ASK {{ {new[0]} }}"):
                raise EngineError(
                    f"{engine.name}: its default graph does not show the triples of named graphs, so that no rule sees "
                    "what another added; start the server with that switched on (oxigraph: --union-default-graph)"
                )
            waiting.update(_readers(readers, new))
        made_any = False
        for construct in constructs:
            made = dict.fromkeys(construct.ask([]))
            there = {t for predicate in {t.predicate for t in made} for t in stated(predicate)}
            new = add([t for t in made if t not in there], construct.name)
            waiting.update(_readers(readers, new))
            made_any = made_any or bool(new)
        if not made_any:
            break
    names = Counter(by if isinstance(by, str) else rules[by].name for by in why.values())

    premises = {c.name: c.premises for c in constructs}
    receipts = Receipts(stated, list(why), list(why.values()), rules, premises)
    return Closure(list(why), rounds, dict(sorted(names.items())), receipts)


def _readers(readers: dict[tuple[object, object], list[int]], new: list[ox.Triple]) -> dict[int, None]:
    """The rules of whose patterns one could match a new triple."""
    seen = {(t.predicate, t.object if t.predicate == TYPE else None) for t in new}
    seen |= {(t.predicate, None) for t in new}
    return dict.fromkeys(n for key in seen for n in readers.get(key, ()))
