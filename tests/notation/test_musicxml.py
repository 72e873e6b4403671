"""MusicXML into a Tune: small hand-written scores, then real quartets where they lie beside the repository."""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from fractions import Fraction as F
from pathlib import Path
from random import Random

import pytest

from transformers_abc.notation import musicxml
from transformers_abc.notation.musicxml import MusicXmlError, read_musicxml
from transformers_abc.notation.tune import Key, Metre, Tempo, Tune

QUARTETS = Path(__file__).resolve().parents[3] / "shared" / "data" / "openscore_quartets"
CONTAINER = '<container><rootfiles><rootfile full-path="{}"/></rootfiles></container>'
DIVISIONS_2 = "<attributes><divisions>2</divisions></attributes>"  # an eighth is 1


def note(pitch: str, duration: int, extra: str = "", before: str = "") -> str:
    """A <note> from a name such as ``B-1 3`` (step, alter, octave); ``r`` is a rest."""
    if pitch == "r":
        return f"<note><rest/><duration>{duration}</duration>{extra}</note>"
    spelling, octave = pitch.split()
    alter = f"<alter>{spelling[1:]}</alter>" if spelling[1:] else ""
    pitched = f"<pitch><step>{spelling[0]}</step>{alter}<octave>{octave}</octave></pitch>"
    return f"<note>{before}{pitched}<duration>{duration}</duration>{extra}</note>"


def attributes(content: str) -> str:
    return f"<attributes><divisions>2</divisions>{content}</attributes>"


def score(*parts: list[str], head: str = "") -> str:
    """A partwise score: every part is a list of the contents of its measures."""
    body = ""
    for number, measures in enumerate(parts, 1):
        inner = "".join(f'<measure number="{index}">{content}</measure>' for index, content in enumerate(measures, 1))
        body += f'<part id="P{number}">{inner}</part>'
    return f'<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0">{head}{body}</score-partwise>'


def read(folder: Path, text: str) -> Tune:
    path = folder / "score.musicxml"
    path.write_text(text, encoding="utf-8")
    return read_musicxml(path)


def sounds(tune: Tune, voice: int = 0) -> list[tuple[F, F, int]]:
    return [(note.onset_wn, note.length_wn, note.pitch_midi) for note in tune.voices[voice].notes]


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        pytest.param(
            [DIVISIONS_2 + note("C 4", 2) + note("E 4", 2, before="<chord/>") + note("D 4", 2)],
            [(0, F(1, 4), 60), (0, F(1, 4), 64), (F(1, 4), F(1, 4), 62)],
            id="chord",
        ),
        pytest.param(
            [DIVISIONS_2 + note("C 4", 8, '<tie type="start"/>'), note("C 4", 8, '<tie type="stop"/><tie type="start"/>'), note("C 4", 2)],
            [(0, F(2), 60), (F(2), F(1, 4), 60)],
            id="tie over a bar line, then a start without a stop",
        ),
        pytest.param(
            [DIVISIONS_2 + note("C 4", 4, '<tie type="start"/>') + note("D 4", 2) + note("C 4", 2, '<tie type="stop"/>')],
            [(0, F(1, 2), 60), (F(1, 2), F(1, 4), 62), (F(3, 4), F(1, 4), 60)],
            id="tie across a gap is none",
        ),
        pytest.param(
            [
                DIVISIONS_2 + note("C 4", 4, '<tie type="start"/><voice>1</voice>') + "<backup><duration>4</duration></backup>"
                "<forward><duration>2</duration></forward>" + note("C 4", 2, '<tie type="start"/><voice>2</voice>'),
                note("C 4", 4, '<tie type="stop"/><voice>1</voice>') + "<backup><duration>4</duration></backup>"
                "" + note("C 4", 2, '<tie type="stop"/><voice>2</voice>'),
            ],
            [(0, F(1), 60), (F(1, 4), F(1, 2), 60)],
            id="ties of a unison stay in their voices",
        ),
        pytest.param(
            [DIVISIONS_2 + note("G 4", 8) + "<backup><duration>8</duration></backup>" + note("r", 4) + note("B 3", 4)],
            [(0, F(1), 67), (F(1, 2), F(1, 2), 59)],
            id="backup",
        ),
        pytest.param(
            [DIVISIONS_2 + note("C 4", 2) + "<forward><duration>4</duration></forward>" + note("D 4", 2)],
            [(0, F(1, 4), 60), (F(3, 4), F(1, 4), 62)],
            id="forward",
        ),
        pytest.param(
            [DIVISIONS_2 + "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>" + note("C 4", 2)],
            [(0, F(1, 4), 60)],
            id="a grace note takes no time",
        ),
        pytest.param(
            [
                DIVISIONS_2 + note("C 4", 2, before="<cue/>") + "<note><unpitched><display-step>E</display-step></unpitched>"
                "<duration>2</duration></note>" + note("D 4", 2)
            ],
            [(F(1, 2), F(1, 4), 62)],
            id="cue and unpitched notes dropped, their time kept",
        ),
        pytest.param(
            [DIVISIONS_2 + note("F2 4", 2) + note("B-2 4", 2) + note("C 4", 2) + note("E-0.5 4", 2)],
            [(0, F(1, 4), 67), (F(1, 4), F(1, 4), 69), (F(1, 2), F(1, 4), 60), (F(3, 4), F(1, 4), 64)],
            id="double accidentals, a quarter flat rounded",
        ),
    ],
)
def test_notes(tmp_path: Path, measures: list[str], expected: list[tuple[F, F, int]]) -> None:
    assert sounds(read(tmp_path, score(measures))) == expected


