"""The listener compiled and exported says what it says in Python."""

from pathlib import Path

import numpy as np
import pytest
import torch

from small_listener import small_listener

SHAPES = [(2, 80), (1, 41), (3, 1), (1, 487)]  # (batch, frames); frames that the instrument head's stride of 8 divides, and others
NAMES = ["onset_logits", "frame_logits", "offset_logits", "unison_logits", "instrument_logits"]


def features(batch: int, frames: int) -> torch.Tensor:
    return torch.rand(batch, 3, frames, 294, generator=torch.Generator().manual_seed(frames))


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])  # inductor says the same, but needs a C++ compiler and minutes
def test_compiled(backend: str) -> None:
    torch._dynamo.reset()
    model = small_listener()
    compiled = torch.compile(model, backend=backend, fullgraph=True)
    with torch.no_grad():
        for shape in SHAPES[:2]:
            for ours, theirs in zip(model(features(*shape)).to_tuple(), compiled(features(*shape)).to_tuple(), strict=True):
                assert torch.allclose(ours, theirs, atol=1e-4)


def test_onnx(tmp_path: Path) -> None:
    import onnxruntime

    model = small_listener()
    sizes = {0: torch.export.Dim("batch"), 2: torch.export.Dim("frames")}
    torch.onnx.export(
        model,
        (features(2, 80),),
        tmp_path / "listener.onnx",
        input_names=["input_features"],
        output_names=NAMES,
        dynamic_shapes={"input_features": sizes},
        dynamo=True,
        verbose=False,
    )
    session = onnxruntime.InferenceSession(tmp_path / "listener.onnx")
    assert [output.name for output in session.get_outputs()] == NAMES
    for shape in SHAPES:
        exported = session.run(None, {"input_features": features(*shape).numpy()})
        with torch.no_grad():
            said = model(features(*shape))
        for name, theirs in zip(NAMES, exported, strict=True):
            assert np.allclose(said[name].numpy(), theirs, atol=1e-4)
