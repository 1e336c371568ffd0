"""Inter variable cut down to what our pages set in it: Latin letters, figures, a few signs."""

from __future__ import annotations

from importlib import util
from pathlib import Path

# Quotes, dashes and the ellipsis are in the file for English pages; on Chinese pages the
# style sheet's unicode-range leaves them to the Chinese typeface.
WANTED = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026),
    *(0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2264, 0x2265, 0x20AC, 0x21B5),
)
FEATURES = ["kern", "liga", "calt", "tnum", "case", "ccmp", "locl", "mark", "ss03"]


def subset_inter(target: Path) -> bool:
    """Write the woff2 (about 26 KB); False when fontpkg-inter or fontTools is not installed."""
    spec = util.find_spec("fontpkg_inter")
    if spec is None or util.find_spec("fontTools") is None or util.find_spec("brotli") is None:
        return False
    from fontTools.subset import Options, Subsetter, load_font, save_font
    from fontTools.varLib.instancer import instantiateVariableFont

    source = Path(spec.submodule_search_locations[0]) / "files" / "Inter[opsz,wght].ttf"
    options = Options(flavor="woff2", layout_features=FEATURES, hinting=False, notdef_outline=True)
    options.name_IDs = [1, 2]
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=WANTED)
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"opsz": 14, "wght": (400, 700)})
    save_font(font, str(target), options)
    return True
