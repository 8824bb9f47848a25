"""Work in forked child processes: what can run away under limits, and what can be shared out on all processors.

A forked child sees the memory of its parent as it was, a loaded store with it, and shares no lock and no counter
with it: that is why two children ask one Oxigraph store nearly twice as fast as one, and two threads hardly faster.
Neither Oxigraph nor pySHACL can be stopped once it is at work; a child can be killed, without harm to the caller.

A child ends with its parent, however that ends. One that answers questions of strangers can open neither file nor
socket. Where processes cannot be forked (elsewhere than on Linux), the work is done in this process without limits.
"""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import pickle
import select
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn, TypeVar

from kgtools.errors import EngineError, InputError, KgError, LimitError

T = TypeVar("T")
R = TypeVar("R")

LONGEST = 86_400.0
"""The longest deadline, in seconds: a day."""

_HEAD = struct.Struct("!BQ")
_GOOD, _RAISED = 1, 2
_FOR_THE_PARENT = (signal.SIGINT, signal.SIGTERM)
_ours: set[int] = set()  # pipe ends of this process that no child may keep open
_forking = threading.Lock()


def deadline(seconds: float) -> float:
    """The number of seconds, where it can be kept.

    Raises:
        InputError: it is not above 0, not a number, or longer than a day.
    """
    if not 0 < seconds <= LONGEST:  # nan is not
        raise InputError(f"a deadline of {seconds:g} seconds cannot be kept; give more than 0 and at most {LONGEST:g}")
    return seconds


def can_fork() -> bool:
    """Whether work can be done in a forked child here."""
    return sys.platform == "linux"


class Child:
    """A forked process that does `work`, which is given a function to call with the pipe ends to talk to its parent.

    Args:
        work: what the child does; it is given the descriptors to read from and to write to.
        memory: how many bytes it may take on top of what its parent has; None for no limit.
        files: whether it may open files and sockets.
        grace: how many seconds it has to leave no files behind when it is told to end (SIGTERM), before it is killed.
    """

    def __init__(
        self,
        work: Callable[[int, int], None],
        *,
        memory: int | None = None,
        files: bool = True,
        grace: float = 0.0,
    ) -> None:
        import ctypes

        libc = ctypes.CDLL(None)
        in_main = threading.current_thread() is threading.main_thread()
        parent = os.getpid()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        with _forking:
            asked, self._send = os.pipe()
            self._receive, answered = os.pipe()
            waiting = signal.pthread_sigmask(signal.SIG_BLOCK, _FOR_THE_PARENT)  # until the child has its own handlers
            try:
                pid = os.fork()
                if pid == 0:
                    ends = (self._send, self._receive)
                    _child(work, asked, answered, ends, libc, parent, in_main, memory, files, waiting)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, waiting)
            _ours.update((self._send, self._receive))
        os.close(asked)
        os.close(answered)
        self.pid = pid
        self._owner = parent
        self._grace = grace

    def send(self, message: bytes) -> None:
        """Give the child a message.

        Raises:
            EngineError: it is gone.
        """
        try:
            _write(self._send, _HEAD.pack(_GOOD, len(message)), message)
        except OSError as error:
            raise EngineError(self._death()) from error

    def receive(self, until: float, most: int | None = None) -> bytes:
        """What the child answers.

        Args:
            until: when to give up (:func:`time.monotonic`).
            most: how many bytes may come.

        Raises:
            LimitError: time is up, or too much came; the child is killed.
            EngineError: the child died.
            KgError: what the child raised.
        """
        head = self._read(_HEAD.size, until)
        kind, size = _HEAD.unpack(head)
        if most is not None and size > most:
            self.end()
            raise LimitError(f"the answer has {size:,} bytes, the limit is {most:,}; ask for less, or add LIMIT")
        body = self._read(size, until)
        if kind == _RAISED:
            raise pickle.loads(body)
        return body

    def _read(self, size: int, until: float) -> bytes:
        parts: list[bytes] = []
        poll = select.poll()
        poll.register(self._receive, select.POLLIN)
        while size:
            left = until - time.monotonic()
            if left <= 0 or not poll.poll(None if left == math.inf else math.ceil(left * 1000)):
                self.end()
                raise TimeoutError
            part = os.read(self._receive, min(size, 1 << 20))
            if not part:
                reason = self._death()
                raise (LimitError if "memory" in reason else EngineError)(reason)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _death(self) -> str:
        status = self.end()
        if status in (signal.SIGABRT, signal.SIGKILL):
            return "the worker process ran out of memory; simplify the query, ask for less, or load less data"
        return f"the worker process died (signal {status}); simplify the query or load less data"

    def end(self) -> int:
        """Kill the child, wherever it is; the signal that it died of (0 where it ended by itself)."""
        if self.pid == 0:
            return 0
        pid, self.pid = self.pid, 0
        status = 0
        if self._owner == os.getpid():  # a fork of the owner has the object, but not the child
            with contextlib.suppress(ChildProcessError):
                done, status = os.waitpid(pid, os.WNOHANG)
                if not done and self._grace:
                    os.kill(pid, signal.SIGTERM)
                    done, status = _ended(pid, self._grace)
                if not done:
                    os.kill(pid, signal.SIGKILL)
                    _, status = os.waitpid(pid, 0)
        for end in (self._send, self._receive):
            _ours.discard(end)
            with contextlib.suppress(OSError):
                os.close(end)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.end()


