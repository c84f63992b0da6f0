"""Google's Veo over the Gemini API, as the adapter's docstring says; ``GoogleVideoEmulator`` is what Google's vendors
of clips have in common."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors import google_errors
from vendors.emulator import Fault, Seen
from vendors.video_tasks import Fields, VideoEmulator, decoded

TYPES = ("image/png", "image/jpeg", "image/webp")
PARAMETERS: dict[str, type] = {
    "aspectRatio": str,
    "durationSeconds": int,
    "resolution": str,
    "personGeneration": str,
    "negativePrompt": str,
    "numberOfVideos": int,
}


class GoogleVideoEmulator(VideoEmulator):
    """A key that is wrong is 400, and files need the key and then redirect to where it must not go."""

    probe_path = "/v1beta/models"
    file_path = "/storage/"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1beta/models", self._models),
            web.get("/v1beta/files/{name}:download", self._download),
            web.get("/storage/{name}", self._file),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        return google_errors.signed(seen.headers)

    def refusal(self, kind: str) -> Fault:
        return google_errors.refusal(kind)

    async def _models(self, request: web.Request) -> web.Response:
        return google_errors.models(request, self.model)

    async def _download(self, request: web.Request) -> web.Response:
        if not google_errors.signed(request.headers) or request.query.get("alt") != "media":
            return refused(403, "PERMISSION_DENIED", "You do not have permission to access the File.")
        raise web.HTTPFound(f"{self.url}/storage/{request.match_info['name']}.mp4")

    async def _file(self, request: web.Request) -> web.Response:
        assert "x-goog-api-key" not in request.headers, "the key went to the storage"
        return await super()._file(request)


class VeoVideoEmulator(GoogleVideoEmulator):
    model = "veo-3.1-generate-preview"
    takes = ((), ("first_frame",), ("first_frame", "last_frame"), ("character", "scene", "object"))
    refuses = (("mask",), ("last_frame",), ("first_frame", "scene"), ("scene",) * 4, ("video",))
    submit_path = ":predictLongRunning"
    look_path = "/operations/"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1beta/models/{model}:predictLongRunning", self._submit),
            web.get("/v1beta/models/{model}/operations/{task}", self._look),
            *super().routes(),
        ]

    def fields(self, seen: Seen) -> Fields:
        instance, parameters = seen.json["instances"][0], seen.json["parameters"]
        pictures = [
            (role, instance.get(name)) for role, name in (("first_frame", "image"), ("last_frame", "lastFrame"))
        ]
        pictures += [("", each["image"]) for each in instance.get("referenceImages", ())]
        return Fields(
            prompt=instance["prompt"],
            model=seen.path.rpartition("/")[2].partition(":")[0],
            ratio=parameters["aspectRatio"],
            seconds=parameters["durationSeconds"],
            pictures=tuple((role, _picture(image) or b"") for role, image in pictures if image),
        )

    async def _submit(self, request: web.Request) -> web.Response:
        if not google_errors.signed(request.headers):
            return web.json_response(google_errors.bad_key(), status=400)
        if request.match_info["model"] != self.model:
            return refused(404, "NOT_FOUND", f"models/{request.match_info['model']} is not found")
        body = await request.json()
        if wrong := _wrong(body):
            return google_errors.invalid(wrong)
        return web.json_response({"name": f"models/{self.model}/operations/{self.accept(body, 'mw4v').id}"})

    async def _look(self, request: web.Request) -> web.Response:
        if not google_errors.signed(request.headers):
            return web.json_response(google_errors.bad_key(), status=400)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return refused(404, "NOT_FOUND", "Requested entity was not found.")
        operation: dict[str, Any] = {"name": request.path.removeprefix("/v1beta/")}
        made: dict[str, Any] = {"@type": "type.googleapis.com/google.ai.generativelanguage.PredictLongRunningResponse"}
        match self.stage(task):
            case "done":
                uri = f"{self.url}/v1beta/files/{task.id}:download?alt=media"
                made["generateVideoResponse"] = {"generatedSamples": [{"video": {"uri": uri}}]}
            case "failed":
                operation["error"] = {"code": 13, "message": "Video generation failed due to an internal server issue."}
            case "moderated":
                made["generateVideoResponse"] = {
                    "raiMediaFilteredCount": 1,
                    "raiMediaFilteredReasons": ["Support 29310472"],
                }
            case "empty":
                made["generateVideoResponse"] = {}
            case _:
                return web.json_response(operation)
        return web.json_response(operation | {"done": True} | ({} if "error" in operation else {"response": made}))


def _picture(image: Any) -> bytes | None:
    if (
        not isinstance(image, dict)
        or set(image) != {"bytesBase64Encoded", "mimeType"}
        or image["mimeType"] not in TYPES
    ):
        return None
    return decoded(image["bytesBase64Encoded"])


def _wrong(body: dict[str, Any]) -> str:
    if set(body) != {"instances", "parameters"} or len(body["instances"]) != 1:
        return "instances and parameters are required"
    instance, parameters = body["instances"][0], body["parameters"]
    if unknown := set(instance) - {"prompt", "image", "lastFrame", "referenceImages"} | set(parameters) - set(
        PARAMETERS
    ):
        return f"{sorted(unknown)} isn't supported by this model"
    for name, value in parameters.items():
        if type(value) is not PARAMETERS[name]:
            return f"The value type for `{name}` needs to be a {PARAMETERS[name].__name__}"
    if parameters.get("aspectRatio", "16:9") not in ("16:9", "9:16"):
        return "aspectRatio is out of range"
    seconds, resolution = parameters.get("durationSeconds", 8), parameters.get("resolution", "720p")
    if seconds not in (4, 6, 8) or resolution not in ("720p", "1080p", "4k") or (resolution != "720p" and seconds != 8):
        return "durationSeconds or resolution is out of range"
    references = instance.get("referenceImages", [])
    if len(references) > 3 or any(each.get("referenceType") != "asset" for each in references):
        return "referenceImages are out of range"
    pictures = [instance[name] for name in ("image", "lastFrame") if name in instance]
    if not all(_picture(image) for image in [*pictures, *(each["image"] for each in references)]):
        return "`inlineData` isn't supported by this model"
    return "references and frames" if references and pictures else ""


def refused(status: int, name: str, message: str) -> web.Response:
    return web.json_response(google_errors.status(status, name, message), status=status)
