"""The T-box of an ontology, read once: axioms by predicate, lists unrolled, anonymous classes given a name.

Every term of the OWL vocabulary is either known here or refused by name; an axiom is never skipped silently.
Tables: https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rules.model import Node
from kgtools.rules.policy import ANONYMOUS, THING
from kgtools.vocab import OWL, RDF, RDFS, TYPE, XSD, short

EXPRESSION = ("intersectionOf", "unionOf", "complementOf", "oneOf")
_RESTRICTION = (
    "onProperty", "someValuesFrom", "allValuesFrom", "hasValue", "maxCardinality", "maxQualifiedCardinality", "onClass",
)  # fmt: skip
_AXIOM = (
    "equivalentClass", "equivalentProperty", "inverseOf", "propertyChainAxiom", "disjointWith", "hasKey",
    "propertyDisjointWith", "members", "distinctMembers", "sourceIndividual", "assertionProperty",
    "targetIndividual", "targetValue",
)  # fmt: skip
_ANNOTATION = (
    "versionInfo", "versionIRI", "priorVersion", "imports", "deprecated", "backwardCompatibleWith",
    "incompatibleWith", "annotatedSource", "annotatedProperty", "annotatedTarget",
)  # fmt: skip
_TYPES = (
    "Class", "Restriction", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "OntologyProperty",
    "Ontology", "FunctionalProperty", "InverseFunctionalProperty", "SymmetricProperty", "AsymmetricProperty",
    "TransitiveProperty", "IrreflexiveProperty", "AllDifferent", "AllDisjointClasses", "AllDisjointProperties",
    "NegativePropertyAssertion", "Axiom", "Annotation", "DeprecatedClass", "DeprecatedProperty",
)  # fmt: skip
_RDFS_AXIOM = ("subClassOf", "subPropertyOf", "domain", "range")

AXIOM_PREDICATES = frozenset(
    [OWL + n for n in (*EXPRESSION, *_RESTRICTION, *_AXIOM)] + [RDFS + n for n in _RDFS_AXIOM]
)
_KNOWN = AXIOM_PREDICATES | {OWL + n for n in (*_ANNOTATION, "sameAs", "differentFrom")}
AXIOM_TYPES = frozenset([OWL + n for n in _TYPES] + [RDFS + "Class", RDFS + "Datatype", RDF + "Property"])
_KNOWN_TYPES = AXIOM_TYPES | {OWL + n for n in ("NamedIndividual", "Thing", "Nothing")}
_LITERAL_TYPES = {RDFS + "Literal", RDF + "langString", RDF + "PlainLiteral", RDF + "XMLLiteral", RDF + "HTML"}
_LIST = {RDF + "first", RDF + "rest"}


def is_schema_predicate(iri: str) -> bool:
    """Whether triples with this predicate belong to the T-box, wherever they stand."""
    return iri in AXIOM_PREDICATES or (iri.startswith(OWL) and iri not in (OWL + "sameAs", OWL + "differentFrom"))


class Schema:
    """The axioms of an ontology, indexed.

    Args:
        triples: the ontology; triples about individuals in it do no harm.

    Attributes:
        terms: classes, properties, ontologies and the blank nodes of axioms.
        notes: axioms of which OWL 2 RL has only half a rule, in words.

    Raises:
        InputError: a construct of OWL outside the rules of OWL 2 RL, a list that is broken, or an axiom about
            the RDF, RDFS or OWL vocabulary itself. The message names it.
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        raw = list(triples)
        self.notes: list[str] = []
        self._names: dict[Node, ox.NamedNode] = {}
        for s, p, _ in raw:
            if isinstance(s, ox.BlankNode) and p.value.startswith(OWL):
                name = p.value.removeprefix(OWL)
                if name in EXPRESSION or name in ("onProperty", "inverseOf"):
                    self._names.setdefault(s, ox.NamedNode(f"{ANONYMOUS}{len(self._names)}"))
        self._pairs: dict[str, list[tuple[Node, Node]]] = defaultdict(list)
        self._types: dict[str, list[Node]] = defaultdict(list)
        self._objects: dict[tuple[Node, str], list[Node]] = defaultdict(list)
        self.terms: set[object] = set(self._names) | set(self._names.values())
        self.datatypes: set[str] = set()
        for s, p, o in raw:
            self._add(self.name(s), p.value, self.name(o))

    def _add(self, s: Node, p: str, o: Node) -> None:
        if p == TYPE.value:
            self._typed(s, o)
        elif p in AXIOM_PREDICATES or p in _LIST:
            self._pairs[p].append((s, o))
            self._objects[s, p].append(o)
            self.terms.add(s)
            if p.startswith(RDFS) or p in (OWL + "equivalentClass", OWL + "equivalentProperty", OWL + "inverseOf"):
                self._check_axiom(s, p, o)
                self.terms.add(o)
        elif p.startswith(OWL) and p not in _KNOWN:
            raise InputError(f"{short(s)}: {short(ox.NamedNode(p))} has no rule in OWL 2 RL; say it otherwise or drop it")

    def _typed(self, s: Node, o: Node) -> None:
        if not isinstance(o, ox.NamedNode):
            return
        if o.value in AXIOM_TYPES:
            self.terms.add(s)
            self._types[o.value].append(s)
            if o.value == RDFS + "Datatype" and isinstance(s, ox.NamedNode):
                self.datatypes.add(s.value)
        elif o.value.startswith(OWL) and o.value not in _KNOWN_TYPES:
            raise InputError(f"{short(s)}: {short(o)} has no rule in OWL 2 RL; say it otherwise or drop it")

    def _check_axiom(self, s: Node, p: str, o: Node) -> None:
        for node in (s, o):
            if isinstance(node, ox.BlankNode):
                raise InputError(f"{short(s)} {short(ox.NamedNode(p))} {short(o)}: {node} is no class or property expression")
            bad = isinstance(node, ox.NamedNode) and (is_schema_predicate(node.value) or node == TYPE)
            if bad or isinstance(node, ox.Literal):
                raise InputError(f"{short(s)} {short(ox.NamedNode(p))} {short(o)}: an axiom about {short(node)} has no data rule")

    def name(self, node: Node | ox.Triple) -> Node:
        """The node, or the name that an anonymous class or property bears inside the run."""
        if isinstance(node, ox.Triple):
            raise InputError(f"{node}: a triple term is no part of an OWL 2 axiom")
        return self._names.get(node, node)

    def pairs(self, predicate: str) -> Iterator[tuple[ox.NamedNode, ox.NamedNode]]:
        """Subject and object of the axioms with a predicate, both named (anonymous ones by their inner name)."""
        for s, o in dict.fromkeys(self._pairs.get(predicate, ())):
            if isinstance(s, ox.NamedNode) and isinstance(o, ox.NamedNode):
                yield s, o

    def any_pairs(self, predicate: str) -> Iterator[tuple[Node, Node]]:
        """Subject and object of the axioms with a predicate, whatever they are."""
        yield from dict.fromkeys(self._pairs.get(predicate, ()))

    def of_type(self, name: str) -> Iterator[ox.NamedNode]:
        """The named nodes typed with an OWL term."""
        return (n for n in dict.fromkeys(self._types.get(OWL + name, ())) if isinstance(n, ox.NamedNode))

    def nodes_of_type(self, name: str) -> Iterator[Node]:
        """The nodes typed with an OWL term, blank ones included."""
        yield from dict.fromkeys(self._types.get(OWL + name, ()))

    def one(self, subject: Node, name: str) -> Node | None:
        """The one object of an OWL predicate on a node, or None.

        Raises:
            InputError: there are several.
        """
        found = list(dict.fromkeys(self._objects.get((subject, OWL + name), ())))
        if len(found) > 1:
            raise InputError(f"{self.text(subject)} has {len(found)} values of owl:{name}; one is allowed")
        return found[0] if found else None

    def on_property(self, restriction: Node) -> ox.NamedNode:
        """The property of a restriction.

        Raises:
            InputError: it has none.
        """
        prop = self.one(restriction, "onProperty")
        if not isinstance(prop, ox.NamedNode):
            raise InputError(f"{self.text(restriction)} has no owl:onProperty")
        return prop

    def list(self, head: Node, owner: Node) -> tuple[Node, ...]:
        """The members of an RDF list.

        Raises:
            InputError: the list is broken, runs in a circle, or is empty.
        """
        out: list[Node] = []
        seen: set[Node] = set()
        while head != ox.NamedNode(RDF + "nil"):
            first, rest = (list(self._objects.get((head, RDF + n), ())) for n in ("first", "rest"))
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise InputError(f"{short(owner)}: its list is broken at {head}")
            seen.add(head)
            out.append(first[0])
            head = rest[0]
        if not out:
            raise InputError(f"{short(owner)}: its list is empty")
        return tuple(out)

    def named_list(self, head: Node, owner: Node) -> tuple[ox.NamedNode, ...]:
        """The members of an RDF list of classes or properties."""
        return tuple(self.named(m, owner) for m in self.list(head, owner))

    def named(self, node: Node | None, owner: Node) -> ox.NamedNode:
        """The node as an IRI.

        Raises:
            InputError: it is a literal or a blank node.
        """
        if not isinstance(node, ox.NamedNode):
            raise InputError(f"{self.text(owner)}: {short(node)} must be an IRI here")
        return node

    def is_datatype(self, node: Node) -> bool:
        """Whether a class position holds a datatype."""
        return isinstance(node, ox.NamedNode) and (
            node.value.startswith(XSD) or node.value in _LITERAL_TYPES or node.value in self.datatypes
        )

    def text(self, node: Node) -> str:
        """A class or property as a reader of Manchester syntax knows it."""
        if not (isinstance(node, ox.NamedNode) and node.value.startswith(ANONYMOUS)):
            return short(node)
        if (prop := self.one(node, "onProperty")) is not None:
            for name, word in (("someValuesFrom", "some"), ("allValuesFrom", "only"), ("hasValue", "value")):
                if (filler := self.one(node, name)) is not None:
                    return f"({self.text(prop)} {word} {self.text(filler)})"
            for name in ("maxCardinality", "maxQualifiedCardinality"):
                if (most := self.one(node, name)) is not None:
                    on = self.one(node, "onClass") or THING
                    return f"({self.text(prop)} max {short(most)} {self.text(on)})"
        for name, word in (("intersectionOf", " and "), ("unionOf", " or "), ("oneOf", ", ")):
            if (head := self.one(node, name)) is not None:
                return f"({word.join(self.text(m) for m in self.list(head, node))})"
        if (other := self.one(node, "complementOf")) is not None:
            return f"(not {self.text(other)})"
        if (inverse := self.one(node, "inverseOf")) is not None:
            return f"(inverse {self.text(inverse)})"
        return str(node)
