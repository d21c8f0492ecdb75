"""The section `stt` of the config."""

from typing import ClassVar

from daemon.engines.section import EngineSection


class SttOptions(EngineSection):
    """What turns speech into text."""

    kind: ClassVar[str] = "stt"
