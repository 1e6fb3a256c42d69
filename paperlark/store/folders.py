"""The data folder: made where missing, refused where it is not ours, explained where it fails."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from paperlark.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def prepare(folder: Path) -> None:
    """Make the data folder, readable by its owner only, and see that it is ours.

    Raises:
        StoreError: it cannot be made, is no folder, or belongs to another user.
    """
    with explained(folder):
        _not_as_root(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
    if os.getuid() != owner:
        raise StoreError(
            f"The data folder {folder} belongs to another user (uid {owner}): "
            "set PAPERLARK_DATA_DIR to a folder of your own."
        )


def _not_as_root(folder: Path) -> None:
    """Root makes nothing in another user's folder: what is root's would lock that user out."""
    if os.getuid() != 0:
        return
    there = next(path for path in (folder, *folder.parents) if path.exists())
    owner = there.stat().st_uid
    if owner != 0:
        raise StoreError(
            f"The data folder {folder} belongs to another user (uid {owner}), and root would lock "
            "that user out: run paperlark as that user, or set PAPERLARK_DATA_DIR to another path."
        )


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Translate what the machine says about the folder to a `StoreError`."""
    try:
        yield
    except OSError as error:
        raise StoreError(sentence(folder, error)) from error


def sentence(folder: Path, error: OSError) -> str:
    """What is wrong with the folder, and the remedy."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return f"The disk with the data folder {folder} is full: free some space, then try again."
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        return f"The data folder {folder} is not a folder: set PAPERLARK_DATA_DIR to another path."
    reason = (error.strerror or str(error)).lower()
    return (
        f"The data folder {folder} cannot be written ({reason}): "
        "make it writable, or set PAPERLARK_DATA_DIR to another folder."
    )
