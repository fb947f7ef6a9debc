"""The embedded store: a private ArcadeDB server on loopback, from one pip package, ended with its parent."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

PACKAGE: Final = "arcadedb_embedded"
DATABASE: Final = "neo4j"
USER: Final = "root"
UNUSED_JARS: Final = ("redisw", "postgresw", "graphql", "mcp", "console")
"""Other protocols of the server: left off the class path, so that nothing can switch them on."""

COMMAND_TIMEOUT_S: Final = 120
"""The server ends a command after this long: it does not heed the driver's own timeout."""

START_TRIES: Final = 4
"""A free port can be taken between our asking and the server's binding; then other ports are tried."""

HEAP_MB: Final = 3072
"""A limit: a quarter caches pages, half is for running queries; 1 GB fails some at a million nodes."""

STOP_WAIT_S: Final = 10.0
POLL_S: Final = 0.03


class EmbeddedError(Exception):
    """The embedded store cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True)
class Address:
    """Where the server of a folder listens; `started` tells its process from a later one of the same pid."""

    pid: int
    started: str
    bolt_port: int
    http_port: int

    @property
    def uri(self) -> str:
        """The address for the driver."""
        return f"bolt://127.0.0.1:{self.bolt_port}"


class EmbeddedServer:
    """A running server over a folder: started here, or, where another process owns it, attached to.

    The folder holds the data, the logs, the password (mode 0600) and `server.json` with pid and ports.
    The owner holds a file lock on the folder; the kernel drops it even when the owner is killed.
    """

    def __init__(self, folder: Path, *, heap_mb: int = HEAP_MB, ready_within_s: float = 30.0) -> None:
        self._folder = folder.expanduser().resolve()
        self._heap_mb = heap_mb
        self._ready_within_s = ready_within_s
        self._java: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self.address = Address(0, "", 0, 0)
        self.password = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def is_owner(self) -> bool:
        """Whether this object started the server, and so stops it."""
        return self._lock is not None

    def start(self) -> None:
        """Start the server, or attach to the one over this folder; EmbeddedError where neither works."""
        runtime = _runtime()
        self._prepare_folder()
        deadline = time.monotonic() + self._ready_within_s
        while not self._take_lock():
            if self._attach():
                return
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Another process holds the embedded store in {self._folder}, but its server does not "
                    f"answer after {self._ready_within_s:g} s; end that process or choose another folder."
                )
            time.sleep(POLL_S)
        try:
            self._start_owned(runtime, deadline)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server if it was started here; an attached one goes on."""
        if self._java is not None:
            _end(self._java)
            (self._folder / "server.json").unlink(missing_ok=True)
            self._java = None
        if self._watcher is not None:
            # only after the server is gone: the watcher would otherwise signal a pid that may be reused
            self._watcher.kill()
            self._watcher.communicate()
            self._watcher = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _prepare_folder(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._folder / "owner.lock").touch(mode=0o600)
        except OSError as error:
            raise EmbeddedError(
                f"The embedded store cannot write to its folder {self._folder} ({error.strerror}); "
                "choose another folder."
            ) from None

    def _take_lock(self) -> bool:
        lock = (self._folder / "owner.lock").open("r+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _attach(self) -> bool:
        address = _read_address(self._folder)
        if address is None or not _is_running(address) or not _is_ready(address.http_port):
            return False
        self.address = address
        self.password = _password(self._folder)
        return True

    def _start_owned(self, runtime: Path, deadline: float) -> None:
        _end_orphan(self._folder)
        self.password = _password(self._folder)
        for _ in range(START_TRIES):
            bolt_port, http_port = _free_ports()
            java = self._launch(runtime, bolt_port, http_port)
            if self._wait_until_ready(java, http_port, deadline):
                return
        raise EmbeddedError(
            f"The embedded store found no free port in {START_TRIES} tries; see {self._log_path}."
        )

    @property
    def _log_path(self) -> Path:
        return self._folder / "server.log"

    def _launch(self, runtime: Path, bolt_port: int, http_port: int) -> subprocess.Popen[bytes]:
        if self._log_path.exists():
            self._log_path.replace(self._folder / "server.log.1")
        command = _command(runtime, self._folder, bolt_port, http_port, self._heap_mb)
        with self._log_path.open("wb") as log:
            self._java = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                # its own small environment: no password of ours in it, no JAVA_TOOL_OPTIONS from outside
                env={key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ},
                start_new_session=True,  # Ctrl-C in the terminal is for us; we stop the server in order
            )
        self._watcher = _watch(self._java.pid)
        self.address = Address(self._java.pid, _started(self._java.pid), bolt_port, http_port)
        _write_private(self._folder / "server.json", json.dumps(asdict(self.address)))
        return self._java

    def _wait_until_ready(self, java: subprocess.Popen[bytes], http_port: int, deadline: float) -> bool:
        """True when ready; False where a port was taken and the server is gone again."""
        while not _is_ready(http_port):
            if "Unable to listen" in self._log_path.read_text(errors="replace"):
                self._end_failed_try()
                return False
            if java.poll() is not None:
                raise EmbeddedError(
                    f"The embedded store ended while it started (exit code {java.returncode}); "
                    f"see {self._log_path}."
                )
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"The embedded store did not become ready in {self._ready_within_s:g} s; "
                    f"see {self._log_path}."
                )
            time.sleep(POLL_S)
        return True

    def _end_failed_try(self) -> None:
        lock, self._lock = self._lock, None
        self.stop()
        self._lock = lock


