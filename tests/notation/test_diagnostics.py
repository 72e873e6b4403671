"""What the reader complains about, and where."""

import pytest

from transformers_abc.notation.diagnostics import CODES, MAX_DIAGNOSTICS, AbcError, FaultLog
from transformers_abc.notation.reader import MAX_TUNE_CHARACTERS, read_abc

HEADER = "X:1\nM:4/4\nK:C\n"


def found(text: str) -> list[str]:
    """``line:column code`` of every finding."""
    return [f"{diagnostic.line}:{diagnostic.column} {diagnostic.code}" for diagnostic in read_abc(text).diagnostics]


CASES = [
    ("C D E F|", []),
    ("[M:none]C9999999999|", ["4:9 length-limited"]),
    ("[M:none]C99999|", ["4:9 length-limited"]),
    ("CD (1CD|", ["4:4 tuplet-limited"]),
    ("CD (3:2:9999CD|", ["4:4 tuplet-limited"]),
    ("[M:4/5]C|", ["4:4 bad-field"]),
    ("K:H\nC|", ["4:3 bad-field"]),
    ("K:G blues\nC|", ["4:3 odd-key"]),
    ("[K:Gtr]C|", ["4:4 odd-key"]),
    ("I hope this helps, let me know!\nC|", ["4:1 prose"]),
    ("L:0\nC|", ["4:3 bad-field"]),
    ("Q:fast\nC|", ["4:3 bad-field"]),
    ("U:a=!x!\nC|", ["4:3 bad-field"]),
    ("[w:x]C|", ["4:4 misplaced-field"]),
    ("U:n=n\nC|", ["4:3 bad-field"]),
    ("E:x\nC|", ["4:3 misplaced-field"]),
    ('Q:"slow"\nC|', ["4:3 text-tempo"]),
    ("m:~G=\nC|", ["4:3 bad-field"]),
    ("m:~n=n?\n C~G|", ["5:3 unknown-character"]),  # where the macro stands
    ("M:none\nm:~=" + "C" * 200 + "\n" + "~" * 10 + "|", ["6:1 macros-limited"]),
    ("%%MIDI drum d2d2\nC|", ["4:3 unread-directive"]),
    ("C|\n\nCDE|", ["6:1 after-the-end"]),
    ('C|\n\n|: "Am"^c8 |', ["6:1 after-the-end"]),
    (" % a comment\nC|", []),
    ("C ? D é|", ["4:3 unknown-character", "4:7 unknown-character"]),
    ("[CE G|C|", ["4:1 unclosed-chord"]),
    ("[] C|", ["4:1 empty-chord"]),
    ('C "Am', ["4:3 unclosed-string"]),
    ("C QD|", ["4:3 unknown-decoration"]),
    ("C,,,,,,,|", ["4:1 out-of-range"]),
    ("C ^/D|", ["4:3 microtone"]),
    ("[C2E]|", ["4:1 chord-lengths"]),
    ("C-D|", ["4:1 unended-tie"]),
    ("C-z|", ["4:1 unended-tie"]),
    ("C D-|", ["4:3 unended-tie"]),
    ("[C#EG]|", ["4:1 unknown-character"]),
    ("C -C|", ["4:3 loose-tie"]),
    ("(CD|", ["4:1 unended-slur"]),
    ("CD)|", ["4:3 unbegun-slur"]),
    (">C|", ["4:1 loose-broken-rhythm"]),
    ("(3CD|", ["4:1 unfinished-tuplet"]),
    ("M:2/4\nC2|C3|C4|C5|C4|", ["5:6 bar-too-short", "5:12 bar-too-long"]),
    ("M:2/4\nC2|C4|C2:|C2|C4||C2|C4|C3", []),  # a pickup, and what is short beside a repeat, a double bar and the end
    ("M:2/4\nC4|C4|C4&C2|C4|", []),
    ("& C|", ["4:1 no-bar-to-overlay"]),
    ("%%MIDI program 1\nC|\n%%MIDI program 2\nC|", ["6:3 instrument-change"]),
    ("V:1\nC|C|\nV:2\nC|", ["7:1 voices-disagree"]),
    ("V:1\nC8|C8|C8|\nV:2\nC7|C8|C8|", ["7:3 voices-disagree"]),
    ("C\nw:a b c", ["5:3 too-many-syllables"]),
]


