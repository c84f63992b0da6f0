"""``manju``: the commands and their options.

Results go to standard output (the last line is the thing that was made), everything else to standard error.
Exit codes: 0 done, 1 failed, 2 wrong usage or input, 3 waits for you to decide about an order, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import Signature, signature
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from manju import __version__
from manju.domain.key import MOST
from manju.errors import InputError

UsageError: Any = typer.BadParameter.__base__
"""What the parser raises where a command line cannot be understood. typer has a parser of its own or uses click's,
depending on its version; this is the class in either."""

cli = typer.Typer(
    name="manju",
    help="漫剧: from one topic, script or brief to a finished film.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

Stage = Literal["script", "voice", "storyboard", "render", "publish"]
DATA = Annotated[
    Path | None,
    typer.Option("--data", help="Where projects, orders and the cache live. [env: MANJU_DATA]", show_default=False),
]
JSON = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output, for programs.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"manju {__version__}")
        raise typer.Exit


@cli.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Commands work offline, without a key, unless you configure models of a vendor."""


SOURCE = Annotated[
    str,
    typer.Argument(
        help="A topic in words, or a file: a script (.json, .fountain, .fdx, .docx, .md, .srt) or a text (.txt, .md). "
        "Words of a file are kept."
    ),
]
SECONDS = Annotated[int | None, typer.Option(min=5, max=3600, help="Length to aim at. [default: 60]")]
RATIO = Annotated[
    str | None, typer.Option(help="9:16, 16:9, 1:1, 2.39:1 or any other. [default: the platform's, else 9:16]")
]
FPS = Annotated[str | None, typer.Option(help="Frames a second: 24, 25, 30, 60, 30000/1001. [default: 30]")]
RESOLUTION = Annotated[
    str | None, typer.Option(help="540p, 720p, 1080p, 1440p, 2160p, or a size such as 1080x1920. [default: 1080p]")
]
STYLE = Annotated[str | None, typer.Option(help="How it is told and drawn, in words.")]
LANGUAGE = Annotated[Literal["zh", "en"] | None, typer.Option(help="[default: that of the source]")]
VOICE = Annotated[str | None, typer.Option(help="Narrator: female, male, or a voice of the speech model.")]
SPEED = Annotated[float | None, typer.Option(min=0.5, max=2.0, help="Speed of speech. [default: 1.0]")]
MUSIC = Annotated[str | None, typer.Option(help="A sound file of yours, a style in words, or none.")]
SUBTITLES = Annotated[
    Literal["burn", "files", "none"] | None, typer.Option(help="In the picture, only as files, or not at all.")
]
KARAOKE = Annotated[
    bool | None,
    typer.Option(
        "--karaoke/--no-karaoke", help="Subtitles light up word by word. [default: karaoke]", show_default=False
    ),
]
PROFILE = Annotated[
    Literal["draft", "standard", "high", "archive"] | None, typer.Option(help="Encoder: speed against quality.")
]
PLATFORM = Annotated[
    str | None,
    typer.Option(help="douyin, bilibili, youtube, xiaohongshu, kuaishou, shipinhao; several with commas."),
]
LABEL = Annotated[
    bool | None,
    typer.Option("--label/--no-label", help="The AI label in the picture. [default: label]", show_default=False),
]
LABEL_REASON = Annotated[str | None, typer.Option(help="Why --no-label: kept on record.")]
TEXT_MODEL = Annotated[str | None, typer.Option(help="Writes the script. [default: offline:outline]")]
IMAGE_MODEL = Annotated[str | None, typer.Option(help="Draws the pictures. [default: offline:sketch]")]
SPEECH_MODEL = Annotated[str | None, typer.Option(help="Speaks. [default: offline:espeak]")]
MUSIC_MODEL = Annotated[str | None, typer.Option(help="Composes. [default: offline:synth]")]
VIDEO_MODEL = Annotated[str | None, typer.Option(help="Films each shot. [default: none: stills with camera moves]")]
BUDGET = Annotated[str | None, typer.Option(help="Most that the model calls may cost, in CNY, e.g. 2.50.")]
REDO_PAID = Annotated[
    bool, typer.Option("--redo-paid", help="Buy anew what was paid for and is not what is asked for now.")
]
SEED = Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="Another seed, another film. [default: 0]")]


