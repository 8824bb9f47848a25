"""`kgtools new`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json
from kgtools.errors import InputError


def new(
    kind: Annotated[str, typer.Argument(help="round exercise meeting visit call instrument source tenure commitment.")],
    values: Annotated[
        list[str] | None, typer.Argument(help="What is known, as field=value; none: list the fields.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder; that of the checkout by default.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the Turtle instead of writing it.")] = False,
    as_json: Json = False,
) -> None:
    """Write the skeleton of a new record into the file where it belongs; refuse what is there already.

    Example: kgtools new source url=https://www.example.org/page title="A page" publisher="Example" kind=news --dry-run

    Example: kgtools new round series=ind-jpn-strategic-dialogue ordinal=19 date=2027-01 url=https://www.mofa.go.jp/mofaj/s_sa/sw/in/pageit_000001_00014.html --dry-run
    """
    from kgtools.graph import load
    from kgtools.rdf.write import to_turtle
    from kgtools.records.new import KINDS, put
    from kgtools.records.new import new as make
    from kgtools.terms import home, short

    given: dict[str, str] = {}
    for pair in values or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"'{pair}' is not field=value")
        if name in given:
            raise InputError(f"'{name}' is given twice")
        given[name] = value
    if kind in KINDS and not given:
        for title, fields in zip(("needs", "may have"), KINDS[kind], strict=True):
            typer.echo(f"A {kind} {title}:")
            for name, meaning in fields.items():
                typer.echo(f"  {name}=  {meaning}")
        return
    root = data or home("data")
    if data is None and root.parent.name == "bundled" and not dry_run:
        raise InputError("an installed kgtools does not edit its own data; name a folder with --data")
    graph = load(root)
    skeleton = make(graph, kind, given, today=datetime.now(UTC).date())
    name = short(skeleton.record)
    if dry_run:
        typer.echo(to_turtle(skeleton.triples).decode(), nl=False)
        return
    written = put(graph, root, skeleton)
    if as_json:
        typer.echo(json.dumps({"record": name, "files": [str(p) for p in written], "todo": skeleton.todo}, indent=1))
        return
    typer.echo(f"{name} in {', '.join(map(str, written))}")
    for line in skeleton.todo:
        typer.echo(f"  {line}")
