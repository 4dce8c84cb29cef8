"""Finds weights, says which they are, and loads them: whole, of the wanted architecture, and nothing of them made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from unisandbox.errors import InputError, Violation
from unisandbox.evaluation.identity import digest
from unisandbox.evaluation.local.hub_weights import ALLOWED, REPOSITORY, fetched
from unisandbox.evaluation.local.remembered import recall, remember
from unisandbox.evaluation.local.weight_files import CONFIG, PIPELINE, files_of, read_json, unfinished
from unisandbox.schemas.files import file_sha256

if TYPE_CHECKING:
    import torch

EXTRAS: Final[Mapping[str, tuple[str, ...]]] = {
    "hf": ("torch", "transformers"),
    "diffusers": ("torch", "transformers", "diffusers"),
}
SMALL: Final = 1 << 20  # bytes; a smaller file is read again sooner than its digest is looked up
DIGESTS: Final = "digests"
LONGEST_WORDS: Final = 240


def need_extra(extra: str, where: str) -> None:
    """Raise `InputError` where a package of an extra of `EXTRAS` is not installed; nothing is imported."""
    if missing := [name for name in EXTRAS[extra] if find_spec(name) is None]:
        found, fix = f"no {', no '.join(missing)}", f"pip install 'unisandbox[{extra}]'"
        raise InputError(Violation(where, found, f"the packages of the extra {extra}", fix))


def weights_folder(rest: str, revision: str | None, extra: str, where: str | None = None) -> Path:
    """Return the folder of some weights, which is whole as far as can be told without loading it.

    Args:
        rest: A folder, or a repository of the Hub.
        revision: Of the repository; None is its default branch.
        extra: One of `EXTRAS`, whose packages are needed.
        where: What messages begin with; the URI, `extra:rest`, where None.

    Raises:
        InputError: No such folder or repository, a package is missing, or the weights are not whole; all that is wrong with them.
    """
    where = where or f"{extra}:{rest}"
    need_extra(extra, where)
    folder = Path(rest).expanduser()
    if folder.is_dir():
        if revision:
            found, allowed = f"revision={revision} of a folder", "a revision of a repository of the Hub"
            raise InputError(Violation(where, found, allowed, "leave revision out"))
    elif folder.exists() or not REPOSITORY.fullmatch(rest):
        raise InputError(Violation(where, f"{'a file' if folder.exists() else 'no folder'} {rest}", ALLOWED, "check the path"))
    else:
        folder = fetched(rest, revision, where)
    if wrong := unfinished(folder, where):
        raise InputError(wrong)
    return folder


def architecture_of(folder: Path) -> str:
    """Return the class that the weights of a folder were saved from, or an empty text where none is named."""
    config = read_json(folder / CONFIG) or {}
    pipeline = read_json(folder / PIPELINE) or {}
    named = config.get("architectures") or [pipeline.get("_class_name") or ""]
    return str(named[0])


def weights_identity(folder: Path, revision: str | None, libraries: Sequence[str] = EXTRAS["hf"]) -> dict[str, Any]:
    """Return which weights these are: the digest of all files, the revision they came from, and versions of what runs them.

    Args:
        folder: As `weights_folder` returns it.
        revision: As it was asked for.
        libraries: Packages by name; one that is not installed is left out.

    The path is no part of it: the same files elsewhere are the same weights. Digests of large files are remembered by path, size
    and time of change.
    """
    contents = [[path.relative_to(folder).as_posix(), _sha256(path)] for path in files_of(folder)]
    versions = {name: found for name in libraries if (found := _version(name))}
    return {"architecture": architecture_of(folder), "weights": digest(contents), "revision": revision, "versions": versions}


def load_weights(kind: Any, folder: Path, where: str, dtype: torch.dtype, device: torch.device) -> Any:
    """Return the model of a folder, ready to be asked, with every one of its weights from the files.

    Args:
        kind: A class of transformers with `from_pretrained`.
        folder: As `weights_folder` returns it.
        where: The URI, which messages begin with.
        dtype, device: How it is run.

    Raises:
        InputError: It cannot be loaded; or weights are missing, which transformers would fill with random numbers.
    """
    try:
        with quiet_transformers():
            model, found = kind.from_pretrained(
                folder, dtype=dtype, use_safetensors=True, local_files_only=True, output_loading_info=True
            )
        model = model.to(device).eval().requires_grad_(False)
    except Exception as error:  # noqa: BLE001 - code of others may raise anything; what it says is passed on
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"[:LONGEST_WORDS]
        fix = "try the weights with transformers alone; versions of the two may not go together"
        raise InputError(Violation(where, f"weights that do not load: {said}", f"weights of {kind.__name__}", fix)) from None
    if missing := sorted(found["missing_keys"]):
        said = f"{len(missing)} weights of {kind.__name__} missing in the files, the first is {missing[0]}"
        raise InputError(Violation(where, said, "all of its weights", "download them again, or convert them again"))
    return model


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Let transformers say nothing but errors, and show no bars of its own, while something is loaded."""
    logging: Any = import_module("transformers.utils.logging")  # not typed
    level, shown = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()


def _sha256(path: Path) -> str:
    about = path.stat()
    if about.st_size < SMALL:
        return file_sha256(path)
    key = digest([str(path.resolve()), about.st_size, about.st_mtime_ns])
    known = recall(DIGESTS, key)
    if isinstance(known, str):
        return known
    found = file_sha256(path)
    remember(DIGESTS, key, found)
    return found


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