def film_options(
    source: SOURCE,
    seconds: SECONDS = None,
    ratio: RATIO = None,
    fps: FPS = None,
    resolution: RESOLUTION = None,
    style: STYLE = None,
    language: LANGUAGE = None,
    voice: VOICE = None,
    speed: SPEED = None,
    music: MUSIC = None,
    subtitles: SUBTITLES = None,
    karaoke: KARAOKE = None,
    profile: PROFILE = None,
    platform: PLATFORM = None,
    label: LABEL = None,
    label_reason: LABEL_REASON = None,
    text_model: TEXT_MODEL = None,
    image_model: IMAGE_MODEL = None,
    speech_model: SPEECH_MODEL = None,
    music_model: MUSIC_MODEL = None,
    video_model: VIDEO_MODEL = None,
    budget: BUDGET = None,
    seed: SEED = None,
) -> None:
    """The options that say what a film is to be, for every command that `asks` for one."""


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take `film_options` besides its own; they reach it by name, as its first argument."""
    shared = signature(film_options, eval_str=True).parameters
    _, *own = signature(command, eval_str=True).parameters.values()

    def asking(**given: Any) -> None:
        asked = {name: given.pop(name) for name in shared}
        command(asked, **given)

    asking.__name__, asking.__doc__ = command.__name__, command.__doc__
    vars(asking)["__signature__"] = Signature([*shared.values(), *own])
    return asking


@cli.command()
@asks
def make(
    asked: dict[str, Any],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the film. [default: films/<name>]")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on with it, changed by the options given; with nothing to go on from, start."
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Make a new film over the one in the folder.")] = False,
    redo_paid: REDO_PAID = False,
    stop_after: Annotated[Stage | None, typer.Option(help="Stop after this stage.")] = None,
    data: DATA = None,
    json: JSON = False,
) -> None:
    """Make a film from a topic, a JSON script, or a text. Prints the film's path."""
    from manju.cli import make as command

    command.run(
        asked,
        out=out,
        resume=resume,
        force=force,
        redo_paid=redo_paid,
        stop_after=stop_after or "publish",
        data=data,
        as_json=json,
    )


@cli.command()
def render(
    folder: Annotated[Path, typer.Argument(help="A film's folder.")],
    redo_paid: REDO_PAID = False,
    data: DATA = None,
    json: JSON = False,
) -> None:
    """Render a film's folder again after editing its screenplay.json, timeline.json or pictures. Prints its path."""
    from manju.cli import make as command

    command.render(folder, redo_paid=redo_paid, data=data, as_json=json)


@cli.command()
@asks
def estimate(asked: dict[str, Any], data: DATA = None, json: JSON = False) -> None:
    """Say what a film would need and cost, without making anything."""
    from manju.cli import estimate as command

    command.run(asked, data=data, as_json=json)


@cli.command()
def doctor(data: DATA = None, json: JSON = False) -> None:
    """Check this installation: encoder, fonts, voice, disk, database."""
    from manju.cli import doctor as command

    command.run(data=data, json=json)


def run() -> None:
    """Do what the command line says.

    Raises:
        InputError: it cannot be understood.
        Whatever else the command raises.
    """
    try:
        code = cli(prog_name="manju", standalone_mode=False)
    except UsageError as error:
        if not sys.argv[1:]:  # nothing was asked for: what it shows is the help
            error.show()
            sys.exit(error.exit_code)
        said = error.format_message().rstrip(".").replace("Value error, ", "").replace("Input should", "it should")
        place = error.ctx.command_path if error.ctx else " ".join(["manju", *sys.argv[1:2]])
        raise InputError(said[:1].lower() + said[1:], hint=f"See '{place} --help'.") from error
    if code:
        sys.exit(code)


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; every call needs a key on any.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8420,
    data: DATA = None,
) -> None:
    """Serve the API: models behind one address and one key. A fresh server prints its first key."""
    from manju.cli import serve as command

    command.run(host=host, port=port, data=data)


keys = typer.Typer(help="API keys.", no_args_is_help=True)
cli.add_typer(keys, name="keys")


