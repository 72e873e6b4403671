"""Packaging. Tool settings stand in pyproject.toml."""

from pathlib import Path

from setuptools import find_packages, setup

# The core reads, writes and compares notation; what else is needed goes by use.
CORE = ["mido>=1.3", "numpy>=1.26", "rapidfuzz>=3.9", "scipy>=1.11", "wrapt>=1.17"]
AUDIO = ["soundfile>=0.12.1", "soxr>=0.4", "tqdm>=4.60"]
TRANSCRIBE = ["torch>=2.6", "transformers>=5.0", "safetensors>=0.5", *AUDIO]
TRAIN = [*TRANSCRIBE, "mir_eval>=0.8"]
DATA = [*AUDIO, "datasets>=4.0", "filelock>=3.12", "huggingface_hub>=1.0", "pyarrow>=17", "PyYAML>=6.0"]
METRIC = ["evaluate>=0.4.6"]
ONNX = [*TRANSCRIBE, "onnx>=1.18", "onnxruntime>=1.20", "onnxscript>=0.5"]
RL = [*TRANSCRIBE, "peft>=0.17", "trl==1.16.*"]
SPACE = [*TRANSCRIBE, *METRIC, "gradio>=6.31"]
EVALUATE = [*TRANSCRIBE, "datasets>=4.0", "mir_eval>=0.8"]
CHECKS = ["build>=1.2", "hypothesis>=6.100", "jiwer>=4.0", "matplotlib>=3.9", "mypy>=1.15", "pytest>=8", "ruff>=0.11"]
DEV = [*TRAIN, *DATA, *RL, *SPACE, *EVALUATE, *ONNX, *CHECKS]

setup(
    name="transformers_abc",
    version="0.1.0",
    description="From a recording of music to ABC notation, inside the Hugging Face ecosystem",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    package_dir={"": "src"},
    packages=find_packages("src"),
    package_data={
        "transformers_abc": [
            "py.typed",
            "data/cards/*.md",
            "models/default_listener/*.json",
            "models/default_listener/*.safetensors",
            "score_writer/default_score_stage/*.json",
            "score_writer/default_score_stage/*.safetensors",
            "tokenization/abc_tokenizer/*",
        ]
    },
    install_requires=CORE,
    extras_require={
        "transcribe": TRANSCRIBE,
        "train": TRAIN,
        "metric": METRIC,
        "onnx": ONNX,
        "data": DATA,
        "rl": RL,
        "space": SPACE,
        "evaluate": EVALUATE,
        "dev": DEV,
    },
    entry_points={"console_scripts": ["transformers-abc=transformers_abc.cli:main"]},
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Science/Research",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Multimedia :: Sound/Audio :: Analysis",
    ],
)
