"""A release folder onto the Hub: one commit, verified, then a tag that never moves; or what that would change.

Every step looks at what is there and compares content, so nothing has to be remembered: after a failure anywhere, here or
there, the same call goes on, and after success it changes nothing. The tag comes last: where it is, the release is whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, TypeVar

from unisandbox.cards.access import Access
from unisandbox.cards.answers import AGAIN, PassingError
from unisandbox.cards.gates import refuse_unfit
from unisandbox.cards.place import check_repo
from unisandbox.cards.prepare import Intent, Prepared, before, prepared, published, refuse_number
from unisandbox.cards.remote import THREADS, Difference, Info, Refs, Remote, Report, difference, quiet_client
from unisandbox.cards.staged import MOST, Arriving, branch_of, committed, finish, head_of, staged
from unisandbox.cards.versions import Version
from unisandbox.errors import HubError, Violation

T = TypeVar("T")
Wait = Callable[[float], None]
Prepare = Callable[[tuple[str, str] | None], Prepared]

PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 16.0)  # between looks; the client has waited for each upload besides
MOST_NAMED: Final = 5  # paths in a message


@dataclass(frozen=True, slots=True)
class Plan:
    """What a publication would do, or has done.

    Attributes:
        version: The version, and what it is to the one before.
        previous: The version before; empty where there is none.
        changes: Files that the repository gains, gets anew and loses; none where the release is there.
        is_new: Whether the repository has to be made.
        is_there: Whether the tag is there, with this content.
        in_parts: Whether there are so many files that they arrive on a branch.
        commit: The commit of the tag; empty where there is none.
    """

    intent: Intent
    version: Version
    previous: str
    changes: Difference
    is_new: bool = False
    is_there: bool = False
    in_parts: bool = False
    commit: str = ""


def plan(intent: Intent, access: Access, *, report: Report, wait: Wait = time.sleep) -> Plan:
    """Return what publishing would do; nothing is written, here or on the Hub. Raises as `publish` does."""
    remote, prepare = _opened(intent, access)

    def look() -> Plan:
        info = remote.info()
        if info is None:
            made = prepare(None)
            changes = difference(made.files, {})
            return replace(_plan_of(made, changes), is_new=True)
        _refuse_other(info, intent)
        refs = remote.refs()
        made = prepare(before(refs, intent.manifest.version))
        if intent.place.tag in refs.tags:
            return _there(remote, made, refs)
        return _planned(remote, made, refs)

    with quiet_client():
        return _persisting(look, report, wait)


def publish(intent: Intent, access: Access, *, report: Report, wait: Wait = time.sleep, threads: int = THREADS) -> Plan:
    """Publish a release and return what was done. Doing it again changes nothing; after any failure it goes on.

    Args:
        intent: The folder, the repository and its visibility.
        access: The endpoint and a token with write access.
        report: Gets what is done, how many files are done and of how many; a remark has 0 of 0.
        wait: Waits so many seconds before another look.
        threads: Uploads at the same time.

    Raises:
        DataError: A folder that is unfit, a version number that does not follow on what is published.
        HubError: The Hub refuses or cannot be reached; the repository is another, or visible to others than asked; the version is
            there with other content.
    """
    remote, prepare = _opened(intent, access, threads)
    with quiet_client():
        return _persisting(lambda: _round(intent, remote, prepare, report), report, wait)


def _opened(intent: Intent, access: Access, threads: int = THREADS) -> tuple[Remote, Prepare]:
    """Pass the gates that need no Hub; return the repository, and what prepares the files after a previous version, once."""
    check_repo(intent.repo)
    refuse_unfit(intent.folder, intent.manifest, access.secrets)
    remote = Remote(access, intent.repo, threads=threads)
    return remote, cache(lambda previous: prepared(intent, remote, access, previous))


def _persisting(look: Callable[[], T], report: Report, wait: Wait) -> T:
    """Return what a look returns, looking again after what passes; raises `HubError` where it does not pass."""
    for pause_s in (*PAUSES_S, None):
        try:
            return look()
        except PassingError as error:
            passing = error
        if pause_s is None:
            break
        seconds = max(pause_s, passing.wait_s)
        report(f"{passing.violation.found}; looking again in {seconds:.0f} s", 0, 0)
        wait(seconds)
    raise HubError(passing.violation)


def _round(intent: Intent, remote: Remote, prepare: Prepare, report: Report) -> Plan:
    """Look at the repository and do what is missing, to the end."""
    _refuse_other(_repository(remote, intent), intent)
    refs = remote.refs()
    made = prepare(before(refs, intent.manifest.version))
    arriving = Arriving(made.files, intent.place.tag, f"{intent.manifest.name} {intent.manifest.version}", report)
    if arriving.tag in refs.tags:
        done = _there(remote, made, refs)
    else:
        planned = _planned(remote, made, refs)
        made.write()
        head = head_of(remote, refs)
        commit = staged(remote, arriving, refs) if planned.in_parts else committed(remote, arriving, planned.changes, head)
        refs = _tagged(remote, intent, commit)
        done = replace(planned, commit=commit)
    is_highest = published(refs)[-1] == intent.manifest.version
    finish(remote, arriving, refs, onto_main=is_highest)
    return done


def _repository(remote: Remote, intent: Intent) -> Info:
    """Return what the Hub says of the repository, which is made where there is none.

    It is looked for first: a token of one repository may not make any, and a name that leads on to another one stays as it is.
    """
    info = remote.info()
    if info is None:
        remote.create(private=not intent.public)
        info = remote.info()
    if info is None:
        fix = f"check the name, and what the token has access to, then {AGAIN}"
        raise PassingError(Violation(intent.repo, "no dataset that the token may see", "a dataset of yours", fix))
    return info


def _planned(remote: Remote, made: Prepared, refs: Refs) -> Plan:
    """Return what main lacks, for a version that has no tag yet; raises `DataError` for a number that does not follow."""
    refuse_number(made, refs)
    changes = difference(made.files, remote.tree(head_of(remote, refs)))
    return _plan_of(made, changes, refs)


def _plan_of(made: Prepared, changes: Difference, refs: Refs | None = None) -> Plan:
    is_begun = refs is not None and branch_of(made.intent.place.tag) in refs.branches
    previous = made.versions[-2].version if len(made.versions) > 1 else ""
    return Plan(made.intent, made.versions[-1], previous, changes, in_parts=is_begun or len(changes) > MOST)


def _there(remote: Remote, made: Prepared, refs: Refs) -> Plan:
    """Return that a tag holds exactly the files; raises `HubError` where it does not, as a tag is never moved."""
    place, commit = made.intent.place, refs.tags[made.intent.place.tag]
    unlike = difference(made.files, remote.tree(commit))
    if unlike:
        paths = [one.path for one in (*unlike.changed, *unlike.added)] + [path for path, _ in unlike.removed]
        more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
        found = f"published with other content in {', '.join(paths[:MOST_NAMED])}{more}"
        fix = "raise the version of the release and build it again; a patch version is for the card alone"
        raise HubError(Violation(str(place), found, "one content for a version, for ever", fix))
    return replace(_plan_of(made, unlike), is_there=True, commit=commit)


def _tagged(remote: Remote, intent: Intent, commit: str) -> Refs:
    """Put the tag on a commit and return the branches and tags with it, as the Hub has them."""
    remote.tag(intent.place.tag, commit)
    refs = remote.refs()
    found = refs.tags.get(intent.place.tag)
    if found != commit:
        fix = f"see who changes it, then {AGAIN}"
        raise PassingError(Violation(str(intent.place), f"commit {found}", f"commit {commit}", fix))
    return refs


def _refuse_other(info: Info, intent: Intent) -> None:
    """Check that a repository is the one that is meant, and seen by those who are meant to see it."""
    if info.repo != intent.repo:
        raise HubError(Violation(intent.repo, f"the dataset {info.repo}", "the same name", f"say --repo {info.repo}"))
    if info.private and intent.public:
        fix = "make it public in its settings first, or leave --public out"
        raise HubError(Violation(intent.repo, "a private dataset", "a public one, as --public says", fix))
    if not info.private and not intent.public:
        fix = "say --public if everybody may see the release, or make it private in its settings"
        raise HubError(Violation(intent.repo, "a public dataset", "a private one, as --public is not said", fix))
