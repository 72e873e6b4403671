"""Recordings with their notes, in every layout: what belongs together, what is read from it, and what is said of the rest."""

import json
import os
from collections import Counter
from fractions import Fraction
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from transformers_abc.data.aligned import AlignedPiece
from transformers_abc.data.clips import cut_clips
from transformers_abc.data.pairs import PairFiles, PairsError, find_pairs, read_pair
from transformers_abc.notation.midi import to_midi
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc

RATE = 8000

# Two players and drums, 8 bars of 3/4 of 1.5 s each.
TRIO = read_abc(
    'X:1\nM:3/4\nL:1/4\nQ:1/4=120\nV:1 name="Violin"\nV:2 clef=bass name="Bass"\nV:3 clef=perc name="Drums"\nK:G\n'
    "V:1\n%%MIDI program 40\n" + "G(3A/B/c/d|z B2|" * 4 + "\n"
    "V:2\n%%MIDI program 32\n" + "G,,3|D,2z|" * 4 + "\nV:3\n" + "CCC|CCC|" * 4 + "\n"
)
TRIO_S = 12.0


def write_audio(path: Path, seconds: float = TRIO_S) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(os.fsencode(path), np.zeros(int(seconds * RATE), dtype=np.float32), RATE)
    return path


def write_midi(path: Path, tune: Tune = TRIO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    to_midi(tune).save(path)
    return path


def only(root: Path) -> PairFiles:
    (found,) = find_pairs(root)
    return found


def write_performance(path: Path, notes: list[tuple[float, float, int]]) -> None:
    """As MAESTRO does: one track, 384 ticks a quarter and 120 a minute, whatever the tempo; a sustain pedal that is down throughout."""
    ticks = 768  # a second
    events = [(0, mido.Message("control_change", control=64, value=127)), (0, mido.Message("program_change", program=0))]
    for onset_s, end_s, pitch in notes:
        events.append((round(onset_s * ticks), mido.Message("note_on", note=pitch, velocity=70)))
        events.append((round(end_s * ticks), mido.Message("note_off", note=pitch)))
    track, now = mido.MidiTrack(), 0
    for tick, message in sorted(events, key=lambda event: (event[0], event[1].type == "note_on")):
        track.append(message.copy(time=tick - now))
        now = tick
    path.parent.mkdir(parents=True, exist_ok=True)
    mido.MidiFile(type=1, ticks_per_beat=384, tracks=[mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)]), track]).save(path)


def walking_notes(beat_s: float = 60 / 85, beats: int = 48, seed: int = 0) -> list[tuple[float, float, int]]:
    """Bars of four at 85 a minute: a low chord on the first beat, eighths above; played unevenly."""
    rng = np.random.default_rng(seed)
    line = [72, 74, 76, 77, 79, 77, 76, 74]
    notes = [(1 + beat_s * beat / 2, beat_s * 0.45, line[beat % 8]) for beat in range(2 * beats)]
    notes += [(1 + beat_s * beat, beat_s * 3.5, pitch) for beat in range(0, beats, 4) for pitch in (36, 43, 52)]
    return sorted((onset_s + float(rng.normal(0, 0.01)), onset_s + length_s, pitch) for onset_s, length_s, pitch in notes)


def check_text_plays(piece: AlignedPiece, recording: int, duration_s: float, given: list[tuple[float, int]]) -> None:
    """Every clip's text, read again, has full bars, and all clips have the notes given: of each pitch in order, at the median 50 ms off."""
    texts: dict[int, list[float]] = {}
    clips = list(cut_clips(piece, piece.recordings[recording], duration_s))
    for clip in clips:
        tune = read_abc(write_abc(clip.tune))
        assert not tune.diagnostics
        assert all(
            length_wn == tune.metre_at(onset_wn).bar_wn for onset_wn, length_wn in zip(tune.bar_onsets_wn, tune.bar_lengths_wn, strict=True)
        )
        for note in sorted(note for voice in tune.voices for note in voice.notes):
            texts.setdefault(note.pitch_midi, []).append(clip.start_s + tune.seconds_at(note.onset_wn))
    assert Counter({pitch: len(times) for pitch, times in texts.items()}) == Counter(pitch for _, pitch in given)
    late_s = [np.subtract(times, sorted(onset_s for onset_s, other in given if other == pitch)) for pitch, times in texts.items()]
    assert np.median(np.abs(np.concatenate(late_s))) < 0.05


