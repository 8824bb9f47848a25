"""Writing: beside the target, to disk, then renamed; an interrupted run leaves the old file whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from kgtools.errors import InputError


def write(path: Path, content: bytes) -> None:
    """Write a file in one step.

    Raises:
        InputError: the folder cannot be written, or the disk is full; a file that was there is unchanged.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}; nothing was changed") from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
