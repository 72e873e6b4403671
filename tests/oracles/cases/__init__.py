"""Small cases of notation: what each sounds by the ABC 2.1 standard, written by hand, and which oracle is known to play it otherwise.

Standard: https://abcnotation.com/wiki/abc:standard:v2.1; the sections named are its own.
"""

from .case import Case, sounding_of
from .deviations import DEVIATIONS
from .fields import FIELDS
from .forms import FORMS
from .pitches import PITCHES
from .rhythms import RHYTHMS
from .texts import TEXTS
from .voices import VOICES

CASES: tuple[Case, ...] = (*PITCHES, *FIELDS, *RHYTHMS, *FORMS, *VOICES, *TEXTS)

__all__ = ["CASES", "DEVIATIONS", "Case", "sounding_of"]