# --- Audio and MIDI of one name ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audio", "midi", "expected"),
    [
        ("song.wav", "song.mid", "song"),
        ("song.FLAC", "song.MIDI", "song"),
        ("a/b/song.ogg", "a/b/song.midi", "a/b/song"),
        ("Blüte 夜 v1.2.wav", "Blüte 夜 v1.2.mid", "Blüte 夜 v1.2"),
    ],
)
def test_files_of_one_name_are_a_piece(tmp_path: Path, audio: str, midi: str, expected: str) -> None:
    write_audio(tmp_path / audio)
    write_midi(tmp_path / midi)
    files = only(tmp_path)
    assert (files.id, files.family, files.split) == (expected, expected.rpartition("/")[2].casefold(), None)
    assert (files.notes, files.recordings) == (tmp_path / midi, (tmp_path / audio,))
    piece, problems = read_pair(files)
    assert (piece.id, piece.source, problems) == (expected, "pairs", ())


def test_a_file_in_musical_time_gives_its_bars_and_its_tempo_map_the_onsets(tmp_path: Path) -> None:
    write_audio(tmp_path / "trio.wav")
    write_midi(tmp_path / "trio.mid")
    piece, _ = read_pair(only(tmp_path))
    assert [(voice.name, voice.program) for voice in piece.score.voices] == [("Violin", 40), ("Acoustic Bass", 32)]  # no drums
    assert [(str(metre), str(key)) for (_, metre), (_, key) in zip(piece.score.metres, piece.score.keys, strict=True)] == [("3/4", "G")]
    assert piece.score.bar_lengths_wn == (Fraction(3, 4),) * 8
    assert [voice.notes for voice in piece.score.voices] == [voice.notes for voice in TRIO.voices[:2]]
    assert piece.onsets_s[1] == pytest.approx([0, 1.5, 3, 4.5, 6, 7.5, 9, 10.5])  # at the beginning of every bar
    assert piece.onsets_s[0][:5] == pytest.approx([0, 0.5, 2 / 3, 5 / 6, 1])
    assert [(recording.path.name, recording.voices) for recording in piece.recordings] == [("trio.wav", (0, 1))]
    check_text_plays(piece, 0, TRIO_S, [(TRIO.seconds_at(n.onset_wn), n.pitch_midi) for voice in TRIO.voices[:2] for n in voice.notes])


def test_onsets_follow_every_tempo_of_the_file(tmp_path: Path) -> None:
    write_audio(tmp_path / "slower.wav", 12.0)
    write_midi(tmp_path / "slower.mid", read_abc("X:1\nM:2/4\nL:1/4\nQ:1/4=120\nK:C\nCD|[Q:1/4=60]EF|[Q:1/4=40]GA|"))
    piece, _ = read_pair(only(tmp_path))
    assert piece.onsets_s == (pytest.approx([0, 0.5, 1, 2, 3, 4.5]),)


def test_onsets_that_are_a_little_off_the_grid_stay_so_in_seconds(tmp_path: Path) -> None:
    write_audio(tmp_path / "late.wav", 17.0)
    late = [(0.5 * beat + 0.011 * (beat % 3), 0.5 * beat + 0.4, 60 + beat % 5) for beat in range(32)]  # 120 a minute
    write_performance(tmp_path / "late.mid", late)
    piece, _ = read_pair(only(tmp_path))
    assert [note.onset_wn for note in piece.score.voices[0].notes] == [Fraction(beat, 4) for beat in range(32)]
    assert piece.onsets_s[0] == pytest.approx([onset_s for onset_s, _, _ in late], abs=0.001)  # a tick is 1.3 ms


def test_hands_that_have_a_track_each_are_not_parted_again(tmp_path: Path) -> None:
    hands = "V:1\n[Gc][Ad][Be][cf]|[EG]2[Gc]2|\nV:2\n[C,C]2[D,F]2|[C,C]2[G,E]2|\n"
    write_audio(tmp_path / "hands.wav", 4.0)
    write_midi(tmp_path / "hands.mid", read_abc(f'X:1\nL:1/4\nV:1 name="Piano right"\nV:2 name="Piano left" clef=bass\nK:C\n{hands}'))
    piece, _ = read_pair(only(tmp_path))
    assert [[note.pitch_midi for note in voice.notes if note.onset_wn == 0] for voice in piece.score.voices] == [[67, 72], [48, 60]]


