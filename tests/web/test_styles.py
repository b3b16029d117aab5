"""The style sheets stay small, and every pair of colours that carries text or meaning meets WCAG 2.1 AA."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from aim.web.tones import ICONS

CSS = Path(settings.BASE_DIR) / "static/css"
DOCUMENT = Path(settings.BASE_DIR) / "templates/document.html"
BUDGET_BYTES = 25_000
TEXT, GRAPHICS = 4.5, 3.0
TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = {name: (light, dark) for name, light, dark in TOKEN.findall((CSS / "tokens.css").read_text())}
GROUNDS = ["page", "surface", "raised"]

PAIRS = [
    *[(ink, ground, TEXT) for ink in ("text", "muted", "accent", "bad") for ground in (*GROUNDS, "sunken", "hover")],
    *[(tone, f"{tone}-soft", TEXT) for tone in ICONS if tone != "muted"],
    *[("text", f"{tone}-soft", TEXT) for tone in ICONS if tone != "muted"],
    *[(tone, ground, TEXT) for tone in ICONS if tone != "muted" for ground in GROUNDS],
    ("accent", "accent-soft", TEXT),
    ("text", "accent-soft", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-bad", "bad", TEXT),
    *[("line-strong", ground, GRAPHICS) for ground in GROUNDS],
    *[("focus", ground, GRAPHICS) for ground in GROUNDS],
    *[(f"series-{i}", ground, GRAPHICS) for i in range(1, 7) for ground in GROUNDS],
]


def luminance(color: str) -> float:
    """Relative luminance of #rrggbb, WCAG 2.1."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_formula() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast(ink: str, ground: str, least: float, theme: int) -> None:
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= least


def test_the_sheets_of_every_page_stay_within_their_budget() -> None:
    listed = re.search(r'for sheet in "([\w ]+)"\|words', DOCUMENT.read_text())
    assert listed is not None
    sheets = listed.group(1).split()
    assert len(sheets) > 5
    assert sum((CSS / f"{name}.css").stat().st_size for name in sheets) <= BUDGET_BYTES


def test_colours_are_named_in_the_tokens_only() -> None:
    strays = {
        path.name: found
        for path in CSS.glob("*.css")
        if path.name != "tokens.css" and (found := re.findall(r"#[0-9a-f]{6}\b|rgba?\(|hsla?\(", path.read_text()))
    }
    assert strays == {}


def test_every_custom_property_used_is_defined() -> None:
    text = "".join(path.read_text() for path in CSS.glob("*.css"))
    used, defined = set(re.findall(r"var\(--([\w-]+)", text)), set(re.findall(r"--([\w-]+)\s*:", text))
    assert used - defined - {"least", "tone", "tone-soft", "key"} == set()
