"""What the local Hub keeps: repositories of datasets, with branches of commits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Commit:
    """All files of a repository at one time."""

    files: Mapping[str, bytes]

    @property
    def sha(self) -> str:
        listing = "\n".join(f"{path} {blob_oid(content)}" for path, content in sorted(self.files.items()))
        return hashlib.sha1(listing.encode()).hexdigest()

    def below(self, folder: str, *, recursive: bool) -> list[tuple[str, bytes | None]]:
        """Paths in a folder with their content, or without any for folders."""
        prefix = f"{folder}/" if folder else ""
        found: dict[str, bytes | None] = {}
        for path, content in sorted(self.files.items()):
            if path.startswith(prefix):
                parts = path.removeprefix(prefix).split("/")
                for depth in range(1, len(parts) if recursive else min(len(parts), 2)):
                    found[prefix + "/".join(parts[:depth])] = None
                if recursive or len(parts) == 1:
                    found[path] = content
        return list(found.items())


@dataclass
class Repository:
    """Branches, and every commit there ever was."""

    private: bool = False
    branches: dict[str, Commit] = field(default_factory=lambda: {"main": Commit({})})
    commits: dict[str, Commit] = field(default_factory=dict)

    @classmethod
    def of_folder(cls, folder: Path) -> Repository:
        repository = cls()
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        repository.commit("main", Commit(files))
        return repository

    def at(self, revision: str) -> Commit | None:
        return self.branches.get(revision) or self.commits.get(revision)

    def commit(self, branch: str, commit: Commit) -> None:
        self.branches[branch] = commit
        self.commits[commit.sha] = commit


def blob_oid(content: bytes) -> str:
    """The name that git gives to a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
