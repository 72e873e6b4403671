"""Attempts to earn a reward without hearing anything: texts that a model in training may fall into.

An attack sees what a policy sees, the prompt and what training answers look like, never the reference that it is scored against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median

from robustness.music import MAJOR_SCALE, spelled
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.scoring.instrument_names import instrument_of

SCALE_BARS = 16  # the best of 4, 8, 16, 22 and 32 on quartets and folk tunes
_MIDDLE = {instrument.name: (instrument.lowest + instrument.highest) // 2 for instrument in HEARD_INSTRUMENTS}
_ANY_MIDDLE = 72
DISTANCE = 7  # to the other sample, which should be no neighbour from the same piece

PROMPT = (
    "Transcribe this recording into ABC notation. Give the header fields X, M, L, Q and K, one V: field for each instrument with its name, "
    'then the music of each voice, bar by bar. Example:\nX:1\nM:4/4\nL:1/8\nQ:1/4=120\nK:C\nV:1 name="Violin"\nCDEF GABc|'
)


@dataclass(frozen=True)
class TrainingStatistics:
    """What the answers of a training set have in common.

    Attributes:
        header: the commonest metre, key and tempo as ABC fields.
        voices: the median number of voices.
        instruments: of as many voices, the commonest.
        pitch: the commonest pitch, as ABC.
        bars: the median number of bars.
        answer: the training answer of median length.
    """

    header: str
    voices: int
    instruments: tuple[str, ...]
    pitch: str
    bars: int
    answer: str


def statistics_of(tunes: Sequence[Tune]) -> TrainingStatistics:
    """Count."""

    def commonest(values: list[str]) -> str:
        return Counter(values).most_common(1)[0][0]

    metre = commonest([str(tune.metres[0][1]) for tune in tunes])
    key = commonest([str(tune.keys[0][1]) for tune in tunes])
    tempo = round(median(tune.tempos[0][1].quarter_bpm for tune in tunes if tune.tempos))
    voices = round(median(len(tune.voices) for tune in tunes))
    instruments = Counter(instrument_of(voice.name, voice.program) for tune in tunes for voice in tune.voices)
    names = [name for name, _ in instruments.most_common() if name] or ["Violin"]
    pitch = Counter(note.pitch_midi for tune in tunes for voice in tune.voices for note in voice.notes).most_common(1)[0][0]
    by_length = sorted((write_abc(tune) for tune in tunes), key=len)
    return TrainingStatistics(
        f"X:1\nM:{metre}\nL:1/8\nQ:1/4={tempo}\nK:{key}\n",
        voices,
        tuple((names * voices)[:voices]),
        _abc_pitch(pitch),
        round(median(len(tune.bar_lengths_wn) for tune in tunes)),
        by_length[len(by_length) // 2],
    )


def attacks(known: TrainingStatistics, others: Sequence[Tune]) -> dict[str, Callable[[int], str]]:
    """Attacks by name: each gives the text for the sample of a number.

    Args:
        known: of a training set.
        others: the references in the order of the samples; an attack may answer with that of another sample.
    """
    fields = "".join(f'V:{number} name="{name}"\n' for number, name in enumerate(known.instruments, 1))
    many = "".join(f'V:{number} name="Violin"\n{known.pitch}8|\n' for number in range(1, 101))
    rests = "".join(f"[V:{number}]" + "z8|" * known.bars + "\n" for number in range(1, known.voices + 1))
    chromatic = "".join(_abc_pitch(pitch) for pitch in range(36, 97))
    one_bar = "".join(f"[V:{number}]{known.pitch}8|\n" for number in range(1, known.voices + 1))
    texts = {
        "empty": "",
        "a refusal": "I am sorry, I cannot listen to audio.",
        "the prompt": PROMPT,
        "a header without music": known.header + fields,
        "a header and rests": known.header + fields + rests,
        "one note 2,000 times": known.header + fields + known.pitch * 2000 + "|",
        "every pitch in turn": known.header + fields + chromatic + "|",
        "the commonest note in every voice": known.header + fields + one_bar * known.bars,
        "empty voices": known.header + "".join(f'V:{number} name="Violin"\n' for number in range(1, 61)) + f"[V:1]{known.pitch}8|\n",
        "100 voices": known.header + many,
        "a huge repeat": known.header + fields + "|:" * 8 + f"{known.pitch}8" * 4 + ":|" * 8,
        "parts played a thousand times": known.header.replace("K:", "P:(A)999\nK:") + f"P:A\n{known.pitch}8|\n",
        "a training answer": known.answer,
    }
    constant = {name: (lambda number, text=text: text) for name, text in texts.items()}
    return constant | {"the reference of another sample": lambda number: write_abc(others[(number + DISTANCE) % len(others)])}


def scales_under_the_header_of(tune: Tune, bars: int = SCALE_BARS) -> str:
    """What a policy earns that hears metre, tempo, key and instruments, but no note: eighths up and down a scale in every voice."""
    start_wn, metre = tune.metres[0]
    fifths, length_wn = tune.keys[0][1].fifths, Fraction(1, 8)
    voices = []
    for voice in tune.voices:
        lowest = _MIDDLE.get(instrument_of(voice.name, voice.program), _ANY_MIDDLE) - 6
        scale = [pitch for pitch in range(lowest, lowest + 12) if (pitch - 7 * fifths) % 12 in MAJOR_SCALE]
        turns = [*scale, *scale[-2:0:-1]]
        times = range(int(bars * metre.bar_wn / length_wn))
        notes = [spelled(time * length_wn, length_wn, turns[time % len(turns)], fifths) for time in times]
        voices.append(replace(voice, notes=tuple(notes), marks=()))
    header = {"metres": ((start_wn, metre),), "keys": tune.keys[:1], "tempos": tune.tempos[:1]}
    return write_abc(Tune(tuple(voices), (metre.bar_wn,) * bars, **header))


def _abc_pitch(pitch_midi: int) -> str:
    """A pitch from 36 to 96 as ABC without a key: sharps for black keys."""
    octave, step = divmod(pitch_midi, 12)
    letter = ("C", "^C", "D", "^D", "E", "F", "^F", "G", "^G", "A", "^A", "B")[step]
    if octave >= 6:
        return letter.lower() + "'" * (octave - 6)
    return letter + "," * (5 - octave)
