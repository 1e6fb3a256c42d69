"""A headless Chromium, driven by its own DevTools protocol over a loopback socket."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

NAME: Final = "chromium"
_FLAGS: Final = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
_START_S: Final = 60.0
_WAIT_S: Final = 20.0
_PACE_S: Final = 0.02


def binary() -> str | None:
    """Where the browser is; None where there is none."""
    return shutil.which(NAME)


class Tab:
    """One page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._number, self._session = socket, 0, ""

    async def begin(self) -> None:
        """Open the page."""
        made = await self.call("Target.createTarget", url="about:blank")
        found = await self.call("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._session = str(found["sessionId"])
        await self.call("Page.enable")

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call the protocol; what happens meanwhile is nobody's business."""
        self._number += 1
        asked: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        await self._socket.send_json(asked)
        while True:
            said = json.loads((await self._socket.receive(_WAIT_S)).data)
            if said.get("id") == self._number:
                assert "error" not in said, said
                return dict(said["result"])

    async def look(self, expression: str) -> Any:
        """What an expression is on the page as it is now; a promise is waited for."""
        found = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    async def go(self, address: str) -> None:
        """Open an address, as by typing it."""
        said = await self.call("Page.navigate", url=address)
        assert not said.get("errorText"), said
        await self._settled(lambda now: now == address)

    async def fill(self, **fields: str) -> None:
        """Fill in the form, as by hand: the page is told of every field."""
        for name, text in fields.items():
            await self.look(
                f"(f => {{ f.focus(); f.value = {json.dumps(text)};"
                " f.dispatchEvent(new Event('input', {bubbles: true})); })"
                f"(document.querySelector({json.dumps(f'main [name={name}]')}))"
            )

    async def click(self, selector: str) -> None:
        """Press what is there with the mouse; it must be seen."""
        x, y = await self.look(
            f"(e => {{ e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })"
            f"(document.querySelector({json.dumps(selector)}))"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    async def press(self, selector: str) -> str:
        """Press a button that brings another page; its heading."""
        await self.look("void (document.documentElement.dataset.old = '1')")
        await self.click(selector)
        await self._settled(lambda _now: True)
        return await self.title()

    async def title(self) -> str:
        """The page's heading."""
        return str(await self.look("document.querySelector('h1').textContent"))

    async def picture(self, width: int, *, dark: bool, media: str = "") -> bytes:
        """The whole page as PNG."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        shot = await self.call("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    async def _settled(self, right: Callable[[str], bool]) -> None:
        """Wait until another page is there, whole."""
        state = "[document.readyState, location.href, document.documentElement.dataset.old || '']"
        for _ in range(int(_WAIT_S / _PACE_S)):
            try:
                ready, where, old = await self.look(state)
            except AssertionError:  # the page went away under the question
                continue
            if ready == "complete" and not old and right(where):
                return
            await asyncio.sleep(_PACE_S)
        raise AssertionError("no page came")


@asynccontextmanager
async def browsing(folder: Path) -> AsyncIterator[Tab]:
    """A page of a fresh browser, which ends with the block.

    Args:
        folder: an empty one, for all that the browser keeps.
    """
    found = binary()
    assert found
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        found, *_FLAGS, f"--user-data-dir={folder}", "about:blank",
        stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True,
    )  # fmt: skip
    try:
        where = await _listening(folder, process)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(where, max_msg_size=0) as socket,
        ):
            tab = Tab(socket)
            await tab.begin()
            yield tab
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # it has children of its own
        await process.wait()


async def _listening(folder: Path, process: asyncio.subprocess.Process) -> str:
    """The address the browser writes down once it listens."""
    note = folder / "DevToolsActivePort"
    for _ in range(int(_START_S / _PACE_S)):
        lines = note.read_text().split() if note.is_file() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        assert process.returncode is None, "the browser ended"
        await asyncio.sleep(_PACE_S)
    raise AssertionError("the browser did not start")
