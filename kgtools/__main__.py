"""The command line: a thin mirror of the library, one command a function.

Exit status: 0 done and clean; 1 the data or an answer is at fault; 2 the call or an input is at fault;
3 a limit was hit.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgtools.errors import InputError, KgError

if TYPE_CHECKING:
    from kgtools.graph import KnowledgeGraph

app = typer.Typer(
    name="kgtools",
    help="The Indo-Pacific Partnership Knowledge Graph: gate, validate, infer, ask, export.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Paths = Annotated[list[Path] | None, typer.Argument(help="Data files or folders; the bundled data by default.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command line; an error of ours is one line on standard error and its own exit status."""
    # A short process that builds millions of small tuples spends a fifth of its time looking for cycles among them.
    gc.set_threshold(200_000, 50, 50)
    try:
        app()
    except KgError as error:
        typer.echo(f"kgtools: {error}", err=True)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@contextmanager
def _progress() -> Iterator[Any]:
    """Tell a person at a terminal which station is running; say nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield lambda name: status.update(name)


def _load(paths: list[Path] | None) -> KnowledgeGraph:
    from kgtools.graph import load

    graph = load(*(paths or ()))
    for warning in graph.warnings:
        typer.echo(f"kgtools: warning: {warning}", err=True)
    return graph


def _print_table(columns: list[str], rows: list[list[str]]) -> None:
    """A rich table on a terminal, tab-separated values in a pipe."""
    if not sys.stdout.isatty():
        typer.echo("\t".join(columns))
        for row in rows:
            typer.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@app.command()
def build(
    paths: Paths = None,
    out: Annotated[Path, typer.Option(help="The folder for the exports.")] = Path("build"),
    as_json: Json = False,
) -> None:
    """Run the whole job: gate, lint, validate, infer, questions, export.

    Example: kgtools build --out build
    """
    from kgtools.pipeline import build as run

    with _progress() as tell:
        result = run(*(paths or ()), out=out, on_station=tell)
    if as_json:
        rows = [
            {
                "station": s.name,
                "counted": s.counted,
                "seconds": round(s.seconds, 3),
                "faults": list(s.faults),
            }
            for s in result.stations
        ]
        typer.echo(
            json.dumps(
                {"clean": result.clean, "stations": rows, "written": [str(p) for p in result.written]},
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        _print_table(
            ["station", "counted", "seconds", "outcome"],
            [
                [s.name, s.counted, f"{s.seconds:.2f}", f"{len(s.faults)} at fault" if s.faults else "ok"]
                for s in result.stations
            ],
        )
        for station in result.stations:
            for fault in station.faults:
                typer.echo(f"{station.name}: {fault}", err=True)
    raise typer.Exit(0 if result.clean else 1)


@app.command()
def validate(
    paths: Paths = None,
    shapes: Annotated[
        list[Path] | None, typer.Option(help="Shapes files or folders; the bundled shapes by default.")
    ] = None,
    engine: Annotated[str, typer.Option(help="compiled, rdflib or reference (pySHACL).")] = "compiled",
    endpoint: Annotated[
        str | None, typer.Option(help="Validate what a SPARQL endpoint holds instead; needs --timeout.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds to wait for each answer of the endpoint.")] = None,
    by: Annotated[str, typer.Option(help="Group by shape or by entity.")] = "shape",
    severity: Annotated[
        str, typer.Option(help="Show findings from this severity up: Info, Warning, Violation.")
    ] = "Warning",
    explain: Annotated[str | None, typer.Option(help="Print the queries of a shape instead, e.g. ipps:T01.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and give a verdict whenever a data file changes; end with Ctrl-C.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check data against the shapes; exit status 1 where there is a violation.

    Example: kgtools validate data/ind-jpn-leaders.ttl --by entity

    Example: kgtools validate data --watch
    """
    from kgtools import validation
    from kgtools.shacl.report import Report
    from kgtools.shacl.validate import explain as explain_shape
    from kgtools.shacl.validate import validate as run
    from kgtools.vocab import expand

    triples = validation.read_shapes(*(shapes or ()))
    if explain:
        try:
            node = expand(explain)
        except ValueError as error:
            raise InputError(str(error)) from error
        typer.echo(explain_shape(triples, node), nl=False)
        return
    order = ["Violation", "Warning", "Info"]
    if by not in ("shape", "entity") or severity not in order:
        raise InputError("--by is shape or entity; --severity is Info, Warning or Violation")
    if watch:
        _watch(paths, triples, order[: order.index(severity) + 1])
        return
    if endpoint:
        from kgtools.engines import EndpointEngine

        if timeout is None:
            raise InputError("--endpoint needs --timeout SECONDS")
        report = run(EndpointEngine(endpoint, timeout=timeout), triples)
    else:
        report = validation.validate(_load(paths), triples, engine=engine)
    if as_json:
        typer.echo(report.to_json())
    else:
        shown = order[: order.index(severity) + 1]
        text = Report([f for f in report if f.severity in shown]).to_table(by=by)
        if text:
            typer.echo(text)
        for shape, reason in report.handed_over.items():
            typer.echo(f"{shape} was left to the reference engine: {reason}")
        counts = report.counts()
        checked = sum(report.focus_counts.values())
        typer.echo(
            f"{counts['Violation']} violations, {counts['Warning']} warnings, {counts['Info']} infos; {checked:,} focus nodes checked by {len(report.focus_counts)} shapes; {report.engine}"
        )
    raise typer.Exit(1 if report.violations else 0)


