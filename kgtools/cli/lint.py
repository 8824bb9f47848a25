"""`kgtools lint`."""

from __future__ import annotations

from typing import Annotated

import typer

from kgtools.cli.common import Json, Paths, load_data
from kgtools.errors import InputError


def lint(
    paths: Paths = None,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="First rewrite Turtle files in the deterministic form, each record in its file."),
    ] = False,
    drop_comments: Annotated[
        bool, typer.Option("--drop-comments", help="With --fix: delete comments inside blocks, which cannot be kept.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check the form of ontology, shapes, queries and data files; exit status 1 where there is an error.

    Example: kgtools lint
    """
    from kgtools import linting, tidy

    if drop_comments and not fix:
        raise InputError("--drop-comments goes with --fix")
    graph = load_data(paths)
    if fix:
        done = tidy.tidy(graph, drop_comments=drop_comments)
        for path in [*linting.fix_queries(), *done.written]:
            typer.echo(f"rewrote {path}", err=True)
        for path in done.deleted:
            typer.echo(f"deleted {path}, which holds nothing any more", err=True)
        for message in done.refused:
            typer.echo(f"kgtools: {message}", err=True)
        if done.written or done.deleted:
            graph = load_data([path for path in paths if path.exists()] if paths else None)
    problems = linting.lint(graph)
    if as_json:
        typer.echo(linting.to_json(problems))
    else:
        for p in problems:
            typer.echo(str(p))
        typer.echo(f"{sum(p.severity == 'error' for p in problems)} errors, {len(problems)} problems")
    raise typer.Exit(1 if any(p.severity == "error" for p in problems) else 0)
