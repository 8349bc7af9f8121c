"""A school's colour can be read wherever the style sheets for the screen put it, in light and in dark."""

from __future__ import annotations

import colorsys
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policygen.ground.colours import WHITE, contrast, darkened, on_dark, on_light
from policygen.ground.resources import theme

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
GROUNDS = ("paper", "tint", "came", "went")
LIGHT, DARK = re.findall(r"^ *:root \{(.*?)\}", theme("screen.css"), re.DOTALL | re.MULTILINE)[:2]


def grounds(rules: str) -> list[str]:
    """What text may stand on, as the style sheet has it."""
    found = [re.search(rf"--{name}: (#\w+)", rules) for name in GROUNDS]
    colours = [match[1] for match in found if match]
    assert len(colours) == len(GROUNDS)
    return [_six(colour) for colour in colours]


def _six(colour: str) -> str:
    if len(colour) == 7:
        return colour
    return "#" + "".join(digit * 2 for digit in colour[1:])


@given(COLOURS)
@example("#000000")
@example("#ffffff")
@example("#767676")
@example("#0000ff")
def test_a_colour_can_be_read_on_every_ground(colour: str) -> None:
    """By WCAG 2.2 AA; one that could be read stays as it is."""
    for shade, rules in ((on_light(colour), LIGHT), (on_dark(colour), DARK)):
        readable = [contrast(colour, ground) >= 4.5 for ground in grounds(rules)]
        assert all(contrast(shade, ground) >= 4.5 for ground in grounds(rules))
        assert shade == colour or not all(readable)
    assert contrast(darkened(colour), WHITE) >= 4.5
    if contrast(colour, WHITE) >= 4.5:
        assert darkened(colour) == colour


@given(COLOURS)
def test_a_colour_keeps_its_hue(colour: str) -> None:
    """So that a school is known by it in the dark, too."""
    for shade in (on_light(colour), on_dark(colour)):
        (hue, _, strength), (now, _, kept) = _hls(colour), _hls(shade)
        if strength < 0.2 or kept < 0.2:
            continue
        apart = abs(hue - now)
        assert min(apart, 1 - apart) < 0.05


def _hls(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return colorsys.rgb_to_hls(red, green, blue)


def test_contrast() -> None:
    """As WCAG defines it: 21 for black; #767676 is the lightest grey that can be read."""
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#FFFFFF", WHITE) == pytest.approx(1)
    assert contrast("#767676", WHITE) > 4.5 > contrast("#777777", WHITE)


def test_the_style_sheet_paints_with_the_shades() -> None:
    """Not with the colour itself, which is only for a ground below white words."""
    assert "--link: var(--brand-on-light)" in LIGHT
    assert "--accent: var(--brand-on-dark)" in DARK
    screen = theme("screen.css").partition("@media print")[0]
    assert not re.search(r"(?<![-\w])color: var\(--brand\)", screen + theme("site.css"))
