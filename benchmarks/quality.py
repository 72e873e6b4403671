r"""How good the scores of the embedded default are, beside basic-pitch with the best score one can make of it.

    python benchmarks/quality.py --scores openscore_quartets/ --excerpts urmp/Dataset --baseline .baseline/bin/python
    python benchmarks/quality.py --scores openscore_quartets/ --sets solo --systems ours true_notes --count 6 --out /tmp/quality.json

Sets, systems and figures stand in docs/quality.md. What was heard and written is kept in the cache: interrupted, the command goes on where
it stopped, and after a change of the score writer nothing is heard again. The split *test* is looked at once for each release.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quality_measures import set_summary
from quality_sets import ARRANGEMENTS, EXCERPTS, Clip, Material, excerpts, synthetic_set
from quality_systems import SYSTEMS, Keeper

import transformers_abc
from transformers_abc.outputs import write_whole
from transformers_abc.scoring.compare import signature
from transformers_abc.scoring.composite import PRESETS
from transformers_abc.scoring.digest import digest
from transformers_abc.synthesis.scores import load_works
from transformers_abc.synthesis.soundfonts import SoundFontError, is_test_sound, training_soundfont

RESULTS = Path(__file__).parent.parent / "docs" / "results"
OUT = {"validation": RESULTS / "quality.json", "test": RESULTS / "quality_test.json"}
SETS = (*ARRANGEMENTS, EXCERPTS)
TOLERANCE_S = dict.fromkeys(ARRANGEMENTS, 0.05) | {EXCERPTS: 0.15}  # the onsets of the real excerpts are no better than 0.1 s
COUNT = 60
TEST_SOUNDFONT = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")  # where Debian's package timgm6mb-soundfont puts it


def main() -> None:
    """Measure and write one JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scores", type=Path, help="folder of scores; the sets that are played need them")
    parser.add_argument("--excerpts", type=Path, help="folder in URMP's layout with real recordings; validation only")
    parser.add_argument("--split", choices=tuple(OUT), default="validation", help="test is for releases")
    parser.add_argument("--soundfont", type=Path, help="default: as for training; of the test split TimGM6mb")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS)
    parser.add_argument("--count", type=int, default=COUNT, help=f"clips of each set that is played (default {COUNT})")
    parser.add_argument("--baseline", type=Path, help="a Python that has basic-pitch (make baseline)")
    parser.add_argument("--out", type=Path, help="JSON file to write (default: in docs/results/)")
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"), help="what is made, heard and written is kept here")
    options = parser.parse_args()
    if options.count < 1:
        parser.error("--count: give 1 or more")
    if options.split == "test":
        print(
            "warning: test works and test sounds are for the figures of a release: look once, and choose nothing by them", file=sys.stderr
        )
    try:
        sets = {name: clips for name in options.sets if (clips := _clips(name, options))}
    except (FileNotFoundError, SoundFontError) as error:
        parser.error(str(error))
    results = measured(sets, options.systems, Keeper(options.cache / "quality", options.baseline))
    out = options.out or OUT[options.split]
    out.parent.mkdir(parents=True, exist_ok=True)
    if options.split == "test":
        _forget_texts(results)
    write_whole(out, json.dumps({"split": options.split, **results}, indent=1, ensure_ascii=False) + "\n")
    print(f"written: {out}", file=sys.stderr)


def _forget_texts(results: dict[str, Any]) -> None:
    """Nobody is to learn from what is written of test works."""
    for found in results["sets"].values():
        for row in found["systems"].values():
            row.pop("worst")


def measured(sets: dict[str, list[Clip]], systems: Sequence[str], keeper: Keeper) -> dict[str, Any]:
    """All figures, as they stand in the file."""
    return {
        "version": transformers_abc.__version__,
        "signatures": {preset: signature(preset) for preset in PRESETS},
        "digests": {"listener": keeper.listener, "score_writer": keeper.score_writer},
        "sets": {name: _measured_set(name, clips, systems, keeper) for name, clips in sets.items()},
    }


def _measured_set(name: str, clips: Sequence[Clip], systems: Sequence[str], keeper: Keeper) -> dict[str, object]:
    commonest = commonest_instrument(clips)
    found: dict[str, object] = {}
    for system in systems:
        written = keeper.written(system, clips, commonest)
        if written is None:
            print(f"{name}: basic-pitch is left out; give --baseline (make baseline)", file=sys.stderr)
            continue
        found[system] = set_summary(clips, written, TOLERANCE_S[name])
    return {
        "n": len(clips),
        "works": len({clip.work for clip in clips}),
        "seconds": round(sum(clip.duration_s for clip in clips), 1),
        "tolerance_s": TOLERANCE_S[name],
        "commonest_instrument": commonest,
        "systems": found,
    }


def commonest_instrument(clips: Sequence[Clip]) -> str:
    """What most voices of a set are played on; of equally many the first by name."""
    voices = Counter(name for clip in clips for name in _voice_instruments(clip))
    return min(voices, key=lambda name: (-voices[name], name))


def _voice_instruments(clip: Clip) -> list[str]:
    return [voice.instrument for voice in digest(clip.abc).voices]


def _clips(name: str, options: argparse.Namespace) -> list[Clip]:
    """A set; none of the clips where what it is made of was not given.

    Raises:
        FileNotFoundError, SoundFontError: what was given cannot be used.
    """
    cache = options.cache / "quality"
    if name == EXCERPTS:
        wanted = options.excerpts is not None and options.split == "validation"
        return excerpts(options.excerpts, cache) if wanted else []
    if options.scores is None:
        print(f"{name}: left out; give --scores", file=sys.stderr)
        return []
    soundfont = test_soundfont(options.soundfont) if options.split == "test" else training_soundfont(options.soundfont)
    works = load_works(options.scores, options.cache, options.split)
    return synthetic_set(name, options.count, Material(options.split, works, soundfont, options.cache))


def test_soundfont(given: Path | None) -> Path:
    """The SoundFont of the test split.

    Raises:
        FileNotFoundError: there is none.
        SoundFontError: it is none of the test sounds.
    """
    path = given or TEST_SOUNDFONT
    if not path.is_file():
        raise FileNotFoundError(f"no SoundFont at {path}: install TimGM6mb (Debian: apt install timgm6mb-soundfont) or give --soundfont")
    if not is_test_sound(path):
        raise SoundFontError(f"{path}: is no test sound; the test split is played on TimGM6mb")
    return path


if __name__ == "__main__":
    main()
