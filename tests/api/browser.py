"""A real headless Chromium, spoken to over its DevTools protocol: pages are opened, clicked, typed into and looked at.

Debian's Chromium is used; where it is missing and this is root on a Debian, it is installed. There is no test without.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    *("--mute-audio", "--hide-scrollbars", "--remote-debugging-port=0"),
)
PATIENCE_S = 60.0
KEYS = {"Enter": ("Enter", 13, "\r"), "Tab": ("Tab", 9, ""), "Escape": ("Escape", 27, ""), "Space": ("Space", 32, " "),
        "ArrowRight": ("ArrowRight", 39, ""), "ArrowLeft": ("ArrowLeft", 37, "")}  # fmt: skip


def chromium() -> str:
    """The browser's program, installed if need be."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=True, **quiet)
    found = shutil.which("chromium")
    assert found, "these tests need Chromium: install it (Debian: apt-get install chromium)"
    return found


@dataclass
class Page:
    """One tab. ``said`` collects what the page complained of: exceptions, console errors, refused loads."""

    socket: aiohttp.ClientWebSocketResponse
    said: list[str] = field(default_factory=list)
    paused: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    """Requests that were stopped, see `pause`."""
    _numbers: Any = field(default_factory=itertools.count)
    _asked: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _loaded: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, method: str, **fields: Any) -> Any:
        """A command of the protocol."""
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": number, "method": method, "params": fields})
        async with asyncio.timeout(PATIENCE_S):
            return await answer

    async def listen(self) -> None:
        """Hear the browser until the socket closes."""
        async for message in self.socket:
            told = json.loads(message.data)
            if "id" in told:
                asked = self._asked.pop(told["id"])
                if asked.done():
                    continue  # given up
                if "error" in told:
                    asked.set_exception(AssertionError(told["error"]["message"]))
                else:
                    asked.set_result(told["result"])
            else:
                self._heard(told["method"], told["params"])

    def _heard(self, method: str, fields: dict[str, Any]) -> None:
        match method:
            case "Fetch.requestPaused":
                self.paused.put_nowait(fields)
            case "Page.loadEventFired":
                self._loaded.set()
            case "Runtime.exceptionThrown":
                details = fields["exceptionDetails"]
                self.said.append(details.get("exception", {}).get("description") or details["text"])
            case "Log.entryAdded" if fields["entry"]["level"] == "error":
                self.said.append(f"{fields['entry']['text']} {fields['entry'].get('url', '')}")

    async def open(self, url: str) -> None:
        """Go there, and wait until it has loaded."""
        self._loaded.clear()
        await self.send("Page.navigate", url=url)
        async with asyncio.timeout(PATIENCE_S):
            await self._loaded.wait()

    async def reload(self) -> None:
        """As a visitor does."""
        self._loaded.clear()
        await self.send("Page.reload")
        async with asyncio.timeout(PATIENCE_S):
            await self._loaded.wait()

    async def window(self, width: int, height: int, *, phone: bool = False) -> None:
        """The size of the window in CSS pixels."""
        scale = 2 if phone else 1
        await self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=phone
        )
        await self.send("Emulation.setTouchEmulationEnabled", enabled=phone)

    async def language(self, name: str) -> None:
        """What ``navigator.language`` says from the next page on."""
        agent = await self.run("navigator.userAgent")
        await self.send("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=name)

    async def run(self, script: str) -> Any:
        """The value of an expression; a promise is waited for."""
        told = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait until an expression is true."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await self.run(f"Boolean({script})"):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            text = await self.run("document.body.innerText")
            raise AssertionError(f"never: {script}\n{self.said}\n{text[:3000]}") from None

    async def click(self, selector: str) -> None:
        """Press the mouse button over an element."""
        script = f"""(() => {{ const one = document.querySelector({json.dumps(selector)});
            one.scrollIntoView({{block: "center", behavior: "instant"}});
            const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"""
        x, y = await self.run(script)
        for kind in ("mousePressed", "mouseReleased"):
            await self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def write(self, selector: str, text: str) -> None:
        """Replace the text of a field by typing."""
        await self.run(f"(() => {{ const one = document.querySelector({json.dumps(selector)}); one.focus();"
                       " one.select(); })()")  # fmt: skip
        await self.send("Input.insertText", text=text)

    async def press(self, key: str, *, modifiers: int = 0) -> None:
        """Press a key; ``modifiers``: 2 is Ctrl, 8 is Shift."""
        code, number, text = KEYS[key]
        name = " " if key == "Space" else code
        common = {"key": name, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers}
        typed = {"text": text} if text and not modifiers else {}
        await self.send("Input.dispatchKeyEvent", type="keyDown", **common, **typed)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    async def choose(self, selector: str, value: str) -> None:
        """Choose an option of a list."""
        await self.run(f"(() => {{ const one = document.querySelector({json.dumps(selector)});"
                       f" one.value = {json.dumps(value)}; one.dispatchEvent(new Event('change', {{bubbles: true}}));"
                       " })()")  # fmt: skip

    async def upload(self, selector: str, *paths: Path) -> None:
        """Pick files in a file field."""
        found = await self.send("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")
        node = found["result"]["objectId"]
        await self.send("DOM.setFileInputFiles", files=[str(path) for path in paths], objectId=node)

    async def pause(self, pattern: str) -> None:
        """Stop the answers to requests whose address fits (with ``*``) before the page hears them."""
        await self.send("Fetch.enable", patterns=[{"urlPattern": pattern, "requestStage": "Response"}])

    async def picture(self, path: Path, *, whole: bool = False) -> None:
        """A screenshot as PNG: of the window, or of the whole page."""
        shot = await self.send("Page.captureScreenshot", captureBeyondViewport=whole)
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))


@asynccontextmanager
async def opened(downloads: Path) -> AsyncIterator[Page]:
    """A fresh browser with one empty page; what is downloaded goes to the folder."""
    program = await asyncio.to_thread(chromium)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            program, *FLAGS, f"--user-data-dir={profile}", "about:blank", stdout=quiet, stderr=quiet
        )
        try:
            port = await _port(process, Path(profile) / "DevToolsActivePort")
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                    tab = next(each for each in await answer.json() if each["type"] == "page")
                async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    page = Page(socket)
                    listening = asyncio.create_task(page.listen())
                    for domain in ("Page", "Runtime", "Log"):
                        await page.send(f"{domain}.enable")
                    await page.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
                    yield page
                await listening
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _port(process: asyncio.subprocess.Process, file: Path) -> str:
    async with asyncio.timeout(PATIENCE_S):
        while not (file.exists() and (lines := file.read_text().splitlines())):  # noqa: ASYNC240
            assert process.returncode is None, "the browser ended"
            await asyncio.sleep(0.05)
    return lines[0]
