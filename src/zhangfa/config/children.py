"""The processes of the tree besides PostgreSQL: how each is started, and how it is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import psutil

from . import places

LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0


@dataclass(frozen=True)
class Plan:
    """What to serve, and where."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 4
    backpressure: int = 64

    @property
    def events_port(self) -> int:
        return self.port + 1

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://{host}:{self.port}"


@dataclass
class Child:
    """One process that must live: how to start it, and how it has fared."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    wait_until: float = 0.0

    def start(self, log: IO[bytes]) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def bury(self) -> None:
        """End what an ended process has left running: its whole session."""
        if self.process is not None:
            end_session(self.process.pid)

    def pause(self) -> float:
        """Seconds to wait before the next start: 0, 1, 2, 4 ... 30; forgotten after a minute."""
        if time.monotonic() - self.started > STEADY_SECONDS:
            self.failures = 0
        self.failures += 1
        return 0.0 if self.failures == 1 else min(LONGEST_PAUSE, 2.0 ** (self.failures - 2))


def environment(**more: str) -> dict[str, str]:
    """The environment of every process of the tree: it finds this very package."""
    paths = [str(places.PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "zhangfa.config.settings",
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        **more,
    }


def children_of(plan: Plan) -> list[Child]:
    """The processes of the tree besides PostgreSQL."""
    ours = environment(ZHANGFA_DATABASE_ROLE="app", ZHANGFA_EVENTS_PORT=str(plan.events_port))
    granian = [sys.executable, "-m", "granian", "--host", plan.host, "--no-ws"]
    pages = [
        *granian,
        *("--interface", "wsgi", "--port", str(plan.port), "--workers", str(plan.workers)),
        *("--blocking-threads", str(plan.threads), "--backpressure", str(plan.backpressure)),
        *("--backlog", "1024", "--respawn-failed-workers", "--workers-kill-timeout", "10s"),
        "zhangfa.config.wsgi:application",
    ]
    events = [
        *granian,
        *("--interface", "asgi", "--port", str(plan.events_port), "--workers", "1"),
        *("--backlog", "2048", "--backpressure", "8192", "--workers-kill-timeout", "3s"),
        *("--respawn-failed-workers", "zhangfa.web.hub:app"),
    ]
    worker = [sys.executable, "-m", "zhangfa.config.cli", "worker"]
    small = {**ours, "ZHANGFA_POOL_SIZE": "3"}
    return [
        Child("web", pages, ours),
        Child("hub", events, small),
        Child("worker", worker, ours),
    ]


def identity(pid: int) -> list[float]:
    """A process number with its birth, which together mean one process only."""
    return [pid, psutil.Process(pid).create_time()]


def same_process(pid: int, born: float) -> bool:
    """Whether the process of this number is the one of that birth."""
    try:
        return bool(psutil.Process(pid).create_time() == born)
    except psutil.NoSuchProcess:
        return False


def end_session(leader: int) -> None:
    """Kill every process of the session that a child of ours led, the leader included."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
