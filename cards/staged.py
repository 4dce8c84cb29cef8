"""A release of more files than one commit should carry: in parts on a branch of its own, and onto main in the end.

The branch `release/vX.Y.Z` is where the files arrive, a hundred operations a commit; its head is verified and gets the tag.
Only then main takes over the content, in one commit that uploads nothing, and the branch goes. While the branch is there, the
publication is not finished; every step looks at what is there first, so it can be taken up anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from unisandbox.cards.answers import AGAIN, PassingError
from unisandbox.cards.remote import MAIN, Difference, LocalFile, Refs, Remote, Report, difference
from unisandbox.errors import HubError, Violation

MOST: Final = 100  # operations in a commit, as the Hub advises (hub-docs, storage limits: 50 to 100 files)


@dataclass(frozen=True, slots=True)
class Arriving:
    """Files on their way into a repository: the tag that they get, the title of their commit, and who hears of progress."""

    files: Mapping[str, LocalFile]
    tag: str
    title: str
    report: Report


def branch_of(tag: str) -> str:
    """Return the branch on which a release of many files arrives.

    >>> branch_of("v0.2.0")
    'release/v0.2.0'
    """
    return f"release/{tag}"


def parts(changes: Difference, most: int = MOST) -> Iterator[Difference]:
    """Yield changes in parts of at most `most` operations: what is added, changed, then removed."""
    for start in range(0, len(changes), most):
        end, added, changed = start + most, len(changes.added), len(changes.changed)
        yield Difference(
            changes.added[start:end],
            changes.changed[max(0, start - added) : max(0, end - added)],
            changes.removed[max(0, start - added - changed) : max(0, end - added - changed)],
        )


def head_of(remote: Remote, refs: Refs, branch: str = MAIN) -> str:
    """Return the commit that a branch stands at; raises `HubError` where there is no such branch."""
    if branch not in refs.branches:
        raise HubError(Violation(remote.repo, f"no branch {branch}", "a repository as the Hub makes it", "make it anew"))
    return refs.branches[branch]


def committed(remote: Remote, made: Arriving, changes: Difference, head: str) -> str:
    """Return a commit on main that holds exactly the files: the head where nothing changes, else a new one, looked at again."""
    if not changes:
        return head
    return verified(remote, made.files, remote.commit(changes, made.title, parent=head, report=made.report))


def staged(remote: Remote, made: Arriving, refs: Refs) -> str:
    """Return the head of the release's branch once it holds exactly the files; what is there already is not sent again."""
    branch = branch_of(made.tag)
    head = refs.branches.get(branch)
    if head is None:
        head = head_of(remote, refs)
        remote.branch(branch, head)
    changes = [*parts(difference(made.files, remote.tree(head)))]
    for number, part in enumerate(changes, start=1):
        title = f"{made.title}, part {number} of {len(changes)}"
        head = remote.commit(part, title, parent=head, branch=branch, report=made.report)
    return verified(remote, made.files, head)


def finish(remote: Remote, made: Arriving, refs: Refs, *, onto_main: bool) -> None:
    """Put a tagged release onto main, unless a later one is there, and remove its branch; nothing where there is no branch."""
    branch = branch_of(made.tag)
    if branch not in refs.branches:
        return
    if onto_main:
        head = head_of(remote, refs)
        committed(remote, made, difference(made.files, remote.tree(head)), head)
    remote.remove_branch(branch)


def verified(remote: Remote, files: Mapping[str, LocalFile], commit: str) -> str:
    """Return a commit that holds exactly the files; raises `PassingError` for one that does not."""
    wrong = difference(files, remote.tree(commit))
    if wrong:
        paths = [one.path for one in (*wrong.added, *wrong.changed)] + [path for path, _ in wrong.removed]
        found = f"other content in {', '.join(paths[:5])} at commit {commit[:8]}"
        raise PassingError(Violation(remote.repo, found, "the files that were sent", f"see who changes it, then {AGAIN}"))
    return commit
