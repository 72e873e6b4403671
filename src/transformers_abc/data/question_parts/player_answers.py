"""What a clip says for sure of who plays: the instruments, how many they are, and which has the melody."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby, pairwise

from transformers_abc.data.question_parts.heard_clip import HeardClip
from transformers_abc.data.question_parts.spoken_instruments import ONE_PLAYER_A_VOICE, SECTIONS, counted, listed

MELODY_SHARE = Fraction(4, 5)  # of the time in which anything sounds


def instruments(clip: HeardClip) -> str | None:
    r"""The instruments that sound, in score order with how many there are of each.

    What plays chords counts once: the voices of a piano may be the staves of one player, and two pianos cannot be told from one.

    >>> from transformers_abc.notation.reader import read_abc
    >>> header = 'X:1\nM:4/4\nL:1/4\nV:1 name="Vln. 1"\nV:2 name="Violin II"\nV:3 name="Piano"\nV:4 name="Piano"\nK:D\n'
    >>> instruments(HeardClip.of(read_abc(header + "V:1\nfgab|\nV:2\ndefg|\nV:3\nd4|\nV:4\nD4|")))
    '2 Violins and Piano'
    """
    players = clip.players
    if not players:
        return None
    return listed(counted(name, number if name in ONE_PLAYER_A_VOICE else 1) for name, number in players.items())


def parts(clip: HeardClip) -> str | None:
    """How many players sound; one voice is one player, unless a section plays it or several voices may belong to one player."""
    players = clip.players
    if not players or any(name in SECTIONS or (number > 1 and name not in ONE_PLAYER_A_VOICE) for name, number in players.items()):
        return None
    return str(players.total())


def melody(clip: HeardClip) -> str | None:
    r"""The instrument that sounds highest, alone at the top, for at least `MELODY_SHARE` of the time in which anything sounds.

    >>> from transformers_abc.notation.reader import read_abc
    >>> header = 'X:1\nM:4/4\nL:1/4\nV:1 name="Oboe"\nV:2 name="Cello"\nK:C\n'
    >>> read = lambda oboe, cello: HeardClip.of(read_abc(f"{header}V:1\n{oboe}|\nV:2\n{cello}|"))
    >>> melody(read("c4|d4|e2z2", "C4|C4|C4")), melody(read("c4|d4|z4", "C4|C4|C4"))    # 10/12 of the time, and 8/12
    ('Oboe', None)
    """
    if len(clip.voices) < 2:
        return None
    on_top = [Fraction(0)] * len(clip.voices)
    sounding_wn = Fraction(0)
    for length_wn, leader in _top_voices(clip):
        sounding_wn += length_wn
        if leader is not None:
            on_top[leader] += length_wn
    longest_wn = max(on_top)
    name = clip.instruments[on_top.index(longest_wn)]
    return name if name in clip.sole_voices and longest_wn >= MELODY_SHARE * sounding_wn else None


def _top_voices(clip: HeardClip) -> Iterator[tuple[Fraction, int | None]]:
    """Stretches in which something sounds: how long each is, and which voice alone has its highest pitch."""
    begins = [(note.onset_wn, 1, note.pitch_midi, number) for number, voice in enumerate(clip.voices) for note in voice.notes]
    ends = [(note.end_wn, -1, note.pitch_midi, number) for number, voice in enumerate(clip.voices) for note in voice.notes]
    moments = [(time_wn, list(changes)) for time_wn, changes in groupby(sorted(begins + ends), key=lambda change: change[0])]
    held: dict[tuple[int, int], int] = {}  # how many notes of this pitch in this voice
    for (time_wn, changes), (next_wn, _) in pairwise(moments):
        for _, change, pitch_midi, number in changes:
            held[pitch_midi, number] = held.get((pitch_midi, number), 0) + change
            if not held[pitch_midi, number]:
                del held[pitch_midi, number]
        if held:
            highest = max(pitch_midi for pitch_midi, _ in held)
            leaders = [number for pitch_midi, number in held if pitch_midi == highest]
            yield next_wn - time_wn, leaders[0] if len(leaders) == 1 else None
