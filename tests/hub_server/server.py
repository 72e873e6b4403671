"""A local Hub: the endpoints that ``datasets`` and ``huggingface_hub`` ask for when a dataset is loaded or published.

    with HubServer(tokens={"secret": ("jonflynn",)}) as hub:
        ... HF_ENDPOINT=hub.url ...

Files are taken in commits as they are; with ``lfs=True`` Parquet files come as they do to the real Hub where xet is switched off: announced
by their sha256 and put to an address of their own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

from hub_server.repository import Commit, Repository, blob_oid


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    hub: HubServer
    body: bytes
    query: Mapping[str, list[str]]
    range: str | None
    namespaces: tuple[str, ...] | None  # that the token may write to; None without a token that is known

    @property
    def json(self) -> dict:
        return json.loads(self.body)


class RefusedError(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class HubServer:
    """Serves until the ``with`` block ends.

    Attributes:
        url: for ``HF_ENDPOINT``.
        repositories: by ``NAMESPACE/NAME``.
        requests: what was asked, such as ``POST /api/repos/create``.
    """

    def __init__(self, tokens: Mapping[str, tuple[str, ...]] | None = None, *, lfs: bool = False) -> None:
        self.tokens = tokens or {}
        self.lfs = lfs
        self.large_files: dict[str, bytes] = {}
        self.repositories: dict[str, Repository] = {}
        self.requests: list[str] = []
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> HubServer:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def mode_of(self, path: str) -> str:
        return "lfs" if self.lfs and path.endswith(".parquet") else "regular"

    def oid_of(self, path: str, content: bytes) -> str:
        return hashlib.sha256(content).hexdigest() if self.mode_of(path) == "lfs" else blob_oid(content)


# --- What is asked -------------------------------------------------------------------------------------------------------------------


def validate_yaml(request: Request) -> Answer:
    errors = [{"message": '"license" is not known'}] if "\nlicense: no-such-licence\n" in request.json["content"] else []
    return as_json({"errors": errors, "warnings": []}, 400 if errors else 200)


def create_repository(request: Request) -> Answer:
    wanted = request.json
    name = f"{wanted['organization'] or (request.namespaces or ('',))[0]}/{wanted['name']}"
    may_write(request, name)
    url = f"{request.hub.url}/datasets/{name}"
    if name in request.hub.repositories:
        return as_json({"error": "You already created this dataset repo", "url": url}, 409)
    request.hub.repositories[name] = Repository(private=wanted.get("visibility") == "private" or bool(wanted.get("private")))
    return as_json({"url": url, "name": name})


def create_branch(request: Request, name: str, branch: str) -> Answer:
    repository = may_write(request, name)
    if branch in repository.branches:
        return as_json({"error": "Reference already exists"}, 409)
    repository.branches[branch] = repository.branches["main"]
    return as_json({})


def announce_files(request: Request, name: str, revision: str) -> Answer:
    there = at(may_write(request, name), revision).files
    files = []
    for path in (file["path"] for file in request.json["files"]):
        oid = request.hub.oid_of(path, there[path]) if path in there else None
        files.append({"path": path, "uploadMode": request.hub.mode_of(path), "shouldIgnore": False, "oid": oid})
    return as_json({"files": files})


def announce_large_files(request: Request, name: str) -> Answer:
    may_write(request, name)
    objects = []
    for wanted in request.json["objects"]:
        upload = {"actions": {"upload": {"href": f"{request.hub.url}/large/{wanted['oid']}"}}}
        objects.append(wanted if wanted["oid"] in request.hub.large_files else wanted | upload)
    return as_json({"transfer": "basic", "objects": objects})


def put_large_file(request: Request, oid: str) -> Answer:
    if hashlib.sha256(request.body).hexdigest() != oid:
        return error(400, "BadDigest", "this is another file than was announced")
    request.hub.large_files[oid] = request.body
    return Answer(200)


def commit(request: Request, name: str, revision: str) -> Answer:
    repository = may_write(request, name)
    files = dict(at(repository, revision).files)
    for line in request.body.splitlines():
        key, value = (item := json.loads(line))["key"], item["value"]
        if key == "file":
            files[value["path"]] = base64.b64decode(value["content"])
        elif key == "lfsFile":
            files[value["path"]] = request.hub.large_files[value["oid"]]
        elif key == "deletedFile":
            del files[value["path"]]
    repository.commit(revision, made := Commit(files))
    url = f"{request.hub.url}/datasets/{name}/commit/{made.sha}"
    return as_json({"success": True, "commitOid": made.sha, "commitUrl": url})


def information(request: Request, name: str, revision: str = "main") -> Answer:
    repository = may_read(request, name)
    found = at(repository, revision)
    siblings = [{"rfilename": path} for path in sorted(found.files)]
    facts = {"id": name, "sha": found.sha, "private": repository.private, "siblings": siblings, "tags": [], "gated": False}
    return as_json(facts | {"downloads": 0, "likes": 0, "disabled": False, "lastModified": "2026-01-01T00:00:00.000Z"})


def tree(request: Request, name: str, revision: str, folder: str | None = None) -> Answer:
    recursive = request.query.get("recursive", ["false"])[0].lower() in ("true", "1")
    found = at(may_read(request, name), revision).below((folder or "").strip("/"), recursive=recursive)
    if folder and not found:
        return error(404, "EntryNotFound", f"{folder} does not exist on {revision}")
    kinds = {True: "directory", False: "file"}
    return as_json([{"type": kinds[c is None], "path": path, "size": len(c or b""), "oid": blob_oid(c or b"")} for path, c in found])


def paths_information(request: Request, name: str, revision: str) -> Answer:
    files = at(may_read(request, name), revision).files
    found = [path for path in request.json["paths"] if path in files]
    return as_json([{"type": "file", "path": path, "size": len(files[path]), "oid": blob_oid(files[path])} for path in found])


def content(request: Request, name: str, revision: str, path: str) -> Answer:
    found = at(may_read(request, name), revision)
    if path not in found.files:
        return error(404, "EntryNotFound", "Entry not found", {"X-Repo-Commit": found.sha})
    data = found.files[path]
    headers = {"X-Repo-Commit": found.sha, "ETag": f'"{blob_oid(data)}"', "Accept-Ranges": "bytes"}
    if bounds := re.fullmatch(r"bytes=(\d+)-(\d*)", request.range or ""):
        first, last = int(bounds[1]), min(int(bounds[2] or len(data) - 1), len(data) - 1)
        return Answer(206, data[first : last + 1], headers | {"Content-Range": f"bytes {first}-{last}/{len(data)}"})
    return Answer(200, data, headers)


REPOSITORY = r"([\w.-]+/[\w.-]+)"
ROUTES: list[tuple[str, str, Callable[..., Answer]]] = [
    ("POST", "/api/validate-yaml", validate_yaml),
    ("POST", "/api/repos/create", create_repository),
    ("POST", f"/api/datasets/{REPOSITORY}/branch/([^/]+)", create_branch),
    ("POST", f"/api/datasets/{REPOSITORY}/preupload/([^/]+)", announce_files),
    ("POST", f"/datasets/{REPOSITORY}.git/info/lfs/objects/batch", announce_large_files),
    ("PUT", r"/large/(\w+)", put_large_file),
    ("POST", f"/api/datasets/{REPOSITORY}/commit/([^/]+)", commit),
    ("GET", f"/api/datasets/{REPOSITORY}", information),
    ("GET", f"/api/datasets/{REPOSITORY}/revision/([^/]+)", information),
    ("GET", f"/api/datasets/{REPOSITORY}/tree/([^/]+)(/.*)?", tree),
    ("POST", f"/api/datasets/{REPOSITORY}/paths-info/([^/]+)", paths_information),
    ("GET", f"/datasets/{REPOSITORY}/resolve/([^/]+)/(.+)", content),
]


# --- What is answered ----------------------------------------------------------------------------------------------------------------


def as_json(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps({"error": message}).encode()
    return Answer(status, body, {"Content-Type": "application/json", "X-Error-Code": code, "X-Error-Message": message, **(headers or {})})


def may_read(request: Request, name: str) -> Repository:
    repository = request.hub.repositories.get(name)
    if repository is None or (repository.private and request.namespaces is None):
        raise RefusedError(error(404, "RepoNotFound", "Repository not found"))
    return repository


def may_write(request: Request, name: str) -> Repository:
    if request.namespaces is None:
        raise RefusedError(error(401, "InvalidToken", "Invalid credentials in Authorization header"))
    if name.partition("/")[0] not in request.namespaces:
        raise RefusedError(error(403, "Forbidden", f"You don't have the rights to write to {name}"))
    return request.hub.repositories.get(name, Repository())


def at(repository: Repository, revision: str) -> Commit:
    found = repository.at(revision)
    if found is None:
        raise RefusedError(error(404, "RevisionNotFound", f"Invalid rev id: {revision}"))
    return found


class _Handler(BaseHTTPRequestHandler):
    hub: HubServer
    protocol_version = "HTTP/1.1"  # keeps connections open, as clients expect

    def _serve(self) -> None:
        address = urlsplit(self.path)
        self.hub.requests.append(f"{self.command} {self.path}")
        answer = self._answer(unquote(address.path), parse_qs(address.query))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _answer(self, path: str, query: Mapping[str, list[str]]) -> Answer:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        request = Request(self.hub, self._body(), query, self.headers.get("Range"), self.hub.tokens.get(token))
        for method, pattern, answer in ROUTES:
            if (method == self.command or (method, self.command) == ("GET", "HEAD")) and (found := re.fullmatch(pattern, path)):
                try:
                    return answer(request, *found.groups())
                except RefusedError as refused:
                    return refused.answer
        return error(404, "NotFound", f"{self.command} {path}: not on this Hub")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    do_GET = do_HEAD = do_POST = do_PUT = _serve  # noqa: N815 (the names that http.server calls)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""
