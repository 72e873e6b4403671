"""Questions: only such as have one answer, with that answer; worded alike for a seed; and a transcription that gives nothing away."""

import pickle
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robustness.music import random_tune
from transformers_abc.data import replies
from transformers_abc.data.question_parts.heard_clip import as_heard
from transformers_abc.data.question_parts.phrasings import FULL_PROMPTS, PHRASINGS, SHORT_PROMPTS, worded
from transformers_abc.data.questions import SHORT_KINDS, Question, chosen_questions, short_questions, transcription_question
from transformers_abc.data.replies import answers_match
from transformers_abc.notation.clipping import clip_bars
from transformers_abc.notation.marks import Annotation, Decoration, Grace, GraceNote, sorted_marks
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import MODE_FIFTHS, Key, Note, Tempo, Tune, Voice

DOCS = Path(__file__).parents[2] / "docs" / "questions.md"


def answers(abc: str, **given_by_source: object) -> dict[str, str]:
    """The answers of all kinds that are asked about a text."""
    asked = short_questions(read_abc(abc), seed=0, **given_by_source)  # type: ignore[arg-type]
    return {question.question_type: question.answer for question in asked}


def voices(*parts: tuple[str, str], header: str = "M:3/4\nQ:1/4=90", key: str = "G") -> str:
    """ABC of voices by name and music, in quarters."""
    names = "".join(f'V:{number} name="{name}"\n' for number, (name, _) in enumerate(parts, 1))
    music = "".join(f"V:{number}\n{notes}\n" for number, (_, notes) in enumerate(parts, 1))
    return f"X:1\n{header}\nL:1/4\n{names}K:{key}\n{music}"


# --- Clips worked by hand -------------------------------------------------------------------------------------------------------------

QUARTET = voices(
    ("Violin I", "z|GBd|gfe|d3|"),  # a pickup of one quarter, and three bars
    ("Violin II", "z|DGB|Bcc|B3|"),
    ("Viola", "z|B,DG|GAG|G3|"),
    ("Violoncello", "G,|G,2G,|C2C|[G,D]3|"),
)
SOLO = 'X:1\nT:Sarabande\nM:6/8\nL:1/8\nQ:3/8=50\nV:1 name="Cello"\nK:Dm\nD,3 A,3|F,E,G, B,2^C|D6|\n'


def test_a_quartet() -> None:
    assert answers(QUARTET) == {
        "tempo": "90",
        "metre": "3/4",
        "bars": "3",  # the pickup does not count
        "key_signature": "1 sharp",  # F# sounds once, for a quarter: with one sharp all fits, with none that quarter does not
        "instruments": "2 Violins, Viola and Cello",
        "parts": "4",
        "first_note": "G3",  # of the cello, drawn from viola and cello: there are two violins
        "highest_note": "G5",
        "lowest_note": "G3",
        # no melody: the first violin is on top, but cannot be told from the second by name
    }


def test_a_solo_and_a_mode_that_is_known() -> None:
    assert answers(SOLO, mode_is_certain=True) == {
        "tempo": "75",  # 50 dotted quarters are 75 quarters
        "metre": "6/8",
        "bars": "3",
        "key_signature": "1 flat",  # no flat lacks B flat, two flats lack E; C sharp fits neither
        "key": "D minor",
        "instruments": "Cello",
        "parts": "1",
        "first_note": "D3",
        "highest_note": "D4",
        "lowest_note": "D3",
    }


def test_a_duo_with_a_melody_and_techniques() -> None:
    duo = voices(("Flute", "g.a.b|d'3|zba|"), ("Violin", '"^pizz."GBd|GBd|gzd|'))
    assert answers(duo) == {
        "tempo": "90",
        "metre": "3/4",
        "bars": "3",
        "instruments": "Flute and Violin",
        "parts": "2",
        "melody": "Flute",  # on top for 3 + 3 + 2 = 8 of the 9 quarters in which anything sounds, 89 %
        "first_note": "G5",  # of the flute
        "highest_note": "D6",
        "lowest_note": "G4",
        "techniques": "pizzicato and staccato",
    }  # no key: without an F, no sharps fit as well as one


# --- What is not asked ----------------------------------------------------------------------------------------------------------------

