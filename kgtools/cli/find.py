"""`kgtools find`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json, print_table, snapshot_data


def find(
    text: Annotated[str, typer.Argument(help="A name or a part of one, a slug, or the address of a page.")],
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Show at most so many matches.")] = 20,
    as_json: Json = False,
) -> None:
    """Find an entity or a page that the graph already holds; exit status 1 where there is none.

    Example: kgtools find "motegi toshimitsu"

    Example: kgtools find https://news.livedoor.com/article/detail/30385149/
    """
    from kgtools.records.find import find as run
    from kgtools.records.find import to_json

    found = run(snapshot_data(data), text)
    if as_json:
        typer.echo(to_json(found[:most]))
    elif found:
        print_table(
            ["id", "kind", "label", "match", "file"], [[m.id, m.kind, m.label, m.how, m.file] for m in found[:most]]
        )
    if len(found) > most:
        typer.echo(f"kgtools: {len(found) - most} more; narrow the text or use --most", err=True)
    if not found:
        typer.echo(f"kgtools: nothing matches '{text}'", err=True)
        raise typer.Exit(1)
