"""The desktop of the user, where there is one: a picture or clip is announced and opened there."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

SECONDS = 20.0
"""A viewer that does not let go of us after so long is left alone."""


def opener() -> str | None:
    """Return the program that opens a file on the desktop; None where there is no desktop."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return shutil.which("xdg-open")
    return None


def launch(path: str) -> None:
    """Open a file where there is a desktop, and do not wait for the viewer."""
    if program := opener():
        subprocess.Popen([program, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def show(path: Path, title: str) -> None:
    """Announce a file and open it. The arguments are our own words and our own path: nothing that was said."""
    if (program := opener()) is None:
        return
    if notifier := shutil.which("notify-send"):
        await _run(notifier, "--app-name=Kombain", f"--icon={path}", "--", title)
    await _run(program, str(path))


async def _run(*command: str) -> None:
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=nowhere, stdout=nowhere, stderr=nowhere)
        async with asyncio.timeout(SECONDS):
            await process.wait()
    except (TimeoutError, OSError):  # a desktop that is broken is none
        return
