"""`kgtools query`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgtools.cli.common import Json, KnownOn, ValidOn, print_table, question_names, snapshot_data
from kgtools.cli.limits import Timeout
from kgtools.errors import InputError

if TYPE_CHECKING:
    from kgtools.sparql.answers import Answer, GraphAnswer


def query(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A named question, a .rq file, or - to read SPARQL from standard input.",
            autocompletion=question_names,
        ),
    ] = None,
    values: Annotated[list[str] | None, typer.Argument(help="Parameters as name=value.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the query from this file.")] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    engine: Annotated[str, typer.Option(help="oxigraph or rdflib.")] = "oxigraph",
    endpoint: Annotated[str | None, typer.Option(help="Ask a SPARQL endpoint instead.")] = None,
    timeout: Timeout = 60.0,
    entailed: Annotated[bool, typer.Option(help="Ask over the entailed triples too.")] = True,
    valid_on: ValidOn = None,
    known_on: KnownOn = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Json = False,
) -> None:
    """Ask a named question, a SPARQL file, or SPARQL text from standard input.

    SELECT and ASK answer with rows, CONSTRUCT and DESCRIBE with Turtle.

    Example: kgtools query who-led-round round=ind-jpn-strategic-dialogue-17

    Example: echo 'SELECT ?p { ?p a ipp:Nation }' | kgtools query -
    """
    from kgtools.question import answer_to, bind, find_question, query_of
    from kgtools.sparql.endpoint import EndpointEngine

    if file is not None and name is not None:
        values, name = [name, *(values or [])], None
    if name is not None and "=" in name:
        raise InputError(f"'{name}' is a parameter; the question's name or file comes first")
    given = _parameters(values or [])
    if file is not None or (name is not None and name.endswith(".rq")):
        question = query_of(file or Path(str(name)))
    elif name == "-":
        question = query_of(sys.stdin.read())
    elif name is None:
        raise InputError("name a question (kgtools questions lists them), a .rq file, or - for standard input")
    else:
        question = find_question(name)
    text = bind(question, given)

    if endpoint:
        answer = answer_to(EndpointEngine(endpoint, timeout=timeout), text, name=question.name, timeout=timeout)
    else:
        graph = snapshot_data(data, valid_on=valid_on, known_on=known_on)
        answer = answer_to(graph.engine(engine, entailed=entailed), text, name=question.name, timeout=timeout)
    _print(question.name, answer, as_csv, as_json)


def _print(name: str, answer: Answer | GraphAnswer, as_csv: bool, as_json: bool) -> None:
    from kgtools.sparql.answers import Answer

    if not isinstance(answer, Answer):
        if as_csv or as_json:
            raise InputError(f"{name}: CONSTRUCT and DESCRIBE answer with a graph; it is printed as Turtle")
        typer.echo(answer.to_turtle(), nl=False)
    elif as_json:
        typer.echo(answer.to_json())
    elif as_csv:
        typer.echo(answer.to_csv(), nl=False)
    else:
        from kgtools.terms import short

        print_table(list(answer.columns), [["" if t is None else short(t) for t in row] for row in answer.rows])


def _parameters(values: list[str]) -> dict[str, str]:
    given = {}
    for pair in values:
        key, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"'{pair}' is not name=value")
        given[key] = value
    return given
