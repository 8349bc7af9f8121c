"""Colours that can be read, by the contrast of WCAG 2.2 AA."""

from __future__ import annotations

LEAST_CONTRAST = 4.5
"""Of text with its ground."""
WHITE = "#ffffff"
_BLACK = "#000000"
_LIGHT_GROUND, _DARK_GROUND = "#fbe4e2", "#123d22"
"""Of the grounds that theme/screen.css has in light colours the darkest, and of those in dark ones the palest."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours such as "#1d3f6e": from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def darkened(colour: str) -> str:
    """The lightest shade of a colour that can be read on white."""
    return _nearest(colour, _BLACK, WHITE)


def on_light(colour: str) -> str:
    """The colour, or the lightest shade of it, that can be read on each ground of a light page."""
    return _nearest(colour, _BLACK, _LIGHT_GROUND)


def on_dark(colour: str) -> str:
    """The colour, or the darkest tint of it, that can be read on each ground of a dark page."""
    return _nearest(colour, WHITE, _DARK_GROUND)


def _nearest(colour: str, added: str, ground: str) -> str:
    """The colour with as little of another one as it needs to be read."""
    mixed = (_mixed(colour, added, part) for part in range(101))
    return next(found for found in mixed if contrast(found, ground) >= LEAST_CONTRAST)


def _luminance(colour: str) -> float:
    channels = [value / 255 for value in _channels(colour)]
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    ]
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, other: str, part: int) -> str:
    """A colour with so many hundredths of another one."""
    mixed = []
    for own, added in zip(_channels(colour), _channels(other), strict=True):
        mixed.append((own * (100 - part) + added * part) // 100)
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
