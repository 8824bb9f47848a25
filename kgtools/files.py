"""Writing sets of files: all of them new and whole, or all of them as they were.

Each file is written beside its target and brought to disk; when every one is there, they are renamed in one round in
which signals wait, and the folders are brought to disk, too. What fails or is interrupted before leaves nothing behind;
what is killed leaves hidden temporary files, which the next run that writes there removes.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import signal
import stat
import threading
from collections.abc import Iterable
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any
from zlib import crc32

from kgtools.errors import InputError

_MARK = ".kgtools-"
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def write(path: Path, content: bytes) -> None:
    """Write one file in one step.

    A link is followed; a file that is there keeps its mode, a new one gets what the umask leaves.

    Raises:
        InputError: the target is no regular file, the folder cannot be written, is being written by another run, or
            the disk is full; what was there is unchanged.
    """
    with Writing() as out:
        out.commit([out.stage(path, content)])


class Writing:
    """A set of files that is changed as one: stage each, commit all; leaving without a commit takes all back.

    Files may be staged from forked children: what tells parent and child of one another is the set's own name.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with Writing(folder) as out:
    ...     out.commit([out.stage(folder / name, b"x") for name in ("a", "b")])
    >>> sorted(path.name for path in folder.iterdir())
    ['a', 'b']

    Args:
        folders: the folders to write to, made if missing; others are taken in as files are staged in this process.

    Raises:
        InputError: a folder cannot be made or written, or another run is writing to it.
    """

    def __init__(self, *folders: Path) -> None:
        self._name = f"{_MARK}{secrets.token_hex(8)}"
        self._locks: dict[Path, int] = {}
        self._made: list[Path] = []
        self._folders = folders
        self._handler: Any = None

    def __enter__(self) -> Writing:
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            self._handler = signal.signal(signal.SIGTERM, _end)
        try:
            for folder in self._folders:
                self._take(folder)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def stage(self, path: Path, content: bytes) -> Path:
        """Write a file beside its target, to disk; it is not seen before :meth:`commit`.

        Returns:
            The path, to be committed.

        Raises:
            InputError: the target is no regular file, or it cannot be written; nothing was changed.
        """
        try:
            target = _target(path)
            self._take(target.parent)
            temporary = self._temporary(target)
            about = target.stat() if target.exists() else None
            if about is not None and not os.access(target, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            mode = 0o666 if about is None else 0o600  # the umask takes from it what it will
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as out:
                if about is not None:
                    os.fchmod(out.fileno(), stat.S_IMODE(about.st_mode))
                    if (about.st_uid, about.st_gid) != (os.geteuid(), os.getegid()):
                        with suppress(PermissionError):  # only its owner or root may give a file away
                            os.fchown(out.fileno(), about.st_uid, about.st_gid)
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}; nothing was changed") from error
        return path

    def digest(self, path: Path) -> str:
        """The SHA-256 of a staged file, in hexadecimal."""
        with self._temporary(_target(path)).open("rb") as staged:
            return file_digest(staged, "sha256").hexdigest()

    def commit(self, paths: Iterable[Path], *, delete: Iterable[Path] = ()) -> None:
        """Put what was staged in place, and delete what is to go, as one: signals wait until it is done.

        Raises:
            InputError: a file could not be renamed; the message says how many were.
        """
        staged = [(path, _target(path)) for path in paths]
        waiting = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        done = 0
        try:
            for path, target in staged:
                try:
                    self._temporary(target).replace(target)
                except OSError as error:
                    left = f"{done} of {len(staged)} files were replaced" if done else "nothing was changed"
                    raise InputError(f"{path}: cannot be written: {error.strerror}; {left}") from error
                done += 1
            for path in delete:
                path.unlink(missing_ok=True)
            for lock in self._locks.values():
                with suppress(OSError):  # some file systems cannot do it for folders
                    os.fsync(lock)
            self._made.clear()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, waiting)

    def _temporary(self, target: Path) -> Path:
        known = crc32(os.fsencode(target.name))
        return target.parent / f".{target.name[:60]}{self._name}-{known:08x}"

    def _take(self, folder: Path) -> None:
        """Make a folder, keep others from writing to it, and remove what a killed run left in it."""
        folder = Path(os.path.realpath(folder))
        if folder in self._locks:
            return
        try:
            missing = [f for f in (folder, *folder.parents) if not f.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            self._made += missing
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise InputError(f"{folder}: cannot be written: {error.strerror}; nothing was changed") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise InputError(
                f"{folder}: another run is writing to this folder; wait until it has ended, or write elsewhere"
            ) from error
        except OSError:
            pass  # some file systems know no locks
        self._locks[folder] = lock
        self._remove(folder, _MARK)

    def _leave(self) -> None:
        for folder in self._locks:
            self._remove(folder, self._name)
        for folder in self._made:  # the innermost first
            try:
                folder.rmdir()
            except OSError:
                break
        for lock in self._locks.values():
            os.close(lock)
        self._locks.clear()
        if self._handler is not None:
            signal.signal(signal.SIGTERM, self._handler)
            self._handler = None

    def _remove(self, folder: Path, mark: str) -> None:
        with suppress(OSError):  # what cannot be removed cannot be written either, which is said when it is tried
            for entry in os.scandir(folder):
                if entry.name.startswith(".") and mark in entry.name and entry.is_file(follow_symlinks=False):
                    Path(entry.path).unlink(missing_ok=True)


def _target(path: Path) -> Path:
    """What is to be replaced: where links lead.

    Raises:
        InputError: it is something else than a regular file.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}; nothing was changed") from error
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a named pipe" if stat.S_ISFIFO(mode) else "no regular file"
        raise InputError(f"{path}: this is {kind}, which is not replaced; name a file")
    return target


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
