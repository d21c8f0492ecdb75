"""All settings as they are, and the schema that an editor checks them with."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from daemon import paths
from daemon.config import Config, load
from daemon.errors import ConfigError
from daemon.settings import differences, schema, tree


def parsed(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    made = schema()
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


def test_a_password_is_never_shown():
    config = load(None, {"KOMBAIN__MQTT__PASSWORD": "hush"})
    assert "hush" not in str(tree(config))
    assert differences(tree(config), tree(Config())) == {"mqtt": {"password": "**********"}}


def test_only_differences(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("tts: {espeak: {speed: 150, pitch: 45}}\nears: {wake: {openwakeword: {words: {alexa: {}}}}}\n")
    found = differences(tree(load(path, {})), tree(Config()))
    words = {"alexa": {"threshold": None, "patience": None, "path": None}}
    assert found == {"tts": {"espeak": {"speed": 150}}, "ears": {"wake": {"openwakeword": {"words": words}}}}


def test_the_documented_file_fits_the_schema(validator):
    assert list(validator.iter_errors(parsed(paths.data("config.yaml").read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "text",
    [
        "mqtt: {prot: 1}",
        "mqtt: {port: many}",
        "mqtt: {port: 70000}",
        "language: fr",
        "tts: {espeek: {}}",
        "tts: {espeak: {sped: 3}}",
        "tts: {engine: nobody}",
        "ears: {wake: {openwakeword: {words: {}}}}",
        "zzz: 1",
    ],
)
def test_schema_and_config_refuse_the_same(validator, tmp_path: Path, text: str):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError):
        load(path, {})
    assert list(validator.iter_errors(parsed(text)))


def test_an_outsiders_engine_fits(validator):
    assert validator.is_valid({"tts": {"engine": "their.package:Voice", "their.package:Voice": {"any": 1}}})
