"""A model hub and a package registry on loopback, with small files in them."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass, field

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from voice_interviewer.weights.models import HubFile, LanguageModel, PackageParts

CONTENT = b"GGUF" + bytes(range(256)) * 1200
PREFIX = "made-up-model-part"


def model(source: HubFile | PackageParts, content: bytes = CONTENT) -> LanguageModel:
    return LanguageModel(
        name="tiny",
        title="Tiny",
        licence="MIT",
        size_bytes=len(content),
        memory_bytes=2 * len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        source=source,
    )


HUB_MODEL = model(HubFile("maker/Tiny-GGUF", "c" * 40, "Tiny-Q4_K_M.gguf"))
PARTS_MODEL = model(PackageParts(PREFIX, "0.2.0", 3))


@dataclass
class Hub:
    """Gives out one file, in ranges too; `breaks_at` ends the connection's body there once."""

    server: HTTPServer
    content: bytes = CONTENT
    breaks_at: int | None = None
    ranges: bool = True
    asked: list[str | None] = field(default_factory=list)

    def open(self) -> None:
        self.server.expect_request(re.compile("/maker/.*")).respond_with_handler(self._give)

    @property
    def address(self) -> str:
        return self.server.url_for("").rstrip("/")

    def _give(self, request: Request) -> Response:
        wanted = request.headers.get("Range")
        self.asked.append(wanted)
        assert request.path == "/maker/Tiny-GGUF/resolve/" + "c" * 40 + "/Tiny-Q4_K_M.gguf"
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        body = self.content[start:]
        headers = {"Content-Length": str(len(body))}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        if self.breaks_at is not None:
            body, self.breaks_at = body[: self.breaks_at], None
        return Response(body, status=206 if start else 200, headers=headers)


@dataclass
class Registry:
    """An index with the pieces of a file, one wheel each, as pip reads it."""

    server: HTTPServer
    wheels: dict[int, bytes]
    fetched: list[int] = field(default_factory=list)

    def open(self) -> None:
        self.server.expect_request(re.compile("/simple/.*")).respond_with_handler(self._list)
        self.server.expect_request(re.compile("/files/.*")).respond_with_handler(self._give)

    @property
    def index(self) -> str:
        return self.server.url_for("/simple")

    def _list(self, request: Request) -> Response:
        number = _number(request.path)
        if number not in self.wheels:
            return Response(status=404)
        name = f"{PREFIX.replace('-', '_')}{number}-0.2.0-py3-none-any.whl"
        link = f'<a href="/files/{name}">{name}</a>'
        return Response(f"<!DOCTYPE html><html><body>{link}</body></html>", mimetype="text/html")

    def _give(self, request: Request) -> Response:
        number = _number(request.path)
        self.fetched.append(number)
        return Response(self.wheels[number], mimetype="application/zip")


def _number(path: str) -> int:
    found = re.search(r"part(\d+)", path)
    return int(found[1]) if found else 0


def wheel(number: int, piece: bytes) -> bytes:
    """A wheel as small as pip takes it, with one piece in it."""
    name = f"{PREFIX.replace('-', '_')}{number}"
    info = f"{name}-0.2.0.dist-info"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(f"{name}/data/part{number:02}.bin", piece)
        archive.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: {PREFIX}{number}\nVersion: 0.2.0\n",
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return buffer.getvalue()


def wheels(content: bytes = CONTENT, count: int = 3) -> dict[int, bytes]:
    """The content in so many pieces."""
    size = -(-len(content) // count)
    return {n: wheel(n, content[(n - 1) * size : n * size]) for n in range(1, count + 1)}
