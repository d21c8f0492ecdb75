"""English: numbers, dates, times, money and units in words. The rules run in order; each leaves words behind."""

import re
from collections.abc import Callable

from daemon.spoken.english_numbers import cardinal, decimal, digits, ordinal, year

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS) + "|Sept"
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d-])(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\w)\.\d+)"
FREE = r"(?<![\w.])"

UNITS = {
    "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "mi": "mile", "ft": "foot/feet",
    "kg": "kilogram", "g": "gram", "mg": "milligram", "t": "ton", "lb": "pound", "lbs": "pound", "oz": "ounce",
    "l": "liter", "L": "liter", "ml": "milliliter", "mL": "milliliter",
    "km/h": "kilometer per hour", "kph": "kilometer per hour", "mph": "mile per hour", "m/s": "meter per second",
    "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "MiB": "megabyte",
    "GiB": "gigabyte", "Mbps": "megabit per second", "Mbit/s": "megabit per second", "MB/s": "megabyte per second",
    "Hz": "hertz/hertz", "kHz": "kilohertz/kilohertz", "MHz": "megahertz/megahertz", "GHz": "gigahertz/gigahertz",
    "W": "watt", "kW": "kilowatt", "kWh": "kilowatt hour", "Wh": "watt hour", "V": "volt", "mA": "milliamp",
    "mAh": "milliamp hour", "A": "amp", "dB": "decibel", "hPa": "hectopascal", "lx": "lux/lux",
    "rpm": "revolution per minute",
    "ms": "millisecond", "s": "second", "sec": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour",
    "hrs": "hour", "fps": "frame per second", "px": "pixel", "MP": "megapixel", "kcal": "kilocalorie",
    "°C": "degree Celsius/degrees Celsius", "°F": "degree Fahrenheit/degrees Fahrenheit", "°": "degree", "K": "kelvin",
    "m^2": "square meter", "km^2": "square kilometer", "m^3": "cubic meter", "cm^2": "square centimeter",
    "ppm": "part per million", "%": "percent/percent",
}  # fmt: skip
UNIT = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True))
MONEY = {
    "$": "dollar/cent",
    "€": "euro/cent",
    "£": "pound/penny",
    "¥": "yen/",
    "₽": "ruble/kopeck",
    "₴": "hryvnia/kopeck",
}
CODES = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "RUB": "₽", "UAH": "₴"}
SIGNS = "[" + re.escape("".join(MONEY)) + "]"
SCALES = "thousand|million|billion|trillion"
ABBREVIATIONS = {
    "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missis", "Ms.": "Miz", "Prof.": "Professor", "St.": "Saint",
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera.", "vs.": "versus", "approx.": "approximately",
    "No.": "number", "a.m.": "A M", "p.m.": "P M", "w/": "with",
}  # fmt: skip


def words(text: str) -> str:
    """Return `text` with every number in words."""
    for pattern, say in RULES:
        text = pattern.sub(say, text)
    return text


def day(number: int, month: int, of_year: int | None = None) -> str:
    """Return "November twenty-third, twenty twenty-six"."""
    said = f"{MONTHS[month - 1]} {ordinal(number)}"
    return said if of_year is None else f"{said}, {year(of_year)}"


def hour(hours: int, minutes: int, half: str = "") -> str:
    """Return "two oh five P M": `half` is "A" or "P", or "" where it is to be worked out or left open."""
    if not half and (hours == 0 or hours > 12):
        half = "A" if hours % 24 < 12 else "P"
    on_twelve = cardinal(hours % 12 or 12)
    if minutes == 0:
        return f"{on_twelve} {half} M" if half else f"{on_twelve} o'clock"
    said = f"{on_twelve} {'oh ' if minutes < 10 else ''}{cardinal(minutes)}"
    return f"{said} {half} M" if half else said


def many(unit: str, one: bool) -> str:  # noqa: FBT001 - a grammatical number
    """Return the plural of "meter", "foot/feet" or "mile per hour"."""
    single, _, plural = unit.partition("/")
    head, per, tail = single.partition(" per ")
    ending = "es" if head.endswith(("x", "ch")) else "s"
    return single if one else (plural or head + ending + per + tail)


