"""The command line as a person meets it: help with an example, exit statuses, one-line errors, pipes."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import rdflib
from conftest import FIXTURES, PREFIXES, ROOT

import kgtools

COMMANDS = ["build", "validate", "lint", "infer", "query", "questions", "show", "find", "new", "export", "stats"]


def run(*args: str, stdin: str = "", cwd=None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kgtools", *args],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_json(command):
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"Example: kgtools {command}" in done.stdout
    assert "--json" in done.stdout


def test_build_is_clean_and_writes_everything(tmp_path):
    done = run("build", "--out", str(tmp_path / "out"), "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert [s["name"] for s in document["steps"]] == ["read", "lint", "validate", "infer", "questions", "export"]
    names = {Path(path).name for path in document["written"]}
    tables = {"events.csv", "tenures.csv", "instruments.csv", "initiatives.csv", "outcomes.csv", "commitments.csv"}
    assert names == tables | {
        f"indopacific.{s}"
        for s in [
            "ttl",
            "nt",
            "trig",
            "jsonld",
            "rdf",
            "reifiers.ttl",
            "ontology.ttl",
            "entailed.nt",
            "complete.nt",
            "description.ttl",
        ]
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--update", "http://127.0.0.1:9/u"), "--update needs --endpoint URL"),
        (("--endpoint", "http://127.0.0.1:9/q"), "--endpoint needs --update URL"),
        (
            ("--endpoint", "http://127.0.0.1:9/q", "--update", "http://127.0.0.1:9/u", "--timeout", "5", "--engine", "reference"),
            "--endpoint goes with neither data files nor --engine",
        ),
        (
            (str(FIXTURES / "good.ttl"), "--endpoint", "http://127.0.0.1:9/q", "--update", "http://127.0.0.1:9/u", "--timeout", "5"),
            "--endpoint goes with neither data files nor --engine",
        ),
        (("--endpoint", "http://127.0.0.1:9/q", "--update", "file:///u", "--timeout", "5"), "starts with http"),
    ],
)  # fmt: skip
def test_inference_on_an_endpoint_says_what_does_not_go_together(options, message):
    done = run("infer", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr and len(done.stderr.splitlines()) == 1


BROKEN = {
    "a date out of the tenure": ('ipp:tenureEnd "2029-01-01"', 'ipp:tenureEnd "2025-01-01"', "IPP-T01: id:asha did not hold id:ind-minister on 2025-05-05"),
    "a round without a source": ("ipp:hasOutcome id:talks-1-launch , id:talks-1-promise , id:talks-1-sum , id:talks-1-visit , id:talks-1-adoption , id:talks-1-view , id:talks-1-chair , id:talks-1-topic ; ipp:citation id:cit-all", "ipp:mode code:virtual", "id:talks-1 ipp:citation"),
    "an unknown term": ("ipp:mode code:in-person", "ipp:mod code:in-person", "IPP-S04: ipp:mod is not a term"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_breaking_one_fact_fails_by_name(what, tmp_path):
    old, new, message = BROKEN[what]
    text = (FIXTURES / "good.ttl").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "broken.ttl"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = run("validate", str(path))
    assert done.returncode == 1
    assert message in done.stdout


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("sh:minLength 2", "sh:minLenght 2", "sh:minLenght is not a term of SHACL"),
        ("sh:targetClass ipp:Claim ;", "sh:targetClass ipp:Clam ;", "ipp:Clam is not a term of the ontology"),
    ],
)
def test_a_misspelt_constraint_and_an_unknown_target_fail_lint(right, wrong, message, tmp_path, load_text):
    from kgtools.linting import check_shapes
    from kgtools.rdf.read import read

    text = (ROOT / "ontology" / "shapes" / "evidence.ttl").read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / "shapes.ttl"
    path.write_text(text.replace(right, wrong, 1))
    errors = [p for p in check_shapes(read(path).triples, load_text("")) if p.severity == "error"]
    assert sum(message in str(p) for p in errors) == 1


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        (["query", "who-lead-round"], 2, "did you mean who-led-round"),
        (["query", "who-led-round", "round"], 2, "'round' is not name=value"),
        (["query", "coverage", "--endpoint", "http://127.0.0.1:9/"], 2, "is the server running?"),
        (["query", "coverage", "--timeout", "nan"], 2, "a deadline of nan seconds cannot be kept"),
        (["query", "coverage", "--timeout", "0"], 2, "a deadline of 0 seconds cannot be kept"),
        (["query", "coverage", "--timeout", "1e30"], 2, "cannot be kept"),
        (["show", "nobody"], 1, "id:nobody is not in the graph"),
        (["validate", "nowhere.ttl"], 2, "nowhere.ttl: no such file or folder"),
        (["validate", "--engine", "magic"], 2, "no validation engine is called 'magic'"),
        (["validate", "--explain", "ipps:T99"], 2, "no shape ipps:T99"),
        (["infer", "--engine", "magic"], 2, "no inference engine"),
        (["export", "xls"], 2, "no export form is called 'xls'"),
    ],
)
def test_an_error_is_one_line_and_its_own_status(args, status, message):
    done = run(*args)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_query_that_takes_too_long_has_its_own_status():
    done = run("query", "-", "--timeout", "1", stdin="SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    assert done.returncode == 3
    assert "no answer within 1 s" in done.stderr


def test_a_timed_query_gives_the_same_rows():
    text = "SELECT ?x { ?x a ipp:Nation } ORDER BY ?x"
    assert run("query", "-", stdin=text).stdout == run("query", "-", "--timeout", "60", stdin=text).stdout != ""


def test_forms_of_an_answer():
    call = ["query", "mechanisms-in-year", "year=2024"]
    rows = run(*call).stdout.splitlines()
    assert rows[0].split("\t") == ["mechanism", "name", "level", "rounds"]
    assert len(run(*call, "--csv").stdout.splitlines()) == len(rows)
    assert len(json.loads(run(*call, "--json").stdout)["results"]["bindings"]) == len(rows) - 1


def test_explain_prints_queries_that_run(graph):
    text = run("validate", "--explain", "ipps:T08").stdout
    query = text.split("\n", 1)[1]
    assert graph.engine(entailed=False).select(query).variables[0] == "this"


def test_a_closed_pipe_is_quiet():
    done = subprocess.run(
        f"{sys.executable} -m kgtools stats | head -1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_wheel_works_in_an_empty_folder(tmp_path):
    """Built, unpacked and run with the repository out of sight: the wheel carries ontology, data and questions."""
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr + built.stdout
    (wheel,) = tmp_path.glob("*.whl")
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    zipfile.ZipFile(wheel).extractall(site)
    code = f"import sys; sys.path.insert(0, {str(site)!r}); import kgtools, pathlib; b = kgtools.build(out=pathlib.Path('build')); print(kgtools.__file__, b.clean)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, cwd=work, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(site / "kgtools" / "__init__.py"), "True"]
    assert (work / "build" / "events.csv").exists()


BARE = "SELECT ?x WHERE { ?x a ipp:Grouping ; ipp:partyCode 'QUAD' }"


@pytest.mark.parametrize("form", ["positional", "--file", "standard input"])
def test_a_plain_query_file_is_asked(form, tmp_path):
    path = tmp_path / "mine.rq"
    path.write_text(BARE, encoding="utf-8")
    call, stdin = {
        "positional": ([str(path)], None),
        "--file": (["--file", str(path)], None),
        "standard input": (["-"], BARE),
    }[form]
    done = run("query", *call, stdin=stdin)
    assert (done.returncode, done.stdout) == (0, "x\nid:quad\n"), done.stderr


@pytest.mark.parametrize("text", ["CONSTRUCT { id:quad a ipp:Grouping } WHERE { }", "DESCRIBE id:quad"])
def test_a_graph_is_answered_as_turtle(text):
    done = run("query", "-", stdin=text)
    assert done.returncode == 0, done.stderr
    answered = rdflib.Graph().parse(data=done.stdout, format="turtle")
    quad, grouping = (rdflib.URIRef(f"https://w3id.org/indopacific/{n}") for n in ("id/quad", "ns#Grouping"))
    assert (quad, rdflib.RDF.type, grouping) in answered
    refused = run("query", "-", "--csv", stdin=text)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "answer with a graph" in refused.stderr


def test_a_query_file_that_is_missing_or_an_update(tmp_path):
    done = run("query", str(tmp_path / "no.rq"))
    assert (done.returncode, "no.rq: cannot be read" in done.stderr) == (2, True)
    path = tmp_path / "update.rq"
    path.write_text("DELETE WHERE { ?s ?p ?o }", encoding="utf-8")
    done = run("query", str(path))
    assert done.returncode == 2
    assert "update.rq:1: DELETE is an update" in done.stderr


def test_the_version_is_that_of_the_package():
    assert run("--version").stdout == f"kgtools {kgtools.__version__}\n"


def test_a_path_is_checked_within_the_bundled_data(tmp_path):
    part = ROOT / "data" / "bilateral" / "ind-jpn" / "annual-summit.ttl"
    within = run("validate", str(part))
    assert within.returncode == 0, within.stdout
    assert within.stdout.splitlines()[-1].startswith("0 violations,")
    alone = run("validate", str(part), "--alone")
    assert alone.returncode == 1  # what it refers to lies in other files


def test_own_data_may_refer_to_the_bundled_data_and_only_they_are_reported(tmp_path):
    path = tmp_path / "mine.ttl"
    path.write_text(
        PREFIXES
        + """id:my-talks a ipp:Meeting ; rdfs:label "My talks"@en ; ipp:participant id:ind , id:nowhere ;
        ipp:status code:held .""",
        encoding="utf-8",
    )
    done = run("validate", str(path), "--json")
    assert done.returncode == 1
    findings = json.loads(done.stdout)["findings"]
    assert {f["focus"] for f in findings} == {"id:my-talks"}
    assert any("nowhere" in f["message"] for f in findings)
    assert not any("id:ind " in f["message"] for f in findings)