def test_notes_that_are_let_go_early_are_written_as_long_as_they_count(tmp_path: Path) -> None:
    write_audio(tmp_path / "gated.wav", 17.0)
    write_performance(tmp_path / "gated.mid", [(0.5 * beat, 0.5 * beat + 0.475, 60 + beat % 5) for beat in range(32)])  # 95 % of a quarter
    piece, _ = read_pair(only(tmp_path))
    assert {note.length_wn for note in piece.score.voices[0].notes} == {Fraction(1, 4)}


def test_the_instrument_is_told_by_the_name_then_by_the_program_then_a_piano(tmp_path: Path) -> None:
    abc = 'X:1\nL:1/4\nV:1 name="Vln. 2"\nV:2 name="7"\nV:3 name="8"\nK:C\nV:1\nCDEF|\nV:2\n%%MIDI program 73\ncdef|\nV:3\nCDEF|\n'
    write_midi(tmp_path / "a.mid", read_abc(abc))
    write_audio(tmp_path / "a.wav", 2.0)
    piece, _ = read_pair(only(tmp_path))
    assert [voice.name for voice in piece.score.voices] == ["Violin", "Flute", "Acoustic Grand Piano"]


def test_takes_of_one_file_name_are_a_family(tmp_path: Path) -> None:
    for name in ("take1/song", "take2/Song", "take2/other"):
        write_audio(tmp_path / f"{name}.wav")
        write_midi(tmp_path / f"{name}.mid")
    assert [(files.id, files.family) for files in find_pairs(tmp_path)] == [
        ("take1/song", "song"),
        ("take2/Song", "song"),
        ("take2/other", "other"),
    ]


def at_tempo(quarter_us: int, notes: int = 32) -> mido.MidiFile:
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=quarter_us), mido.MetaMessage("time_signature", numerator=3)])
    for place in range(notes):
        pitch = 60 + 4 * (place % 3)
        track += [mido.Message("note_on", note=pitch), mido.Message("note_off", note=pitch, time=480)]
    return mido.MidiFile(ticks_per_beat=480, tracks=[track])


@pytest.mark.parametrize(
    ("quarter_us", "keeps_bars"),
    [
        (5_990_000, True),
        (6_010_000, False),
        (16_000_000, False),
        (151_000, True),
        (149_000, False),
        (1000, False),
        (1, False),
    ],  # 60 s / tempo
)
def test_tempos_that_no_one_plays_are_no_musical_time(tmp_path: Path, quarter_us: int, keeps_bars: bool) -> None:
    at_tempo(quarter_us).save(tmp_path / "a.mid")
    write_audio(tmp_path / "a.wav", 32 * quarter_us / 1e6 + 1)
    piece, _ = read_pair(only(tmp_path))
    onsets_wn = sorted(note.onset_wn for voice in piece.score.voices for note in voice.notes)
    assert (onsets_wn == [Fraction(place, 4) for place in range(32)]) == keeps_bars
    assert sorted(time_s for voice in piece.onsets_s for time_s in voice)[0] == 0


def test_a_fermata_that_is_written_as_a_tempo_leaves_the_bars(tmp_path: Path) -> None:
    file = at_tempo(500_000, 60)
    file.tracks[0].insert(-2, mido.MetaMessage("set_tempo", tempo=8_000_000))  # before the last note: 1 of 60 is less than 2 %
    file.save(tmp_path / "a.mid")
    write_audio(tmp_path / "a.wav", 38.0)
    piece, _ = read_pair(only(tmp_path))
    assert piece.score.bar_lengths_wn[0] == Fraction(3, 4)
    assert [note.onset_wn for note in piece.score.voices[0].notes] == [Fraction(place, 4) for place in range(60)]