def _child(
    work: Callable[[int, int], None],
    asked: int,
    answered: int,
    others: tuple[int, int],
    libc: object,
    parent: int,
    in_main: bool,
    memory: int | None,
    files: bool,
    waiting: set[signal.Signals | int],
) -> NoReturn:
    """What the child does after the fork: tie itself to its parent, take on its limits, work, and be gone."""
    global _forking
    import resource

    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its children
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)
        for end in (*others, *_ours):
            with contextlib.suppress(OSError):
                os.close(end)
        _ours.clear()
        _forking = threading.Lock()
        if in_main:  # the kernel counts the death of the thread that forked as the parent's
            libc.prctl(1, signal.SIGKILL)  # type: ignore[attr-defined]
        else:
            threading.Thread(target=_follow, args=(parent,), daemon=True).start()
        if os.getppid() != parent:
            os._exit(1)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory is not None:
            _limit_memory(memory)
        if not files:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where an engine that is out of memory would say so
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        work(asked, answered)
        status = 0
    except BaseException as error:  # noqa: BLE001  whatever it is, the parent is told in one line
        with contextlib.suppress(BaseException):
            _tell(answered, error)
    finally:
        os._exit(status)


def _ended(pid: int, seconds: float) -> tuple[int, int]:
    """What `waitpid` says of a child that has so long to end; 0 where it goes on."""
    handle = os.pidfd_open(pid)
    try:
        select.select([handle], [], [], seconds)
    finally:
        os.close(handle)
    return os.waitpid(pid, os.WNOHANG)


