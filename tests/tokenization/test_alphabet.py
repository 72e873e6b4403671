"""The signs: each one token wherever it stands, before anything is learned and after."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, pre_tokenizers

from notation.conftest import tunes
from tokenization.signs import divided, signs
from tokenization.texts import composed
from transformers_abc.notation.instruments import PROGRAM_NAMES
from transformers_abc.notation.tune import Key, Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.tokenization.alphabet import joined_signs, whole_pieces
from transformers_abc.tokenization.learning import build_tokenizer, in_bytes
from transformers_abc.tokenization.tokenization_abc import abc_tokenizer

SIGNS_ONLY = build_tokenizer([])
PITCHES = [
    f"{accidental}{letter}{count * mark}"
    for accidental, most in (("", 3), ("^", 2), ("_", 2), ("=", 2), ("^^", 1), ("__", 1))
    for letter, mark in [*((letter, ",") for letter in "CDEFGAB"), *((letter, "'") for letter in "cdefgab")]
    for count in range(most + 1)
]
LENGTHS = ["2", "3", "4", "6", "7", "8", "12", "16", "/", "//", "/2", "/4", "3/2", "5/2", "7/2", "3/4", "7/4", "3/8", "15/8", "15/16"]


def tokens_of(text: str, tokenizer: Tokenizer = SIGNS_ONLY) -> list[str]:
    encoding = tokenizer.encode(text)
    return [text[start:end] for start, end in encoding.offsets]


def test_a_note_is_a_pitch_and_a_length() -> None:
    for pitch, length in product(PITCHES, ["", *LENGTHS]):
        expected = [pitch, length] if length else [pitch]
        assert tokens_of(pitch + length) == expected
        assert tokens_of(f"B,{pitch}{length}c") == ["B,", *expected, "c"]


@pytest.mark.parametrize("number", range(1, 241))
def test_a_number_is_one_sign(number: int) -> None:
    assert tokens_of(f"Q:1/4={number}")[-1] == str(number)


@pytest.mark.parametrize(
    "sign",
    [
        *(
            "(3:2:3",
            "(3:2:2",
            "(5:4:5",
            "(6:4:6",
            "(9:8:9",
            "(2:3:2",
            "(3",
            ">>",
            "<",
            "!trill!",
            "!crescendo(!",
            "!pizz.!",
            "!>(!",
            "!D.S.!",
        ),
        *(
            " | ",
            "|",
            " |]\n",
            "|:",
            " :|2 ",
            "::",
            "[1",
            "[V:2] ",
            "[V:1]",
            "\n[V:4]",
            " |\n[V:3] ",
            " |\r\n[V:3] ",
            " |]\r\n",
            "\r\n",
            '"Violin"',
            '"Acoustic Grand Piano"',
        ),
        *("\nM:6/8", "\nM:C|", "\nL:1/8", "\nK:F#", "\nK:none", "\nV:2", "\n%%MIDI program 40", "\n%%score 1 2 3 4"),
    ],
)
def test_signs_that_are_one_token(sign: str) -> None:
    assert tokens_of(sign) == [sign]


def test_instruments_are_one_token_in_their_voice() -> None:
    for program, name in enumerate(PROGRAM_NAMES):
        assert tokens_of(f'\nV:1 clef=treble name="{name}"\n%%MIDI program {program}') == [
            "\nV:1 clef=treble name=",
            f'"{name}"',
            f"\n%%MIDI program {program}",
        ]


def test_every_sign_can_be_reached() -> None:
    """A merge whose parts are never whole at its turn would be a dead row of every embedding; a piece that is cut apart, too."""
    for sign in map("".join, joined_signs()):
        assert any(sign in tokens_of(before + sign) for before in ("", "(2", "(9")), sign  # :3 is one behind a tuplet's head only
    for piece in whole_pieces():
        assert tokens_of(piece) == [piece], piece


def test_lists_hold_each_sign_once() -> None:
    joined = ["".join(merge) for merge in joined_signs()]
    assert len(set(joined_signs())) == len(joined)
    assert len(set(whole_pieces())) == len(whole_pieces())
    signs_in_bytes = set(map(in_bytes, [*joined, *whole_pieces()])) | set(pre_tokenizers.ByteLevel.alphabet())
    assert set(SIGNS_ONLY.get_vocab()) == signs_in_bytes


@pytest.mark.parametrize("mode", ["major", "minor", "dorian", "mixolydian"])
def test_keys_are_one_token_as_the_writer_writes_them(mode: str) -> None:
    for fifths in range(-3, 4):
        assert len(tokens_of(f"\nK:{Key(fifths, mode)}")) == 1


TOKENIZERS = pytest.mark.parametrize("backend", [SIGNS_ONLY, abc_tokenizer().backend_tokenizer], ids=["signs", "packaged"])


@TOKENIZERS
def test_no_token_divides_a_sign_of_composed_tunes(backend: Tokenizer) -> None:
    for text in [*composed(40), *composed(20, interleave=False)]:
        assert len(list(signs(text))) > 30
        assert not divided(text, backend.encode(text).offsets)


@TOKENIZERS
def test_no_token_divides_a_sign_of_any_tune(backend: Tokenizer) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(tunes(tuplets=(3, 5, 7, 9), written=True) | tunes(), st.booleans(), st.integers(1, 4))
    def check(tune: Tune, interleave: bool, bars_per_line: int) -> None:
        text = write_abc(tune, interleave=interleave, bars_per_line=bars_per_line)
        assert not divided(text, backend.encode(text).offsets)

    check()


def test_the_checker_finds_divided_signs() -> None:
    text = 'X:1\nM:6/8\nL:1/8\nV:1 clef=alto name="Oboe"\nK:C\n^c\'3/2(3:2:3d[EG]2!trill!e |]\n'
    found = {text[start:end] for start, end in signs(text)}
    assert found >= {"M:6/8", "L:1/8", "V:1", '"Oboe"', "K:C", "^c'", "3/2", "(3:2:3", "d", "E", "G", "2", "!trill!", "e", "|]"}
    every_character = [(place, place + 1) for place in range(len(text))]
    assert len(divided(text, every_character)) == len([sign for sign in signs(text) if sign[1] - sign[0] > 1])
