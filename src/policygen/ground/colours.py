"""Colours that can be read, by the contrast of WCAG 2.2 AA."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls

LEAST_CONTRAST = 4.5
"""Of text with its ground."""
WHITE = "#ffffff"
_LIGHT_GROUND, _DARK_GROUND = "#fbe4e2", "#123d22"
"""Of the grounds that theme/screen.css has in light colours the darkest, and of those in dark ones the palest."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours such as "#1d3f6e": from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def darkened(colour: str) -> str:
    """The lightest shade of a colour that can be read on white."""
    return _nearest(colour, WHITE)


def on_light(colour: str) -> str:
    """The colour, or the lightest shade of it, that can be read on each ground of a light page."""
    return _nearest(colour, _LIGHT_GROUND)


def on_dark(colour: str) -> str:
    """The colour, or the darkest tint of it, that can be read on each ground of a dark page.

    A tint has the same hue and as much of it, so that a school is known by it: mixed with white it would turn grey.
    """
    hue, own, strength = rgb_to_hls(*_shares(colour))
    much = strength * _most(own)
    for part in range(101):
        light = own + (1 - own) * part / 100
        kept = min(1.0, much / max(_most(light), 0.001))
        tint = _written(hls_to_rgb(hue, light, kept))
        if contrast(tint, _DARK_GROUND) >= LEAST_CONTRAST:
            return tint
    raise AssertionError(colour)  # white itself can be read


def _most(lightness: float) -> float:
    """How much hue a colour of this lightness can have."""
    return 1 - abs(2 * lightness - 1)


def _nearest(colour: str, ground: str) -> str:
    """The colour with as little black as it needs to be read."""
    shades = (_darker(colour, part) for part in range(101))
    return next(shade for shade in shades if contrast(shade, ground) >= LEAST_CONTRAST)


def _luminance(colour: str) -> float:
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in _shares(colour)
    ]
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _darker(colour: str, part: int) -> str:
    """A colour with so many hundredths of black."""
    channels = _channels(colour)
    return "#" + "".join(f"{channel * (100 - part) // 100:02x}" for channel in channels)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _shares(colour: str) -> tuple[float, float, float]:
    red, green, blue = _channels(colour)
    return red / 255, green / 255, blue / 255


def _written(shares: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(share * 255):02x}" for share in shares)
