"""What the look of the portal must keep: contrast, no CSS newer than the office's browsers, no inline style or script
(the content security policy forbids them), no remote address, no banned word."""

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from portal.screens.templatetags.portal import ICONS
from scripts import assets

ROOT = Path(__file__).resolve().parent.parent.parent
CSS = sorted((ROOT / "static" / "css").glob("*.css"))
JS = sorted((ROOT / "static" / "js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# The files whose Chinese texts officers and secretaries read; the rest speaks to operators too.
SPOKEN = {"forms.py", "views.py", "filters.py", "transitions.py", "services.py", "rules.py", "errors.py", "fields.py"}
SOURCES = sorted(
    path
    for room in ("portal", "associations", "partybuilding", "supervision")
    for path in (ROOT / room).rglob("*.py")
    if path.name in SPOKEN and "regulations" not in path.parts
)
# Chromium 109 is the last for Windows 7; what it lacks may only stand inside @supports.
NEWER = re.compile(
    r"color-mix\(|oklch\(|oklab\(|light-dark\(|@layer|@container|@scope|@starting-style|:has\(|text-wrap|\bpopover\b"
    r"|\bd[vsl]v[hw]\b|@property|anchor-name|position-anchor|field-sizing|interpolate-size|^\s*&|\{[^{}]*\n\s*&",
    re.M,
)
BANNED = (
    *("非法", "无效", "格式错误", "操作失败", "系统异常", "未知错误", "请检查"),
    *("参数", "null", "字段", "数据库", "对不起", "登陆", "其它"),
)
# What the reference data are called; a word of the department's own.
TERM = "规则参数"
# Official texts are printed by their own templates and set their own page.
PRINTED = {"reports"}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    text = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))


def test_text_tokens_have_contrast(tokens: dict[str, str]) -> None:
    names = ("ink-1", "ink-2", "ink-3", "blue", "blue-deep", "red", "red-deep", "green", "amber")
    found = {(name, ground): contrast(tokens[name], tokens[ground]) for name in names for ground in ("paper", "page")}
    assert {pair: round(value, 2) for pair, value in found.items() if value < 5.5} == {}


def test_tone_tokens_have_contrast(tokens: dict[str, str]) -> None:
    tones = ("red", "green", "blue", "amber", "grey")
    found = {tone: contrast(tokens[f"tone-{tone}-ink"], tokens[f"tone-{tone}-paper"]) for tone in tones}
    assert {tone: round(value, 2) for tone, value in found.items() if value < 5.5} == {}


def test_controls_and_chart_colours_stand_out(tokens: dict[str, str]) -> None:
    names = ("control-border", *(f"chart-{number}" for number in range(1, 6)))
    assert {
        name: contrast(tokens[name], tokens["paper"]) for name in names if contrast(tokens[name], "#f3f5f8") < 3
    } == {}


def without_supports(css: str) -> str:
    """The stylesheet without its @supports blocks and comments."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    kept, at = [], 0
    while (start := css.find("@supports", at)) >= 0:
        kept.append(css[at:start])
        depth, at = 1, css.index("{", start) + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[at], 0)
            at += 1
    return "".join(kept) + css[at:]


def test_css_is_old_enough_for_the_office() -> None:
    found = {path.name: NEWER.findall(without_supports(path.read_text(encoding="utf-8"))) for path in CSS}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_newer_css_is_found_outside_supports_only() -> None:
    assert NEWER.findall(without_supports("a { color: color-mix(in srgb, red, blue) }")) == ["color-mix("]
    assert NEWER.findall(without_supports("@supports (color: oklch(0 0 0)) { a { b: oklch(0 0 0) } } c { d: e }")) == []


def test_our_assets_name_no_other_host() -> None:
    allowed = {"http://www.w3.org/2000/svg"}
    images = sorted((ROOT / "static" / "img").glob("*.svg"))
    found = {
        path.name: set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", path.read_text(encoding="utf-8"))) - allowed
        for path in (*CSS, *JS, *images)
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


def visible(path: Path) -> str:
    return re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.S)


def test_templates_have_no_inline_style_or_script() -> None:
    inline = re.compile(r"\sstyle=|\son\w+=|<style|javascript:|<script(?![^>]*\ssrc=)[^>]*>")
    found = {
        str(path.relative_to(ROOT)): inline.findall(visible(path))
        for path in TEMPLATES
        if not PRINTED & set(path.relative_to(ROOT / "templates").parts)
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_templates_name_no_other_host() -> None:
    found = {path.name: re.findall(r"(?:src|href|action)=\"(?:https?:)?//", visible(path)) for path in TEMPLATES}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_comments_of_templates_end_on_their_line() -> None:
    open_ended = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.count("{#") != line.count("#}")
    ]
    assert open_ended == []


def test_components_say_what_they_need() -> None:
    silent = [
        path.name
        for path in (ROOT / "templates" / "components").glob("*.html")
        if not path.read_text(encoding="utf-8").startswith("{#")
    ]
    assert silent == []


def test_templates_use_no_banned_word() -> None:
    tags = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]+>", re.S)
    found = {
        str(path.relative_to(ROOT)): [word for word in BANNED if word in tags.sub(" ", visible(path))]
        for path in TEMPLATES
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_messages_use_no_banned_word() -> None:
    literal = re.compile(r'"([^"\n]*[一-鿿][^"\n]*)"')
    found = {
        str(path.relative_to(ROOT)): [
            text
            for text in literal.findall(path.read_text(encoding="utf-8"))
            for word in BANNED
            if word in text.replace(TERM, "") and text != word
        ]
        for path in SOURCES
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_every_icon_is_in_the_sprite() -> None:
    sprite = ElementTree.parse(ROOT / "static" / "img" / "sprite.svg")  # noqa: S314 (our own file)
    assert {symbol.get("id") for symbol in sprite.getroot()} == set(ICONS)


def test_assets_are_verified_and_named_one_by_one(tmp_path: Path) -> None:
    source, target = tmp_path / "node_modules", tmp_path / "assets"
    for item in assets.listed():
        path = source / item["source"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"altered")
    with pytest.raises(assets.AssetError, match="expected"):
        assets.copy(source, target)
    with pytest.raises(assets.AssetError, match="npm ci"):
        assets.copy(tmp_path / "nothing", target)
    assert not assets.is_complete(target)


def test_source_maps_are_not_named_in_what_is_served() -> None:
    assert assets.served_bytes(b"a{b:c}\n/*# sourceMappingURL=x.css.map */") == b"a{b:c}\n"
    assert assets.served_bytes(b"let a;\n//# sourceMappingURL=x.js.map\n") == b"let a;\n"
    built = ROOT / "build" / "assets"
    for item in assets.listed():
        content = (built / item["target"]).read_bytes()
        assert b"sourceMappingURL" not in content
        assert len(hashlib.sha256(content).hexdigest()) == 64
