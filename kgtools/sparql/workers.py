"""Work in forked child processes: under a deadline, or on all processors at once.

A forked child sees the memory of its parent as it was, a loaded store with it, and shares no lock and no counter
with it: that is why two children ask one Oxigraph store nearly twice as fast as one, and two threads hardly faster.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from kgtools.errors import EngineError, KgError, LimitError

T = TypeVar("T")
R = TypeVar("R")


class _Child(Generic[R]):
    """A forked process that does one piece of work, whose result can be pickled."""

    def __init__(self, work: Callable[[], R]) -> None:
        context = multiprocessing.get_context("fork")
        receive, send = context.Pipe(duplex=False)
        self._receive = receive

        def run() -> None:
            receive.close()  # else a child whose parent was killed would wait for ever to be read
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its children
            try:
                send.send((True, work()))
            except KgError as error:
                send.send((False, error))

        self._process = context.Process(target=run, daemon=True)
        self._process.start()
        send.close()

    def result(self, seconds: float | None = None) -> R:
        """What the work gave; the child is gone afterwards, whatever happened."""
        try:
            if not self._receive.poll(seconds):
                raise LimitError(f"no answer within {seconds:g} s; simplify the query or give more time with --timeout")
            good, value = self._receive.recv()
        except (EOFError, OSError) as error:
            raise EngineError("the engine died at this; simplify the query or give it less data") from error
        finally:
            self.end()
        if not good:
            raise value
        result: R = value
        return result

    def end(self) -> None:
        self._process.kill()
        self._process.join()


def within(seconds: float, work: Callable[[], R]) -> R:
    """The result of `work`, computed in a forked child, or nothing at all.

    Args:
        seconds: how long it may take.
        work: a function whose result can be pickled; it sees this process's memory as it is now.

    Raises:
        LimitError: time is up; the child was killed.
        EngineError: the child died.
    """
    return _Child(work).result(seconds)


def spread(work: Callable[[T], R], items: Iterable[T], *, fork: bool = True) -> list[R]:
    """`work` done on every item, on all processors at once; the results in the order of the items.

    Each processor takes the next item when it is done with one, so that the longest should come first. Children are
    forked on Linux from a process that runs no other thread and may have children; elsewhere threads do the work.

    Args:
        work: a function whose results can be pickled; what it changes in memory may be lost with a child.
        items: what to do it on.
        fork: False where a child must not use what `work` uses, such as a store on disk.

    Raises:
        KgError: what `work` raised first, in the order of the items.
        EngineError: a child died.

    >>> spread(len, ["one", "three"])
    [3, 5]
    """
    todo = list(items)
    workers = min(os.cpu_count() or 1, len(todo))
    if workers < 2:
        return [work(item) for item in todo]
    if not (fork and _may_fork()):
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(work, todo))
    following = multiprocessing.get_context("fork").Value("q", 0)

    def take() -> list[tuple[int, R | KgError]]:
        done: list[tuple[int, R | KgError]] = []
        while True:
            with following.get_lock():
                at, following.value = following.value, following.value + 1
            if at >= len(todo):
                return done
            try:
                done.append((at, work(todo[at])))
            except KgError as error:
                done.append((at, error))
                following.value = len(todo)

    children = [_Child(take) for _ in range(workers - 1)]
    try:
        found = dict(take())
        for child in children:
            found.update(child.result())
    finally:
        for child in children:
            child.end()
    out: list[R] = []
    for _, result in sorted(found.items(), key=lambda pair: pair[0]):
        if isinstance(result, KgError):
            raise result
        out.append(result)
    return out


def _may_fork() -> bool:
    """Whether forking is safe here, and allowed: a daemonic process, as in a pool, must have no children."""
    alone = threading.active_count() == 1 and not multiprocessing.current_process().daemon
    return sys.platform == "linux" and alone
