"""What the commands share: common options, loading with its warnings, progress, tables and JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgtools.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from kgtools.graph import KnowledgeGraph
    from kgtools.rdf.read import Reading

Paths = Annotated[list[Path] | None, typer.Argument(help="Data files or folders; the bundled data by default.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

ValidOn = Annotated[
    str | None, typer.Option(help="Only what held on this day, YYYY-MM-DD; what was planned then appears as planned.")
]
KnownOn = Annotated[str | None, typer.Option(help="Only what pages published by this day, YYYY-MM-DD, say.")]

reading_options: dict[str, Any] = {}
"""What was asked for before the command's name: `--base`, `--max-bytes`, `--entities`."""


@contextmanager
def progress() -> Iterator[Any]:
    """Tell a person at a terminal which step is running; say nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console

    with Console(file=getattr(sys.stderr, "raw", sys.stderr)).status("starting") as status:
        yield lambda name: status.update(name)


def reading() -> Reading:
    """How files are read, by the options before the command's name."""
    from kgtools.rdf.read import Reading

    return Reading(**reading_options)


def load_data(
    paths: list[Path] | None, *, within: bool = False, valid_on: str | None = None, known_on: str | None = None
) -> KnowledgeGraph:
    from kgtools.graph import load

    valid, known = day(valid_on, "--valid-on"), day(known_on, "--known-on")
    graph = _warned(load(*(paths or ()), within=within, reading=reading()))
    return graph if valid is None and known is None else graph.as_of(valid=valid, known=known)


def snapshot_data(
    paths: list[Path] | None, *, valid_on: str | None = None, known_on: str | None = None
) -> KnowledgeGraph:
    """The data with what they entail, to be asked and not changed, from a snapshot where there is one.

    As of a day nothing is kept: the view is made, and what it entails is inferred, when it is asked for.
    """
    if valid_on is not None or known_on is not None:
        from kgtools.inference import infer

        graph = load_data(paths, valid_on=valid_on, known_on=known_on)
        infer(graph)
        return graph
    from kgtools.snapshots import snapshot

    return _warned(snapshot(*(paths or ()), reading=reading()))


def _warned(graph: KnowledgeGraph) -> KnowledgeGraph:
    for warning in graph.warnings:
        typer.echo(f"kgtools: warning: {warning}", err=True)
    return graph


def print_table(columns: list[str], rows: list[list[str]]) -> None:
    """A table on a terminal; in a pipe tab-separated values, in which tabs and line breaks are escaped (`\\t`, `\\n`)."""
    from kgtools.cli.output import one_line, tabular

    if not sys.stdout.isatty():
        for row in (columns, *rows):
            typer.echo("\t".join(map(tabular, row)))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for column in columns:
        table.add_column(Text(one_line(column)), overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    Console(file=getattr(sys.stdout, "raw", sys.stdout), markup=False, highlight=False, emoji=False).print(table)


def day(text: str | None, option: str) -> date | None:
    """The day that an option names.

    Raises:
        InputError: it is no date.
    """
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option}: '{text}' is not a date; write it as 2026-01-31") from error


def question_names() -> list[str]:
    """The names of the bundled questions, for completion."""
    from kgtools.terms import home

    return sorted(p.stem for p in home("queries").glob("*.rq"))
