"""The banks that training music is played on: a SoundFont, a folder of recorded notes, or both; never sounds that are kept for tests."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.recorded_bank import ENDINGS, RecordedBank
from transformers_abc.synthesis.soundfonts import check_for_training
from transformers_abc.synthesis.timbres import Orchestra


def training_banks(soundfont: Path | None, samples: Path | None, sampling_rate: int, cache: Path) -> list[Orchestra]:
    """The banks that are given, the SoundFont first; none where nothing is.

    Args:
        soundfont: as for a `SoundFontBank`.
        samples: a folder, as for a `RecordedBank`.
        sampling_rate: of the notes to play, in Hz.
        cache: a folder to keep prepared notes in.

    Raises:
        FileNotFoundError: one of them is not there.
        ValueError: the sounds are kept for tests, or are none.
    """
    banks: list[Orchestra] = []
    if soundfont:
        check_for_training(soundfont)
        banks.append(SoundFontBank(soundfont, sampling_rate, cache))
    if samples:
        banks.append(RecordedBank(samples, sampling_rate, cache))
    return banks


def sounds_key(soundfont: Path | None, samples: Path | None) -> str:
    """Short text that is another for other sounds, by which to keep what was made with them.

    Sounds are told apart by names and sizes: of the SoundFont, and of the recorded notes within their folder. Neither where they lie nor
    when they were written counts, so that what is kept may move to another machine together with them.

    Raises:
        FileNotFoundError, ValueError: as `training_banks`, of the SoundFont.
    """
    font = None
    if soundfont:
        check_for_training(soundfont)
        font = [soundfont.name, soundfont.stat().st_size]
    return sha256(json.dumps([font, _notes(samples) if samples else None]).encode()).hexdigest()[:12]


def _notes(samples: Path) -> list[tuple[str, int]]:
    """Name, beginning with that of the instrument's folder, and size of each note; of no folder, none: its bank will say so."""
    notes = (path for path in samples.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    return sorted((path.relative_to(samples).as_posix(), path.stat().st_size) for path in notes)
