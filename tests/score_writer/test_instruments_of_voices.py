"""Who plays what: sound, register and company."""

import numpy as np
import pytest

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.instruments_of_voices import choose_instruments, instrument_evidence


def sounds_like(**shares: float) -> tuple[float, ...]:
    """Evidence for instruments by their codes; what is left is spread over all."""
    rest = (1 - sum(shares.values())) / len(HEARD_INSTRUMENTS)
    return tuple(shares.get(instrument.code, 0.0) + rest for instrument in HEARD_INSTRUMENTS)


def voice(pitch: int, timbre: tuple[float, ...]) -> list[HeardNote]:
    return [HeardNote(i * 0.5, i * 0.5 + 0.5, pitch + step, 1.0, timbre) for i, step in enumerate((0, 2, 4, 5, 4, 2, -1, 0))]


def chosen(*voices: list[HeardNote]) -> list[str]:
    return [instrument.code for instrument in choose_instruments(voices)]


# Where the parts of these ensembles lie.
CLEAR = [
    {"vn": 76, "va": 60, "vc": 48},
    {"fl": 79, "ob": 72, "cl": 66, "hn": 57, "bn": 46},
    {"tpt": 70, "hn": 60, "tbn": 52, "tba": 38},
    {"fl": 79, "gtr": 55},
    {"sax": 66, "tpt": 70, "db": 38},
    {"ob": 74},
    {"tba": 40},
]


@pytest.mark.parametrize("parts", CLEAR, ids=" ".join)
def test_clear_evidence_wins_in_any_company(parts: dict[str, int]) -> None:
    assert chosen(*(voice(pitch, sounds_like(**{code: 0.7})) for code, pitch in parts.items())) == list(parts)


def test_doubtful_strings_are_a_quartet() -> None:
    # By themselves the second would be a horn and the third a clarinet.
    first, second = voice(76, sounds_like(vn=0.6)), voice(66, sounds_like(hn=0.45, vn=0.25))
    third, fourth = voice(59, sounds_like(cl=0.5, va=0.25)), voice(48, sounds_like(vc=0.5))
    assert chosen(second) + chosen(third) == ["hn", "cl"]
    assert chosen(first, second, third, fourth) == ["vn", "vn", "va", "vc"]


def test_the_register_decides_between_equal_sounds() -> None:
    either = sounds_like(va=0.3, vn=0.3)  # both can play both
    assert chosen(voice(76, either)) == ["vn"]
    assert chosen(voice(60, either)) == ["va"]


def test_the_order_of_voices_changes_nothing() -> None:
    voices = [voice(76, sounds_like(vn=0.4, fl=0.3)), voice(60, sounds_like(va=0.4, cl=0.4)), voice(45, sounds_like(vc=0.3, bn=0.3))]
    assert chosen(*voices[::-1]) == chosen(*voices)[::-1]


def test_a_few_wrong_notes_do_not_count() -> None:
    horn = voice(57, sounds_like(hn=0.6)) * 3 + voice(57, sounds_like(tbn=0.9))[:2]
    assert chosen(horn) == ["hn"]


def test_a_piano_if_nothing_is_known() -> None:
    assert chosen(voice(60, ()), voice(48, ())) == ["pno", "pno"]


def test_a_voice_without_evidence_among_others_takes_its_register_and_company() -> None:
    assert chosen(voice(76, sounds_like(vn=0.8)), voice(66, sounds_like(vn=0.8)), voice(59, ()), voice(48, sounds_like(vc=0.8)))[2] == "va"


def test_no_voices() -> None:
    assert choose_instruments([]) == []


def test_instrument_evidence_weighs_durations() -> None:
    violin, flute = sounds_like(vn=1.0), sounds_like(fl=1.0)
    evidence = instrument_evidence([HeardNote(0, 3, 70, 1.0, violin), HeardNote(3, 4, 70, 1.0, flute), HeardNote(4, 9, 70)])
    assert evidence[[0, 4]].tolist() == pytest.approx([0.75, 0.25])
    assert not np.any(instrument_evidence([HeardNote(0, 1, 60)]))
