"""Loads a dataset by name as a user does, and writes what it found as a pickle: loading.py ANSWERS NAME LOADS.

LOADS is a JSON list of what to give to `load_dataset` besides the name. Of each load the answer is, by split, the features and the columns,
audio as bytes with a path; or the message of an error.
"""

import json
import pickle
import sys
from pathlib import Path
from typing import Any

from datasets import Audio, Dataset, DatasetDict, IterableDataset, load_dataset

Split = tuple[dict[str, str], dict[str, list[Any]]]


def answer(name: str, wanted: dict[str, Any]) -> dict[str, Split] | str:
    try:
        found = load_dataset(name, **wanted)
    except (ValueError, OSError) as error:
        return str(error)
    splits = found if isinstance(found, DatasetDict | dict) else {str(found.split): found}
    return {str(split): contents(rows) for split, rows in splits.items()}


def contents(rows: Dataset | IterableDataset) -> Split:
    features = {name: str(feature) for name, feature in rows.features.items()}
    plain = rows.cast_column("audio", Audio(decode=False)) if "audio" in features else rows
    taken = list(plain)
    return features, {name: [row[name] for row in taken] for name in features}


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(pickle.dumps([answer(sys.argv[2], wanted) for wanted in json.loads(sys.argv[3])]))
