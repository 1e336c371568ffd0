"""The account that PostgreSQL runs as: it refuses to be root, so root lends it another."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .postgres import PostgresError, Programs

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An existing unprivileged account of this machine."""

    name: str
    uid: int
    gid: int

    @property
    def options(self) -> dict[str, Any]:
        """Arguments for subprocess that make a program run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)

    def may_enter(self, folder: Path) -> bool:
        """Whether the account can pass through a folder and everything above it."""
        return all(self._passes(place) for place in (folder, *folder.parents))

    def _passes(self, folder: Path) -> bool:
        state = folder.stat()
        if state.st_uid == self.uid:
            return bool(state.st_mode & 0o100)
        if state.st_gid == self.gid:
            return bool(state.st_mode & 0o010)
        return bool(state.st_mode & 0o001)


def lent_account() -> Account | None:
    """None when we are an ordinary user; for root the first existing account to lend.

    Raises PostgresError when root finds no such account. Creates none.
    """
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid)
    raise PostgresError(
        "PostgreSQL does not run as root and there is no account postgres or nobody: "
        "start Zhangfa as an ordinary user, or set DATABASE_URL to a running server"
    )


def data_place(wanted: Path, account: Account | None, name: str) -> Path:
    """Where the data can lie: as wanted, or under /var/lib when the account cannot get there.

    No folder above is opened for it.
    """
    if account is None or account.may_enter(wanted):
        return wanted
    shelter = Path("/var/lib/zhangfa") / name
    shelter.mkdir(parents=True, exist_ok=True)
    shelter.chmod(0o711)
    return shelter


def reachable(programs: Programs, account: Account | None, folder: Path) -> Programs:
    """The programs, or a copy of them in `folder` when the account cannot run the originals."""
    if account is None or _runs(programs, account):
        return programs
    copy = folder / f"programs-{programs.major}"
    original = programs.roots[0]
    found = Programs(copy / original.name / programs.bin.relative_to(original))
    if not copy.is_dir():
        draft = folder / f"programs.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        for root in programs.roots:
            shutil.copytree(root, draft / root.name, symlinks=True)
        _open_copy(draft)
        draft.rename(copy)
    if not _runs(found, account):
        raise PostgresError(f"The account {account.name} cannot run {found['postgres']}")
    return found


def _open_copy(folder: Path) -> None:
    """Make our own copy readable; the copy only, nothing above it."""
    folder.chmod(0o755)
    for place in folder.rglob("*"):
        if not place.is_symlink():
            place.chmod(0o755 if place.is_dir() or place.stat().st_mode & 0o100 else 0o644)


def _runs(programs: Programs, account: Account) -> bool:
    """Whether the account can start `postgres` and read what lies beside it."""
    try:
        told = subprocess.run(
            [programs["postgres"], "--version"],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **account.options,
        )
    except (PermissionError, FileNotFoundError):
        return False
    beside = [programs.bin.parent / "share" / "postgres.bki"]
    open_to_all = all(path.stat().st_mode & 0o004 for path in beside if path.exists())
    return told.returncode == 0 and open_to_all
