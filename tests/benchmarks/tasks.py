"""One measured task in a process of its own: `python tasks.py TASK DATA WORK` prints one JSON line.

`DATA` is a graph of `generate.py`; `WORK` a folder with `merged.nt` (data and ontology), `shapes.ttl` and
`core.ttl` (the shapes, and those without SPARQL constraints), written by `run.py`. Every task says how long its
stages took, and what it found, so that a wrong answer is seen beside the time.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Result = dict[str, Any]
TASKS: dict[str, Callable[[Path, Path], Result]] = {}


def task(function: Callable[[Path, Path], Result]) -> Callable[[Path, Path], Result]:
    TASKS[function.__name__.replace("_", "-")] = function
    return function


class Clock:
    """Stages and their seconds."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.stages[name] = time.perf_counter() - start


@task
def kgtools_job(data: Path, work: Path) -> Result:
    """The whole job: load, validate, infer, all questions, three exports."""
    clock = Clock()
    with clock.stage("import"):
        import kgtools
        from kgtools.exports.forms import export_all
        from kgtools.inference import infer
        from kgtools.sparql.engine import each
        from kgtools.validation import validate
    with clock.stage("load"):
        graph = kgtools.load(data)
    with clock.stage("validate"):
        violations = len(validate(graph).violations)
    with clock.stage("infer"):
        entailed = len(infer(graph).closure)
    with clock.stage("questions"):
        engine = graph.engine()
        named = kgtools.questions()
        rows = sum(len(a) for a in each(engine, lambda n: kgtools.ask(engine, named[n].text, name=n), named))
    with clock.stage("export"):
        export_all(graph, ("nt", "nq", "rdfxml"), work / "out")
    return {"stages": clock.stages, "violations": violations, "entailed": entailed, "rows": rows}


@task
def kgtools_validate(data: Path, work: Path) -> Result:
    """Loading and validation alone, to set beside validators that load by themselves."""
    clock = Clock()
    import kgtools

    with clock.stage("load"):
        graph = kgtools.load(data)
    with clock.stage("validate"):
        violations = len(kgtools.validate(graph).violations)
    return {"stages": clock.stages, "violations": violations}


@task
def kgtools_infer(data: Path, work: Path) -> Result:
    """Loading and inference alone."""
    clock = Clock()
    import kgtools
    from kgtools.inference import infer

    with clock.stage("load"):
        graph = kgtools.load(data)
    with clock.stage("infer"):
        entailed = len(infer(graph).closure)
    return {"stages": clock.stages, "entailed": entailed}


@task
def kgtools_disk(data: Path, work: Path) -> Result:
    """Load on disk, validate, and answer, for graphs that are larger than memory likes."""
    import pyoxigraph as ox

    clock = Clock()
    from kgtools.question import ask, questions
    from kgtools.shacl.validate import validate
    from kgtools.sparql.engine import each
    from kgtools.sparql.oxigraph import OxigraphEngine
    from kgtools.terms import ONTOLOGY_GRAPH, home
    from kgtools.validation import read_shapes

    with clock.stage("load"):
        store = ox.Store(work / "store")
        store.bulk_load(path=data, format=ox.RdfFormat.N_TRIPLES)
        for name in ("core.ttl", "axioms.ttl", "sectors.ttl", "codes.ttl"):
            store.bulk_load(path=home("ontology") / name, to_graph=ONTOLOGY_GRAPH)
        store.optimize()
    with clock.stage("validate"):
        violations = len(validate(OxigraphEngine(store, on_disk=True), read_shapes()).violations)
    with clock.stage("questions"):
        engine = OxigraphEngine(store, on_disk=True)
        named = questions()
        rows = sum(len(a) for a in each(engine, lambda n: ask(engine, named[n].text, name=n), named))
    return {"stages": clock.stages, "violations": violations, "rows": rows}


