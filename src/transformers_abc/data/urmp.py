"""Read a folder in URMP's layout into aligned pieces.

Each piece has a folder ``NN_Name_i1_i2...`` with ``AuMix_*.wav`` (all players), per part k ``AuSep_k_*.wav`` (one player) and
``Notes_k_*.txt`` (what was measured on it: onset in seconds, frequency in Hz, duration in seconds), and ``Sco_*.mid``, the score at a
nominal tempo. Conventions:

    - The score gives bars, metre, lengths and spelling; the Notes give time and pitch. Instruments come from the folder's name, since the
      score's programs say nothing.
    - Where score and performance differ, the text says what was played, as `played_part` describes; `Reading.parts` counts it.
    - The key signature is the score's; whether it is major or minor is found from the notes, since URMP's files say major throughout.

Files of a part are found by its number alone, since in ``15_Surprise_tpt_tpt_tbn`` those of the trombone say ``tpt``.

Source: Li, Liu, Dinesh, Duan, Sharma, *Creating a Multitrack Classical Music Performance Dataset for Multimodal Music Analysis*, IEEE
Transactions on Multimedia 21(2), 2018.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from transformers_abc.data.aligned import AlignedPiece, PieceRecording, TimeMap
from transformers_abc.data.matching import match_notes, tuning_of
from transformers_abc.data.played_part import PartMatch, PlayedNotes, PlayedPart
from transformers_abc.data.urmp_splits import family_of
from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE, Instrument
from transformers_abc.notation.key_finding import mode_of
from transformers_abc.notation.midi_reader import MidiError, read_midi
from transformers_abc.notation.tune import Key, Timed, Tune, Voice
from transformers_abc.outputs import printable

FOLDER_NAME = re.compile(r"(?P<number>\d+)_(?P<name>[^_]+)_(?P<codes>[a-z]+(?:_[a-z]+)*)")
FEWEST_EQUAL = 0.5  # of the notes of a part that could be those of the score; below, score and performance are not the same music
MOST_CHANGED = 0.1  # of the matched notes; players change some, in URMP's 32_Fugue 7 of 253

# Of the instruments whose parts are not written in the treble clef.
_CLEFS = {"va": "alto", **dict.fromkeys(("vc", "db", "bn", "tbn", "tba"), "bass")}


class UrmpError(ValueError):
    """A folder or a piece that cannot be used; the message names the file and the reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A piece and what is to be said about it.

    Attributes:
        piece: what could be used; its recordings are those whose file and Notes are there.
        parts: one a voice of the piece.
        problems: what is missing or wrong, one sentence each, with the file.
    """

    piece: AlignedPiece
    parts: tuple[PartMatch, ...]
    problems: tuple[str, ...]


def piece_folders(root: Path) -> list[Path]:
    """The folders of pieces below `root`: its own children, or those of a folder ``Dataset`` in it; `root` may also be one piece.

    Raises:
        UrmpError: there are none, or `root` cannot be read.
    """
    _check_readable(root)
    for folder in (root, root / "Dataset"):
        found = sorted(path for path in folder.glob("*") if path.is_dir() and FOLDER_NAME.fullmatch(path.name))
        if found:
            return found
    if FOLDER_NAME.fullmatch(root.name):
        return [root]
    raise UrmpError(f"{root}: not URMP: no folder in it is called like 01_Jupiter_vn_vc (number, name and instruments)")


def read_piece(folder: Path) -> Reading:
    """Read one piece.

    Args:
        folder: called ``NN_Name_i1_i2...``.

    Raises:
        UrmpError: nothing of the piece can be used.
    """
    _check_readable(folder)
    instruments = _instruments(folder)
    score = _score(folder, instruments)
    problems: list[str] = []
    played = [_found_notes(folder, part, problems) for part in range(1, len(instruments) + 1)]
    parts = _match(folder, score, played, problems)
    counts = {place: part.counts(instruments[place].code) for place, part in parts.items()}
    problems += [said for place, match in counts.items() if (said := _much_changed(folder, place + 1, match))]
    voices, onsets_s = zip(*(part.as_played(score.keys) for part in parts.values()), strict=True)
    name = printable(folder.name)
    piece = AlignedPiece(
        id=name,
        family=family_of(name),
        source="urmp",
        score=replace(score, voices=voices),
        onsets_s=onsets_s,
        recordings=tuple(_recordings(folder, list(parts), len(instruments), problems)),
    )
    return Reading(piece, tuple(counts.values()), tuple(problems))


def _check_readable(folder: Path) -> None:
    """`Path.glob` finds nothing where it may not look."""
    try:
        next(folder.iterdir(), None)
    except FileNotFoundError:
        raise UrmpError(f"{folder}: no such folder") from None
    except OSError as error:
        raise UrmpError(f"{folder}: the folder cannot be read: {error.strerror}") from error


# --- The score -----------------------------------------------------------------------------------------------------------------------


def _instruments(folder: Path) -> list[Instrument]:
    name = FOLDER_NAME.fullmatch(folder.name)
    if name is None:
        raise UrmpError(f"{folder}: the name has to be like 01_Jupiter_vn_vc: number, name and instruments")
    codes = name["codes"].split("_")
    if unknown := [code for code in codes if code not in INSTRUMENT_BY_CODE]:
        raise UrmpError(f"{folder}: no instrument is called {unknown[0]!r}; known: {' '.join(INSTRUMENT_BY_CODE)}")
    return [INSTRUMENT_BY_CODE[code] for code in codes]


def _score(folder: Path, instruments: list[Instrument]) -> Tune:
    """The score with the instruments of the folder's name, one voice a part."""
    path = next(iter(sorted(folder.glob("Sco_*.mid"))), None)
    if path is None:
        raise UrmpError(f"{folder}: the score Sco_{folder.name}.mid is missing")
    try:
        score = read_midi(path)
    except (MidiError, OSError) as error:
        raise UrmpError(str(error)) from error
    voices = [voice for voice in score.voices if voice.notes]
    if len(voices) != len(instruments):
        raise UrmpError(f"{path}: {len(voices)} parts with notes, but the folder's name has {len(instruments)} instruments")
    named = tuple(
        replace(voice, name=instrument.name, program=instrument.program, clef=_CLEFS.get(instrument.code, "treble"))
        for voice, instrument in zip(voices, instruments, strict=True)
    )
    return replace(score, voices=named, keys=_keys_with_mode(score), title="", tempos=())


