"""What browsers are sent is made from our sources and installed packages, and only when needed."""

from __future__ import annotations

import gettext
import gzip
import os
import re
import subprocess
import sys
import time

import pytest

from zhangfa.web import assets


@pytest.fixture(scope="module", autouse=True)
def _made():
    assets.build(collected=False, quiet=True)


def test_a_second_run_has_nothing_to_do_and_takes_a_moment():
    began = time.perf_counter()
    assert assets.build(collected=False, quiet=True) == []
    assert time.perf_counter() - began < 0.3


def test_a_second_run_from_the_command_line_does_not_start_django():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from zhangfa.web import assets; assets.build(collected=False);"
            "print('django' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(assets.PACKAGE.parent)},
    )
    assert told.stdout == "False\n"


def test_a_missing_output_is_made_again():
    (assets.GENERATED / "app.js").unlink()
    assert assets.build(collected=False, quiet=True) == ["scripts"]


def test_every_style_sheet_and_module_is_in_what_is_served():
    sheets = {path.stem for path in (assets.STATIC / "css").glob("*.css")}
    assert sheets - {"typeface"} == set(assets.STYLES.split())
    modules = {path.stem for path in (assets.STATIC / "js").glob("*.js")}
    assert modules == set(assets.SCRIPTS.split())


def test_the_served_script_is_one_module_without_imports_and_without_eval():
    script = (assets.GENERATED / "app.js").read_text("utf-8")
    assert not re.search(r"(?m)^(import|export) ", script)
    assert not re.search(r"\beval\(|new Function|innerHTML", script)
    sources = [path.read_text("utf-8") for path in (assets.STATIC / "js").glob("*.js")]
    top = r"(?m)^(?:export )?(?:async )?(?:function|const|let) ([\w$]+)"
    names = [name for source in sources for name in re.findall(top, source)]
    assert len(names) == len(set(names))


def test_a_cold_page_weighs_less_than_80_kb():
    """Style, script, htmx and typeface as sent; a page's own HTML has the other 15 KB."""
    sent = [assets.GENERATED / name for name in ("app.css", "app.js", "htmx.js", "inter.woff2")]
    weight = sum(len(gzip.compress(path.read_bytes(), 9)) for path in sent)
    assert weight < 65 * 1024
    assert len(gzip.compress((assets.GENERATED / "app.js").read_bytes(), 9)) < 8 * 1024


def test_the_typeface_leaves_quotes_and_the_ellipsis_to_chinese_on_chinese_pages():
    sheet = (assets.GENERATED / "app.css").read_text("utf-8")
    first = re.search(r'font-family: "Inter V";.*?unicode-range: ([^;]+);', sheet, re.S)
    assert first
    assert not {"U+2014", "U+2018", "U+201C", "U+2026"} & set(re.split(r",\s*", first[1]))


@pytest.mark.parametrize(("tag", "undo"), [("zh_Hans", "撤销"), ("zh_Hant", "撤銷")])
def test_catalogues_are_built_in_both_scripts(tag, undo):
    path = assets.LOCALE / "build" / tag / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Undo") == undo


def test_collecting_into_another_home_is_not_mistaken_for_done(tmp_path):
    def run() -> str:
        env = {**os.environ, "PYTHONPATH": str(assets.PACKAGE.parent), "ZHANGFA_ENV": "demo"}
        return subprocess.run(
            [sys.executable, "-m", "zhangfa.web.assets"],
            capture_output=True,
            text=True,
            check=True,
            env={**env, "ZHANGFA_HOME": str(tmp_path)},
        ).stdout

    assert run() == "assets: collected\n"
    names = {path.name for path in (tmp_path / "static" / "generated").iterdir()}
    assert {name.split(".")[0] for name in names} >= {"app", "htmx", "hx-sse", "seal"}
    assert run() == "assets: nothing to do\n"