def _watch(paths: list[Path] | None, shapes: Any, shown: list[str]) -> None:
    """Print a verdict for each change of the files until interrupted."""
    from kgtools.shacl.report import Report
    from kgtools.watch import watch

    first = True
    for verdict in watch(*(paths or ()), shapes=shapes):
        if verdict.problem:
            typer.echo(f"not read: {verdict.problem}", err=True)
        for title, findings in (("new", verdict.appeared), ("gone", verdict.gone)):
            listed = Report([f for f in findings if f.severity in (["Violation"] if first else shown)])
            if listed.findings:
                typer.echo(f"{title}:\n{listed.to_table(by='entity')}")
        counts = verdict.report.counts()
        names = f"{len(verdict.paths)} files" if first else ", ".join(p.name for p in verdict.paths)
        typer.echo(
            f"{names}: {counts['Violation']} violations, {counts['Warning']} warnings; {verdict.seconds * 1000:.0f} ms"
        )
        first = False


@app.command()
def lint(
    paths: Paths = None,
    fix: Annotated[bool, typer.Option("--fix", help="Rewrite Turtle files in the deterministic form first.")] = False,
    as_json: Json = False,
) -> None:
    """Check the hygiene of ontology, shapes, queries and data files; exit status 1 where there is an error.

    Example: kgtools lint
    """
    from kgtools import hygiene

    graph = _load(paths)
    if fix:
        for path in hygiene.fix_files(graph):
            typer.echo(f"rewrote {path}", err=True)
    problems = hygiene.lint(graph)
    if as_json:
        typer.echo(
            json.dumps(
                [{"severity": p.severity, "where": p.where, "what": p.what, "cure": p.cure} for p in problems],
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for p in problems:
            typer.echo(str(p))
        typer.echo(f"{sum(p.severity == 'error' for p in problems)} errors, {len(problems)} problems")
    raise typer.Exit(1 if any(p.severity == "error" for p in problems) else 0)


@app.command()
def infer(
    paths: Paths = None,
    engine: Annotated[str, typer.Option(help="compiled or reference (owlrl).")] = "compiled",
    endpoint: Annotated[
        str | None,
        typer.Option(
            help="Infer on a SPARQL endpoint instead, into a named graph there; needs --update and --timeout."
        ),
    ] = None,
    update: Annotated[str | None, typer.Option(help="The endpoint's address for updates.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds to wait for each answer of the endpoint.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the entailed triples to this N-Triples file.")] = None,
    why: Annotated[str | None, typer.Option(help="Explain the entailed triples of this entity.")] = None,
    as_json: Json = False,
) -> None:
    """Compute what the data entail; exit status 1 where they contradict the ontology.

    Example: kgtools infer --why jpn
    """
    from kgtools import files
    from kgtools.inference import infer as run
    from kgtools.inference import infer_on
    from kgtools.vocab import expand

    if endpoint:
        from kgtools.engines import EndpointEngine

        if update is None or timeout is None:
            raise InputError("--endpoint needs --update URL and --timeout SECONDS")
        if paths or engine != "compiled":
            raise InputError("--endpoint goes with neither data files nor --engine")
        result = infer_on(EndpointEngine(endpoint, timeout=timeout, update=update))
    elif update is not None or timeout is not None:
        raise InputError("--update and --timeout need --endpoint URL")
    else:
        result = run(_load(paths), engine=engine)
    closure = result.closure
    if out:
        files.write(out, "".join(sorted(f"{t} .\n" for t in closure.triples)).encode())
    if why:
        try:
            node = expand(why)
        except ValueError as error:
            raise InputError(str(error)) from error
        for t in sorted((t for t in closure.triples if t.subject == node), key=str):
            typer.echo("\n".join(closure.explain(t)))
    elif as_json:
        typer.echo(
            json.dumps(
                {
                    "entailed": len(closure),
                    "rounds": closure.rounds,
                    "by_rule": closure.by_rule,
                    "inconsistencies": [str(i) for i in result.inconsistencies],
                },
                indent=1,
            )
        )
    else:
        _print_table(["rule", "triples"], [[r, str(n)] for r, n in closure.by_rule.items()])
        typer.echo(f"{len(closure):,} triples entailed in {closure.rounds} rounds")
    for i in result.inconsistencies:
        typer.echo(f"contradiction: {i}", err=True)
    raise typer.Exit(1 if result.inconsistencies else 0)


def _question_names() -> list[str]:
    from kgtools.vocab import home

    return sorted(p.stem for p in home("queries").glob("*.rq"))


@app.command()
def query(
    name: Annotated[
        str,
        typer.Argument(
            help="A named question, or - to read SPARQL from standard input.", autocompletion=_question_names
        ),
    ],
    values: Annotated[list[str] | None, typer.Argument(help="Parameters as name=value.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", help="Ask the question in this .rq file (NAME is then its label)."),
    ] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    engine: Annotated[str, typer.Option(help="oxigraph or rdflib.")] = "oxigraph",
    endpoint: Annotated[str | None, typer.Option(help="Ask a SPARQL endpoint instead; needs --timeout.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds until the query is given up.")] = None,
    entailed: Annotated[bool, typer.Option(help="Ask over the entailed triples too.")] = True,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Json = False,
) -> None:
    """Ask a named question, a file, or SPARQL text from standard input.

    Example: kgtools query who-led-round round=ind-jpn-strategic-dialogue-17

    Example: echo 'SELECT ?p { ?p a ipp:Nation }' | kgtools query -
    """
    from kgtools.engines import EndpointEngine
    from kgtools.inference import infer as run_infer
    from kgtools.processes import within
    from kgtools.question import ask, bind, questions, read_question

    if "=" in name and not file:
        raise InputError(f"'{name}' is a parameter; the question's name comes first")
    given = {}
    for pair in values or []:
        key, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"'{pair}' is not name=value")
        given[key] = value
    if name == "-":
        if given:
            raise InputError("SPARQL text takes no parameters; write the values into it")
        text = sys.stdin.read()
    elif file:
        text = bind(read_question(file), given)
    else:
        known = questions()
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, n=3)
            raise InputError(
                f"no question is called '{name}'"
                + (f"; did you mean {' or '.join(near)}?" if near else "; kgtools questions lists them")
            )
        text = bind(known[name], given)
    if endpoint:
        if timeout is None:
            raise InputError("--endpoint needs --timeout SECONDS")
        answer = ask(EndpointEngine(endpoint, timeout=timeout), text, name=name)
    else:
        graph = _load(data)
        if entailed:
            run_infer(graph)
        chosen = graph.engine(engine)
        if timeout is None:
            answer = ask(chosen, text, name=name)
        else:
            answer = within(timeout, lambda: ask(chosen, text, name=name))
    if as_json:
        typer.echo(answer.to_json())
    elif as_csv:
        typer.echo(answer.to_csv(), nl=False)
    else:
        from kgtools.vocab import short

        _print_table(list(answer.columns), [["" if t is None else short(t) for t in row] for row in answer.rows])


