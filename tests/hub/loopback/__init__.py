"""A Hub on this machine: real HTTP on 127.0.0.1, repositories in memory, and faults on demand.

It speaks the part of the Hugging Face Hub's protocol that `huggingface_hub` and `datasets` use for dataset repositories (read in
the sources of huggingface_hub 2.4.0 and datasets 5.2.0), without Xet: its clients set HF_HUB_DISABLE_XET=1 before huggingface_hub
is imported.
"""

from loopback.repositories import Commit, Repo
from loopback.server import LoopbackHub, Request

__all__ = ["Commit", "LoopbackHub", "Repo", "Request"]