@keys.command("create")
def keys_create(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    account: Annotated[str | None, typer.Option(help="Who pays. [default: a new account of this name]")] = None,
    credits: Annotated[str, typer.Option(help="Granted to the account, in CNY.")] = "0",
    models: Annotated[str | None, typer.Option(help="Models that it may use, with commas. [default: all]")] = None,
    requests_per_minute: Annotated[int | None, typer.Option(min=1, max=MOST, help="[default: no limit]")] = None,
    tasks: Annotated[int | None, typer.Option(min=1, max=MOST, help="Tasks in flight. [default: no limit]")] = None,
    budget: Annotated[str | None, typer.Option(help="Most that its orders may cost in all, in CNY.")] = None,
    day_budget: Annotated[str | None, typer.Option(help="Most that they may cost in a day (UTC), in CNY.")] = None,
    data: DATA = None,
    json: JSON = False,
) -> None:
    """Make a key. Prints it, this once."""
    from manju.cli import keys as command

    command.create(
        name,
        account=account,
        credits=credits,
        models=models,
        requests_per_minute=requests_per_minute,
        tasks=tasks,
        budget=budget,
        day_budget=day_budget,
        data=data,
        as_json=json,
    )


@keys.command("list")
def keys_list(data: DATA = None, json: JSON = False) -> None:
    """List the keys; a key itself is never shown again."""
    from manju.cli import keys as command

    command.show_all(data=data, as_json=json)


@keys.command("credit")
def keys_credit(
    account: Annotated[str, typer.Argument(help="Its id or name, or a key that it pays for.")],
    amount: Annotated[str, typer.Argument(help="In CNY, e.g. 50 or 2.50.")],
    data: DATA = None,
    json: JSON = False,
) -> None:
    """Grant an amount to an account. Prints what it has then."""
    from manju.cli import keys as command

    command.credit(account, amount, data=data, as_json=json)


@keys.command("revoke")
def keys_revoke(name: Annotated[str, typer.Argument(help="Its name or id.")], data: DATA = None) -> None:
    """Let a key work no more."""
    from manju.cli import keys as command

    command.revoke(name, data=data)


channels = typer.Typer(help="Upstream accounts that serve models (manju.toml).", no_args_is_help=True)
cli.add_typer(channels, name="channels")


@channels.command("list")
def channels_list(data: DATA = None, json: JSON = False) -> None:
    """List the channels, those asked first at the top."""
    from manju.cli import channels as command

    command.show_all(data=data, as_json=json)


@channels.command("test")
def channels_test(
    name: Annotated[str | None, typer.Argument(help="[default: all of them]")] = None,
    data: DATA = None,
    json: JSON = False,
) -> None:
    """Ask each channel something that costs nothing, with each of its keys."""
    from manju.cli import channels as command

    if not command.test(name, data=data, as_json=json):
        raise typer.Exit(1)


orders = typer.Typer(help="Orders whose outcome nobody knows: a person decides.", no_args_is_help=True)
cli.add_typer(orders, name="orders")
ORDER = Annotated[str, typer.Argument(help="The order's id, as in the list.")]


@orders.command("list")
def orders_list(data: DATA = None, json: JSON = False) -> None:
    """List the orders in doubt: sent, and the answer was lost."""
    from manju.cli import orders as command

    command.show_all(data=data, as_json=json)


@orders.command("found")
def orders_found(
    order: ORDER,
    upstream_id: Annotated[str | None, typer.Option("--id", help="The task's id at the vendor.")] = None,
    url: Annotated[str | None, typer.Option(help="The address of the file there.")] = None,
    data: DATA = None,
    json: JSON = False,
) -> None:
    """It was made: it is fetched, and nothing is bought."""
    from manju.cli import orders as command

    command.found(order, upstream_id=upstream_id, url=url, data=data, as_json=json)


@orders.command("buy-again")
def orders_buy_again(order: ORDER, data: DATA = None, json: JSON = False) -> None:
    """Let it be sent once more; the vendor may charge for both."""
    from manju.cli import orders as command

    command.buy_again(order, data=data, as_json=json)


@orders.command("release")
def orders_release(order: ORDER, data: DATA = None, json: JSON = False) -> None:
    """Give it up: what was held for it comes back."""
    from manju.cli import orders as command

    command.release(order, data=data, as_json=json)
