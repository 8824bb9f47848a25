"""Running rules to a fixpoint, semi-naively: each round joins only what the round before added.

What is left out on purpose, and nothing else: triples with a literal as subject, which RDF 1.1 does not
allow; types of literals; and reflexive triples that only restate themselves (`x owl:sameAs x`, `C
rdfs:subClassOf C`, `x a owl:Thing`). The axioms themselves are not closed: data rules do that work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kgtools.rules.compile import Rule

Fact = tuple[int, int, int]
Pattern = tuple[int, int, int]
"""A triple over interned terms; a negative number in a pattern is a variable."""

Construct = tuple[str, Callable[[Iterable[ox.Triple]], Iterable[ox.Triple]]]
"""A CONSTRUCT rule: its name, and how to ask it once the entailed triples so far are given."""


@dataclass(slots=True)
class Closure:
    """What follows from the asserted triples.

    Attributes:
        triples: the entailed triples, without the asserted.
        rounds: how many rounds it took.
        by_rule: how many triples each rule added.
    """

    triples: list[ox.Triple]
    rounds: int
    by_rule: dict[str, int]
    _why: dict[ox.Triple, tuple[str, str, tuple[ox.Triple, ...]]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.triples)

    def explain(self, triple: ox.Triple) -> list[str]:
        """Why a triple is entailed: rule, axiom and premises, down to asserted triples, one line each, indented.

        An asserted (or unknown) triple explains itself in one line.
        """
        return list(self._lines(triple, 0, set()))

    def _lines(self, triple: ox.Triple, depth: int, seen: set[ox.Triple]) -> Iterator[str]:
        from kgtools.vocab import short

        text = "  " * depth + " ".join(short(x) for x in (triple.subject, triple.predicate, triple.object))
        if triple not in self._why or triple in seen:
            yield text
            return
        rule, axiom, premises = self._why[triple]
        yield f"{text}   by {rule}: {axiom}"
        for premise in premises:
            yield from self._lines(premise, depth + 1, seen | {triple})


class _Facts:
    """Interned facts, indexed by predicate with subject or object."""

    def __init__(self) -> None:
        self.ids: dict[object, int] = {}
        self.terms: list[object] = []
        self.all: set[Fact] = set()
        self.by_s: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.by_o: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.by_p: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def intern(self, term: object) -> int:
        found = self.ids.get(term)
        if found is None:
            found = self.ids[term] = len(self.terms)
            self.terms.append(term)
        return found

    def add(self, fact: Fact) -> None:
        s, p, o = fact
        self.all.add(fact)
        self.by_s[p, s].append(o)
        self.by_o[p, o].append(s)
        self.by_p[p].append((s, o))


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    body: tuple[Pattern, ...]
    head: Pattern
    width: int


def close(asserted: Iterable[ox.Triple], rules: list[Rule], constructs: Iterable[Construct] = ()) -> Closure:
    """The entailed triples of `asserted` under rules and CONSTRUCT rules, to the common fixpoint.

    Args:
        asserted: the premises; data and whatever individuals the ontology has.
        rules: compiled axioms.
        constructs: rules asked as SPARQL after the others have come to rest; what they add goes round again.
    """
    facts = _Facts()
    needed: set[object] = {a[1] for r in rules for a in r.body}
    delta: list[Fact] = []
    premises: set[ox.Triple] | None = None
    constructs = list(constructs)
    kept: list[ox.Triple] = []
    for t in asserted:
        kept.append(t)
        if t.predicate in needed:
            fact = (facts.intern(t.subject), facts.intern(t.predicate), facts.intern(t.object))
            if fact not in facts.all:
                facts.add(fact)
                delta.append(fact)
    heads = {a.head[1] for a in rules}
    for t in kept:
        if t.predicate in heads and t.predicate not in needed:
            facts.all.add((facts.intern(t.subject), facts.intern(t.predicate), facts.intern(t.object)))
    compiled = [_intern(facts, r) for r in rules]
    single: dict[int, list[_Compiled]] = defaultdict(list)
    joined: dict[int, list[tuple[_Compiled, int]]] = defaultdict(list)
    for c in compiled:
        if len(c.body) == 1:
            single[c.body[0][1]].append(c)
        else:
            for at, atom in enumerate(c.body):
                joined[atom[1]].append((c, at))
    literal = {i for i, term in enumerate(facts.terms) if isinstance(term, ox.Literal)}
    why: dict[Fact, tuple[_Compiled | str, tuple[Fact, ...]]] = {}
    rounds = 0
    while True:
        while delta:
            rounds += 1
            new: list[Fact] = []

            def derive(c: _Compiled, fact: Fact, used: tuple[Fact, ...], new: list[Fact] = new) -> None:
                if fact not in facts.all and fact not in why and fact[0] not in literal:
                    why[fact] = (c, used)
                    new.append(fact)

            for fact in delta:
                for c in single.get(fact[1], ()):
                    binding = _match(c.body[0], fact, [-1] * c.width)
                    if binding is not None:
                        derive(c, _fill(c.head, binding), (fact,))
                for c, at in joined.get(fact[1], ()):
                    binding = _match(c.body[at], fact, [-1] * c.width)
                    if binding is not None:
                        for full, used in _join(facts, c.body, at, fact, binding):
                            derive(c, _fill(c.head, full), used)
            for fact in new:
                facts.add(fact)
            delta = new
        if not constructs:
            break
        if premises is None:
            premises = set(kept)
        entailed = [_triple(facts, f) for f in why]
        known = set(entailed)
        for name, ask in constructs:
            for t in ask(entailed):
                if t not in premises and t not in known and not isinstance(t.subject, ox.Literal):
                    known.add(t)
                    fact = (facts.intern(t.subject), facts.intern(t.predicate), facts.intern(t.object))
                    why[fact] = (name, ())
                    facts.add(fact)
                    delta.append(fact)
        if not delta:
            break
    made = {f: _triple(facts, f) for f in why}
    reasons = {
        made[f]: (
            (by, "a CONSTRUCT rule", ())
            if isinstance(by, str)
            else (by.rule.name, by.rule.axiom, tuple(_triple(facts, u) for u in used))
        )
        for f, (by, used) in why.items()
    }
    counts = Counter(by if isinstance(by, str) else by.rule.name for by, _ in why.values())
    return Closure(list(made.values()), rounds, dict(sorted(counts.items())), reasons)


def _intern(facts: _Facts, rule: Rule) -> _Compiled:
    slots: dict[str, int] = {}

    def number(x: object) -> int:
        if isinstance(x, str):
            return -1 - slots.setdefault(x, len(slots))
        return facts.intern(x)

    body = tuple((number(s), number(p), number(o)) for s, p, o in rule.body)
    s, p, o = rule.head
    return _Compiled(rule, body, (number(s), number(p), number(o)), len(slots))


def _match(pattern: Pattern, fact: Fact, binding: list[int]) -> list[int] | None:
    """Extend a binding so that the pattern is the fact, or None."""
    for want, have in zip(pattern, fact, strict=True):
        if want >= 0:
            if want != have:
                return None
        elif binding[-1 - want] < 0:
            binding[-1 - want] = have
        elif binding[-1 - want] != have:
            return None
    return binding


def _fill(pattern: Pattern, binding: list[int]) -> Fact:
    s, p, o = (x if x >= 0 else binding[-1 - x] for x in pattern)
    return s, p, o


def _join(
    facts: _Facts, body: tuple[Pattern, ...], done: int, fact: Fact, binding: list[int]
) -> Iterator[tuple[list[int], tuple[Fact, ...]]]:
    """All ways to match the rest of a body, nearest pattern first."""
    rest = sorted((i for i in range(len(body)) if i != done), key=lambda i: abs(i - done))

    def go(at: int, bound: list[int], used: tuple[Fact, ...]) -> Iterator[tuple[list[int], tuple[Fact, ...]]]:
        if at == len(rest):
            yield bound, used
            return
        pattern = body[rest[at]]
        s, p, o = (x if x >= 0 else bound[-1 - x] for x in pattern)
        if s >= 0:
            options: Iterable[Fact] = ((s, p, x) for x in facts.by_s.get((p, s), ()))
        elif o >= 0:
            options = ((x, p, o) for x in facts.by_o.get((p, o), ()))
        else:
            options = ((x, p, y) for x, y in facts.by_p.get(p, ()))
        for option in list(options):
            extended = _match(pattern, option, list(bound))
            if extended is not None:
                yield from go(at + 1, extended, (*used, option))

    yield from go(0, binding, (fact,))


def _triple(facts: _Facts, fact: Fact) -> ox.Triple:
    s, p, o = (facts.terms[x] for x in fact)
    return ox.Triple(s, p, o)  # type: ignore[arg-type]