def _limit_memory(more: int) -> None:
    import resource

    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123
        now = int(statm.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = now + more if hard == resource.RLIM_INFINITY else min(hard, now + more)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _tell(answered: int, error: BaseException) -> None:
    """Send an error to the parent; one that is none of ours in one line."""
    if isinstance(error, MemoryError):
        error = LimitError("out of memory; simplify the query, ask for less, or load less data")
    elif not isinstance(error, KgError):
        text = " ".join(str(error).split())[:300]
        error = EngineError(f"unforeseen: {type(error).__name__}: {text}; please report this")
    body = pickle.dumps(error)
    _write(answered, _HEAD.pack(_RAISED, len(body)), body)


def _write(end: int, *parts: bytes) -> None:
    for part in parts:
        view = memoryview(part)
        while view:
            view = view[os.write(end, view) :]


def _incoming(asked: int) -> Iterator[bytes]:
    """The messages of the parent, until it is gone or wants no more."""

    def read(size: int) -> bytes:
        parts = []
        while size:
            part = os.read(asked, size)
            if not part:
                return b""
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    while head := read(_HEAD.size):
        yield read(_HEAD.unpack(head)[1])


def message(body: bytes) -> bytes:
    """A message as it goes over a pipe."""
    return _HEAD.pack(_GOOD, len(body)) + body


def within(seconds: float, work: Callable[[], R], *, memory: int | None = None, files: bool = True) -> R:
    """The result of `work`, computed in a forked child, or nothing at all.

    Args:
        seconds: how long it may take.
        work: a function whose result can be pickled; it sees this process's memory as it is now.
        memory: how many bytes it may take on top of what this process has.
        files: whether it may open files and sockets.

    Raises:
        InputError: no such deadline can be kept.
        LimitError: time is up, or memory; the child was killed.
        EngineError: the child died, or met an error that is none of ours.
    """
    until = time.monotonic() + deadline(seconds)
    if not can_fork():
        return work()

    def run(asked: int, answered: int) -> None:
        body = pickle.dumps(work(), pickle.HIGHEST_PROTOCOL)
        _write(answered, _HEAD.pack(_GOOD, len(body)), body)

    child = Child(run, memory=memory, files=files)
    try:
        result: R = pickle.loads(child.receive(until))
    except TimeoutError:
        raise late(seconds) from None
    finally:
        child.end()
    return result


def late(seconds: float) -> LimitError:
    """The error of a deadline that passed."""
    return LimitError(f"no answer within {seconds:g} s; simplify what is asked, or give it more time")


Answering = Callable[[bytes], bytes]
"""What a forked process does with a question; it can open neither file nor socket."""


class Pool:
    """Forked processes that answer questions, each with the memory of this process as it was when it was forked.

    Args:
        version: tells which state of what is asked this process sees; None where that cannot be told, so that each
            question is answered by a process forked for it.

    Attributes:
        lock: held while a process is forked; whoever changes what is asked holds it, too.
    """

    def __init__(self, version: Callable[[], object]) -> None:
        self._version = version
        self._anew()

    def _anew(self) -> None:
        self.lock = threading.RLock()
        self._owner = os.getpid()
        self._idle: list[tuple[object, Child]] = []
        self._places = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))

    def ask(
        self, answer: Answering, message: bytes, *, key: object = None, seconds: float, most: int, memory: int
    ) -> bytes:
        """The answer to a message.

        Args:
            answer: what the process does.
            message: what it is given.
            key: what tells one `answer` from another.
            seconds: the deadline; a wait for a process counts.
            most: how many bytes the answer may have.
            memory: how many bytes the process may take on top of what this one has.

        Raises:
            LimitError: time or memory is up, or the answer is too long.
            EngineError: the process died.
            KgError: what `answer` raised.
        """
        until = time.monotonic() + deadline(seconds)
        if self._owner != os.getpid():  # this process was forked itself
            self._anew()
        if not self._places.acquire(timeout=seconds):
            raise late(seconds)
        try:
            return self._ask(answer, message, (key, memory), until, most)
        except TimeoutError:
            raise late(seconds) from None
        finally:
            self._places.release()

    def _ask(self, answer: Answering, message: bytes, key: tuple[object, int], until: float, most: int) -> bytes:
        state, child = self._child(answer, key, until)
        try:
            child.send(message)
            return child.receive(until, most)
        except BaseException as error:
            if not isinstance(error, KgError):
                child.end()  # an interrupt, say: its answer is still on the way
            raise
        finally:
            if child.pid and state is not None:
                self._idle.append((state, child))
            else:
                child.end()

    def _child(self, answer: Answering, key: tuple[object, int], until: float) -> tuple[object, Child]:
        """A process that sees what this one sees, and what tells its state."""
        version = self._version()
        state = None if version is None else (version, key)
        while self._idle:
            try:
                known, child = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if known == state:
                return state, child
            child.end()
        if not self.lock.acquire(timeout=max(0.0, until - time.monotonic())):
            raise TimeoutError
        try:
            version = self._version()
            state = None if version is None else (version, key)
            return state, Child(lambda asked, answered: _serve(answer, asked, answered), memory=key[1], files=False)
        finally:
            self.lock.release()


def _serve(answer: Answering, asked: int, answered: int) -> None:
    for message in _incoming(asked):
        try:
            body = answer(message)
        except Exception as error:  # noqa: BLE001  the next question is answered all the same
            _tell(answered, error)
        else:
            _write(answered, _HEAD.pack(_GOOD, len(body)), body)


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

    def run(asked: int, answered: int) -> None:
        body = pickle.dumps(take(), pickle.HIGHEST_PROTOCOL)
        _write(answered, _HEAD.pack(_GOOD, len(body)), body)

    children = [Child(run) for _ in range(workers - 1)]
    try:
        found = dict(take())
        for child in children:
            found.update(pickle.loads(child.receive(math.inf)))
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