SCALE = "GAB|cde|fga|"
NOT_ASKED = [
    ("tempo", voices(("Oboe", SCALE), header="M:3/4"), "no tempo is given"),
    ("tempo", voices(("Oboe", "GAB|[Q:1/4=60]cde|fga|")), "two tempos"),
    ("tempo", voices(("Oboe", 'GAB|"^rit."cde|fga|')), "a tempo that changes by degrees"),
    ("tempo", voices(("Oboe", "GAB|")), "three notes"),
    ("metre", voices(("Oboe", "GAB|[M:2/4]cd|fg|")), "two metres"),
    ("metre", voices(("Oboe", "GAB|")), "one bar"),
    ("metre", voices(("Oboe", SCALE), header="M:none\nQ:1/4=90"), "free metre"),
    ("bars", voices(("Oboe", "GAB|cde|f|")), "the last bar is cut"),
    ("bars", voices(("Oboe", "GAB|c|def|gab|")), "a bar inside is cut"),
    ("bars", voices(("Oboe", "GAB|cde|z3|")), "no one hears the last bar end"),
    ("bars", voices(("Oboe", "z3|GAB|cde|")), "no one hears the first bar begin"),
    ("key_signature", voices(("Oboe", "GAB|cde|ede|")), "no F tells G major from C major"),
    ("key_signature", voices(("Oboe", "GAB|[K:C]cde|=fga|")), "two keys"),
    ("key_signature", voices(("Oboe", SCALE), key="G =f"), "a signature of its own"),
    ("key", voices(("Oboe", SCALE)), "the mode is not known to be certain"),
    ("instruments", voices(("Oboe", SCALE), ("Theorbo", SCALE)), "an instrument without a common name"),
    ("instruments", voices(("Oboe", SCALE), ("", SCALE)), "a voice that does not say who plays it"),
    ("instruments", voices(("Horn 1.2", "[Gd]AB|cde|fga|"), ("Oboe", SCALE)), "two horns on one staff"),
    ("instruments", voices(("Violins I", SCALE)).replace("V:1\n", "V:1\n%%MIDI program 40\n"), "how many violins?"),
    ("parts", voices(("Piano", "c'3|c'3|c'3|"), ("Piano", SCALE)), "two staves of one piano, or two pianos"),
    ("parts", voices(("Choir", SCALE)), "a choir is many"),
    ("melody", voices(("Oboe", SCALE)), "one voice"),
    ("melody", voices(("Oboe", "g3|g3|C3|"), ("Flute", "c3|c3|c3|")), "on top for two thirds only"),
    ("melody", voices(("Oboe", SCALE), ("Flute", SCALE)), "in unison no one is on top"),
    ("first_note", voices(("Violin", SCALE), ("Violin", SCALE)), "which of the two?"),
    ("first_note", voices(("Oboe", "{a}GAB|cde|fga|")), "a grace note comes first"),
    ("first_note", voices(("Violin", "[GB]AB|cde|fga|")), "a chord comes first"),
    ("highest_note", voices(("Oboe", "GAB|cde|gfTa|")), "the trill on a goes beyond it"),
    ("highest_note", voices(("Oboe", "GGG|GGG|")), "one pitch only"),
    ("lowest_note", voices(("Oboe", "{D}GAB|cde|fga|")), "a grace note is lower"),
    ("techniques", voices(("Oboe", SCALE)), "none is marked"),
]


@pytest.mark.parametrize(("kind", "abc", "reason"), NOT_ASKED)
def test_what_has_no_sure_answer_is_not_asked(kind: str, abc: str, reason: str) -> None:
    assert kind not in answers(abc), reason


def test_the_same_clips_without_the_doubt_are_asked() -> None:
    """Otherwise the table above could pass for want of anything to ask."""
    plain = answers(voices(("Oboe", SCALE), ("Cello", "G,,3|C,3|G,,3|")), mode_is_certain=True, techniques=("staccato",))
    assert set(plain) == set(SHORT_KINDS)
    assert "instruments" in answers(voices(("Horn 1.2", "GAB|cde|fga|"), ("Oboe", SCALE)))
    assert "instruments" in answers(voices(("Violin I", SCALE)).replace("V:1\n", "V:1\n%%MIDI program 40\n"))


def test_a_clip_in_which_nothing_sounds_is_asked_nothing() -> None:
    assert answers(voices(("Oboe", "z3|z3|"))).keys() <= {"tempo"}
    assert short_questions(Tune((), (Fraction(1),)), seed=0) == []


def test_an_ornament_that_stays_below_the_highest_note_is_no_doubt() -> None:
    assert answers(voices(("Oboe", "GAB|cde|Tgfa|")))["highest_note"] == "A5"  # a trill goes up by two semitones at most: from g to a