@app.command()
def questions(
    name: Annotated[str | None, typer.Argument(help="Describe this one.", autocompletion=_question_names)] = None,
    as_json: Json = False,
) -> None:
    """List the named questions, or describe one.

    Example: kgtools questions who-led-round
    """
    from kgtools.question import questions as read

    known = read()
    if name is not None and name not in known:
        raise InputError(f"no question is called '{name}'; kgtools questions lists them")
    chosen = [known[name]] if name else list(known.values())
    if as_json:
        typer.echo(
            json.dumps(
                [
                    {
                        "name": q.name,
                        "summary": q.summary,
                        "parameters": [
                            {"name": p.name, "type": p.type, "default": p.default, "meaning": p.meaning}
                            for p in q.parameters
                        ],
                        "columns": dict(q.columns),
                        "example": q.example,
                    }
                    for q in chosen
                ],
                ensure_ascii=False,
                indent=1,
            )
        )
    elif name:
        q = chosen[0]
        typer.echo(f"{q.name}: {q.summary}\n")
        for p in q.parameters:
            typer.echo(f"  {p.name}={p.default}  ({p.type}) {p.meaning}")
        for column, meaning in q.columns:
            typer.echo(f"  column {column}: {meaning}")
        typer.echo(f"\nExample: {q.example}")
    else:
        _print_table(["question", "summary"], [[q.name, q.summary] for q in chosen])


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A slug, a prefixed name or an IRI.")],
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    as_json: Json = False,
) -> None:
    """Show one entity with everything about it, and its sources.

    Example: kgtools show ind-jpn-strategic-dialogue-18
    """
    from kgtools.entity import show as run

    entity = run(_load(data).engine(), name)
    typer.echo(entity.to_json() if as_json else str(entity))


