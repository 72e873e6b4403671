"""Recordings inside a page: shortened, as MP3 (every browser plays it), and only as many as a page should weigh."""

from __future__ import annotations

import base64
from pathlib import Path

import soundfile

from transformers_abc.data.audio import AudioError
from transformers_abc.evaluation.audio_samples import duration_s, encoded, read_mono

LONGEST_S, RATE_HZ = 30.0, 24_000
PAGE_BYTES = 12_000_000  # of all recordings together


class AudioBudget:
    """Players for a page, until it weighs enough."""

    def __init__(self, page_bytes: int = PAGE_BYTES) -> None:
        self._left = page_bytes

    def player(self, path: Path) -> str:
        """HTML that plays the beginning of a recording, or says why not."""
        try:
            samples = read_mono(path, RATE_HZ, LONGEST_S)
        except AudioError:
            return '<p class="soft small">The recording cannot be read.</p>'
        kind, media_type = ("MP3", "audio/mpeg") if "MP3" in soundfile.available_formats() else ("WAV", "audio/wav")
        data = base64.b64encode(encoded(samples, RATE_HZ, kind)).decode()
        if len(data) > self._left:
            return '<p class="soft small">The recording is left out: the page would become too large.</p>'
        self._left -= len(data)
        length_s = duration_s(path)
        cut = f'<p class="soft small">the first {LONGEST_S:.0f} s of {length_s:.0f}</p>' if length_s and length_s > LONGEST_S + 0.5 else ""
        return f'<audio controls preload="none" src="data:{media_type};base64,{data}"></audio>{cut}'
