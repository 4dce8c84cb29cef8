"""Prints what real models cost on this machine's GPU, with random weights of full size, beside what arithmetic allows.

    python benchmarks/gpu.py --json benchmarks/results/gpu.json            all parts, half an hour on one GPU
    python benchmarks/gpu.py --part janus --shape 7b --batches 1,64        one part
    python benchmarks/gpu.py --tiny                                        every part on a CPU; its figures mean nothing

Parts: `janus` draws with Janus-Pro shapes, eager and compiled, against the library's own loop at the same batch; `diffusion`
times one step of a transformer of Qwen-Image's shape; `judge` asks a Qwen2.5-VL of 7 thousand million weights; `score` runs both
at once as a user does. The floor is the least time that reading the weights and the products take, at rates measured here.
"""

from __future__ import annotations

import argparse
import io
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from gpu_rates import SMI, Busy, Rates, forget_peak, peak_gib, rates, seconds
from gpu_shapes import Saved, diffusion_step, save_janus, save_seeing
from PIL import Image

from unisandbox import __version__
from unisandbox.evaluation.models.registry import open_model
from unisandbox.evaluation.protocol import NORMAL, Drawing, DrawRequest, Fault, JudgeRequest, Question

Row = dict[str, Any]
STEPS: Final = 50  # of a diffusion model, each with and without what is asked for
PROMPT: Final = "Draw as many red apples as there are legs on {number} cats, beside a window with a view of the sea."
QUESTIONS: Final = (
    Question("object", ("apple", "pear", "cat", "dog", "ball", "car", "tree", "cup", "book", "clock")),
    Question("count", tuple(str(number) for number in range(1, 13))),
)


@dataclass(frozen=True)
class Bench:
    """Where it is measured, and how large.

    Attributes:
        device, dtype: Of the weights.
        at_best: Rates of the device.
        shapes: Of the Janus, of the judge and of the diffusion transformer.
        batches: Sizes to try.
        items: Of the overlapped score.
        ways: `eager`, and `compiled` where that is measured too.
        folder: For weights and runs.
    """

    device: torch.device
    dtype: torch.dtype
    at_best: Rates
    shapes: tuple[tuple[str, ...], str, str]
    batches: tuple[int, ...]
    items: int
    ways: tuple[str, ...]
    folder: Path


def janus(bench: Bench) -> list[Row]:
    """Return a row for every shape, way and batch: pictures a second, memory, and the floor."""
    rows = []
    for shape in bench.shapes[0]:
        saved = save_janus(bench.folder / f"janus-{shape}", shape, bench.device, bench.dtype)
        for batch in bench.batches:
            rows += [{"shape": shape, "way": way, **_drawn(bench, saved, batch, way)} for way in bench.ways]
            rows.append({"shape": shape, "way": "library", **_by_library(bench, saved, batch)})
        rows.append({"shape": shape, "way": "alone or in a batch", **_alike(bench, saved, max(bench.batches))})
    return rows


def diffusion(bench: Bench) -> list[Row]:
    """Return a row for every way and batch of one step of a diffusion transformer, and the pictures a second that follow."""
    step, module, weights, tokens = diffusion_step(bench.shapes[2], bench.device, bench.dtype)
    rows = []
    for way in bench.ways:
        if way == "compiled":
            module.compile_repeated_blocks(fullgraph=True)
        for batch in bench.batches:
            row = _measured(bench, partial(step, batch))
            if "seconds" in row:
                floor_s = _floor_s(bench, weights, batch * tokens, bench.dtype.itemsize)
                row |= {"images_s": batch / (2 * STEPS * row["seconds"]), "of_floor": floor_s / row["seconds"]}
            rows.append({"shape": bench.shapes[2], "way": way, "batch": batch, **row})
    return rows


def judge(bench: Bench) -> list[Row]:
    """Return a row for every way and batch of a judge: questions a second, memory, and the floor without shared prefixes."""
    from unisandbox.evaluation.judges.prompts import question_text
    from unisandbox.evaluation.judges.registry import open_judge

    side = 56 if bench.shapes[1] == "tiny" else 512
    saved = save_seeing(bench.folder / "judge", bench.shapes[1], bench.device, bench.dtype, side)
    text = sum(len(question_text(question)) for question in QUESTIONS) / len(QUESTIONS)
    operations = 2 * saved.text_weights * (saved.tokens + text) + 2 * saved.sight_weights * 4 * saved.tokens
    request = JudgeRequest(_png(side), "objects", QUESTIONS)
    rows = []
    for way in bench.ways:
        for batch in bench.batches:
            arguments = {**_arguments(bench, batch, way), "min_mass": "0"}
            with closing(open_judge(f"hf:{saved.folder}", bench.folder, arguments).judge) as opened:
                row = _measured(bench, partial(opened.read, [request] * batch))
            if "seconds" in row:
                asked = batch * len(QUESTIONS)
                row |= {
                    "questions_s": asked / row["seconds"],
                    "of_floor": asked * operations / bench.at_best.flops / row["seconds"],
                }
            rows.append({"shape": bench.shapes[1], "way": way, "batch": batch, **row})
    return rows


