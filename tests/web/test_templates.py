"""The content security policy allows neither inline scripts nor styles; no template may need them, nor another host."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SKIPPED = {".venv", "node_modules", "var", "staticfiles"}
FORBIDDEN = {
    "inline style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.I),
    "event handler attribute": re.compile(r"<[^>{%]*\son[a-z]+\s*=", re.I),
    "htmx handler attribute": re.compile(r"\shx-on\b|\shx-vars\b|[\"']js:", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "other host": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I),
    "autoescape off": re.compile(r"autoescape\s+off|\|\s*safe\b"),
}


def templates() -> list[Path]:
    found = (path for path in ROOT.rglob("templates/**/*.html") if not SKIPPED & set(path.relative_to(ROOT).parts))
    return sorted(found)


def test_there_are_templates() -> None:
    assert len(templates()) > 20


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_template_needs_nothing_the_policy_forbids(path: Path) -> None:
    text = path.read_text()
    found = [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert found == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('<p style="color:red">', "inline style attribute"),
        ("<script>alert(1)</script>", "inline script"),
        ('<a onclick="x()">', "event handler attribute"),
        ('<a href="//cdn.example/x">', "other host"),
        ("{{ text|safe }}", "autoescape off"),
    ],
)
def test_the_patterns_catch_what_they_name(source: str, name: str) -> None:
    assert FORBIDDEN[name].search(source)


def test_every_icon_used_is_in_the_sprite() -> None:
    sprite = (ROOT / "static/icons.svg").read_text()
    used = {name for path in templates() for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    assert used - known == set() and len(used) > 10
