"""UniSandBox's own protocol: one model puts a picture into words, then compares the words with what was asked for.

Our wording of its two stages. It sees what was asked for, so it is not blind, and its figures stand under its own name. Unlike
there, a stage that fails is a fault and no wrong picture, and a caption that says Error ends the matter in whatever form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from unisandbox.evaluation import chat
from unisandbox.evaluation.answers import Lexicon
from unisandbox.evaluation.judges.closed_replies import PARSER, choice_of
from unisandbox.evaluation.judges.prompts import prompts, prompts_digest
from unisandbox.evaluation.judges.seeing_service import SeeingService, open_service
from unisandbox.evaluation.patience import Clock, Patience
from unisandbox.evaluation.protocol import MATCH, Fault, JudgeRequest, Reading
from unisandbox.evaluation.released import lexicon_of
from unisandbox.evaluation.reply_text import cleaned
from unisandbox.evaluation.service_faults import ServiceError, shortened

UNSAID: Final = "unsaid"
ERROR: Final = re.compile(r"\A\W*(?:\w+\W*:\W*)?error\b", re.IGNORECASE)
YES_OR_NO: Final = re.compile(r"\b(yes|no)\b")


class Captions:
    """Captions a picture and compares the caption with the item's literal prompt.

    A reading's answer `match` is `yes` or `no`; the other answers are what the caption says, `unsaid` where it does not.

    Args:
        service: The model that sees.
        lexicon: Of the release: reads captions.
    """

    blind = False
    batch = 1

    def __init__(self, service: SeeingService, lexicon: Lexicon) -> None:
        self._service, self._lexicon = service, lexicon

    def identity(self) -> Mapping[str, Any]:
        """Return what its readings depend on: service, model, prompts and parser."""
        settings = self._service.settings
        tokens = {"max_tokens": settings.max_tokens, "caption_tokens": settings.caption_tokens}
        return {"kind": "captions", **self._service.identity(), "prompts": prompts_digest("captions"), "parser": PARSER, **tokens}

    def read(self, requests: Sequence[JudgeRequest]) -> Sequence[Reading | Fault]:
        """Return whether each picture is what was asked for, or a fault, in order."""
        return [self._read(request) for request in requests]

    def close(self) -> None:
        """Close the connections."""
        self._service.close()

    def _read(self, request: JudgeRequest) -> Reading | Fault:
        if request.gold is None:
            return Fault("bad_reply", "captions compares with what was asked for, and nothing was given to compare with")
        try:
            caption = self._caption(request)
            match, words = ("no", ()) if ERROR.match(caption) else self._compared(request, caption)
        except ServiceError as error:
            return error.fault
        read = {one.name: choice_of(caption, one.choices, self._lexicon) or UNSAID for one in request.questions}
        return Reading({**read, MATCH: match}, words=(caption, *words))

    def _caption(self, request: JudgeRequest) -> str:
        content = chat.with_picture(request.picture, prompts()["captions"][request.kind])
        reply = self._service.reply(content, self._service.settings.caption_tokens)
        caption = reply.text.strip()
        if not caption or reply.truncated:
            how = "cut short" if caption else "empty"
            raise ServiceError(Fault("bad_reply", f"caption {how}: {shortened(caption)!r}"))
        return caption

    def _compared(self, request: JudgeRequest, caption: str) -> tuple[str, tuple[str, ...]]:
        """Return `yes` or `no` with the words that say so; asked in other words where the first reply says neither."""
        words = list[str]()
        for wording in (f"compare_{request.kind}", "compare_again"):
            asked = prompts()["captions"][wording].format(gold=request.gold, caption=caption)
            reply = self._service.reply(asked, self._service.settings.max_tokens)
            words.append(reply.text.strip())
            said = set(YES_OR_NO.findall(cleaned(reply.text)))
            if len(said) == 1:
                return said.pop(), tuple(words)
        both = " / ".join(repr(shortened(one)) for one in words)
        raise ServiceError(Fault("bad_reply", f"comparison: says neither yes nor no, asked twice: {both}"))


def open_captions(
    rest: str, release: Path, arguments: Mapping[str, str], patience: Patience | None = None, clock: Clock | None = None
) -> Captions:
    """Return the judge of a service, `URL#name`, for pictures of a release; raises `InputError` as `open_service`."""
    lexicon = lexicon_of(release)
    return Captions(open_service(rest, "captions", arguments, patience, clock), lexicon)
