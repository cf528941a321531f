"""The page in a real browser: it plays, seeks, fetches nothing, and everybody can read it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from exported import session

from voice_interviewer.archive.export import format_named
from voice_interviewer.archive.export.source import source_of

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Page = Any
Scheme = Literal["light", "dark"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NEAR_S = 0.05


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no browser on this machine ({', '.join(BROWSERS)}): apt install chromium")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if root else []
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages with sound and redacted, in one folder."""
    folder = tmp_path_factory.mktemp("pages")
    state, stored = session(folder / "data")
    for name, redact in (("page.html", False), ("redacted.html", True)):
        made = source_of(state, stored, redact=redact)
        (folder / name).write_bytes(format_named("html").render(made))
    return folder


class Opened:
    """A page opened from its file, with all that it asks for and complains of."""

    def __init__(
        self,
        chromium: Any,
        path: Path,
        scheme: Literal["light", "dark"] = "light",
        width: int = 1000,
    ) -> None:
        self.context = chromium.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())
        self.page.evaluate(
            """() => {
                const sound = document.getElementById("sound");
                window.sought = [];
                if (sound) sound.addEventListener(
                    "seeking", () => window.sought.push(sound.currentTime));
                window.lit = [];
                new MutationObserver(() => {
                    const word = document.querySelector(".lit")?.textContent;
                    if (word && word !== window.lit.at(-1)) window.lit.push(word);
                }).observe(document.body, {subtree: true, attributeFilter: ["class"]});
            }"""
        )

    def until(self, condition: str) -> None:
        """Wait for up to 5 s; the page's policy forbids Playwright's own way of waiting."""
        met = self.page.evaluate(
            f"""async () => {{
                const end = performance.now() + 5000;
                while (!({condition})) {{
                    if (performance.now() > end) return false;
                    await new Promise(done => setTimeout(done, 5));
                }}
                return true;
            }}"""
        )
        assert met, condition

    def sought_s(self) -> float:
        """Where the player went last."""
        self.until("window.sought.length > 0")
        return float(self.page.evaluate("window.sought.at(-1)"))

    def is_clean(self) -> bool:
        """True when nothing was fetched but the file itself, and nothing went wrong."""
        fetched = [url for url in self.requests[1:] if not url.startswith("data:")]
        return (fetched, self.complaints) == ([], [])


@pytest.fixture
def opened(chromium: Any, exported: Path) -> Iterator[Opened]:
    opened = Opened(chromium, exported / "page.html")
    yield opened
    opened.context.close()


def start_of(element: Any) -> float:
    return float(element.get_attribute("data-t").split()[0])


def test_a_click_on_a_word_plays_that_word_and_lights_it(opened: Opened) -> None:
    word = opened.page.locator("[data-t]", has_text="quite")
    word.click()
    assert opened.sought_s() == pytest.approx(start_of(word), abs=NEAR_S)
    opened.until("!document.getElementById('sound').paused")
    opened.until("window.lit.includes('round,')")
    lit = opened.page.evaluate("window.lit")
    assert lit[:2] == ["quite", "round,"]
    assert opened.is_clean()


def test_a_click_on_a_quote_plays_it(opened: Opened) -> None:
    quote = opened.page.locator("button.quote").nth(1)
    quote.click()
    assert opened.sought_s() == pytest.approx(float(quote.get_attribute("data-at")), abs=NEAR_S)
    assert opened.is_clean()


def test_a_pause_before_the_sound_has_begun_is_no_complaint(opened: Opened) -> None:
    opened.page.evaluate(
        """() => {
            document.querySelector("button.quote").click();
            document.getElementById("sound").pause();
            return new Promise((over) => setTimeout(over, 50));
        }"""
    )
    assert opened.page.evaluate("document.getElementById('sound').paused") is True
    assert opened.is_clean()


def test_the_player_obeys_the_keyboard_alone(opened: Opened) -> None:
    page = opened.page
    quote = page.locator("button.quote").first
    quote.focus()
    page.keyboard.press("Enter")
    assert opened.sought_s() == pytest.approx(float(quote.get_attribute("data-at")), abs=NEAR_S)
    page.evaluate("document.getElementById('sound').pause(); window.sought = []")
    before_s = page.evaluate("document.getElementById('sound').currentTime")
    page.locator("#on").focus()
    page.keyboard.press("Space")
    assert opened.sought_s() > before_s
    page.locator("#speed").select_option("1.5")
    assert page.evaluate("document.getElementById('sound').playbackRate") == 1.5
    assert page.evaluate("document.getElementById('sound').preservesPitch") is True
    assert opened.is_clean()


def test_every_control_can_be_reached_with_tab(opened: Opened) -> None:
    page = opened.page
    count = page.locator("main button, main summary, main [tabindex='0']").count()
    reached = page.evaluate(
        """() => [...document.querySelectorAll("main button, main summary, main [tabindex='0']")]
            .filter(element => { element.focus(); return document.activeElement === element })
            .length"""
    )
    assert reached == count > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["page.html", "redacted.html"])
def test_the_page_meets_wcag_aa(chromium: Any, exported: Path, name: str, scheme: Scheme) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    opened = Opened(chromium, exported / name, scheme)
    lit = opened.page.locator("[data-t]", has_text="quite")
    if lit.count():
        lit.evaluate("element => element.classList.add('lit')")
    only = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = axe.Axe().run(opened.page, options={"runOnly": only}).response
    problems = [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    opened.context.close()
    assert problems == []
    assert {"color-contrast", "document-title"} <= {rule["id"] for rule in found["passes"]}


@pytest.mark.parametrize("width", [320, 1000])
def test_the_page_never_scrolls_sideways(chromium: Any, exported: Path, width: int) -> None:
    opened = Opened(chromium, exported / "page.html", width=width)
    shown = opened.page.evaluate("document.documentElement.scrollWidth")
    opened.context.close()
    assert shown <= width


def test_a_redacted_page_is_silent_and_whole(chromium: Any, exported: Path) -> None:
    opened = Opened(chromium, exported / "redacted.html")
    assert opened.page.locator("audio").count() == 0
    assert opened.page.locator("h2").count() == 4
    assert opened.is_clean()
    opened.context.close()


def test_the_browser_reads_the_captions(chromium: Any, tmp_path: Path) -> None:
    state, folder = session(tmp_path)
    made = source_of(state, folder)
    captions = format_named("vtt").render(made).decode()
    page = chromium.new_page()
    cues = page.evaluate(
        """async text => {
            const video = document.body.appendChild(document.createElement("video"));
            const track = video.appendChild(document.createElement("track"));
            const loaded = new Promise(done => { track.onload = done; });
            track.src = URL.createObjectURL(new Blob([text], { type: "text/vtt" }));
            track.track.mode = "showing";
            await loaded;
            return [...track.track.cues].map(cue => cue.getCueAsHTML().textContent);
        }""",
        captions,
    )
    page.close()
    assert len(cues) == captions.count(" --> ")
    assert "<script>alert(1)</script>" in " ".join(cues)
