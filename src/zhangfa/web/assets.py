"""Everything a browser is sent that is not written by hand: `python -m zhangfa.web.assets`.

Third-party bytes come out of installed packages and are never kept in the repository:

* `generated/htmx.js`, `generated/hx-sse.js` from django-htmx;
* `generated/inter.woff2`, a subset of Inter variable from fontpkg-inter (left out when missing);
* `generated/app.css` and `generated/app.js`, our own sources put together;
* the message catalogues (see `catalogues`);
* at the end, collectstatic.

Each step is stamped with the versions and contents that it was made from, so that a run with
nothing to do takes a moment and does not even start Django.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
STATIC = PACKAGE / "web" / "static"
GENERATED = STATIC / "generated"
LOCALE = PACKAGE / "locale"
STAMPS = PACKAGE / ".stamps" / "assets.json"

STYLES = """
tokens base layout components charts
today customer pipeline team score lists forms palette auth imports policy appraisal
contracts reports calendar print
"""
SCRIPTS = "dom clock theme messages palette sheet keys board live main"


@dataclass(frozen=True)
class Step:
    """One thing to make: its name, a fingerprint of its inputs, its outputs and its maker."""

    name: str
    fingerprint: str
    outputs: tuple[Path, ...]
    make: Callable[[], None]

    def fresh(self, stamps: dict[str, str]) -> bool:
        return stamps.get(self.name) == self.fingerprint and all(p.exists() for p in self.outputs)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """A hash of the contents of files, their names and some words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def folder_of(package: str) -> Path:
    """Where an installed package lies, without importing it."""
    spec = util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"The package {package} is not installed; run pip install again.")
    return Path(next(iter(spec.submodule_search_locations)))


def copy_htmx() -> None:
    """htmx 4 and its extension for server-sent events, out of django-htmx."""
    source = folder_of("django_htmx") / "static" / "django_htmx"
    GENERATED.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / "htmx-4.min.js", GENERATED / "htmx.js")
    shutil.copyfile(source / "ext" / "hx-sse-4.min.js", GENERATED / "hx-sse.js")


def squeeze(text: str) -> str:
    """Source without its comments, indentation and empty lines (CSS and our own modules)."""
    text = re.sub(r"(?ms)^\s*/\*.*?\*/\s*?$", "", text)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def join_styles() -> None:
    """All sheets in order as one; the typeface only when its file was made."""
    names = STYLES.split()
    if (GENERATED / "inter.woff2").exists():
        names.insert(0, "typeface")
    order = "@layer tokens,base,layout,components,screens,print;\n"
    sheets = [(STATIC / "css" / f"{name}.css").read_text("utf-8") for name in names]
    (GENERATED / "app.css").write_text(order + squeeze("\n".join(sheets)), "utf-8")
    shutil.copyfile(STATIC / "seal.svg", GENERATED / "seal.svg")


def join_scripts() -> None:
    """Our modules as one: imports between them fall away, exports lose the word."""
    whole = "\n".join((STATIC / "js" / f"{name}.js").read_text("utf-8") for name in SCRIPTS.split())
    whole = re.sub(r"(?m)^import [^;]*;$", "", whole)
    whole = re.sub(r"(?m)^export ", "", whole)
    (GENERATED / "app.js").write_text(squeeze(whole), "utf-8")


def make_font() -> None:
    """The subset of Inter; plainer pages, no failure, when the packages are not there."""
    from .typeface import subset_inter

    if not subset_inter(GENERATED / "inter.woff2"):
        print("  Inter is not installed: pages use the system's typeface")


def build_catalogues() -> None:
    from .catalogues import build

    build(LOCALE)


def collect() -> None:
    """Django's collectstatic into STATIC_ROOT, whose place is noted for the next run."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    _noted_root().write_text(str(settings.STATIC_ROOT), "utf-8")


def _surroundings() -> str:
    """What decides where and how the settings want static files."""
    names = ("DJANGO_SETTINGS_MODULE", "ZHANGFA_ENV", "ZHANGFA_HOME", "ZHANGFA_DEBUG", "HOME")
    return "|".join(os.environ.get(name, "") for name in names)


def _noted_root() -> Path:
    """The note of where these surroundings had their files collected."""
    return STAMPS.parent / f"collected-{fingerprint([], _surroundings())}"


def steps() -> list[Step]:
    """What there is to make, in order."""
    sheets = sorted((STATIC / "css").glob("*.css"))
    modules = sorted((STATIC / "js").glob("*.js"))
    words = [*(LOCALE / "zh_Hans").glob("*.po"), *(PACKAGE / "policy").glob("hant_*.toml")]
    here = Path(__file__).parent
    font = fingerprint([here / "typeface.py"], _version("fontpkg-inter"), _version("fonttools"))
    return [
        Step(
            "htmx",
            _version("django-htmx"),
            (GENERATED / "htmx.js", GENERATED / "hx-sse.js"),
            copy_htmx,
        ),
        Step("font", font, (), make_font),
        Step(
            "styles",
            fingerprint([*sheets, STATIC / "seal.svg", Path(__file__)], font),
            (GENERATED / "app.css", GENERATED / "seal.svg"),
            join_styles,
        ),
        Step(
            "scripts",
            fingerprint([*modules, Path(__file__)]),
            (GENERATED / "app.js",),
            join_scripts,
        ),
        Step(
            "catalogues",
            fingerprint([*words, here / "catalogues.py"], _version("opencc"), _version("Babel")),
            tuple(
                LOCALE / "build" / tag / "LC_MESSAGES" / "django.mo"
                for tag in ("zh_Hans", "zh_Hant")
            ),
            build_catalogues,
        ),
    ]


def _collecting() -> Step:
    own = [path for path in GENERATED.rglob("*") if path.is_file()]
    packages = (f"{name} {_version(name)}" for name in ("Django", "django-allauth", "whitenoise"))
    note = _noted_root()
    root = Path(note.read_text("utf-8")) if note.exists() else note
    outputs = (root / GENERATED.name / "app.css",)
    return Step(f"collected {note.name}", fingerprint(own, *packages), outputs, collect)


def build(*, collected: bool = True, quiet: bool = False) -> list[str]:
    """Make what is out of date and say what was made. `collected=False` leaves out collectstatic.

    Raises SystemExit with a sentence when a package is missing.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhangfa.config.settings")
    stamps: dict[str, str] = json.loads(STAMPS.read_text()) if STAMPS.exists() else {}
    GENERATED.mkdir(parents=True, exist_ok=True)
    made = []
    last = [_collecting] if collected else []
    for wanted in [*steps(), *last]:
        step = wanted() if callable(wanted) else wanted
        if step.fresh(stamps):
            continue
        if not quiet:
            print(f"assets: {step.name.partition(' ')[0]}")
        STAMPS.parent.mkdir(exist_ok=True)
        step.make()
        made.append(step.name)
        stamps[step.name] = step.fingerprint
        STAMPS.write_text(json.dumps(stamps, indent=1))
    return made


def main() -> None:
    made = build(collected="--no-collect" not in sys.argv)
    if not made:
        print("assets: nothing to do")


if __name__ == "__main__":
    main()