def test_rounded_tuplets_become_exact_and_backup_follows(tmp_path: Path) -> None:
    """Triplet eighths in 4 divisions last 1.33: written as 1, 1, 1, so even the backup of 3 misses the beat by one."""
    triplet = "<type>eighth</type><time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification>"
    content = "<attributes><divisions>4</divisions></attributes>" + "".join(note(pitch, 1, triplet) for pitch in ("C 4", "D 4", "E 4"))
    content += note("F 4", 4, "<type>quarter</type>") + "<backup><duration>7</duration></backup>" + note("C 3", 8)
    tune = read(tmp_path, score([content]))
    assert sounds(tune) == [
        (0, F(1, 2), 48),
        (0, F(1, 12), 60),
        (F(1, 12), F(1, 12), 62),
        (F(1, 6), F(1, 12), 64),
        (F(1, 4), F(1, 4), 65),
    ]
    assert tune.bar_lengths_wn == (F(1, 2),)


def test_played_length_wins_over_written_type(tmp_path: Path) -> None:
    """A dotted half (6) engraved without its dot, and a triplet quarter (1.33) that lasts 3, are no roundings."""
    triplet = "<type>quarter</type><time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification>"
    tune = read(tmp_path, score([DIVISIONS_2 + note("C 4", 6, "<type>half</type>") + note("D 4", 3, triplet)]))
    assert sounds(tune) == [(0, F(3, 4), 60), (F(3, 4), F(3, 8), 62)]


def test_pickup_metre_key_and_tempo_changes(tmp_path: Path) -> None:
    first = attributes("<key><fifths>-3</fifths><mode>minor</mode></key><time><beats>3</beats><beat-type>4</beat-type></time>")
    allegro = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/><per-minute>60</per-minute></metronome>"
        '</direction-type><sound tempo="90"/></direction>'
    )
    again = attributes("<key><fifths>-3</fifths><mode>minor</mode></key>")
    slower = '<direction><sound tempo="66.67"/></direction>'
    change = attributes("<key><fifths>1</fifths></key><time><beats>3+4</beats><beat-type>8</beat-type></time>")
    empty = ""
    tune = read(tmp_path, score([first + allegro + note("G 4", 2), again + note("C 5", 2) + slower + note("C 5", 4), change, empty]))
    assert tune.bar_lengths_wn == (F(1, 4), F(3, 4), F(7, 8), F(7, 8))
    assert tune.metres == ((0, Metre(3, 4)), (1, Metre(7, 8, "3+4/8")))
    assert tune.keys == ((0, Key(-3, "minor")), (1, Key(1)))
    assert tune.tempos == ((0, Tempo(F(3, 8), F(60))), (F(1, 2), Tempo(F(1, 4), F(6667, 100))))


