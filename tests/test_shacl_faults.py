"""Shapes that would check nothing, or that nobody can use, are refused by name; none passes in silence."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from differential import DECLARED, PREFIXES, engine_of, triples
from typer.testing import CliRunner

from kgtools.cli import limits
from kgtools.cli.app import app
from kgtools.errors import InputError
from kgtools.graph import KnowledgeGraph, load
from kgtools.rdf.index import Index
from kgtools.shacl.compile import compile_shapes
from kgtools.shacl.dialect import Dialect
from kgtools.shacl.patterns import NotRegular, rust
from kgtools.shacl.validate import validate
from kgtools.validation import read_shapes
from kgtools.watch import watch

DATA = 'e:a a e:C ; e:p 1 , "x" ; e:name "TODO later" . e:b a e:D .'
NODE = "e:s a sh:NodeShape ; sh:targetClass e:C ; "
PROPERTY = "e:s a sh:PropertyShape ; sh:targetClass e:C ; sh:path e:p ; "


def chain(link: str, count: int, last: str) -> str:
    return "".join(f"e:n{i} {link.format(i + 1)} .\n" for i in range(count)) + f"e:n{count} {last} ."


REFUSED = {
    "a misspelt constraint": (PROPERTY + "sh:minlength 3 .", "sh:minlength is not a term of SHACL; did you mean sh:minLength"),
    "a misspelt property": ("e:C a rdfs:Class ; sh:propery [ sh:path e:p ; sh:minCount 1 ] .", "did you mean sh:property"),
    "a misspelt class": ("e:s a sh:NodeShap ; sh:targetClass e:C ; sh:class e:D .", "did you mean sh:NodeShape"),
    "a misspelt severity": (PROPERTY + "sh:minCount 3 ; sh:severity sh:Waring .", "did you mean sh:Warning"),
    "a SPARQL target": (NODE + 'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this ?p ?o }" ] .', "SPARQL targets"),
    "a rule": (NODE + "sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate e:p ; sh:object 1 ] .", "SHACL rules"),
    "a script": (NODE + "sh:js [ a sh:JSConstraint ] .", "SHACL-JS"),
    "a function": ("e:f a sh:SPARQLFunction . " + PROPERTY + "sh:minCount 1 .", "SHACL functions"),
    "a node expression": (PROPERTY + "sh:expression [ sh:path e:p ] .", "node expressions"),
    "SHACL 1.2": (PROPERTY + "sh:reifierShape e:t .", "SHACL 1.2"),
    "entailment": ("e:g sh:entailment <http://www.w3.org/ns/entailment/RDFS> .", "entailment"),
    "a count that is no number": (PROPERTY + 'sh:minCount "²" .', "not a whole number"),
    "a count below 0": (PROPERTY + "sh:maxCount -1 .", "not a whole number"),
    "two counts": (PROPERTY + "sh:maxCount 1 , 2 .", "more than one sh:maxCount"),
    "a count without a path": (NODE + "sh:minCount 1 .", "without sh:path"),
    "a qualified shape without a count": (PROPERTY + "sh:qualifiedValueShape [ sh:class e:D ] .", "belong together"),
    "neither true nor false": (NODE + 'sh:closed "yes" .', "neither true nor false"),
    "a class in quotes": (PROPERTY + 'sh:class "e:D" .', "is not an IRI"),
    "a node kind of none": (PROPERTY + "sh:nodeKind e:Any .", "is no sh:nodeKind"),
    "two paths": (PROPERTY + "sh:path e:q .", "more than one sh:path"),
    "a path of nothing": ("e:s a sh:PropertyShape ; sh:targetClass e:C ; sh:path [ ] ; sh:minCount 1 .", "not a property path"),
    "a property shape without a path": (NODE + "sh:property [ sh:minCount 1 ] .", "sh:path"),
    "a list that runs in a circle": (PROPERTY + "sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .", "runs in a circle"),
    "a list without an end": (PROPERTY + "sh:or [ rdf:first [ sh:class e:D ] ] .", "not an RDF list"),
    "a chain of shapes": (NODE + "sh:not e:n0 .\n" + chain("sh:not e:n{}", 900, "sh:class e:D"), "more than 40 deep"),
    "a chain of property shapes": (
        NODE + "sh:property e:n0 .\n" + chain("sh:path e:p ; sh:property e:n{}", 900, "sh:path e:p ; sh:class e:D"),
        "more than 40 deep",
    ),
    "a chain of paths": (
        "e:s a sh:PropertyShape ; sh:targetClass e:C ; sh:minCount 1 ; sh:path _:n0 .\n"
        + chain("sh:inversePath _:n{}", 900, "sh:inversePath e:p").replace("e:n", "_:n"),
        "more than 40 deep",
    ),
    "shapes that double": (
        NODE + "sh:not e:n0 .\n" + chain("sh:and ( e:n{0} e:n{0} )", 30, "sh:property [ sh:path e:p ; sh:minCount 1 ]"),
        "variables",
    ),
    "an ASK in sh:select": (NODE + 'sh:sparql [ sh:select "ASK { $this ?p ?o }" ] .', "no SELECT"),
    "no $this": (NODE + 'sh:sparql [ sh:select "SELECT ?x { ?x ?p ?o }" ] .', "does not project $this"),
    "no SPARQL": (NODE + 'sh:sparql [ sh:select "SELECT $this { $this ?p }" ] .', "not SPARQL"),
    "no sh:select": (NODE + 'sh:sparql [ sh:message "x" ] .', "has no sh:select"),
    "a prefix with a query in it": (
        'e:d sh:declare [ sh:prefix "x" ; sh:namespace "http://e/> SELECT ?this WHERE { #"^^xsd:anyURI ] . '
        + NODE + 'sh:sparql [ sh:prefixes e:d ; sh:select "SELECT $this { $this ?p ?o }" ] .',
        "no prefix and IRI",
    ),
    "a bracket that is not closed": (PROPERTY + 'sh:pattern "(" .', "not a regular expression"),
    "a block that nobody knows": (PROPERTY + 'sh:pattern "\\\\p{IsKlingon}" .', "IsKlingon"),
    "a flag that nobody knows": (PROPERTY + 'sh:pattern "x" ; sh:flags "g" .', "flags 'g'"),
    "flags in the pattern": (PROPERTY + 'sh:pattern "(?i)x" .', "sh:flags"),
    "a pattern that is a number": (PROPERTY + "sh:pattern 5 .", "not a string"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text, message = REFUSED[name]
    with pytest.raises(InputError) as caught:
        validate(engine_of(triples(DATA))[0], triples(text))
    assert message in str(caught.value)


PATTERNS = [
    ("^[a-z-[aeiou]]$", "b", "e"),
    ("^[^a-z-[0-9]]$", "B", "5"),
    ("^\\p{IsBasicLatin}$", "a", "é"),
    ("^\\P{IsGreek}$", "a", "α"),
    ("^\\i\\c*$", "a-1", "1a"),
    ("^[\\i-[:]][\\c-[:]]*$", "ab", "a:b"),
    ("^\\I$", "1", "a"),
    ("^[a&&b]$", "&", "c"),
    ("^[a~~b]$", "~", "c"),
    ("^[+--]$", "-", "a"),
    ("^\\p{Lu}\\d{2}$", "A12", "a12"),
    ("^(a+)+$", "aaaa", "aaaa!"),
]


@pytest.mark.parametrize(("pattern", "good", "bad"), PATTERNS)
def test_pattern(pattern: str, good: str, bad: str) -> None:
    data = f"e:a e:p {ox.Literal(good)} , {ox.Literal(bad)} ."
    report = validate(
        engine_of(triples(data))[0],
        triples(f"e:s sh:targetNode e:a ; sh:path e:p ; sh:pattern {ox.Literal(pattern)} ."),
    )
    assert [f.value for f in report] == [ox.Literal(bad)]


def test_an_expression_that_is_not_of_xpath() -> None:
    for pattern in ("[", "a\\", "\\y", "[a[b]", "\\p", "[a-[b]c]", "(?P<n>x)", "*"):
        with pytest.raises(NotRegular):
            rust(pattern)


LONG = {
    "in": (PROPERTY + f"sh:in ( {' '.join(map(str, range(2, 30_000)))} ) .", 2),
    "targetNode": (f"e:s sh:targetNode {' , '.join(f'e:a{n}' for n in range(30_000))} , e:a ; sh:closed true ; sh:ignoredProperties ( rdf:type e:p ) .", 1),
    "languageIn": (PROPERTY + "sh:languageIn ( " + " ".join(f'"x-{n}"' for n in range(3_000)) + " ) .", 2),
    "or": (NODE + "sh:or ( " + " ".join(f"[ sh:property [ sh:path e:p{n} ; sh:minCount 1 ] ]" for n in range(2_000)) + " ) .", 1),
    "ignoredProperties": (NODE + f"sh:closed true ; sh:ignoredProperties ( rdf:type e:name {' '.join(f'e:x{n}' for n in range(30_000))} ) .", 2),
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_long_lists(name: str) -> None:
    text, results = LONG[name]
    report = validate(engine_of(triples(DATA))[0], triples(text))
    assert (len(report), report.handed_over) == (results, {})


CLASSES = """owl:Class rdfs:subClassOf rdfs:Class . e:Kind rdfs:subClassOf owl:Class .
e:C a rdfs:Class ; sh:property [ sh:path e:q ; sh:minCount 1 ] .
e:D a e:Kind ; sh:property [ sh:path e:q ; sh:minCount 1 ] ."""


def test_a_class_that_constrains_is_a_shape() -> None:
    report = validate(engine_of(triples(DATA))[0], triples(CLASSES))
    assert sorted(str(f.focus) for f in report) == ["<http://e/a>", "<http://e/b>"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs `kgtools validate` on Turtle text, in this process; gives exit status and all output."""
    monkeypatch.setattr(limits, "can_fork", lambda: False)

    def validate_text(data: str, shapes: str, *more: str) -> tuple[int, str]:
        for name, text in (("d.ttl", data), ("s.ttl", shapes)):
            (tmp_path / name).write_text(PREFIXES + text, encoding="utf-8")
        done = CliRunner().invoke(
            app,
            ["validate", str(tmp_path / "d.ttl"), "--shapes", str(tmp_path / "s.ttl"), *more],
            catch_exceptions=True,
        )
        problem = str(done.exception) if done.exception and not isinstance(done.exception, SystemExit) else ""
        status = getattr(done.exception, "exit_status", done.exit_code)
        return status, done.output + problem

    return validate_text


