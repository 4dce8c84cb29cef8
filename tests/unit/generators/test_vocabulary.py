from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from unisandbox.errors import InputError, WordingError
from unisandbox.generators import vocabulary
from unisandbox.generators.templates import VIEWS, wording

UPSTREAM = Path(__file__).resolve().parents[3] / ".." / "shared" / "upstream"
HEAD = "name,plural,article,category,emoji,hard_pair,since\n"
CATEGORIES = vocabulary.read_categories(
    "name,singular,plural,article,within\nfruit,fruit,fruits,a,object\nobject,object,objects,an,\n"
)
APPLE = "apple,apples,an,fruit,🍎,,1\n"


def test_there_are_enough_objects_in_enough_categories() -> None:
    assert len(vocabulary.nouns()) >= 300
    assert len({noun.category for noun in vocabulary.nouns()}) >= 12


def test_every_category_that_holds_objects_itself_has_four_or_more() -> None:
    own = [noun.category for noun in vocabulary.nouns()]
    assert {name: own.count(name) for name in own if own.count(name) < 4} == {}


@pytest.mark.parametrize(
    ("name", "plural"),
    [
        ("mouse", "mice"),
        ("goose", "geese"),
        ("knife", "knives"),
        ("strawberry", "strawberries"),
        ("box", "boxes"),
        ("cactus", "cacti"),
    ],
)
def test_plurals_are_irregular_where_english_is(name: str, plural: str) -> None:
    assert vocabulary.noun(name).plural == plural


def test_a_count_of_one_takes_the_singular() -> None:
    knife = vocabulary.noun("knife")
    assert [vocabulary.counted(knife, n) for n in (1, 2, 9)] == ["1 knife", "2 knives", "9 knives"]


def test_the_article_follows_the_sound() -> None:
    assert [vocabulary.with_article(vocabulary.noun(name)) for name in ("hourglass", "horse")] == ["an hourglass", "a horse"]


def test_an_unknown_object_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"object aple: .* did you mean apple\?"):
        vocabulary.noun("aple")


def test_an_unknown_category_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"category vehicel: .* did you mean vehicle\?"):
        vocabulary.category("vehicel")


def test_the_category_of_objects_is_the_narrowest_that_holds_them_all() -> None:
    nouns = vocabulary.nouns()
    seen = 0
    for first, second in zip(nouns, nouns[7:], strict=False):
        name = vocabulary.category_of([first, second])
        fits = [one.name for one in vocabulary.categories() if {first, second} <= set(vocabulary.nouns_in(one.name))]
        assert name in fits
        assert all(set(vocabulary.nouns_in(name)) <= set(vocabulary.nouns_in(wider)) for wider in fits)
        seen += 1
    assert seen > 200


def test_generic_words_begin_with_object() -> None:
    assert [word.singular for word in vocabulary.generic_words()] == ["object", "thing", "item"]


def test_symbols_cannot_be_taken_for_one_another_or_for_punctuation() -> None:
    texts = {symbol.text for symbol in vocabulary.symbols()}
    assert not texts & set("OI01.,;:!?'\"()[]{}-/\\|_`")
    kinds = [len(vocabulary.symbols(kind)) for kind in ("letter", "digit", "mark")]
    assert kinds == [24, 8, 20]
    assert sum(kinds) == len(texts)


def test_numbers_in_words() -> None:
    assert [vocabulary.number_word(n) for n in (0, 7, 13, 20, 21, 99, 100)] == [
        "zero", "seven", "thirteen", "twenty", "twenty-one", "ninety-nine", "one hundred",
    ]  # fmt: skip
    assert len({vocabulary.number_word(n) for n in range(101)}) == 101


@pytest.mark.parametrize("n", [-1, 101])
def test_a_number_without_a_word_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="not between 0 and 100"):
        vocabulary.number_word(n)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (APPLE + APPLE, "word apple 2 times"),
        ("apple,apples,a,fruit,🍎,,1\n", "apple: found article a; allowed: an"),
        ("sheep,sheep,a,fruit,🐑,,1\n", "plural sheep"),
        ("apple,apples,an,froot,🍎,,1\n", "category froot"),
        ("apple,apples,an,fruit,🍎,,3\n", "since '3'"),
        ("apple,apples,an,fruit,🍎,pear,1\n", "hard_pair pear"),
        (APPLE + "pear,pears,a,fruit,🍎,,1\n", "emoji 🍎 2 times"),
        ("pear,pears,a,fruit,🍐,,1\n" + APPLE, "out of place"),
        (APPLE + "big apple,big apples,a,fruit,🍏,,1\n", "the object apple in it"),
        ("fruit,fruits,a,fruit,🍎,,1\n", "an object and a category"),
        ("apple,apples\n", "line 2: found 2 cells"),
    ],
)
def test_a_list_of_objects_that_breaks_a_rule_is_refused(lines: str, message: str) -> None:
    with pytest.raises(WordingError, match=re.escape(message)):
        vocabulary.read_nouns(HEAD + lines, CATEGORIES)


def test_all_faults_of_a_list_are_told_at_once() -> None:
    with pytest.raises(WordingError, match="article a") as caught:
        vocabulary.read_nouns(HEAD + "apple,apple,a,froot,🍎,,1\n", CATEGORIES)
    assert len(caught.value.violations) >= 3


def test_a_list_without_its_header_is_refused() -> None:
    with pytest.raises(WordingError, match="write this header"):
        vocabulary.read_nouns(APPLE, CATEGORIES)


def test_categories_within_one_another_are_refused() -> None:
    with pytest.raises(WordingError, match="and back"):
        vocabulary.read_categories("name,singular,plural,article,within\na,pet,pets,a,b\nb,toy,toys,a,a\n")


@pytest.mark.parametrize(
    ("line", "message"), [("A,digit", "kind digit"), ("AB,letter", "one character"), ("A,letter\nA,letter", "2 times")]
)
def test_symbols_that_break_a_rule_are_refused(line: str, message: str) -> None:
    with pytest.raises(WordingError, match=message):
        vocabulary.read_symbols(f"text,kind\n{line}\n")


@pytest.mark.parametrize("family", ["math", "mapping"])
def test_no_template_names_an_object(family: str) -> None:
    names = {word for noun in vocabulary.nouns() for word in (noun.name, noun.plural)}
    texts = [template.text for view in VIEWS for template in getattr(wording(family), view)]
    assert len(texts) > 40
    for text in texts:
        assert not names & set(re.findall(r"\w+", text.lower())), text


@pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the files of the original are not here")
def test_at_least_sixty_object_words_of_the_original_are_covered() -> None:
    answers = set()
    for file in ("math_1", "math_2", "mapping1", "mapping2"):
        for line in (UPSTREAM / f"{file}.jsonl").read_text(encoding="utf-8").splitlines():
            answers.add(re.sub(r"^\d+ *", "", json.loads(line)["Answer"].strip(" .").lower()))
    covered = {noun.name for noun in vocabulary.nouns() if answers & {noun.name, noun.plural}}
    assert len(covered) >= 60