def _runtime() -> Path:
    """The folder of the wheel with `jre` and `jars`; it is found without importing the package."""
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise EmbeddedError(
            "The embedded store needs the package arcadedb-embedded, which is not installed; "
            "install it or give the address of a Neo4j server."
        )
    runtime = Path(places[0])
    java = runtime / "jre" / "bin" / "java"
    if not java.is_file():
        raise EmbeddedError(
            f"The package arcadedb-embedded has no Java runtime at {java}; "
            "install its wheel for this platform or give the address of a Neo4j server."
        )
    return runtime


def _command(runtime: Path, folder: Path, bolt_port: int, http_port: int, heap_mb: int) -> list[str]:
    jars = sorted((runtime / "jars").glob("*.jar"))
    class_path = os.pathsep.join(
        str(jar) for jar in jars if not any(word in jar.name for word in UNUSED_JARS)
    )
    settings = {
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "server.mode": "production",
        "server.httpIncomingHost": "127.0.0.1",
        "server.httpIncomingPort": http_port,
        "server.httpsIncomingPort": "",
        "server.rootPasswordPath": folder / "password",
        "server.rootPath": folder,
        "server.databaseDirectory": folder / "databases",
        "server.logsDirectory": folder / "logs",
        "server.defaultDatabases": f"{DATABASE}[{USER}]",
        "bolt.host": "127.0.0.1",
        "bolt.port": bolt_port,
        "bolt.defaultDatabase": DATABASE,
        "bolt.maxMessageSize": 256 * 1024 * 1024,
        "bolt.packstream.maxValueLength": 256 * 1024 * 1024,
        "dateTimeImplementation": "java.time.ZonedDateTime",  # else time zones are lost
        "command.timeout": COMMAND_TIMEOUT_S * 1000,
        "queryMaxHeapElementsAllowedPerOp": -1,
        "txWalFlush": 1,
    }
    return [
        str(runtime / "jre" / "bin" / "java"),
        f"-Xmx{heap_mb}m",
        "-XX:+UseParallelGC",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        *(f"-Darcadedb.{name}={value}" for name, value in settings.items()),
        "-cp",
        class_path,
        "com.arcadedb.server.ArcadeDBServer",
    ]


def _watch(pid: int) -> subprocess.Popen[bytes]:
    """A shell that ends the server once we are gone: its standard input closes with us, kill -9 included.

    Not PR_SET_PDEATHSIG: that fires when the *thread* that started the child ends, and only on Linux.
    """
    return subprocess.Popen(  # noqa: S603 - fixed text, the pid is a number of ours
        ["/bin/sh", "-c", 'read -r _; kill -TERM "$0"', str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _free_ports() -> tuple[int, int]:
    """Two different free ports of the loopback interface."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return int(first.getsockname()[1]), int(second.getsockname()[1])


def _is_ready(http_port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", http_port, timeout=2)
    try:
        connection.request("GET", "/api/v1/ready")
        return connection.getresponse().status == http.HTTPStatus.NO_CONTENT
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _password(folder: Path) -> str:
    """The folder's password, made at random the first time."""
    path = folder / "password"
    with contextlib.suppress(FileNotFoundError):
        stored = path.read_text()
        if stored:
            return stored
    # the server only keeps a hash: with the password lost, its list of users has to go too
    shutil.rmtree(folder / "config", ignore_errors=True)
    _write_private(path, secrets.token_urlsafe(24))
    return path.read_text()


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _read_address(folder: Path) -> Address | None:
    """What `server.json` says, None where it is missing or damaged."""
    try:
        fields: dict[str, Any] = json.loads((folder / "server.json").read_text())
        return Address(**fields)
    except (OSError, ValueError, TypeError):
        return None


def _started(pid: int) -> str:
    """When a process started, in the kernel's clock ticks; "" where the system has no /proc."""
    try:
        # the command name, in brackets, may hold spaces: the fields are counted from its end
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]  # a zombie has ended
    except (OSError, IndexError):
        return ""


def _is_running(address: Address) -> bool:
    try:
        os.kill(address.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return _started(address.pid) == address.started


def _end_orphan(folder: Path) -> None:
    """Clear away the server of an owner that was killed: it may still be on its way down."""
    address = _read_address(folder)
    if address is not None and _is_running(address):
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(address.pid, sign)
            end = time.monotonic() + STOP_WAIT_S
            while _is_running(address) and time.monotonic() < end:
                time.sleep(POLL_S)
    (folder / "server.json").unlink(missing_ok=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_WAIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
