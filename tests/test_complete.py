"""The exported file alone, in engines that nobody here wrote, answers the bare text of every question."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest
import rdflib
from pinned import PINNED, comparable
from server import load_file, posted, running

from kgtools import Answer, bind, export, questions
from kgtools.rdf.bridge import from_rdflib

pytestmark = pytest.mark.slow

QUESTIONS = questions()
NO_FACT_YET = {"lead-bodies", "tracks-feeding"}


@pytest.fixture(scope="module")
def complete(graph, tmp_path_factory):
    (path,) = export(graph, "complete", tmp_path_factory.mktemp("release"))
    return path


@pytest.fixture(scope="module")
def server(complete):
    """A stock Oxigraph server that holds nothing but the exported file."""
    with running() as address:
        load_file(address, complete, "application/n-triples")
        yield address


@pytest.mark.parametrize("name", QUESTIONS)
def test_bare_text_on_a_server(name, server, graph):
    text = QUESTIONS[name].text
    here, (variables, rows) = graph.engine().select(text), posted(server, text)
    assert here.variables == variables
    assert Counter(here.rows) == Counter(rows)
    assert rows or name in NO_FACT_YET, "a question without an answer shows nothing"


@pytest.fixture(scope="module")
def bare_rdflib(complete):
    return rdflib.Graph().parse(complete, format="nt")


@pytest.mark.parametrize("call", PINNED)
def test_pinned_answer_on_rdflib(call, bare_rdflib):
    name, *given = call.split()
    columns, expected = PINNED[call]
    result = bare_rdflib.query(bind(QUESTIONS[name], dict(g.split("=", 1) for g in given)))
    answer = Answer(
        tuple(map(str, result.vars)), [tuple(None if t is None else from_rdflib(t) for t in row) for row in result]
    )
    rows = [tuple(row[c] for c in columns) for row in answer]
    assert comparable(name, rows, expected) == expected


def test_the_exported_file_holds_each_triple_once(complete, graph):
    lines = complete.read_bytes().splitlines()
    assert len(lines) == len(set(lines))
    written = [q.triple for q in ox.parse(complete.read_bytes(), format=ox.RdfFormat.N_TRIPLES)]
    held = {t for part in (graph.asserted(), graph.ontology(), graph.entailed()) for t in part}
    named = {t for t in held if not isinstance(t.subject, ox.BlankNode) and not isinstance(t.object, ox.BlankNode)}
    assert named <= set(written)
    blank = [t for t in written if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)]
    assert len(blank) == len(held) - len(named)  # their labels are the file's own