def test_midi_that_outlasts_any_recording_is_refused(tmp_path: Path) -> None:
    file = at_tempo(16_000_000)  # 32 notes of 16 s, a rest of 6,250 quarters, and another note
    file.tracks[0] += [mido.Message("note_on", note=60, time=3_000_000), mido.Message("note_off", note=60, time=480)]
    file.save(tmp_path / "a.mid")
    write_audio(tmp_path / "a.wav")
    with pytest.raises(PairsError, match=r"a\.mid: its notes end at 100528 s, and no recording lasts 86400 s"):  # 6283 * 16 s
        read_pair(only(tmp_path))


# --- MAESTRO -------------------------------------------------------------------------------------------------------------------------

MAESTRO = [
    ("Franz Schubert", "Impromptu Op. 90, No. 2", "train", "2018", "2018/a.midi", "2018/a.wav", "40.0"),
    ("Franz Schubert", "Impromptu Op. 90, No. 2", "train", "2017", "2017/b.midi", "2017/b.wav", "40.0"),
    ("Clara Schumann", "Romance, Op. 21", "test", "2017", "2017/c.midi", "2017/c.wav", "40.0"),
]
COLUMNS = ("canonical_composer", "canonical_title", "split", "year", "midi_filename", "audio_filename", "duration")


def write_maestro(root: Path) -> None:
    for number, row in enumerate(MAESTRO):
        write_performance(root / row[4], walking_notes(seed=number))
        write_audio(root / row[5], 40.0)


def write_csv(path: Path) -> None:
    lines = [",".join(COLUMNS), *(",".join(f'"{value}"' for value in row) for row in MAESTRO)]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_columns(path: Path) -> None:
    path.write_text(json.dumps({name: {str(i): row[place] for i, row in enumerate(MAESTRO)} for place, name in enumerate(COLUMNS)}))


def write_rows(path: Path) -> None:
    path.write_text(json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in MAESTRO]))


@pytest.mark.parametrize(
    ("name", "write"), [("maestro-v3.0.0.csv", write_csv), ("maestro-v3.0.0.json", write_columns), ("maestro-v1.0.0.json", write_rows)]
)
def test_maestro_tells_compositions_and_splits(tmp_path: Path, name: str, write) -> None:
    write_maestro(tmp_path)
    write(tmp_path / name)
    schubert, schumann = "Franz Schubert: Impromptu Op. 90, No. 2", "Clara Schumann: Romance, Op. 21"
    assert [(files.id, files.family, files.split) for files in find_pairs(tmp_path)] == [
        ("2017/b", schubert, "train"),
        ("2017/c", schumann, "test"),
        ("2018/a", schubert, "train"),
    ]


def test_a_performance_is_written_as_it_sounds(tmp_path: Path) -> None:
    write_maestro(tmp_path)
    write_csv(tmp_path / "maestro-v3.0.0.csv")
    piece, problems = read_pair(find_pairs(tmp_path)[0])
    assert problems == ()
    given = [(onset_s, pitch) for onset_s, _, pitch in walking_notes(seed=1)]
    onsets_s = sorted(onset_s for of_voice in piece.onsets_s for onset_s in of_voice)
    assert onsets_s == pytest.approx(sorted(onset_s for onset_s, _ in given), abs=0.001)  # a tick is 1.3 ms
    assert [(voice.name, voice.clef) for voice in piece.score.voices] == [
        ("Acoustic Grand Piano", "treble"),
        ("Acoustic Grand Piano", "bass"),
    ]
    assert [str(metre) for _, metre in piece.score.metres] == ["4/4"]
    check_text_plays(piece, 0, 40.0, given)


@pytest.mark.parametrize(
    "text",
    [
        "canonical_composer,canonical_title\nBach,Aria\n",
        "",
        "canonical_composer,canonical_title,split,midi_filename\nBach,Aria,tset,a.midi\n",
    ],
)
def test_a_broken_table_is_not_passed_over(tmp_path: Path, text: str) -> None:
    write_maestro(tmp_path)
    table = tmp_path / "maestro-v3.0.0.csv"
    table.write_text(text)
    with pytest.raises(PairsError, match=r"maestro-v3\.0\.0\.csv: cannot be read: .*take it away"):
        find_pairs(tmp_path)


# --- Slakh ---------------------------------------------------------------------------------------------------------------------------

STEMS = {
    "S00": {"inst_class": "Strings", "program_num": 48, "is_drum": False, "audio_rendered": True},
    "S01": {"inst_class": "Bass", "program_num": 33, "is_drum": False, "audio_rendered": True},
    "S02": {"inst_class": "Drums", "program_num": 128, "is_drum": True, "audio_rendered": True},
}


