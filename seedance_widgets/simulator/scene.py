"""What a prompt is a picture of: the place, the subject, the weather and the light.

No understanding, only tables of words. The point is that a prompt's clip is recognisably *about* the prompt,
that the same request gives the same clip, and that another seed gives another take of the same idea.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .drawing.palette import PALETTES, Palette, Rgb, colour_of, digest, palette_for


@dataclass(frozen=True)
class Scene:
    """One clip to draw: what a request asks for, in plain values.

    Attributes
    ----------
    prompt : str
        The words; may be empty.
    seed : int
        Decides the layout, the directions and the speeds.
    resolution, aspect_ratio : str
        As the API writes them; see `seedance_widgets.simulator.render.frame_size`.
    seconds : float
        How long the clip is.
    camera_fixed : bool
        Whether the background stands still.
    watermark : bool
        Whether the clip says in a corner that it was generated.
    audio : bool
        Whether it has a sound track.
    """

    prompt: str = ""
    seed: int = 0
    resolution: str = "480p"
    aspect_ratio: str = "16:9"
    seconds: float = 5.0
    camera_fixed: bool = False
    watermark: bool = False
    audio: bool = False


@dataclass(frozen=True)
class Idea:
    """What the words of a scene mean.

    Attributes
    ----------
    place : str
        The backdrop: one of `PLACES`, or ``silk``, ``ink``, ``orbs`` for the abstract ones.
    motif : str
        The subject, one of `MOTIFS`; empty when the place itself is the subject.
    weather : str
        ``rain``, ``snow``, ``fog`` or empty.
    palette : Palette
        The light.
    colour : Rgb or None
        The colour that the words give the subject.
    """

    place: str
    motif: str
    weather: str
    palette: Palette
    colour: Rgb | None


# subject: (its words, where it is at home, the light it suggests)
MOTIFS: dict[str, tuple[str, str, str]] = {
    "dragon": ("dragon dragons wyvern drake griffin", "mountains", "dusk"),
    "phoenix": ("phoenix phoenixes firebird", "mountains", "dusk"),
    "jellyfish": ("jellyfish jelly medusa octopus squid", "underwater", "ocean"),
    "whale": ("whale whales orca dolphin dolphins", "underwater", "ocean"),
    "fish": ("fish fishes goldfish koi salmon shark sharks turtle", "underwater", "ocean"),
    "butterfly": ("butterfly butterflies moth dragonfly", "field", "spring"),
    "rocket": ("rocket rockets spaceship spacecraft starship missile shuttle launch", "launchpad", "dusk"),
    "lighthouse": ("lighthouse beacon", "sea", "dusk"),
    "kite": ("kite kites", "hills", "golden"),
    "balloon": ("balloon balloons airship zeppelin blimp", "hills", "golden"),
    "boat": ("boat boats ship ships sailboat sailing yacht vessel canoe raft pirate", "sea", "golden"),
    "car": ("car cars driving truck automobile taxi bus vehicle train motorcycle", "city", "dusk"),
    "fox": ("fox foxes wolf wolves dog dogs puppy coyote husky", "hills", "autumn"),
    "cat": ("cat cats kitten kitty kittens tiger lion leopard panther", "hills", "dusk"),
    "horse": ("horse horses unicorn pony deer stag elk camel", "field", "golden"),
    "snail": ("snail snails", "field", "spring"),
    "robot": ("robot robots android mech cyborg droid machine", "city", "neon"),
    "flower": (
        "flower flowers sunflower sunflowers rose roses tulip tulips daisy poppy lotus",
        "field",
        "golden",
    ),
    "village": ("village villages town hamlet cottage cottages house houses hut huts church", "hills", "dusk"),
    "tree": ("tree oak willow bonsai maple sakura blossom blossoms", "hills", "golden"),
    "birds": ("bird birds crow crows raven seagull seagulls eagle hawk owl crane geese swan", "sea", "dusk"),
    "planet": ("planet planets saturn earth jupiter mars", "space", "space"),
    "dancer": (
        "dancer dancing dance ballerina ballet woman man girl boy person people child samurai astronaut "
        "warrior knight wizard",
        "hills",
        "dusk",
    ),
}

PLACES: dict[str, tuple[str, str]] = {
    "space": ("space galaxy nebula cosmos cosmic universe starfield orbit asteroid interstellar", "space"),
    "underwater": ("underwater coral reef deep abyss seabed aquarium", "ocean"),
    "city": (
        "city cityscape skyline street streets downtown tokyo skyscraper skyscrapers urban traffic",
        "dusk",
    ),
    "desert": ("desert dune dunes sahara sand canyon", "desert"),
    "forest": ("forest woods jungle woodland rainforest pine pines", "forest"),
    "mountains": ("mountain mountains peak peaks summit alps everest cliff cliffs volcano valley", "dusk"),
    "sea": ("sea ocean lake river bay harbor harbour coast beach water waves island shore pond", "day"),
    "field": ("field fields meadow grass prairie garden wheat farm", "golden"),
    "hills": ("hill hills countryside village landscape park snow snowy winter", "day"),
}

ABSTRACT = {
    "ink": "ink smoke swirl swirling swirls paint marble liquid fluid vortex",
    "silk": "silk ribbon ribbons wave flow flowing aurora fabric curves",
    "orbs": "orb orbs particles bubbles bokeh lights geometric shapes cells glow glowing",
}

WEATHER = {
    "rain": "rain rainy raining storm stormy thunderstorm drizzle monsoon downpour",
    "snow": "snow snowy snowing blizzard snowfall snowflakes",
    "fog": "fog foggy mist misty haze hazy",
}

# What cannot be where the words put it is shown at its own home instead.
_SWIMMERS = {"jellyfish", "whale", "fish"}
_GROUND = {"fox", "cat", "horse", "snail", "robot", "dancer", "tree", "flower", "car", "village"}


def read(scene: Scene) -> Idea:
    """What the prompt asks to see."""
    words = re.findall(r"[^\W\d_]+", scene.prompt.lower())
    motif = _first(words, ((name, keys) for name, (keys, _, _) in MOTIFS.items()))
    place = _first(words, ((name, keys) for name, (keys, _) in PLACES.items()))
    weather = _first(words, WEATHER.items())
    suggestion = MOTIFS[motif][2] if motif else PLACES[place][1] if place else ""
    place = _settle(motif, place, words)
    if place == "underwater":
        return Idea(place, motif, "", PALETTES["ocean"], colour_of(words))
    if place == "space":
        suggestion = "space"
    return Idea(place, motif, weather, palette_for(words, suggestion), colour_of(words))


def _settle(motif: str, place: str, words: Sequence[str]) -> str:
    """The place for a subject: where the words put it, if it can be there, else where it is at home."""
    if not motif and (not place or "abstract" in words):
        kinds = tuple(ABSTRACT)
        return _first(words, ABSTRACT.items()) or kinds[digest("abstract", *words) % len(kinds)]
    if not motif:
        return place
    home = MOTIFS[motif][1]
    if not place or motif in ("rocket", "planet") or (motif in _SWIMMERS and place != "underwater"):
        return home if motif != "rocket" or place != "space" else "space"
    if place in ("sea", "underwater") and motif in _GROUND:
        return home if place == "underwater" else "sea"
    return place


def _first(words: Sequence[str], table: Iterable[tuple[str, str]]) -> str:
    """The entry of the table whose keyword comes first in the words; empty when none does."""
    lookup = {keyword: name for name, keywords in table for keyword in keywords.split()}
    return next((lookup[word] for word in words if word in lookup), "")
