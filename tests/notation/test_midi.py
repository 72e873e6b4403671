"""Tunes into MIDI and back: what comes back, and that a second journey changes nothing."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import mido
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from transformers_abc.notation.midi import TICKS_PER_QUARTER, midi_bytes, to_midi
from transformers_abc.notation.midi_parts.midi_file import parse_midi
from transformers_abc.notation.midi_reader import tune_of_midi
from transformers_abc.notation.musicxml import read_musicxml
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import BarLine, Key, Metre, Note, Tempo, Timed, Tune, Voice, effective_changes

QUARTETS = Path(__file__).resolve().parents[3] / "shared" / "data" / "openscore_quartets"
NO_SHRINKING = (Phase.explicit, Phase.generate)  # of tunes it takes minutes
WHOLE, QUARTER = F(1), F(1, 4)
NOTE = Note(F(0), QUARTER, 60)


def journey(tune: Tune) -> Tune:
    return tune_of_midi(parse_midi(midi_bytes(tune)))


def meta(tune: Tune, kind: str) -> list[mido.MetaMessage]:
    return [message for message in to_midi(tune).tracks[0] if message.type == kind]


def sounds(voice: Voice) -> Counter[tuple[F, F, int]]:
    """Onsets and ends of each pitch, the first onset with the first end and so on: MIDI does not say which note an end belongs to."""
    pitches = {note.pitch_midi for note in voice.notes}
    onsets = {pitch: sorted(note.onset_wn for note in voice.notes if note.pitch_midi == pitch) for pitch in pitches}
    ends = {pitch: sorted(note.end_wn for note in voice.notes if note.pitch_midi == pitch) for pitch in pitches}
    return Counter((onset, end, pitch) for pitch in pitches for onset, end in zip(onsets[pitch], ends[pitch], strict=True))


def signs(keys: Timed[Key], end_wn: F) -> Timed[tuple[int, bool]]:
    return effective_changes([(onset_wn, (key.fifths, key.mode == "minor")) for onset_wn, key in keys], end_wn)


def microseconds(tempos: Timed[Tempo], end_wn: F) -> Timed[int]:
    """Per quarter; MIDI has three bytes for them."""
    return effective_changes([(onset_wn, min(round(tempo.whole_note_s * 250_000), 0xFFFFFF)) for onset_wn, tempo in tempos], end_wn)


def assert_same_music(before: Tune, after: Tune) -> None:
    end_wn = before.length_wn
    assert [sounds(voice) for voice in after.voices] == [sounds(voice) for voice in before.voices]
    assert [(voice.name, voice.program) for voice in after.voices] == [(voice.name, voice.program) for voice in before.voices]
    assert after.bar_lengths_wn == before.bar_lengths_wn
    assert after.metres == effective_changes(before.metres, end_wn)
    assert signs(after.keys, end_wn) == signs(before.keys, end_wn)
    assert microseconds(after.tempos, end_wn) == microseconds(before.tempos, end_wn)
    assert after.title == before.title


# --- Properties ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [False, True], ids=["plain", "with repeats and odd metres"])
def test_journey_keeps_the_music(random_tunes: Callable[..., st.SearchStrategy[Tune]], written: bool) -> None:
    @settings(max_examples=60, deadline=None, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck))
    @given(random_tunes(tuplets=(3, 5), written=written))
    def check(tune: Tune) -> None:
        after = journey(tune)
        assert_same_music(expand_repeats(tune), after)
        assert midi_bytes(after) == midi_bytes(tune)

    check()


def test_file_in_memory_reads_as_its_bytes(random_tunes: Callable[..., st.SearchStrategy[Tune]]) -> None:
    @settings(max_examples=20, deadline=None, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck))
    @given(random_tunes(tuplets=(3,)))
    def check(tune: Tune) -> None:
        assert tune_of_midi(to_midi(tune)) == journey(tune)

    check()


QUARTET_FILES = sorted(QUARTETS.glob("*.mxl"), key=lambda path: path.stat().st_size)[:3]


@pytest.mark.skipif(not QUARTET_FILES, reason="shared/data/openscore_quartets is not here")
@pytest.mark.parametrize("path", QUARTET_FILES, ids=lambda path: path.stem[:40])
def test_quartets_come_back(path: Path) -> None:
    tune = read_musicxml(path)
    after = journey(tune)
    assert_same_music(expand_repeats(tune), after)
    assert midi_bytes(after) == midi_bytes(tune)


# --- The writer ---------------------------------------------------------------------------------------------------------------------


def test_mido_reads_the_same_notes() -> None:
    triplet = tuple(Note(F(place, 12), F(1, 12), 60 + 2 * place) for place in range(3))
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(Tune((Voice(triplet),), (WHOLE,)))))
    onsets = []
    now = 0
    for message in file.tracks[1]:
        now += message.time
        if message.type == "note_on":
            onsets.append((F(now, 4 * TICKS_PER_QUARTER), message.note))
    assert onsets == [(F(0), 60), (F(1, 12), 62), (F(1, 6), 64)]


def test_repeats_are_played_out() -> None:
    tune = Tune((Voice((NOTE,)),), (WHOLE,), bar_lines=((WHOLE, BarLine(plays=2)),))
    assert [note.onset_wn for note in journey(tune).voices[0].notes] == [0, 1]


@pytest.mark.parametrize(
    ("lengths", "metres", "expected"),
    [
        pytest.param((WHOLE, WHOLE), [(0, Metre(4, 4))], [(0, 4, 4, None)], id="plain"),
        pytest.param((QUARTER, WHOLE), [(0, Metre(4, 4))], [(0, 1, 4, "M:4/4"), (960, 4, 4, None)], id="pickup as MuseScore writes it"),
        pytest.param(
            (F(1, 2), WHOLE), [(0, Metre(2, 4)), (F(1, 2), Metre(4, 4))], [(0, 2, 4, "M:2/4"), (1920, 4, 4, None)], id="no pickup"
        ),
        pytest.param((WHOLE,), [(0, Metre(4, 4, "C"))], [(0, 4, 4, "M:C")], id="symbol"),
        pytest.param((F(3, 8), F(5, 8)), [(0, Metre(4, 4, "none"))], [(0, 3, 8, "M:none"), (1440, 5, 8, "M:none")], id="free"),
        pytest.param((F(75, 2),), [(0, Metre(300, 8))], [(0, 75, 2, "M:300/8")], id="numerator beyond a byte"),
        pytest.param((F(17, 12), WHOLE), [(0, Metre(4, 4))], [(0, 91, 64, "M:4/4"), (5440, 4, 4, None)], id="no power of two"),
    ],
)
def test_time_signatures(lengths: tuple[F, ...], metres: list[tuple[F, Metre]], expected: list[tuple[int, int, int, str | None]]) -> None:
    tune = Tune((), lengths, tuple((F(onset), metre) for onset, metre in metres))
    found, now, text = [], 0, None
    for message in to_midi(tune).tracks[0]:
        now += message.time
        if message.type == "text":
            text = message.text
        if message.type == "time_signature":
            found.append((now, message.numerator, message.denominator, text))
            text = None
    assert found == expected


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Key(0), "C"),
        (Key(7), "C#"),
        (Key(-7), "Cb"),
        (Key(7, "minor"), "A#m"),
        (Key(-7, "minor"), "Abm"),
        (Key(-1, "dorian"), "F"),
        (Key(0, "phrygian", (("G", 1),)), "C"),
        (Key(8), "Ab"),  # G sharp major, eight sharps, as its enharmonic key
        (Key(-9, "minor"), "F#m"),
    ],
)
def test_key_signatures(key: Key, name: str) -> None:
    assert [message.key for message in meta(Tune((), (WHOLE,), keys=((F(0), key),)), "key_signature")] == [name]


@pytest.mark.parametrize(
    ("tempos", "expected"),
    [
        ((), []),
        (((F(0), Tempo(F(1, 4), F(120), "Allegro")),), [500_000]),
        (((F(0), Tempo(F(3, 8), F(80))), (QUARTER, Tempo(F(1, 4), F(120)))), [500_000]),  # the same tempo, counted otherwise
        (((F(0), Tempo(F(1, 4), F(1, 100))),), [0xFFFFFF]),
    ],
)
def test_tempos(tempos: Timed[Tempo], expected: list[int]) -> None:
    assert [message.tempo for message in meta(Tune((), (WHOLE,), tempos=tempos), "set_tempo")] == expected


def test_many_voices_share_channels_by_program() -> None:
    pitched = [Voice((NOTE,), f"{number}", program=(40, 41, None)[number % 3]) for number in range(20)]
    tune = Tune((*pitched, Voice((NOTE,), clef="perc")), (WHOLE,))
    channels = [next(message.channel for message in track if message.type == "note_on") for track in to_midi(tune).tracks[1:]]
    assert channels == [(0, 1, 2)[number % 3] for number in range(20)] + [9]
    assert_same_music(tune, journey(tune))


def test_drums_come_back_as_drums() -> None:
    tune = Tune((Voice((NOTE,), "Kit", clef="perc"),), (WHOLE,))
    assert [(voice.name, voice.clef) for voice in journey(tune).voices] == [("Kit", "perc")]


def test_silent_voices_and_bars_come_back() -> None:
    tune = Tune((Voice((NOTE,), "Flöte", 73), Voice((), "Viola", 41, "alto"), Voice((), "音")), (WHOLE,) * 7)
    after = journey(tune)
    assert_same_music(tune, after)
    assert midi_bytes(after) == midi_bytes(tune)


def test_no_note_gets_lost_in_rounding() -> None:
    tune = Tune((Voice((Note(F(0), F(1, 100_000), 60),)),), (WHOLE,))
    assert [message.time for message in to_midi(tune).tracks[1] if message.type == "note_off"] == [1]


def test_empty_tune() -> None:
    assert journey(Tune((), ())) == replace(Tune((), ()), keys=((F(0), Key(0)),))
