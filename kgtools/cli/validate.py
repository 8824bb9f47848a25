"""`kgtools validate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kgtools.cli.common import Json, Paths, load_data
from kgtools.errors import InputError


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
    from kgtools.shacl.report import Report
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
        _watch(paths, triples, order[: order.index(severity) + 1])
        return
    if endpoint:
        from kgtools.sparql.endpoint import EndpointEngine

        if timeout is None:
            raise InputError("--endpoint needs --timeout SECONDS")
        report = run(EndpointEngine(endpoint, timeout=timeout), triples)
    else:
        within = not (alone or shapes or Path("-") in (paths or ()))
        graph = load_data(paths, within=within)
        report = validation.validate(graph, triples, engine=engine, about=paths if paths and within else ())
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
