"""A sound card without hardware: a private PulseAudio with a virtual microphone and a virtual speaker.

`with sound_card() as card:` sets the environment so that PortAudio's default devices, in this process's children, are
the virtual ones, and puts it back at the end. Nothing of the machine's own sound is touched.
"""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

SPEAKER_RATE = 48_000
MICROPHONE_RATE = 16_000

# norewinds: without it audio comes in cut blocks of 2 s. The microphone is a remapped source because some programs
# hide monitors.
SCRIPT = f"""\
load-module module-native-protocol-unix socket={{run}}/native auth-anonymous=1
load-module module-null-sink sink_name=microphone rate={MICROPHONE_RATE} channels=1 channel_map=mono norewinds=1
load-module module-null-sink sink_name=speaker rate={SPEAKER_RATE} channels=1 channel_map=mono norewinds=1
set-default-sink speaker
load-module module-remap-source master=microphone.monitor source_name=ear channels=1 channel_map=mono
set-default-source ear
"""

ALSA = """\
</usr/share/alsa/alsa.conf>
pcm.!default {{ type pulse server "unix:{run}/native" hint {{ show on description "virtual" }} }}
ctl.!default {{ type pulse server "unix:{run}/native" }}
"""


class SoundCard:
    """A running virtual sound card; `speak` into its microphone, `record` what its speaker plays."""

    def __init__(self, folder: Path) -> None:
        self.run = folder / "run"
        self.run.mkdir(mode=0o700)
        (folder / "home").mkdir()
        self.environment = {
            "PULSE_SERVER": f"unix:{self.run}/native",
            "PULSE_RUNTIME_PATH": str(self.run),
            "PULSE_COOKIE": str(self.run / "cookie"),
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(self.run),
            "DBUS_SESSION_BUS_ADDRESS": "",
        }
        self._script = folder / "card.pa"
        self._script.write_text(SCRIPT.format(run=self.run))
        (folder / "asound.conf").write_text(ALSA.format(run=self.run))
        self._log = folder / "pulse.log"
        self._server: subprocess.Popen[bytes] | None = None

    def _env(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    def start(self) -> None:
        """Start the server and wait until it answers; a start that fails is tried once more."""
        for left in (1, 0):
            self._server = subprocess.Popen(
                ["pulseaudio", "-n", "-F", str(self._script), "--daemonize=no", "--use-pid-file=no",
                 "--exit-idle-time=-1", "--disallow-exit", "--realtime=no", "--high-priority=no",
                 "--disable-shm=yes", f"--log-target=newfile:{self._log}"],
                env=self._env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            if self._answers():
                return
            self.stop()
            if not left:
                logs = "".join(path.read_text() for path in self._log.parent.glob("pulse.log*"))
                raise RuntimeError(f"PulseAudio does not start: {logs}")

    def _answers(self, seconds: float = 10) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._server is not None and self._server.poll() is None:
            info = subprocess.run(["pactl", "info"], env=self._env(), capture_output=True, text=True, check=False)
            if "Default Source: ear" in info.stdout:
                return True
            time.sleep(0.02)
        return False

    def stop(self) -> None:
        """Stop the server at once: for those who play at this moment, the sound card is lost."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
        with contextlib.suppress(FileNotFoundError):
            (self.run / "native").unlink()

    def freeze(self) -> None:
        """Let the server hang, as a sound card's driver may."""
        if self._server is not None:
            self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._server is not None:
            self._server.send_signal(signal.SIGCONT)

    def speak(self, wav: Path) -> subprocess.Popen[bytes]:
        """Begin to play a WAV file into the microphone; `wait()` on the result for its end."""
        return subprocess.Popen(["paplay", "--device=microphone", str(wav)], env=self._env())

    @contextlib.contextmanager
    def record(self) -> Iterator["Recording"]:
        """Record what the speaker plays, from now on to the end of the block."""
        command = ["parec", "--device=speaker.monitor", f"--rate={SPEAKER_RATE}", "--channels=1", "--format=s16le",
                   "--latency-msec=20", "--raw"]  # fmt: skip
        with tempfile.TemporaryFile() as file:
            process = subprocess.Popen(command, env=self._env(), stdout=file)
            recording = Recording(file.fileno())
            try:
                recording.wait_for(0)
                yield recording
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait()
                recording.close()


class Recording:
    """What the speaker has played so far."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._last: np.ndarray | None = None

    @property
    def samples(self) -> np.ndarray:
        """All of it, int16 at SPEAKER_RATE."""
        if self._last is not None:
            return self._last
        size = os.fstat(self._descriptor).st_size
        return np.frombuffer(os.pread(self._descriptor, size, 0)[: size // 2 * 2], "<i2")

    def wait_for(self, seconds: float, timeout: float = 20) -> None:
        """Wait until more than `seconds` have been recorded: the recorder's clock, not ours."""
        end = time.monotonic() + timeout
        while len(self.samples) <= seconds * SPEAKER_RATE:
            if time.monotonic() > end:
                raise TimeoutError(f"nothing recorded after {timeout} s")
            time.sleep(0.005)

    def sound(self, threshold: int = 30) -> np.ndarray:
        """Return the recording from its first to its last sample louder than `threshold`."""
        loud = np.flatnonzero(np.abs(self.samples.astype(np.int32)) > threshold)
        return self.samples[loud[0] : loud[-1] + 1] if len(loud) else self.samples[:0]

    def close(self) -> None:
        """Keep the samples for afterwards."""
        self._last = self.samples.copy()


@contextlib.contextmanager
def sound_card() -> Iterator[SoundCard]:
    """A virtual sound card that is this process's and its children's default one."""
    with tempfile.TemporaryDirectory(prefix="card") as folder:
        card = SoundCard(Path(folder))
        before = {name: os.environ.get(name) for name in card.environment}
        card.start()
        os.environ.update(card.environment)
        try:
            yield card
        finally:
            card.stop()
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
