"""Fetches the weights of a repository of the Hub: safetensors, settings and tokenizers, never code or pickles."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from unisandbox.errors import HubError, Violation
from unisandbox.evaluation.local.weight_files import PIPELINE, SUFFIXES

REPOSITORY: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
SECOND_COPIES: Final = (
    "original/*",
    "consolidated*",
    "*.fp16.safetensors",
    "*.non_ema.safetensors",
)  # of weights that are there too
ALLOWED: Final = "a folder of weights, or a repository of the Hub, org/name"


def fetched(repository: str, revision: str | None, where: str) -> Path:
    """Return the folder that a repository's weights are in, downloaded where they are not here yet.

    Args:
        repository: `org/name`.
        revision: A branch, tag or commit; the default branch where None.
        where: The URI, which messages begin with.

    Raises:
        HubError: No such repository or revision, one that is not open to this user, or the Hub cannot be reached.
    """
    from huggingface_hub import errors, snapshot_download

    weights = "*.safetensors"
    settings = [f"*{suffix}" for suffix in SUFFIXES if f"*{suffix}" != weights]
    try:
        folder = Path(snapshot_download(repository, revision=revision, allow_patterns=settings))
        inner = (folder / PIPELINE).is_file()  # a pipeline's weights are in its parts, others' are not: the rest is a second copy
        wanted, others = ([f"*/{weights}"], []) if inner else ([weights], [f"*/{weights}"])
        unwanted = [*SECOND_COPIES, *others]
        patterns = [*settings, *wanted]
        return Path(snapshot_download(repository, revision=revision, allow_patterns=patterns, ignore_patterns=unwanted))
    except errors.GatedRepoError:
        found, fix = f"{repository}, which is gated", "accept its terms on its page, then `hf auth login`"
    except errors.RepositoryNotFoundError:
        found = f"no folder {repository}, and no such repository on the Hub"
        fix = "check the path; for a private repository `hf auth login` first"
    except errors.RevisionNotFoundError:
        found, fix = f"no revision {revision} of {repository}", "name a branch, a tag or a commit that is there"
    except errors.LocalEntryNotFoundError:
        found = f"no folder {repository}, and the Hub cannot be reached"
        fix = "check the path, or download the repository where there is a network"
    except (errors.HfHubHTTPError, OSError, ValueError) as error:
        found = f"{repository}, which could not be fetched: {_one_line(error)}"
        fix = "try again; what has been downloaded is kept"
    raise HubError(Violation(where, found, ALLOWED, fix))


def _one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
