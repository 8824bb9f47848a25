"""Standard output and error that keep data and terminal apart.

Data are strangers' text. On a terminal, control characters in them are shown, not obeyed: `\\x1b` cannot colour, move
or rename anything, and marks that turn the direction of writing cannot make a text look like another. In a pipe or a
file the data come out byte for byte, in UTF-8. What cannot be written is one message and an exit status, once.
"""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from typing import IO, TextIO

from kgtools.errors import InputError

_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_BREAKS = {"\n": "\\n", "\t": "\\t"}
_TABULAR = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def visible(text: str) -> str:
    """A text in which control characters, other than tab and line break, are written as escapes.

    >>> print(visible("a\\x1b]0;owned\\x07b"))
    a\\x1b]0;owned\\x07b
    """
    return _CONTROLS.sub(lambda m: m.group().encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """A text for one cell of a table on a terminal: line breaks and tabs are written as escapes, too."""
    return visible(re.sub("[\n\t]", lambda m: _BREAKS[m.group()], text))


def tabular(text: str) -> str:
    r"""A text for one cell of tab-separated values: tab, line breaks and backslash are escaped.

    >>> print(tabular("a\tb\\c"))
    a\tb\\c
    """
    return re.sub("[\\\\\t\n\r]", lambda m: _TABULAR[m.group()], text)


class Output(io.TextIOBase):
    """A standard stream for strangers' text; see the module.

    Attributes:
        raw: the stream beneath, for what draws on a terminal itself and has made its text :func:`visible`.
    """

    def __init__(self, raw: TextIO | None, name: str, *, always: bool = False) -> None:
        self.raw = raw
        self._name = name
        self._terminal = raw is not None and raw.isatty()
        self._visible = always or self._terminal
        self._failed: Exception | None = None
        if isinstance(raw, io.TextIOWrapper):
            if self._terminal:
                raw.reconfigure(errors="backslashreplace")
            else:
                raw.reconfigure(encoding="utf-8", errors="backslashreplace" if always else "surrogateescape")

    @property
    def buffer(self) -> IO[bytes]:
        return self._stream().buffer

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self.raw, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        return self._terminal

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream().fileno()

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"text is written here, not {type(text).__name__}")
        if text:
            try:
                self._stream().write(visible(text) if self._visible else text)
            except (OSError, ValueError) as error:
                self._fail(error)
        return len(text)

    def flush(self) -> None:
        if self._failed is not None:
            self._fail(self._failed)
        if self.raw is not None:
            try:
                self.raw.flush()
            except (OSError, ValueError) as error:
                self._fail(error)

    def _stream(self) -> TextIO:
        if self._failed is not None:
            self._fail(self._failed)
        if self.raw is None:
            raise OSError(errno.EBADF, "it is closed")
        return self.raw

    def _fail(self, error: Exception) -> None:
        """Nothing more can be written: end quietly where the reader has gone, else with a message."""
        if self._failed is None and self.raw is not None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.raw.fileno())  # what is still buffered goes there when the process ends
            os.close(nowhere)
        self._failed = error
        if isinstance(error, BrokenPipeError):
            raise SystemExit(0)
        if self._name != "standard error":
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise InputError(f"{self._name}: cannot be written: {reason}; what was printed is not whole")


def guard() -> None:
    """Put both standard streams under guard, once; a closed one stays closed for whoever opens files afterwards."""
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None and not _is_open(number):
            os.open(os.devnull, os.O_RDWR)
    if not isinstance(sys.stdout, Output):
        sys.stdout = Output(sys.stdout, "standard output")
    if not isinstance(sys.stderr, Output):
        sys.stderr = Output(sys.stderr, "standard error", always=True)


def unguard() -> None:
    """Give the streams back as they were, so that nothing is said of them when the process ends."""
    if isinstance(sys.stdout, Output):
        sys.stdout = sys.stdout.raw
    if isinstance(sys.stderr, Output):
        sys.stderr = sys.stderr.raw


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
