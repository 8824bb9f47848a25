"""`kgtools due`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json, KnownOn, ValidOn, day, snapshot_data
from kgtools.errors import InputError


def due(
    promise: Annotated[str | None, typer.Argument(help="One promise: tell its story.")] = None,
    on: Annotated[str | None, typer.Option(help="The day, YYYY-MM-DD; the data set's as-of date by default.")] = None,
    party: Annotated[str | None, typer.Option(help="Only what this party owes (ISO3 or slug).")] = None,
    series: Annotated[str | None, typer.Option(help="Only promises made in rounds of this series.")] = None,
    sector: Annotated[str | None, typer.Option(help="Only promises that concern this sector.")] = None,
    state: Annotated[
        str | None,
        typer.Option(
            help="kept, kept-late, partly, open, due, due-passed, postponed, superseded, withdrawn or lapsed."
        ),
    ] = None,
    follow_through: Annotated[
        str | None, typer.Option("--follow-through", help="Count promises by party, pair, series or year.")
    ] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    valid_on: ValidOn = None,
    known_on: KnownOn = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Json = False,
) -> None:
    """Show what was promised, by when, and what became of it.

    Example: kgtools due --party jpn --state kept-late

    Example: kgtools due ind-jpn-strategic-dialogue-18-economic-security-dialogue-2

    Example: kgtools due --follow-through pair
    """
    from kgtools.records import ledger

    filters = {"party": party, "series": series, "sector": sector, "state": state}
    if ((promise or follow_through) and any(filters.values())) or (promise and follow_through):
        raise InputError("a promise, --follow-through, and the filters do not go together")
    graph, when = snapshot_data(data, valid_on=valid_on, known_on=known_on), day(on, "--on")
    if follow_through:
        found = ledger.follow_through(graph, by=follow_through, on=when)
        form = ledger.tallies_to_json if as_json else ledger.tallies_to_csv if as_csv else ledger.tallies_to_text
        typer.echo(form(found), nl=not as_csv)
        return
    shown = ledger.story(graph, promise, on=when) if promise else ledger.due(graph, on=when, **filters)
    typer.echo(shown.to_json() if as_json else shown.to_csv() if as_csv else str(shown), nl=not as_csv)
