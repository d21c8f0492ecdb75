"""Pictures made elsewhere: by OpenAI, or by a server that speaks its Images API. Never chosen unless it is named."""

import secrets
import time
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin

from daemon.engines import base
from daemon.engines.base import Made, Step
from daemon.engines.picture.openai_images import answering, asking, picture
from daemon.engines.picture.openai_images.allowance import FILE, Allowance
from daemon.engines.picture.openai_images.answering import Answer
from daemon.engines.picture.openai_images.options import Settings
from daemon.errors import EngineError
from daemon.remote import key
from daemon.remote.exchange import LOOK_S, Asked, Reply, exchange
from daemon.remote.place import Place, place
from daemon.scene.parse import clean

MOST = 64 << 20
"""Bytes of a reply, and of a picture."""
FIRST_S, TRIES = 2.0, 4
"""A server that fails (5xx) is asked again after 2, 4, 8 s; a reply that was cut is not: it may have been paid."""
GUESS_S = 30.0
PERHAPS_PAID = {"remote.cut", "remote.slow", "remote.too_large"}
"""What goes wrong after the server may have begun."""


class Engine:
    """Asks a server for one picture at a time."""

    Options: ClassVar[type[base.Options]] = Settings
    requires: ClassVar[tuple[str, ...]] = ("python:PIL",)
    memory_mb: ClassVar[int] = 300
    suffix: ClassVar[str] = ".png"
    sketch: ClassVar[bool] = False
    rough: ClassVar[bool] = True
    remote: ClassVar[bool] = True
    needs_image: bool = False
    reads: tuple[str, ...] = ()

    def __init__(self, options: Settings, *, models: Path) -> None:
        self._options = options
        self._state = models.parent

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:  # noqa: ARG003 - the protocol gives it
        """Return "images_api.no_key" when OpenAI is asked without a key."""
        return "images_api.no_key" if options.costs and options.key_file is None else None

    @property
    def host(self) -> str:
        """Who makes the pictures."""
        return self._options.place.host

    def load(self) -> None:
        """Look whether it could ask. Raises EngineError `images_api.no_key`, `remote.key_file`, `.key`, `.address`."""
        import PIL.Image

        PIL.Image.preinit()
        if code := self.missing(self._options, models=self._state):
            raise EngineError(code)
        key.read(self._options.key_file)
        self._options.place  # noqa: B018 - an address that is none is told now

    def estimate(self, request: dict[str, Any]) -> float:  # noqa: ARG002 - the protocol gives it
        """Return a guess: nobody knows how busy the server is."""
        return min(GUESS_S, self._options.timeout)

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Ask for `prompt`, or for `image` changed by it.

        Raises EngineError `scene.empty_prompt`, `images_api.*`, `remote.*`; OSError; Cancelled from `step`.
        """
        step(0.0)
        prompt = clean(str(request["prompt"]))
        if not path.parent.is_dir():  # before it is paid for
            raise FileNotFoundError(2, "No such file or directory", str(path.parent))
        asked = asking.fields(
            self._options.model, prompt, asking.size_of(request, self._options.size), self._options.quality
        )
        start = picture.start(Path(request["image"])) if request.get("image") else b""
        with_key = key.read(self._options.key_file)
        asking_it = _Asking(self._options, with_key, step)
        answer, near = asking_it.paid(Allowance(self._state / FILE, self.host, self._options.per_day), asked, start)
        step(0.9)
        image = picture.opened(answer.data or asking_it.fetched(answer.address, near=near), self.host)
        step(0.95)
        meta = self._meta(request, prompt, answer, image.size)
        picture.write(image, path, meta)
        step(1.0)
        return Made("image/png", meta)

    def _meta(self, request: dict[str, Any], prompt: str, answer: Answer, size: tuple[int, int]) -> dict[str, Any]:
        """Return what is to be known; the API takes no seed, so there is none to tell."""
        unused = ("seed", "negative", "strength", "steps", "guidance")
        return {
            "prompt": prompt,
            "language": request.get("language"),
            "seed": None,
            "ignored": [name for name in unused if request.get(name) is not None],
            "engine": "openai_images",
            "model": self._options.model,
            "host": self.host,
            "width": size[0],
            "height": size[1],
            "missing": [],
            "things": [],
            "revised_prompt": key.without(answer.revised, "", 4000),
            "usage": answer.usage,
        }


class _Asking:
    """The asking for one picture, within one time limit."""

    def __init__(self, options: Settings, with_key: str, step: Step) -> None:
        self._options, self._key, self._step = options, with_key, step
        self._place = options.place
        self._began = time.monotonic()
        self._deadline = self._began + options.timeout

    def paid(self, allowance: Allowance, asked: dict[str, str], start: bytes) -> tuple[Answer, bool]:
        """Count it, and ask; what the server clearly refused is not counted. Return also whether it is near."""
        allowance.take()
        try:
            reply = self._answered(asked, start)
        except EngineError as error:
            if error.code not in PERHAPS_PAID:
                allowance.give_back()
            raise
        return answering.answer(reply, self._place.host), reply.near

    def fetched(self, address: str, *, near: bool) -> bytes:
        """Fetch a picture by its address. Raises EngineError `images_api.elsewhere`, and what a server may do wrong.

        Only from the server itself, or by https from a host of `image_hosts`, which must not be a machine in our
        network unless the server is one: else a server could make us ask machines that it can't reach.
        """
        place_of = self._resolved(address)
        own = place_of.same_server(self._place)
        if not own and not (place_of.secure and place_of.host in self._options.image_hosts):
            raise EngineError("images_api.elsewhere", host=self._place.host, other=place_of.host)
        reach = place_of.reach if own or near else "public"
        headers = key.headers(self._key) if own else {}
        reply = self._exchange(Asked("GET", place_of, "", headers, reach=reach, ca=self._options.ca if own else None))
        if reply.status != 200 or not reply.kind.startswith(("image/", "application/octet-stream")):  # noqa: PLR2004
            raise EngineError("images_api.no_picture", host=place_of.host)
        return reply.body

    def _resolved(self, address: str) -> Place:
        try:
            return place(urljoin(f"{self._options.base_url}/", address))
        except ValueError as error:
            raise EngineError("remote.address", address=address[:200]) from error

    def _answered(self, asked: dict[str, str], start: bytes) -> Reply:
        """Ask, again where the server fails, and once more without what it complains of."""
        fields, image, amended, tries = dict(asked), asking.IMAGE if start else "", False, 0
        while True:
            reply = self._exchange(self._request(fields, image, start))
            if reply.status == 200:  # noqa: PLR2004
                return reply
            why = answering.complaint(reply, self._key)
            tries += 1
            doubtful = asking.complained(fields, image, why.param, why.message) if reply.status in {400, 422} else None
            if doubtful and not amended:
                amended = True
                fields.pop(doubtful, None)
                image = asking.IMAGES if doubtful == image else image
            elif reply.status not in answering.AGAIN or tries >= TRIES or not self._waited(FIRST_S * 2 ** (tries - 1)):
                raise answering.refusal(reply, why, self._options)

    def _request(self, fields: dict[str, str], image: str, start: bytes) -> Asked:
        body = asking.form(fields, image, start, f"kombain{secrets.token_hex(16)}") if start else asking.plain(fields)
        path = "/images/edits" if start else "/images/generations"
        headers = {"Content-Type": body.kind, "Accept": "application/json", **key.headers(self._key)}
        reach = self._place.reach
        return Asked("POST", self._place, path, headers, body.data, reach=reach, ca=self._options.ca)

    def _exchange(self, asked: Asked) -> Reply:
        self._look()
        return exchange(asked, most=MOST, deadline=self._deadline, watch=self._look)

    def _look(self) -> None:
        """Report how far it may be; raises Cancelled."""
        self._step(min(0.85, 0.02 + (time.monotonic() - self._began) / GUESS_S))

    def _waited(self, seconds: float) -> bool:
        """Wait and say that there is time for another try."""
        end = time.monotonic() + seconds
        if end >= self._deadline:
            return False
        while (left := end - time.monotonic()) > 0:
            self._look()
            time.sleep(min(left, LOOK_S))
        return True
