"""`kgtools validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgtools.cli.common import Json, Paths, load_data
from kgtools.cli.limits import SECONDS, Timeout
from kgtools.errors import InputError

if TYPE_CHECKING:
    from kgtools.shacl.report import Report


def validate(
    paths: Paths = None,
    shapes: Annotated[
        list[Path] | None, typer.Option(help="Shapes files or folders; the bundled shapes by default.")
    ] = None,
    engine: Annotated[str, typer.Option(help="compiled, rdflib or reference (pySHACL).")] = "compiled",
    endpoint: Annotated[str | None, typer.Option(help="Validate what a SPARQL endpoint holds instead.")] = None,
    timeout: Timeout = SECONDS,
    by: Annotated[str, typer.Option(help="Group by shape or by entity.")] = "shape",
    severity: Annotated[
        str, typer.Option(help="Show findings from this severity up: Info, Warning, Violation.")
    ] = "Warning",
    explain: Annotated[str | None, typer.Option(help="Print the queries of a shape instead, e.g. ipps:T01.")] = None,
    alone: Annotated[
        bool,
        typer.Option(
            "--alone",
            help="Check PATHS by themselves, not within the bundled data; so it is with --shapes and for standard input.",
        ),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and give a verdict whenever a data file changes; end with Ctrl-C.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check data against the shapes; exit status 1 where there is a violation.

    PATHS are checked within the bundled data, to which they may refer, and the findings are those about what PATHS
    describe.

    Example: kgtools validate data/bilateral/ind-jpn/annual-summit.ttl --by entity

    Example: kgtools validate data --watch
    """
    from kgtools import validation
    from kgtools.shacl.validate import explain as explain_shape
    from kgtools.shacl.validate import validate as run
    from kgtools.terms import expand

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
        _watch(paths, triples, severity)
        return
    if endpoint:
        from kgtools.sparql.endpoint import EndpointEngine

        report = run(EndpointEngine(endpoint, timeout=timeout), triples)
    else:
        within = not (alone or shapes or Path("-") in (paths or ()))
        graph = load_data(paths, within=within)
        if shapes:
            for line in validation.unknown_own_terms(graph, triples):
                typer.echo(line, err=True)
        about = paths if paths and within else ()
        own = timeout if engine == "reference" else None  # in place of the library's; the command has its deadline
        report = validation.validate(graph, triples, engine=engine, about=about, timeout=own)
    if as_json:
        typer.echo(report.to_json())
    else:
        text = report.at_least(severity).to_table(by=by)
        if text:
            typer.echo(text)
        checked = sum(report.focus_counts.values())
        typer.echo(
            f"{_counted(report)}; {checked:,} focus nodes checked by {len(report.focus_counts)} shapes; {report.engine}"
        )
    for shape, reason in report.handed_over.items():
        typer.echo(f"{shape} was left to the reference engine: {reason}", err=True)
    for shape in report.idle:
        typer.echo(f"{shape} has a target but no constraint: it checks nothing", err=True)
    if shapes:
        for shape in report.untouched:
            typer.echo(
                f"{shape} checked nothing: no node of the data is its target; check the target's spelling", err=True
            )
        if engine != "reference" and not any(report.focus_counts.values()):
            raise InputError("nothing was checked: no shape has a focus node in the data; check targets and data")
    raise typer.Exit(1 if report.violations else 0)


def _counted(report: Report, *, infos: bool = True) -> str:
    """How many findings there are of each severity, in words."""
    names = {"Violation": "violations", "Warning": "warnings", "Info": "infos"}
    counts = {s: n for s, n in report.counts().items() if infos or s != "Info"}
    return ", ".join(f"{n} {names[s]}" if s in names else f"{n} of severity <{s}>" for s, n in counts.items())


def _watch(paths: list[Path] | None, shapes: Any, severity: str) -> None:
    """Print a verdict for each change of the files until interrupted."""
    from kgtools.shacl.report import Report
    from kgtools.watch import watch

    first = True
    for verdict in watch(*(paths or ()), shapes=shapes):
        if verdict.problem:
            typer.echo(f"not read: {verdict.problem}", err=True)
        for title, findings in (("new", verdict.appeared), ("gone", verdict.gone)):
            listed = Report(list(findings)).at_least("Violation" if first else severity)
            if listed.findings:
                typer.echo(f"{title}:\n{listed.to_table(by='entity')}")
        names = f"{len(verdict.paths)} files" if first else ", ".join(p.name for p in verdict.paths)
        typer.echo(f"{names}: {_counted(verdict.report, infos=False)}; {verdict.seconds * 1000:.0f} ms")
        first = False
