"""Which request goes where."""

from __future__ import annotations

import re
from collections.abc import Callable

from loopback import large_files, reading, writing
from loopback.exchange import Answer, Call

Route = Callable[[Call], Answer]

API = r"/api/datasets/([^/]+/[^/]+)"
GIT = r"/datasets/([^/]+/[^/]+)"
MODELS = r"/api/models/([^/]+/[^/]+)"  # repositories are read as models too: a test writes to them as datasets
ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", r"/api/whoami-v2", reading.whoami),
    ("GET", r"/api/agent-harnesses", reading.agent_harnesses),
    ("POST", r"/api/validate-yaml", writing.validate_yaml),
    ("POST", r"/api/repos/create", writing.create_repo),
    ("DELETE", r"/api/repos/delete", writing.delete_repo),
    ("GET", API, reading.info),
    ("GET", API + r"/revision/(.+)", reading.info),
    ("PUT", API + r"/settings", writing.settings),
    ("GET", API + r"/refs", reading.refs),
    ("GET", API + r"/tree/([^/]+)(?:/(.+))?", reading.tree),
    ("POST", API + r"/paths-info/(.+)", reading.paths_info),
    ("GET", API + r"/commits/(.+)", reading.commits),
    ("POST", API + r"/preupload/(.+)", writing.preupload),
    ("POST", API + r"/commit/(.+)", writing.commit),
    ("POST", API + r"/tag/(.+)", writing.create_tag),
    ("DELETE", API + r"/tag/(.+)", writing.delete_tag),
    ("POST", API + r"/branch/(.+)", writing.create_branch),
    ("DELETE", API + r"/branch/(.+)", writing.delete_branch),
    ("POST", GIT + r"\.git/info/lfs/objects/batch", large_files.batch),
    ("POST", GIT + r"\.git/info/lfs/objects/verify", large_files.verify),
    ("GET", GIT + r"/resolve/([^/]+)/(.+)", large_files.resolve),
    ("GET", MODELS, reading.info),
    ("GET", MODELS + r"/revision/(.+)", reading.info),
    ("GET", MODELS + r"/tree/([^/]+)(?:/(.+))?", reading.tree),
    ("GET", r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", large_files.resolve),
    ("PUT", r"/storage/([^/]+/[^/]+)/([0-9a-f]{64})", large_files.put_object),
    ("PUT", r"/storage/([^/]+/[^/]+)/([0-9a-f]{64})/(\d+)", large_files.put_object),
    ("POST", r"/storage/([^/]+/[^/]+)/([0-9a-f]{64})", large_files.complete),
    ("GET", r"/storage/([^/]+/[^/]+)/([0-9a-f]{64})", large_files.get_object),
)


def route(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """Return what answers a method and a quoted path, with the parts of the path it caught; a HEAD goes where its GET goes."""
    for own, pattern, answer in ROUTES:
        found = re.fullmatch(pattern, path) if own == ("GET" if method == "HEAD" else method) else None
        if found:
            return answer, tuple(part for part in found.groups() if part is not None)
    return None
