"""One limit around a whole command: deadline and memory, from the reading of its files to its last line."""

from __future__ import annotations

import contextlib
import inspect
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import wraps
from types import FrameType
from typing import Annotated, NoReturn

import typer

from kgtools.errors import KgError, LimitError
from kgtools.sparql.workers import Child, can_fork, deadline, message

MEMORY = 8 << 30
"""How many bytes a command may take; questions have a lower limit of their own."""

SECONDS = 600.0
"""The deadline of a command that names no other."""

Timeout = Annotated[
    float, typer.Option("--timeout", help="Seconds until the whole command is given up: reading, inference and all.")
]


def limited(command: Callable[..., None]) -> Callable[..., None]:
    """A command that is done within a deadline and a limit on memory; it has the option `--timeout`.

    Args:
        command: a command as Typer takes it. Where it has a parameter `timeout` of its own, that is the deadline, and
            it is given it. Where it is asked to `watch`, it has no limit: it stays until it is interrupted.
    """
    signature = inspect.signature(command, eval_str=True)
    options = list(signature.parameters.values())
    own = "timeout" in signature.parameters
    if not own:
        options.append(
            inspect.Parameter("timeout", inspect.Parameter.KEYWORD_ONLY, default=SECONDS, annotation=Timeout)
        )

    @wraps(command)
    def run(**given: object) -> None:
        seconds = given["timeout"] if own else given.pop("timeout")
        if given.get("watch"):
            command(**given)
        else:
            _within(float(str(seconds)), lambda: command(**given))

    run.__signature__ = signature.replace(parameters=options)  # type: ignore[attr-defined]
    run.__annotations__ = {option.name: option.annotation for option in options}
    return run


def _within(seconds: float, work: Callable[[], None]) -> None:
    """Do the work of a command in a child process that is ended at the deadline, and end with its exit status.

    Args:
        seconds: the deadline.
        work: the command; it prints, and raises what a command raises.

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
        signal.signal(signal.SIGTERM, _end)
        status = status_of(work)
        with contextlib.suppress(OSError, ValueError, KgError, SystemExit):
            sys.stdout.flush()
        os.write(answered, message(bytes([status])))

    before = signal.signal(signal.SIGTERM, _end)
    try:
        child = Child(run, memory=MEMORY, grace=min(1.0, seconds / 20))
        try:
            status = child.receive(until)[0]
        except TimeoutError:
            raise LimitError(
                f"no answer within {seconds:g} s, so it was given up, and what was printed is not whole; "
                "ask for less, load less data, or give more time with --timeout"
            ) from None
        finally:
            child.end()
    finally:
        signal.signal(signal.SIGTERM, before)
    if status:
        raise typer.Exit(status)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """End on a signal as on an error, so that no temporary file and no child is left behind."""
    raise SystemExit(128 + number)


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
