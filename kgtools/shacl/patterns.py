"""Regular expressions of XPath (which `sh:pattern` has) in the dialect of the embedded engine.

XPath and XQuery Functions 3.1, section 5.6.1, has character class subtraction, name characters and blocks, which
Rust's `regex` writes otherwise or not at all; Rust in turn reads `&&`, `~~` and `--` in a class as operators.
"""

from __future__ import annotations

import re
from functools import cache

import pyoxigraph as ox

_START = (
    "A-Z_a-z:\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}\\x{200C}-\\x{200D}"
    "\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{D7FF}\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}"
)
_NAME = "\\-.0-9\\x{B7}\\x{0300}-\\x{036F}\\x{203F}-\\x{2040}" + _START
_ESCAPES = {"i": f"[{_START}]", "I": f"[^{_START}]", "c": f"[{_NAME}]", "C": f"[^{_NAME}]"}
_BLOCKS = {
    "BasicLatin": "0-7F", "Latin-1Supplement": "80-FF", "LatinExtended-A": "100-17F", "LatinExtended-B": "180-24F",
    "IPAExtensions": "250-2AF", "SpacingModifierLetters": "2B0-2FF", "CombiningDiacriticalMarks": "300-36F",
    "Greek": "370-3FF", "GreekandCoptic": "370-3FF", "Cyrillic": "400-4FF", "Armenian": "530-58F", "Hebrew": "590-5FF",
    "Arabic": "600-6FF", "Syriac": "700-74F", "Thaana": "780-7BF", "Devanagari": "900-97F", "Bengali": "980-9FF",
    "Gurmukhi": "A00-A7F", "Gujarati": "A80-AFF", "Oriya": "B00-B7F", "Tamil": "B80-BFF", "Telugu": "C00-C7F",
    "Kannada": "C80-CFF", "Malayalam": "D00-D7F", "Sinhala": "D80-DFF", "Thai": "E00-E7F", "Lao": "E80-EFF",
    "Tibetan": "F00-FFF", "Myanmar": "1000-109F", "Georgian": "10A0-10FF", "HangulJamo": "1100-11FF",
    "Ethiopic": "1200-137F", "Cherokee": "13A0-13FF", "Khmer": "1780-17FF", "Mongolian": "1800-18AF",
    "LatinExtendedAdditional": "1E00-1EFF", "GreekExtended": "1F00-1FFF", "GeneralPunctuation": "2000-206F",
    "SuperscriptsandSubscripts": "2070-209F", "CurrencySymbols": "20A0-20CF", "LetterlikeSymbols": "2100-214F",
    "NumberForms": "2150-218F", "Arrows": "2190-21FF", "MathematicalOperators": "2200-22FF",
    "MiscellaneousTechnical": "2300-23FF", "BoxDrawing": "2500-257F", "GeometricShapes": "25A0-25FF",
    "MiscellaneousSymbols": "2600-26FF", "Dingbats": "2700-27BF", "CJKSymbolsandPunctuation": "3000-303F",
    "Hiragana": "3040-309F", "Katakana": "30A0-30FF", "Bopomofo": "3100-312F", "HangulCompatibilityJamo": "3130-318F",
    "CJKUnifiedIdeographsExtensionA": "3400-4DBF", "CJKUnifiedIdeographs": "4E00-9FFF", "HangulSyllables": "AC00-D7AF",
    "CJKCompatibilityIdeographs": "F900-FAFF", "HalfwidthandFullwidthForms": "FF00-FFEF",
}  # fmt: skip
"""The blocks of Unicode that `\\p{Is…}` may name here, as ranges in hexadecimal."""

BACKTRACKING = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?(?:[=!]|<[=!])|\\[1-9])")
"""Look-around and back-references, which no engine without backtracking has."""


class NotRegular(ValueError):
    """The expression is none of XPath's, or none that can be carried out; the text says why."""


def rust(pattern: str, flags: str = "") -> str:
    """An XPath regular expression as the embedded engine takes it.

    Raises:
        NotRegular: the flags or the expression are not of XPath, or name a block that is not known here.

    >>> rust("^[a-z-[aeiou]]$"), rust("[a&&b]")
    ('^[[a-z]--[aeiou]]$', '[a\\\\&\\\\&b]')
    >>> rust("(")
    Traceback (most recent call last):
    kgtools.shacl.patterns.NotRegular: not a regular expression of XPath
    """
    if set(flags) - set("smixq"):
        raise NotRegular(f"flags '{flags}': XPath has s, m, i, x and q")
    text = pattern if "q" in flags else _Translation(pattern).text
    if not _compiles(text, flags):
        raise NotRegular("not a regular expression of XPath")
    return text


@cache
def _compiles(pattern: str, flags: str) -> bool:
    query = f'SELECT (REGEX("", {ox.Literal(pattern)}, {ox.Literal(flags)}) AS ?r) {{}}'
    ((found,),) = ox.Store().query(query)  # type: ignore[misc]
    return found is not None


class _Translation:
    """One reading of an expression; `text` is what it became."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0
        out: list[str] = []
        while self._at < len(pattern):
            char = pattern[self._at]
            if char == "\\":
                out.append(self._escape())
            elif char == "[":
                out.append(self._class())
            elif pattern.startswith("(?", self._at) and not pattern.startswith("(?:", self._at):
                raise NotRegular(f"'{pattern[self._at : self._at + 3]}' is not of XPath; flags go into sh:flags")
            else:
                out.append(char)
                self._at += 1
        self.text = "".join(out)

    def _escape(self) -> str:
        found = self._pattern[self._at : self._at + 2]
        self._at += 2
        if len(found) < 2:
            raise NotRegular("it ends in a backslash")
        if found[1] in _ESCAPES:
            return _ESCAPES[found[1]]
        if found[1] in "pP":
            name = re.compile(r"\{([A-Za-z0-9-]+)\}").match(self._pattern, self._at)
            if name is None:
                raise NotRegular(f"'{found}' is not followed by a name in braces")
            self._at = name.end()
            if not name[1].startswith("Is"):
                return found + name[0]
            if name[1][2:] not in _BLOCKS:
                raise NotRegular(f"the block {name[1]} is not known here; write its range")
            low, high = _BLOCKS[name[1][2:]].split("-")
            return f"[{'^' if found[1] == 'P' else ''}\\x{{{low}}}-\\x{{{high}}}]"
        if found[1].isalpha() and found[1] not in "nrtsSdDwW" and found[1] not in "bB":
            raise NotRegular(f"'{found}' is not of XPath")
        return found

    def _class(self) -> str:
        """A character class; a class that is subtracted is written with Rust's operator."""
        self._at += 1
        out = ["["]
        first = True
        while True:
            char = self._pattern[self._at : self._at + 1]
            if not char:
                raise NotRegular("a character class is not closed")
            if char == "]" and not first:
                self._at += 1
                return "".join([*out, "]"])
            if char == "^" and len(out) == 1 and first:
                out.append("^")
                self._at += 1
                continue
            first = False
            if char == "\\":
                out.append(self._escape())
            elif self._pattern.startswith("-[", self._at):
                self._at += 1
                less = self._class()
                if self._pattern[self._at : self._at + 1] != "]":
                    raise NotRegular("a subtraction does not end its character class")
                self._at += 1
                return f"[{''.join([*out, ']'])}--{less}]"
            elif char == "[":
                raise NotRegular("a bracket in a character class is written '\\['")
            else:
                twice = char == "-" and self._pattern.startswith("--", self._at)
                out.append("\\" + char if char in "&~" or twice else char)
                self._at += 1