def write_track(folder: Path, stems: dict[str, dict] = STEMS, audio: str = "flac") -> Path:
    write_audio(folder / f"mix.{audio}")
    write_midi(folder / "all_src.mid")
    for name, voice in zip(stems, TRIO.voices, strict=False):
        write_midi(folder / "MIDI" / f"{name}.mid", Tune((voice,), TRIO.bar_lengths_wn, TRIO.metres, tempos=TRIO.tempos))
        write_audio(folder / "stems" / f"{name}.{audio}")
    (folder / "metadata.yaml").write_text(json.dumps({"UUID": "1a8", "stems": stems}))  # JSON is YAML
    return folder


@pytest.mark.parametrize("audio", ["flac", "wav"])
def test_a_track_of_slakh_has_a_mix_and_stems_and_no_drums(tmp_path: Path, audio: str) -> None:
    track = write_track(tmp_path / "slakh2100" / "validation" / "Track00123", audio=audio)
    write_midi(track / "MIDI" / "S02.mid", Tune((TRIO.voices[1],), TRIO.bar_lengths_wn))  # drums, on a channel that has pitches
    files = only(tmp_path / "slakh2100")
    assert (files.id, files.family, files.split) == ("validation/Track00123", "validation/Track00123", "validation")
    piece, problems = read_pair(files)
    assert problems == ()
    assert [(voice.name, voice.program) for voice in piece.score.voices] == [("String Ensemble 1", 48), ("Electric Bass (finger)", 33)]
    assert [(recording.path.name, recording.voices) for recording in piece.recordings] == [
        (f"mix.{audio}", (0, 1)),
        (f"S00.{audio}", (0,)),
        (f"S01.{audio}", (1,)),
    ]
    assert piece.score.bar_lengths_wn == (Fraction(3, 4),) * 8
    check_text_plays(piece, 2, TRIO_S, [(TRIO.seconds_at(note.onset_wn), note.pitch_midi) for note in TRIO.voices[1].notes])


def test_a_pianist_among_stems_has_both_staves_in_one_recording(tmp_path: Path) -> None:
    piano = read_abc("X:1\nM:3/4\nL:1/4\nK:G\n" + "[G,,Bd][G,,Bd][G,,Bd]|" * 8)
    write_track(tmp_path / "Track1", {"S00": STEMS["S01"], "S01": {"program_num": 0, "is_drum": False}})
    write_midi(tmp_path / "Track1" / "MIDI" / "S01.mid", piano)
    piece, _ = read_pair(only(tmp_path / "Track1"))
    assert [voice.clef for voice in piece.score.voices[1:]] == ["treble", "bass"]
    assert [recording.voices for recording in piece.recordings] == [(0, 1, 2), (0,), (1, 2)]


def test_a_mix_with_unknown_notes_is_left_out_and_its_other_stems_are_kept(tmp_path: Path) -> None:
    track = write_track(tmp_path / "train" / "Track00001")
    (track / "MIDI" / "S00.mid").write_bytes(b"MThd but no more")
    (track / "stems" / "S00.flac").unlink()
    piece, problems = read_pair(only(tmp_path))
    assert [recording.path.name for recording in piece.recordings] == ["S01.flac"]
    assert [problem.split(": ")[0] for problem in problems] == [str(track / "MIDI" / "S00.mid"), str(track / "mix.flac")]


def test_a_stem_that_was_not_rendered_is_not_in_the_score(tmp_path: Path) -> None:
    write_track(tmp_path / "Track00001", {**STEMS, "S00": {**STEMS["S00"], "audio_rendered": False}})
    piece, _ = read_pair(only(tmp_path))
    assert [voice.name for voice in piece.score.voices] == ["Electric Bass (finger)"]


