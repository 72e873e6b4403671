"""What is said of files that cannot be used."""

from __future__ import annotations


class PairsError(ValueError):
    """A folder or a piece that cannot be used; the message names the file and the reason."""
