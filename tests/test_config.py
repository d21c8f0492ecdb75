"""The config file: it documents every key, and every mistake gets its line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from daemon import paths
from daemon.config import Config, changed, load
from daemon.engines import load as engines
from daemon.engines.section import EngineSection
from daemon.errors import ConfigError
from daemon.settings import tree


def keys(tree: dict, where: tuple = ()) -> set:
    below = [keys(value, (*where, name)) for name, value in tree.items() if isinstance(value, dict)]
    return {(*where, name) for name in tree}.union(*below)


def written(path: Path) -> set:
    from ruamel.yaml import YAML

    return keys(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))


def test_the_documented_file_is_the_defaults():
    assert tree(load(paths.data("config.yaml"), {})) == tree(Config())


def test_the_documented_file_holds_every_key():
    assert written(paths.data("config.yaml")) == keys(tree(Config()))


def test_every_key_is_described():
    def undescribed(model: type[BaseModel], where: str) -> list[str]:
        missing = []
        for name, field in model.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                missing += undescribed(field.annotation, f"{where}.{name}")
            elif not field.description:
                missing.append(f"{where}.{name}")
        if issubclass(model, EngineSection):
            for name in engines.names(model.kind):
                missing += undescribed(engines.find(model.kind, name).Options, f"{where}.{name}")
        return missing

    assert undescribed(Config, "") == []


def test_environment_wins_over_the_file(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("mqtt: {port: 1884, host: example.net}\n")
    config = load(path, {"KOMBAIN__MQTT__PORT": "1999", "KOMBAIN__STT__ENGINE": "mini", "HOME": "/"})
    assert (config.mqtt.port, config.mqtt.host, config.stt.engine) == (1999, "example.net", "mini")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mqtt:\n  prot: 1\n", "line 2: there is no setting “mqtt.prot”; did you mean “port”?"),
        ("mqqt: {}\n", "line 1: there is no setting “mqqt”; did you mean “mqtt”?"),
        ("zzz: 1\n", "line 1: there is no setting “zzz”; remove it."),
        ("mqtt:\n  port: many\n", "line 2: “mqtt.port” is 'many', but it should be a whole number."),
        ("mqtt:\n\n  port: 70000\n", "line 3: “mqtt.port” is 70000, but it should be at most 65535."),
        ("tts:\n  espeek: {}\n", "line 2: there is no setting “tts.espeek”; did you mean “espeak”?"),
        ("tts:\n  espeak:\n    sped: 3\n", "line 3: there is no setting “tts.espeak.sped”; did you mean “speed”?"),
        (
            "tts:\n  espeak:\n    speed: fast\n",
            "line 3: “tts.espeak.speed” is 'fast', but it should be a whole number.",
        ),
        ("ears: {gate: perhaps}\n", "line 1: “ears.gate” is 'perhaps', but it should be true or false."),
        ("language: fr\n", "line 1: “language” is 'fr', but it should be 'en' or 'ru'."),
        ("mqtt: 3\n", "line 1: “mqtt” is 3, but it should be a section with settings of its own."),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, text, expected):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert expected in str(caught.value).split("\n")[1]
    assert "Настройки" in caught.value.text("ru")


def test_all_mistakes_are_told_at_once(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("mqtt: {port: x, hots: y}\nlog: {level: loud}\n")
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert len(str(caught.value).split("\n")) == 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"mqtt: [\n", "config.not_yaml"),
        (b"a: b: c\n", "config.not_yaml"),
        (b"\xff\xfe\x00", "config.not_text"),
        (b"- a\n", "config.not_a_mapping"),
        (b"#" * (300 << 10), "config.too_large"),
        (b"a: &a [x]\nb: !!python/object:os.system [*a]\n", "config.invalid"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path, content, code):
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert caught.value.code == code
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path):
    for path, code in ((tmp_path / "no.yaml", "config.missing"), (tmp_path, "config.not_a_file")):
        with pytest.raises(ConfigError) as caught:
            load(path, {})
        assert caught.value.code == code


def test_an_empty_file_is_the_defaults(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("# nothing\n")
    assert load(path, {}) == Config()


def test_changed_names_the_sections():
    assert changed(Config(), Config(language="ru")) == {"language"}
    assert changed(Config(), Config()) == set()


@pytest.mark.slow
@given(st.binary(max_size=200))
def test_whatever_the_file_holds_the_answer_is_a_config_or_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("config") / "config.yaml"
    path.write_bytes(content)
    try:
        load(path, {})
    except ConfigError as error:
        sentence = str(error)
    else:
        sentence = "fine"
    assert not re.search(r"[{}]\w+[{}]", sentence[:60])
