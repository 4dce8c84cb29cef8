"""`publish`: a release folder onto the Hub, or what that would change."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unisandbox.commands.base import Json, command
from unisandbox.terminal import bar, human_size, print_error, print_json, print_panel, print_table

if TYPE_CHECKING:
    from unisandbox.cards.publish import Plan

LISTED = 100  # files of a table; --json has them all


@command
def publish(
    folder: Annotated[Path, typer.Argument(help="Release folder, built and audited.")],
    repo: Annotated[str, typer.Option("--repo", help="Dataset repository on the Hub: org/name.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing, here or there.")] = False,
    public: Annotated[bool, typer.Option("--public", help="For everybody; a new repository is private otherwise.")] = False,
    allow_endpoint: Annotated[
        str | None, typer.Option("--allow-endpoint", help="The value of HF_ENDPOINT, if your token may go there.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Publish a release on the Hub under the tag of its version, whole or not at all; again changes nothing.

    The token is that of HF_TOKEN, or the one that `hf auth login` has stored.

    Example: unisandbox publish build/unisandbox-0.2.0 --repo org/name --dry-run
    """
    from unisandbox.cards.access import open_access
    from unisandbox.cards.prepare import intent_of
    from unisandbox.cards.publish import plan
    from unisandbox.cards.publish import publish as publish_release

    access = open_access(allowed=allow_endpoint, needs_token=not dry_run)
    intent = intent_of(folder, repo, access, public=public)
    with bar("looking at" if dry_run else "sending", quiet=as_json) as shown:

        def report(text: str, done: int, of: int) -> None:
            if of:
                shown.step(text, done, of)
            elif not as_json:
                print_error(text)

        done = (plan if dry_run else publish_release)(intent, access, report=report)
    if as_json:
        print_json(_document(done, access.endpoint, dry_run=dry_run))
    elif dry_run and not done.is_there:
        _print_changes(done)
    else:
        _print(done, access.endpoint)


def _document(done: Plan, endpoint: str, *, dry_run: bool) -> dict[str, Any]:
    place, changes = done.intent.place, done.changes
    return {
        "repo": place.repo,
        "tag": place.tag,
        "url": _url(done, endpoint),
        "commit": done.commit or None,
        "dry_run": dry_run,
        "public": done.intent.public,
        "new_repository": done.is_new,
        "already_published": done.is_there,
        "in_parts": done.in_parts,
        "version": {**asdict(done.version), "follows": done.previous or None},
        "added": [{"path": one.path, "size_bytes": one.size_bytes} for one in changes.added],
        "changed": [{"path": one.path, "size_bytes": one.size_bytes} for one in changes.changed],
        "removed": [{"path": path, "size_bytes": size} for path, size in changes.removed],
    }


def _print(done: Plan, endpoint: str) -> None:
    """Print where the release is, and how it is loaded."""
    place, shard = done.intent.place, done.intent.manifest.shards[0]
    if done.is_there:
        typer.echo(f"{place} is published with this content already; nothing to do")
    else:
        typer.echo(f"{place} is published, {_seen_by(done)}: commit {done.commit}")
    typer.echo(f"see it:            {_url(done, endpoint)}")
    typer.echo(f'load it, proved:   unisandbox.load("{place}", "{shard.config}", "{shard.split}")')
    typer.echo(f'or with datasets:  load_dataset("{place.repo}", "{shard.config}", revision="{place.tag}")["{shard.split}"]')


def _url(done: Plan, endpoint: str) -> str:
    return f"{endpoint}/datasets/{done.intent.repo}/tree/{done.intent.place.tag}"


def _print_changes(done: Plan) -> None:
    """Print the files that would change, and what else would be so."""
    changes, place = done.changes, done.intent.place
    lines = [("add", one.path, one.size_bytes) for one in changes.added]
    lines += [("change", one.path, one.size_bytes) for one in changes.changed]
    lines += [("remove", path, size) for path, size in changes.removed]
    shown = [(what, path, human_size(size)) for what, path, size in lines[:LISTED]]
    if len(lines) > LISTED:
        shown.append(("…", f"and {len(lines) - LISTED} more; --json has them all", ""))
    sent = human_size(sum(size for what, _, size in lines if what != "remove"))
    title = f"{place}: {len(changes.added)} files to add, {len(changes.changed)} to change, {len(changes.removed)} to remove"
    print_table(title, ("change", "file", "size"), shown, numbers=("size",))
    arriving = f"in parts on the branch release/{place.tag}, then " if done.in_parts else ""
    facts = [
        ("to send", sent),
        ("repository", f"{place.repo}, {'new' if done.is_new else 'there'}, {_seen_by(done)}"),
        ("commit", f"{arriving}one on main"),
        ("tag", f"{place.tag}, new"),
        ("version", _rule(done)),
        ("changelog", versions_line(done)),
    ]
    print_panel("--dry-run: nothing was written", facts)


def versions_line(done: Plan) -> str:
    """Return the line that the card's table of versions gets."""
    from unisandbox.cards.tables import versions_table

    return versions_table([done.version]).splitlines()[-1]


def _rule(done: Plan) -> str:
    """Return how the version follows on the one before it, and why."""
    version = done.version
    if version.change == "first":
        return f"{version.version}, the first one"
    return f"{version.version} is a {version.change} change to {done.previous}: {'; '.join(version.reasons)}"


def _seen_by(done: Plan) -> str:
    return "for everybody to see" if done.intent.public else "private"
