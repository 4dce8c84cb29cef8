"""What kinds of things everyday nouns name, and which of them the words of a question ask for: "the animal that # means".

Written by hand for this project, beyond `lists/objects.csv`, since other people's files name other objects. A noun may be of
several kinds ("mouse"). Of each word for a kind it is told what it names for sure, and what it might name; only what it cannot
name contradicts it, and an unknown noun never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from unisandbox.generators.vocabulary import category, noun_of_word

KINDS: Mapping[str, str] = {  # nouns in the singular; of two words joined by "_"
    "animal": "animal dog cat horse cow pig goat sheep lamb rabbit bunny hamster guinea_pig mouse rat squirrel fox wolf bear "
    "lion tiger elephant giraffe zebra monkey gorilla kangaroo koala panda deer moose camel donkey pony puppy kitten "
    "calf turtle tortoise snake lizard frog toad crocodile alligator dinosaur bat hedgehog otter beaver skunk raccoon "
    "leopard cheetah hippo rhino dolphin whale shark seal octopus crab lobster fish goldfish shrimp snail spider "
    "scorpion worm dragon unicorn",
    "bird": "bird duck goose swan chicken hen rooster turkey owl eagle hawk falcon pigeon dove sparrow crow raven parrot "
    "penguin flamingo peacock ostrich robin crane stork pelican seagull hummingbird kiwi chick duckling",
    "insect": "insect ant bee wasp butterfly moth fly mosquito beetle ladybug grasshopper cricket dragonfly caterpillar "
    "cockroach",
    "pet": "pet dog cat rabbit hamster goldfish parrot puppy kitten guinea_pig turtle canary",
    "fruit": "fruit apple banana orange pear peach plum cherry grape strawberry blueberry raspberry blackberry lemon lime "
    "mango melon watermelon pineapple kiwi coconut avocado fig apricot papaya grapefruit pomegranate tangerine",
    "vegetable":
    "vegetable carrot potato tomato onion cucumber lettuce cabbage broccoli cauliflower pepper corn pea bean pumpkin "
    "eggplant spinach celery radish garlic mushroom zucchini turnip beet leek",
    "food": "food pizza burger hamburger sandwich bread cake cookie pie donut doughnut cupcake chocolate candy lollipop "
    "ice_cream cheese egg pasta noodle rice soup salad steak sausage bacon pancake waffle croissant muffin bagel "
    "pretzel popcorn chip fry taco burrito sushi hot_dog honey butter biscuit cracker pudding chicken fish turkey "
    "duck lamb shrimp",
    "sweet": "chocolate candy lollipop cake cookie cupcake donut doughnut ice_cream pie honey pudding muffin sweet dessert",
    "drink": "drink beverage coffee tea juice water milk soda lemonade wine beer cocoa smoothie",
    "flower": "flower rose tulip daisy sunflower lily orchid daffodil violet iris lotus peony carnation lavender poppy hibiscus",
    "plant": "plant tree cactus bush grass fern bamboo clover ivy moss seedling leaf herb palm pine oak houseplant",
    "furniture":
    "chair table desk sofa couch bed shelf bookshelf bookcase cabinet wardrobe dresser stool bench armchair drawer "
    "cupboard nightstand recliner hammock ottoman crib lawn_chair rocking_chair",
    "household":
    "lamp clock mirror vase candle pillow blanket towel curtain carpet rug basket bucket broom mop brush soap box key "
    "door window umbrella bottle trash_can sponge comb toothbrush toothpaste razor iron picture_frame frame bowl jar "
    "plant_pot",
    "lighting": "lamp candle lantern flashlight light light_bulb bulb chandelier torch",
    "bedding": "pillow blanket sheet duvet quilt mattress comforter",
    "appliance":
    "refrigerator fridge oven microwave stove toaster blender mixer dishwasher washing_machine dryer vacuum_cleaner "
    "heater fan air_conditioner kettle coffee_maker freezer iron",
    "device": "phone telephone smartphone cellphone tablet laptop computer desktop monitor keyboard mouse printer scanner "
    "camera television tv radio speaker headphone earphone microphone projector router remote joystick console "
    "calculator watch smartwatch clock drone robot battery charger",
    "kitchen": "cup mug glass plate bowl fork spoon knife pot pan kettle teapot jar bottle spatula ladle whisk cutting_board "
    "tray chopstick wineglass tongs peeler",
    "utensil": "fork spoon knife spatula ladle whisk chopstick tongs peeler",
    "instrument": "guitar piano drum violin flute trumpet saxophone clarinet harp cello banjo ukulele accordion harmonica tuba "
    "trombone tambourine xylophone bell keyboard organ horn bass mandolin maraca triangle recorder",
    "clothing":
    "shirt t-shirt pant jean short skirt dress coat jacket sweater hoodie raincoat suit sock glove hat cap scarf tie "
    "vest blouse swimsuit uniform robe pajama belt mitten beanie",
    "footwear": "shoe boot sneaker sandal slipper heel sock",
    "accessory": "hat cap scarf glove tie belt bag handbag purse backpack wallet umbrella watch sunglass glass ring necklace "
    "bracelet earring suitcase crown brooch",
    "vehicle":
    "car bus truck van taxi bicycle bike motorcycle motorbike scooter train tram subway airplane plane jet helicopter "
    "boat ship sailboat yacht canoe submarine rocket tractor ambulance skateboard sled wagon",
    "stationery":
    "pen pencil marker crayon eraser ruler notebook notepad journal diary paper envelope stapler scissor paperclip "
    "folder glue tape sharpener highlighter chalk paintbrush calculator",
    "reading": "book notebook magazine newspaper journal diary comic novel dictionary newsletter",
    "tool": "hammer screwdriver wrench saw drill axe shovel rake ladder plier nail screw toolbox clamp pickaxe hoe knife "
    "scissor",
    "sports": "ball football basketball baseball soccer_ball tennis_ball volleyball golf_ball bat racket skateboard surfboard "
    "ski skate dumbbell trophy medal helmet frisbee",
    "toy": "toy doll teddy_bear puzzle kite balloon yo-yo block marble ball top robot",
    "sky_body": "sun moon star planet comet asteroid meteor galaxy earth mars",
    "weather": "sun sunshine rain snow cloud storm rainbow lightning thunder wind fog snowflake tornado raindrop",
    "building": "house castle lighthouse tower church temple school hospital barn hut skyscraper bridge windmill pyramid tent "
    "factory stadium cottage palace",
    "place": "garden park beach forest field farm island mountain desert playground yard lake river city village kitchen room",
    "shape": "circle triangle square rectangle star heart diamond oval hexagon pentagon cube sphere cone",
    "media": "movie film song game book video music painting newsletter",
    "artwork": "painting sculpture drawing portrait statue canvas mural sketch",
}  # fmt: skip
EATEN, LIVING = "food fruit vegetable sweet drink", "animal bird insect pet"
HOME = "household lighting bedding appliance furniture kitchen"
MADE = f"{HOME} device utensil instrument stationery tool toy accessory"


class Asked(NamedTuple):
    """What a word asks for: kinds that it names for sure, and kinds that it might name; `any` leaves that open."""

    fits: frozenset[str]
    might: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Whether the word might name anything."""
        return "any" in self.might


