"""`kgtools disputes`."""

from __future__ import annotations

import typer

from kgtools.cli.common import Json, Paths, snapshot_data


def disputes(paths: Paths = None, as_json: Json = False) -> None:
    """Show the facts on which sources differ; count those of one source and those without an official one.

    Example: kgtools disputes --json
    """
    from kgtools.records.disputes import disputes as run

    found = run(snapshot_data(paths))
    typer.echo(found.to_json() if as_json else str(found))