def test_a_severity_of_its_own_fails_and_is_shown(run) -> None:
    status, text = run(DATA, PROPERTY + 'sh:minCount 9 ; sh:severity e:Grave ; sh:message "too few" .')
    assert status == 1
    assert "too few" in text
    assert "1 of severity <http://e/Grave>" in text


def test_a_target_that_no_node_has_is_said(run) -> None:
    good = "e:t a sh:NodeShape ; sh:targetClass e:D ; sh:nodeKind sh:IRI ."
    lost = "e:s a sh:NodeShape ; sh:targetClass e:Misspelt ; sh:nodeKind sh:IRI . "
    assert run(DATA, good) == (0, run(DATA, good)[1])
    status, text = run(DATA, lost + good)
    assert (status, "<http://e/s> checked nothing" in text) == (0, True)
    status, text = run(DATA, lost)
    assert (status, "nothing was checked" in text) == (2, True)


def test_a_shape_without_constraint_is_said(run) -> None:
    status, text = run(DATA, "e:s a sh:NodeShape ; sh:targetClass e:C ; sh:property [ sh:path e:p ; sh:name 'p' ] .")
    assert (status, "<http://e/s> has a target but no constraint" in text) == (0, True)


def test_a_term_of_ours_that_does_not_exist_is_said(run) -> None:
    shape = PROPERTY.replace("e:p ;", "<https://w3id.org/indopacific/ns#hots> ;") + "sh:maxCount 1 ."
    status, text = run(DATA, shape)
    assert (status, "ipp:hots is not a term of the ontology" in text) == (0, True)


