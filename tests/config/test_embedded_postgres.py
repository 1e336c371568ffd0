"""Our own PostgreSQL server starts once, keeps what was committed and harms nobody (4.14)."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from zhangfa.config import places
from zhangfa.config.embedded import APPLICATION, EmbeddedServer
from zhangfa.config.postgres import PostgresError, find_programs

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends another account")
START = "import sys; from pathlib import Path; from zhangfa.config.embedded import EmbeddedServer; "


@pytest.fixture
def stranger() -> Iterator[psutil.Process]:
    """Some other program of this machine."""
    with subprocess.Popen(["sleep", "120"]) as process:
        yield psutil.Process(process.pid)
        process.kill()


def ask(server: EmbeddedServer, query: str, role: str = "zhangfa") -> object:
    with psycopg.connect(server.address().url(role)) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def start_elsewhere(home: Path) -> subprocess.Popen[str]:
    """Start the server of a folder from another Python process; prints its process number."""
    code = START + "s = EmbeddedServer(Path(sys.argv[1])); s.start(); print(s.running())"
    path = str(places.PACKAGE.parent)
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", code, str(home)],
        env=environment,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_first_start_makes_a_database_that_only_this_machine_and_password_reach(
    server: EmbeddedServer,
) -> None:
    address = server.start()
    assert ask(server, "SELECT current_database()") == "zhangfa"
    assert ask(server, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(server, "SHOW unix_socket_directories") == ""
    assert ask(server, "SELECT current_user", APPLICATION) == APPLICATION
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(address.url().replace(address.owner_password, "guess"))
    for name in ("owner_password", "app_password"):
        assert stat.S_IMODE((server.home / name).stat().st_mode) == 0o600


def test_names_sort_alike_on_every_machine(server: EmbeddedServer) -> None:
    server.start()
    if find_programs().major >= 17:
        query = "SELECT datlocprovider FROM pg_database WHERE datname = 'zhangfa'"
        assert ask(server, query) == "b"


def test_a_second_start_finds_the_running_server_even_by_a_relative_path(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    monkeypatch.chdir(server.home.parent)
    same = EmbeddedServer(Path("postgres"))
    same.start()
    assert same.running() == server.running()


def test_three_starts_at_once_give_one_server(server: EmbeddedServer) -> None:
    starts = [start_elsewhere(server.home) for _ in range(3)]
    told = [start.communicate(timeout=60) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], told
    assert len({out.strip() for out, _ in told}) == 1
    assert ask(server, "SELECT 1") == 1


def test_a_stale_pid_that_now_belongs_to_a_stranger_neither_stops_us_nor_harms_it(
    server: EmbeddedServer, stranger: psutil.Process
) -> None:
    server.start()
    note = server.data / "postmaster.pid"
    owner, lines = note.stat(), note.read_text().splitlines()
    server.stop()
    note.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    os.chown(note, owner.st_uid, owner.st_gid)
    note.chmod(0o600)
    assert server.running() is None
    server.start()
    assert server.running() not in (None, stranger.pid)
    server.stop()
    assert stranger.is_running()
    assert stranger.status() != psutil.STATUS_ZOMBIE


def test_a_stranger_that_is_a_postgres_of_another_folder_is_not_ours(
    server: EmbeddedServer, open_folder: Path
) -> None:
    server.start()
    other = EmbeddedServer(open_folder / "other")
    other.start()
    note, text = server.data / "postmaster.pid", (server.data / "postmaster.pid").read_text()
    server.stop()
    note.write_text(text.replace(text.splitlines()[0], str(other.running()), 1))
    os.chown(note, other.data.stat().st_uid, other.data.stat().st_gid)
    note.chmod(0o600)
    assert server.running() is None
    server.stop()
    assert ask(other, "SELECT 1") == 1
    server.start()
    assert ask(server, "SELECT 1") == 1
    other.stop()


def test_after_kill_9_the_next_start_needs_no_help(server: EmbeddedServer) -> None:
    server.start()
    number = server.running()
    assert number is not None
    os.kill(number, signal.SIGKILL)
    server.start()
    assert server.running() != number
    assert ask(server, "SELECT 1") == 1


def test_kill_9_under_load_loses_nothing_that_was_committed(server: EmbeddedServer) -> None:
    address = server.start()
    with psycopg.connect(address.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE said (n int PRIMARY KEY)")
    committed: list[int] = []

    def write(first: int) -> None:
        try:
            with psycopg.connect(address.url(), autocommit=True) as connection:
                for n in range(first, 10_000_000, 4):
                    connection.execute("INSERT INTO said VALUES (%s)", [n])
                    committed.append(n)
        except psycopg.Error:
            return

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    time.sleep(1)
    number = server.running()
    assert number is not None
    os.kill(number, signal.SIGKILL)
    for writer in writers:
        writer.join()
    assert len(committed) > 100
    address = server.start()
    with psycopg.connect(address.url()) as connection:
        kept = {n for (n,) in connection.execute("SELECT n FROM said")}
    assert set(committed) - kept == set()


def test_a_long_path_with_blanks_and_chinese_characters_works(open_folder: Path) -> None:
    deep = open_folder / ("章法 数据 " * 4).strip() / ("销售部 制度 落地" * 4) / "数 据"
    deep.mkdir(parents=True)
    assert len(os.fsencode(deep)) > 110
    server = EmbeddedServer(deep)
    server.start()
    assert ask(server, "SELECT 1") == 1
    server.stop()
    assert server.running() is None


def test_the_port_is_kept_and_given_up_when_somebody_has_taken_it(server: EmbeddedServer) -> None:
    import socket

    first = server.start().port
    server.stop()
    assert server.start().port == first
    server.stop()
    with socket.socket() as taker:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taker.bind(("127.0.0.1", first))
        taker.listen()
        assert server.start().port != first


@as_root
def test_root_lends_an_existing_account(server: EmbeddedServer) -> None:
    server.start()
    number = server.running()
    assert number is not None
    assert psutil.Process(number).uids().effective != 0


@as_root
def test_an_ordinary_user_runs_it_too(open_folder: Path) -> None:
    import pwd

    nobody = pwd.getpwnam("nobody")
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    # A fork, because the account may not be able to reach this Python.
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            EmbeddedServer(home / "postgres").start()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    number = EmbeddedServer(home / "postgres").running()
    assert number is not None
    process = psutil.Process(number)
    assert process.uids().effective == nobody.pw_uid
    process.send_signal(signal.SIGINT)
    process.wait(30)


@as_root
def test_programs_out_of_reach_are_copied_and_no_folder_is_opened(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    programs = find_programs()
    for root in programs.roots:
        shutil.copytree(root, closed / root.name, symlinks=True)
    inside = programs.bin.relative_to(programs.roots[0].parent)
    monkeypatch.setenv("PGBIN", str(closed / inside))
    server = EmbeddedServer(open_folder / "postgres")
    server.start()
    assert ask(server, "SELECT 1") == 1
    server.stop()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_a_home_out_of_reach_keeps_its_lock_and_the_data_lies_elsewhere(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer(closed / "home")
    server.start()
    assert ask(server, "SELECT 1") == 1
    server.stop()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert not server.data.is_relative_to(closed)
    shutil.rmtree(server.place)


def test_data_of_another_major_version_is_refused_with_advice(server: EmbeddedServer) -> None:
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(PostgresError, match="written by PostgreSQL 12"):
        server.start()


def test_no_programs_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PGBIN", str(tmp_path))
    with pytest.raises(PostgresError, match="DATABASE_URL"):
        find_programs()