_ASKED: Mapping[str, tuple[str, str]] = {  # words of questions, parted by commas -> kinds for sure, kinds that it might name
    "animal,animals,creature": (LIVING, "toy"),
    "pet": ("pet", LIVING),
    "bird": ("bird", "animal pet food"),
    "insect,bug": ("insect", "animal"),
    "fruit": ("fruit", "vegetable food"),
    "vegetable": ("vegetable", "fruit food plant"),
    "food,food item,meal,dish": ("food fruit vegetable sweet", f"drink plant {LIVING} kitchen"),
    "snack,snack item": ("food fruit sweet", "drink vegetable plant animal"),
    "sweet,sweet item,dessert": ("sweet", "food fruit drink"),
    "drink,beverage": ("drink", "food fruit kitchen plant sweet"),
    "flower": ("flower", "plant"),
    "plant": ("plant flower fruit vegetable", "food"),
    "vehicle,means of transport": ("vehicle", "sports toy device animal"),
    "furniture,piece of furniture,furniture item": ("furniture lighting", f"{HOME} device instrument"),
    "musical instrument,musical item": ("instrument", "device media toy"),
    "instrument": ("instrument", f"{MADE} media"),
    "utensil": ("utensil kitchen", f"{MADE}"),
    "appliance": ("appliance lighting", f"{MADE}"),
    "device,gadget,electronic device,electronic item,electronic gadget": ("device appliance", f"{MADE} vehicle sports"),
    "audio device": ("device", f"{MADE}"),
    "accessory": ("accessory clothing footwear", "household device sports stationery"),
    "clothing,clothing item,garment,piece of clothing,apparel": ("clothing footwear", "accessory sports bedding"),
    "footwear": ("footwear", "clothing sports accessory"),
    "stationery,stationery item,stationer item": ("stationery", f"{MADE} reading artwork"),
    "reading item,reading material": ("reading", "any"),
    "celestial body,celestial object,heavenly body": ("sky_body", "weather shape"),
    "building": ("building", "place"),
    "area,place,location": ("place", "building plant flower sky_body household furniture kitchen vehicle"),
    "sports equipment,sports item": ("sports", "any"),
    "toy": ("toy", "any"),
    "tool": ("tool", "any"),
    "shape": ("shape", "any"),
    "structure": ("building", "any"),
    "weather scenario,weather": ("weather", "any"),
    "illuminating item": ("lighting sky_body", "any"),
    "bedding item": ("bedding", "any"),
    "entertainment format": ("media", "any"),
    "artwork form,artwork": ("artwork", "any"),
}  # fmt: skip

