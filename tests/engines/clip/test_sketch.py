"""The sketch engine for clips: a file that plays anywhere."""

from pathlib import Path

import av
import pytest

from daemon.engines.clip.sketch import Engine, Settings


@pytest.mark.slow
def test_the_clip_is_h264_in_mp4_with_its_prompt(tmp_path: Path) -> None:
    engine = Engine(Settings(side=160, seconds=1.5, fps=16), models=tmp_path)
    engine.load()
    out = tmp_path / "out.mp4"
    engine.make({"prompt": "лодка в море", "language": "ru", "seed": 9}, out, lambda _share: None)
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.codec_context.width, stream.codec_context.height) == (160, 160)
        assert float(stream.average_rate) == 16
        assert container.duration == 1_500_000
        assert container.metadata["title"] == "лодка в море"
        assert "9" in container.metadata["comment"]
    head = out.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")