def test_imports_are_refused_unless_given(run) -> None:
    shape = PROPERTY + "sh:minCount 1 . "
    status, text = run(DATA, shape + "<http://e/shapes> owl:imports <http://e/other> .")
    assert (status, "import <http://e/other>" in text) == (2, True)
    assert run(DATA, shape + "<http://e/shapes> owl:imports e:other . e:other a owl:Ontology .")[0] == 0


def test_what_the_reference_cannot_use_is_an_input_error(run) -> None:
    for shapes in (
        REFUSED["a chain of shapes"][0],
        PROPERTY + 'sh:pattern "(" .',
        NODE + "sh:or _:l . _:l rdf:rest _:l .",
    ):
        status, text = run(DATA, shapes, "--engine", "reference")
        assert (status, "Traceback" in text) == (2, False)


def test_a_report_is_the_same_from_run_to_run(run) -> None:
    shapes = NODE + " , ".join(f"[ sh:path e:n{n} ; sh:minCount 1 ]" for n in range(9)).join(("sh:property ", " ."))
    data = "e:a a e:C ; e:q [ a e:C ] , [ a e:C ] ."
    assert run(data, shapes) == run(data, shapes)
    assert run(data, shapes, "--json") == run(data, shapes, "--json")


def test_a_message_that_stands_for_several_constraints_says_which_is_broken(run) -> None:
    several = PROPERTY + 'sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:message "one name" .'
    _, text = run(DATA, several)
    assert [line.rpartition(": ")[2] for line in text.splitlines() if "Violation " in line] == [
        "one name (not a well-formed xsd:string)",
        "one name (more than one value)",
    ]
    _, text = run("e:a a e:C .", several)
    assert "one name (no value)" in text
    _, text = run("e:a a e:C .", PROPERTY + 'sh:minCount 1 ; sh:message "one name" .')
    assert ": one name\n" in text