def test_a_track_without_metadata_tells_instruments_and_drums_by_its_midi(tmp_path: Path) -> None:
    (write_track(tmp_path / "Track00001") / "metadata.yaml").unlink()
    piece, _ = read_pair(only(tmp_path))
    assert [voice.program for voice in piece.score.voices] == [40, 32]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("stems: [", "cannot be read"),
        ("a: 1", "names no stems"),
        ("- 1", "names no stems"),
        ("a: 2026-13-45", "cannot be read"),
        ("a: !!timestamp x", "cannot be read"),
        ("[" * 20_000, "cannot be read"),
    ],
)
def test_broken_metadata_name_the_file(tmp_path: Path, text: str, reason: str) -> None:
    (write_track(tmp_path / "Track00001") / "metadata.yaml").write_text(text)
    with pytest.raises(PairsError, match=rf"metadata\.yaml: {reason}"):
        read_pair(only(tmp_path))


def test_what_slakh_omits_is_left_out(tmp_path: Path) -> None:
    write_track(tmp_path / "omitted" / "Track00004")
    with pytest.raises(PairsError, match="Track00004: Slakh leaves it out"):
        read_pair(only(tmp_path))


@pytest.mark.parametrize("name", ["../../../secret/private", "/etc/S00", "MIDI/S00", "..\\S00", "..", "", "S\0"])
def test_a_stem_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    track = write_track(tmp_path / "in" / "a" / "Track00001")
    write_midi(tmp_path / "secret" / "private.mid")
    write_audio(tmp_path / "secret" / "private.wav")
    (track / "metadata.yaml").write_text(json.dumps({"stems": {**STEMS, name: STEMS["S00"]}}))
    with pytest.raises(PairsError, match=r"metadata\.yaml: its stem .* is no plain file name"):
        read_pair(only(tmp_path / "in"))


# --- GuitarSet -----------------------------------------------------------------------------------------------------------------------

BEAT_S = 60 / 129


