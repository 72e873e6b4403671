"""Render the example tunes to the audio that lies beside them.

python examples/render.py --soundfont FluidR3_GM.sf2
"""

import argparse
from pathlib import Path

import soundfile

from transformers_abc import read_abc
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.rendering import render_tune

SAMPLING_RATE = 32_000


def main() -> None:
    """Render every ``.abc`` file of this folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--soundfont", type=Path, help="SoundFont to play from (default: random timbres)")
    options = parser.parse_args()
    bank = SoundFontBank(options.soundfont, SAMPLING_RATE) if options.soundfont else None
    for path in sorted(Path(__file__).parent.glob("*.abc")):
        audio = render_tune(read_abc(path.read_text(encoding="utf-8")), bank, seed=0, sampling_rate=SAMPLING_RATE)
        soundfile.write(path.with_suffix(".ogg"), audio, SAMPLING_RATE)
        print(path.with_suffix(".ogg"))


if __name__ == "__main__":
    main()
