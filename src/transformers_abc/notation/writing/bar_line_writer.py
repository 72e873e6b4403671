"""Bar lines as they are written: repeats, endings and styles.

Within a line of text a bar line is one token, such as ``|``, ``:|2`` or ``|| [1,3``. Where the line of text ends, it is shared out: what
closes stays at the end, and ``|:`` and endings open the next line.

A repeat that is played more than twice has as many colons, ``::|`` for three times, as the standard has it; abc2midi and abcjs know
nothing beyond twice.

Source: https://abcnotation.com/wiki/abc:standard:v2.1, sections 4.8 to 4.10.
"""

from __future__ import annotations

from transformers_abc.notation.tune import BarLine

PLAIN = BarLine()
_STYLES = ("", "||", "|]", "[|")


def line_between(line: BarLine) -> str:
    """A bar line between two bars of one line of text.

    >>> [line_between(BarLine(2)), line_between(BarLine(3, endings=(3,))), line_between(BarLine(2, starts_repeat=True))]
    [':|', '::|3', '::']
    >>> line_between(BarLine(endings=(1, 3))), line_between(BarLine(endings=(2,), style="||"))
    ('|1,3', '|| [2')
    """
    endings = ",".join(map(str, line.endings))
    if line.starts_repeat:
        token = "::" if line.plays == 2 else closing(line) + ":"
        return f"{token} [{endings}" if endings else token
    token = closing(line)
    return f"{token} [{endings}" if endings and line.plays == 1 and line.style else token + endings


def closing(line: BarLine) -> str:
    """The part of a bar line that ends the bar before.

    >>> closing(BarLine(2, starts_repeat=True)), closing(BarLine(starts_repeat=True)), closing(BarLine(style="||", endings=(1,)))
    (':|', '|', '||')
    """
    if line.plays > 1:
        return ":" * (line.plays - 1) + "|"
    return "|" if line.starts_repeat else line.style or "|"


def opening(line: BarLine, *, with_overlays: bool = False) -> str:
    """The part of a bar line that begins the bar after; empty where there is none.

    In a voice with overlays an ending repeats the bar line, without which abc2midi does not find it.

    >>> opening(BarLine(2, starts_repeat=True)), opening(BarLine(starts_repeat=True, endings=(1,))), opening(BarLine(style="||"))
    ('|:', '|: [1', '')
    >>> opening(BarLine(2, endings=(2,))), opening(BarLine(2, endings=(2,)), with_overlays=True)
    ('[2', '|2')
    """
    endings = ",".join(map(str, line.endings))
    if line.starts_repeat:
        return f"|: [{endings}" if endings else "|:"
    return ("|" if with_overlays else "[") + endings if endings else ""


def at_start(line: BarLine) -> str:
    """What stands before the first bar of a tune.

    >>> at_start(BarLine(starts_repeat=True)), at_start(BarLine(style="[|", endings=(1,))), at_start(PLAIN)
    ('|:', '[| [1', '')
    """
    style = "" if line.starts_repeat else line.style
    return f"{style} {opening(line)}".strip()


def at_end(line: BarLine) -> str:
    """What stands after the last bar of a tune.

    >>> at_end(BarLine(2)), at_end(PLAIN)
    (':|', '|]')
    """
    return closing(line) if line.plays > 1 else "|]"


def check(line: BarLine) -> None:
    """Raise a ValueError where a bar line cannot be written."""
    if line.plays < 1 or line.style not in _STYLES or any(number < 1 for number in line.endings):
        raise ValueError(f"{line} cannot be written: it needs plays and endings from 1 on, and a style among {', '.join(_STYLES[1:])}")
