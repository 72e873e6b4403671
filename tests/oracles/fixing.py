"""Which tunes CI compares: a fixed choice of the corpus that prefers variety.

Of each construct a few tunes are taken, the rarest constructs first; the rest are drawn from every collection alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from random import Random

from .corpus import CorpusTune

NUMBER = 500
OF_EACH = 12
SEED = 2026

_CONSTRUCTS = {
    "voices": r"^V:|\[V:",
    "parts": r"^P:",
    "endings": r"\|1|\[1",
    "endings of several passes": r"\[\d[,-]",
    "plain repeat": r":\|",
    "double repeat": r"::",
    "tuplet": r"\(3",
    "other tuplet": r"\([2456789]",
    "long tuplet": r"\(\d:",
    "dotted": r">",
    "dotted backwards": r"<",
    "double dotted": r">>|<<",
    "chord": r"\[[A-Ga-g^_=]",
    "tie": r"[A-Ga-g][,'\d/]*-",
    "grace notes": r"\{",
    "chord symbol": r'"[A-G]',
    "annotation": r'"[\^_<>@]',
    "decoration": r"![a-zA-Z]+!",
    "roll": r"~",
    "staccato": r"\.[A-Ga-g]",
    "lyrics": r"^w:",
    "key within": r"[^\n]\n(?s:.*)^K:(?s:.*)^K:|\[K:",
    "metre within": r"\[M:",
    "unit within": r"\[L:",
    "rest of bars": r"\bZ",
    "invisible rest": r"\bx",
    "continuation": r"\\$",
    "comment": r"[^\n]%",
    "directive": r"^%%",
    "mode": r"^K: *[A-G][#b]? *(?:[Dd]or|[Mm]ix|[Pp]hr|[Ll]yd|[Ll]oc)",
    "double sharp or flat": r"\^\^|__",
    "overlay": r"&",
    "back quote": r"`",
    "free metre": r"^M: *none",
    "no unit": r"\A(?!(?s:.*)^L:)",
}


def fixed_choice(tunes: Sequence[CorpusTune]) -> list[str]:
    """The names of `NUMBER` tunes, in the corpus's order."""
    random = Random(SEED)
    shuffled = random.sample(list(tunes), len(tunes))
    with_construct = {name: [tune for tune in shuffled if re.search(form, tune.text, re.M)] for name, form in _CONSTRUCTS.items()}
    chosen: dict[str, None] = {}
    for found in sorted(with_construct.values(), key=len):
        chosen |= dict.fromkeys(tune.name for tune in found[:OF_EACH])
    by_collection: dict[str, list[CorpusTune]] = defaultdict(list)
    for tune in shuffled:
        by_collection[tune.name.rpartition(".abc:")[0] if tune.name.startswith("essen") else tune.name.partition("/")[0]].append(tune)
    while len(chosen) < NUMBER:
        for collection in sorted(by_collection):
            if by_collection[collection] and len(chosen) < NUMBER:
                chosen[by_collection[collection].pop().name] = None
    return [tune.name for tune in tunes if tune.name in chosen]