def test_voices_that_rest_do_not_count() -> None:
    heard = answers(voices(("Oboe", SCALE), ("Cello", "z3|z3|z3|")))
    assert (heard["instruments"], heard["parts"]) == ("Oboe", "1")


def test_repeats_are_played() -> None:
    assert answers(voices(("Oboe", "|:GAB|cde:|fga|")))["bars"] == "5"


def test_the_source_decides_which_techniques_are_heard() -> None:
    marked = voices(("Violin", '"^pizz."' + SCALE))
    assert answers(marked)["techniques"] == "pizzicato"
    assert "techniques" not in answers(marked, techniques=())
    assert answers(voices(("Violin", SCALE)), techniques=("muted", "tremolo"))["techniques"] == "muted and tremolo"


# --- Transcriptions -------------------------------------------------------------------------------------------------------------------

TITLED = voices(
    ("Flute", '"Am"g"^dolce".ab|d\'3|\nw:Freu-de schö- ner'), ("Cello", "G,3|D3|"), header='T:Jupiter\nC:Holst\nM:3/4\nQ:"Maestoso" 1/4=90'
).replace("X:1", "X:17")


@pytest.mark.parametrize("style", ["full", "short"])
@pytest.mark.parametrize("interleave", [True, False])
def test_a_transcription_reads_back_and_tells_nothing_that_is_not_heard(style: str, interleave: bool) -> None:
    asked = transcription_question(read_abc(TITLED), 0, style, interleave=interleave)  # type: ignore[arg-type]
    assert asked.question_type == "abc"
    assert asked.answer.startswith("X:1\nM:3/4")
    assert not re.search("Jupiter|Holst|Maestoso|dolce|Freu|Am", asked.answer)
    assert read_abc(asked.answer, strict=True) == as_heard(read_abc(TITLED))
    assert answers_match("abc", asked.answer, TITLED) is True


def test_interleaved_voices_run_forward_in_time() -> None:
    lines = transcription_question(read_abc(TITLED), 0).answer.splitlines()
    music = [line for line in lines if line.startswith("[V:")]
    assert [line[:5] for line in music] == ["[V:1]", "[V:2]", "[V:1]", "[V:2]"]  # two bars of two voices
    one_voice = transcription_question(read_abc(SOLO), 0).answer
    assert "[V:" not in one_voice


def test_the_full_prompt_describes_what_the_writer_writes() -> None:
    """The header's fields stand in the prompt in the order in which the answer has them."""
    clip = read_abc(TITLED)
    answer = transcription_question(replace(clip, voices=tuple(replace(voice, program=40) for voice in clip.voices)), 0).answer
    written = [line.split(" ")[0] if line[0] == "%" else line[:2] for line in answer.splitlines()]
    fields = list(dict.fromkeys(written[: written.index("K:") + 1]))
    assert fields == ["X:", "M:", "L:", "Q:", "%%score", "V:", "K:"]
    examples = ("L:1/8", "Q:1/4=", "%%score", "clef=treble name=", "%%MIDI program ", "|]", "[V:2]")
    for example in examples:
        assert example in answer
    for prompts in FULL_PROMPTS.values():
        for prompt in prompts:
            places = [prompt.index(f"{field}") for field in fields]
            assert places == sorted(places)
            assert len(prompt.split()) <= 120
            assert "octave-default" not in prompt
            assert "K:none" not in prompt
    assert all(example in prompt for prompt in FULL_PROMPTS[True] for example in examples)


def test_prompts_do_not_depend_on_the_music() -> None:
    prompts = {transcription_question(random_tune(number), seed=5).question for number in range(10)}
    assert len(prompts) == 1
    assert {transcription_question(random_tune(0), seed).question for seed in range(60)} == set(FULL_PROMPTS[True])
    assert {transcription_question(random_tune(0), seed, "short").question for seed in range(60)} == set(SHORT_PROMPTS)


# --- Wording and drawing --------------------------------------------------------------------------------------------------------------


def test_every_kind_has_several_phrasings_without_open_places() -> None:
    for kind, phrasings in PHRASINGS.items():
        assert len(set(phrasings)) >= 5
        for part in ("", "French horn"):
            asked = {worded(kind, seed, part) for seed in range(200)}
            assert len(asked) == len(phrasings)
            for question in asked:
                assert not re.search(r"[{}]|\s\s|\s[?.,]", question)
                assert question[0].isupper()
                assert question.endswith(("?", "."))
                assert kind != "first_note" or ("of the French horn" in question) == bool(part)


