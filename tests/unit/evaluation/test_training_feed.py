from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch

from unisandbox.evaluation.models.tiny.network import Memory, Network, Shape
from unisandbox.evaluation.training.examples import Example, Examples, joined
from unisandbox.evaluation.training.feed import Feed, Place
from unisandbox.evaluation.training.optimiser import orthogonal

PAD, IMAGE = 0, 4


def examples() -> Examples:
    texts = [Example([1, *range(10, 10 + length)], 2) for length in range(3, 40)]
    pictures = [Example([1, 10, IMAGE, 6, 7, 8, 9], 3)] * 5
    return joined([("text", 3.0, texts), ("picture", 1.0, pictures)])


def feed(seed: int = 0, batch_tokens: int = 200) -> Feed:
    return Feed(examples(), batch_tokens, seed, pad=PAD, image=IMAGE)


def test_a_batch_holds_no_more_tokens_than_it_may() -> None:
    batches = [batch for batch, _ in islice(feed().batches(Place(0, 0)), 200)]
    assert max(batch.tokens.size for batch in batches) <= 200
    assert np.mean([(batch.tokens != PAD).mean() for batch in batches]) > 0.9


def test_a_training_that_goes_on_gets_the_batches_that_it_would_have_had() -> None:
    whole = list(islice(feed().batches(Place(0, 0)), 700))
    assert whole[-1][1].chunk > 0
    for stopped in (3, 500):
        rest = [batch for batch, _ in islice(feed().batches(whole[stopped][1]), 20)]
        assert all((batch.tokens == later.tokens).all() for batch, (later, _) in zip(rest, whole[stopped + 1 :], strict=False))


def test_another_seed_gives_another_order() -> None:
    first, second = (next(feed(seed).batches(Place(0, 0)))[0] for seed in (0, 1))
    assert first.tokens.shape != second.tokens.shape or (first.tokens != second.tokens).any()


def test_arms_come_in_their_shares() -> None:
    pictured = [(batch.tokens == IMAGE).any(axis=1) for batch, _ in islice(feed().batches(Place(0, 0)), 300)]
    assert np.concatenate(pictured).mean() == pytest.approx(0.25, abs=0.05)


def test_cells_are_counted_from_the_token_before_the_picture_and_only_there() -> None:
    batches = (batch for batch, _ in feed().batches(Place(0, 0)))
    batch = next(batch for batch in batches if (batch.tokens == IMAGE).any())
    row = int((batch.tokens == IMAGE).any(axis=1).argmax())
    assert batch.cells[row, :7].tolist() == [0, 0, 1, 2, 3, 4, 5]
    assert batch.scored[row, :7].tolist() == [False, False, False, True, True, True, True]
    texts = ~(batch.tokens == IMAGE).any(axis=1)
    assert not batch.cells[texts].any()


def test_padding_is_never_scored() -> None:
    for batch, _ in islice(feed().batches(Place(0, 0)), 50):
        assert not batch.scored[batch.tokens == PAD].any()
        assert not batch.scored[:, 0].any()


def network() -> Network:
    made = Network(Shape(tokens=30, cells=4, width=32, blocks=2, heads=2))
    made.start(1)
    with torch.no_grad():
        for weight in made.parameters():
            weight.add_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(2)) * 0.1)
    return made


def test_writing_on_token_by_token_gives_what_all_at_once_gives() -> None:
    made, tokens = network(), torch.randint(6, 30, (3, 9), generator=torch.Generator().manual_seed(3))
    cells = torch.zeros_like(tokens)
    memory = Memory(torch.zeros(3, dtype=torch.int64))
    with torch.inference_mode():
        whole = made(tokens, cells)
        parts = [made(tokens[:, :4], cells[:, :4], memory)]
        parts += [made(tokens[:, at : at + 1], cells[:, at : at + 1], memory) for at in range(4, 9)]
    assert torch.allclose(torch.cat(parts, dim=1), whole, atol=1e-4)


def test_padding_at_the_left_changes_nothing() -> None:
    made, tokens = network(), torch.randint(6, 30, (1, 6), generator=torch.Generator().manual_seed(4))
    padded = torch.cat((torch.zeros(1, 5, dtype=torch.int64), tokens), dim=1)
    with torch.inference_mode():
        alone = made(tokens, torch.zeros_like(tokens))
        beside = made(padded, torch.zeros_like(padded), Memory(torch.tensor([5])))[:, 5:]
    assert torch.allclose(alone, beside, atol=1e-4)


def test_a_token_sees_nothing_that_comes_later() -> None:
    made, tokens = network(), torch.randint(6, 30, (1, 8), generator=torch.Generator().manual_seed(5))
    changed = tokens.clone()
    changed[0, 5:] = 29
    with torch.inference_mode():
        first, second = (made(one, torch.zeros_like(one)) for one in (tokens, changed))
    assert torch.equal(first[:, :5], second[:, :5])
    assert not torch.equal(first[:, 5:], second[:, 5:])


@pytest.mark.parametrize("shape", [(16, 16), (8, 32), (32, 8)])
def test_a_matrix_that_muon_has_made_orthogonal_stretches_every_direction_alike(shape: tuple[int, int]) -> None:
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape, generator=torch.Generator().manual_seed(6))))
    assert values.min() > 0.6
    assert values.max() < 1.3
