"""Running rules to a fixpoint, semi-naively: each round joins only what the round before added.

Rules with one pattern in the body (subclass, domain, inverse and their kin) need no join: what they make of a
statement follows from its predicate, and of a typing from its class, so that the whole chain of them is worked
out once and then written down for each statement. Only rules with two patterns or more are joined.

Left out on purpose are only triples with a literal as subject, which RDF 1.1 does not
allow; types of literals; and reflexive triples that only restate themselves (`x owl:sameAs x`, `C
rdfs:subClassOf C`, `x a owl:Thing`). The axioms themselves are not closed: data rules do that work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pyoxigraph as ox

from kgtools.rules.compile import Rule
from kgtools.rules.receipts import Premises, Receipts, Source
from kgtools.terms import OWL

SAME = ox.NamedNode(OWL + "sameAs")
Fact = tuple[int, int, int]
"""A triple over interned terms."""

Pattern = tuple[int, int, int]
"""A triple pattern over interned terms; a negative number is a variable."""

Shape = tuple[int, int, bool]
"""A predicate; the object where rules look at it, as they do with classes, else -1; whether the object is a literal."""

SUBJECT, OBJECT = -1, -2
"""In a consequence: the subject or the object of the statement from which it follows."""


@dataclass(frozen=True, slots=True)
class Construct:
    """A CONSTRUCT rule.

    Attributes:
        name: its file name without suffix.
        ask: given the entailed triples that are new since it was last asked, what it adds.
        premises: the triples from which it made one.
    """

    name: str
    ask: Callable[[list[ox.Triple]], Iterable[ox.Triple]]
    premises: Premises


@dataclass(slots=True)
class Closure:
    """What follows from the asserted triples.

    Attributes:
        triples: the entailed triples, without the asserted, each after its premises.
        rounds: how many rounds it took.
        by_rule: how many triples each rule added.
    """

    triples: list[ox.Triple]
    rounds: int
    by_rule: dict[str, int]
    receipts: Receipts | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.triples)

    def explain(self, triple: ox.Triple) -> list[str]:
        """Why a triple is entailed: rule, axiom and premises, down to asserted triples, one line each, indented.

        An asserted (or unknown) triple explains itself in one line, and so does each where the reference
        engine made the closure: owlrl keeps no receipts.
        """
        return (self.receipts or Receipts(lambda predicate: (), [], [], [], {})).explain(triple)


class _Facts:
    """Interned terms and the facts known so far; those of joined predicates are indexed by subject and object."""

    def __init__(self) -> None:
        self.ids: dict[object, int] = {}
        self.terms: list[object] = []
        self.literals: set[int] = set()
        self.known: set[Fact] = set()
        self.by_s: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.by_o: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.by_p: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def intern(self, term: object) -> int:
        found = self.ids.get(term)
        if found is None:
            found = self.ids[term] = len(self.terms)
            self.terms.append(term)
            if isinstance(term, ox.Literal):
                self.literals.add(found)
        return found

    def of(self, triple: ox.Triple) -> Fact:
        return self.intern(triple.subject), self.intern(triple.predicate), self.intern(triple.object)

    def index(self, fact: Fact) -> None:
        s, p, o = fact
        self.by_s[p, s].append(o)
        self.by_o[p, o].append(s)
        self.by_p[p].append((s, o))

    def triple(self, fact: Fact) -> ox.Triple:
        s, p, o = fact
        return ox.Triple(self.terms[s], self.terms[p], self.terms[o])  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Consequence:
    """A triple that follows from a statement by rules without joins; `rule` is the last of them."""

    subject: int
    predicate: int
    object: int
    rule: int

    def of(self, given: list[Fact]) -> set[Fact]:
        """The triple for each of the statements."""
        s, p, o = self.subject, self.predicate, self.object
        at = {SUBJECT: 0, OBJECT: 2}
        if s >= 0:
            return {(s, p, o if o >= 0 else fact[at[o]]) for fact in given}
        start = at[s]
        if o >= 0:
            return {(fact[start], p, o) for fact in given}
        end = at[o]
        return {(fact[start], p, fact[end]) for fact in given}


@dataclass(frozen=True, slots=True)
class _Joined:
    """A rule with several patterns over interned terms; `width` variables, numbered from -1 downwards."""

    rule: int
    body: tuple[Pattern, ...]
    head: Pattern
    width: int


class _Chains:
    """The rules with one pattern, chained: what follows from a statement, worked out once for each shape of it."""

    def __init__(self, facts: _Facts, rules: list[tuple[int, Rule]]) -> None:
        self._by_predicate: dict[int, list[_Consequence]] = defaultdict(list)
        self._by_pair: dict[tuple[int, int], list[_Consequence]] = defaultdict(list)
        self._found: dict[Shape, tuple[_Consequence, ...]] = {}
        self._literals = facts.literals
        for at, rule in rules:
            s, p, o = rule.body[0]

            def slot(x: object, s: object = s, o: object = o) -> int:
                return SUBJECT if x == s else OBJECT if x == o else facts.intern(x)

            made = _Consequence(slot(rule.head[0]), facts.intern(rule.head[1]), slot(rule.head[2]), at)
            if isinstance(o, str):
                self._by_predicate[facts.intern(p)].append(made)
            else:
                self._by_pair[facts.intern(p), facts.intern(o)].append(made)
        self.predicates = {*self._by_predicate, *(p for p, _ in self._by_pair)}
        self._by_class = {p for p, _ in self._by_pair}

    def shape(self, fact: Fact) -> Shape:
        """The part of a triple that determines which rules apply to it."""
        _, p, o = fact
        return p, o if p in self._by_class else -1, o in self._literals

    def of(self, shape: Shape) -> tuple[_Consequence, ...]:
        """What follows from the statements of a shape, nearest first."""
        found = self._found.get(shape)
        if found is None:
            found = self._found[shape] = self._chain(*shape)
        return found

    def _direct(self, predicate: int, object_: int) -> Iterator[_Consequence]:
        yield from self._by_predicate.get(predicate, ())
        if object_ >= 0:
            yield from self._by_pair.get((predicate, object_), ())

    def _chain(self, predicate: int, object_: int, literal: bool) -> tuple[_Consequence, ...]:
        start = (SUBJECT, predicate, OBJECT)
        seen: dict[Pattern, _Consequence | None] = {start: None}
        queue: list[Pattern] = [start]
        for pattern in queue:
            s, p, o = pattern
            for step in self._direct(p, object_ if o == OBJECT else o):
                ends = {SUBJECT: s, OBJECT: o}
                made = (ends.get(step.subject, step.subject), step.predicate, ends.get(step.object, step.object))
                if made not in seen and not (literal and made[0] == OBJECT):
                    seen[made] = _Consequence(*made, step.rule)
                    queue.append(made)
        return tuple(c for c in seen.values() if c is not None)

    def needs_object(self, consequence: _Consequence) -> bool:
        """Whether more may follow from the consequence once its object is known: it is a typing by a variable class."""
        return consequence.predicate in self._by_class and consequence.object < 0


class _Transitive:
    """The closure of one transitive property, kept up edge by edge.

    A new edge joins all that reach its start with all that its end reaches; whoever reaches its end already gains
    nothing. So a ring or a chain of n costs no more than the pairs in its closure.
    """

    def __init__(self, rule: int) -> None:
        self.rule = rule
        self._after: dict[int, set[int]] = defaultdict(set)
        self._before: dict[int, set[int]] = defaultdict(set)

    def add(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The pairs that an edge adds, itself apart, each after the two from which it follows."""
        if end in self._after[start]:
            return
        beyond = [*self._after[end]]
        for one in (start, *self._before[start]):
            reached = self._after[one]
            if end in reached:
                continue
            if one != start:
                yield one, end
            new = [y for y in beyond if y not in reached and y != end]
            reached.add(end)
            reached.update(new)
            self._before[end].add(one)
            for other in new:
                self._before[other].add(one)
                yield one, other