def _iso(match: re.Match[str]) -> str:
    said = _calendar(int(match[3]), int(match[2]), int(match[1]), match)
    return f"{said} at {match[4]}" if match[4] else said


def _calendar(number: int, month: int, of_year: int, match: re.Match[str]) -> str:
    return day(number, month, of_year) if 1 <= month <= 12 and 1 <= number <= 31 else match[0].replace("-", " ")


def _slashed(match: re.Match[str]) -> str:
    first, second, of_year = int(match[1]), int(match[2]), int(match[3])
    number, month = (first, second) if first > 12 else (second, first)
    return _calendar(number, month, of_year + 2000 * (of_year < 100), match)


def _month(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def _named(name: str, number: str, of_year: str | None) -> str:
    return day(int(number), _month(name), int(of_year) if of_year else None)


def _day_first(match: re.Match[str]) -> str:
    said = _named(match[3], match[1], match[4])
    if not match[2]:
        return said
    name, _, rest = said.partition(" ")
    number, comma, of_year = rest.partition(",")
    return f"{number} of {name}{comma}{of_year}"


def _time(match: re.Match[str]) -> str:
    hours, minutes = int(match[1]), int(match[2])
    if hours > 24 or minutes > 59:
        return f"{cardinal(hours)} {cardinal(minutes)}"
    said = hour(hours, minutes, (match[4] or "").upper())
    return f"{said} and {cardinal(int(match[3]))} {many('second', int(match[3]) == 1)}" if int(match[3] or 0) else said


def _money(amount: str, sign: str, scale: str | None) -> str:
    unit, _, small = MONEY[sign].partition("/")
    plain = amount.replace(",", "").replace(" ", "")
    if scale:
        return f"{decimal(amount)} {scale} {unit}s"
    whole, _, part = plain.partition(".")
    said = f"{decimal(whole or '0')} {unit if whole == '1' or unit == 'yen' else unit + 's'}"
    if not small or len(part) != 2:
        return said if not part else f"{decimal(amount)} {unit}s"
    cents = int(part)
    coins = f"{cardinal(cents)} {many({'penny': 'penny/pence'}.get(small, small), cents == 1)}"
    if cents and not int(whole or 0):
        return coins
    return f"{said} and {coins}" if cents else said


def _fraction(match: re.Match[str]) -> str:
    top, bottom = int(match[2]), int(match[3])
    if not (0 < top < bottom <= 100):
        return f"{match[1] or ''} {cardinal(top)} {cardinal(bottom)}".strip()
    name = {2: "half/halves", 4: "quarter"}.get(bottom) or ordinal(bottom)
    said = f"{cardinal(top)} {many(name, top == 1)}"
    return f"{decimal(match[1].strip())} and {said.replace('one ', 'a ', 1)}" if match[1] else said


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match[0])
    if not 9 <= sum(map(len, groups)) <= 15 or not (set(match[0]) & set("+(-") and len(groups) > 2):
        return match[0]
    return ("plus " if "+" in match[0] else "") + ", ".join(digits(group) for group in groups)


def _range(match: re.Match[str]) -> str:
    first, second = match[1], match[2]
    if all(len(number) == 4 and 1100 <= int(number) < 2100 for number in (first, second) if number.isdigit()) and (
        first.isdigit() and second.isdigit()
    ):
        return f"{year(int(first))} to {year(int(second))}"
    return f"{first} to {second}"


def _unit(match: re.Match[str]) -> str:
    before = "" if match[1] is None else match[1]
    return f"{before}{decimal(match[2])} {many(UNITS[match[3]], match[2] == '1')}"


def _rule(pattern: str, say: Callable[[re.Match[str]], str], flags: re.RegexFlag = re.NOFLAG) -> Rule:
    return re.compile(pattern, flags), say


