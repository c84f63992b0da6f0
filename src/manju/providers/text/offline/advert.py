"""An advertisement: tease, reveal, detail, use, benefit, emotion, slogan, packshot."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from manju.providers.text.offline.bank import Words
from manju.providers.text.offline.cast import Casting
from manju.providers.text.offline.outline import Outline
from manju.providers.text.offline.phrase import capital, fill
from manju.providers.text.offline.staging import lead_setting, locations
from manju.providers.text.offline.story import style_prompt
from manju.providers.text.offline.telling import Beat, Pacing, sequence, stage, tell, used_places
from manju.providers.text.offline.topic import Topic


def write(
    topic: Topic, words: Words, count: int, pacing: Pacing, style: str, rng: Random, kinds: Sequence[str] = ()
) -> Outline:
    """An advertisement of ``count`` shots, or of exactly these ``kinds`` of beats."""
    form = words.advert
    product = form.products[topic.product]
    names = tuple(dict.fromkeys((product.setting, *topic.settings)))
    setting = lead_setting(names[:1], words)
    casting = Casting(words, rng)
    hero = casting.figure("hero", "model")
    order = list(kinds) or sequence(form, count)
    places = locations(names, words, max(1, min(4, len(order) // 2)))
    slots = {
        "product": topic.product_name, "theme": topic.theme, "title": topic.title, "topic": topic.title,
        "look": product.look, "use": product.use,
        "benefit": rng.choice(product.benefit), "feeling": rng.choice(product.feeling),
    }  # fmt: skip
    slots["slogan"] = topic.slogan or fill(rng.choice(form.slogans), slots)
    features, personas = list(product.feature), list(form.personas)
    rng.shuffle(features)
    rng.shuffle(personas)
    beats: list[Beat] = []
    at = seen = 0
    for index, kind in enumerate(order):
        plan = form.beat(kind)
        at += plan.move
        seen += kind in ("detail", "feel")
        name, point, see = features[max(0, seen - 1) % len(features)]
        place = places[at % len(places)]
        beats.append(
            Beat(
                plan,
                {
                    **slots,
                    "feature": name, "point": point, "see": see,
                    "persona": personas[index % len(personas)],
                    "benefit": product.benefit[index % len(product.benefit)] if plan.move else slots["benefit"],
                    "place": place.name, "mark": place.landmarks[index % len(place.landmarks)],
                },
                place,
            )
        )  # fmt: skip
    said, lengths = tell(beats, form, words, [hero], pacing, rng)
    shots = stage(beats, said, lengths, words, [hero], rng)
    return Outline(
        title=topic.title,
        logline=capital(fill(form.logline, slots)),
        language=words.language,
        style=style or setting.style,
        style_prompt=style_prompt(style, setting.style, setting.palette, words),
        music_style=setting.music,
        figures=(hero,),
        locations=used_places(shots, places),
        shots=shots,
    )