def close(stated: Source, rules: list[Rule], constructs: Iterable[Construct] = ()) -> Closure:
    """The entailed triples of what is stated, under rules and CONSTRUCT rules, to the common fixpoint.

    Args:
        stated: gives the stated triples of a predicate: data, and whatever individuals the ontology has. Only the
            predicates of which a rule speaks are asked for.
        rules: compiled axioms.
        constructs: rules asked as SPARQL after the others have come to rest; what they add goes round again.
    """
    constructs = list(constructs)
    facts = _Facts()
    chains = _Chains(facts, [(n, r) for n, r in enumerate(rules) if _alone(r)])
    joined: dict[int, list[tuple[_Joined, int]]] = defaultdict(list)
    transitive: dict[int, _Transitive] = {}
    for n, rule in enumerate(rules):
        if rule.name in ("prp-trp", "eq-trans"):
            transitive.setdefault(facts.intern(rule.head[1]), _Transitive(n))
        elif not _alone(rule):
            made = _intern(facts, n, rule)
            for at, atom in enumerate(made.body):
                joined[atom[1]].append((made, at))
    used = chains.predicates | joined.keys() | transitive.keys()
    delta: list[Fact] = []
    asked: set[object] = set()

    def ask_for(predicates: Iterable[object]) -> None:
        for predicate in predicates:
            if predicate not in asked and isinstance(predicate, ox.NamedNode):
                asked.add(predicate)
                found = {facts.of(t) for t in stated(predicate)} - facts.known
                facts.known |= found
                if facts.intern(predicate) in used:
                    delta.extend(found)

    ask_for(dict.fromkeys(atom[1] for r in rules for atom in (*r.body, r.head)))
    why: dict[Fact, int | str] = {}
    triples: list[ox.Triple] = []
    rounds = 0
    while True:
        while delta:
            rounds += 1
            delta = _round(facts, chains, joined, transitive, delta, why)
        new = [facts.triple(f) for f in islice(why, len(triples), None)]
        triples += new
        for construct in constructs:
            found = [t for t in construct.ask(new) if not isinstance(t.subject, ox.Literal)]
            ask_for(dict.fromkeys(t.predicate for t in found))
            for fact in map(facts.of, found):
                if fact not in facts.known:
                    why[fact] = construct.name
                    facts.known.add(fact)
                    delta.append(fact)
            new = []
        if not delta:
            break
    names = Counter(by if isinstance(by, str) else rules[by].name for by in why.values())
    receipts = Receipts(stated, triples, list(why.values()), rules, {c.name: c.premises for c in constructs})
    return Closure(triples, rounds, dict(sorted(names.items())), receipts)