RULES: tuple[Rule, ...] = (
    _rule(r"(?<!\w)(?:" + "|".join(re.escape(short) for short in ABBREVIATIONS) + ")", lambda m: ABBREVIATIONS[m[0]]),
    _rule(FREE + r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])", _iso),
    _rule(FREE + r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\d.]*\d)", lambda m: _calendar(int(m[1]), int(m[2]), int(m[3]), m)),
    _rule(FREE + r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?![\d/])", _slashed),
    _rule(
        rf"\b({MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.]*\d)(?:,? (\d{{4}})\b)?",
        lambda m: _named(m[1], m[2], m[3]),
    ),
    _rule(
        rf"{FREE}(\d{{1,2}})(?:st|nd|rd|th)?( of)? ({MONTH})\b\.?(?:,? (\d{{4}})\b)?",
        _day_first,
    ),
    _rule(rf"\b({MONTH}),? (\d{{4}})\b", lambda m: f"{MONTHS[_month(m[1]) - 1]} {year(int(m[2]))}"),
    _rule(FREE + r"(\d{1,2}):(\d\d)(?::(\d\d))?(?![:\d])(?:\s?([AaPp])\.? ?[Mm]\b\.?)?", _time),
    _rule(FREE + r"(\d{1,2})\s?([AaPp])\.? ?[Mm]\b", lambda m: hour(int(m[1]), 0, m[2].upper())),
    _rule(
        rf"({SIGNS}) ?({NUMBER})(?: ?[-–—] ?{SIGNS}? ?({NUMBER}))?(?: ({SCALES})\b)?",
        lambda m: f"{decimal(m[2])} to {_money(m[3], m[1], m[4])}" if m[3] else _money(m[2], m[1], m[4]),
    ),
    _rule(
        rf"{FREE}({NUMBER}) ?(?:({SCALES}) )?({SIGNS}|{'|'.join(CODES)})(?!\w)",
        lambda m: _money(m[1], CODES.get(m[3], m[3]), m[2]),
    ),
    _rule(r"(?<![\w.])\(?\+?\d[\d ()-]{8,24}\d(?!\w)", _phone),
    _rule(r"(?<![\d.])v?(\d+(?:\.\d+){2,})(?!\w)", lambda m: " point ".join(decimal(part) for part in m[1].split("."))),
    _rule(rf"({NUMBER})×(?={NUMBER})", lambda m: f"{decimal(m[1])} by "),
    _rule(rf"(?<![\w.-])({NUMBER}) ?[-–—] ?({NUMBER})(?![\w-]*-\d)(?!\.\d)", _range),
    _rule(FREE + r"(\d+ )?(\d{1,4})[/⁄](\d{1,4})(?![\d/])", _fraction),
    _rule(FREE + r"(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1].replace(",", "")[:15]))),
    _rule(FREE + r"(1[1-9]|20)?'?(\d)0'?s\b", lambda m: _decade(m[1], int(m[2]))),
    _rule(
        r"\b([Ii]n|[Ss]ince|[Bb]y|[Ff]rom|[Uu]ntil|[Yy]ear|[Oo]f|[Tt]o) ((?:1[1-9]|20)\d\d)(?![\w,.:]*\d)(?! ?(?:"
        + UNIT
        + r")(?!\w))",
        lambda m: f"{m[1]} {year(int(m[2]))}",
    ),
    _rule(r"[~≈]\s?(?=\d)", lambda _: "about "),
    _rule(r"[#№]\s?(?=\d)", lambda _: "number "),
    _rule(r"(?:(?<=^)|(?<=[\s(«\"“:,]))[-−–](?=\.?\d)", lambda _: "minus "),
    _rule(r"(?:(?<=^)|(?<=[\s(]))\+(?=\.?\d)", lambda _: "plus "),
    _rule(rf"(?:(?<=[^\W\d_])(-?))?({NUMBER}) ?({UNIT})(?![\w^/°])", _unit),
    _rule(r"(?<=\d):(?=\d)", lambda _: " to "),
    _rule(r"(\d)(?=[^\W\d_])", lambda m: f"{m[1]} "),
    _rule(r"(?<=[^\W\d_])(?=\d)", lambda _: " "),
    _rule(NUMBER, lambda m: decimal(m[0])),
)


def _decade(century: str | None, tens: int) -> str:
    names = (
        "hundreds",
        "tens",
        "twenties",
        "thirties",
        "forties",
        "fifties",
        "sixties",
        "seventies",
        "eighties",
        "nineties",
    )
    return f"{cardinal(int(century))} {names[tens]}" if century else names[tens]
