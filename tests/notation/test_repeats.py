"""Repeats, endings and parts played out."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformers_abc.notation.marks import ChordSymbol, Slur
from transformers_abc.notation.playing_order import MAX_PARTS, MAX_PASSES, MAX_SPANS, part_labels
from transformers_abc.notation.repeats import MAX_PLAYED_EVENTS, MAX_PLAYED_WN, expand_repeats
from transformers_abc.notation.tune import BarLine, Key, Metre, Note, Tempo, Tune, Voice

PITCH_OF = dict(zip("CDEFGABcde", (60, 62, 64, 65, 67, 69, 71, 72, 74, 76), strict=True))
LETTER_OF = {pitch: letter for letter, pitch in PITCH_OF.items()}
BAR_LINE = re.compile(r"(?P<repeat>:*)(?:\|\||\|\]|\[\||\|?)(?P<start>:?)\[?(?P<endings>[\d,]*)")
TOKEN = re.compile(r"\((?P<part>\w+)\)|(?P<letter>[A-Ga-e])|(?P<line>[^A-Ga-e()]+)")


def tune_of(text: str, part_order: str = "") -> Tune:
    """A tune in which each letter is a bar: bar lines as in ABC, ``(A)`` where a part begins. ``||``, ``|]`` and ``[|`` are styles."""
    notes, lines, parts = [], [], []
    for token in TOKEN.finditer(text.replace(" ", "")):
        now_wn = Fraction(len(notes))
        if token["letter"]:
            notes.append(Note(now_wn, Fraction(1), PITCH_OF[token["letter"]]))
        elif token["part"]:
            parts.append((now_wn, token["part"]))
        else:
            lines.append((now_wn, bar_line(token["line"])))
    plain = BarLine()
    bars = (Fraction(1),) * len(notes)
    bar_lines = tuple((onset_wn, line) for onset_wn, line in lines if line != plain)
    return Tune((Voice(tuple(notes)),), bars, bar_lines=bar_lines, parts=tuple(parts), part_order=part_order)


def bar_line(text: str) -> BarLine:
    if text == "::":
        return BarLine(plays=2, starts_repeat=True)
    match = BAR_LINE.fullmatch(text)
    assert match, text
    repeats, endings = len(match["repeat"]), match["endings"]
    style = next((style for style in ("||", "|]", "[|") if style in text and not repeats and not match["start"]), "")
    numbers = tuple(int(number) for number in endings.split(",")) if endings else ()
    return BarLine(repeats + 1, bool(match["start"]), numbers, style)


def played(tune: Tune) -> str:
    return "".join(LETTER_OF[note.pitch_midi] for note in expand_repeats(tune).voices[0].notes)


# What abc2midi 4.84 and abcjs 6.7.2 both play.
AGREED = [
    ("C|D:|E|", "CDCDE"),
    ("|:C|D:|E|", "CDCDE"),
    ("C|:D|E:|F|", "CDEDEF"),
    ("C|D:|E|F:|G|", "CDCDEFEFG"),
    ("|:C|D:|E|F:|G|", "CDCDEFEFG"),
    ("C||D|E:|F|", "CDECDEF"),
    ("C|]D|E:|F|", "CDECDEF"),
    ("|:C||D:|E|", "CDCDE"),
    ("C|D||E|F:|", "CDEFCDEF"),
    ("C|:D:|E::F:|G|", "CDDEEFFG"),
    ("|:C::D:|", "CCDD"),
    ("|:C|1D:|2E||F|", "CDCEF"),
    ("|:C|1D:|2E|F|", "CDCEF"),
    ("C|1D:|2E|F|", "CDCEF"),
    ("C|1D:|2E|]", "CDCE"),
    ("|:C|1D:|2E|:F|G:|A", "CDCEFGFGA"),
    ("|:C|1D:|E|F|", "CDCEF"),
    ("|:C|1D:|2E:|3F||G|", "CDCECFG"),
    ("|:C|1,2,3D:|4E||F", "CDCDCDCEF"),
    ("|:C|1,2D:|3E||F|", "CDCDCEF"),
    ("|:C|D|E|", "CDE"),
    ("|:C|1D|E|F||G|A|", "CDEFGA"),
    ("|:C|D:||E|F:|G|", "CDCDEFEFG"),
    ("C||D|1E:|2F|]", "CDECDF"),
    ("|:C|D:|E|F||G|A|]", "CDCDEFGA"),
    ("C|(A)D|(B)E|F:|G", "CDEFCDEFG"),
    ("|:C:|(A)D|(B)E|F:|", "CCDEFDEF"),
]

# Where the two differ, or where they agree and section 4.10 speaks against them; abc2midi's and abcjs's reading beside it.
DECIDED = [
    ("|:C:|D||E|F:|", "CCDEFEF", "after a repeat a double bar begins a section: abc2midi; abcjs CCDEFDEF"),
    ("C|D:|E||F:|G|", "CDCDEFFG", "as before"),
    ("C|D||E|F:|G|A||B|c:|d", "CDEFCDEFGABcBcd", "as before"),
    ("|:C|1D:|2E||F|G:|A", "CDCEFGFGA", "a closed last ending ends the section; abc2midi CDCEFGCFGA, abcjs CDCEFG"),
    ("C|1D:|2E||F|1G:|2A||", "CDCEFGFA", "as before; abc2midi CDCEFA, abcjs CGCA"),
    ("|:C|1D:|2E||:F|G:|A", "CDCEFGFGA", "abcjs; abc2midi CDCEFGCFGA"),
    ("|:C|1D:|2E:|F|", "CDCEF", "no third pass, since no ending lists it; both CDCECF"),
    ("|:C|1D:|2E:|", "CDCE", "as before: abcjs; abc2midi CDCEC"),
    ("|:C|1D:|2E::F|G:|", "CDCEFGFG", "as before: abc2midi; abcjs CDCECFGFG"),
    ("|:C|1,3D:|2E:|F|", "CDCECDF", "as before; both CDCECDCF"),
    ("|:C|1,3D:|2,4E:|", "CDCECDCE", "abcjs; abc2midi plays C once more"),
    ("|:C|1D|2E:|F|", "CDCEF", "an ending that the next one closes leads back too"),
    ("|:C|1D|2E||F|", "CDCEF", "as before"),
    ("|:C|1D||2E||F", "CDCEF", "as before"),
    ("|:C|1D||E:|2F||G", "CDECFG", "a double bar within an ending: abcjs; abc2midi CDECEFG"),
    ("|:C|1D|E:|F|[2G|A|", "CDECFGA", "music between endings: abc2midi; abcjs CDECGA"),
    ("|:C|D:|1E|F:|2G|", "CDCDEFG", "endings with nothing in common: abc2midi"),
    ("|:C|1D:|3E||F", "CDCEF", "only passes that are listed: abcjs; abc2midi CDCF"),
    ("|:C|1,2,3D:|F", "CDCDCDCF", "a single ending is left out after its last number"),
    ("|:C|2D:|E", "CCDE", "a single ending waits for its pass; abc2midi CE, abcjs CD"),
    ("C|2D|E||F", "CDEF", "an ending without any repeat is played"),
    ("|:C|1D:|1E||F", "CDCEF", "an ending twice"),
    ("|:C|:D|E:|F|", "CDEDEF", "the last |: counts: abcjs; abc2midi CCDEDEF"),
    ("|:C|D::|E|", "CDCDCDE", "section 4.8: three times; both CDCDE"),
    (":|C|D:|E", "CDCDE", "nothing before it to repeat"),
    ("|:C|D:|", "CDCD", "at the end"),
    ("", "", "no music"),
]


@pytest.mark.parametrize(("text", "expected"), AGREED, ids=lambda text: text)
def test_as_abc2midi_and_abcjs_play_it(text: str, expected: str) -> None:
    assert played(tune_of(text)) == expected


@pytest.mark.parametrize(("text", "expected", "reason"), DECIDED, ids=lambda text: text)
def test_where_programs_differ(text: str, expected: str, reason: str) -> None:
    assert played(tune_of(text)) == expected, reason


# --- Parts ---------------------------------------------------------------------------------------------------------------------------

PARTS = [
    ("(A)C|D|(B)E|F|", "AB", "CDEF"),
    ("(A)C|D|(B)E|F|", "AAB", "CDCDEF"),
    ("(A)C|D|(B)E|F|", "BA", "EFCD"),
    ("(A)C|D|(B)E|F|", "(AB)3A2", "CDEFCDEFCDEFCDCD"),
    ("(A)C|D|(B)E|F|", "A.B2. A", "CDEFEFCD"),
    ("(A)C|D|(B)E|F|", "AC", "CD"),  # no part C
    ("(A)C|D|(B)E|F|", "XY", "CDEF"),  # no part that the tune has
    ("(A)C|D|(B)E|F|(A)G", "ABA", "CDEFG"),  # the order as it stands
    ("(A)C|D|(B)E|F|(A)G", "AAB", "GGEF"),  # of two parts A the later counts
    ("C|(A)D|(B)E|F|", "BB", "CEFEF"),  # an introduction
    ("C|D", "AB", "CD"),
    ("(A)|:C|D:|(B)E|F|", "ABA", "CDCDEFCDCD"),
    ("(A)|:C|D|(B)E|F:|", "AAB", "CDCDEFEF"),  # a repeat stays within its part
    ("(A)|:C|1D:|2E||", "AA", "CDCECDCE"),
    ("(A)C|1D:|2E:|3F:|4G||", "A4", "CDCECFCG"),  # section 4.10
    ("(A)C|1D:|2E:|3F:|4G||(B)A", "A4.B2", "CDCECFCGAA"),
    ("(A)C|1D:|2E||(B)F", "ABA", "CDCEFCDCE"),  # a single time each
]


@pytest.mark.parametrize(("text", "order", "expected"), PARTS)
def test_parts_are_played_in_order(text: str, order: str, expected: str) -> None:
    assert played(tune_of(text, order)) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [("", ""), ("((A2B)2)2", "AABAABAABAAB"), ("A10", "A" * 10), ("3A", "A"), ("(AB", "AB"), ("A)2", "AA"), ("A0B", "B"), ("()3a", "a")],
)
def test_orders(order: str, expected: str) -> None:
    assert "".join(part_labels(order)) == expected


# --- What happens at a jump ----------------------------------------------------------------------------------------------------------


def sounds(tune: Tune) -> list[tuple[str, str, str]]:
    return [(LETTER_OF[n.pitch_midi], str(n.onset_wn), str(n.length_wn)) for n in expand_repeats(tune).voices[0].notes]


def held(text: str, bar: int, bars: int) -> Tune:
    """The tune with the note of a bar held over `bars` bars."""
    tune = tune_of(text)
    notes = tune.voices[0].notes
    longer = (*notes[:bar], replace(notes[bar], length_wn=Fraction(bars)), *notes[bar + bars :])
    return replace(tune, voices=(Voice(longer),))


def test_a_note_is_cut_where_the_music_jumps_away_and_whole_where_it_goes_on() -> None:
    # C D-:|D E: the first time D is cut, the second time it is held.
    assert sounds(held("|:C|D:|D|E", 1, 2)) == [("C", "0", "1"), ("D", "1", "1"), ("C", "2", "1"), ("D", "3", "2"), ("E", "5", "1")]


def test_what_is_left_of_a_note_is_struck_where_the_music_jumps_into_it() -> None:
    # C-|1C:|2C: both endings go on with the C before them, the second one only after the jump.
    expected = [("C", "0", "2"), ("C", "2", "1"), ("C", "3", "1"), ("E", "4", "1")]
    assert sounds(held("|:C|1C:|2C||E", 0, 3)) == expected
    # D is tied into the repeated section: E|:(D) F:|
    assert sounds(held("D|:D|F:|", 0, 2)) == [("D", "0", "2"), ("F", "2", "1"), ("D", "3", "1"), ("F", "4", "1")]


def test_notes_that_are_struck_stand_in_order_with_those_of_the_bar() -> None:
    high = Note(Fraction(0), Fraction(2), 72)
    low = [Note(Fraction(i), Fraction(1), pitch) for i, pitch in enumerate((60, 62))]
    tune = replace(tune_of("C|:D:|"), voices=(Voice((low[0], high, low[1])),))
    assert [(note.onset_wn, note.pitch_midi) for note in expand_repeats(tune).voices[0].notes] == [
        (0, 60),
        (0, 72),
        (1, 62),
        (2, 62),
        (2, 72),
    ]


def test_marks_are_played_again_and_torn_slurs_go() -> None:
    marks = (
        (Fraction(0), Slur(Fraction(1))),
        (Fraction(0), ChordSymbol("C")),
        (Fraction(1), Slur(Fraction(1))),
        (Fraction(2), ChordSymbol("F")),
    )
    tune = tune_of("|:C|D:|E")
    tune = replace(tune, voices=(replace(tune.voices[0], marks=marks),))
    in_bars = [(onset_wn, mark) for onset_wn, mark in expand_repeats(tune).voices[0].marks]
    slur, longer = Slur(Fraction(1)), Slur(Fraction(1))  # the second slur leads from D to E: whole only where no jump lies between
    assert in_bars == [(0, slur), (0, ChordSymbol("C")), (2, slur), (2, ChordSymbol("C")), (3, longer), (4, ChordSymbol("F"))]


def test_metre_key_and_tempo_after_a_jump_are_those_of_the_place() -> None:
    slow, fast = (Tempo(Fraction(1, 4), Fraction(beats)) for beats in (60, 120))
    tune = replace(
        tune_of("|:C|D:|E"),
        metres=((Fraction(0), Metre(4, 4)), (Fraction(1), Metre(2, 2))),
        keys=((Fraction(0), Key(0)), (Fraction(1), Key(1))),
        tempos=((Fraction(0), slow), (Fraction(1), fast)),
    )
    played_tune = expand_repeats(tune)
    assert played_tune.metres == ((0, Metre(4, 4)), (1, Metre(2, 2)), (2, Metre(4, 4)), (3, Metre(2, 2)))
    assert played_tune.keys == ((0, Key(0)), (1, Key(1)), (2, Key(0)), (3, Key(1)))
    assert played_tune.tempos == ((0, slow), (1, fast), (2, slow), (3, fast))


def test_what_is_in_force_where_a_jump_leads_may_have_begun_before() -> None:
    keys = ((Fraction(0), Key(0)), (Fraction(1), Key(1)), (Fraction(3), Key(2)))
    tune = replace(tune_of("C|D|:E|F:|"), keys=keys)  # C in C, D E in G, F in D
    assert expand_repeats(tune).keys == (*keys, (4, Key(1)), (5, Key(2)))


def test_a_pickup_and_the_bar_that_it_completes_stay_two() -> None:
    # 1/4 | 1 | 3/4 :| played twice.
    lengths_wn = (Fraction(1, 4), Fraction(1), Fraction(3, 4))
    tune = Tune((), lengths_wn, bar_lines=((Fraction(2), BarLine(plays=2)),))
    assert expand_repeats(tune).bar_lengths_wn == lengths_wn * 2


def test_a_repeat_within_a_bar_cuts_it() -> None:
    tune = Tune(
        (), (Fraction(1), Fraction(1)), bar_lines=((Fraction(1, 2), BarLine(starts_repeat=True)), (Fraction(3, 2), BarLine(plays=2)))
    )
    assert [str(length) for length in expand_repeats(tune).bar_lengths_wn] == ["1", "1/2", "1/2", "1"]


def test_double_bars_and_labels_of_parts_follow() -> None:
    tune = expand_repeats(tune_of("(A)C||D:|(B)E|]"))  # C D C D E
    assert tune.bar_lines == ((1, BarLine(style="||")), (3, BarLine(style="||")))
    assert tune.parts == ((0, "A"), (2, "A"), (4, "B"))


# --- Properties and bounds -----------------------------------------------------------------------------------------------------------

bar_line_texts = st.sampled_from(["|"] * 4 + ["||", "|]", ":|", "|:", "::", "|1", ":|2", "|2", "|1,3", "::|", ":|3", "|:"])
texts = st.lists(bar_line_texts, min_size=1, max_size=9).map(
    lambda lines: "C" + "".join(map("".join, zip(lines, "DEFGABcde", strict=False)))
)


@given(texts, st.text("AB(2)", max_size=6))
def test_what_is_played_is_whole_and_has_nothing_to_play_out(text: str, order: str) -> None:
    tune = tune_of(text, order)
    once = expand_repeats(tune)
    assert expand_repeats(once) is once
    assert once.length_wn == sum(note.length_wn for note in once.voices[0].notes)  # a note a bar
    assert [note.onset_wn for note in once.voices[0].notes] == list(range(len(once.bar_lengths_wn)))
    assert set(played(tune)) == set(played(replace(tune, bar_lines=()))), "every bar is played at least once"


def test_without_repeats_a_tune_is_given_back_itself() -> None:
    tune = tune_of("C|D||E|]")
    assert expand_repeats(tune) is tune


@pytest.mark.parametrize(
    ("text", "order", "notes"),
    [
        ("|:C" + ":" * (MAX_PASSES + 9) + "|", "", MAX_PASSES),
        ("(A)C", f"A{MAX_PARTS * 10}", MAX_PARTS),
        ("(A)C", "(" * 20 + "A" + "9)" * 20, MAX_PARTS),
        ("(A)C|(B)D", "(AB)99999999999", MAX_PARTS),
        ("(A)|:C" + ":" * 99 + "|(B)D", "(AB)9999", MAX_SPANS),
    ],
)
def test_what_is_beyond_the_bounds_is_not_played(text: str, order: str, notes: int) -> None:
    assert len(expand_repeats(tune_of(text, order)).voices[0].notes) == notes


def test_a_long_tune_is_played_up_to_the_bound() -> None:
    bars = 2000
    tune = Tune(
        (Voice(tuple(Note(Fraction(bar), Fraction(1), 60) for bar in range(bars))),),
        (Fraction(1),) * bars,
        bar_lines=((Fraction(bars), BarLine(plays=MAX_PASSES)),),
    )
    once = 2 * bars  # notes and bars
    assert len(expand_repeats(tune).voices[0].notes) == min(MAX_PASSES, MAX_PLAYED_EVENTS // once, MAX_PLAYED_WN // bars) * bars
