"""The routes that change something: repositories, commits, tags and branches."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import yaml

from loopback.exchange import Answer, Call, RefusedError, as_json, at
from loopback.repositories import Blob, Commit, Repo

REGULAR_BYTES = 10_000_000  # a larger file goes to large-file storage whatever its name


def create_repo(call: Call) -> Answer:
    """A new repository; 409 when it exists, 403 in a namespace of others or with a token that may not make one."""
    asked = call.json
    if call.account is None:
        raise RefusedError(401, "Invalid username or password.")
    owner = asked.get("organization") or call.account.user
    if not call.account.owns(owner) or not call.account.creates:
        raise RefusedError(403, f"You don't have the rights to create a dataset under the namespace {owner!r}")
    if asked.get("type") != "dataset":
        raise RefusedError(400, "this Hub holds datasets only")
    name = f"{owner}/{asked['name']}"
    where = {"url": f"{call.url}/datasets/{name}", "id": name}
    if name in call.repos:
        return as_json({"error": "You already created this dataset repo", **where}, 409)
    call.repos[name] = Repo(name, is_private(asked) or False)
    return as_json({"name": name, **where})


def is_private(asked: dict[str, Any]) -> bool | None:
    """Return the visibility that a body asks for, None when it says nothing."""
    if "visibility" in asked:
        return bool(asked["visibility"] == "private")
    return bool(asked["private"]) if "private" in asked else None


def delete_repo(call: Call) -> Answer:
    """The repository is gone."""
    asked = call.json
    owner = asked.get("organization") or (call.account.user if call.account else "")
    del call.repos[call.writable(f"{owner}/{asked['name']}").id]
    return as_json({})


def settings(call: Call) -> Answer:
    """The visibility changes."""
    repo, private = call.writable(call.parts[0]), is_private(call.json)
    repo.private = repo.private if private is None else private
    return as_json({"private": repo.private})


def validate_yaml(call: Call) -> Answer:
    """What is wrong with a card's header: 400 when it is no YAML mapping, a warning when there is none."""
    text = str(call.json.get("content", ""))
    if not text.startswith("---"):
        return as_json({"errors": [], "warnings": [{"message": "empty or missing yaml metadata in repo card"}]})
    try:
        header = yaml.safe_load(text.split("---", 2)[1])
    except yaml.YAMLError as error:
        return as_json({"errors": [{"message": f"YAML: {error}"}], "warnings": []}, 400)
    if not isinstance(header, dict):
        return as_json({"errors": [{"message": "the header is no mapping"}], "warnings": []}, 400)
    return as_json({"errors": [], "warnings": []})


def is_large(commit: Commit, path: str, size_bytes: int) -> bool:
    """Return whether a file goes to large-file storage: by the repository's .gitattributes, or by its size."""
    rules = commit.files.get(".gitattributes", b"").decode().splitlines()
    patterns = [rule.split()[0] for rule in rules if "filter=lfs" in rule]
    named = any(fnmatchcase(path if "/" in pattern else path.rpartition("/")[2], pattern) for pattern in patterns)
    return named or size_bytes > REGULAR_BYTES