def score(bench: Bench) -> list[Row]:
    """Return one row of a whole run, model and judge at once: pictures a second, and how busy the device was."""
    from score import RELEASE

    from unisandbox.evaluation.arms import Way
    from unisandbox.evaluation.plan import Plan, Selection
    from unisandbox.evaluation.run import score as scored
    from unisandbox.generators.build import build
    from unisandbox.generators.release_file import parse_release

    shape, side = bench.shapes[0][0], 56 if bench.shapes[1] == "tiny" else 392
    model = save_janus(bench.folder / "drawing", shape, bench.device, bench.dtype)
    seeing = save_seeing(bench.folder / "seeing", bench.shapes[1], bench.device, bench.dtype, side)
    build(parse_release(RELEASE.format(half=-(-bench.items // 4)), where="score.toml"), bench.folder / "release")
    batch = max(bench.batches)
    arguments = _arguments(bench, batch, "eager")
    plan = Plan(
        data=bench.folder / "release",
        out=bench.folder / "run",
        model=f"hf:{model.folder}",
        model_arguments=arguments,
        judge=f"hf:{seeing.folder}",
        judge_arguments={**arguments, "min_mass": "0"},
        selection=Selection(limit=bench.items),
        way=Way(arms=(NORMAL,)),
        canary=False,
    )
    forget_peak(bench.device)
    with Busy(SMI if bench.device.type == "cuda" else None) as busy:
        passed_s = seconds(lambda: scored(plan, lambda _: None), bench.device)
    run = {"items": bench.items, "seconds": passed_s, "images_s": bench.items / passed_s, "busy": busy.share}
    return [{"shape": f"{shape} + {bench.shapes[1]}", "way": "score", "batch": batch, **run, "peak_gib": peak_gib(bench.device)}]


PARTS: Final[dict[str, Callable[[Bench], list[Row]]]] = {"janus": janus, "diffusion": diffusion, "judge": judge, "score": score}


def _arguments(bench: Bench, batch: int, way: str) -> dict[str, str]:
    return {"batch": str(batch), "device": str(bench.device), "compile": "true" if way == "compiled" else "false"}


def _drawn(bench: Bench, saved: Saved, batch: int, way: str) -> Row:
    with closing(open_model(f"hf:{saved.folder}", _arguments(bench, batch, way))) as model:
        row = _measured(bench, lambda: model.draw(_requests(batch)))
    if "seconds" in row:
        floor_s = saved.tokens * _floor_s(bench, saved.text_weights, 2 * batch, saved.bytes_a_weight)
        row |= {"images_s": batch / row["seconds"], "of_floor": floor_s / row["seconds"]}
    return {"batch": batch, **row}


def _by_library(bench: Bench, saved: Saved, batch: int) -> Row:
    """Return a row of the model's own `generate`, with the same guidance; an error where this version of it cannot draw."""
    from transformers import AutoProcessor, JanusForConditionalGeneration

    loaded: Any = JanusForConditionalGeneration.from_pretrained(saved.folder, dtype=bench.dtype)
    model, processor = loaded.to(bench.device).eval(), AutoProcessor.from_pretrained(saved.folder)  # type: ignore[no-untyped-call]
    begin = processor.tokenizer.convert_tokens_to_ids(processor.tokenizer.boi_token)
    model.generation_config.generation_kwargs = {"boi_token_id": begin}  # it is not among what is saved
    prompts = [f"<bos>{request.prompt}" for request in _requests(batch)]
    inputs = processor(text=prompts, generation_mode="image", return_tensors="pt", padding=True).to(bench.device)

    def draw() -> Any:
        codes = model.generate(**inputs, generation_mode="image", do_sample=True, guidance_scale=5.0, use_cache=True)
        return model.decode_image_tokens(codes)

    row = _measured(bench, draw)
    return {"batch": batch, **row, **({"images_s": batch / row["seconds"]} if "seconds" in row else {})}


def _alike(bench: Bench, saved: Saved, batch: int) -> Row:
    """Return how many pictures are the same alone and in a batch, and by how many grey levels the others differ at most."""
    pictures = []
    for size in (1, batch):
        with closing(open_model(f"hf:{saved.folder}", _arguments(bench, size, "eager"))) as model:
            pictures.append([one.picture for one in model.draw(_requests(batch)) if isinstance(one, Drawing)])
    pairs = list(zip(*pictures, strict=True))
    far = [np.abs(_pixels(one) - _pixels(other)).max() for one, other in pairs]
    same = sum(one == other for one, other in pairs)
    return {"batch": batch, "pictures": len(pairs), "same": same, "most_grey_levels": int(max(far, default=0))}


def _measured(bench: Bench, work: Callable[[], Any]) -> Row:
    """Return how long some work takes the second time, and its memory; or why it cannot be done."""
    forget_peak(bench.device)
    try:
        made = work()
        if isinstance(made, Sequence) and (faults := [one for one in made if isinstance(one, Fault)]):
            return {"error": faults[0].message[:120]}
        return {"seconds": seconds(work, bench.device), "peak_gib": peak_gib(bench.device)}
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0][:120]}


def _floor_s(bench: Bench, weights: int, rows: int, bytes_a_weight: int) -> float:
    """Return the least time of one pass of so many rows: the weights are read once, and multiplied with each row."""
    return max(weights * bytes_a_weight / bench.at_best.bytes_s, 2 * weights * rows / bench.at_best.flops)


def _requests(batch: int) -> list[DrawRequest]:
    return [DrawRequest(str(number), NORMAL, PROMPT.format(number=number), 0, 1000 + number) for number in range(batch)]


def _png(side: int) -> bytes:
    with io.BytesIO() as sink:
        Image.new("RGB", (side, side), (200, 30, 40)).save(sink, "PNG")
        return sink.getvalue()


def _pixels(png: bytes) -> Any:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image, dtype=np.int16)


def machine(bench: Bench) -> Row:
    """Return where this was measured."""
    import transformers

    name = torch.cuda.get_device_name(bench.device) if bench.device.type == "cuda" else platform.processor() or "CPU"
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "unisandbox": __version__}
    at_best = {"tflop_s": bench.at_best.flops / 1e12, "gb_s": bench.at_best.bytes_s / 1e9}
    return {"device": name, "dtype": str(bench.dtype), **versions, "python": platform.python_version(), **at_best}


