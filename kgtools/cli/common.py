"""What the commands share: common options, loading with its warnings, progress, tables and JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from kgtools.graph import KnowledgeGraph

Paths = Annotated[list[Path] | None, typer.Argument(help="Data files or folders; the bundled data by default.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@contextmanager
def progress() -> Iterator[Any]:
    """Tell a person at a terminal which station is running; say nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield lambda name: status.update(name)


def load_data(paths: list[Path] | None) -> KnowledgeGraph:
    from kgtools.graph import load

    graph = load(*(paths or ()))
    for warning in graph.warnings:
        typer.echo(f"kgtools: warning: {warning}", err=True)
    return graph


def print_table(columns: list[str], rows: list[list[str]]) -> None:
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


def question_names() -> list[str]:
    """The names of the bundled questions, for completion."""
    from kgtools.terms import home

    return sorted(p.stem for p in home("queries").glob("*.rq"))
