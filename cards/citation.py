"""How a release is cited: itself first, then the paper whose tasks it rebuilds."""

from __future__ import annotations

from typing import Final

from unisandbox.schemas.manifest import Manifest

AUTHOR: Final = "The unisandbox contributors"
PAPER_URL: Final = "https://arxiv.org/abs/2511.20561"
PAPER: Final = """@article{niu2025understanding,
  title = {Does Understanding Inform Generation in Unified Multimodal Models? From Analysis to Path Forward},
  author = {Niu, Yuwei and Jin, Weiyang and Liao, Jiaqi and Feng, Chaoran and Jin, Peng and Lin, Bin and Li, Zongjian and Zhu, Bin
            and Yu, Weihao and Yuan, Li},
  journal = {arXiv preprint arXiv:2511.20561},
  year = {2025},
}"""


def release_entry(manifest: Manifest, repo: str | None = None) -> str:
    """Return the BibTeX entry of a release; with the address of the repository where it has one."""
    url = f"  url = {{https://huggingface.co/datasets/{repo}/tree/v{manifest.version}}},\n" if repo else ""
    return (
        f"@misc{{{manifest.name}-{manifest.version.replace('.', '-')},\n"
        f"  title = {{{manifest.name} {manifest.version}}},\n"
        f"  author = {{{{{AUTHOR}}}}},\n"
        f"{url}"
        f"  note = {{Content digest {manifest.digest[:16]}}},\n"
        "}"
    )
