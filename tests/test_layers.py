"""The layers of docs/architecture.md, read from the imports: your own layer or a lower one, never in a circle."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

LAYERS = {
    # 0: pure, from data to data
    "intents": 0,
    "daemon": 0,
    "daemon.commands": 0,
    "daemon.ears.pcm": 0,
    "daemon.ears.ring": 0,
    "daemon.ears.segment": 0,
    "daemon.ears.wake": 0,
    "daemon.errors": 0,
    "daemon.events": 0,
    "daemon.messages": 0,
    "daemon.mqtt.discovery": 0,
    "daemon.mqtt.topics": 0,
    "daemon.order": 0,
    "daemon.scene": 0,
    "daemon.spoken": 0,
    "daemon.translation.english": 0,
    "daemon.translation.heard": 0,
    "daemon.translation.clause": 0,
    "daemon.translation.group": 0,
    "daemon.translation.table": 0,
    "daemon.translation.words": 0,
    "daemon.translation.writing": 0,
    "daemon.types": 0,
    "daemon.wakewords.judgement": 0,
    "daemon.wakewords.misses": 0,
    "daemon.wakewords.phrase": 0,
    "daemon.workers.placement": 0,
    "daemon.workers.wire": 0,
    # 1: what everything is built with
    "daemon.audio.options": 1,
    "daemon.bus": 1,
    "daemon.config": 1,
    "daemon.settings": 1,
    "daemon.ears.options": 1,
    "daemon.engines.base": 1,
    "daemon.engines.load": 1,
    "daemon.engines.section": 1,
    "daemon.log": 1,
    "daemon.mqtt.options": 1,
    "daemon.passing": 1,
    "daemon.paths": 1,
    "daemon.reserve": 1,
    "daemon.remote": 1,
    "daemon.store": 1,
    "daemon.transcription.options": 1,
    "daemon.translation.options": 1,
    # 2: hearing, speaking, making, each for itself
    "daemon.artifacts": 2,
    "daemon.ledger": 2,
    "daemon.maker": 2,
    "daemon.audio": 2,
    "daemon.catalogue": 2,
    "daemon.diffusion": 2,
    "daemon.ears": 2,
    "daemon.engines": 2,
    "daemon.film": 2,
    "daemon.gallery": 2,
    "daemon.gallery.options": 1,
    "daemon.gallery.steward": 3,
    "daemon.transcription": 2,
    "daemon.translation": 2,
    "daemon.wakewords": 2,
    "daemon.workers.options": 1,
    "daemon.workers": 2,
    # 3: a turn
    "daemon.jobs": 3,
    "daemon.queue": 3,
    "daemon.runner": 3,
    "daemon.listening": 3,
    "daemon.perform": 3,
    "daemon.recall": 3,
    "daemon.session": 3,
    "daemon.speech": 3,
    "daemon.turn": 3,
    # 4: doors to the outside
    "daemon.control": 4,
    "daemon.desktop": 4,
    "daemon.mqtt": 4,
    "daemon.web": 4,
    # 5: what puts it together
    "daemon.__main__": 5,
    "daemon.app": 5,
    "daemon.cli": 5,
    "daemon.doctor": 5,
    "daemon.demo": 5,
    "daemon.lifecycle": 5,
}
"""The layer of a module is that of its longest prefix here; a new part of `daemon` has to be placed."""

IMPURE = {"asyncio", "logging", "multiprocessing", "paho", "socket", "sqlite3", "subprocess", "threading", "time"}
"""What a pure module has no use for."""


def modules() -> dict[str, str]:
    """Return the source of every module of ours, by its dotted name."""
    found = {}
    for path in sorted([*ROOT.glob("daemon/**/*.py"), *ROOT.glob("intents/**/*.py")]):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = path.read_text("utf-8")
    return found


def imports(source: str, known: set[str]) -> set[str]:
    """Return what `source` imports, in functions too; `from a import b` is a.b where that is a module of ours."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import: {ast.unparse(node)}"
            assert node.module
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in names}
    return found


def layer(module: str) -> int:
    """Return the layer of a module."""
    prefix = module
    while prefix not in LAYERS:
        prefix = prefix.rpartition(".")[0]
    assert prefix != "daemon" or module == "daemon", f"{module} stands in no layer: place it in LAYERS"
    return LAYERS[prefix]


def climbs(sources: dict[str, str]) -> list[str]:
    """Return the imports that go up."""
    known = set(sources)
    return [
        f"{module} ({layer(module)}) imports {used} ({layer(used)})"
        for module, source in sources.items()
        for used in sorted(imports(source, known) & known)
        if layer(used) > layer(module)
    ]


def circle(sources: dict[str, str]) -> list[str]:
    """Return the modules of a circle of imports, or nothing."""
    graph = {module: imports(source, set(sources)) & set(sources) for module, source in sources.items()}
    while free := [module for module, used in graph.items() if not used]:
        graph = {module: used - set(free) for module, used in graph.items() if module not in free}
    path = [next(iter(graph))] if graph else []
    while path and path.count(path[-1]) == 1:
        path.append(min(graph[path[-1]]))
    return path[path.index(path[-1]) :] if path else []


def test_no_import_goes_up() -> None:
    assert climbs(modules()) == []


def test_no_imports_in_a_circle() -> None:
    assert circle(modules()) == []


def test_intents_knows_nothing_of_the_daemon() -> None:
    for module, source in modules().items():
        if module.split(".")[0] == "intents":
            assert not {used for used in imports(source, set()) if used.split(".")[0] == "daemon"}, module


def test_pure_modules_touch_no_clock_no_log_no_outside() -> None:
    for module, source in modules().items():
        if layer(module) == 0:
            assert {used.split(".")[0] for used in imports(source, set())} & IMPURE == set(), module


@pytest.mark.parametrize(
    "source",
    [
        "import daemon.app",
        "from daemon import app",
        "from daemon.app import App",
        "def late():\n    from daemon import app",
    ],
)
def test_an_import_upwards_is_found(source: str) -> None:
    assert climbs({"daemon.turn": source, "daemon.app": ""}) == ["daemon.turn (3) imports daemon.app (5)"]


def test_a_circle_is_found() -> None:
    sources = {
        "daemon.turn": "from daemon import jobs",
        "daemon.jobs": "from daemon.speech import say",
        "daemon.speech": "import daemon.jobs",
        "daemon.bus": "",
    }
    assert circle(sources) == ["daemon.jobs", "daemon.speech", "daemon.jobs"]


def test_a_module_without_a_place_is_refused() -> None:
    with pytest.raises(AssertionError, match="place it in LAYERS"):
        layer("daemon.novelty")