@pytest.mark.parametrize(
    ("direction", "tempo"),
    [
        ("<metronome><beat-unit>half</beat-unit><per-minute>ca. 72</per-minute></metronome>", Tempo(F(1, 2), F(72))),
        ("<metronome><beat-unit>quarter</beat-unit><beat-unit>half</beat-unit></metronome>", None),
        ("<words>Adagio</words>", None),
    ],
)
def test_tempo_without_sound(tmp_path: Path, direction: str, tempo: Tempo | None) -> None:
    content = f"<direction><direction-type>{direction}</direction-type></direction>" + DIVISIONS_2 + note("C 4", 2)
    assert read(tmp_path, score([content])).tempos == (() if tempo is None else ((0, tempo),))


def test_sound_rules_where_the_metronome_disagrees(tmp_path: Path) -> None:
    metronome = "<metronome><beat-unit>eighth</beat-unit><per-minute>15</per-minute></metronome>"
    direction = f'<direction><direction-type>{metronome}</direction-type><offset>-1</offset><sound tempo="57"/></direction>'
    tune = read(tmp_path, score([DIVISIONS_2 + note("C 4", 2) + direction + note("C 4", 2)]))
    assert tune.tempos == ((F(1, 8), Tempo(F(1, 8), F(114))),)  # the offset of -1 division moves it an eighth back


def test_bars_are_common_and_as_long_as_the_longest_part(tmp_path: Path) -> None:
    chord = note("C 3", 2) + note("E 3", 4, before="<chord/>")  # its longer note counts
    tune = read(tmp_path, score([DIVISIONS_2 + note("C 4", 2), note("D 4", 8)], [DIVISIONS_2 + chord]))
    assert tune.bar_lengths_wn == (F(1, 2), F(1))
    assert sounds(tune, 0) == [(0, F(1, 4), 60), (F(1, 2), F(1), 62)]
    assert sounds(tune, 1) == [(0, F(1, 4), 48), (0, F(1, 2), 52)]


def test_transposing_part_sounds(tmp_path: Path) -> None:
    """A clarinet in B flat, written in D major: E sounds as D, F sharp as E, B flat as A flat."""
    transpose = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    content = attributes(f"<key><fifths>2</fifths></key>{transpose}") + note("E 4", 2) + note("F1 4", 2) + note("B-1 4", 2)
    tune = read(tmp_path, score([content]))
    assert [(n.pitch_midi, n.letter, n.alter) for n in tune.voices[0].notes] == [(62, "D", 0), (64, "E", 0), (68, "A", -1)]
    assert tune.keys == ((0, Key(0)),)


def test_transposing_never_needs_triple_sharps(tmp_path: Path) -> None:
    """E double sharp on a clarinet in A would sound as C triple sharp: D sharp."""
    content = attributes("<transpose><chromatic>-3</chromatic></transpose>") + note("E2 4", 2)
    (sound,) = read(tmp_path, score([content])).voices[0].notes
    assert (sound.pitch_midi, sound.letter, sound.alter) == (63, "D", 1)


def test_octave_transposition_and_clefs(tmp_path: Path) -> None:
    bass = attributes(
        "<clef><sign>F</sign><line>4</line></clef><transpose><chromatic>0</chromatic><octave-change>-1</octave-change></transpose>"
    )
    tenor = attributes("<clef><sign>C</sign><line>4</line></clef>")
    low_treble = attributes("<clef><sign>G</sign><line>2</line><clef-octave-change>-1</clef-octave-change></clef>")
    soprano = attributes("<clef><sign>C</sign><line>1</line></clef>")
    tune = read(tmp_path, score(*([head + note("C 3", 2)] for head in (bass, tenor, low_treble, soprano))))
    assert [voice.clef for voice in tune.voices] == ["bass", "tenor", "treble-8", "alto1"]
    assert [voice.notes[0].pitch_midi for voice in tune.voices] == [36, 48, 48, 48]


