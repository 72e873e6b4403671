"""Rewards for being near a reference: the whole composite, and one class for each of its parts.

All keep trl's contract: called with keywords, they give a number in 0 (worst) to 1 for each completion, or None where there is nothing to
say: the reference is broken, or says nothing about the part.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from statistics import fmean

from transformers_abc.notation.reader import DIALECTS
from transformers_abc.rewards.completions import abc_of
from transformers_abc.rewards.judging import Case, Jury, Verdict
from transformers_abc.rewards.references import column_of, references_of
from transformers_abc.scoring.composite import DEFAULT_PRESET, PARTS, PRESETS

DEFAULT_COLUMN = "answer"
UNREADABLE = ("lowest", "skip")

LogExtra = Callable[[str, list[float | None]], None]
LogMetric = Callable[[str, float], None]


class ComparingReward(ABC):
    """What rewards against a reference have in common; use one of the classes below.

    Args:
        reference_column: the column of the data set that holds the references: ABC text, a `Tune`, or a list of these.
        unreadable: what a completion without music gets: ``"lowest"`` is 0.0, ``"skip"`` is None.
        num_workers: processes that compare large batches; 0 compares in this one.
        dialect: of completions and references; see `read_abc`.

    Raises:
        ValueError: an argument is none of these. When called: the column is missing, or its length is not that of the completions.
    """

    def __init__(
        self,
        *,
        reference_column: str = DEFAULT_COLUMN,
        unreadable: str = "lowest",
        num_workers: int = 0,
        dialect: str = "standard",
    ) -> None:
        if unreadable not in UNREADABLE:
            raise ValueError(f"unreadable is one of {', '.join(UNREADABLE)}, not {unreadable!r}")
        if dialect not in DIALECTS:
            raise ValueError(f"the dialect is one of {', '.join(DIALECTS)}, not {dialect!r}")
        if num_workers < 0:
            raise ValueError(f"num_workers cannot be {num_workers}")
        self.__name__ = type(self).__name__  # by which trainers log
        self.preset = DEFAULT_PRESET
        self.reference_column = reference_column
        self.unreadable = unreadable
        self.dialect = dialect
        self._jury = Jury(num_workers)
        self._has_warned = False

    def __call__(
        self,
        *,
        completions: Sequence[object],
        log_extra: LogExtra | None = None,
        log_metric: LogMetric | None = None,
        **columns: object,
    ) -> list[float | None]:
        """The reward of each completion.

        Args:
            completions: strings or chat messages; `abc_of` finds the ABC in them. Nothing that stands there raises.
            log_extra: takes a name and a list with a value for each completion.
            log_metric: takes a name and a number for the batch.
            columns: the columns of the data set, one value for each completion, and what else a trainer passes.
        """
        verdicts = self._verdicts(completions, column_of(columns, self.reference_column, len(completions)))
        self._log(verdicts, log_extra, log_metric)
        return [self._reward(verdict) for verdict in verdicts]

    def close(self) -> None:
        """End the worker processes, if any; they end with the program anyway."""
        self._jury.close()

    def _verdicts(self, completions: Sequence[object], rows: Sequence[object]) -> list[Verdict | None]:
        references = [references_of(row, self.dialect) for row in rows]
        self._warn_of_broken(references, rows)
        cases = {
            place: Case(abc_of(completions[place]), several, self.preset if len(several) > 1 else DEFAULT_PRESET, self.dialect)
            for place, several in enumerate(references)
            if several
        }
        verdicts = dict(zip(cases, self._jury.verdicts(list(cases.values())), strict=True))
        return [verdicts.get(place) for place in range(len(rows))]

    def _warn_of_broken(self, references: Sequence[tuple[object, ...]], rows: Sequence[object]) -> None:
        """Once in the life of a reward: a data set has many such rows, or none."""
        if self._has_warned or all(references):
            return
        row = next(place for place, several in enumerate(references) if not several)
        self._has_warned = True
        warnings.warn(
            f"the column {self.reference_column!r} holds no music in row {row} of this batch ({repr(rows[row])[:60]}); such samples get "
            "no reward. Take them out of the data set",
            stacklevel=4,
        )

    def _reward(self, verdict: Verdict | None) -> float | None:
        if verdict is None or (self.unreadable == "skip" and not verdict.score.is_readable):
            return None
        loss = self._loss(verdict)
        return None if loss is None else 1.0 - loss

    @abstractmethod
    def _loss(self, verdict: Verdict) -> float | None:
        """The loss that is rewarded; None where the reference says nothing about it."""

    def _log(  # noqa: B027 (a default that most classes keep, no duty)
        self, verdicts: Sequence[Verdict | None], log_extra: LogExtra | None, log_metric: LogMetric | None
    ) -> None:
        """Nothing: the trainer logs the rewards themselves."""


class AbcReward(ComparingReward):
    r"""1 - the composite loss: how right a transcription is.

    Where the trainer offers it, logs the totals of both presets for each completion, and the means over the batch of the losses, of
    repetition and of unreadable completions, all under its own name: ``AbcReward/loss/pitch``.

    Args:
        preset: ``"full"`` or ``"article"``; one that is not the default is part of the name, as in ``AbcReward_article``.
        reference_column, unreadable, num_workers, dialect: see `ComparingReward`.

    >>> tune = "X:1\nM:2/4\nL:1/4\nK:G\nGA|Bc|]"
    >>> AbcReward()(completions=[tune, "Sorry, I cannot hear any music."], answer=[tune, tune])
    [1.0, 0.0]
    """

    def __init__(
        self,
        preset: str = DEFAULT_PRESET,
        *,
        reference_column: str = DEFAULT_COLUMN,
        unreadable: str = "lowest",
        num_workers: int = 0,
        dialect: str = "standard",
    ) -> None:
        if preset not in PRESETS:
            raise ValueError(f"there is no preset {preset!r}; choose from {', '.join(PRESETS)}")
        super().__init__(reference_column=reference_column, unreadable=unreadable, num_workers=num_workers, dialect=dialect)
        self.preset = preset
        if preset != DEFAULT_PRESET:
            self.__name__ = f"{type(self).__name__}_{preset}"

    def _loss(self, verdict: Verdict) -> float:
        return verdict.score.totals[self.preset]

    def _log(self, verdicts: Sequence[Verdict | None], log_extra: LogExtra | None, log_metric: LogMetric | None) -> None:
        totals = {name: [verdict.score.totals[name] if verdict else None for verdict in verdicts] for name in PRESETS}
        if log_extra:
            for name, values in totals.items():
                log_extra(f"{self.__name__}/loss/{name}", values)
        if log_metric:
            known = [verdict for verdict in verdicts if verdict]
            figures: dict[str, list[float | None]] = {
                **{f"loss/{part}": [verdict.score.parts[part] for verdict in known] for part in PARTS},
                **{f"loss/{name}": values for name, values in totals.items()},
                "unreadable": [float(not verdict.score.is_readable) for verdict in known],
                "repetition": [verdict.repetition for verdict in known],
            }
            for name, values in figures.items():
                if numbers := [value for value in values if value is not None]:
                    log_metric(f"{self.__name__}/{name}", fmean(numbers))


class _PartReward(ComparingReward):
    """1 - one part of the loss, without the gate that ties a header to its music; None where the reference says nothing about the part."""

    part: str

    def _loss(self, verdict: Verdict) -> float | None:
        return verdict.score.parts[self.part]


class PitchReward(_PartReward):
    """1 - the edits of pitch a note."""

    part = "pitch"


class RhythmReward(_PartReward):
    """1 - the edits of rhythm a note."""

    part = "rhythm"


class MetreReward(_PartReward):
    """1 - the loss of the metre."""

    part = "metre"


class TempoReward(_PartReward):
    """1 - the loss of the tempo."""

    part = "tempo"


class KeyReward(_PartReward):
    """1 - the loss of the key."""

    part = "key"


class InstrumentReward(_PartReward):
    """1 - the mean loss of the instruments."""

    part = "instrument"


class FormReward(_PartReward):
    """1 - the loss of form: bars that do not sum, errors and repetition beyond the reference's own."""

    part = "form"
