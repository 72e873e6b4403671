"""The references of a batch: a column of the data set, each row read once and kept laid out for comparison.

A reference is ABC text, a tune, or a list of either, of which the nearest counts. One without music cannot be compared with: those of a
list are passed over, and a sample that has no other gets no reward.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.scoring.digest import Digest, digest

MAX_KEPT = 4096  # references; a few kilobytes each
NO_COLUMNS = ("prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric", "environments")


def column_of(columns: Mapping[str, object], name: str, length: int) -> list[object]:
    """The values of a column, one for each completion.

    Raises:
        ValueError: there is no such column, or it is not as long as the completions are many.
    """
    if name not in columns:
        there = ", ".join(sorted(set(columns) - set(NO_COLUMNS))) or "none"
        raise ValueError(
            f"the references are to stand in the column {name!r}, which the data set does not have (its columns: {there}); "
            "name it with reference_column=..., and see that the trainer has remove_unused_columns=False"
        )
    values = columns[name]
    if not isinstance(values, Iterable) or isinstance(values, str | Mapping):
        raise ValueError(f"the column {name!r} has to hold one value for each completion, but is a {type(values).__name__}")
    rows = list(values)
    if len(rows) != length:
        raise ValueError(f"the column {name!r} has {len(rows)} values for {length} completions; it has to have one for each")
    return rows


def references_of(value: object, dialect: str = "standard") -> tuple[Digest, ...]:
    r"""The references of one sample that have music; none where it is broken.

    Args:
        value: ABC text, a tune, or a list or tuple of these.
        dialect: of texts; see `read_abc`.

    >>> [len(references_of(value)) for value in ("K:G\nGAB|", ["K:G\nGAB|", "", None], "Flute, Bassoon", None)]
    [1, 1, 0, 0]
    """
    several = value if isinstance(value, list | tuple) else [value]
    digests = [_digest_of(one, dialect) for one in several if isinstance(one, str | Tune)]
    return tuple(one for one in digests if one.is_readable)


@lru_cache(maxsize=MAX_KEPT)
def _digest_of(music: str | Tune, dialect: str) -> Digest:
    if isinstance(music, Tune):
        return digest(music)
    return digest(read_abc(music, dialect=dialect))
