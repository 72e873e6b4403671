r"""Where ABC text is cut before it becomes tokens: at bar lines, fields, voices, quoted texts and decorations.

A token never reaches beyond its piece, so no token holds music on both sides of a bar line. Pieces are found by one regular expression
(Oniguruma's dialect, which `tokenizers` speaks); together they are the text, character for character, whatever the text.

A line break belongs to the field, voice or directive that it leads to; else to the bar line before it; else it stands alone. Of one that is
written ``\r\n``, as Windows does, the ``\r`` stands alone where the ``\n`` leads to a field: so fields are the same pieces in either text.
"""

from __future__ import annotations

from tokenizers import Regex, pre_tokenizers

# ABC 2.1, section 4.8: | || |] [| |: :| :: and dotted bar lines; section 4.9: [1 |2 :|2 and lists such as [1,3.
_BAR_SIGN = r"(?:\[\||\.?\||:+(?=[|:\]]))[|:\]]*(?:\[?[1-9][0-9,\-]*)?|\[[1-9][0-9,\-]*|::"
_VOICE_SWITCH = r"\[V:[^\[\]\n]*\] ?"
_LED_BY_BREAK = r"\[[A-Za-z]:|[A-Za-z+]:|%"  # what takes the line break before it

_FIELD_LINE = r'(?:\A|\n)[A-Za-z+]:(?:[^\r\n"]|\r(?!\n))*+'
_DIRECTIVE_OR_COMMENT = r"\n?%(?:[^\r\n]|\r(?!\n))*+"
_INLINE_FIELD = r"\n?\[[A-Za-z]:[^\[\]\n]*\] ?"
_QUOTED = r'"[^"\n]*"'
_DECORATION = r"![^!\n| ]+!"
_DIVIDER = rf" *+(?:{_BAR_SIGN})(?:\r?\n{_VOICE_SWITCH}|\r?\n(?!{_LED_BY_BREAK})| )?"
# Notes, rests and what belongs to them, with the spaces between beams but not those before a bar line. The + behind a repetition forbids
# going back on it, so that time is in proportion to the text, whatever it is.
_MUSIC = r'(?:[^\s"!|:\[%(]+|\((?:[2-9](?::[0-9]?){1,2})?|\[(?![A-Za-z]:|\||[1-9])| ++(?!\.?\||:|\[[A-Za-z]:|\[\||\[[1-9]))++'
# Spaces that lead to no music are one piece: were it one of them at a time, each would look at all that follow.
_ANYTHING_ELSE = rf" ++|\r\n(?!{_LED_BY_BREAK})|[\s\S]"

PIECE = "|".join((_FIELD_LINE, _DIRECTIVE_OR_COMMENT, _INLINE_FIELD, _QUOTED, _DECORATION, _DIVIDER, _MUSIC, _ANYTHING_ELSE))


def abc_pieces() -> pre_tokenizers.PreTokenizer:
    r"""The pre-tokenizer that cuts text into pieces.

    >>> text = 'X:1\nL:1/8\nV:1 name="Oboe"\nK:G\n[V:1] (3:2:3GAB !trill!c2 | d4 |\n[V:2] G,2 |]\n'
    >>> for piece, _ in abc_pieces().pre_tokenize_str(text): print(repr(piece))
    'X:1'
    '\nL:1/8'
    '\nV:1 name='
    '"Oboe"'
    '\nK:G'
    '\n[V:1] '
    '(3:2:3GAB '
    '!trill!'
    'c2'
    ' | '
    'd4'
    ' |\n[V:2] '
    'G,2'
    ' |]\n'
    """
    return pre_tokenizers.Split(Regex(PIECE), "isolated")
