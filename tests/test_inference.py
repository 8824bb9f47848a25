"""The closure: against owlrl, rule by rule, with its receipts and its contradictions."""

from __future__ import annotations

from itertools import chain

import pyoxigraph as ox
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from server import put, running

from kgtools import EngineError, InputError, infer, load
from kgtools.inference import _construct, _rule, infer_on
from kgtools.rdf.bridge import graph_from
from kgtools.rules.compile import compile_axioms
from kgtools.rules.fixpoint import close
from kgtools.rules.reference import reference_closure
from kgtools.rules.server import close_on
from kgtools.sparql.endpoint import EndpointEngine
from kgtools.sparql.oxigraph import OxigraphEngine
from kgtools.sparql.rdflib import RdflibEngine
from kgtools.terms import ENTAILED_GRAPH, OWL, RDF, RDFS, expand, ipp

E = "http://e/"
TYPE = ox.NamedNode(RDF + "type")


def n(name: str) -> ox.NamedNode:
    return ox.NamedNode(E + name)


def triple(s: str, p: ox.NamedNode, o: ox.NamedNode) -> ox.Triple:
    return ox.Triple(n(s), p, o)


@st.composite
def graphs(draw):
    """A small ontology over the axioms that are compiled, and data over its terms."""
    classes, properties, things = (
        [n(f"C{i}") for i in range(4)],
        [n(f"p{i}") for i in range(5)],
        [n(f"x{i}") for i in range(4)],
    )
    schema = [ox.Triple(c, TYPE, ox.NamedNode(OWL + "Class")) for c in classes]
    schema += [ox.Triple(p, TYPE, ox.NamedNode(OWL + "ObjectProperty")) for p in properties]
    one_class, one_property = st.sampled_from(classes), st.sampled_from(properties)
    for name, left, right in (
        (RDFS + "subClassOf", one_class, one_class),
        (OWL + "equivalentClass", one_class, one_class),
        (RDFS + "subPropertyOf", one_property, one_property),
        (OWL + "equivalentProperty", one_property, one_property),
        (RDFS + "domain", one_property, one_class),
        (RDFS + "range", one_property, one_class),
        (OWL + "inverseOf", one_property, one_property),
    ):
        for pair in draw(st.lists(st.tuples(left, right), max_size=2)):
            schema.append(ox.Triple(pair[0], ox.NamedNode(name), pair[1]))
    for name in ("SymmetricProperty", "TransitiveProperty"):
        schema += [ox.Triple(p, TYPE, ox.NamedNode(OWL + name)) for p in draw(st.lists(one_property, max_size=1))]
    if draw(st.booleans()):
        a, b, c = draw(st.tuples(one_property, one_property, one_property))
        cells = [n("l1"), n("l2")]
        schema += [
            ox.Triple(c, ox.NamedNode(OWL + "propertyChainAxiom"), cells[0]),
            ox.Triple(cells[0], ox.NamedNode(RDF + "first"), a),
            ox.Triple(cells[0], ox.NamedNode(RDF + "rest"), cells[1]),
            ox.Triple(cells[1], ox.NamedNode(RDF + "first"), b),
            ox.Triple(cells[1], ox.NamedNode(RDF + "rest"), ox.NamedNode(RDF + "nil")),
        ]
    thing = st.sampled_from(things)
    data = [
        ox.Triple(s, p, o) for s, p, o in draw(st.lists(st.tuples(thing, one_property, thing), min_size=1, max_size=6))
    ]
    data += [ox.Triple(s, TYPE, c) for s, c in draw(st.lists(st.tuples(thing, one_class), max_size=3))]
    return schema, data


def by_predicate(data):
    return lambda predicate: [t for t in data if t.predicate == predicate]


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_the_closure_is_owlrls(case):
    schema, data = case
    ours = set(close(by_predicate(data), compile_axioms(schema)).triples)
    theirs = {t for t in reference_closure(data, schema) if t.subject.value.startswith(E + "x")}
    assert ours == theirs


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_the_rules_as_sparql_reach_the_same_fixpoint(case):
    schema, data = case
    rules = compile_axioms(schema)
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in data)
    ours = set(close(by_predicate(data), rules).triples)
    for engine in (OxigraphEngine(store), RdflibEngine(graph_from(data))):
        there = close_on(engine, rules, [], ENTAILED_GRAPH)
        assert set(there.triples) == ours, engine.name
        assert len(there.triples) == len(ours)
        assert set(close_on(engine, rules, [], ENTAILED_GRAPH).triples) == ours  # what was there before is dropped


@pytest.fixture(scope="module")
def served(core):
    """A server whose default graph is the union of its graphs, with the core data and the ontology in it."""
    with running("--union-default-graph") as address:
        put(address, chain(core.asserted(), core.ontology()))
        yield address


