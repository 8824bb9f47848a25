"""`kgtools query`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json, load_data, print_table, question_names
from kgtools.errors import InputError


def query(
    name: Annotated[
        str,
        typer.Argument(
            help="A named question, or - to read SPARQL from standard input.", autocompletion=question_names
        ),
    ],
    values: Annotated[list[str] | None, typer.Argument(help="Parameters as name=value.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", help="Ask the question in this .rq file (NAME is then its label)."),
    ] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    engine: Annotated[str, typer.Option(help="oxigraph or rdflib.")] = "oxigraph",
    endpoint: Annotated[str | None, typer.Option(help="Ask a SPARQL endpoint instead; needs --timeout.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds until the query is given up.")] = None,
    entailed: Annotated[bool, typer.Option(help="Ask over the entailed triples too.")] = True,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Json = False,
) -> None:
    """Ask a named question, a file, or SPARQL text from standard input.

    Example: kgtools query who-led-round round=ind-jpn-strategic-dialogue-17

    Example: echo 'SELECT ?p { ?p a ipp:Nation }' | kgtools query -
    """
    from kgtools.inference import infer as run_infer
    from kgtools.question import ask, bind, questions, read_question
    from kgtools.sparql.endpoint import EndpointEngine
    from kgtools.sparql.workers import within

    if "=" in name and not file:
        raise InputError(f"'{name}' is a parameter; the question's name comes first")
    given = {}
    for pair in values or []:
        key, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"'{pair}' is not name=value")
        given[key] = value
    if name == "-":
        if given:
            raise InputError("SPARQL text takes no parameters; write the values into it")
        text = sys.stdin.read()
    elif file:
        text = bind(read_question(file), given)
    else:
        known = questions()
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, n=3)
            raise InputError(
                f"no question is called '{name}'"
                + (f"; did you mean {' or '.join(near)}?" if near else "; kgtools questions lists them")
            )
        text = bind(known[name], given)
    if endpoint:
        if timeout is None:
            raise InputError("--endpoint needs --timeout SECONDS")
        answer = ask(EndpointEngine(endpoint, timeout=timeout), text, name=name)
    else:
        graph = load_data(data)
        if entailed:
            run_infer(graph)
        chosen = graph.engine(engine)
        if timeout is None:
            answer = ask(chosen, text, name=name)
        else:
            answer = within(timeout, lambda: ask(chosen, text, name=name))
    if as_json:
        typer.echo(answer.to_json())
    elif as_csv:
        typer.echo(answer.to_csv(), nl=False)
    else:
        from kgtools.terms import short

        print_table(list(answer.columns), [["" if t is None else short(t) for t in row] for row in answer.rows])