def test_wording_says_what_the_answer_depends_on() -> None:
    assert all("quarter notes" in phrasing for phrasing in PHRASINGS["tempo"])
    assert all(re.search("highest|top", phrasing) and "most of the" in phrasing for phrasing in PHRASINGS["melody"])
    assert all(re.search("incomplete|complete|pickup", phrasing) for phrasing in PHRASINGS["bars"])
    assert all("middle C is C4" in phrasing for kind in SHORT_KINDS if kind.endswith("_note") for phrasing in PHRASINGS[kind])


def test_draws_are_the_same_on_every_machine() -> None:
    """Texts drawn once; a change of the draws changes every built dataset."""
    asked = chosen_questions(read_abc(QUARTET), 3, seed="01_Jupiter@25")
    pitch = "Give the sounding pitch in scientific notation, where middle C is C4."
    assert asked == [
        Question("List the instruments that play, with their numbers.", "instruments", "2 Violins, Viola and Cello"),
        Question("How many instruments are playing?", "parts", "4"),
        Question(f"Which is the lowest note of this recording? {pitch}", "lowest_note", "G3"),
    ]
    assert asked == pickle.loads(pickle.dumps(asked))
    assert {tuple(chosen_questions(read_abc(QUARTET), 3, seed)) for seed in range(20)} != {tuple(asked)}


def test_each_kind_is_drawn_as_often_as_the_others() -> None:
    tune, draws = read_abc(QUARTET), 900
    kinds = Counter(asked.question_type for seed in range(draws) for asked in chosen_questions(tune, 2, seed))
    assert len(kinds) == 9
    for drawn in kinds.values():
        assert abs(drawn - draws * 2 / 9) < 60  # 200 expected; the standard deviation is 12.5


def test_a_count_beyond_the_kinds_gives_all_in_their_order() -> None:
    tune = read_abc(QUARTET)
    assert chosen_questions(tune, 99, seed=1) == short_questions(tune, seed=1)
    assert chosen_questions(tune, 0, seed=1) == []
    order = [SHORT_KINDS.index(asked.question_type) for asked in chosen_questions(tune, 5, seed=1)]
    assert order == sorted(set(order))


# --- Any clip -------------------------------------------------------------------------------------------------------------------------

MARKS = (
    Decoration("staccato"),
    Decoration("trill"),
    Decoration("///"),
    Annotation("pizz."),
    Annotation("arco"),
    Annotation("rit."),
    Grace((GraceNote(90, 0, Fraction(1, 16)),)),
)
NAMES = ("", "Violin", "Violin II", "Vc.", "Piano", "Theorbo", "Trumpet", "Voice")


@st.composite
def clips(draw: st.DrawFn) -> Tune:
    """Clips of all kinds: other keys, marks, silent voices, names and programs that say nothing, cut or not."""
    tune = random_tune(draw(st.integers(0, 10_000)), voices=draw(st.integers(1, 5)), bars=draw(st.integers(1, 6)))
    key = Key(draw(st.integers(-7, 7)), draw(st.sampled_from(sorted(MODE_FIFTHS))))
    tempo = Tempo(draw(st.sampled_from((Fraction(1, 4), Fraction(3, 8)))), Fraction(draw(st.integers(300, 2400)), 10))
    changed = replace(tune, keys=((Fraction(0), key),), tempos=((Fraction(0), tempo),), voices=tuple(map(draw, map(altered, tune.voices))))
    if draw(st.booleans()):
        first = draw(st.integers(0, len(tune.bar_lengths_wn) - 1))
        changed = clip_bars(changed, first, len(tune.bar_lengths_wn), keep_held=draw(st.booleans()))
    return changed


@st.composite
def altered(draw: st.DrawFn, voice: Voice) -> Voice:
    match draw(st.integers(0, 5)):
        case 0:
            return replace(voice, notes=())
        case 1:
            return replace(voice, name=draw(st.sampled_from(NAMES)), program=draw(st.none() | st.integers(0, 127)))
        case 2:
            onsets_wn = [note.onset_wn for note in voice.notes] or [Fraction(0)]
            marks = draw(st.lists(st.tuples(st.sampled_from(onsets_wn), st.sampled_from(MARKS)), max_size=4))
            return replace(voice, marks=sorted_marks(marks))
    return voice


