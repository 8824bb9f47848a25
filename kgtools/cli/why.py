"""`kgtools why`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json, KnownOn, ValidOn, load_data


def why(
    entity: Annotated[str, typer.Argument(help="A slug, a prefixed name or an IRI.")],
    property: Annotated[str | None, typer.Argument(help="One property, such as startDate.")] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    valid_on: ValidOn = None,
    known_on: KnownOn = None,
    as_json: Json = False,
) -> None:
    """Show why the graph says what it says: sources of each value, claims against it, and what follows from what.

    Example: kgtools why ind-jpn-strategic-dialogue-18 startDate
    """
    from kgtools.records.why import why as run

    found = run(load_data(data, valid_on=valid_on, known_on=known_on), entity, property)
    typer.echo(found.to_json() if as_json else str(found))
