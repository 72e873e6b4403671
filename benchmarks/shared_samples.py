"""Whether recorded notes that are trained on stand in a SoundFont that is kept for tests: their greatest cross-correlations.

    python benchmarks/shared_samples.py --samples samples/ --soundfont /usr/share/sounds/sf2/TimGM6mb.sf2

Each note is compared with the SoundFont's samples of about its pitch, over six tenths of a second at every lag. One and the same recording
gives nearly 1.
"""

from __future__ import annotations

import argparse
import json
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import fftconvolve, resample_poly

from transformers_abc.synthesis.recorded_notes import pitch_of_name

OUT = Path(__file__).parent.parent / "docs" / "results" / "shared_samples.json"
RATE = 11_025
SPAN_S, SHORTEST_S, HEARD_S = (0.08, 0.68), 0.15, 4.0
SAMPLE_HEADER = 46  # bytes of a record in a SoundFont's `shdr`
SHOWN = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--samples", type=Path, required=True, help="folder of recorded notes, a folder for each instrument")
    parser.add_argument("--soundfont", type=Path, required=True, help="the SoundFont")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    font = [(name, _resampled(sound, rate), pitch) for name, sound, rate, pitch in samples_of(options.soundfont)]
    pairs = sorted(_pairs(options.samples, font), reverse=True)
    quantiles = np.quantile([found for found, _, _ in pairs], [0.5, 0.9, 0.99]).round(3).tolist()
    greatest = [{"correlation": found, "note": note, "sample": sample} for found, note, sample in pairs[:SHOWN]]
    result = {"soundfont": options.soundfont.name, "pairs": len(pairs), "quantiles_50_90_99": quantiles, "greatest": greatest}
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def samples_of(path: Path) -> Iterator[tuple[str, np.ndarray, int, int]]:
    """Name, sound, sampling rate and pitch of each sample of a SoundFont 2 file."""
    content = path.read_bytes()
    sounds = np.frombuffer(_chunk(content, b"smpl"), dtype="<i2")
    headers = _chunk(content, b"shdr")
    for first in range(0, len(headers) - SAMPLE_HEADER, SAMPLE_HEADER):
        header = headers[first : first + SAMPLE_HEADER]
        start, end, _, _, rate = struct.unpack("<5I", header[20:40])
        if end - start > SHORTEST_S * rate:
            yield header[:20].split(b"\0")[0].decode("latin1"), sounds[start:end] / 32768, rate, header[40]


def _chunk(content: bytes, name: bytes) -> bytes:
    at = content.index(name)
    (size,) = struct.unpack("<I", content[at + 4 : at + 8])
    return content[at + 8 : at + 8 + size]


def _pairs(samples: Path, font: list[tuple[str, np.ndarray, int]]) -> Iterator[tuple[float, str, str]]:
    """Correlation, note and sample of each two of about one pitch."""
    for path in sorted(samples.glob("*/*.mp3")):
        pitch = pitch_of_name(path.stem)
        if pitch is None:
            continue
        sound, rate = soundfile.read(path, frames=int(HEARD_S * 44_100), always_2d=True)
        sound = _resampled(sound.mean(axis=1), rate)
        for name, other, its_pitch in font:
            part = other[int(SPAN_S[0] * RATE) : int(SPAN_S[1] * RATE)]
            if abs(its_pitch - pitch) <= 1 and SHORTEST_S * RATE < len(part) < len(sound):
                yield round(correlation(part, sound), 3), f"{path.parent.name}/{path.stem}", name


def correlation(part: np.ndarray, sound: np.ndarray) -> float:
    """The greatest normalised cross-correlation of a part with any stretch of a sound."""
    part = (part - part.mean()) / (np.linalg.norm(part - part.mean()) + 1e-9)
    energy = np.convolve(sound**2, np.ones(len(part)), "valid")
    return float(np.max(np.abs(fftconvolve(sound, part[::-1], "valid")) / (np.sqrt(np.maximum(energy, 1e-9)) + 1e-6)))


def _resampled(sound: np.ndarray, rate: int) -> np.ndarray:
    ratio = Fraction(RATE, rate).limit_denominator(200)
    return resample_poly(sound, ratio.numerator, ratio.denominator)


if __name__ == "__main__":
    main()
