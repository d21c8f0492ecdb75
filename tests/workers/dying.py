"""A speech to text engine that takes its process with it each time it loads, as a damaged native library does."""

import os
import signal
from typing import ClassVar

from daemon.engines.stt import fake


class Engine(fake.Engine):
    requires: ClassVar[tuple[str, ...]] = ()

    def load(self):
        os.kill(os.getpid(), signal.SIGKILL)
