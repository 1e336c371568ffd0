"""Where this installation keeps its things, and the secrets it makes for itself."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ENVIRONMENTS = ("demo", "development", "production", "test")


def checkout() -> Path | None:
    """The folder of the source checkout, or None for an installed package."""
    root = PACKAGE.parents[1]
    return root if (root / "pyproject.toml").is_file() else None


def home() -> Path:
    """The folder of all data: ZHANGFA_HOME, or `.zhangfa` in the checkout or working folder."""
    told = os.environ.get("ZHANGFA_HOME")
    return Path(told or (checkout() or Path.cwd()) / ".zhangfa").resolve()


def environment() -> str:
    """demo, development, production or test, from ZHANGFA_ENV; pytest means test.

    Raises ValueError for any other word.
    """
    word = os.environ.get("ZHANGFA_ENV") or ("test" if "pytest" in sys.modules else "development")
    if word not in ENVIRONMENTS:
        raise ValueError(f"ZHANGFA_ENV is {word!r}; it must be one of {', '.join(ENVIRONMENTS)}")
    return word


def make_folder(folder: Path) -> Path:
    """Create a data folder that others may pass through but not list; kept if it is there."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def secret(path: Path) -> str:
    """The secret kept in a file with mode 0600; made on first use, once however many ask."""
    if not path.exists():
        make_folder(path.parent)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        write_private(draft, secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()