def _keys_with_mode(score: Tune) -> Timed[Key]:
    """The same signatures, each major or minor by the notes up to the next one."""
    bounds = [*(onset_wn for onset_wn, _ in score.keys), score.length_wn]
    notes = [note for voice in score.voices for note in voice.notes]
    return tuple(
        (start, Key(key.fifths, mode_of(key.fifths, [(n.pitch_midi, n.length_wn) for n in notes if start <= n.onset_wn < end])))
        for (start, end), (_, key) in zip(pairwise(bounds), score.keys, strict=True)
    )


# --- The performance -----------------------------------------------------------------------------------------------------------------


def _found_notes(folder: Path, part: int, problems: list[str]) -> PlayedNotes | None:
    """The Notes of a part, or None with the reason added to `problems`."""
    path = next(iter(sorted(folder.glob(f"Notes_{part}_*.txt"))), None)
    if path is None:
        problems.append(f"{folder}: Notes_{part}_*.txt is missing")
        return None
    try:
        notes = read_notes(path)
    except UrmpError as error:
        problems.append(str(error))
        return None
    if not len(notes):
        problems.append(f"{path}: there is no note in it")
        return None
    return notes


def read_notes(path: Path) -> PlayedNotes:
    """Read a Notes file: onset in seconds, frequency in Hz and duration in seconds in each line, white space between.

    Raises:
        UrmpError: a line is no such thing, with its number.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UrmpError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from error
    rows = np.array([_numbers(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]).reshape(-1, 3)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    pitches = 69 + 12 * np.log2(rows[:, 1] / 440)
    return PlayedNotes(rows[:, 0], pitches - tuning_of(pitches), rows[:, 0] + rows[:, 2])


def _numbers(path: Path, number: int, line: str) -> list[float]:
    try:
        onset_s, hertz, duration_s = (float(word) for word in line.split())
    except ValueError:
        raise UrmpError(f"{path}:{number}: expected onset, frequency and duration, three numbers, found {line.strip()[:60]!r}") from None
    if not (0 <= onset_s < np.inf and 0 < hertz < np.inf and 0 <= duration_s < np.inf):
        raise UrmpError(f"{path}:{number}: no such note: onset {onset_s:g} s, {hertz:g} Hz, {duration_s:g} s")
    return [onset_s, hertz, duration_s]


# --- Both together -------------------------------------------------------------------------------------------------------------------


def _match(folder: Path, score: Tune, played: list[PlayedNotes | None], problems: list[str]) -> dict[int, PlayedPart]:
    """The parts that can be used, by their places: matched by pitch alone first, then by pitch and by the time that they tell together.

    Notes of other music tell the others a wrong time, so the worst part is left out at a time and the rest is matched anew.
    """
    by_pitch = {
        place: PlayedPart(voice, notes, match_notes(_pitches(voice), notes.pitches))
        for place, (voice, notes) in enumerate(zip(score.voices, played, strict=True))
        if notes is not None
    }
    parts, is_timed = by_pitch, False
    while parts:
        worst = min(parts, key=lambda place: _share(parts[place]))
        if _share(parts[worst]) < FEWEST_EQUAL:
            problems.append(_stranger(folder, worst, parts[worst]))
            by_pitch = {place: part for place, part in by_pitch.items() if place != worst}
            parts, is_timed = by_pitch, False
        elif is_timed:
            return parts
        else:
            parts, is_timed = _matched_by_time(folder, by_pitch), True
    reasons = "; ".join(problem.removeprefix(f"{folder}: ") for problem in problems)
    raise UrmpError(f"{folder}: no part can be used: {reasons}")


def _share(part: PlayedPart) -> float:
    found, possible = part.agreement()
    return found / possible if possible else 0.0


def _stranger(folder: Path, place: int, part: PlayedPart) -> str:
    found, possible = part.agreement()
    return f"{folder}: part {place + 1}: only {found} of {possible} notes are those of the score; it is left out"


def _matched_by_time(folder: Path, parts: dict[int, PlayedPart]) -> dict[int, PlayedPart]:
    known = [(part.voice.notes[i].onset_wn, float(part.notes.onsets_s[j])) for part in parts.values() for i, j in part.pairs]
    try:
        time_map = TimeMap(*zip(*known, strict=True))
    except ValueError as error:
        raise UrmpError(f"{folder}: of the notes played {len(known)} are in the score: {error}") from error
    return {place: _with_time(part, time_map) for place, part in parts.items()}


def _with_time(part: PlayedPart, time_map: TimeMap) -> PlayedPart:
    expected_s = np.array([time_map.seconds_at(note.onset_wn) for note in part.voice.notes])
    return replace(part, pairs=match_notes(_pitches(part.voice), part.notes.pitches, expected_s, part.notes.onsets_s))


def _much_changed(folder: Path, part: int, match: PartMatch) -> str | None:
    """What is to be said of a part that was played quite otherwise than written."""
    if match.changed <= MOST_CHANGED * match.matched:
        return None
    return f"{folder}: part {part}: {match.changed} of {match.matched} notes are at another pitch than in the score; are the Notes its own?"


def _pitches(voice: Voice) -> np.ndarray:
    return np.array([note.pitch_midi for note in voice.notes])


def _recordings(folder: Path, heard: list[int], parts: int, problems: list[str]) -> Iterator[PieceRecording]:
    """The mix, if every part in it is known, and the stems of the parts that are."""
    mix = next(iter(sorted(folder.glob("AuMix_*.wav"))), None)
    if mix is None:
        problems.append(f"{folder}: the mix AuMix_{folder.name}.wav is missing")
    elif len(heard) < parts:
        problems.append(f"{mix}: left out, since the notes of not all its parts are known")
    else:
        yield PieceRecording(mix, tuple(range(parts)))
    for voice, place in enumerate(heard):
        stem = next(iter(sorted(folder.glob(f"AuSep_{place + 1}_*.wav"))), None)
        if stem is None:
            problems.append(f"{folder}: the stem AuSep_{place + 1}_*.wav is missing")
        else:
            yield PieceRecording(stem, (voice,))
