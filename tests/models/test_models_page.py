"""docs/models.md, run as a reader would, from top to bottom in one folder."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from transformers.pipelines import PIPELINE_REGISTRY

from small_listener import save_small_listener
from transformers_abc.pipeline import TASK

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


def test_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_small_listener(tmp_path / "listener")
    # Small weights stand in for those that ship: what is tried here is the page.
    monkeypatch.setitem(PIPELINE_REGISTRY.supported_tasks[TASK], "default", {"model": (str(tmp_path / "listener"), None)})
    chord = sum(np.sin(2 * np.pi * hertz * np.arange(16_000 * 6) / 16_000) for hertz in (262, 330, 392))
    soundfile.write(tmp_path / "quartet.ogg", 0.2 * chord, 16_000)
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"))  # what is marked "export" takes minutes
    assert len(blocks) >= 7
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), names)
    assert (tmp_path / "listener.onnx").is_file()
    assert len(list((tmp_path / "saved").glob("*.safetensors"))) >= 1
    assert np.allclose(names["onset"], names["output"].onset_logits.detach().numpy(), atol=1e-4)