@pytest.mark.parametrize(("music", "expected"), CASES)
def test_findings(music, expected):
    assert found(HEADER + music) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1 no-tune"]),
        ("X:1\nM:4/4\nC|", ["3:1 no-key"]),
        ("X:1\nK:C\nC|", ["2:1 no-metre"]),
        ("GABc", ["1:1 no-key", "1:1 no-notation"]),
        ("X:1\nK:C\n[M:3/4]C3|", []),
        ("X:1\nN bars 1 | 2\nM:4/4\nK:C\nC|", ["2:1 no-field"]),
        ("X:1\nL:1/4 M:3/4\nK:C\nC3|", ["2:7 fields-on-one-line"]),
        (
            "X:1 T:a M:3/4 L:1/4 K:C\nC3|",
            ["1:5 fields-on-one-line", "1:9 fields-on-one-line", "1:15 fields-on-one-line", "1:21 fields-on-one-line"],
        ),
        ("X:1\\nM:4/4\\nK:C\\nC|", ["1:1 escaped-lines"]),
        ("X:1\nk:G\nM:4/4\nK:C\nC|", ["2:3 misplaced-field"]),
        ("X:one\nM:4/4\nK:C\nC|", ["1:3 bad-field"]),
        ("X:1\nM:4/\nK:C\nC|", ["2:3 bad-field", "3:1 no-metre"]),
        (HEADER + "C|\n" + " " * MAX_TUNE_CHARACTERS, ["5:1 text-too-long"]),
        (HEADER + "C|\n\n" + HEADER + "C|", ["6:1 more-tunes"]),
        (HEADER + "Z9999|", ["4:1 too-many-bars"]),
        (HEADER + "C256" * 600, None),
        (HEADER + "".join(f"[V:{number}]C|" for number in range(100)), None),
    ],
)
def test_findings_in_whole_texts(text, expected):
    assert expected is None or found(text) == expected
    assert expected is not None or {line.split()[1] for line in found(text)} & {"tune-too-long", "too-many-voices"}


def test_every_code_that_is_raised_is_explained_and_the_other_way_round():
    raised = {line.split()[1] for music, _ in CASES for line in found(HEADER + music)}
    elsewhere = {
        "text-too-long",
        "too-many-voices",
        "too-many-bars",
        "tune-too-long",
        "time-rounded",
        "more-diagnostics",
        "no-tune",
        "no-metre",
        "no-notation",
        "no-key",
        "more-tunes",
        "no-field",
        "fields-on-one-line",
        "escaped-lines",
    }
    assert raised | elsewhere == set(CODES)


def test_strict_reading_raises_the_first_error_with_its_place():
    with pytest.raises(AbcError, match=r"^5:3: error: the chord that starts here has no \] \[unclosed-chord\]$") as error:
        read_abc(HEADER + "C-D|\nC [CE|[DF|", strict=True)
    assert (error.value.diagnostic.line, error.value.diagnostic.code) == (5, "unclosed-chord")
    assert read_abc(HEADER + "C-D|", strict=True).diagnostics  # a warning does not raise


def test_findings_are_bounded():
    diagnostics = read_abc(HEADER + "?C" * 5000).diagnostics
    assert len(diagnostics) == MAX_DIAGNOSTICS + 1
    assert diagnostics[-1].code == "more-diagnostics"


def test_a_finding_does_not_make_a_tune_another():
    assert read_abc(HEADER + "CD?|") == read_abc(HEADER + "CD|")


def test_an_unknown_code_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        FaultLog().add("no-such-code", 1, "")
