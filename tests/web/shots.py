"""Screenshots of pages at two widths, light and dark: `python tests/web/shots.py OUT URL...`.

Options: --wide 1440x900 --narrow 390x844 --themes light,dark --locale zh-CN --cookie name=value
--full for the whole height, --press KEY, --click SELECTOR. It says what the console, the content
policy and the width complain about, and ends with 1 when something did.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("urls", nargs="+")
    parser.add_argument("--sizes", default="1440x900,390x844")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--locale", default="zh-CN")
    parser.add_argument("--cookie", action="append", default=[], help="name=value")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--press", help="a key to press before the picture")
    parser.add_argument("--click", help="a selector to click before the picture")
    return parser.parse_args()


def watched(page: Page, troubles: list[str]) -> None:
    """Note what a page complains about."""
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: troubles.append(str(e)))


def take(page: Page, url: str, target: Path, how: argparse.Namespace, width: int) -> list[str]:
    """One picture; returns what is wrong with the page."""
    troubles: list[str] = []
    watched(page, troubles)
    page.goto(url, wait_until="load")
    page.wait_for_timeout(250)
    if how.click:
        page.click(how.click)
    if how.press:
        page.keyboard.press(how.press)
    if how.click or how.press:
        page.wait_for_timeout(350)
    if page.evaluate("document.documentElement.scrollWidth") > width:
        troubles.append(f"the page is wider than {width} px")
    page.screenshot(path=str(target), full_page=how.full)
    return [f"{target.name}: {trouble}" for trouble in troubles]


def main() -> int:
    how = options()
    how.out.mkdir(parents=True, exist_ok=True)
    troubles: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for size in how.sizes.split(","):
            width, height = map(int, size.split("x"))
            for theme in how.themes.split(","):
                for url in how.urls:
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        locale=how.locale,
                        has_touch=width < 721,
                    )
                    pairs = [f"theme={theme}", *how.cookie]
                    context.add_cookies(
                        [
                            {"name": name, "value": value, "url": url}
                            for name, _, value in (pair.partition("=") for pair in pairs)
                        ]
                    )
                    slug = re.sub(r"\W+", "-", url.split("://")[1].partition("/")[2]).strip("-")
                    target = how.out / f"{slug or 'home'}-{width}-{theme}.png"
                    troubles += take(context.new_page(), url, target, how, width)
                    context.close()
        browser.close()
    print("\n".join(troubles) or "no complaints")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
