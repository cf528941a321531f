"""Contrast as WCAG 2.2 defines it, and how much of it our themes promise."""

from __future__ import annotations

from textual.color import Color

LEAST = {"dark": 4.5, "light": 4.5, "high-contrast": 7.0}


def luminance(colour: Color) -> float:
    """Relative luminance, 0 to 1."""
    parts = [part / 255 for part in colour.rgb]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
