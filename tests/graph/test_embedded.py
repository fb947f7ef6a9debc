from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from graph import embedded
from graph.embedded import EmbeddedError, EmbeddedServer
from graph.store import EMBEDDED, StoreError, open_store
from tests.queries.small_graph import small_graph

OWNER = """
import sys, time
from pathlib import Path
from graph.store import open_store
from tests.queries.small_graph import small_graph

with open_store("embedded", folder=Path(sys.argv[1])) as store:
    store.load(small_graph())
    print("loaded", flush=True)
    time.sleep(600)
"""


def within(seconds: float, claim: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text()


def listening_addresses(pid: int) -> set[str]:
    """Local addresses, as the kernel writes them, on which a process accepts connections."""
    sockets = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                found.add(fields[1].rpartition(":")[0])
    return found


def test_server_is_private_and_ends_with_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "a new" / "folder"
    with EmbeddedServer(folder) as server:
        pid = server.address.pid
        told = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
        assert server.password.encode() not in told
        assert listening_addresses(pid) == {"0000000000000000FFFF00000100007F"}  # 127.0.0.1, mapped
        for name in ("password", "server.json"):
            assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(server.password) >= 32
    assert is_gone(pid)
    assert not (folder / "server.json").exists()


def test_killed_owner_takes_its_server_along_and_the_data_stays(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "loaded\n"
    with open_store(EMBEDDED, folder=tmp_path) as attached:
        assert attached.run("MATCH (p:Partner) RETURN count(p)").rows == ((5,),)
    address = embedded._read_address(tmp_path)
    assert address is not None
    assert not is_gone(address.pid)
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    assert within(10, lambda: is_gone(address.pid))
    assert (tmp_path / "server.json").exists()  # what a killed owner leaves behind
    with open_store(EMBEDDED, folder=tmp_path) as again:
        assert len(again.read_links().ordered_at) == len(small_graph().ordered_at)


def test_killed_server_is_started_again_with_its_data(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"The server of the embedded store in .* has ended"):  # noqa: SIM117
        with open_store(EMBEDDED, folder=tmp_path) as store:
            store.load(small_graph())
            address = embedded._read_address(tmp_path)
            assert address is not None
            os.kill(address.pid, signal.SIGKILL)
            store._driver._pool.close()  # so that no retry waits for a server that stays away
            store.run("RETURN 1")
    with open_store(EMBEDDED, folder=tmp_path) as again:
        assert len(again.read_links().used) == len(small_graph().used)


def test_taken_port_is_given_up_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        free = embedded._free_ports()
        offers = iter([(taken.getsockname()[1], free[0]), free])
        monkeypatch.setattr(embedded, "_free_ports", lambda: next(offers))
        with EmbeddedServer(tmp_path) as server:
            assert server.address.bolt_port == free[0]


def test_lost_password_is_made_anew(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        first = server.password
    (tmp_path / "password").unlink()
    with open_store(EMBEDDED, folder=tmp_path) as store:
        assert store.run("RETURN 1").rows == ((1,),)
    assert (tmp_path / "password").read_text() != first


def test_folder_held_by_a_silent_process_is_answered_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "owner.lock").touch()
    with (tmp_path / "owner.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(EmbeddedError, match=r"Another process holds the embedded store in .* 0\.2 s"):
            EmbeddedServer(tmp_path, ready_within_s=0.2).start()


def test_folder_that_cannot_be_written_is_answered_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot write to its folder .*; choose another folder\.$"):  # noqa: SIM117
        with open_store(EMBEDDED, folder=tmp_path / "file" / "store"):
            pass


@pytest.mark.parametrize(
    ("package", "sentence"),
    [("no_such_package", "which is not installed"), ("queries", "has no Java runtime at")],
)
def test_missing_runtime_is_answered_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, sentence: str
) -> None:
    monkeypatch.setattr(embedded, "PACKAGE", package)
    with pytest.raises(EmbeddedError, match=sentence):
        EmbeddedServer(tmp_path).start()


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["false"], r"ended while it started \(exit code 1\); see .*server\.log\.$"),
        (["sleep", "60"], r"did not become ready in 0\.3 s; see .*server\.log\.$"),
    ],
)
def test_server_that_fails_to_start_is_answered_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], sentence: str
) -> None:
    monkeypatch.setattr(embedded, "_command", lambda *_: command)
    server = EmbeddedServer(tmp_path, ready_within_s=0.3)
    with pytest.raises(EmbeddedError, match=sentence):
        server.start()
    assert not server.is_owner  # the folder is free again
    assert not (tmp_path / "server.json").exists()
