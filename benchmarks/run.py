"""Every benchmark after the other, as `make bench` runs them; `python benchmarks/run.py --small`.

Words after the options name the ones to run: `python benchmarks/run.py screens scores`. What was
measured at full size is written to docs/reference/performance.md.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import page

HERE = Path(__file__).parent
HELPERS = {"run", "world", "filling", "namings", "page"}
SIZED = {"actions", "imports", "screens", "scores", "search", "sweep"}  # those that know --small


def main() -> int:
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    wanted = {word for word in sys.argv[1:] if not word.startswith("-")}
    failed = []
    for file in sorted(HERE.glob("*.py")):
        if file.stem in HELPERS or (wanted and file.stem not in wanted):
            continue
        print(f"== {file.stem}", flush=True)
        given = options if file.stem in SIZED else []
        if subprocess.run([sys.executable, file, *given], check=False).returncode:
            failed.append(file.stem)
    if "--small" not in options:
        page.write()
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