def test_a_server_infers_like_this_process(served, core):
    engine = EndpointEngine(f"{served}/query", timeout=60, update=f"{served}/update")
    here, there = infer(core), infer_on(engine)
    assert set(there.closure.triples) == set(here.closure.triples) == set(core.entailed())
    assert sum(there.closure.by_rule.values()) == len(here.closure)
    assert there.inconsistencies == []
    lies = engine.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {ENTAILED_GRAPH} {{ ?s ?p ?o }} }}")
    assert set(lies) == set(here.closure.triples)
    for name in ("previousRound", "representing"):
        made = next(t for t in there.closure.triples if t.predicate == ipp(name))
        premises = [line.strip() for line in there.closure.explain(made)[1:]]
        assert premises and all(" by " in line or line.startswith(("id:", "code:")) for line in premises)


def test_a_server_that_shows_no_named_graphs_is_left_as_it_was(core):
    with running() as address:
        put(address, chain(core.asserted(), core.ontology()))
        engine = EndpointEngine(f"{address}/query", timeout=60, update=f"{address}/update")
        with pytest.raises(EngineError, match="--union-default-graph"):
            infer_on(engine)
        assert not engine.ask("ASK { GRAPH ?g { ?s ?p ?o } }")


def test_an_endpoint_that_is_only_read_or_would_need_names_for_blank_nodes_is_said(served):
    with pytest.raises(InputError, match="give the address of its update service"):
        infer_on(EndpointEngine(f"{served}/query", timeout=5))
    engine = EndpointEngine(f"{served}/query", timeout=5, update=f"{served}/update")
    with pytest.raises(InputError, match="a blank node has no name"):
        engine.insert([ox.Triple(ox.BlankNode("b"), TYPE, ipp("Event"))], ENTAILED_GRAPH)


def test_the_closure_of_real_data_is_the_references():
    files = [
        ROOT / "data" / f"{name}.ttl"
        for name in ("parties", "bilateral/ind-jpn/economic-security-dialogue", "minilateral/aus-ind-jpn-usa")
    ]
    graph, other = load(*files), load(*files)
    infer(graph)
    infer(other, engine="reference")
    terms = {s.subject for s in graph.ontology()}
    compiled = {t for t in graph.entailed() if t.subject not in terms}
    reference = {t for t in other.entailed() if t.subject not in terms}
    assert compiled == reference


def test_a_receipt_leads_to_asserted_triples(graph):
    again = load()
    closure = infer(again).closure
    chain = next(t for t in closure.triples if t.predicate == ipp("representing"))
    lines = closure.explain(chain)
    assert "by prp-spo2: ipp:representing owl:propertyChainAxiom ( ipp:inOffice ipp:officeOf )" in lines[0]
    assert any("ipp:officeOf" in line for line in lines)


def test_no_party_is_engaged_with_itself_and_no_literal_has_a_type(graph):
    engaged = [t for t in graph.entailed() if t.predicate == ipp("engagedWith")]
    assert engaged
    assert all(t.subject != t.object for t in engaged)
    assert all(isinstance(t.subject, ox.NamedNode) for t in graph.entailed())


def test_a_contradiction_is_a_finding(load_text):
    result = infer(load_text("id:x a ipp:Person , ipp:Place ."))
    assert [str(i) for i in result.inconsistencies] == ["cax-adc: id:x ipp:Person ipp:Place"]


def test_two_hosts_do_not_become_one_party(load_text):
    graph = load_text("id:e a ipp:Meeting ; ipp:host id:ind , id:jpn .")
    infer(graph)
    assert not [t for t in graph.entailed() if t.predicate.value == OWL + "sameAs"]


def test_an_axiom_that_is_not_compiled_is_named():
    schema = [ox.Triple(ipp("host"), TYPE, ox.NamedNode(OWL + "FunctionalProperty"))]
    with pytest.raises(InputError, match="ipp:host: owl:FunctionalProperty needs rule prp-fp"):
        compile_axioms(schema)


def test_inferring_again_replaces(graph):
    again = load()
    first = infer(again).closure
    second = infer(again).closure
    assert set(first.triples) == set(second.triples) == set(again.entailed())
    assert ox.Triple(expand("ind"), TYPE, ipp("Party")) in set(again.entailed())


def test_a_construct_that_feeds_itself_reaches_the_fixpoint_with_and_without_axioms(tmp_path):
    step, kin = n("p0"), n("p1")
    (tmp_path / "step.rq").write_text(f"CONSTRUCT {{ ?x {step} ?z }} WHERE {{ ?x {step} ?y . ?y {step} ?z }}")
    data = [triple(f"x{i}", step, n(f"x{i + 1}")) for i in range(6)]
    for rules in ([], compile_axioms([ox.Triple(kin, ox.NamedNode(RDFS + "subPropertyOf"), n("p2"))])):
        store = ox.Store()
        store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in data)
        engine = OxigraphEngine(store)
        closure = close_on(
            engine, rules, [_construct(engine, *_rule(tmp_path / "step.rq"), lambda new: None)], ENTAILED_GRAPH
        )
        assert len(closure) == 15


