"""The one family of errors.

Every message names the file, line or node, what is wrong there, and what to do. The command line turns
each into one line on standard error and the exit status written beside the class.
"""

from __future__ import annotations

from typing import ClassVar


class KgError(Exception):
    """Base of all errors that kgtools raises on purpose."""

    exit_status: ClassVar[int] = 2


class InputError(KgError):
    """A file, query, parameter or shapes graph that cannot be used as it is (exit status 2)."""


class DataError(KgError):
    """The data or an answer is at fault (exit status 1)."""

    exit_status: ClassVar[int] = 1


class LimitError(KgError):
    """A deadline, row or size limit was reached; nothing partial was kept (exit status 3)."""

    exit_status: ClassVar[int] = 3


class EngineError(KgError):
    """A SPARQL engine or endpoint refused, failed or answered with something that is not an answer (exit status 2)."""
