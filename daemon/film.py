"""Frames become a clip that plays everywhere: H.264 in MP4, or VP9 in WebM, with a poster beside it.

The ending of the file chooses: `.mp4` has its index at the front, so that it plays while it loads. Colours are BT.709,
and say so: players guess by the size where nothing is said.
"""

import json
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import Field

from daemon.engines.base import Options
from daemon.errors import EngineError

MIMES = {".mp4": "video/mp4", ".webm": "video/webm"}
POSTER = ".poster.jpg"
CODECS: dict[str, tuple[str, dict[str, str]]] = {
    ".mp4": ("libx264", {"preset": "superfast", "profile": "high"}),
    ".webm": ("libvpx-vp9", {"deadline": "good", "cpu-used": "5", "row-mt": "1", "b": "0"}),
}
CONTAINERS = {".mp4": {"movflags": "+faststart"}, ".webm": {}}
VP9_CRF = 11
"""VP9's quality goes from 0 to 63: at this much above H.264's number the error is about the same."""
LONGEST_TITLE = 1000
BT709 = 1
"""Of colour space, primaries and transfer alike (ITU-T H.273)."""

Frame = Any
"""A PIL image, an RGB array (height, width, 3) of uint8 or of floats from 0 to 1, or a function that gives one."""


class FilmOptions(Options):
    """What can be set about the file of every engine that films."""

    crf: int = Field(20, ge=1, le=51, description="Quality of the file: 1 is the best, 51 the worst.")


def write(
    frames: Iterable[Frame], path: Path, fps: float, meta: dict[str, Any], *, crf: int = 20, poster: int = 0
) -> dict[str, Any]:
    """Write the clip at `path`, and frame number `poster` beside it; return `meta` with width, height, fps and seconds.

    A frame is finished and encoded in a thread while the next one is made. The first frame says how large the clip is;
    odd sizes grow by a row or a column. Tags: `title` is the prompt, `comment` is `meta` as JSON. On any error nothing
    is left behind. Raises EngineError `making.no_frames`, OSError, and whatever `frames` raises.
    """
    import av

    beside = path.with_name(path.stem + POSTER)
    options = CONTAINERS[path.suffix]
    try:
        with av.open(str(path), "w", format=path.suffix[1:], options=options) as container:
            container.metadata["title"] = str(meta["prompt"])[:LONGEST_TITLE]
            container.metadata["comment"] = json.dumps(meta, ensure_ascii=False, default=str)
            reel = _Reel(container, path.suffix, Fraction(fps).limit_denominator(1001), crf)
            count = _expose(frames, reel, poster, beside)
            reel.end()
    except BaseException:
        path.unlink(missing_ok=True)
        beside.unlink(missing_ok=True)
        raise
    return meta | {"width": reel.width, "height": reel.height, "fps": fps, "seconds": count / fps}


def _expose(frames: Iterable[Frame], reel: "_Reel", poster: int, beside: Path) -> int:
    """Put every frame on the reel, each while the next is made, and one on the poster; return how many there were."""
    count = 0
    ready: Future[Any] | None = None
    with ThreadPoolExecutor(1, "encoder") as encoder:
        for frame in frames:
            before, ready = ready, encoder.submit(reel.add, frame, beside if count == poster else None)
            count += 1
            if before is not None:
                before.result()
        if ready is None:
            raise EngineError("making.no_frames")
        ready.result()
    return count


class _Reel:
    """The one stream of a container; it begins with the first frame."""

    def __init__(self, container: Any, suffix: str, fps: Fraction, crf: int) -> None:
        self._container = container
        self._suffix, self._fps = suffix, fps
        self._crf = crf + VP9_CRF if suffix == ".webm" else crf
        self._stream: Any = None
        self.width = self.height = 0

    def add(self, frame: Frame, poster: Path | None) -> None:
        """Finish, even out and encode a frame; write it to `poster` too, where there is one."""
        import av

        picture = _rgb(frame() if callable(frame) else frame)
        if self._stream is None:
            self.height, self.width = picture.shape[:2]
            self._begin()
        if poster is not None:
            _save(picture, poster)
        image: Any = av.VideoFrame.from_ndarray(picture, format="rgb24")
        self._container.mux(self._stream.encode(image.reformat(format="yuv420p", dst_colorspace="ITU709")))

    def end(self) -> None:
        """Write what the encoder has held back."""
        self._container.mux(self._stream.encode())

    def _begin(self) -> None:
        codec, options = CODECS[self._suffix]
        self._stream = stream = self._container.add_stream(codec, rate=self._fps)
        stream.width, stream.height, stream.pix_fmt = self.width, self.height, "yuv420p"
        stream.options = options | {"crf": str(self._crf)}
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = context.color_range = BT709


def _rgb(frame: Any) -> Any:
    """Return a frame as an array of uint8 with even sides."""
    import numpy as np

    picture = np.asarray(frame.convert("RGB") if hasattr(frame, "convert") else frame)
    if picture.dtype != np.uint8:
        picture = (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        picture = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(picture)


def _save(picture: Any, path: Path) -> None:
    from PIL import Image

    Image.fromarray(picture).save(path, "JPEG", quality=88)