def test_a_watched_blank_node_is_mended_and_a_deleted_file_goes(tmp_path: Path) -> None:
    data, shapes = tmp_path / "d.ttl", tmp_path / "s.ttl"
    shapes.write_text(
        PREFIXES
        + NODE
        + "sh:property [ sh:path e:at ; sh:property [ sh:path e:city ; sh:datatype xsd:string ; sh:minLength 2 ] ] , [ sh:path e:n ; sh:maxCount 1 ] ."
    )
    good = PREFIXES + 'e:a a e:C ; e:n 01 ; e:at [ e:city "Kobe" ] . e:x e:p [ e:q [ e:r 1 ] ] .'
    texts = [good.replace('"Kobe"', "5"), good.replace("n 01", "n 01 , 1"), good, None, good.replace("Kobe", "K")]
    data.write_text(good)
    graph = load(data)
    assert isinstance(graph, KnowledgeGraph)

    def wait() -> None:
        text = texts.pop(0)
        data.unlink() if text is None else data.write_text(text)

    found = []
    verdicts = watch(data, shapes=read_shapes(shapes), wait=wait)
    for _ in range(6):
        found.append([f.component.removesuffix("ConstraintComponent") for f in next(verdicts).report])
    assert found == [[], ["Datatype", "MinLength"], ["MaxCount"], [], [], ["MinLength"]]


def test_each_dialect_compiles_every_component() -> None:
    """The text for any engine has none of the embedded engine's own functions."""
    text = DECLARED + PROPERTY + "sh:minInclusive 1 ; sh:lessThan e:q ; sh:datatype xsd:int ; sh:in ( 01 2 ) ."
    for dialect in Dialect:
        queries = [q.text for q in compile_shapes(Index.of(triples(text)), dialect).queries]
        assert any("indopacific" in q for q in queries) == (dialect is not Dialect.PORTABLE)
