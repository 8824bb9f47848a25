"""`kgtools diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json


def diff(
    old: Annotated[str, typer.Argument(help="A file, a folder, or a git revision.")],
    new: Annotated[str, typer.Argument(help="A file, a folder, or a git revision.")],
    folder: Annotated[str, typer.Option(help="The folder of the data in a git revision.")] = "data",
    rdf: Annotated[
        bool, typer.Option("--rdf", help="Print the triples that came, those that went as comments.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show which entities and facts were added, removed and changed; exit status 1 where any was.

    A revision is named as git names it: v1.0.0, HEAD~3.

    Example: kgtools diff data/places.ttl data/places.ttl
    """
    from kgtools.records.changes import diff as run

    found = run(*(Path(state) if Path(state).exists() else state for state in (old, new)), folder=folder)
    typer.echo(found.to_json() if as_json else found.to_rdf() if rdf else str(found))
    raise typer.Exit(1 if found.changes else 0)
