"""What is written for the eye, taken away: markdown, emoji, addresses, control characters."""

import re
import unicodedata
from functools import cache
from typing import Any

LONGEST = 3000
"""Characters of a reply that are spoken, about four minutes; the rest is cut at a word."""

KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
ADDRESS = re.compile(r"(?:\bhttps?://|\bwww\.)(?:[^\s/@<>]*@)?([^\s/?#:<>()\[\]|]+)[^\s<>()\[\]|]*", re.IGNORECASE)
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
TIMES = re.compile(r"(?<=\d)\s*[*×x]\s*(?=\d)|(?<=\d)\s*х\s*(?=\d)")
ENDED = re.compile(r"[.!?…:;,][\"»”’')\]]*$")
KEPT_SYMBOLS = frozenset("°№")
BEFORE_FOLDING = str.maketrans({"²": "^2", "³": "^3", "™": None, "©": None, "®": None, "¤": None})


def plain(text: str) -> str:
    """Return the words of `text`, one line a paragraph, heading, list item or table row, each ended by punctuation."""
    text = TIMES.sub("×", _characters(_cut(text)))
    return "\n".join(_ended(ADDRESS.sub(_host, TAG.sub(" ", line))) for line in _lines(text) if line.strip())


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else (text[:LONGEST].rpartition(" ")[0] or text[:LONGEST])


def _characters(text: str) -> str:
    """Drop what is no text: controls, emoji, private and broken characters; fold the odd forms of ordinary ones."""
    text = KEYCAP.sub(" ", ESCAPE.sub("", text)).translate(BEFORE_FOLDING)
    folded = "№".join(unicodedata.normalize("NFKC", part) for part in text.split("№"))  # it would become "No"
    return "".join(_shown(char) for char in folded)


def _shown(char: str) -> str:
    if char == "\n" or char in KEPT_SYMBOLS:
        return char
    match unicodedata.category(char):
        case "Zs" | "Cc" | "So":
            return " "
        case "Sk" if char not in "`^":
            return " "
        case "Zl" | "Zp":
            return "\n"
        case "Cf" | "Cs" | "Co" | "Cn":
            return ""
    return "" if "\ufe00" <= char <= "\ufe0f" else char  # variation selectors: part of an emoji


def _lines(text: str) -> list[str]:
    """Return the text of each block of the markdown: code blocks are left out, table rows are joined."""
    lines: list[str] = []
    row: list[str] | None = None
    number = ""
    for token in _markdown().parse(text):
        match token.type:
            case "tr_open":
                row = []
            case "tr_close":
                lines.append(", ".join(cell for cell in row or [] if cell))
                row = None
            case "list_item_open":
                number = f"{token.info}. " if token.info else ""
            case "list_item_close" if number:
                lines.append(number)  # "3." alone is a number, not an empty list
                number = ""
            case "inline" if row is not None:
                row.append(_inline(token).strip())
            case "inline":
                lines += (number + _inline(token)).split("\n")
                number = ""
    return lines


def _inline(token: Any) -> str:
    parts = []
    for child in token.children:
        match child.type:
            case "text" | "code_inline":
                parts.append(child.content)
            case "image":
                parts.append(_inline(child))
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
    return "".join(parts)


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("js-default", {"html": False}).disable(["code", "reference"])


def _host(match: re.Match[str]) -> str:
    tail = match[0][len(match[0].rstrip(".,;:!?…")) :]
    return match[1].removeprefix("www.").rstrip(".,;:!?…") + tail


def _ended(line: str) -> str:
    line = line.strip()
    return line if not line or ENDED.search(line) else line + "."
