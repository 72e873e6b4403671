r"""From a recording of music to ABC notation, inside the Hugging Face ecosystem.

Importing the package loads neither torch nor transformers; `transcribe` does, when it is called.

    >>> from transformers_abc import read_abc
    >>> [note.pitch_midi for note in read_abc("X:1\nM:3/4\nL:1/4\nK:G\nGAF|").voices[0].notes]
    [67, 69, 66]
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

from transformers_abc.registration import register_auto_classes

if TYPE_CHECKING:
    from transformers_abc.notation.diagnostics import AbcError
    from transformers_abc.notation.midi import midi_bytes
    from transformers_abc.notation.midi_reader import read_midi
    from transformers_abc.notation.musicxml import read_musicxml
    from transformers_abc.notation.musicxml_writer import write_musicxml
    from transformers_abc.notation.reader import read_abc, read_tunes
    from transformers_abc.notation.repeats import expand_repeats
    from transformers_abc.notation.tune import Key, Metre, Note, Tempo, Tune, Voice
    from transformers_abc.notation.writer import write_abc
    from transformers_abc.rewards import AbcReward
    from transformers_abc.scoring.compare import AbcScore, compare
    from transformers_abc.tokenization.extension import extend_tokenizer, is_extended, restore_tokenizer
    from transformers_abc.tokenization.tokenization_abc import AbcTokenizer, abc_tokenizer
    from transformers_abc.transcription import hear, transcribe

__all__ = [
    "AbcError",
    "AbcReward",
    "AbcScore",
    "AbcTokenizer",
    "Key",
    "Metre",
    "Note",
    "Tempo",
    "Tune",
    "Voice",
    "abc_tokenizer",
    "compare",
    "expand_repeats",
    "extend_tokenizer",
    "hear",
    "is_extended",
    "midi_bytes",
    "read_abc",
    "read_midi",
    "read_musicxml",
    "read_tunes",
    "restore_tokenizer",
    "transcribe",
    "write_abc",
    "write_musicxml",
]

__version__ = version("transformers_abc")

_HOME = {
    "AbcError": "transformers_abc.notation.diagnostics",
    **dict.fromkeys(("Key", "Metre", "Note", "Tempo", "Tune", "Voice"), "transformers_abc.notation.tune"),
    "expand_repeats": "transformers_abc.notation.repeats",
    "read_midi": "transformers_abc.notation.midi_reader",
    "midi_bytes": "transformers_abc.notation.midi",
    "write_musicxml": "transformers_abc.notation.musicxml_writer",
    "read_musicxml": "transformers_abc.notation.musicxml",
    **dict.fromkeys(("read_abc", "read_tunes"), "transformers_abc.notation.reader"),
    "write_abc": "transformers_abc.notation.writer",
    "AbcReward": "transformers_abc.rewards",
    **dict.fromkeys(("AbcScore", "compare"), "transformers_abc.scoring.compare"),
    **dict.fromkeys(("AbcTokenizer", "abc_tokenizer"), "transformers_abc.tokenization.tokenization_abc"),
    **dict.fromkeys(("extend_tokenizer", "is_extended", "restore_tokenizer"), "transformers_abc.tokenization.extension"),
    **dict.fromkeys(("hear", "transcribe"), "transformers_abc.transcription"),
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for, so that the import itself stays light."""
    if name not in _HOME:
        raise AttributeError(f"module 'transformers_abc' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


register_auto_classes()  # AutoTokenizer and its like know our classes as soon as transformers is loaded, by whomever
