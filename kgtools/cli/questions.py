"""`kgtools questions`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from kgtools.cli.common import Json, print_table, question_names
from kgtools.errors import InputError


def questions(
    name: Annotated[str | None, typer.Argument(help="Describe this one.", autocompletion=question_names)] = None,
    as_json: Json = False,
) -> None:
    """List the named questions, or describe one.

    Example: kgtools questions who-led-round
    """
    from kgtools.question import questions as read

    known = read()
    if name is not None and name not in known:
        raise InputError(f"no question is called '{name}'; kgtools questions lists them")
    chosen = [known[name]] if name else list(known.values())
    if as_json:
        typer.echo(json.dumps([q.to_dict() for q in chosen], ensure_ascii=False, indent=1))
    elif name:
        q = chosen[0]
        typer.echo(f"{q.name}: {q.summary}\n")
        for p in q.parameters:
            typer.echo(f"  {p.name}={p.default}  ({p.type}) {p.meaning}")
        for column, meaning in q.columns:
            typer.echo(f"  column {column}: {meaning}")
        typer.echo(f"\nExample: {q.example}")
    else:
        print_table(["question", "summary"], [[q.name, q.summary] for q in chosen])