def test_names_programs_and_credits(tmp_path: Path) -> None:
    head = (
        "<work><work-title>Two\n parts</work-title></work><credit><credit-type>composer</credit-type>"
        "<credit-words>A. Nonymous</credit-words></credit><part-list><score-part id='P1'><part-name>Violin 1</part-name>"
        "<midi-instrument id='I'><midi-program>41</midi-program></midi-instrument></score-part></part-list>"
    )
    tune = read(tmp_path, score([note("C 4", 1)], [note("C 4", 1)], head=head))
    assert (tune.title, tune.composer) == ("Two parts", "A. Nonymous")
    assert [(voice.name, voice.program) for voice in tune.voices] == [("Violin 1", 40), ("", None)]


def test_timewise(tmp_path: Path) -> None:
    bars = "".join(f"<measure><part id='P1'>{note(pitch, 4)}</part></measure>" for pitch in ("C 4", "D 4"))
    tune = read(tmp_path, f"<score-timewise>{bars}</score-timewise>")
    assert sounds(tune) == [(0, F(1), 60), (F(1), F(1), 62)]


def write_mxl(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_compressed(tmp_path: Path) -> None:
    files = {"META-INF/container.xml": CONTAINER.format("in/side.xml"), "in/side.xml": score([note("A 4", 1)])}
    assert sounds(read_musicxml(write_mxl(tmp_path / "a.mxl", files))) == [(0, F(1, 4), 69)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "broken XML"),
        ("<score-partwise><part>", "broken XML"),
        ('<?xml version="1.0" encoding="klingon"?><score-partwise/>', "broken XML"),
        ("<html/>", "expected <score-partwise>"),
        ("<score-partwise/>", "no part"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><score-partwise/>', "entities"),
        (score([note("H 4", 1)]), "part P1, measure 1: <step>"),
        (score([note("C 4", 1), note("C 4", -1)]), "measure 2: <duration> must be at least 0"),
        (score(["<note><pitch><step>C</step><octave>4</octave></pitch></note>"]), "<duration> is no number: ''"),
        (score([note("C 40", 1)]), "MIDI range"),
        (score([attributes("<time><beats>3</beats></time>")]), "<beat-type> for every"),
        (score([attributes("<time><beats>0</beats><beat-type>4</beat-type></time>")]), "<beats> must be at least 1"),
        (score(["<attributes><divisions>0</divisions></attributes>"]), "<divisions>"),
        (score(["<forward><duration>1e999999999</duration></forward>"]), "is no number"),
    ],
)
def test_malformed_text(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(MusicXmlError, match=reason) as caught:
        read(tmp_path, text)
    assert "score.musicxml" in str(caught.value)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "there is no META-INF/container.xml in it"),
        ({"META-INF/container.xml": "<container/>"}, "names no root file"),
        ({"META-INF/container.xml": CONTAINER.format("absent.xml")}, "absent.xml"),
        ({"META-INF/container.xml": CONTAINER.format("a.xml"), "a.xml": "<a"}, "broken XML"),
    ],
)
def test_malformed_archive(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    with pytest.raises(MusicXmlError, match=reason):
        read_musicxml(write_mxl(tmp_path / "a.mxl", files))


def test_encrypted_and_oddly_compressed_archives(tmp_path: Path) -> None:
    files = {"META-INF/container.xml": CONTAINER.format("a.xml"), "a.xml": score([note("A 4", 1)])}
    path = tmp_path / "odd.mxl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    with pytest.raises(MusicXmlError, match="encrypted or compressed in a way"):
        read_musicxml(path)
    data = bytearray(write_mxl(path, files).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption in the directory
    path.write_bytes(data)
    with pytest.raises(MusicXmlError, match="encrypted or compressed in a way"):
        read_musicxml(path)


def test_any_damage_to_an_archive_is_an_error_or_none(tmp_path: Path) -> None:
    files = {"META-INF/container.xml": CONTAINER.format("a.xml"), "a.xml": score([note("A 4", 1)])}
    whole = write_mxl(tmp_path / "whole.mxl", files).read_bytes()
    random = Random(0)
    damaged = tmp_path / "damaged.mxl"
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(random.randint(1, 6)):
            data[random.randrange(2, len(data))] = random.choice((0, 1, 255, random.randrange(256)))
        damaged.write_bytes(data)
        with suppress(MusicXmlError):
            read_musicxml(damaged)


def test_every_truncation_of_an_archive_is_an_error(tmp_path: Path) -> None:
    files = {"META-INF/container.xml": CONTAINER.format("a.xml"), "a.xml": score([note("A 4", 1)])}
    data = write_mxl(tmp_path / "whole.mxl", files).read_bytes()
    cut = tmp_path / "cut.mxl"
    for length in range(0, len(data), 7):
        cut.write_bytes(data[:length])
        with pytest.raises(MusicXmlError):
            read_musicxml(cut)


def test_size_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(musicxml, "MAX_XML_BYTES", 2000)
    with pytest.raises(MusicXmlError, match="larger than 2000 bytes"):
        read(tmp_path, score([note("A 4", 1) * 100]))
    files = {"META-INF/container.xml": CONTAINER.format("bomb.xml"), "bomb.xml": score([note("A 4", 1) * 100])}
    bomb = write_mxl(tmp_path / "bomb.mxl", files)
    assert bomb.stat().st_size < 2000
    with pytest.raises(MusicXmlError, match=r"bomb\.xml unpacks to more than 2000 bytes"):
        read_musicxml(bomb)


def test_endless_denominators_are_refused(tmp_path: Path) -> None:
    primes = [p for p in range(101, 400) if all(p % d for d in range(2, p))]
    contents = [f"<attributes><divisions>{prime}</divisions></attributes>" + note("C 4", 1) for prime in primes]
    with pytest.raises(MusicXmlError, match="note lengths"):
        read(tmp_path, score(["".join(contents)]))
    with pytest.raises(MusicXmlError, match="bar lengths"):
        read(tmp_path, score(contents))


def count_of_heads(path: Path) -> int:
    """Notes by plain search in the text: pitched, neither grace nor cue, and not the later half of a tie."""
    with zipfile.ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if not name.startswith("META-INF"))
        notes = re.findall(r"<note[ >].*?</note>", archive.read(name).decode("utf-8"), re.DOTALL)
    return sum("<pitch>" in text and not re.search(r'<grace|<cue|<tie type="stop"', text) for text in notes)


@pytest.mark.skipif(not QUARTETS.is_dir(), reason="the OpenScore quartets do not lie beside the repository (shared/data)")
@pytest.mark.parametrize(
    ("pattern", "bars", "metres", "fifths"),
    [  # as music21 10.5 reads them, too
        ("Haydn*Op_20_No_2_*", 419, ["C", "3/4", "6/8"], [0, -3, 0, -3, 0]),
        ("Schubert*D_703_*", 314, ["6/8"], [-3]),
        ("Beethoven*Op_18_No_4_*", 809, ["C", "3/8", "3/4", "C|"], [-3, 0, -3, -4, -3, 0, -3]),
    ],
)
def test_quartets(pattern: str, bars: int, metres: list[str], fifths: list[int]) -> None:
    (path,) = QUARTETS.glob(pattern)
    tune = read_musicxml(path)
    assert [voice.program for voice in tune.voices] == [40, 40, 41, 42]
    assert [voice.clef for voice in tune.voices] == ["treble", "treble", "alto", "bass"]
    assert sum(len(voice.notes) for voice in tune.voices) == count_of_heads(path)
    assert len(tune.bar_lengths_wn) == bars
    assert [str(metre) for _, metre in tune.metres] == metres
    assert [key.fifths for _, key in tune.keys] == fifths
    assert all(length <= tune.metre_at(onset).bar_wn for length, onset in zip(tune.bar_lengths_wn, tune.bar_onsets_wn, strict=True))
    end_wn = tune.length_wn
    assert all(note.end_wn <= end_wn for voice in tune.voices for note in voice.notes)
    assert tune.title
    assert tune.composer
