"""The script stage (脚本): topic, script file or story -> screenplay.

`read_source` understands what the user gave, `write` makes the screenplay of it, `check` is the quality gate. Words
that a person wrote are never changed; everything else may be written, measured and mended.
"""

from manju.pipeline.findings import Finding
from manju.pipeline.limits import Limits
from manju.pipeline.replies import ReplyError, whole
from manju.pipeline.script.build import Draft
from manju.pipeline.script.gate import check
from manju.pipeline.script.language import detect
from manju.pipeline.script.prompts import direct_request, ratio_of, write_request
from manju.pipeline.script.seed004 import to_script
from manju.pipeline.script.sources import read_draft, read_source
from manju.pipeline.script.stage import ScriptContext, review, write

__all__ = [
    "Draft",
    "Finding",
    "Limits",
    "ReplyError",
    "ScriptContext",
    "check",
    "detect",
    "direct_request",
    "ratio_of",
    "read_draft",
    "read_source",
    "review",
    "to_script",
    "whole",
    "write",
    "write_request",
]