def table(rows: Sequence[Row]) -> str:
    """Return rows as a Markdown table; a column that a row lacks is empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, ["---"] * len(names), *([_shown(row.get(name)) for name in names] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, action="append", help="may be repeated; all otherwise")
    parser.add_argument("--shape", choices=("1b", "7b"), action="append", help="of the Janus, may be repeated; both otherwise")
    parser.add_argument("--batches", default="1,16,64,128", help="sizes to try")
    parser.add_argument("--items", type=int, default=512, help="pictures of the overlapped score")
    parser.add_argument("--eager", action="store_true", help="leave out what is compiled first, which takes minutes")
    parser.add_argument("--tiny", action="store_true", help="tiny shapes, on the CPU where there is no GPU")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    given = parser.parse_args(arguments)
    if not (given.tiny or torch.cuda.is_available()):
        sys.exit("benchmarks/gpu.py: no GPU that torch can use; --tiny tries every part on the CPU")
    bench = _bench(given)
    found: dict[str, Any] = {"machine": machine(bench)}
    print(json.dumps(found["machine"]))
    for part in given.part or PARTS:
        with tempfile.TemporaryDirectory() as folder:  # of each part alone: weights of full size fill a disk
            found[part] = PARTS[part](replace(bench, folder=Path(folder)))
        print(f"\n{part}\n\n{table(found[part])}", flush=True)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _bench(given: Any) -> Bench:
    on_gpu = torch.cuda.is_available()
    device, dtype = (torch.device("cuda", 0), torch.bfloat16) if on_gpu else (torch.device("cpu"), torch.float32)
    at_best = rates(device, dtype, *((8192, 4096) if on_gpu else (256, 16)))
    full = (tuple(given.shape or ("1b", "7b")), "7b", "qwen-image")
    shapes = (("tiny",), "tiny", "tiny") if given.tiny else full
    batches = tuple(int(size) for size in given.batches.split(","))
    ways = ("eager",) if given.eager else ("eager", "compiled")
    return Bench(device, dtype, at_best, shapes, batches, given.items, ways, Path())


if __name__ == "__main__":
    main()
