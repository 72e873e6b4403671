"""How questions are worded.

Each wording says all that the answer depends on: the unit of a tempo, that notes are meant as they sound, what counts as the melody, which
bars count. ``{of}`` becomes ``" of the cello"`` or nothing.

The full prompt for a transcription says what `notation.writer` writes, and the same whatever the recording: a prompt that mentions as many
voices as there are would give them away. It is the article's template (J. Flynn 2024) in standard ABC: ``K:`` stands last and names a key,
accidentals stand before their letter, and octaves need no directive.
"""

from __future__ import annotations

from transformers_abc.data.question_parts.draws import Seed, draw

_PITCH = "Give the sounding pitch in scientific notation, where middle C is C4."

SHORT_PROMPTS: tuple[str, ...] = (
    "Transcribe this recording to ABC notation.",
    "Write this music down in ABC notation.",
    "What does this recording look like in ABC notation?",
    "Give the ABC notation of what you hear.",
    "Listen, and write the score as ABC.",
    "Please notate this audio in ABC.",
)

_OPENINGS: tuple[str, ...] = (
    "Transcribe this recording into ABC notation.",
    "Listen, then write the music in ABC notation.",
    "Write the score of this recording in ABC.",
    "Turn the music you hear into ABC notation.",
    "Here is a recording. Notate it in ABC.",
)
_HEADER = (
    "Standard ABC 2.1, the header in this order: X:1; M: metre; L:1/8; Q: tempo, such as Q:1/4=96; with several voices %%score and their "
    'numbers; a line for each voice, such as V:1 clef=treble name="Violin"; last K: key. Then V: of each voice and below it its General '
    "MIDI program from 0, such as %%MIDI program 40."
)
_PITCHES = "Notes as they sound: C is middle C, c an octave higher, C, an octave lower; accidentals before the letter: ^F, _B, =c."
_LAYOUTS = {
    True: "One voice: four bars a line. Several: one bar a line, the voices in turn, each line led by its voice, such as [V:2].",
    False: "Four bars a line; the voices one after the other.",
}
_ENDING = "End with |] and answer with the ABC only."

FULL_PROMPTS: dict[bool, tuple[str, ...]] = {
    interleave: tuple(" ".join((opening, _HEADER, _PITCHES, layout, _ENDING)) for opening in _OPENINGS)
    for interleave, layout in _LAYOUTS.items()
}

PHRASINGS: dict[str, tuple[str, ...]] = {
    "tempo": (
        "What is the tempo in quarter notes per minute?",
        "How fast is this, in quarter notes per minute?",
        "Estimate the tempo of this recording in quarter notes per minute.",
        "How many quarter notes are there in a minute at this tempo?",
        "At which metronome mark, counted in quarter notes per minute, is this played?",
        "Give the tempo as a number of quarter notes per minute.",
    ),
    "metre": (
        "What is the time signature?",
        "In which metre is this music?",
        "Which time signature would you write for this recording?",
        "What meter is this in?",
        "Name the time signature of this recording.",
        "How is this music barred: what is its time signature?",
    ),
    "bars": (
        "How many bars does this recording have, not counting an incomplete bar at the start?",
        "Count the complete bars of this recording.",
        "How many whole measures do you hear? An incomplete one at the start does not count.",
        "How many full bars long is this music, without any pickup?",
        "Give the number of complete measures; a pickup does not count.",
    ),
    "key_signature": (
        "How many sharps or flats has the key signature, at concert pitch?",
        "What is the key signature at concert pitch? Answer with the number of sharps or flats.",
        "Which key signature suits this music as it sounds: how many sharps or flats?",
        "How many sharps or flats would you write at the start of the staff, at concert pitch?",
        "Give the number of sharps or flats in the signature of the sounding key.",
    ),
    "key": (
        "What key is this in, at concert pitch?",
        "In which key does this music sound? Name the tonic and the mode.",
        "Name the sounding key of this recording.",
        "Which key do you hear: what is its tonic, and is it major, minor or another mode?",
        "What are the tonic and the mode of this music as it sounds?",
    ),
    "instruments": (
        "Which instruments are playing?",
        "What instruments do you hear, and how many of each?",
        "Name the instruments in this recording.",
        "List the instruments that play, with their numbers.",
        "Who is playing? Name every instrument.",
        "What is this music scored for?",
    ),
    "parts": (
        "How many instruments are playing?",
        "How many players do you hear?",
        "For how many instruments is this music?",
        "How many musicians play in this recording?",
        "Count the players.",
    ),
    "melody": (
        "Which instrument has the melody, that is, sounds highest most of the time?",
        "Who plays the melody? Name the instrument on top of the others for most of the time.",
        "Name the instrument that carries the tune, which here is the highest line for most of the recording.",
        "Which instrument plays the top line most of the time?",
        "The melody is the line that sounds highest most of the time: which instrument plays it?",
    ),
    "first_note": (
        f"What is the first note{{of}}? {_PITCH}",
        f"Which note begins the part{{of}}? {_PITCH}",
        f"Name the first note{{of}} in this recording. {_PITCH}",
        f"On which note does the music{{of}} start? {_PITCH}",
        f"Which note is heard first in the part{{of}}? {_PITCH}",
    ),
    "highest_note": (
        f"What is the highest note? {_PITCH}",
        f"Which is the highest note of this recording? {_PITCH}",
        f"Name the highest note that is played. {_PITCH}",
        f"How high does this music go? {_PITCH}",
        f"What is the top note of all instruments together? {_PITCH}",
    ),
    "lowest_note": (
        f"What is the lowest note? {_PITCH}",
        f"Which is the lowest note of this recording? {_PITCH}",
        f"Name the lowest note that is played. {_PITCH}",
        f"How low does this music go? {_PITCH}",
        f"What is the bottom note of all instruments together? {_PITCH}",
    ),
    "techniques": (
        "Which special playing techniques are used?",
        "Name the playing techniques that you hear, such as pizzicato, staccato or mutes.",
        "What is special about how the instruments are played here?",
        "With which playing techniques is this performed?",
        "Which articulations or playing techniques, such as tremolo or pizzicato, can be heard?",
    ),
}


def worded(kind: str, seed: Seed, of: str = "") -> str:
    """A question of a kind, worded by seed.

    Args:
        kind: one of `PHRASINGS`.
        seed: of the clip.
        of: the part that a note belongs to, such as ``"cello"``; empty for the whole clip.

    >>> worded("first_note", 3, "cello")
    'On which note does the music of the cello start? Give the sounding pitch in scientific notation, where middle C is C4.'
    """
    return draw(PHRASINGS[kind], seed, f"phrasing of {kind}").format(of=f" of the {of}" if of else "")


def transcription_prompt(seed: Seed, *, full: bool, interleave: bool) -> str:
    """A prompt for a transcription, worded by seed.

    >>> transcription_prompt(0, full=False, interleave=True)
    'Transcribe this recording to ABC notation.'
    """
    return draw(FULL_PROMPTS[interleave] if full else SHORT_PROMPTS, seed, "transcription")
