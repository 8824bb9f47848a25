"""`kgtools lint`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from kgtools.cli.common import Json, Paths, load_data


def lint(
    paths: Paths = None,
    fix: Annotated[bool, typer.Option("--fix", help="Rewrite Turtle files in the deterministic form first.")] = False,
    as_json: Json = False,
) -> None:
    """Check the hygiene of ontology, shapes, queries and data files; exit status 1 where there is an error.

    Example: kgtools lint
    """
    from kgtools import linting

    graph = load_data(paths)
    if fix:
        for path in linting.fix_files(graph):
            typer.echo(f"rewrote {path}", err=True)
    problems = linting.lint(graph)
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
