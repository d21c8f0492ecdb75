"""The `mqtt` section of the config."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class MqttOptions(BaseModel):
    """How the assistant talks to an MQTT broker.

    On by default: with no broker on this machine it costs one line in the log and a quiet retry each minute.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="Report to an MQTT broker and take commands from it.")
    host: str = Field(
        "127.0.0.1", min_length=1, max_length=253, pattern=r"^[^\s/]+$", description="The broker's name or address."
    )
    port: int = Field(1883, ge=1, le=65535, description="The broker's port: 1883, or 8883 with TLS.")
    id: str = Field(
        "kombain",
        pattern=r"^[a-z0-9_-]{1,64}$",
        description="This assistant's name on MQTT: its topics begin with kombain/<id>/. Two assistants need two.",
    )
    username: str | None = Field(None, description="The broker's user name for us.")
    password: SecretStr | None = Field(None, description="The password itself; better in password_file.")
    password_file: Path | None = Field(None, description="A file that holds the password; read at each connect.")
    tls: bool = Field(default=False, description="Speak TLS. Host name and certificate are verified.")
    ca: Path | None = Field(None, description="The certificate authority (PEM); empty: the system's.")
    cert: Path | None = Field(None, description="Our own certificate (PEM), where the broker asks for one.")
    key: Path | None = Field(None, description="The key of our own certificate (PEM).")
    insecure: bool = Field(default=False, description="Accept any certificate and name. For a test only.")
    keepalive: int = Field(30, ge=1, le=3600, description="Seconds after which a silent connection is probed.")
    texts: bool = Field(
        default=True, description="Publish what was said, asked for and answered. false: only that it happened."
    )
