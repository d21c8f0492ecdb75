"""Checks of the config and of the state folder."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from daemon import paths
from daemon.config import Config
from daemon.doctor.finding import Findings, House, failure, warning
from daemon.store import FILE

LITTLE, NOTHING = 1 << 30, 100 << 20
FEW_INODES = 1000
FOLDERS = ("models", "artifacts", "replies", "cache")


def config(house: House) -> Findings:
    """Read the config."""
    if house.error is not None:
        yield failure("config", "kombain config check", why=house.error)
    user = paths.own_config()
    system = house.system("/etc/kombain/config.yaml")
    if house.given is None and user.is_file() and system.is_file() and house.path == user:
        yield warning("two_configs", f"kombain config check --config {system}", used=user, other=system)


def secrets(house: House) -> Findings:
    """Look who may read passwords."""
    options = house.config.mqtt
    if options.password is not None and house.path is not None and _others(house.path):
        yield warning("config_readable", f"chmod 600 {house.path}", path=house.path)
    for setting, given in _secret_files(house.config):
        path = paths.expanded(given)
        if not path.is_file():
            yield failure("secret_file", f"install -m 600 /dev/null {path}", path=path, setting=setting)
        elif not os.access(path, os.R_OK):
            yield failure("secret_unreadable", f"chown {house.user} {path}", path=path, user=house.user)
        elif _others(path):
            yield warning("secret_readable", f"chmod 600 {path}", path=path, setting=setting)


def _secret_files(config: Config) -> Iterator[tuple[str, Path]]:
    """Yield the files that hold a password or key, with the settings that name them."""
    if config.translate.base_url is not None and config.translate.key_file is not None:
        yield "translate.key_file", config.translate.key_file
    if config.mqtt.password_file is not None:
        yield "mqtt.password_file", config.mqtt.password_file
    if config.picture.engine == "openai_images" and (
        key := getattr(config.picture.options("openai_images"), "key_file", None)
    ):
        yield "picture.openai_images.key_file", key


def _others(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


def state(house: House) -> Findings:
    """Look whether the state folder can be written, and has room."""
    folder = house.state
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        yield failure("state_no_folder", f"mv {folder} {folder}.old", path=folder)
        return
    unwritable = [
        one for one in (folder, *(house.state / name for name in FOLDERS)) if one.exists() and not _writable(one)
    ]
    if unwritable:
        path = unwritable[0]
        yield failure(
            "state_unwritable", f"chown -R {house.user} {path} && chmod -R u+rwX {path}", path=path, user=house.user
        )
        return
    free = shutil.disk_usage(folder).free
    if free < LITTLE:
        finding = failure if free < NOTHING else warning
        yield finding("disk", f"du -xh {house.state} | sort -h | tail", path=folder, free=free >> 20)
    about = os.statvfs(folder)
    if about.f_files and about.f_favail < FEW_INODES:
        yield failure("inodes", f"find {folder} -xdev -type d | head", path=folder, free=about.f_favail)


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK | os.X_OK if path.is_dir() else os.W_OK)


def database(house: House) -> Findings:
    """Look whether the database is whole."""
    path = house.state / FILE
    if not path.exists():
        return
    if not os.access(path, os.R_OK | os.W_OK):
        yield failure("database_unwritable", f"chown {house.user} {path}", path=path, user=house.user)
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as known:
            told = str(known.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        told = "ok" if "locked" in str(error) else str(error)
    except sqlite3.DatabaseError as error:
        told = str(error)
    if told != "ok":
        yield failure("database", f"mv {path} {path}.damaged", path=path, why=told.splitlines()[0])


def downloads(house: House) -> Findings:
    """Look for models that are not whole."""
    from daemon.catalogue.entries import read
    from daemon.catalogue.shelf import Shelf

    shelf = Shelf(house.models)
    for name, model in read().models.items():
        if shelf.found(model) == "partly":
            yield warning("model_partly", f"kombain models pull {name}", name=name)
        elif shelf.found(model) == "here" and (wrong := shelf.sizes(model)):
            yield failure(
                "model_changed", f"kombain models remove {name} && kombain models pull {name}", name=name, file=wrong[0]
            )