def _round(
    facts: _Facts,
    chains: _Chains,
    joined: dict[int, list[tuple[_Joined, int]]],
    transitive: dict[int, _Transitive],
    delta: list[Fact],
    why: dict[Fact, int | str],
) -> list[Fact]:
    """One round: the consequences of each new fact, and the joins in which it takes part."""
    known, literals = facts.known, facts.literals
    after: list[Fact] = []
    shapes: dict[Shape, list[Fact]] = defaultdict(list)
    to_join: list[Fact] = []
    for fact in delta:
        if fact[1] in chains.predicates:
            shapes[chains.shape(fact)].append(fact)
        if fact[1] in joined:
            facts.index(fact)
            to_join.append(fact)
    for shape, given in shapes.items():
        for c in chains.of(shape):
            new = c.of(given) - known
            known |= new
            why.update(dict.fromkeys(new, c.rule))
            if c.predicate in joined or c.predicate in transitive or chains.needs_object(c):
                after += new
    for s, p, o in delta:
        if p in transitive:
            closure = transitive[p]
            for x, y in closure.add(s, o):
                made = (x, p, y)
                if made not in known and not (x == y and facts.terms[p] == SAME):
                    known.add(made)
                    why[made] = closure.rule
                    after.append(made)
    for fact in to_join:
        p = fact[1]
        for rule, at in joined.get(p, ()):
            binding = _match(rule.body[at], fact, [-1] * rule.width)
            if binding is None:
                continue
            for full in _join(facts, rule.body, at, binding):
                made = _fill(rule.head, full)
                if made not in known and made[0] not in literals:
                    known.add(made)
                    why[made] = rule.rule
                    after.append(made)
    return after


def _alone(rule: Rule) -> bool:
    """One pattern in the body, its subject a variable, and nothing in the head but what it binds."""
    if len(rule.body) != 1:
        return False
    s, _, o = rule.body[0]
    return isinstance(s, str) and s != o and all(not isinstance(x, str) or x in (s, o) for x in rule.head)


def _intern(facts: _Facts, at: int, rule: Rule) -> _Joined:
    slots: dict[str, int] = {}

    def number(x: object) -> int:
        return -1 - slots.setdefault(x, len(slots)) if isinstance(x, str) else facts.intern(x)

    body = tuple((number(s), number(p), number(o)) for s, p, o in rule.body)
    s, p, o = rule.head
    return _Joined(at, body, (number(s), number(p), number(o)), len(slots))


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
    s, p, o = pattern
    return (
        s if s >= 0 else binding[-1 - s],
        p if p >= 0 else binding[-1 - p],
        o if o >= 0 else binding[-1 - o],
    )


def _join(facts: _Facts, body: tuple[Pattern, ...], done: int, binding: list[int]) -> Iterator[list[int]]:
    """All ways to match the rest of a body, nearest pattern first."""
    rest = sorted((i for i in range(len(body)) if i != done), key=lambda i: abs(i - done))

    def go(at: int, bound: list[int]) -> Iterator[list[int]]:
        if at == len(rest):
            yield bound
            return
        pattern = body[rest[at]]
        s, p, o = _fill(pattern, bound)
        if s >= 0:
            options: list[Fact] = [(s, p, x) for x in facts.by_s.get((p, s), ())]
        elif o >= 0:
            options = [(x, p, o) for x in facts.by_o.get((p, o), ())]
        else:
            options = [(x, p, y) for x, y in facts.by_p.get(p, ())]
        for option in options:
            extended = _match(pattern, option, list(bound))
            if extended is not None:
                yield from go(at + 1, extended)

    yield from go(0, binding)
