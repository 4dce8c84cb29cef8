"""The function words of rules and queries, and what each does: the lexicon of the solver of `mapping`.

No list of verbs stands here: a rule's verb is told by its place and form. Listed are the words around it, and the few verbs and
nouns that turn a rule round or leave its direction open.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("a an the this that some one each every another")
# nouns that name the form of what follows or precedes them: "the letter A", "* symbol"
KINDS = _words(
    "letter number digit symbol character sign mark numeral glyph token code figure icon emoji arrow shape rune marker "
    "node key variable"
)
# nouns before a word that is a symbol only if a rule reads it: "the word zib"
WORD_KINDS = _words("word term name colour color label codeword keyword object item thing noun concept")
NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    )
}

BE = _words("is are be")
MODALS = _words("will would shall should can must does do")
NOT_VERBS = _words("as us this its plus minus versus thus always rules letters symbols words objects numbers hers yes")
ADVERBS = _words(
    "always also simply directly really actually clearly literally symbolically commonly usually typically ultimately "
    "uniquely exactly solely only effectively strictly likewise then thus therefore hence here now just again "
    "specifically officially secretly conventionally internally eventually finally consequently generally "
    "normally further itself themselves"
)
PRONOUNS = _words("you us me one")
PREPOSITIONS = _words("for to with as into onto toward towards at upon on up out in back over")
LINKING = _words("for to with as into onto toward towards")  # what may end a verb phrase that starts with "is"
INFINITIVES = _words("be mean represent denote signify indicate symbolize symbolise designate depict show draw read")

# "is a code for", "serves as the sign of": the left side is read as the right side
SIGN_NOUNS = _words(
    "code symbol sign shorthand name label stand-in substitute placeholder token representation cipher abbreviation "
    "notation icon emblem marker equivalent proxy codeword pointer reference mark key alias synonym indicator designation "
    "surrogate identifier letter number character way place role function path route link clue shortcut signal rise "
    "metaphor representative picture image drawing photo same word term symbolic indicative emblematic"
)
COUNTING = _words("number letter character figure")  # "the number of cats" names no cat
SIGN_ADJECTIVES = _words("secret hidden short simple direct unique single visual graphical special coded given agreed")
# "is the meaning of": the right side is read as the left side
MEANING_NOUNS = _words("meaning value referent object item thing translation interpretation target result answer solution")
HOLDING = _words("has carries bears holds takes")  # "has the meaning 7"
PICTURES = _words("picture image drawing photo photograph illustration")

# "An apple is … by #" is read from # on, but for these participles
MOVED_ON = _words("replaced substituted superseded")  # "A is replaced by 7" reads A as 7
UNCERTAIN_PASSIVES = _words(
    "exchanged swapped followed preceded defined determined succeeded joined accompanied caused governed surrounded covered"
)
# "An apple is written as #": the object is on the left
WRITTEN = _words(
    "represented denoted symbolized symbolised signified indicated designated written encoded coded marked encrypted "
    "labelled labeled expressed abbreviated notated identified depicted shown noted tagged"
)
IRREGULAR = _words("meant known shown written given drawn understood brought told borne bound read set put taken")
COMPLEMENTS = _words("equal equivalent identical akin synonymous short shorthand same code analogous similar")
UNRELATED = _words("next close opposed near adjacent prior due contrary")  # "is next to" tells no meaning
BOTH_WAYS = _words(
    "equals equal equates equivalent identical same corresponds correspond matches linked associated connected connects "
    "tied bonds bonded bound paired pairs links relates related joined coupled goes synonymous analogous"
)
UNCERTAIN_VERBS = _words(
    "belongs comes follows results derives descends originates stems precedes excludes lacks opposes avoids ignores "
    "contradicts differs replaces substitutes supersedes arises likes needs uses loves eats sees hates receives gets "
    "cancels swaps becomes lives sits sleeps"
)
NEGATIONS = _words(
    "not no never neither nor without except hardly unless isn't doesn't don't aren't won't cannot can't opposite unlike "
    "swapped exchanged"
)
CHOICES = _words(
    "or either maybe perhaps possibly might could may almost nearly rarely seldom barely sometimes often occasionally formerly "
    "previously wrongly falsely incorrectly supposedly allegedly partly partially scarcely temporarily originally"
)
OPEN = NEGATIONS | CHOICES  # with these a sentence says nothing for sure
SCENE = _words(  # what may stand beside the symbol in "If you see #, …"
    "you we one someone anyone see sees read reads meet encounter find spot notice receive get have reach seeing reading "
    "meeting encountering appears appear is are shown given seen written there comes up occurs used present hear say "
    "write writes come across shows says"
)

# words that no name of an object holds: a span with one of them was read wrongly
NOT_OF_OBJECTS = (
    ARTICLES | BE | MODALS | PRONOUNS | PREPOSITIONS | OPEN | KINDS | ADVERBS
    | _words(
        "by from through via under behind than per off and but if when while whereas whenever because so since although "
        "which what who whose whom where how why it its they them he she we i your my our their these those there such "
        "same other another each every both all any certain anything nothing something someone somebody anyone everyone "
        "people rule rules means stands represents denotes refers maps signifies indicates designates symbolizes "
        "symbolises points leads equals has have had was were please end respectively meaning meanings mapping mappings "
        "following given below above draw generate depict illustrate let treat interpret decode translate replace assume "
        "suppose call whatever too instead swap undefined meaningless nowhere unknown unused empty blank none null nil"
    )
) - {"back", "over", "up", "down"}  # fmt: skip
HEAD_NOUNS = KINDS | {"can"}  # may end the name of an object: "a stop sign", "a watering can"
CATEGORIES = _words(  # "the fruit apple" names an apple, "the fruit bowl" a bowl: it is open which
    "fruit animal vegetable flower vehicle tool instrument bird insect plant toy food drink pet device appliance utensil planet"
)
# names of marks, which are no objects; a text may write the mark elsewhere
MARK_NAMES = _words(
    "hash hashtag asterisk ampersand caret tilde underscore hyphen dash colon semicolon comma period slash backslash plus minus "
    "question exclamation quotation percent equals parenthesis apostrophe"
)
ACRONYMS = _words("TV TVs CD CDs DVD DVDs PC PCs USB UFO UFOs ATM RV SUV BBQ")  # objects, though they look like symbols
OF_NOUNS = _words(  # "pair of shoes", "cup of tea"
    "pair cup glass bunch bowl slice piece bouquet box bottle set can loaf plate stack basket ball bar pot bag jar pack "
    "deck stick roll sheet bundle pile tube head cob block bucket carton mug pint grain tin tub wedge string row heap "
    "scoop school flock herd bed suit coat lump log tray cluster group handful spool reel pitcher jug chest"
)

ASKING = _words(
    "draw generate show create produce provide depict illustrate please what which paint sketch render make give design "
    "name tell find identify determine state write trace decode work visualize visualise picture imagine output return "
    "display construct present reveal who compose craft image certain figure use using whatever deliver supply drawing "
    "i'd i want need like let's question task query follow apply resolve derive deduce infer look could would select "
    "choose pick"
)
NEUTRAL = _words(
    "rules rule mapping mappings code codes cipher system language legend key table statements definitions puzzle logic "
    "chain chains layer layers answer reply respond it say your only do nothing text explain explanation noun word words "
    "name symbols following instructions information relationships correspondences conditions task question encoding "
    "reference"
)

UNDOING = tuple(  # how words begin that change rules: a text with one of them is no plain set of rules
    sorted(
        _words(
            "ignor wrong false untrue swap invalid revers backward invers invert chang cancel skip exchang "
            "discard disregard shift rotat lies alphabet except instead unless opposite contradict replac switch forget"
        )
    )
)
TRIGGERS = _words(  # what may twist a question
    "only rule not never other anything everything rather excluding besides apart or either if whenever every each when step "
    "steps hop hops times after before following preceding next don't doesn't isn't can't won't aren't"
)
COUNTED = _words("rule rules step steps image images picture pictures drawing hop hops layer layers level levels chains chain")
GENERIC = PICTURES | _words("object objects end item thing result answer rules scene")
