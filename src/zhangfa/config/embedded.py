"""Our own PostgreSQL server: made on first use, started, watched over and stopped with care.

Nothing here trusts a number in a file: a server counts as running when the process of that
number is a `postgres` whose command line names our data folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

import psutil
import psycopg

from . import cluster, places
from .account import data_place, lent_account, reachable
from .postgres import PostgresError, find_programs

OWNER = "zhangfa"
APPLICATION = "zhangfa_app"
DATABASE = "zhangfa"
RETRY_SECONDS = 30
STOP_SECONDS = 300
Report = Callable[[str], None]


@dataclass(frozen=True)
class Address:
    """Where the server listens and how the two roles sign in."""

    port: int
    owner_password: str
    app_password: str
    host: str = "127.0.0.1"

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """A connection URL; the passwords are of letters that need no quoting."""
        password = self.app_password if role == APPLICATION else self.owner_password
        return f"postgresql://{role}:{password}@{self.host}:{self.port}/{database}"


class EmbeddedServer:
    """One server for one folder, however many processes ask for it."""

    def __init__(self, home: Path, options: Mapping[str, str] | None = None) -> None:
        self.home = home.resolve()
        self.options = dict(options or {})
        self.account = lent_account()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def place(self) -> Path:
        """The folder that the server's account can reach; below `home` wherever possible."""
        places.make_folder(self.home)
        name = sha256(os.fsencode(self.home)).hexdigest()[:16]
        return data_place(self.home, self.account, name)

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    def running(self) -> int | None:
        """The process number of our live server, or None."""
        if self._child is not None:
            self._child.poll()
        number = self._noted_pid()
        return number if number is not None and self._is_ours(number) else None

    def address(self) -> Address:
        """Where the running server listens. Raises PostgresError when it is not running."""
        if self.running() is None:
            raise PostgresError(f"The PostgreSQL of {self.home} is not running: zhangfa run")
        return Address(
            port=int(self._pid_lines()[3]),
            owner_password=places.secret(self.home / "owner_password"),
            app_password=places.secret(self.home / "app_password"),
        )

    def start(self, report: Report = lambda line: None) -> Address:
        """Make the data folder if there is none, start the server if it is not running.

        Waits for recovery after a crash however long it takes. Raises PostgresError.
        """
        deadline = time.monotonic() + RETRY_SECONDS
        with self._alone():
            while True:
                if self.running() is None:
                    self._make_and_start(report)
                try:
                    address = self.address()
                    cluster.prepare(
                        address.url(database="postgres"), DATABASE, APPLICATION, address
                    )
                    return address
                except (psycopg.OperationalError, PostgresError) as error:
                    # It died, or was dying, while we looked: look again.
                    if time.monotonic() > deadline:
                        raise PostgresError(f"PostgreSQL does not answer: {error}") from error
                    time.sleep(0.1)

    def _make_and_start(self, report: Report) -> None:
        programs = reachable(find_programs(), self.account, self.place)
        if not (self.data / "PG_VERSION").exists():
            report("Creating the database")
            password = places.secret(self.home / "owner_password")
            cluster.create(programs, self.data, OWNER, password, self.account)
        cluster.check_version(programs, self.data)
        self._start_until_ready(programs["postgres"], report)

    def stop(self) -> None:
        """Ask the server to disconnect everybody and write everything down; wait for its end.

        Raises PostgresError if it is still there after five minutes.
        """
        with self._alone():
            number = self.running()
            if number is None:
                return
            os.kill(number, signal.SIGINT)
            deadline = time.monotonic() + STOP_SECONDS
            while self.running() is not None:
                if time.monotonic() > deadline:
                    raise PostgresError(f"PostgreSQL (process {number}) does not stop")
                time.sleep(0.02)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts or stops this server."""
        places.make_folder(self.home)
        with (self.home / "lock").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _noted_pid(self) -> int | None:
        lines = self._pid_lines()
        return int(lines[0]) if lines and lines[0].strip().isdigit() else None

    def _is_ours(self, number: int) -> bool:
        try:
            process = psutil.Process(number)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            program = Path(process.exe()).name
            return program.startswith("postgres") and str(self.data) in process.cmdline()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _start_until_ready(self, postgres: Path, report: Report) -> None:
        """Start; try again while the children of a killed server are still leaving."""
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            cluster.write_options(self.data, self.options, self.account)
            begin = self.log.stat().st_size if self.log.exists() else 0
            self._child = self._spawn(postgres)
            if self._wait_until_ready(self._child, report):
                return
            with self.log.open("rb") as file:
                file.seek(begin)
                told = file.read().decode("utf-8", "replace")
            if not cluster.passes_by_itself(told) or time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL does not start:\n{told.strip()[-2000:]}")
            time.sleep(0.2)

    def _spawn(self, postgres: Path) -> subprocess.Popen[bytes]:
        """Start the server as a process of its own session, so that Ctrl-C does not reach it.

        A pid file that names a living stranger is left in place: naming the stranger as our
        grandparent tells PostgreSQL that the note is stale.
        """
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        stale = self._noted_pid()
        if stale is not None:
            environment["PG_GRANDPARENT_PID"] = str(stale)
        with self._open_log() as log:
            return subprocess.Popen(
                [postgres, "-D", self.data],
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **(self.account.options if self.account else {}),
            )

    def _open_log(self) -> IO[bytes]:
        """The server's log; begun anew when it has grown beyond 10 MB."""
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            shutil.move(self.log, self.log.with_suffix(".old.log"))
        return self.log.open("ab")

    def _wait_until_ready(self, child: subprocess.Popen[bytes], report: Report) -> bool:
        """True when the server accepts connections, False when it ended instead."""
        started = time.monotonic()
        told = False
        while child.poll() is None:
            lines = self._pid_lines()
            if len(lines) >= 8 and lines[0] == str(child.pid) and lines[7].strip() == "ready":
                return True
            if not told and time.monotonic() - started > 5:
                report("PostgreSQL is recovering; nothing is lost, this may take a while")
                told = True
            time.sleep(0.02)
        return False
