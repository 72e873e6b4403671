"""Predictions beside their references, from files, folders or JSON lines: what ``transformers-abc score`` reads.

Conventions:
    - A prediction that is missing or broken is empty text: it counts as unreadable. A reference that is broken has no text at all (None):
      its sample is left out.
    - What else was wrong is told in `Pairs.remarks`, a sentence each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from transformers_abc.evaluation.music_files import MUSIC_ENDINGS, MusicFileError, abc_of_file, files_by_id

JSON_LINES = ".jsonl"
_MOST_NAMED = 8  # of missing files and the like


class PairsError(ValueError):
    """Nothing can be paired; the message says what is wrong with which file."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One sample.

    Attributes:
        id: its name.
        prediction: ABC text, or whatever else a model wrote.
        references: ABC texts; None where one is broken.
        group: the piece that it belongs to.
    """

    id: str
    prediction: str
    references: tuple[str, ...] | None
    group: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """All samples, the names without a prediction, the names without a reference, and what to tell the user."""

    pairs: Sequence[Pair]
    missing: Sequence[str] = ()
    surplus: Sequence[str] = ()
    remarks: list[str] = field(default_factory=list)


def load_pairs(prediction: Path, reference: Path | None) -> Pairs:
    """Pair two files, two folders, two files of JSON lines, or the lines of one.

    Raises:
        PairsError: they cannot be paired.
    """
    if reference is None:
        if prediction.suffix.lower() != JSON_LINES:
            raise PairsError(f"{prediction}: needs a reference beside it; only a {JSON_LINES} file can hold both")
        return _pairs_of_lines(_json_lines(prediction), _json_lines(prediction), prediction, prediction)
    for path in (prediction, reference):
        if not path.exists():
            raise PairsError(f"{path}: no such file or folder")
    if prediction.is_dir() != reference.is_dir():
        raise PairsError(f"{prediction} and {reference}: one is a folder and the other a file; give two of a kind")
    if prediction.is_dir():
        return _pairs_of_folders(prediction, reference)
    kinds = {path.suffix.lower() == JSON_LINES for path in (prediction, reference)}
    if len(kinds) > 1:
        raise PairsError(f"{prediction} and {reference}: only one of them is {JSON_LINES}; give two of a kind")
    if kinds == {True}:
        return _pairs_of_lines(_json_lines(prediction), _json_lines(reference), prediction, reference)
    try:
        texts = abc_of_file(prediction), abc_of_file(reference)
    except MusicFileError as error:
        raise PairsError(str(error)) from error
    return Pairs([Pair(prediction.stem, texts[0], (texts[1],), prediction.stem)])


# --- Folders -------------------------------------------------------------------------------------------------------------------------


def _pairs_of_folders(prediction: Path, reference: Path) -> Pairs:
    ours, theirs = files_by_id(prediction, MUSIC_ENDINGS), files_by_id(reference, MUSIC_ENDINGS)
    if not theirs:
        raise PairsError(f"{reference}: holds no music; references end in {' '.join(MUSIC_ENDINGS)}")
    if not ours.keys() & theirs.keys():
        raise PairsError(f"{prediction} and {reference}: no two files have the same name, so nothing can be paired")
    missing, surplus = [name for name in theirs if name not in ours], [name for name in ours if name not in theirs]
    result = Pairs([], missing, surplus, _remarks_on_names(missing, surplus))
    pairs = []
    for name, path in theirs.items():
        text = _text_or_remark(ours[name], result.remarks, "counts as unreadable") if name in ours else ""
        reference_text = _text_or_remark(path, result.remarks, "is left out")
        pairs.append(Pair(name, text or "", None if reference_text is None else (reference_text,), name))
    return Pairs(pairs, missing, surplus, result.remarks)


def _text_or_remark(path: Path, remarks: list[str], consequence: str) -> str | None:
    try:
        return abc_of_file(path)
    except MusicFileError as error:
        remarks.append(f"{error}; it {consequence}")
        return None


def _remarks_on_names(missing: Sequence[str], surplus: Sequence[str]) -> list[str]:
    remarks = []
    if missing:
        remarks.append(f"{len(missing)} without a prediction, counted as unreadable: {_named(missing)}")
    if surplus:
        remarks.append(f"{len(surplus)} without a reference, left out: {_named(surplus)}")
    return remarks


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else "")


# --- JSON lines ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """An object of a file of JSON lines, and where it stands."""

    place: str
    fields: Mapping[str, object]

    @property
    def id(self) -> str | None:
        value = self.fields.get("id")
        return None if value is None else str(value)

    def prediction(self) -> str:
        value = self.fields.get("prediction")
        if value is not None and not isinstance(value, str):
            raise PairsError(f"{self.place}: prediction must be text, found {type(value).__name__}")
        return value or ""

    def references(self) -> tuple[str, ...]:
        value = self.fields.get("references", self.fields.get("reference"))
        several = [value] if isinstance(value, str) else value
        if not isinstance(several, list) or not several or not all(isinstance(one, str) for one in several):
            raise PairsError(f"{self.place}: needs the field reference (text) or references (a list of texts)")
        return tuple(several)


def _json_lines(path: Path) -> list[_Line]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise PairsError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PairsError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error
    lines = list(_parsed(path, text))
    if not lines:
        raise PairsError(f"{path}: holds no lines")
    return lines


def _parsed(path: Path, text: str) -> Iterator[_Line]:
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines: JSON may hold other separators of lines as they are
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise PairsError(f"{place}: is no JSON: {error}") from error
        if not isinstance(fields, dict):
            raise PairsError(f"{place}: expected a JSON object with prediction and reference")
        yield _Line(place, fields)


def _pairs_of_lines(ours: list[_Line], theirs: list[_Line], prediction: Path, reference: Path) -> Pairs:
    """By ``id`` where all lines of both files have one, else line by line."""
    if prediction == reference or not all(line.id is not None for line in (*ours, *theirs)):
        if len(ours) != len(theirs):
            raise PairsError(f"{prediction} has {len(ours)} lines and {reference} has {len(theirs)}; give every line an id to pair them")
        return Pairs([_pair(our, their, str(number)) for number, (our, their) in enumerate(zip(ours, theirs, strict=True), 1)])
    by_id, by_their_id = _by_id(ours), _by_id(theirs)
    missing, surplus = [name for name in by_their_id if name not in by_id], [name for name in by_id if name not in by_their_id]
    if len(missing) == len(by_their_id):
        raise PairsError(f"{prediction} and {reference}: no two lines have the same id, so nothing can be paired")
    pairs = [_pair(by_id.get(name), their, name) for name, their in by_their_id.items()]
    return Pairs(pairs, missing, surplus, _remarks_on_names(missing, surplus))


def _by_id(lines: Sequence[_Line]) -> dict[str, _Line]:
    found: dict[str, _Line] = {}
    for line in lines:
        name = line.id or ""
        if name in found:
            raise PairsError(f"{line.place}: the id {name!r} stands already at {found[name].place}")
        found[name] = line
    return found


def _pair(ours: _Line | None, theirs: _Line, default: str) -> Pair:
    name = theirs.id or default
    return Pair(name, ours.prediction() if ours else "", theirs.references(), str(theirs.fields.get("piece", name)))
