"""The offline text model: an outline writer with banks of words. No key, no network, same question, same answer.

`ask` reads what a chat asks for, `topic` the user's own words (genre, hero, kin, place, craft, goal), and `film` picks
the writer: `story` tells the plot of the genre (``banks/<language>/stories``, scenes written like a script, see
`playscript`), `explainer` a list or an explanation, `advert` an advertisement. Each makes beats; `telling` chooses
among their wordings so that speech fills the film's length, `staging` gives them pictures, `cast` people. `shapes` puts
the outline into the asked form; `direct` and `storyboards` dress words that are given.
"""
