"""A real Neo4j for the tests, without Docker: `python tests/neo4j/server.py start | stop`.

Everything lies in `.neo4j/`, which git ignores: the jars from Maven Central, the data, the log, and `env`
(mode 0600) with the address and the login. A new start begins with an empty database.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
POM = Path(__file__).parent / "pom.xml"
PLACE = ROOT / ".neo4j"
JARS = PLACE / "lib"
PACKAGES = ("openjdk-17-jre-headless", "maven")  # Debian's names
READY_WITHIN_S = 120
STOP_WITHIN_S = 30
OPENS = tuple(
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
)


def start() -> None:
    """Start the server, or say that it runs."""
    if running_pid() is not None:
        say(f"Neo4j runs already; its address and login are in {PLACE / 'env'}.")
        return
    need_tools()
    fetch_jars()
    home = PLACE / "home"
    shutil.rmtree(home, ignore_errors=True)
    bolt, http = free_ports()
    make_home(home, bolt=bolt, http=http)
    password = secrets.token_hex(16)  # no leading dash, which the tool would take for an option
    admin(home, "dbms", "set-initial-password", password)
    process = launch(home, PLACE / "server.log")
    wait_until_ready(process, PLACE / "server.log")
    write_private(PLACE / "pid", str(process.pid))
    lines = {
        "NEO4J_URI": f"bolt://127.0.0.1:{bolt}",
        "NEO4J_USERNAME": "neo4j",
        "NEO4J_PASSWORD": password,
        "NEO4J_DATABASE": "neo4j",
    }
    write_private(PLACE / "env", "".join(f"{name}={value}\n" for name, value in lines.items()))
    say(f"Neo4j answers at {lines['NEO4J_URI']}; address and login are in {PLACE / 'env'}.")


def stop() -> None:
    """End the server that `start` has started."""
    pid = running_pid()
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + STOP_WITHIN_S
        while running_pid() is not None:
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
    for name in ("env", "pid"):
        (PLACE / name).unlink(missing_ok=True)
    say("Neo4j is stopped." if pid is not None else "No Neo4j of ours runs.")


def say(text: str) -> None:
    """Tell the terminal, now."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def running_pid() -> int | None:
    """The pid of our server, None where it does not run."""
    try:
        pid = int((PLACE / "pid").read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(str(PLACE)) in command else None


def need_tools() -> None:
    """Java 17 or newer and Maven; as root on Debian they are installed, else it is said what to install."""
    if java_version() >= 17 and shutil.which("mvn"):
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"Neo4j needs Java 17 and Maven; as root on Debian: {' '.join(install)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
    subprocess.run(install, check=True, env=quiet, stdout=subprocess.DEVNULL)


def java_version() -> int:
    """The major version of `java`, 0 where there is none."""
    if not shutil.which("java"):
        return 0
    said = subprocess.run(["java", "-version"], check=False, capture_output=True, text=True).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def fetch_jars() -> None:
    """Copy the server's jars into `.neo4j/lib`, once for each content of the pom."""
    stamp, wanted = PLACE / "pom.sha256", hashlib.sha256(POM.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and JARS.is_dir():
        return
    say("Fetching Neo4j (118 MB) with Maven …")
    shutil.rmtree(JARS, ignore_errors=True)
    PLACE.mkdir(exist_ok=True)
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={JARS}", "-DincludeScope=runtime"]
    result = subprocess.run(["mvn", "-B", "-q", "-f", str(POM), *goal], check=False)
    if result.returncode != 0:
        sys.exit("Maven could not fetch Neo4j; its message is above.")
    stamp.write_text(wanted)


class Server:
    """A server of one test's own: started, ended and started again on the same ports, over the same data."""

    def __init__(self, home: Path, *, heap: str = "1g", **settings: str) -> None:
        """Make the home; `settings` have the names of neo4j.conf with `__` for each dot."""
        self.home, self.heap = home, heap
        self.ports = free_ports()
        self.process: subprocess.Popen[bytes] | None = None
        self.password = secrets.token_hex(16)
        self.configure(**settings)
        admin(home, "dbms", "set-initial-password", self.password)

    def configure(self, **settings: str) -> None:
        """Write the configuration, which holds from the next start on."""
        bolt, http = self.ports
        more = {name.replace("__", "."): value for name, value in settings.items()}
        make_home(self.home, bolt=bolt, http=http, settings={"server.memory.pagecache.size": "128m"} | more)

    @property
    def environ(self) -> dict[str, str]:
        """Address and login, as `open_store` takes them."""
        return {"NEO4J_URI": f"bolt://127.0.0.1:{self.ports[0]}", "NEO4J_PASSWORD": self.password}

    def start(self) -> None:
        """Start, and return once it answers."""
        log = self.home / "server.log"
        self.process = launch(self.home, log, heap=self.heap)
        wait_until_ready(self.process, log)

    def end(self, sign: signal.Signals = signal.SIGTERM) -> None:
        """End it, with SIGKILL as a crash would."""
        if self.process is not None:
            self.process.send_signal(sign)
            try:
                self.process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def make_home(home: Path, *, bolt: int, http: int, settings: Mapping[str, str] | None = None) -> None:
    """The folders and the configuration of a server that listens on loopback only."""
    for name in ("conf", "data", "import", "logs", "plugins", "run"):
        (home / name).mkdir(parents=True, exist_ok=True)
    if not (home / "lib").exists():
        (home / "lib").symlink_to(JARS)
    every = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{bolt}",
        "server.http.listen_address": f"127.0.0.1:{http}",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "server.memory.heap.initial_size": "512m",
        "server.memory.heap.max_size": "2g",
        "server.memory.pagecache.size": "1g",
    } | dict(settings or {})
    (home / "conf" / "neo4j.conf").write_text("".join(f"{key}={value}\n" for key, value in every.items()))


def admin(home: Path, *arguments: str, folder: Path = ROOT) -> str:
    """What the administration tool says, as in `neo4j-admin ARGUMENTS`, run in `folder`."""
    environ = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    command = ["java", *OPENS, "-cp", f"{JARS}/*", "org.neo4j.cli.AdminTool", *arguments]
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"neo4j-admin {' '.join(arguments[:3])} failed: {done.stdout[-2000:]}")
    return done.stdout


def launch(home: Path, log_file: Path, heap: str = "2g") -> subprocess.Popen[bytes]:
    """Start the server, apart from our terminal."""
    command = [
        "java", *OPENS, f"-Xmx{heap}", "-XX:+UseG1GC", "-cp", f"{JARS}/*",
        "org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}", f"--config-dir={home / 'conf'}",
        "--console-mode",
    ]  # fmt: skip
    with log_file.open("wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the log says that the server has started."""
    end = time.monotonic() + READY_WITHIN_S
    while "Started." not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            sys.exit(f"Neo4j did not start; see {log}.")
        time.sleep(0.2)


def free_ports() -> tuple[int, int]:
    """Two free ports of the loopback interface."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


if __name__ == "__main__":
    commands = {"start": start, "stop": stop}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit("Usage: python tests/neo4j/server.py start | stop")
    commands[sys.argv[1]]()
