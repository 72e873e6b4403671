"""Publishes a built dataset on the Hugging Face Hub, or on any server that ``HF_ENDPOINT`` names.

The token is the one of ``hf auth login`` or ``HF_TOKEN``. Run again, only what changed is uploaded; Parquet files of an earlier build that
this one does not have are deleted, since the patterns of the card might find them.
"""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from transformers_abc.data.built_dataset import BuiltDataset, read_built_dataset
from transformers_abc.data.hub_name import HubName

if TYPE_CHECKING:
    from huggingface_hub import HfApi

MAIN = "main"
STALE = "data/*.parquet"  # what a build writes; the star stands for folders too
_LOG_IN = "log in with `hf auth login`, or set HF_TOKEN to a token that may write"


class PublishingError(OSError):
    """A dataset that could not be published; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Published:
    """Where a dataset now is.

    Attributes:
        url: its page.
        commit: the revision that holds just this, for `load_dataset(..., revision=commit)`.
    """

    url: str
    commit: str


def files_to_push(dataset: BuiltDataset) -> tuple[Path, ...]:
    """The card and every file that it names; nothing else in the folder is published."""
    return (dataset.card, *dataset.files)


def push_dataset(folder: Path, name: str, *, private: bool = False, revision: str = MAIN) -> Published:
    """Upload a built dataset; the repository is made if it is not there.

    Args:
        folder: a built dataset.
        name: ``NAMESPACE/NAME``.
        private: make it a private repository; one that is public already is an error.
        revision: the branch; made if it is not there.

    Raises:
        ValueError: no such name is possible, or `folder` is no built dataset.
        PublishingError: offline, no token, no permission, no connection, or the Hub refuses the card; an OSError too.
    """
    from huggingface_hub import HfApi, constants, get_token
    from huggingface_hub.errors import HfHubHTTPError, HTTPError

    HubName.read(name)
    dataset = read_built_dataset(folder)
    if constants.HF_HUB_OFFLINE:
        raise PublishingError(f"{name}: cannot be published in offline mode; unset HF_HUB_OFFLINE")
    if get_token() is None:
        raise PublishingError(f"{name}: cannot be published without a token; {_LOG_IN}")
    api = HfApi(library_name="transformers_abc")
    try:
        return _push(api, dataset, name, private, revision)
    except HfHubHTTPError as error:
        raise PublishingError(_refusal(name, error)) from error
    except (HTTPError, ConnectionError, TimeoutError) as error:
        raise PublishingError(f"{name}: {api.endpoint} cannot be reached ({error}); run it again, what is uploaded is kept") from error
    except (ValueError, RuntimeError) as error:  # RuntimeError: a file could not be uploaded
        reason = " ".join(str(error.__cause__ or error if isinstance(error, RuntimeError) else error).split())
        raise PublishingError(f"{name}: cannot be published: {reason}") from error


def _push(api: HfApi, dataset: BuiltDataset, name: str, private: bool, revision: str) -> Published:
    page = api.create_repo(name, repo_type="dataset", private=private, exist_ok=True)
    if private and not api.dataset_info(name).private:
        raise PublishingError(f"{name}: is public, so nothing was uploaded; make it private on {page}/settings, or choose another name")
    if revision != MAIN:
        api.create_branch(name, repo_type="dataset", branch=revision, exist_ok=True)
    commit = api.upload_folder(
        repo_id=name,
        repo_type="dataset",
        folder_path=dataset.folder,
        revision=revision,
        commit_message=f"Upload {', '.join(dataset.configs)}",
        allow_patterns=[glob.escape(path.relative_to(dataset.folder).as_posix()) for path in files_to_push(dataset)],
        delete_patterns=STALE,
    )
    return Published(str(page), commit.oid)


def _refusal(name: str, error: Exception) -> str:
    """What the Hub's answer means to the user."""
    from huggingface_hub.errors import HfHubHTTPError

    assert isinstance(error, HfHubHTTPError)
    status = error.response.status_code
    if status == 401:
        return f"{name}: the token is not accepted; {_LOG_IN}"
    if status == 403:
        return f"{name}: the token may not write there; take one with that permission, or another namespace (yours: hf auth whoami)"
    reason = error.server_message or str(error)
    return f"{name}: the Hub answered {status}: {' '.join(reason.split())}"
