"""A deadline for work inside an engine that has none: the work runs in a child process that can be killed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import TypeVar

from kgtools.errors import EngineError, KgError, LimitError

T = TypeVar("T")


def within(seconds: float | None, work: Callable[[], T]) -> T:
    """The result of `work`, computed in a forked child, or nothing at all.

    Args:
        seconds: how long it may take; None for as long as it needs.
        work: a function whose result can be pickled; it sees this process's memory as it is now.

    Raises:
        LimitError: time is up; the child was killed.
        EngineError: the child died.
    """
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)

    def child() -> None:
        try:
            send.send((True, work()))
        except KgError as error:
            send.send((False, error))

    process = context.Process(target=child, daemon=True)
    process.start()
    send.close()
    try:
        if not receive.poll(seconds):
            raise LimitError(f"no answer within {seconds:g} s; simplify the query or give more time with --timeout")
        good, value = receive.recv()
    except EOFError as error:
        raise EngineError("the engine died on this query; simplify it") from error
    finally:
        process.kill()
        process.join()
    if not good:
        raise value
    result: T = value
    return result
