"""What is heard is what the labels say: onsets measured in the sound, from the first note to the last."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.rendering import render_performance, render_span, render_tune
from transformers_abc.synthesis.timbres import InventedOrchestra
from transformers_abc.synthesis.tune_performance import TunePerformance, perform_tune

RATE = 8_000

# A pickup, a triplet, a chord and a rest, each note so short that there is silence before the next: 0.45 of 0.5 s and a release.
STACCATO = read_abc(
    'X:1\nM:3/4\nL:1/4\nQ:1/4=40\nK:G\nV:1 name="Acoustic Grand Piano"\n%%MIDI program 0\n.D | .G z/ .B/ (3.A/.B/.c/ | .[GBd] .d z |'
)


def onsets_heard(audio: np.ndarray) -> np.ndarray:
    """Seconds at which something sounds after 20 ms of silence."""
    loud = np.flatnonzero(np.abs(audio) > 0.003 * np.abs(audio).max())
    return loud[np.diff(loud, prepend=-RATE) > 0.02 * RATE] / RATE


def onsets_played(performance: TunePerformance) -> np.ndarray:
    """The first onset of each chord."""
    onsets = np.array(sorted(onset for voice in performance.onsets_s for onset in voice))
    return onsets[np.diff(onsets, prepend=-1) > 0.1]


def played(seed: int, tune: Tune = STACCATO) -> TunePerformance:
    return perform_tune(tune, np.random.default_rng(seed), reorchestrate=False, tempo_spread=0)


@pytest.mark.parametrize("seed", range(8))
def test_onsets_of_random_timbres_are_heard_where_they_are_labelled(seed: int) -> None:
    performance = played(seed)
    heard = onsets_heard(render_performance(performance, None, np.random.default_rng(seed), RATE, dry=True).mix)
    assert len(heard) == 8
    assert np.abs(heard - onsets_played(performance)).max() < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_onsets_of_a_soundfont_are_heard_where_they_are_labelled(small_bank: SoundFontBank, seed: int) -> None:
    performance = played(seed)
    heard = onsets_heard(render_performance(performance, small_bank, np.random.default_rng(seed), RATE, dry=True).mix)
    assert len(heard) == 8
    assert np.abs(heard - onsets_played(performance)).max() < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_the_score_of_what_was_played_can_be_written_and_read(seed: int) -> None:
    score = perform_tune(STACCATO, np.random.default_rng(seed)).score
    again = read_abc(write_abc(score))
    assert again.voices == score.voices
    assert (again.tempos, again.metres, again.bar_lengths_wn) == (score.tempos, score.metres, score.bar_lengths_wn)
    assert [note.length_wn.denominator for note in again.voices[0].notes].count(12) == 3  # the triplet


def test_neither_the_first_nor_the_last_note_is_cut() -> None:
    """Both are as loud as their label says beside the loudest, and the last has died away before the end."""
    for seed in range(10):
        performance = played(seed)
        mix = render_performance(performance, InventedOrchestra(RATE), np.random.default_rng(seed), RATE, dry=True).mix
        notes = performance.notes[0]
        assert notes[0].onset_s >= 0
        first, last = (np.abs(mix[int(note.onset_s * RATE) :][: RATE // 4]).max() for note in (notes[0], notes[-1]))
        assert first / last == pytest.approx(notes[0].loudness / notes[-1].loudness, rel=0.6)
        assert not mix[-RATE // 10 :].any()


def test_a_room_hums_and_hisses_but_takes_nothing_away() -> None:
    performance = played(0)
    recorded = render_performance(performance, InventedOrchestra(RATE), np.random.default_rng(3), RATE)
    assert np.abs(recorded.mix).max() <= 1.0001
    assert recorded.mix[-RATE // 10 :].std() > 0
    for onset_s in onsets_played(performance):
        after = recorded.mix[int(onset_s * RATE) :][: RATE // 10].std()
        before = recorded.mix[max(int(onset_s * RATE) - RATE // 20, 0) : int(onset_s * RATE)]
        assert len(before) < 10 or after > 2 * before.std()


def test_a_span_has_the_notes_of_the_whole() -> None:
    performance = played(1)
    start_s = performance.onsets_s[0][1] - 0.2
    span, _ = render_span(performance, start_s, performance.end_s, InventedOrchestra(RATE), np.random.default_rng(5), RATE)
    wanted = onsets_played(performance)[1:] - start_s
    levels = [
        (span[int(time_s * RATE) :][: RATE // 10].std(), span[int((time_s - 0.06) * RATE) :][: RATE // 20].std()) for time_s in wanted
    ]
    assert all(after > 2 * before for after, before in levels)


def test_stems_sound_in_one_room_and_a_silent_span_is_only_its_noise() -> None:
    performance = played(0)
    span, known = render_span(performance, performance.end_s + 1, performance.end_s + 2, None, np.random.default_rng(0), RATE)
    assert known == (False,)
    assert 0 < np.abs(span).max() <= 1


def test_a_tune_as_written_is_in_time_and_unknown_instruments_are_pianos() -> None:
    tune = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\n%%MIDI program 110\nc z c z|")
    assert np.allclose(onsets_heard(render_tune(tune, InventedOrchestra(RATE), 0, RATE)), [0, 2], atol=0.01)


FINGERPRINT = """
import hashlib
import numpy as np
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.synthesis.rendering import render_performance
from transformers_abc.synthesis.synthetic_clips import SyntheticClips
from transformers_abc.synthesis.timbres import InventedOrchestra
from transformers_abc.synthesis.tones import Expression, Tone
from transformers_abc.synthesis.tune_performance import perform_tune

def fingerprint(instruments=HEARD_INSTRUMENTS):
    digest, orchestra, found = hashlib.sha256(), InventedOrchestra(8000), {}
    for instrument in instruments:
        tone = Tone(60, 0.8, 0.2, 0.2, Expression(0.0, 0.0, 5.0, 0.0, 0.01, 0.05, 0.0, 0.0, False))
        found[instrument.code] = orchestra.source(instrument).note(tone, np.random.default_rng(0)).tobytes()
    for code in sorted(found):
        digest.update(found[code])
    performance = perform_tune(compose_tune(np.random.default_rng(4)), np.random.default_rng(5))
    digest.update(repr(performance).encode())
    digest.update(render_performance(performance, orchestra, np.random.default_rng(6), 8000).stems.tobytes())
    clip = SyntheticClips([], None, seed=1, sampling_rate=8000, clip_s=2.0)[3]
    digest.update(clip.audio.tobytes() + repr(clip.notes).encode())
    return digest.hexdigest()
"""


def test_another_process_makes_the_same_to_the_bit() -> None:
    """With other hashes, and the orchestra's instruments called for in another order."""
    here: dict[str, object] = {}
    exec(FINGERPRINT, here)
    there = subprocess.run(
        [sys.executable, "-c", FINGERPRINT + "print(fingerprint(HEARD_INSTRUMENTS[::-1]))"],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here["fingerprint"]()
    assert len(there.stdout.strip()) == 2 * hashlib.sha256().digest_size