def guitar_jams(*, dense: bool = False) -> dict:
    """Four bars of 4/4 at 129 a minute, from 0.2 s: a note a beat, on two strings in turn, and a third of a semitone sharp.

    The first beat is not marked.
    """
    beats = [(0.2 + beat * BEAT_S, 1 + beat % 4) for beat in range(16)]
    notes = [(time_s + 0.01 * (beat % 2), BEAT_S * 0.8, 51.3 + beat % 4) for beat, (time_s, _) in enumerate(beats)]

    def annotation(namespace: str, rows: list[tuple]) -> dict:
        columns = ("time", "duration", "value", "confidence")
        data = [dict(zip(columns, (*row, None), strict=True)) for row in rows]
        return {"namespace": namespace, "data": {c: [row[c] for row in data] for c in columns} if dense else data}

    positions = [
        (time_s, 0.0, {"position": p, "measure": 1 + i // 4, "num_beats": 4, "beat_units": 4}) for i, (time_s, p) in enumerate(beats)
    ]
    return {
        "annotations": [
            annotation("pitch_contour", []),
            annotation("note_midi", notes[::2]),
            annotation("note_midi", notes[1::2]),
            annotation("beat_position", positions[1:]),
            annotation("key_mode", [(0.0, 8.0, "Eb:major")]),
        ]
    }


def with_beat_position(position: float) -> dict:
    content = guitar_jams()
    content["annotations"][3]["data"][2]["value"]["position"] = position
    return content


def write_guitar(root: Path, content: object, name: str = "00_BN1-129-Eb_comp") -> Path:
    path = root / "annotation" / f"{name}.jams"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    write_audio(root / "audio_hex-pickup_original" / f"{name}_hex.wav", 8.0)
    write_audio(root / "audio_mono-mic" / f"{name}_mic.wav", 8.0)
    return path


@pytest.mark.parametrize("dense", [False, True])
def test_guitarset_is_read_by_its_beats(tmp_path: Path, dense: bool) -> None:
    write_guitar(tmp_path, guitar_jams(dense=dense))
    files = only(tmp_path)
    assert (files.id, files.family, files.split) == ("annotation/00_BN1-129-Eb_comp", "BN1-129-Eb", None)
    piece, problems = read_pair(files)
    assert problems == ()
    (guitar,) = piece.score.voices
    assert (guitar.name, guitar.program) == ("Acoustic Guitar (nylon)", 24)
    assert [(str(metre), str(key)) for (_, metre), (_, key) in zip(piece.score.metres, piece.score.keys, strict=True)] == [("4/4", "Eb")]
    assert [note.pitch_midi for note in guitar.notes] == [51, 52, 53, 54] * 4
    downbeats = [note.onset_wn for note in guitar.notes if note.pitch_midi == 51]
    assert len(downbeats) == 4
    assert {onset_wn % 1 for onset_wn in downbeats} == {0}
    assert piece.onsets_s[0] == pytest.approx([0.2 + beat * BEAT_S + 0.01 * (beat % 2) for beat in range(16)])
    assert [recording.path.stem for recording in piece.recordings] == ["00_BN1-129-Eb_comp_mic", "00_BN1-129-Eb_comp_hex"]
    check_text_plays(piece, 0, 8.0, [(onset_s, note.pitch_midi) for onset_s, note in zip(piece.onsets_s[0], guitar.notes, strict=True)])


def test_beats_are_found_where_none_are_marked(tmp_path: Path) -> None:
    content = guitar_jams()
    content["annotations"] = [part for part in content["annotations"] if part["namespace"] != "beat_position"]
    write_guitar(tmp_path, content)
    piece, _ = read_pair(only(tmp_path))
    assert [note.pitch_midi for note in piece.score.voices[0].notes] == [51, 52, 53, 54] * 4


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"annotations": []}, "no note in it"),
        ({"file_metadata": {}}, "annotations is missing"),
        ("{", "Expecting property name"),
        ([], "list indices"),
        (
            {"annotations": [{"namespace": "note_midi", "data": [{"time": 0.0, "duration": 1.0, "value": "C4"}]}]},
            "a number was expected, found 'C4'",
        ),
        ({"annotations": [{"namespace": "note_midi", "data": [{"time": 0.0, "duration": 1.0, "value": 400}]}]}, "no such note: pitch 400"),
        ({"annotations": [{"namespace": "note_midi", "data": [{"time": 10**399, "duration": 1.0, "value": 60}]}]}, "too large to convert"),
        (
            {"annotations": [{"namespace": "note_midi", "data": [{"time": 1e300, "duration": 1.0, "value": 60}]}]},
            "no recording lasts 86400 s",
        ),
        (json.dumps(with_beat_position(float("inf"))), "cannot convert float infinity"),
        (json.dumps(with_beat_position(float("nan"))), "cannot convert float NaN"),
        ("[" * 200_000, "recursion"),
    ],
)
def test_jams_that_cannot_be_used_name_the_file_and_the_reason(tmp_path: Path, content: object, reason: str) -> None:
    path = write_guitar(tmp_path, content)
    with pytest.raises(PairsError) as caught:
        read_pair(only(tmp_path))
    assert str(caught.value).startswith(f"{path}: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize("beat_s", [1e-9, 30.0])
def test_beats_that_no_one_plays_are_no_bars(tmp_path: Path, beat_s: float) -> None:
    content = guitar_jams()
    for place, row in enumerate(content["annotations"][3]["data"]):
        row["time"] = place * beat_s
    write_guitar(tmp_path, content)
    piece, _ = read_pair(only(tmp_path))
    assert [note.pitch_midi for note in piece.score.voices[0].notes] == [51, 52, 53, 54] * 4
    assert len(piece.score.bar_lengths_wn) < 10


# --- Names ---------------------------------------------------------------------------------------------------------------------------


def test_a_song_beside_a_track_of_its_name_has_an_id_of_its_own(tmp_path: Path) -> None:
    write_track(tmp_path / "x")
    for name in ("x", "x (2)", "y"):
        write_audio(tmp_path / f"{name}.wav")
        write_midi(tmp_path / f"{name}.mid")
    found = find_pairs(tmp_path)
    assert {files.id: files.notes for files in found} == {
        "x": tmp_path / "x",
        "x (2)": tmp_path / "x (2).mid",
        "x (3)": tmp_path / "x.mid",
        "y": tmp_path / "y.mid",
    }
    assert [read_pair(files)[0].id for files in found] == ["x", "x (2)", "x (3)", "y"]


def test_what_is_in_a_track_is_no_other_piece_however_deep(tmp_path: Path) -> None:
    for number in range(3):
        track = write_track(tmp_path / "train" / f"Track{number}")
        write_audio(track / "more" / "deep" / "song.wav")
        write_midi(track / "more" / "deep" / "song.mid")
    assert [files.id for files in find_pairs(tmp_path)] == ["train/Track0", "train/Track1", "train/Track2"]


def test_names_that_are_not_utf8_can_be_written(tmp_path: Path) -> None:
    broken = os.fsdecode(b"caf\xe9")
    write_audio(tmp_path / broken / f"{broken}.wav")
    write_midi(tmp_path / broken / f"{broken}.mid")
    write_audio(tmp_path / f"lone {broken}.wav")
    write_track(tmp_path / f"Track {broken}")
    found = find_pairs(tmp_path)
    told = [(files.id.encode(), files.family.encode()) for files in found]
    escape = rb"caf\udce9"
    assert told == [
        (b"Track " + escape, b"Track " + escape),
        (escape + b"/" + escape, escape),
        (b"lone " + escape, b"lone " + escape),
    ]
    piece, problems = read_pair(found[0])  # whose recordings have other names
    assert (piece.id.encode(), piece.family.encode(), problems) == (*told[0], ())
    with pytest.raises(PairsError, match=r"its name is not UTF-8; rename it"):
        read_pair(found[1])


# --- What cannot be used -------------------------------------------------------------------------------------------------------------


def test_a_folder_without_pairs_says_what_was_looked_for(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.wav", 2.0)
    write_midi(tmp_path / "b.mid")
    for root in (tmp_path, tmp_path / "missing"):
        with pytest.raises(PairsError, match=r"no recording with its notes: looked for NAME\.wav|no such folder"):
            find_pairs(root)


def test_files_without_partner_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    write_audio(tmp_path / "good.wav")
    write_midi(tmp_path / "good.mid")
    write_midi(tmp_path / "silent.mid")
    write_audio(tmp_path / "unknown.wav")
    (tmp_path / "broken.mid").write_bytes(b"MThd\0\0\0\6\0\1\0\1\0\x60")
    write_audio(tmp_path / "broken.wav")
    write_midi(tmp_path / "noise.mid")
    (tmp_path / "noise.wav").write_text("no audio")
    told = {}
    for files in find_pairs(tmp_path):
        try:
            read_pair(files)
            told[files.id] = "read"
        except PairsError as error:
            told[files.id] = str(error).removeprefix(f"{tmp_path}/")
    assert {name: reason.split(";")[0] for name, reason in told.items()} == {
        "broken": "broken.mid: truncated: 0 tracks of 1",
        "good": "read",
        "noise": "noise.wav: not audio that can be read (format not recognised)",
        "silent": "silent.mid: no recording of that name (wav, flac, ogg or mp3) beside it",
        "unknown": "unknown.wav: no MIDI file of that name beside it, and no JAMS annotation of it",
    }


def test_midi_without_pitches_cannot_be_used(tmp_path: Path) -> None:
    write_midi(tmp_path / "drums.mid", Tune((TRIO.voices[2],), TRIO.bar_lengths_wn))
    write_audio(tmp_path / "drums.wav")
    with pytest.raises(PairsError, match=r"drums\.mid: fewer than two notes with a pitch"):
        read_pair(only(tmp_path))


@pytest.mark.parametrize(("seconds", "doubtful"), [(1.5, True), (2.5, False), (12.0, False), (21.5, False), (22.5, True)])
def test_lengths_that_differ_by_more_than_ten_seconds_are_a_doubt(tmp_path: Path, seconds: float, doubtful: bool) -> None:
    write_midi(tmp_path / "trio.mid")  # its last note, of the violin, ends at 12 s
    write_audio(tmp_path / "trio.wav", seconds)
    _, problems = read_pair(only(tmp_path))
    assert [f"lasts {seconds:.1f} s, but its notes end at 12.0 s" in problem for problem in problems] == [True] * doubtful


def test_repetitions_that_no_text_can_hold_are_counted(tmp_path: Path) -> None:
    write_performance(
        tmp_path / "trill.mid",
        [(i / 4, i / 4 + 0.2, 60) for i in range(40)] + [(5 + i / 1000, 5 + i / 1000 + 0.001, 84) for i in range(0, 60, 4)],
    )
    write_audio(tmp_path / "trill.wav", 12.0)
    _, problems = read_pair(only(tmp_path))
    assert [problem.split(": ")[1].partition(" of ")[2] for problem in problems] == ["55 notes repeat another one too fast to be written"]