def preupload(call: Call) -> Answer:
    """How each file is to be sent, and the id of the content that is there, by which a client leaves out what has not changed."""
    commit = at(call.writable(call.parts[0]), call.parts[1])
    lines = []
    for file in call.json["files"]:
        large, there = is_large(commit, file["path"], int(file["size"])), commit.blobs.get(file["path"])
        line = {"path": file["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}
        lines.append(line | ({"oid": there.known_as} if there else {}))
    return as_json({"files": lines})


def put_file(repo: Repo, blobs: dict[str, Blob], value: dict[str, Any]) -> None:
    """Put a small file into the state."""
    content = value["content"]
    blobs[value["path"]] = Blob(base64.b64decode(content) if value.get("encoding") == "base64" else content.encode(), lfs=False)


def put_large_file(repo: Repo, blobs: dict[str, Blob], value: dict[str, Any]) -> None:
    """Put a large file into the state; its content must have been uploaded."""
    if value["oid"] not in repo.objects:
        raise RefusedError(400, f"LFS pointer pointed to a file that does not exist: {value['path']}")
    blobs[value["path"]] = Blob(repo.objects[value["oid"]], lfs=True)


def delete_file(repo: Repo, blobs: dict[str, Blob], value: dict[str, Any]) -> None:
    """Take a file out of the state."""
    if blobs.pop(value["path"], None) is None:
        raise RefusedError(404, f"A file with this name doesn't exist: {value['path']}", "EntryNotFound")


def delete_folder(repo: Repo, blobs: dict[str, Blob], value: dict[str, Any]) -> None:
    """Take a folder out of the state."""
    within = [path for path in blobs if path.startswith(value["path"].rstrip("/") + "/")]
    if not within:
        raise RefusedError(404, f"A folder with this name doesn't exist: {value['path']}", "EntryNotFound")
    for path in within:
        del blobs[path]


OPERATIONS: dict[str, Callable[[Repo, dict[str, Blob], dict[str, Any]], None]] = {
    "file": put_file,
    "lfsFile": put_large_file,
    "deletedFile": delete_file,
    "deletedFolder": delete_folder,
}


def commit(call: Call) -> Answer:
    """A new head of a branch with all of the operations, or none when one is refused; 412 when the parent is not the head."""
    repo, branch = call.writable(call.parts[0]), call.parts[1]
    if branch not in repo.branches:
        raise RefusedError(404, f"Invalid rev id: {branch}", "RevisionNotFound")
    header, *operations = [json.loads(line) for line in call.body.splitlines() if line.strip()]
    said, head = header["value"], at(repo, branch)
    if said.get("parentCommit") not in (None, head.oid):
        raise RefusedError(412, "A commit has happened since. Please refresh and try again.")
    blobs = dict(head.blobs)
    for operation in operations:
        OPERATIONS[operation["key"]](repo, blobs, operation["value"])
    made = repo.commit(branch, said["summary"], said.get("description", ""), blobs)
    return as_json(
        {
            "success": True,
            "commitOid": made.oid,
            "commitUrl": f"{call.url}/datasets/{repo.id}/commit/{made.oid}",
            "hookOutput": "",
        }
    )


def named(name: str, oid: str, names: dict[str, str], kind: str) -> Answer:
    """Give a commit a name; 409 when the name is taken."""
    if name in names:
        raise RefusedError(409, f"{kind} {name} already exists, try deleting it first")
    names[name] = oid
    return as_json({})


def unnamed(name: str, names: dict[str, str]) -> Answer:
    """Take a name away; 404 when there is none."""
    if names.pop(name, None) is None:
        raise RefusedError(404, f"Invalid rev id: {name}", "RevisionNotFound")
    return as_json({})


def create_tag(call: Call) -> Answer:
    """A tag on a revision; 409 when it exists, wherever it points."""
    repo = call.writable(call.parts[0])
    return named(call.json["tag"], at(repo, call.parts[1]).oid, repo.tags, "Tag")


def delete_tag(call: Call) -> Answer:
    """The tag is gone."""
    return unnamed(call.parts[1], call.writable(call.parts[0]).tags)


def create_branch(call: Call) -> Answer:
    """A branch from a starting point (main); 409 when it exists."""
    repo = call.writable(call.parts[0])
    return named(call.parts[1], at(repo, call.json.get("startingPoint", "main")).oid, repo.branches, "Branch")


def delete_branch(call: Call) -> Answer:
    """The branch is gone; main stays."""
    repo = call.writable(call.parts[0])
    if call.parts[1] == "main":
        raise RefusedError(403, "main cannot be deleted")
    return unnamed(call.parts[1], repo.branches)
