"""One limit around a whole command: deadline and memory, from the reading of its files to its last line."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from typing import Annotated

import typer

from kgtools.errors import KgError, LimitError
from kgtools.sparql.workers import Child, can_fork, deadline

MEMORY = 8 << 30
"""How many bytes a command may take; questions have a lower limit of their own."""

Timeout = Annotated[
    float, typer.Option("--timeout", help="Seconds until the whole command is given up: reading, inference and all.")
]


def limited(seconds: float, work: Callable[[], None]) -> None:
    """Do the work of a command in a child process that is killed at the deadline, and end with its exit status.

    Args:
        seconds: the deadline.
        work: the rest of the command; it prints, and raises what a command raises.

    Raises:
        InputError: the deadline cannot be kept.
        LimitError: time or memory is up.
        typer.Exit: the work ended with another exit status than 0.
    """
    until = time.monotonic() + deadline(seconds)
    if not can_fork():
        work()
        return

    def run(asked: int, answered: int) -> None:
        status = status_of(work)
        with contextlib.suppress(OSError, ValueError, KgError, SystemExit):
            sys.stdout.flush()
        os.write(answered, _done(status))

    child = Child(run, memory=MEMORY)
    try:
        status = child.receive(until)[0]
    except TimeoutError:
        raise LimitError(
            f"no answer within {seconds:g} s, so it was given up, and what was printed is not whole; "
            "ask for less, load less data, or give more time with --timeout"
        ) from None
    finally:
        child.end()
    if status:
        raise typer.Exit(status)


def _done(status: int) -> bytes:
    from kgtools.sparql.workers import message

    return message(bytes([status]))


def status_of(work: Callable[[], object]) -> int:
    """Do the work, and give its exit status; an error of ours is one line on standard error.

    Raises:
        OSError: standard output cannot be written.
    """
    try:
        try:
            work()
        finally:
            sys.stdout.flush()
    except (typer.Exit, SystemExit) as done:
        code = done.exit_code if isinstance(done, typer.Exit) else done.code
        return code if isinstance(code, int) else 0 if code is None else 1
    except KgError as error:
        typer.echo(f"kgtools: {error}", err=True)
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    return 0
