"""Loading from a Hub and publishing there: the real client in processes of their own, against the local Hub of hub_server."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest

from hub_server.processes import NOBODY, load_by_name, run_python
from hub_server.repository import Repository
from hub_server.server import HubServer
from hub_server.tiny_dataset import ROWS, columns_of, write_tiny_dataset

NAME = "jonflynn/urmp-abc"
PUSH = """
import sys
from pathlib import Path
from transformers_abc.hub import PublishingError, push_dataset
folder, name, private, revision = sys.argv[1:]
try:
    published = push_dataset(Path(folder), name, private=private == "True", revision=revision)
except (PublishingError, ValueError) as error:
    sys.exit(f"refused: {error}")
print(published.url, published.commit)
"""


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer(tokens={"secret": ("jonflynn", "an-organisation")}) as server:
        yield server


def push(
    folder: Path, hub: HubServer, home: Path, name: str = NAME, *, private: bool = False, revision: str = "main", **more: str
) -> subprocess.CompletedProcess[str]:
    settings = {"HF_ENDPOINT": hub.url, "HF_TOKEN": "secret"} | more
    return run_python(PUSH, home, folder, name, private, revision, **settings)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def answers_of(found: object, split: str) -> list[str]:
    assert isinstance(found, dict), found
    answers: list[str] = found[split][1]["answer"]
    return answers


# --- Loading -------------------------------------------------------------------------------------------------------------------------


def test_loads_from_a_hub(tmp_path: Path, hub: HubServer) -> None:
    folder = write_tiny_dataset(tmp_path / "built", ("default", "qa", "embeddings"), files=2)
    hub.repositories[NAME] = Repository.of_folder(folder)
    loads = [
        {},
        {"name": "qa"},
        {"name": "embeddings", "split": "test"},
        {"streaming": True},
        {"name": "qa", "split": "test", "streaming": True},
    ]
    unnamed, qa, embeddings, streamed, streamed_test = load_by_name(tmp_path / "home", NAME, *loads, HF_ENDPOINT=hub.url)
    for split in ROWS:
        for found, config in ((unnamed, "default"), (qa, "qa"), (streamed, "default")):
            assert found[split][1] == columns_of(config, split)
    assert np.array_equal(embeddings["test"][1]["embedding"], columns_of("embeddings", "test")["embedding"])
    assert streamed_test["test"][1] == columns_of("qa", "test")


def test_a_revision_by_its_commit(tmp_path: Path, hub: HubServer) -> None:
    repository = Repository.of_folder(write_tiny_dataset(tmp_path / "first"))
    first = repository.branches["main"].sha
    repository.commit("main", Repository.of_folder(write_tiny_dataset(tmp_path / "second", version="2")).branches["main"])
    hub.repositories[NAME] = repository
    newest, old = load_by_name(tmp_path / "home", NAME, {}, {"revision": first}, HF_ENDPOINT=hub.url)
    assert answers_of(newest, "test") == columns_of("default", "test", "2")["answer"]
    assert answers_of(old, "test") == columns_of("default", "test", "1")["answer"]


def test_the_local_hub_answers_a_range(tmp_path: Path, hub: HubServer) -> None:
    hub.repositories[NAME] = Repository.of_folder(write_tiny_dataset(tmp_path / "built"))
    address = f"{hub.url}/datasets/{NAME}/resolve/main/data/qa/test-00000-of-00001.parquet"
    with urlopen(Request(address, headers={"Range": "bytes=0-3"})) as answer:
        assert (answer.status, answer.read()) == (206, b"PAR1")


# --- Publishing ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("large", [False, True], ids=["in commits", "as large files"])
def test_what_is_pushed_is_what_is_loaded(tmp_path: Path, large: bool) -> None:
    folder = write_tiny_dataset(tmp_path / "built", files=2)
    with HubServer(tokens={"secret": ("jonflynn",)}, lfs=large) as hub:
        xet = {"HF_HUB_DISABLE_XET": "1"} if large else {}
        done = push(folder, hub, tmp_path / "one", **xet)
        assert done.returncode == 0, done.stderr
        url, commit = done.stdout.split()
        assert url == f"{hub.url}/datasets/{NAME}"
        assert any(request.startswith("PUT /large/") for request in hub.requests) == large

        published = hub.repositories[NAME].commits[commit].files
        assert published == files_of(folder)
        address = f"{hub.url}/datasets/{NAME}/resolve/{commit}/data/qa/train-00001-of-00002.parquet"
        with urlopen(address) as answer:
            assert answer.read() == (folder / "data" / "qa" / "train-00001-of-00002.parquet").read_bytes()
        unnamed, qa = load_by_name(tmp_path / "another", NAME, {}, {"name": "qa"}, HF_ENDPOINT=hub.url)
        for split in ROWS:
            assert unnamed[split][1] == columns_of("default", split)
            assert qa[split][1] == columns_of("qa", split)

        hub.requests.clear()
        again = push(folder, hub, tmp_path / "one", **xet)
        assert again.stdout == done.stdout, again.stderr
        assert not [request for request in hub.requests if "/commit/" in request or "PUT" in request], "nothing changed"


def test_a_smaller_build_replaces_a_larger_one(tmp_path: Path, hub: HubServer) -> None:
    assert push(write_tiny_dataset(tmp_path / "large", files=3), hub, tmp_path / "home").returncode == 0
    repository = hub.repositories[NAME]
    by_hand = {"LICENSE": b"CC0", ".gitattributes": b"*.parquet filter=lfs", "images/extra.parquet": b""}
    repository.commit("main", type(repository.branches["main"])({**repository.branches["main"].files, **by_hand}))
    small = write_tiny_dataset(tmp_path / "small", version="2")
    assert push(small, hub, tmp_path / "home").returncode == 0
    assert repository.branches["main"].files == files_of(small) | by_hand
    (found,) = load_by_name(tmp_path / "other home", NAME, {}, HF_ENDPOINT=hub.url)
    assert answers_of(found, "train") == columns_of("default", "train", "2")["answer"]


def test_only_what_the_card_names_is_published(tmp_path: Path, hub: HubServer) -> None:
    folder = write_tiny_dataset(tmp_path / "built")
    wanted = files_of(folder)
    (folder / "build.log").write_text("a log", encoding="utf-8")
    (folder / "data" / "default" / ".partial-abc.parquet").write_bytes(b"half")
    assert push(folder, hub, tmp_path / "home").returncode == 0
    assert hub.repositories[NAME].branches["main"].files == wanted


def test_a_private_repository(tmp_path: Path, hub: HubServer) -> None:
    folder = write_tiny_dataset(tmp_path / "built")
    assert push(folder, hub, tmp_path / "home", private=True).returncode == 0
    (stranger,) = load_by_name(tmp_path / "stranger", NAME, {}, HF_ENDPOINT=hub.url)
    assert "doesn't exist on the Hub or cannot be accessed" in stranger
    (owner,) = load_by_name(tmp_path / "owner", NAME, {}, HF_ENDPOINT=hub.url, HF_TOKEN="secret")
    assert answers_of(owner, "test") == columns_of("default", "test")["answer"]


def test_private_is_not_published_where_all_can_read_it(tmp_path: Path, hub: HubServer) -> None:
    hub.repositories[NAME] = Repository()
    done = push(write_tiny_dataset(tmp_path / "built"), hub, tmp_path / "home", private=True)
    assert done.returncode == 1
    assert f"refused: {NAME}: is public, so nothing was uploaded; make it private on {hub.url}/datasets/{NAME}/settings" in done.stderr
    assert hub.repositories[NAME].branches["main"].files == {}


def test_a_branch(tmp_path: Path, hub: HubServer) -> None:
    assert push(write_tiny_dataset(tmp_path / "first"), hub, tmp_path / "home").returncode == 0
    trial = write_tiny_dataset(tmp_path / "second", version="2")
    assert push(trial, hub, tmp_path / "home", revision="trial").returncode == 0
    assert push(trial, hub, tmp_path / "home", revision="trial").returncode == 0, "the branch is there already"
    main, branch = load_by_name(tmp_path / "home", NAME, {}, {"revision": "trial"}, HF_ENDPOINT=hub.url)
    assert answers_of(main, "test") == columns_of("default", "test", "1")["answer"]
    assert answers_of(branch, "test") == columns_of("default", "test", "2")["answer"]


@pytest.mark.parametrize(
    ("name", "settings", "complaint"),
    [
        (NAME, {"HF_TOKEN": ""}, "cannot be published without a token; log in with `hf auth login`, or set HF_TOKEN"),
        (NAME, {"HF_TOKEN": "wrong"}, "the token is not accepted; log in with `hf auth login`"),
        ("someone/urmp-abc", {}, "the token may not write there; take one with that permission, or another namespace"),
        (NAME, {"HF_HUB_OFFLINE": "1"}, "cannot be published in offline mode; unset HF_HUB_OFFLINE"),
        (NAME, {"HF_ENDPOINT": NOBODY}, f"{NOBODY} cannot be reached"),
        ("urmp-abc", {}, "is no name of a dataset on the Hub, which has the form NAMESPACE/NAME"),
    ],
    ids=["no token", "wrong token", "no permission", "offline", "no network", "no namespace"],
)
def test_refusals_are_one_line(tmp_path: Path, hub: HubServer, name: str, settings: dict[str, str], complaint: str) -> None:
    done = push(write_tiny_dataset(tmp_path / "built", ("default",)), hub, tmp_path / "home", name, **settings)
    assert done.returncode == 1
    assert done.stderr.startswith(f"refused: {name}: {complaint}")
    assert done.stderr.count("\n") == 1
    assert hub.repositories == {}


def test_an_organisation(tmp_path: Path, hub: HubServer) -> None:
    assert push(write_tiny_dataset(tmp_path / "built", ("default",)), hub, tmp_path / "home", "an-organisation/music").returncode == 0
    assert set(hub.repositories) == {"an-organisation/music"}


def test_a_card_that_the_hub_refuses(tmp_path: Path, hub: HubServer) -> None:
    folder = write_tiny_dataset(tmp_path / "built", ("default",))
    card = (folder / "README.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(card.replace("license: cc0-1.0", "license: no-such-licence"), encoding="utf-8")
    done = push(folder, hub, tmp_path / "home")
    assert done.stderr == f'refused: {NAME}: cannot be published: Invalid metadata in README.md. - "license" is not known\n'
    assert hub.repositories[NAME].branches["main"].files == {}


def test_a_folder_that_is_no_dataset(tmp_path: Path, hub: HubServer) -> None:
    folder = write_tiny_dataset(tmp_path / "built", ("default",))
    shutil.rmtree(folder / "data")
    done = push(folder, hub, tmp_path / "home")
    assert "and there is no such file; build it again" in done.stderr
    assert hub.requests == []
