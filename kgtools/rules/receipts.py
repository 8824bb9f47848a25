"""Receipts: the rule and the premises of an entailed triple, found when asked for rather than kept for all.

Entailed triples stand in the order in which they were made, and each came after its premises. So the premises
of a triple by an axiom are any matches of its body among the asserted triples and the entailed ones made before it.
Those of a CONSTRUCT rule are any match in the graph as it now is; where they lead back, the receipt says so and stops.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

import pyoxigraph as ox

from kgtools.rules.compile import Atom, Rule
from kgtools.terms import short

Premises = Callable[[ox.Triple], Iterable[ox.Triple]]
"""How a CONSTRUCT rule tells from which triples it made one."""

Source = Callable[[ox.NamedNode], Iterable[ox.Triple]]
"""Gives the stated triples of a predicate."""

Binding = dict[str, object]
Ends = dict[object, list[ox.Triple]]


class Receipts:
    """Explains entailed triples.

    Args:
        stated: gives the premises of the closure by predicate.
        triples: the entailed triples, in the order made.
        reasons: for each of them the number of its rule, or the name of a CONSTRUCT rule.
        rules: the rules that the numbers count.
        constructs: the CONSTRUCT rules by name.
    """

    def __init__(
        self,
        stated: Source,
        triples: list[ox.Triple],
        reasons: list[int | str],
        rules: list[Rule],
        constructs: Mapping[str, Premises],
    ) -> None:
        self._stated = stated
        self._triples = triples
        self._by = reasons
        self._rules = rules
        self._constructs = constructs
        self._indexed: dict[object, tuple[Ends, Ends]] = {}

    @cached_property
    def _rank(self) -> dict[ox.Triple, int]:
        return {t: n for n, t in enumerate(self._triples, 1)}

    @cached_property
    def _entailed(self) -> dict[object, list[ox.Triple]]:
        """The entailed triples by predicate."""
        out: dict[object, list[ox.Triple]] = defaultdict(list)
        for t in self._triples:
            out[t.predicate].append(t)
        return out

    def _ends(self, predicate: ox.NamedNode) -> tuple[Ends, Ends]:
        """The triples of a predicate by subject and by object."""
        if predicate not in self._indexed:
            by_s, by_o = self._indexed[predicate] = (defaultdict(list), defaultdict(list))
            for t in (*self._stated(predicate), *self._entailed.get(predicate, ())):
                by_s[t.subject].append(t)
                by_o[t.object].append(t)
        return self._indexed[predicate]

    def why(self, triple: ox.Triple) -> tuple[str, str, tuple[ox.Triple, ...]] | None:
        """Rule, axiom and premises of an entailed triple; None where it is asserted or unknown."""
        rank = self._rank.get(triple)
        if rank is None:
            return None
        reason = self._by[rank - 1]
        if isinstance(reason, str):
            return reason, "a CONSTRUCT rule", tuple(self._constructs[reason](triple))
        rule = self._rules[reason]
        binding = _unify(rule.head, triple, {})
        found = None if binding is None else next(self._match(rule.body, binding, rank), None)
        return rule.name, rule.axiom, found or ()

    def explain(self, triple: ox.Triple) -> list[str]:
        """The receipt of a triple as indented lines, down to asserted triples."""
        return list(self._lines(triple, ()))

    def _lines(self, triple: ox.Triple, above: tuple[ox.Triple, ...]) -> Iterator[str]:
        text = "  " * len(above) + " ".join(short(x) for x in (triple.subject, triple.predicate, triple.object))
        if triple in above:
            yield f"{text}   (explained above)"
            return
        found = self.why(triple)
        if found is None:
            yield text
            return
        rule, axiom, premises = found
        yield f"{text}   by {rule}: {axiom}"
        for premise in premises:
            yield from self._lines(premise, (*above, triple))

    def _match(self, body: tuple[Atom, ...], binding: Binding, rank: int) -> Iterator[tuple[ox.Triple, ...]]:
        if not body:
            yield ()
            return
        # the pattern with the most bound ends first
        atom = max(body, key=lambda a: sum(not isinstance(x, str) or x in binding for x in (a[0], a[2])))
        rest = tuple(a for a in body if a is not atom)
        s, p, o = (binding.get(x, x) if isinstance(x, str) else x for x in atom)
        by_s, by_o = self._ends(p)  # type: ignore[arg-type]
        options = by_o.get(o, ()) if isinstance(s, str) else by_s.get(s, ())
        for t in options:
            extended = _unify(atom, t, binding) if self._rank.get(t, 0) < rank else None
            if extended is not None:
                for more in self._match(rest, extended, rank):
                    yield (t, *more)


def _unify(atom: Atom, triple: ox.Triple, binding: Binding) -> Binding | None:
    """The binding extended so that the atom is the triple, or None."""
    out = dict(binding)
    for want, have in zip(atom, (triple.subject, triple.predicate, triple.object), strict=True):
        if isinstance(want, str):
            if out.setdefault(want, have) != have:
                return None
        elif want != have:
            return None
    return out