@app.command()
def export(
    form: Annotated[str, typer.Argument(help="ttl nt nq trig jsonld rdfxml reifiers csv, or all.")] = "all",
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("build"),
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    entailed: Annotated[bool, typer.Option("--entailed", help="Write the entailed triples too.")] = False,
    as_json: Json = False,
) -> None:
    """Write the data in other forms.

    Example: kgtools export csv --out tables
    """
    from kgtools.exports import FORMATS, export_all
    from kgtools.inference import infer as run_infer

    graph = _load(data)
    if entailed:
        run_infer(graph)
    written = export_all(graph, FORMATS if form == "all" else (form,), out, entailed=entailed)
    if as_json:
        typer.echo(json.dumps([str(p) for p in written], indent=1))
    else:
        for path in written:
            typer.echo(f"{path}  {path.stat().st_size:,} bytes")


@app.command()
def stats(paths: Paths = None, as_json: Json = False) -> None:
    """Count what the data hold: by class, series, pair and year, and how many events have two witnesses.

    Example: kgtools stats --json
    """
    from kgtools.inference import infer as run_infer
    from kgtools.statistics import stats as run

    graph = _load(paths)
    run_infer(graph)
    found = run(graph)
    if as_json:
        typer.echo(found.to_json())
        return
    typer.echo(
        f"{found.triples:,} triples in {found.files} files, {found.entailed:,} entailed; as of {graph.as_of() or 'no stated date'}"
    )
    typer.echo(
        f"{found.events[0]} events, {found.events[1]} with two independent witnesses ({found.two_witness_share:.0%}); "
        f"{found.facts[0]:,} dates, places, numbers and leads, {found.facts[1]:,} of them stated by two"
    )
    _print_table(["class", "entities"], [[c, str(n)] for c, n in found.classes.items()])
    _print_table(
        ["series", "rounds", "first", "last", "numbered", "highest", "missing"],
        [[str(v if v is not None else "") for v in row.values()] for row in found.series],
    )
    _print_table(["pair", "events"], [[f"{r['one']}-{r['other']}", str(r["events"])] for r in found.pairs[:30]])
    _print_table(["year", "events"], [[str(y), str(n)] for y, n in found.years.items()])


if __name__ == "__main__":
    main()
