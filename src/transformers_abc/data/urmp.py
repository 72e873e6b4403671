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
from transformers_abc.data.played_part import Pairs, PartMatch, PlayedNotes, PlayedPart
from transformers_abc.data.urmp_splits import family_of
from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE, Instrument
from transformers_abc.notation.key_finding import mode_of
from transformers_abc.notation.midi_reader import MidiError, read_midi
from transformers_abc.notation.tune import Key, Timed, Tune, Voice

FOLDER_NAME = re.compile(r"(?P<number>\d+)_(?P<name>[^_]+)_(?P<codes>[a-z]+(?:_[a-z]+)*)")
FEWEST_MATCHED = 0.5  # of the played notes of a part; below, score and performance are not the same music

# Of the instruments whose parts are not written in the treble clef.
_CLEFS = {"va": "alto", **dict.fromkeys(("vc", "db", "bn", "tbn", "tba"), "bass")}


class UrmpError(ValueError):
    """A folder or a piece that cannot be used; the message names the file and the reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A piece and what is to be said about it.

    Attributes:
        piece: what could be used; its recordings are those whose file and Notes are there.
        parts: one a voice of the score.
        problems: what is missing or wrong, one sentence each, with the file.
    """

    piece: AlignedPiece
    parts: tuple[PartMatch, ...]
    problems: tuple[str, ...]


def piece_folders(root: Path) -> list[Path]:
    """The folders of pieces below `root`: its own children, or those of a folder ``Dataset`` in it; `root` may also be one piece.

    Raises:
        UrmpError: there are none.
    """
    if not root.is_dir():
        raise UrmpError(f"{root}: no such folder")
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
    instruments = _instruments(folder)
    score = _score(folder, instruments)
    problems: list[str] = []
    played = [_found_notes(folder, part, problems) for part in range(1, len(instruments) + 1)]
    if not any(notes is not None and len(notes) for notes in played):
        raise UrmpError(f"{folder}: no Notes_*.txt with a note in it: {'; '.join(problems)}")
    pairs = _match(folder, score, played, problems)
    parts = [
        PlayedPart(voice, notes, matched) for voice, notes, matched in zip(score.voices, played, pairs, strict=True) if notes is not None
    ]
    heard = [place for place, notes in enumerate(played) if notes is not None]
    voices, onsets_s = zip(*(part.as_played(score.keys) for part in parts), strict=True)
    piece = AlignedPiece(
        id=folder.name,
        family=family_of(folder.name),
        source="urmp",
        score=replace(score, voices=voices),
        onsets_s=onsets_s,
        recordings=tuple(_recordings(folder, heard, len(instruments), problems)),
    )
    counts = tuple(part.counts(instruments[place].code) for place, part in zip(heard, parts, strict=True))
    return Reading(piece, counts, tuple(problems))


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
        return read_notes(path)
    except UrmpError as error:
        problems.append(str(error))
        return None


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


def _match(folder: Path, score: Tune, played: list[PlayedNotes | None], problems: list[str]) -> list[Pairs]:
    """The pairs of every part: by pitch alone first, then by pitch and by the time that all parts together tell."""
    parts = list(zip(score.voices, played, strict=True))
    by_pitch = [match_notes(_pitches(voice), notes.pitches) if notes is not None else [] for voice, notes in parts]
    _leave_out_strangers(folder, by_pitch, played, problems)
    known = [
        (voice.notes[i].onset_wn, float(notes.onsets_s[j]))
        for (voice, notes), ps in zip(parts, by_pitch, strict=True)
        if notes
        for i, j in ps
    ]
    try:
        time_map = TimeMap(*zip(*known, strict=True)) if known else None
    except ValueError:
        time_map = None
    if time_map is None:
        raise UrmpError(f"{folder}: the notes played are not those of the score: {'; '.join(problems)}")
    matched = []
    for voice, notes in parts:
        expected_s = np.array([time_map.seconds_at(note.onset_wn) for note in voice.notes])
        matched.append(match_notes(_pitches(voice), notes.pitches, expected_s, notes.onsets_s) if notes is not None else [])
    return matched


def _leave_out_strangers(folder: Path, by_pitch: list[Pairs], played: list[PlayedNotes | None], problems: list[str]) -> None:
    """Drop the parts whose notes are not those of the score."""
    for place, (pairs, notes) in enumerate(zip(by_pitch, played, strict=True)):
        if notes is not None and len(pairs) < FEWEST_MATCHED * max(len(notes), 1):
            problems.append(f"{folder}: part {place + 1}: only {len(pairs)} of {len(notes)} notes are in the score; it is left out")
            played[place] = None


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
