"""Large files: the LFS batch, the upload in one piece or in parts, the check at the end, and the download with ranges."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from loopback.exchange import Answer, Call, RefusedError, as_json, at
from loopback.repositories import Blob, Repo

LFS_JSON = "application/vnd.git-lfs+json"


def signature(repo: Repo, oid: str) -> str:
    """Return what makes an address of the storage good without a token, as a signed one of the Hub is."""
    return hashlib.sha256(f"{repo.id} {oid} loopback".encode()).hexdigest()[:16]


def address(call: Call, repo: Repo, oid: str, part: str = "") -> str:
    """Return where an object (or a part of it) lies in the storage.

    The storage has another host name than the API, as the Hub's has: a client sends its token to the one and not to the other,
    and takes what it knows of a large file from the redirect.
    """
    return f"{call.url.replace('127.0.0.1', 'localhost')}/storage/{repo.id}/{oid}{part}?signature={signature(repo, oid)}"


def storage(call: Call) -> tuple[Repo, str]:
    """Return the repository and the object's id of a storage address, or refuse one that was not signed here."""
    repo, oid = call.repos.get(call.parts[0]), call.parts[1]
    if repo is None or call.query.get("signature") != signature(repo, oid):
        raise RefusedError(403, "the address of the object is not signed")
    return repo, oid


def batch(call: Call) -> Answer:
    """For each object how to upload it; nothing to do for one that is there."""
    repo, asked = call.writable(call.parts[0]), call.json
    objects = [wanted(call, repo, each["oid"], each["size"], asked.get("transfers", [])) for each in asked["objects"]]
    return as_json(
        {"transfer": "multipart" if call.lfs_chunk_bytes else "basic", "objects": objects}, headers={"Content-Type": LFS_JSON}
    )


def wanted(call: Call, repo: Repo, oid: str, size_bytes: int, transfers: list[str]) -> dict[str, Any]:
    """Return the line of one object: its addresses, one per part where the object is larger than a part."""
    line: dict[str, Any] = {"oid": oid, "size": size_bytes, "authenticated": True}
    if oid in repo.objects:
        return line
    upload: dict[str, Any] = {"href": address(call, repo, oid)}
    chunk = call.lfs_chunk_bytes
    if chunk and size_bytes > chunk and "multipart" in transfers:
        numbers = range(1, -(-size_bytes // chunk) + 1)
        upload["header"] = {
            "chunk_size": str(chunk),
            **{str(number): address(call, repo, oid, f"/{number}") for number in numbers},
        }
    verify = {"href": f"{call.url}/datasets/{repo.id}.git/info/lfs/objects/verify"}
    return {**line, "actions": {"upload": upload, "verify": verify}}


def put_object(call: Call) -> Answer:
    """An object, or one of its parts, is in the storage."""
    repo, oid = storage(call)
    kept = oid if len(call.parts) == 2 else f"{oid} part {int(call.parts[2])}"
    repo.objects[kept] = call.body
    return Answer(200, headers={"ETag": f'"{hashlib.sha256(call.body).hexdigest()[:32]}"'})


def complete(call: Call) -> Answer:
    """The parts are joined, in the order that the client names; 400 when one is missing."""
    repo, oid = storage(call)
    names = [f"{oid} part {part['partNumber']}" for part in call.json["parts"]]
    if not names or any(name not in repo.objects for name in names):
        raise RefusedError(400, "a part of the upload is missing")
    repo.objects[oid] = b"".join(repo.objects.pop(name) for name in names)
    return as_json({})


def verify(call: Call) -> Answer:
    """The object is what its id says; one that is not is thrown away."""
    repo, asked = call.writable(call.parts[0]), call.json
    content = repo.objects.get(asked["oid"])
    if content is None or len(content) != asked["size"] or hashlib.sha256(content).hexdigest() != asked["oid"]:
        repo.objects.pop(asked["oid"], None)
        raise RefusedError(422, "the uploaded object is not the one that was announced")
    return as_json({}, headers={"Content-Type": LFS_JSON})


def resolve(call: Call) -> Answer:
    """A file at a revision: a small one as it is, a large one as a redirect to the storage."""
    name, revision, path = call.parts
    repo = call.repo(name)
    commit = at(repo, revision)
    blob = commit.blobs.get(path)
    if blob is None:
        raise RefusedError(404, "Entry not found", "EntryNotFound", commit.oid)
    headers = {"X-Repo-Commit": commit.oid, "Accept-Ranges": "bytes"}
    if not blob.lfs:
        return part_of(blob, call.headers.get("range"), {**headers, "ETag": f'"{blob.oid}"'})
    linked = {"X-Linked-Size": str(len(blob.content)), "X-Linked-Etag": f'"{blob.sha256}"'}
    return Answer(302, headers={**headers, **linked, "Location": address(call, repo, blob.sha256)})


def get_object(call: Call) -> Answer:
    """The content of a large file, or a range of it."""
    repo, oid = storage(call)
    if oid not in repo.objects:
        raise RefusedError(404, "no such object")
    return part_of(Blob(repo.objects[oid], lfs=True), call.headers.get("range"), {"ETag": f'"{oid}"', "Accept-Ranges": "bytes"})


def part_of(blob: Blob, asked: str | None, headers: dict[str, str]) -> Answer:
    """Return the content, or the range asked for as 206, or 416 when the range lies outside."""
    size = len(blob.content)
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked or "")
    if not found or found.group() == "bytes=-":
        return Answer(200, blob.content, headers)
    first, last = found.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) if first and last else size - 1, size - 1)
    if end < start:
        return Answer(416, headers={"Content-Range": f"bytes */{size}"})
    return Answer(206, blob.content[start : end + 1], {**headers, "Content-Range": f"bytes {start}-{end}/{size}"})
