from __future__ import annotations

import string
from itertools import combinations

import pytest

from unisandbox.errors import CapacityError
from unisandbox.generators.name_lists import (
    WordList,
    around,
    collisions,
    listed_names,
    near_listed_names,
    neighbours,
    person_lists,
    vocabulary_list,
)
from unisandbox.generators.names import (
    FIRST_LONG,
    REFUSED_PARTS,
    REFUSING,
    SPACE,
    SPACES,
    coined_names,
    is_name,
    near_names,
    plain,
    refused_names,
    refusing_list,
    spell,
)
from unisandbox.generators.vocabulary import nouns

SAMPLE = [spell(rank).lower() for rank in range(0, SPACE, SPACE // 400)]


def within_one_edit(word: str) -> set[str]:
    pairs = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    dropped = {left + right[1:] for left, right in pairs if right}
    changed = {left + letter + right[1:] for left, right in pairs if right for letter in string.ascii_lowercase}
    grown = {left + letter + right for left, right in pairs for letter in string.ascii_lowercase}
    return (dropped | changed | grown) - {word}


def edits(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def test_all_short_names_differ() -> None:
    assert len({spell(rank) for rank in range(SPACES[0])}) == SPACES[0]


def test_every_spelled_name_is_a_name_of_six_or_eight_letters() -> None:
    assert {len(name) for name in SAMPLE} == {6, 8}
    assert all(is_name(name) for name in SAMPLE)


def test_no_word_within_one_edit_of_a_name_is_a_name() -> None:
    near = [word for name in SAMPLE for word in within_one_edit(name)]
    assert len(near) > 100_000
    assert [word for word in near if is_name(word)] == []


def test_names_of_a_world_are_two_edits_or_more_apart() -> None:
    names = [name.lower() for name in coined_names("line", 7, 0, 80).names]
    assert min(edits(one, other) for one, other in combinations(names, 2)) >= 2


def test_worlds_of_a_line_share_no_name() -> None:
    names = [name for world in range(30) for name in coined_names("line", 7, world, 50).names]
    assert len(names) == len(set(names)) == 1500


def test_another_seed_gives_other_names() -> None:
    one, other = (set(coined_names("line", seed, 0, 200).names) for seed in (7, 8))
    assert len(one & other) <= 3


def test_half_of_the_names_are_short() -> None:
    lengths = [len(name) for name in coined_names("line", 7, 0, 200).names]
    assert 90 <= lengths.count(6) <= 110


def test_no_refused_name_is_drawn_and_the_share_is_told() -> None:
    coined = [coined_names("line", 7, world, 200) for world in range(20)]
    assert not any(refusing_list(name) for one in coined for name in one.names)
    assert sum(one.refused for one in coined) > 0
    assert all(one.tried == 200 + one.refused and one.refused_share == one.refused / one.tried for one in coined)


def test_names_two_edits_from_words_are_long_and_no_near_name_is_drawn() -> None:
    coined = [coined_names("line", 7, world, 200, 2) for world in range(20)]
    names = [name.lower() for one in coined for name in one.names]
    assert len(names) == len(set(names)) == 4000
    assert {len(name) for name in names} == {8}
    assert not near_names().union(refused_names()).intersection(names)
    assert not any(part in name for part in REFUSED_PARTS for name in names)


def test_what_each_list_refused_is_told_and_near_names_only_where_they_are_refused() -> None:
    refused = [dict(coined_names("line", 7, 0, 2000, least).refused_by_list) for least in (1, 2)]
    assert all(tuple(by_list) == REFUSING for by_list in refused)
    assert refused[0]["near_names"] == 0 < refused[0]["refused_names"]
    assert 0.05 < refused[1]["near_names"] / 2000 < 0.1


def test_names_two_edits_from_words_end_where_the_space_ends() -> None:
    last = (SPACE - FIRST_LONG) // 400 - 1
    assert len(coined_names("line", 7, last, 200, 2).names) == 200
    with pytest.raises(CapacityError, match=f"names of world {last + 2}"):
        coined_names("line", 7, last + 2, 200, 2)


def test_a_line_without_names_left_says_how_many_there_are() -> None:
    with pytest.raises(CapacityError, match="names of world 6971"):
        coined_names("line", 7, SPACE // 200, 100)


def test_the_refused_names_are_names_and_hold_words_of_several_languages() -> None:
    assert all(is_name(name) for name in refused_names())
    assert {"kanari", "folego", "ketamine"} <= refused_names()


def test_the_near_names_are_long_names_that_are_no_words() -> None:
    assert len(near_names()) > 90_000
    assert all(len(name) == 8 and is_name(name) for name in near_names())
    assert not near_names() & refused_names()
    assert {"neronika", "delivate", "magaline"} <= near_names()  # Veronika, delicate, magazine


def test_a_list_is_named_for_each_name_that_it_refuses() -> None:
    names = ("Ketamine", "Delivate", "Pupubali", "Tiloripi")
    assert [refusing_list(name) for name in names] == ["refused_names", None, "refused_parts", None]
    assert [refusing_list(name, least_edits=2) for name in names] == ["refused_names", "near_names", "refused_parts", None]


def test_unfortunate_parts_are_refused() -> None:
    held = [name for name in (spell(rank) for rank in range(SPACES[0])) if any(part in name.lower() for part in REFUSED_PARTS)]
    assert len(held) > 100
    assert {refusing_list(name) for name in held} == {"refused_parts", "refused_names"}


def test_no_noun_is_a_name_that_can_be_drawn() -> None:
    names = [word for noun in nouns() for word in (noun.name, noun.plural) if is_name(word)]
    assert all(refusing_list(name) for name in names)


@pytest.mark.parametrize(
    ("text", "compared"), [("Čeněk", "cenek"), ("ＴＯＶＩＫＡ", "tovika"), ("Øłæ", "olae"), ("Straße", "strasse")]
)
def test_words_are_compared_without_case_and_accents(text: str, compared: str) -> None:
    assert plain(text) == compared


def test_a_name_that_a_list_holds_is_found_with_the_list() -> None:
    lists = [WordList("one", "apple\ntovika"), WordList("two", "tovikas\nbalido")]
    assert collisions(["Tovika", "Balido", "Zumeda"], lists) == [("Balido", "two", "balido"), ("Tovika", "one", "tovika")]


def test_a_word_one_edit_from_a_name_is_found_where_two_are_promised() -> None:
    lists = [WordList("one", "apple\ntovika\ntovikass"), WordList("two", "tovikas\nbaldo\nzumida\nzumidas")]
    found = collisions(["Tovika", "Balido", "Zumeda", "Neroti"], lists, least_edits=2)
    assert found == [
        ("Balido", "two", "baldo"),
        ("Tovika", "one", "tovika"),
        ("Tovika", "two", "tovikas"),
        ("Zumeda", "two", "zumida"),
    ]


def test_the_neighbours_of_a_name_are_all_texts_within_one_edit() -> None:
    assert neighbours("Bako") == {"bako"} | within_one_edit("bako")
    letters = string.ascii_lowercase
    every = {a + b + c + d for a in "bc" for b in "ax" for c in letters for d in letters}
    every |= {"bak", "ako", "bko", "bao", "ba", "bakoo", "bakkko", "abako"}
    assert {word for word in every if edits("bako", word) <= 1} == every & neighbours("Bako")


def test_a_text_between_two_names_leads_to_both() -> None:
    texts = around(["Tovika", "Tovine"])
    assert texts["tovina"] == ["Tovika", "Tovine"]
    assert texts["tovines"] == ["Tovine"]


def test_the_names_near_words_are_those_that_one_edit_of_a_word_gives() -> None:
    words = ["magazine", "vidalel", "vidaleloo", "xidalelo", "vid'lelo", "vida-lelo", "vidalelo", "katenunis", "vitalero"]
    near = {name for word in words for name in within_one_edit(word) if len(name) == 8 and is_name(name)}
    found = near_listed_names([WordList("one", "\n".join(words[:6])), WordList("two", "\n".join(words[6:]))])
    assert found == sorted(near - set(words))
    assert {"magaline", "katenuni"} <= set(found)
    assert "vidalelo" not in found


@pytest.mark.parametrize("word", ["vidalel", "idalelo", "vidalelou", "xvidalelo", "vid'alelo", "vid lelo", "вidalelo"])
def test_a_name_is_near_a_word_with_any_one_letter_or_sign_more_less_or_changed(word: str) -> None:
    assert "vidalelo" in near_listed_names([WordList("one", word)])


def test_the_lists_hold_person_names_of_many_locales_and_the_vocabulary() -> None:
    lists = {words.where: words.lines.split("\n") for words in (*person_lists(), vocabulary_list())}
    assert len(lists) > 80
    assert "ludmila" in lists["Faker cs_CZ"]
    assert "strawberries" in lists["vocabulary"]


@pytest.mark.slow
def test_the_refused_names_are_all_that_the_installed_lists_hold() -> None:
    assert set(listed_names()) <= refused_names()


@pytest.mark.slow
def test_the_near_names_are_all_that_are_one_edit_from_words_of_the_installed_lists() -> None:
    assert set(near_listed_names()) <= near_names()
