"""One command runs everything, whatever is killed comes back, and one signal stops it all."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from zhangfa.config import children, places
from zhangfa.config.embedded import EmbeddedServer


def free_ports() -> int:
    """A port whose neighbour is free too."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                next_one.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


class Tree:
    """A running `zhangfa run` and what can be asked of it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_ports()
        self.log = home.parent / "run.out"
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "ZHANGFA_HOME": str(home),
            "ZHANGFA_ENV": "demo",
            "PYTHONPATH": str(places.PACKAGE.parent),
        }
        with self.log.open("wb") as file:
            self.process = subprocess.Popen(
                self.command(), env=self.environment, stdout=file, stderr=file
            )

    def command(self, port: int = 0) -> list[str]:
        words = ["run", "--port", str(port or self.port), "--workers", "1"]
        return [sys.executable, "-m", "zhangfa.config.cli", *words]

    def health(self) -> dict[str, Any]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return json.load(answer)
        except (URLError, OSError, ValueError):
            return {}

    def well(self) -> bool:
        told = self.health()
        hub = str(told.get("hub", "")).startswith("ok")
        return bool(told.get("healthy")) and told.get("worker") == "ok" and hub

    def child(self, name: str) -> int:
        return int(json.loads((self.home / "run.json").read_text())["children"][name][0])

    def until(self, true: Callable[[], bool], what: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"{what}\n{self.log.read_text()}"
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)


@pytest.fixture
def tree(open_folder: Path) -> Iterator[Tree]:
    one = Tree(open_folder / "home")
    yield one
    if one.process.poll() is None:
        one.process.terminate()
        one.process.wait(60)
    EmbeddedServer(one.home / "postgres").stop()


def test_4_14_what_is_killed_comes_back_and_one_signal_stops_everything(tree: Tree) -> None:
    tree.until(tree.well, "does not become healthy", 120)
    second = subprocess.run(
        tree.command(port=free_ports()),
        env=tree.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 0
    assert f"already running at http://127.0.0.1:{tree.port}" in second.stderr

    for name in ("worker", "hub", "web"):
        before = tree.child(name)
        os.kill(before, signal.SIGKILL)
        tree.until(lambda name=name, before=before: tree.child(name) != before, f"no new {name}")
        tree.until(tree.well, f"not well after the {name} was killed")

    server = EmbeddedServer(tree.home / "postgres")
    before = server.running()
    assert before is not None
    os.kill(before, signal.SIGKILL)
    tree.until(lambda: server.running() not in (None, before), "no new PostgreSQL")
    tree.until(tree.well, "not well after PostgreSQL was killed")

    family = psutil.Process(tree.process.pid).children(recursive=True)
    family += [psutil.Process(server.running())]
    tree.process.send_signal(signal.SIGTERM)
    assert tree.process.wait(60) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert server.running() is None
    assert not (tree.home / "run.json").exists()


def test_a_taken_port_is_one_clear_sentence(open_folder: Path) -> None:
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", 0))
        taker.listen()
        port = taker.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "zhangfa.config.cli", "run", "--port", str(port)],
            env={
                **os.environ,
                "ZHANGFA_HOME": str(open_folder / "home"),
                "ZHANGFA_ENV": "demo",
                "PYTHONPATH": str(places.PACKAGE.parent),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert f"Port {port}" in done.stderr
    assert "--port" in done.stderr


def test_a_child_that_keeps_ending_is_started_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    child = children.Child("worker", ["true"], {})
    child.started = now = 1000.0
    monkeypatch.setattr(children.time, "monotonic", lambda: now)
    assert [child.pause() for _ in range(8)] == [0, 1, 2, 4, 8, 16, 30, 30]
    monkeypatch.setattr(children.time, "monotonic", lambda: now + 61)
    assert child.pause() == 0


def test_a_process_number_that_was_given_anew_is_not_the_same_process() -> None:
    pid, born = children.identity(os.getpid())
    assert children.same_process(int(pid), born)
    assert not children.same_process(int(pid), born - 5)