ASKED: Mapping[str, Asked] = {
    word: Asked(frozenset(fits.split()), frozenset(might.split()))
    for words, (fits, might) in _ASKED.items()
    for word in words.split(",")
}
ONE_OF = "|".join(sorted(ASKED, key=len, reverse=True))
NAMED = re.compile(  # what follows tells that the thing is asked for, and is not only spoken of: "in the animal kingdom"
    rf"\b(?:the|which|what|an?)\s+({ONE_OF})\s+(?:\w+ed|that|which|for|meant|shown|given|behind|corresponding|does|do|is)\b",
    re.IGNORECASE,
)

_GLYPHS = """
    clock alarm_clock wall_clock grandfather_clock watch wristwatch stopwatch smartwatch timer calendar keyboard typewriter
    calculator ruler tape_measure newspaper magazine newsletter dictionary comic poster billboard sign stop_sign street_sign
    traffic_sign road_sign banknote dollar_bill playing_card card postage_stamp ticket receipt letter alphabet number scoreboard
    license_plate remote remote_control cash_register speedometer phone_booth barcode passport crossword scrabble_tile
    computer_keyboard digital_clock pager map diploma certificate
"""
_ONE_PICTURE = """
    sun sunshine, journal diary, notebook notepad, bicycle bike, sofa couch settee, phone telephone smartphone cellphone,
    television tv, car automobile, airplane plane aeroplane, rabbit bunny hare, cup mug teacup, refrigerator fridge,
    motorcycle motorbike, burger hamburger, donut doughnut, crocodile alligator, turtle tortoise, rug carpet, flashlight torch,
    chalkboard blackboard, frog toad, bucket pail, tap faucet, stove cooker, cookie biscuit, eyeglasses glasses spectacles,
    backpack rucksack, pants trousers, sneaker trainer, boat ship
"""
GLYPHS = frozenset(word.replace("_", " ") for word in _GLYPHS.split())  # their pictures usually show letters, digits or signs
ONE_PICTURE = tuple(frozenset(words.split()) for words in _ONE_PICTURE.split(","))  # pictures that can hardly be told apart


@lru_cache(maxsize=4096)
def kinds_of(forms: frozenset[str]) -> frozenset[str]:
    """Return the kinds of an object by the forms of its name; none if it is not known."""
    found = {kind for form in forms for kind in _kinds().get(form, ())}
    for listed in filter(None, map(noun_of_word, sorted(forms))):
        name = listed.category
        while name:
            found.add(name)
            name = category(name).within
    return frozenset(found - {"object"})


def asked_kind(sentences: Iterable[str]) -> str | None:
    """Return the word for a kind of things that sentences ask for, or None where any object would do or several are asked for.

    >>> asked_kind(["Please draw the musical instrument represented by the letter A"])
    'musical instrument'
    >>> asked_kind(["Please draw the object that # means"]) is None
    True
    """
    found = {match.lower() for sentence in sentences for match in NAMED.findall(sentence)}
    return found.pop() if len(found) == 1 else None


def fits(word: str, forms: frozenset[str]) -> bool | None:
    """Return whether a word for a kind names an object; None where it might, or where the object is not known."""
    kinds, asked = kinds_of(forms), ASKED[word]
    if not kinds.isdisjoint(asked.fits) or word in forms or word in kinds:
        return True
    if not kinds or asked.is_open or not kinds.isdisjoint(asked.might):
        return None
    return False


def one_picture(first: frozenset[str], second: frozenset[str]) -> bool:
    """Return whether pictures of two objects, each given by its forms, can hardly be told apart."""
    return any(not first.isdisjoint(words) and not second.isdisjoint(words) for words in ONE_PICTURE)


@lru_cache
def _kinds() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for kind, words in KINDS.items():
        for word in words.split():
            found[word.replace("_", " ")] = (*found.get(word.replace("_", " "), ()), kind)
    return found
