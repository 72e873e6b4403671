"""Values of the ABC field ``K:``: tonic, mode and explicit accidentals; the clef and the like stand in `voice_field`.

Source: https://abcnotation.com/wiki/abc:standard:v2.1, section 3.1.14.
"""

from __future__ import annotations

import re

from transformers_abc.notation.reading.lexer import ALTER_OF_SIGN
from transformers_abc.notation.reading.voice_field import CLEF_NAMES
from transformers_abc.notation.tune import FIFTHS_ORDER, MODE_FIFTHS, Key

_MODE_OF_PREFIX = {mode[:3]: mode for mode in MODE_FIFTHS} | {"ion": "major", "aeo": "minor", "m": "minor"}
_PIPES = {"HP": Key(2, "mixolydian"), "Hp": Key(2, "mixolydian")}  # F and C sharp, which HP leaves out of the staff
_MODE = r"(?i:maj|min|ion|aeo|dor|phr|lyd|mix|loc|exp)[A-Za-z]*|[mM](?![A-Za-z])(?!(?<=\s.)=)"  # ``Gm=e`` is minor, ``G m=B`` is not
_KEY = re.compile(rf"(?P<tonic>[A-Ga-g])(?P<sign>[#b♯♭]|[\s-]?(?:sharp|flat)\b)?(?:\s*(?P<mode>{_MODE}))?(?P<end>(?=[\s^_=#]|$))?")
_NONE = re.compile(r"(?:none|exp)\b|(?=[\^_=]|$)", re.IGNORECASE)
_EXPLICIT = re.compile(r"(\^\^|__|[\^_=])([A-Ga-g])(?=[\s^_=]|$)")
_ATTRIBUTE = re.compile(r"(?<!\S)(?:[a-z]{3,}|[mt]|[a-z]+:\w+)=\S*")  # of the clef, not of the key; m= and t= are short forms
_FIFTHS_OF_SIGN = {"": 0, "#": 7, "♯": 7, "sharp": 7, "b": -7, "♭": -7, "flat": -7}


def read_key(field: str) -> Key | None:
    """A key; only the first three letters of the mode count, whatever their case, and ``none`` is C.

    Explicit accidentals change what the key says of their letters; after ``exp`` they are all there is, which comes out as a key of the
    tonic whose other signs are taken back.

    >>> [str(read_key(field)) for field in ("G", "Bb minor", "F#m", "D Mix", "Edorian", "HP", "none", "bass", "H")]
    ['G', 'Bbmin', 'F#min', 'Dmix', 'Edor', 'Amix', 'C', 'None', 'None']
    >>> read_key("D phr ^f clef=bass"), read_key("D exp ^c"), read_key("Gm=e m=c")    # doctest: +NORMALIZE_WHITESPACE
    (Key(fifths=-2, mode='phrygian', explicit=(('F', 1),)), Key(fifths=2, mode='major', explicit=(('F', 0),)),
     Key(fifths=-2, mode='minor', explicit=(('E', 0),)))
    """
    field = field.strip()
    if field[:2] in _PIPES:
        return _PIPES[field[:2]]
    if without_tonic := _NONE.match(field):
        return _with_explicit(Key(0), field[without_tonic.end() :], only_explicit=False)
    match = _KEY.match(field)
    if not match or (match["end"] is None and match["tonic"].islower()):  # ``K:bass`` is no key, ``K:Es`` is read as E
        return None
    word = (match["mode"] or "").lower()[:3]
    mode = _MODE_OF_PREFIX.get(word, "major")
    place = FIFTHS_ORDER.index(match["tonic"].upper()) + _FIFTHS_OF_SIGN[(match["sign"] or "").strip().strip("-")]
    key = Key(place - FIFTHS_ORDER.index("C") + MODE_FIFTHS[mode], mode)
    return _with_explicit(key, field[match.end() :], only_explicit=word == "exp")


def unread_key_text(field: str) -> str:
    """What a key field says that `read_key` and the attributes of a voice leave unread.

    >>> unread_key_text("G blues"), unread_key_text("Es"), unread_key_text("Ebminor=e^c clef=bass-8 treble"), unread_key_text("HP")
    ('blues', 's', '', '')
    """
    field = field.strip()
    match = _NONE.match(field) or _KEY.match(field)
    rest = field[2:] if field[:2] in _PIPES else field[match.end() :] if match else field
    rest = _EXPLICIT.sub(" ", _ATTRIBUTE.sub(" ", rest))
    return " ".join(word for word in rest.split() if word.rstrip("12345+-8") not in CLEF_NAMES)


def _with_explicit(key: Key, rest: str, *, only_explicit: bool) -> Key:
    """The key with the accidentals that stand behind it and change it; in the order of letters in signatures."""
    alter_of = dict.fromkeys(FIFTHS_ORDER, 0) if only_explicit else {}
    signs = _EXPLICIT.findall(_ATTRIBUTE.sub(" ", rest))
    alter_of |= {letter.upper(): ALTER_OF_SIGN[sign] for sign, letter in signs}
    in_order = [(letter, alter_of[letter]) for letter in FIFTHS_ORDER if letter in alter_of]
    return Key(key.fifths, key.mode, tuple((letter, alter) for letter, alter in in_order if alter != key.alter_of(letter)))