@task
def composition(data: Path, work: Path) -> Result:
    """The composition to beat: Oxigraph, shacl-rust for Core in a thread, our SPARQL and rules, native exports."""
    clock = Clock()
    from concurrent.futures import ThreadPoolExecutor

    import pyoxigraph as ox
    import shacl_rust

    import kgtools
    from kgtools.shacl.validate import validate

    with ThreadPoolExecutor(1) as pool:
        core = pool.submit(
            lambda: shacl_rust.validate_file(str(work / "merged.nt"), str(work / "core.ttl"), experimental_index=True)
        )
        with clock.stage("load"):
            graph = kgtools.load(data)
        with clock.stage("validate"):
            shapes = [q.triple for q in ox.parse(path=work / "sparql.ttl")]
            report = validate(graph.engine(entailed=False), shapes)
            results = core.result()["results"]
        violations = len(report.violations) + sum("Violation" in str(r.get("severity")) for r in results)
    with clock.stage("infer"):
        entailed = len(kgtools.infer(graph).closure)
    with clock.stage("questions"):
        engine = graph.engine()
        rows = sum(len(kgtools.ask(engine, q.text, name=n)) for n, q in kgtools.questions().items())
    with clock.stage("export"):
        out = work / "native"
        out.mkdir(exist_ok=True)
        for form in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS, ox.RdfFormat.RDF_XML):
            ox.serialize(graph.asserted(), output=out / f"x.{form.file_extension}", format=form)
    return {"stages": clock.stages, "violations": violations, "entailed": entailed, "rows": rows}


def _stock_graph(work: Path) -> Any:
    import rdflib

    graph = rdflib.Graph()
    graph.parse(work / "merged.nt", format="nt")
    return graph


@task
def pyshacl_validate(data: Path, work: Path) -> Result:
    """pySHACL on rdflib, SPARQL constraints included."""
    return _pyshacl(work, "pyshacl")


@task
def pyshacl_turbo_validate(data: Path, work: Path) -> Result:
    return _pyshacl(work, "pyshacl_turbo")


def _pyshacl(work: Path, module: str) -> Result:
    import importlib

    import rdflib

    clock = Clock()
    with clock.stage("load"):
        graph = _stock_graph(work)
        shapes = rdflib.Graph().parse(work / "shapes.ttl")
    with clock.stage("validate"):
        _, report, _ = importlib.import_module(module).validate(graph, shacl_graph=shapes, advanced=False)
    return {"stages": clock.stages, "violations": _violations(report)}


def _violations(report: Any) -> int:
    from rdflib import Namespace

    sh = Namespace("http://www.w3.org/ns/shacl#")
    return len(set(report.subjects(sh.resultSeverity, sh.Violation)))


@task
def shacl_rust_validate(data: Path, work: Path) -> Result:
    import shacl_rust

    clock = Clock()
    with clock.stage("validate"):
        report = shacl_rust.validate_file(str(work / "merged.nt"), str(work / "shapes.ttl"), experimental_index=True)
    return {"stages": clock.stages, "violations": sum("Violation" in str(r.get("severity")) for r in report["results"])}


@task
def pyshifty_validate(data: Path, work: Path) -> Result:
    import shifty

    clock = Clock()
    with clock.stage("validate"):
        _, report, _ = shifty.validate(
            str(work / "merged.nt"), str(work / "shapes.ttl"), infer=False, graph_mode="data"
        )
    return {"stages": clock.stages, "violations": _violations(report)}


@task
def pyrudof_validate(data: Path, work: Path) -> Result:
    import pyrudof

    clock = Clock()
    with clock.stage("validate"):
        session = pyrudof.Rudof(pyrudof.RudofConfig())
        session.read_data(str(work / "merged.nt"), format=pyrudof.RDFFormat.NTriples)
        session.read_shacl(str(work / "shapes.ttl"))
        report = session.validate_shacl()
    return {
        "stages": clock.stages,
        "violations": sum("Violation" in str(getattr(r, "severity", "")) for r in report.violations),
    }


@task
def owlrl_infer(data: Path, work: Path) -> Result:
    import owlrl

    clock = Clock()
    with clock.stage("load"):
        graph = _stock_graph(work)
    before = len(graph)
    with clock.stage("infer"):
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return {"stages": clock.stages, "entailed": len(graph) - before}


@task
def reasonable_infer(data: Path, work: Path) -> Result:
    import reasonable

    clock = Clock()
    with clock.stage("load"):
        reasoner = reasonable.PyReasoner()
        reasoner.load_file(str(work / "merged.ttl"))
    with clock.stage("infer"):
        found = reasoner.reason()
    return {"stages": clock.stages, "entailed": len(found) - sum(1 for _ in (work / "merged.nt").open())}


if __name__ == "__main__":
    begin = time.perf_counter()
    answer = TASKS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    answer["seconds"] = time.perf_counter() - begin
    used = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    answer["megabytes"] = max(used) // 1024
    print(json.dumps(answer))
