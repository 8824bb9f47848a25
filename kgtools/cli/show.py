"""`kgtools show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json, KnownOn, ValidOn, snapshot_data


def show(
    name: Annotated[str, typer.Argument(help="A slug, a prefixed name or an IRI.")],
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    valid_on: ValidOn = None,
    known_on: KnownOn = None,
    as_json: Json = False,
) -> None:
    """Show one entity with everything about it, and its sources.

    Example: kgtools show ind-jpn-strategic-dialogue-18
    """
    from kgtools.records.entity import show as run

    entity = run(snapshot_data(data, valid_on=valid_on, known_on=known_on).engine(), name)
    typer.echo(entity.to_json() if as_json else str(entity))
