"""On real recordings: a text sounds like its clip, at once and without warping, and more so than the score cut by its own seconds."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXCERPTS = ROOT.parent / "shared" / "data" / "urmp_excerpts" / "Dataset"


@pytest.mark.skipif(not EXCERPTS.is_dir(), reason="shared/data/urmp_excerpts is not here")
@pytest.mark.parametrize(("name", "clip_s"), [("01_Jupiter_vn_vc", 25.0), ("12_Spring_vn_vn_vc", 6.0)])
def test_text_sounds_like_the_recording(name: str, clip_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from alignment import chroma_rows

    rows = chroma_rows(EXCERPTS / name, clip_s)
    sys.modules.pop("alignment")
    assert len(rows) >= 3
    for row in rows:
        print(f"{row['recording']} at {row['start_s']} s: {row['ours']} ours, {row['by_seconds']} by seconds")
        assert row["ours"] > row["by_seconds"]
        assert row["ours"] > 0.45
        assert abs(row["lag_s"]) <= 0.25
    assert sum(row["ours"] - row["by_seconds"] for row in rows) / len(rows) > 0.15
