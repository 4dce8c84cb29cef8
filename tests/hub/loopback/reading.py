"""The routes that look at a repository: info, refs, tree, paths, commits."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs

from loopback.exchange import Answer, Call, RefusedError, as_json, at
from loopback.repositories import Blob, Commit, Repo


def whoami(call: Call) -> Answer:
    """The account of the token: name, organisations, and the token's role."""
    if call.account is None:
        raise RefusedError(401, "Invalid username or password.")
    who = call.account
    organisations = [{"type": "org", "name": name, "roleInOrg": "admin"} for name in who.organisations]
    access = {"displayName": f"{who.role} token", "role": who.role}
    return as_json(
        {
            "type": "user",
            "name": who.user,
            "fullname": who.user,
            "orgs": organisations,
            "auth": {"type": "access_token", "accessToken": access},
        }
    )


def large(blob: Blob) -> dict[str, Any]:
    """Return what a listing says of a large file beside its path."""
    return {"oid": blob.sha256, "size": len(blob.content), "pointerSize": len(blob.pointer)}


def sibling(path: str, blob: Blob, *, blobs: bool) -> dict[str, Any]:
    """Return a file as a line of the repository's info; sizes and ids only when asked for."""
    line: dict[str, Any] = {"rfilename": path}
    if blobs:
        line |= {"size": len(blob.content), "blobId": blob.oid}
        line |= {"lfs": {**large(blob), "sha256": blob.sha256}} if blob.lfs else {}
    return line


def info(call: Call) -> Answer:
    """A repository at a revision: id, commit, visibility, and the paths of its files."""
    repo = call.repo(call.parts[0])
    commit = at(repo, call.parts[1] if len(call.parts) > 1 else "main")
    blobs = call.query.get("blobs", "").lower() in ("1", "true")
    facts = {"_id": repo.id, "id": repo.id, "author": repo.id.partition("/")[0], "sha": commit.oid, "private": repo.private}
    dates = {"createdAt": repo.commits[0].date, "lastModified": commit.date}
    counts = {"gated": False, "disabled": False, "downloads": 0, "likes": 0, "tags": []}
    files = [sibling(path, commit.blobs[path], blobs=blobs) for path in sorted(commit.blobs)]
    return as_json({**facts, **dates, **counts, "siblings": files}, headers={"X-Repo-Commit": commit.oid})


def refs(call: Call) -> Answer:
    """Branches and tags with the commits they name."""
    repo = call.repo(call.parts[0])

    def lines(folder: str, names: dict[str, str]) -> list[dict[str, str]]:
        return [{"name": name, "ref": f"refs/{folder}/{name}", "targetCommit": names[name]} for name in sorted(names)]

    return as_json(
        {"branches": lines("heads", repo.branches), "tags": lines("tags", repo.tags), "converts": [], "pullRequests": []}
    )


def last_change(repo: Repo, commit: Commit, path: str) -> dict[str, str]:
    """Return the newest commit up to this one in which the path (a file, or anything in the folder) became what it is."""

    def content(state: Commit) -> list[str]:
        return [f"{each} {state.blobs[each].oid}" for each in sorted(state.blobs) if each == path or each.startswith(path + "/")]

    line = repo.history(commit)
    changed = next((new for new, old in pairwise(line) if content(new) != content(old)), line[-1])
    return {"id": changed.oid, "title": changed.title, "date": changed.date}


def entry(path: str, commit: Commit) -> dict[str, Any] | None:
    """Return a path of the commit as a listing shows it: a file, a folder, or None when it is not there."""
    blob = commit.blobs.get(path)
    if blob is not None:
        extra = {"lfs": large(blob)} if blob.lfs else {}
        return {"type": "file", "oid": blob.oid, "size": len(blob.content), "path": path, **extra}
    within = [f"{each} {commit.blobs[each].oid}" for each in sorted(commit.blobs) if each.startswith(path + "/")]
    if not within:
        return None
    oid = hashlib.sha1("\n".join(within).encode(), usedforsecurity=False).hexdigest()
    return {"type": "directory", "oid": oid, "size": 0, "path": path}


def listed(commit: Commit, folder: str, *, recursive: bool) -> list[str]:
    """Return the paths of files and folders in a folder ("" is the root), sorted; with those below when recursive."""
    start = f"{folder}/" if folder else ""
    paths: set[str] = set()
    for path in commit.blobs:
        if path.startswith(start):
            names = path.removeprefix(start).split("/")
            paths.update(start + "/".join(names[:depth]) for depth in range(1, len(names) + 1 if recursive else 2))
    if not paths and folder:
        raise RefusedError(404, f"{folder} does not exist on the revision", "EntryNotFound", commit.oid)
    return sorted(paths)


def shown(repo: Repo, commit: Commit, paths: list[str], *, expand: bool) -> list[dict[str, Any]]:
    """Return the entries of those paths that are there; each with its last commit when expanded."""
    entries = [found for path in paths if (found := entry(path, commit)) is not None]
    return [{**each, "lastCommit": last_change(repo, commit, each["path"])} for each in entries] if expand else entries


def tree(call: Call) -> Answer:
    """A folder's entries, a page at a time: the next page is in the Link header."""
    name, revision, folder = (*call.parts, "")[:3]
    repo = call.repo(name)
    commit = at(repo, revision)
    wants = {key: call.query.get(key, "").lower() in ("1", "true") for key in ("recursive", "expand")}
    paths, first = listed(commit, folder.strip("/"), recursive=wants["recursive"]), int(call.query.get("cursor", "0"))
    after = first + call.page_entries
    flags = "&".join(f"{key}={str(value).lower()}" for key, value in wants.items())
    own = f"{call.url}{call.path}?{flags}&cursor={after}"
    more = {"Link": f'<{own}>; rel="next"'} if after < len(paths) else {}
    return as_json(shown(repo, commit, paths[first:after], expand=wants["expand"]), headers={"X-Repo-Commit": commit.oid, **more})


def paths_info(call: Call) -> Answer:
    """The entries of the paths asked for; those that are missing are left out."""
    repo = call.repo(call.parts[0])
    asked = call.json if "json" in call.headers.get("content-type", "") else parse_qs(call.body.decode())
    paths, expand = asked.get("paths", []), asked.get("expand", [])
    wanted = str(expand[0] if isinstance(expand, list) and expand else expand).lower() == "true"
    return as_json(shown(repo, at(repo, call.parts[1]), list(paths), expand=wanted))


def agent_harnesses(_: Call) -> Answer:
    """What the `hf` command asks for when it starts."""
    return as_json({})


def commits(call: Call) -> Answer:
    """The commits up to a revision, newest first."""
    repo = call.repo(call.parts[0])
    authors = [{"user": repo.id.partition("/")[0]}]
    return as_json(
        [
            {"id": each.oid, "title": each.title, "message": each.description, "date": each.date, "authors": authors}
            for each in repo.history(at(repo, call.parts[1]))
        ]
    )
