"""Bytes of an ABC file to text.

A file says its encoding by a byte order mark, by zero bytes between its first letters (UTF-16), or by ``%abc-charset`` /
``%%abc-charset`` / ``I:abc-charset`` (section 8.1). Otherwise it is UTF-8 if it can be, and Latin-1 as Windows extends it if not: older
collections name no encoding.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((re.compile(rb"(?:[^\0]\0){2}"), "utf-16-le"), (re.compile(rb"(?:\0[^\0]){2}"), "utf-16-be"))  # as ``X:`` begins in these
# Only character sets: Python also knows encodings that compress or escape, which no music file needs.
_CHARSET = re.compile(
    rb"^(?:%%?|I:)\s*abc-charset[\s=]+((?:utf|iso|windows|cp|latin|us-ascii|koi8|mac|gb|big5|shift|euc)[\w-]{0,20})",
    re.MULTILINE | re.IGNORECASE,
)
_FALLBACK = "cp1252"
_BYTES_SEARCHED = 10_000


def decode_abc(data: bytes) -> str:
    r"""The text of an ABC file; bytes that the encoding does not know become ``\ufffd``.

    >>> decode_abc("T:Café".encode("utf-8")), decode_abc("T:Café".encode("latin-1")), decode_abc("T:Café".encode("utf-16"))
    ('T:Café', 'T:Café', 'T:Café')
    >>> decode_abc("T:Café".encode("utf-16-le")), decode_abc("T:Café".encode("utf-16-be"))    # without a mark
    ('T:Café', 'T:Café')
    >>> decode_abc(b"%abc-charset iso-8859-2\nT:\xb1")[-3:]
    'T:ą'
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    for beginning, encoding in _UNMARKED:
        if beginning.match(data):
            return data.decode(encoding, errors="replace")
    named = _CHARSET.search(data[:_BYTES_SEARCHED])
    for encoding in (named[1].decode("ascii") if named else "utf-8", "utf-8"):
        try:
            return data.decode(encoding)
        except (LookupError, ValueError):  # no such encoding, or not in it
            continue
    return data.decode(_FALLBACK, errors="replace")
