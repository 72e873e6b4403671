"""The listener saved, sharded, published and loaded, by its own classes and by the Auto classes, whoever imports what first."""

import json
from pathlib import Path

import pytest
import torch

from hub_server.processes import run_python
from hub_server.server import HubServer
from small_listener import save_small_listener, small_listener
from transformers_abc.models.listener import AbcListener
from transformers_abc.models.processing import AbcProcessor

NAMES = ["AbcListenerConfig", "AbcListener", "AbcFeatureExtractor", "AbcProcessor", "MusicTranscriptionPipeline"]
LOADING = """
import json, sys
def load(name):
    from transformers import AutoConfig, AutoFeatureExtractor, AutoModel, AutoProcessor, pipeline
    loaded = [auto.from_pretrained(name) for auto in (AutoConfig, AutoModel, AutoFeatureExtractor, AutoProcessor)]
    return [type(it).__name__ for it in (*loaded, pipeline("music-transcription", model=name, device="cpu"))]
"""
# Each prints, as JSON, what was loaded.
OURS_FIRST = f"{LOADING}\nimport transformers_abc\nprint(json.dumps(load(sys.argv[1])))"
OURS_LAST = f"{LOADING}\nimport transformers.pipelines\nimport transformers_abc\nprint(json.dumps(load(sys.argv[1])))"
OUR_MODULES_FIRST = f"{LOADING}\nimport transformers_abc.pipeline, transformers_abc.models.processing\nprint(json.dumps(load(sys.argv[1])))"
WITHOUT_TORCH = """
import json, sys
sys.modules["torch"] = None
import transformers_abc
from transformers import AutoConfig, AutoTokenizer
import transformers.models.auto.feature_extraction_auto, transformers.models.auto.modeling_auto
print(json.dumps(type(AutoConfig.from_pretrained(sys.argv[1])).__name__))
"""
PUSHING = f"""{LOADING}
import transformers_abc
from transformers import AutoFeatureExtractor, AutoModel
AutoModel.from_pretrained(sys.argv[1]).push_to_hub("owner/listener", max_shard_size="10KB")
AutoFeatureExtractor.from_pretrained(sys.argv[1]).push_to_hub("owner/listener")
print(json.dumps(load("owner/listener")))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_listener(tmp_path_factory.mktemp("listener"))


@pytest.mark.parametrize("code", [OURS_FIRST, OURS_LAST, OUR_MODULES_FIRST], ids=["ours first", "ours last", "our modules first"])
def test_auto_classes_and_pipelines_know_the_listener(folder: Path, tmp_path: Path, code: str) -> None:
    done = run_python(code, tmp_path, folder, HF_HUB_OFFLINE="1")
    assert done.stdout, done.stderr
    assert json.loads(done.stdout) == NAMES
    assert "Traceback" not in done.stderr


def test_without_torch_nothing_is_complained_of(folder: Path, tmp_path: Path) -> None:
    done = run_python(WITHOUT_TORCH, tmp_path, folder, HF_HUB_OFFLINE="1")
    assert done.stdout == '"AbcListenerConfig"\n', done.stderr
    assert "transformers_abc" not in done.stderr


def test_published_in_shards_and_loaded_by_name(folder: Path, tmp_path: Path, models_hub: HubServer) -> None:
    done = run_python(PUSHING, tmp_path, folder, HF_ENDPOINT=models_hub.url, HF_TOKEN="secret")
    assert done.stdout, done.stderr
    assert json.loads(done.stdout) == NAMES
    files = set(models_hub.repositories["owner/listener"].branches["main"].files)
    assert {"config.json", "preprocessor_config.json", "model.safetensors.index.json"} <= files
    assert not [name for name in files if name.endswith(".py")]


def test_sharded_weights_are_the_same_weights(tmp_path: Path) -> None:
    model = small_listener()
    model.save_pretrained(tmp_path, max_shard_size="10KB")
    assert len(list(tmp_path.glob("model-*.safetensors"))) > 1
    loaded = AbcListener.from_pretrained(tmp_path).state_dict()
    assert loaded.keys() == model.state_dict().keys()
    assert all(torch.equal(loaded[name], value) for name, value in model.state_dict().items())


def test_bfloat16_says_nearly_the_same(folder: Path) -> None:
    single, half = (AbcListener.from_pretrained(folder, dtype=dtype) for dtype in (torch.float32, torch.bfloat16))
    assert half.dtype == torch.bfloat16
    features = torch.rand(2, 3, 41, 294, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        pairs = zip(single(features).to_tuple(), half(features.bfloat16()).to_tuple(), strict=True)
    for ours, theirs in pairs:
        assert theirs.dtype == torch.float32  # the logits
        assert torch.allclose(ours.sigmoid(), theirs.sigmoid(), atol=0.02)


def test_a_batch_says_what_its_clips_say_alone(folder: Path) -> None:
    model = AbcListener.from_pretrained(folder)
    features = torch.rand(3, 3, 41, 294, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        together, alone = model(features).to_tuple(), [model(clip[None]).to_tuple() for clip in features]
    for place, logits in enumerate(together):
        assert torch.allclose(logits, torch.cat([clip[place] for clip in alone]), atol=1e-5)


def test_a_processor_loaded_beside_a_listener_without_tokenizer_has_the_packaged_one(folder: Path) -> None:
    tokenizer = AbcProcessor.from_pretrained(folder).tokenizer
    assert tokenizer.decode(tokenizer.encode("X:1\nK:G\nG3|")) == "X:1\nK:G\nG3|"