@given(clips(), st.integers(), st.booleans())
def test_every_answer_is_right_by_its_own_judge(tune: Tune, seed: int, mode_is_certain: bool) -> None:
    for asked in short_questions(tune, seed, mode_is_certain=mode_is_certain):
        assert answers_match(asked.question_type, asked.answer, asked.answer) is True
        assert answers_match(asked.question_type, f"I think the answer is {asked.answer}.", asked.answer) is True
        assert answers_match(asked.question_type, f"It is not {asked.answer.replace(' and ', ', not ')}.", asked.answer) is not True
    transcription = transcription_question(tune, seed)
    if as_heard(tune).voices[0].notes:
        assert read_abc(transcription.answer, strict=True) == as_heard(tune)


def pitch_of(name: str) -> int:
    """By steps of the scale, written anew: C4 is 60."""
    match = re.fullmatch(r"([A-G])(#*|b*)(-?\d)", name)
    assert match is not None
    letter, signs, octave = match.groups()
    return 12 * int(octave) + 12 + {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter] + signs.count("#") - signs.count("b")


@given(clips(), clips())
def test_an_answer_is_right_for_another_clip_only_where_both_are_alike(first: Tune, second: Tune) -> None:
    theirs = {asked.question_type: asked.answer for asked in short_questions(second, 0)}
    for kind, answer in ((asked.question_type, asked.answer) for asked in short_questions(first, 0)):
        if kind not in theirs:
            continue
        match kind:
            case "tempo":
                alike = abs(int(answer) - int(theirs[kind])) <= 0.04 * int(theirs[kind])
            case "first_note" | "highest_note" | "lowest_note":
                alike = pitch_of(answer) == pitch_of(theirs[kind])
            case "metre" | "bars" | "parts" | "melody":
                alike = answer == theirs[kind]
            case _:
                continue
        assert answers_match(kind, answer, theirs[kind]) is alike
        assert alike or answers_match(kind, f"{answer} and {theirs[kind]}", theirs[kind]) is False


@given(clips(), st.randoms(use_true_random=False))
def test_the_order_of_voices_changes_no_answer_but_the_order_of_the_instruments(tune: Tune, random: object) -> None:
    shuffled = list(tune.voices)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    asked, again = (short_questions(clip, 3) for clip in (tune, replace(tune, voices=tuple(shuffled))))
    for one, other in zip(asked, again, strict=True):
        assert one.question == other.question
        if one.question_type == "instruments":
            assert answers_match("instruments", one.answer, other.answer) is True
            assert sorted(re.split(", | and ", one.answer)) == sorted(re.split(", | and ", other.answer))
        else:
            assert one == other


def test_highest_and_lowest_are_those_of_the_notes() -> None:
    for seed in range(40):
        tune = random_tune(seed)
        pitches = [note.pitch_midi for voice in tune.voices for note in voice.notes]
        heard = {asked.question_type: asked.answer for asked in short_questions(tune, 0)}
        assert (pitch_of(heard["lowest_note"]), pitch_of(heard["highest_note"])) == (min(pitches), max(pitches))


def test_an_enharmonic_spelling_of_the_score_is_kept() -> None:
    notes = tuple(
        Note(Fraction(place, 4), Fraction(1, 4), pitch, alter) for place, (pitch, alter) in enumerate(((59, -1), (60, 1), (65, 1)))
    )
    heard = {asked.question_type: asked.answer for asked in short_questions(Tune((Voice(notes),), (Fraction(3, 4),)), 0)}
    assert (heard["first_note"], heard["lowest_note"], heard["highest_note"]) == ("Cb4", "Cb4", "E#4")


# --- Documentation --------------------------------------------------------------------------------------------------------------------


def rows_of_docs() -> list[list[str]]:
    rows = [line.strip("|\n").split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


def test_docs_judges_and_questions_know_the_same_kinds() -> None:
    documented = [row[0].strip("`") for row in rows_of_docs()]
    assert documented == ["abc", *SHORT_KINDS]
    assert set(documented) == set(replies.KINDS)


def test_examples_of_the_docs_are_questions_with_answers() -> None:
    for kind, _, question, answer, _ in ((row[0].strip("`"), *row[1:]) for row in rows_of_docs()):
        if kind == "abc":
            assert question in SHORT_PROMPTS
            continue
        assert any(question == phrasing.format(of=" of the cello") for phrasing in PHRASINGS[kind])
        assert answers_match(kind, answer, answer) is True
