"""How Google says no: google.rpc.Status as JSON, with its details."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors.emulator import KEY, Fault

_DOMAIN = "generativelanguage.googleapis.com"


def status(code: int, name: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": name, "details": list(details)}}


def bad_key() -> dict[str, Any]:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
    }
    return status(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", info)


def refusal(kind: str) -> Fault:
    quota = "You exceeded your current quota, please check your plan and billing details."
    wait = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}
    empty = "Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing."
    sensitive = "The prompt could not be submitted. It contains sensitive words that violate Google's Responsible AI."
    code, body = {
        "auth": (400, bad_key()),
        "credit": (429, status(429, "RESOURCE_EXHAUSTED", empty)),
        "moderation": (400, status(400, "INVALID_ARGUMENT", sensitive)),
        "rate": (429, status(429, "RESOURCE_EXHAUSTED", quota, wait)),
        "busy": (503, status(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")),
    }[kind]
    return Fault("status", code, body)


def signed(headers: Any) -> bool:
    return bool(headers.get("x-goog-api-key") == KEY)


def models(request: web.Request, model: str) -> web.Response:
    if not signed(request.headers):
        return web.json_response(bad_key(), status=400)
    return web.json_response({"models": [{"name": f"models/{model}", "version": "1"}]})


def invalid(message: str) -> web.Response:
    return web.json_response(status(400, "INVALID_ARGUMENT", message), status=400)
