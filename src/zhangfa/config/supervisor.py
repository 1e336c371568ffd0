"""`zhangfa run`: one tree of processes, kept alive, stopped together.

PostgreSQL (unless DATABASE_URL names another), the pages, the event hub and the worker. One that
ends is started again, at once the first time and more slowly when it keeps ending.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any
from urllib.error import URLError
from urllib.request import urlopen

from . import databases, places
from .children import Child, Plan, children_of, end_session, identity, same_process
from .postgres import PostgresError

Report = Callable[[str], None]
LOOK_SECONDS = 0.25
GRACE_SECONDS = 12
READY_SECONDS = 60.0


class AlreadyRunning(Exception):
    """Another supervisor serves this installation; the text is its address."""


class CannotRun(Exception):
    """The tree cannot be started; the text says why and what to do."""


@dataclass
class Supervisor:
    """Starts the tree, watches it and stops it."""

    plan: Plan
    report: Report
    home: Path = field(default_factory=places.home)
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    _lock: IO[str] | None = None
    _log: IO[bytes] | None = None
    _port: int | None = None

    def claim(self) -> None:
        """Become the one supervisor of this installation. Raises AlreadyRunning or CannotRun."""
        places.make_folder(self.home)
        self._lock = (self.home / "run.lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_note(self.home).get("address", "its address")) from None
        _end_left_behind(_note(self.home))
        for port in (self.plan.port, self.plan.events_port):
            _check_free(self.plan.host, port)

    def start_database(self) -> None:
        """Start our own PostgreSQL, if it is ours to start."""
        server = databases.embedded()
        if server:
            self._port = server.start(self.report).port

    def serve(self) -> None:
        """Serve until SIGINT or SIGTERM; then stop everything. Needs `claim` first."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        self._log = (self.home / "run.log").open("ab")
        try:
            self.children = children_of(self.plan)
            for child in self.children:
                child.start(self._log)
            self._write_note()
            if wait_until_ready(self.plan.address, lambda: self.stopping):
                self.report(f"Zhangfa is running at {self.plan.address}   (Ctrl-C stops it)")
            else:
                self.report(f"Zhangfa does not answer yet; see {self.home / 'run.log'}")
            while not self.stopping:
                self._look()
                time.sleep(LOOK_SECONDS)
        finally:
            self.stop()

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _look(self) -> None:
        """Start again whatever has ended."""
        self._look_at_database()
        now = time.monotonic()
        changed = False
        for child in self.children:
            if child.alive or now < child.wait_until:
                continue
            if child.wait_until == 0.0:
                child.bury()
                pause = child.pause()
                child.wait_until = now + pause
                self.report(f"{child.name} ended and starts again in {pause:.0f} s")
                continue
            assert self._log is not None
            child.start(self._log)
            child.wait_until = 0.0
            changed = True
        if changed:
            self._write_note()

    def _look_at_database(self) -> None:
        server = databases.embedded()
        if server is None or server.running():
            return
        self.report("PostgreSQL ended and starts again")
        try:
            port = server.start(self.report).port
        except PostgresError as error:
            self.report(str(error).splitlines()[0])
            time.sleep(1)
            return
        if port != self._port:
            self._port = port
            self._end_children()

    def stop(self) -> None:
        """End the children, then PostgreSQL; what is under way may finish."""
        self.report("Stopping")
        self._end_children()
        server = databases.embedded()
        if server:
            server.stop()
        (self.home / "run.json").unlink(missing_ok=True)
        if self._lock:
            self._lock.close()

    def _end_children(self) -> None:
        living = [child.process for child in self.children if child.process and child.alive]
        for process in living:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in living:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                end_session(process.pid)
                process.wait()

    def _write_note(self) -> None:
        """Who runs here: for the second start, for people, and for the start after a kill -9."""
        told = {
            "address": self.plan.address,
            "supervisor": identity(os.getpid()),
            "children": {
                child.name: identity(child.process.pid)
                for child in self.children
                if child.process and child.alive
            },
        }
        places.write_private(self.home / "run.json", json.dumps(told, indent=1))


def wait_until_ready(address: str, given_up: Callable[[], bool]) -> bool:
    """True when `/healthz` says healthy, False after a minute or when given up."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not given_up():
        try:
            with urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return True
        except (URLError, OSError):
            time.sleep(0.1)
    return False


def _check_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotRun(
                f"Port {port} on {host} cannot be used ({error.strerror}): choose another, "
                f"for example --port {port + 100} (the events take the port after it)"
            ) from None


def _note(home: Path) -> dict[str, Any]:
    try:
        told = json.loads((home / "run.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _end_left_behind(note: dict[str, Any]) -> None:
    """End the children of a supervisor that was killed; only if they are the very same."""
    for pid, born in note.get("children", {}).values():
        if same_process(int(pid), born):
            end_session(int(pid))
