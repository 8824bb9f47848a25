"""Contradictions: the false-rules of OWL 2 RL as SPARQL over asserted and entailed triples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kgtools.sparql.engine import Engine, Term
from kgtools.terms import OWL, RDF, short


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """One contradiction: the rule that found it, and the terms that it names, the individual first."""

    rule: str
    terms: tuple[Term, ...]

    def __str__(self) -> str:
        return f"{self.rule}: {' '.join(short(t) for t in self.terms)}"


_P = f"PREFIX owl: <{OWL}> PREFIX rdf: <{RDF}> "
QUERIES = {
    "cax-dw": "SELECT ?x ?a ?b WHERE { ?a owl:disjointWith ?b . ?x rdf:type ?a , ?b }",
    "cax-adc": """SELECT ?x ?a ?b WHERE {
        ?all rdf:type owl:AllDisjointClasses ; owl:members ?list . ?list rdf:rest*/rdf:first ?a . ?list rdf:rest*/rdf:first ?b .
        ?x rdf:type ?a . ?x rdf:type ?b . FILTER (STR(?a) < STR(?b)) }""",
    "prp-irp": "SELECT ?x ?p WHERE { ?p rdf:type owl:IrreflexiveProperty . ?x ?p ?x }",
    "prp-asyp": "SELECT ?x ?p ?y WHERE { ?p rdf:type owl:AsymmetricProperty . ?x ?p ?y . ?y ?p ?x . FILTER (STR(?x) <= STR(?y)) }",
    "prp-pdw": "SELECT ?x ?p ?q ?y WHERE { ?p owl:propertyDisjointWith ?q . ?x ?p ?y . ?x ?q ?y }",
    "eq-diff1": "SELECT ?x ?y WHERE { ?x owl:sameAs ?y . { ?x owl:differentFrom ?y } UNION { ?y owl:differentFrom ?x } }",
    "eq-diff2": """SELECT DISTINCT ?x ?y WHERE { ?all rdf:type owl:AllDifferent ; owl:members|owl:distinctMembers ?list .
        ?list rdf:rest*/rdf:first ?x . ?list rdf:rest*/rdf:first ?y . ?x owl:sameAs ?y . FILTER (STR(?x) < STR(?y)) }""",
    "prp-adp": """SELECT DISTINCT ?x ?p ?q ?y WHERE { ?all rdf:type owl:AllDisjointProperties ; owl:members ?list .
        ?list rdf:rest*/rdf:first ?p . ?list rdf:rest*/rdf:first ?q . FILTER (STR(?p) < STR(?q)) ?x ?p ?y . ?x ?q ?y }""",
    "prp-npa1": """SELECT DISTINCT ?x ?p ?y WHERE { ?not owl:sourceIndividual ?x ; owl:assertionProperty ?p ;
        owl:targetIndividual ?y . ?x ?p ?y }""",
    "prp-npa2": """SELECT DISTINCT ?x ?p ?y WHERE { ?not owl:sourceIndividual ?x ; owl:assertionProperty ?p ;
        owl:targetValue ?y . ?x ?p ?y }""",
    "cls-nothing2": "SELECT ?x WHERE { ?x rdf:type owl:Nothing }",
    "cls-com": "SELECT ?x ?a ?b WHERE { ?a owl:complementOf ?b . ?x rdf:type ?a , ?b }",
}


def inconsistencies(engine: Engine) -> Iterator[Inconsistency]:
    """All contradictions in what an engine holds (asserted, ontology and entailed triples)."""
    for rule, query in QUERIES.items():
        for row in engine.select(_P + query).rows:
            yield Inconsistency(rule, tuple(t for t in row if t is not None))
