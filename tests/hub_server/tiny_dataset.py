"""A built dataset of a few rows, in the form that `transformers_abc.data.builder` writes."""

import io
from pathlib import Path

import numpy as np
import soundfile
from datasets import Array2D, Audio, Dataset, Features, List, Value

RATE = 8000
SECONDS = 0.25
ROWS = {"train": 3, "validation": 1, "test": 2}
EMBEDDING_SHAPE = (240, 4800)
STORED_AUDIO = {"bytes": Value("binary"), "path": Value("string")}
TEXTS = ("id", "question", "question_type", "answer", "piece", "family", "metre", "source")
TEXT_FEATURES = {name: Value("string") for name in TEXTS} | {
    "start_time": Value("float64"),
    "tempo": Value("float64"),
    "instruments": List(Value("string")),
}
FEATURES = Features(TEXT_FEATURES | {"audio": Audio()})
EMBEDDING_FEATURES = Features(TEXT_FEATURES | {"embedding": Array2D(EMBEDDING_SHAPE, "float16")})


def tone(pitch_hz: float) -> bytes:
    """A wav file with a quarter of a second of a sine, at 8 kHz."""
    file = io.BytesIO()
    samples = 0.5 * np.sin(2 * np.pi * pitch_hz * np.arange(int(RATE * SECONDS)) / RATE)
    soundfile.write(file, samples, RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def write_tiny_dataset(folder: Path, configs: tuple[str, ...] = ("default", "qa"), *, version: str = "1", files: int = 1) -> Path:
    """Write the folder.

    Args:
        configs: of ``default``, ``qa`` and ``embeddings``.
        version: stands in every answer.
        files: Parquet files a split, at most one a row.
    """
    for config in configs:
        for split, rows in ROWS.items():
            data = _rows(config, split, version)
            count = min(files, rows)
            for number in range(count):
                path = folder / "data" / config / f"{split}-{number:05d}-of-{count:05d}.parquet"
                path.parent.mkdir(parents=True, exist_ok=True)
                data.shard(count, number, contiguous=True).to_parquet(path)
    (folder / "README.md").write_text(card(configs), encoding="utf-8")
    return folder


def card(configs: tuple[str, ...]) -> str:
    lines = ["---", "license: cc0-1.0", "configs:"]
    for config in configs:
        lines += [f"- config_name: {config}", "  data_files:"]
        for split in ROWS:
            lines += [f"  - split: {split}", f"    path: data/{config}/{split}-*.parquet"]
    return "\n".join([*lines, "---", "", "# Tones", ""])


def columns_of(config: str, split: str, version: str = "1") -> dict[str, list]:
    """What a split holds; audio as bytes with a path."""
    count = ROWS[split]
    kind, answer = ("abc", "X:1\nK:C\nCDEF|") if config != "qa" else ("tempo", "96")
    columns = {
        "id": [f"AuMix_{split}_{place}.wav" for place in range(count)],
        "question": ["Transcribe this recording to ABC notation." if kind == "abc" else "How fast is it?"] * count,
        "question_type": [kind] * count,
        "answer": [f"{answer} % {config} {split} {place} {version}" for place in range(count)],
        "piece": [f"01_{split}_vn_vc"] * count,
        "family": [split] * count,
        "metre": ["4/4"] * count,
        "source": ["urmp"] * count,
        "start_time": [25.5 * place for place in range(count)],
        "tempo": [96.0] * count,
        "instruments": [["Violin", "Cello"]] * count,
    }
    if config == "embeddings":
        return columns | {"embedding": [np.full(EMBEDDING_SHAPE, place + 0.5, dtype=np.float16) for place in range(count)]}
    return columns | {"audio": [{"bytes": tone(220.0 * (place + 1)), "path": f"{split}_{place}.wav"} for place in range(count)]}


def _rows(config: str, split: str, version: str) -> Dataset:
    if config == "embeddings":
        return Dataset.from_dict(columns_of(config, split, version), features=EMBEDDING_FEATURES)
    stored = Dataset.from_dict(columns_of(config, split, version), features=Features(TEXT_FEATURES | {"audio": STORED_AUDIO}))
    return stored.cast_column("audio", Audio())  # Audio itself would encode, with torchcodec