def test_a_rule_about_a_blank_node_is_refused():
    one, other, chain_head, cell = (ox.BlankNode(x) for x in ("one", "other", "inverse", "cell"))
    owl, rdfs = (lambda name: ox.NamedNode(OWL + name)), (lambda name: ox.NamedNode(RDFS + name))
    nested = [ox.Triple(x, owl("onProperty"), n("p0")) for x in (one, other)]
    nested += [ox.Triple(x, owl("hasValue"), n("x0")) for x in (one, other)]
    nested.append(ox.Triple(one, rdfs("subClassOf"), other))
    chained = [
        ox.Triple(n("p1"), owl("propertyChainAxiom"), cell),
        ox.Triple(cell, ox.NamedNode(RDF + "first"), chain_head),
        ox.Triple(cell, ox.NamedNode(RDF + "rest"), ox.NamedNode(RDF + "nil")),
    ]
    for schema in (nested, chained):
        with pytest.raises(InputError, match="would speak of a blank node"):
            compile_axioms(schema)


def test_a_rule_that_fails_leaves_no_half_closure(load_text, tmp_path):
    (tmp_path / "broken.rq").write_text("CONSTRUCT { ?x ipp:host ?y } WHERE { ?x ipp:host }")
    graph = load_text("id:x a ipp:Round .")
    with pytest.raises(InputError, match="not SPARQL"):
        infer(graph, rules=tmp_path)
    assert not list(graph.entailed())


def test_a_receipt_that_leads_back_to_itself_stops(load_text, tmp_path):
    (tmp_path / "step.rq").write_text("CONSTRUCT { ?x ipp:t ?z } WHERE { ?x ipp:t ?y . ?y ipp:t ?z }")
    closure = infer(load_text("id:a ipp:t id:b . id:b ipp:t id:c . id:c ipp:t id:a ."), rules=tmp_path).closure
    made = [t for t in closure.triples if t.predicate == ipp("t")]
    assert len(made) == 6
    assert all(closure.explain(t) for t in made)


OWL_PREFIX = "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix e: <http://e/> . "
CONTRADICTIONS = {
    "eq-diff1": "e:a owl:sameAs e:b . e:b owl:sameAs e:c . e:a owl:differentFrom e:c .",
    "eq-diff2": "[] a owl:AllDifferent ; owl:members ( e:a e:b ) . e:a owl:sameAs e:b .",
    "prp-adp": "[] a owl:AllDisjointProperties ; owl:members ( e:p e:q ) . e:a e:p e:b ; e:q e:b .",
    "prp-npa1": "[] owl:sourceIndividual e:a ; owl:assertionProperty e:p ; owl:targetIndividual e:b . e:a e:p e:b .",
    "prp-npa2": "[] owl:sourceIndividual e:a ; owl:assertionProperty e:p ; owl:targetValue 1 . e:a e:p 1 .",
}


@pytest.mark.parametrize(("rule", "text"), CONTRADICTIONS.items(), ids=CONTRADICTIONS)
def test_contradictions_that_the_data_state_are_found(load_text, rule, text):
    assert rule in {i.rule for i in infer(load_text(OWL_PREFIX + text)).inconsistencies}


def test_axioms_in_the_data_count_and_those_without_a_rule_are_named(load_text):
    axioms = (
        "e:partOf owl:inverseOf e:hasPart . e:p a owl:FunctionalProperty . e:q owl:inverseOf [ owl:inverseOf e:r ] ."
    )
    result = infer(load_text(OWL_PREFIX + axioms + " e:r1 e:partOf e:house ."))
    assert ox.Triple(n("house"), n("hasPart"), n("r1")) in result.closure.triples
    assert any("owl:FunctionalProperty needs prp-fp" in line for line in result.not_carried_out)
    assert any("an expression without a name" in line for line in result.not_carried_out)


@pytest.mark.parametrize("ring", [False, True])
def test_the_closure_of_a_transitive_property_is_whole_and_each_triple_after_its_premises(ring):
    size = 60
    schema = [ox.Triple(n("p"), TYPE, ox.NamedNode(OWL + "TransitiveProperty"))]
    data = [triple(f"x{i}", n("p"), n(f"x{(i + 1) % size if ring else i + 1}")) for i in range(size)]
    closure = close(by_predicate(data), compile_axioms(schema))
    assert len(closure) == (size * size if ring else size * (size + 1) // 2) - size
    known = {(t.subject, t.object) for t in data}
    for t in closure.triples:
        assert any(s == t.subject and (o, t.object) in known for s, o in known)
        known.add((t.subject, t.object))
