"""The H.264 setting of each profile, and encoders opened with it.

Figures behind the settings: 600 frames of 1080p30, CPU seconds and VMAF, measured for the design (see
``benchmarks/README.md``). Segments are encoded apart and joined, so every setting is closed-GOP and ``stitchable``
and uses one thread: the same frames give the same bytes on any number of cores.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import PIL
from av.video.codeccontext import VideoCodecContext

from manju.domain.film import Profile
from manju.errors import MediaError

LIBRARIES = f"av {av.__version__} {av.library_versions['libavcodec']}, cv2 {cv2.__version__}, pillow {PIL.__version__}"
"""What shapes frames and packets besides our own code; part of every segment's key."""
BT709 = 1
"""Value of BT.709 in the primaries, transfer and matrix tables of ITU-T H.273, and PyAV's enumerators."""
LIMITED = 1
"""PyAV's enumerator of limited ("MPEG") range."""
CAP_BITS_PER_PIXEL = 0.30
"""Ceiling of the bit rate (VBV) per pixel a second: grainy pictures must not double a film's size.
1080p30 gets 18.7 Mbit/s at most."""


LARGE = 5_000_000
"""Pixels from which a frame (2160p) is so large that memory is saved where it can be."""
LARGE_CHANGES = "rc-lookahead=2:bframes=2:b-pyramid=0"
"""For such frames: each one that x264 looks ahead takes 20 MB an encoder, one that it refers to 45 MB. Against
``rc-lookahead=4`` alone this takes 135 MB less; the size is the same, within 1 %."""


@dataclass(frozen=True, slots=True)
class Setting:
    """An x264 preset with its quality and what is changed in the preset."""

    preset: str
    crf: int
    changes: str = ""


SUPERFAST_PLUS = "mbtree=1:rc-lookahead=10:weightp=1:trellis=1"
"""On top of ``superfast``: the quality of ``medium`` (VMAF 95.1) for a quarter of its CPU time."""

SETTINGS: dict[Profile, Setting] = {
    "draft": Setting("superfast", 25, SUPERFAST_PLUS),
    "standard": Setting("superfast", 21, SUPERFAST_PLUS),
    "high": Setting("veryfast", 20, "trellis=1"),
    "archive": Setting("medium", 20),
}


MACROBLOCK = 16
LEVELS = (
    ("3.0", 1620, 40_500),
    ("3.1", 3600, 108_000),
    ("4.0", 8192, 245_760),
    ("4.2", 8704, 522_240),
    ("5.0", 22_080, 589_824),
    ("5.1", 36_864, 983_040),
    ("5.2", 36_864, 2_073_600),
    ("6.0", 139_264, 4_177_920),
    ("6.2", 139_264, 16_711_680),
)
"""H.264 levels: name, most macroblocks a frame and a second (ITU-T H.264, Table A-1)."""


@dataclass(frozen=True, slots=True)
class Format:
    """Size in even pixels, exact rate and encoder profile of a film."""

    width: int
    height: int
    rate: Fraction
    profile: Profile = "standard"

    @property
    def cap(self) -> int:
        """Most kilobits a second that a segment may take."""
        return max(1000, int(self.width * self.height * self.rate * Fraction(CAP_BITS_PER_PIXEL) / 1000))

    @property
    def level(self) -> str:
        """Lowest H.264 level for this size and rate. Set, not found by x264, so that every segment says the same."""
        blocks = -(-self.width // MACROBLOCK) * -(-self.height // MACROBLOCK)
        fitting = (name for name, most, rate in LEVELS if blocks <= most and blocks * self.rate <= rate)
        return next(fitting, LEVELS[-1][0])

    def options(self, *, capped: bool = False) -> dict[str, str]:
        """Options for libx264, in the form that FFmpeg takes. ``capped`` holds the bit rate under `cap`; it costs a
        tenth of the time, so only segments that need it are encoded so."""
        setting = SETTINGS[self.profile]
        second = max(1, round(self.rate))
        parts = [
            f"stitchable=1:keyint={5 * second}:min-keyint={max(1, second // 2)}:open-gop=0:threads=1",
            "colorprim=bt709:transfer=bt709:colormatrix=bt709",
            f"level={self.level}",
            f"vbv-maxrate={self.cap}:vbv-bufsize={2 * self.cap}" if capped else "",
            setting.changes,
            LARGE_CHANGES if self.width * self.height > LARGE else "",
            _instructions(self.width),
        ]
        return {
            "preset": setting.preset,
            "crf": str(setting.crf),
            "x264-params": ":".join(part for part in parts if part),
        }


WITHOUT_AVX512 = "asm=MMX2,SSE2,SSE2Fast,LZCNT,SSSE3,SSE4.2,AVX,FMA3,BMI1,BMI2,AVX2"
"""x264's names of everything that a processor with AVX-512 has besides."""
AVX512 = 13
"""OpenCV's number of the feature AVX-512 Foundation (``CV_CPU_AVX_512F`` in its core/cvdef.h)."""
LANES = 8


def _instructions(width: int) -> str:
    """The same film must be the same bytes. x264's AVX-512 code for macroblock trees (core 165) reads old memory where
    a row is not a whole number of vectors of 8 macroblocks: with glibc's ``MALLOC_PERTURB_`` the encodes of the same
    frames differ at widths 192, 320, 720 and 1080 and agree at 128, 256, 640, 1280, 1920 and 2560; without AVX-512
    they agree at all of them. Leaving it out costs about a tenth of the encoder's time."""
    whole = -(-width // MACROBLOCK) % LANES == 0
    return "" if whole or not cv2.checkHardwareSupport(AVX512) else WITHOUT_AVX512


def configure(context: VideoCodecContext, form: Format, *, capped: bool = False) -> None:
    """Set size, rate, colours (BT.709, limited range) and options on a fresh libx264 context."""
    context.width, context.height, context.pix_fmt = form.width, form.height, "yuv420p"
    context.time_base = 1 / form.rate
    context.framerate = form.rate
    context.color_range, context.colorspace = LIMITED, BT709
    context.color_primaries, context.color_trc = BT709, BT709
    context.options = form.options(capped=capped)
    context.flags |= int(av.codec.context.Flags.global_header)


def open_encoder(form: Format, *, capped: bool = False) -> VideoCodecContext:
    """An opened encoder whose packets are Annex B and whose ``extradata`` holds SPS and PPS."""
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, VideoCodecContext)
    configure(context, form, capped=capped)
    context.open()
    return context


def describe() -> str:
    """Open an encoder and say which it is.

    Raises:
        MediaError: this PyAV has no libx264.
    """
    try:
        open_encoder(Format(128, 128, Fraction(30)))
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(f"H.264 cannot be encoded: {error}", hint="Reinstall PyAV: pip install av.") from error
    return f"libx264 in PyAV {av.__version__}"
