"""Where embeddings come from: the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class EmbeddingsError(ValueError):
    """Embeddings that cannot be made or used; the message names the file, the fault and the remedy."""


class EmbeddingSource(Protocol):
    """Gives the embedding of a clip.

    Attributes:
        needs_audio: whether `embed` is given the sound.
    """

    needs_audio: bool

    def prepare(self, names: Sequence[str]) -> None:
        """Find every fault that can be found before the work; called first.

        Args:
            names: of all clips, as `rows.clip_name` makes them.

        Raises:
            EmbeddingsError: see there.
        """
        ...

    @property
    def width(self) -> int:
        """Values in a frame, D."""
        ...

    @property
    def description(self) -> str:
        """What made the embeddings, for people; stands in every file."""
        ...

    def has(self, name: str) -> bool:
        """Whether a clip has an embedding; one that has none is left out."""
        ...

    def fingerprint(self, names: Sequence[str]) -> str:
        """The same as long as the embeddings of these clips are the same."""
        ...

    def embed(self, name: str, audio: bytes) -> np.ndarray:
        """The embedding of a clip, ``[240, D]`` float32, without NaN or infinity.

        Args:
            name: of the clip.
            audio: a whole audio file; empty where `needs_audio` is false.

        Raises:
            EmbeddingsError: see there.
        """
        ...
