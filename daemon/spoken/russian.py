"""Russian: numbers, dates, times, money and units in words, agreeing with what stands around them."""

import re
from collections.abc import Callable

from daemon.spoken.russian_cases import governed, place, preposition
from daemon.spoken.russian_numbers import cardinal, decimal, digits, joined, noun, ordinal, parses
from daemon.spoken.russian_units import SCALES, SMALL_COINS, UNITS

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
          "декабря")  # fmt: skip
MONTH = "|".join(MONTHS)
WHOLE = r"\d{1,3}(?: \d{3})+(?![\d-])|\d+"
NUMBER = rf"(?:(?:{WHOLE})(?:[.,]\d+)?)"
FREE = r"(?<![\w.,])"
UNIT = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True)).replace("|с|", "|с(?! [а-яё])|")
DOT = r"(?:\.(?=\s*[,;а-яёa-z\d]))?"
"""The dot of an abbreviation, where it does not end the sentence too."""
SIGNS = r"[$€£¥₽₴]"
SCALE = "|".join(SCALES)
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
ABBREVIATIONS = {
    "т. е.": "то есть", "т. д.": "так далее.", "т. п.": "тому подобное.", "т. к.": "так как", "т. н.": "так называемый",
    "и др.": "и другие.", "и пр.": "и прочее.", "напр.": "например", "ул.": "улица", "стр.": "страница",
    "см.": "смотри", "им.": "имени", "гл.": "глава", "рис.": "рисунок", "тел.": "телефон", "н. э.": "нашей эры",
}  # fmt: skip
SHORT = "|".join(re.escape(short).replace(r"\ ", " ?") for short in ABBREVIATIONS)
YEAR_FORMS = {
    "год": "nomn", "года": "gent", "году": "loct", "годом": "ablt", "годе": "loct", "годы": "nomn", "годах": "loct",
    "годов": "gent",
}  # fmt: skip
YEAR_WORDS = {"nomn": "год", "accs": "год", "gent": "года", "datv": "году", "loct": "году", "ablt": "годом"}
SUFFIXES = {
    "й": ("nomn", "masc"), "ый": ("nomn", "masc"), "ой": ("nomn", "masc"), "я": ("nomn", "femn"),
    "ая": ("nomn", "femn"),
    "е": ("nomn", "neut"), "ое": ("nomn", "neut"), "го": ("gent", "masc"), "ого": ("gent", "masc"),
    "му": ("datv", "masc"), "ому": ("datv", "masc"), "м": ("loct", "masc"), "ом": ("loct", "masc"),
    "ым": ("ablt", "masc"), "ю": ("accs", "femn"), "ую": ("accs", "femn"), "х": ("gent", "plur"),
    "ых": ("gent", "plur"), "ми": ("ablt", "plur"), "ыми": ("ablt", "plur"), "ые": ("nomn", "plur"),
}  # fmt: skip
SUFFIX = "|".join(sorted(SUFFIXES, key=len, reverse=True))
FRACTIONS = {
    (1, 2): "половина",
    (1, 3): "одна треть",
    (2, 3): "две трети",
    (1, 4): "одна четверть",
    (3, 4): "три четверти",
}
TODAY = re.compile(r"(?:сегодня|завтра|вчера|послезавтра|позавчера|это|дата|число|[—–:,-]|^)\s*$", re.IGNORECASE)


def words(text: str) -> str:
    """Return `text` with every number in words."""
    for pattern, say in RULES:
        text = pattern.sub(say, text)
    return text


def day(number: int, month: int, of_year: int | None = None, case: str = "nomn") -> str:
    """Return "двадцать третье ноября две тысячи двадцать шестого года"."""
    said = f"{ordinal(number, case, 'neut')} {MONTHS[month - 1]}"
    return said if of_year is None else f"{said} {ordinal(of_year, 'gent')} года"


def hour(hours: int, minutes: int, case: str = "nomn") -> str:
    """Return "четырнадцать часов пять минут" in a case."""
    said = f"{cardinal(hours, case)} {noun('час', hours, case)}"
    return said if minutes == 0 else f"{said} {counted(minutes, 'минута', case)}"


def counted(number: int, unit: str, case: str = "nomn") -> str:
    """Return "двадцать одна минута": the number and the unit, both in `case`; what follows the noun is kept."""
    head, _, tail = unit.partition(" ")
    if head.endswith(("ый", "ий")):  # "квадратный метр"
        return f"{cardinal(number, case)} {_square(head, number, case)} {noun(tail, number, case)}"
    gender = _gender(head)
    return f"{cardinal(number, case, gender)} {noun(head, number, case)} {tail}".strip()


def _gender(word: str) -> str:
    return str(next((parse.tag.gender for parse in parses(word) if "NOUN" in parse.tag), None) or "masc")


def _square(adjective: str, number: int, case: str) -> str:
    one = number % 10 == 1 and number % 100 != 11
    parse = next(found for found in parses(adjective) if "ADJF" in found.tag)
    shape = {case, "sing", "masc", "inan"} if one and case == "accs" else {case, "sing", "masc"}
    form = parse.inflect(shape if one else {case if case not in ("nomn", "accs") else "gent", "plur"})
    return str(form.word) if form else adjective


def _around(match: re.Match[str]) -> tuple[str, str]:
    return match.string[: match.start()], match.string[match.end() :]


def _number(text: str) -> int:
    return int(text.replace(" ", ""))


def _split(text: str) -> tuple[str, str]:
    whole, _, part = text.replace(" ", "").replace(".", ",").partition(",")
    return whole, part


def _date(match: re.Match[str], number: str, month: int, of_year: str | None) -> str:
    if not (1 <= int(number) <= 31 and 1 <= month <= 12):
        return re.sub(r"[.\-]", " ", match[0])
    before, after = _around(match)
    cases = preposition(before)
    if cases:
        case = {"ablt": "gent", "loct": "accs"}.get(cases[0], cases[0])
    else:
        alone = not before.rstrip(' «"').strip() and re.match(r"\s*[.!?,;)»\"]|\s*$", after)
        case = "nomn" if alone or (before and TODAY.search(before)) else "gent"
    return day(int(number), month, int(of_year) if of_year else None, case)


def _iso(match: re.Match[str]) -> str:
    said = _date(match, match[3], int(match[2]), match[1])
    return f"{said} в {match[4]}" if match[4] else said


def _named(match: re.Match[str]) -> str:
    month = MONTHS.index(match[2].lower()) + 1
    return _date(match, match[1], month, match[3])


def _year(match: re.Match[str]) -> str:
    before, form = _around(match)[0], match[3]
    case = YEAR_FORMS.get(form, "nomn")
    if form == "г":
        case = "loct" if re.search(r"\b[Вв]о?\s$", before) else governed(before)
        form = YEAR_WORDS[case]
    elif form == "году" and preposition(before)[:1] == ("datv",):
        case = "datv"
    elif form == "гг":
        form = "годы"
    years = [ordinal(int(number), case) for number in (match[1], match[2]) if number]
    return f"{' — '.join(years)} {form}"


def _years(match: re.Match[str]) -> str:
    case = "accs" if match[3] == "по" else "gent"
    return f"{match[1]} {ordinal(int(match[2]), 'gent')} {match[3]} {ordinal(int(match[4]), case)} {match[5]}"


def _time(match: re.Match[str]) -> str:
    hours, minutes = int(match[1]), int(match[2])
    if hours > 24 or minutes > 59:
        return f"{cardinal(hours)} {cardinal(minutes)}"
    case = governed(_around(match)[0])
    case = {"loct": "accs"}.get(case, case)
    said = hour(hours, minutes, case)
    return f"{said} {counted(int(match[3]), 'секунда', case)}" if int(match[3] or 0) else said


def _measured(match: re.Match[str]) -> str:
    before, _ = _around(match)
    return _amount(match[1], UNITS[match[2]], governed(before))


def _amount(text: str, unit: str, case: str) -> str:
    whole, part = _split(text)
    if not part:
        return counted(int(whole), unit, case) if len(whole) <= 15 else f"{digits(whole)} {noun(unit, 5)}"
    head, _, tail = unit.partition(" ")
    if head in SMALL_COINS and len(part) == 2:
        coins = counted(int(part), SMALL_COINS[head], case)
        return f"{counted(int(whole), unit, case)} {coins}" if int(part) else counted(int(whole), unit, case)
    if (whole, part) == ("1", "5") and case in ("nomn", "accs") and head not in SCALES.values():
        return f"{_one_and_half(_gender(head))} {noun(head, 2)} {tail}".strip()
    if head.endswith(("ый", "ий")):
        return f"{decimal(whole, part)} {_square(head, 5, 'gent')} {noun(tail, 5)}"
    return f"{decimal(whole, part)} {noun(head, 2)} {tail}".strip()


def _one_and_half(gender: str) -> str:
    return "полторы" if gender == "femn" else "полтора"


def _scaled(match: re.Match[str]) -> str:
    sign, text, scale, unit = match[1], match[2], SCALES[match[3].rstrip(".")], match[4]
    name = UNITS.get(sign or (unit or "").strip(" ."), "")
    said = _amount(text, scale, governed(_around(match)[0]))
    return f"{said} {noun(name.partition(' ')[0], 5)}" if name else said


def _nth(match: re.Match[str]) -> str:
    number, suffix = _number(match[1]), match[2]
    _, after = _around(match)
    if suffix == "ти" or (suffix in ("х", "ми") and number < 5):
        return cardinal(number, "ablt" if suffix == "ми" else "gent")
    case, gender = SUFFIXES[suffix]
    following = re.match(r" ([^\W\d_]+)", after)
    tags = [parse.tag for parse in parses(following[1].lower()) if "NOUN" in parse.tag] if following else []
    if suffix == "е" and any("plur" in tag and tag.case in ("nomn", "accs") for tag in tags):
        gender = "plur"
    if suffix == "й" and tags and all("femn" in tag for tag in tags):
        case, gender = "gent", "femn"
    if suffix == "х" and any("loct" in tag for tag in tags):
        case = "loct"
    return ordinal(number, case, gender)


def _range(match: re.Match[str]) -> str:
    second = place(_number(match[2]), *_around(match))
    unit = re.match(rf" ?({UNIT})(?![\w^/°])", _around(match)[1])
    case = second.case
    gender = second.gender
    if unit:
        case = governed(_around(match)[0])
        gender = _gender(UNITS[unit[1]].split()[0])
    return f"{cardinal(_number(match[1]), case, gender)}-{match[2]}"


def _fraction(match: re.Match[str]) -> str:
    top, bottom = int(match[1]), int(match[2])
    if (top, bottom) in FRACTIONS:
        return FRACTIONS[top, bottom]
    if not 0 < top < bottom <= 100:
        return f"{cardinal(top)} на {cardinal(bottom, 'accs')}"
    one = top % 10 == 1 and top % 100 != 11
    return f"{cardinal(top, gender='femn')} {ordinal(bottom, *(('nomn', 'femn') if one else ('gent', 'plur')))}"


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match[0])
    if not 9 <= sum(map(len, groups)) <= 15 or not (set(match[0]) & set("+(-") and len(groups) > 2):
        return match[0]
    said = [digits(group) if group[0] == "0" or len(group) > 3 else cardinal(int(group)) for group in groups]
    return ("плюс " if "+" in match[0] else "") + ", ".join(said)


def _century(match: re.Match[str]) -> str:
    values = [ROMAN[char] for char in match[1]]
    number = sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
    form = {"век": "nomn", "века": "gent", "веке": "loct", "веку": "datv", "веком": "ablt", "вв": "nomn"}
    return f"{ordinal(number, form[match[2]])} {match[2]}"


def _plain(match: re.Match[str]) -> str:
    whole, part = _split(match[0])
    if (whole, part) == ("1", "5") and (stands := place(2, *_around(match))).counts:
        return _one_and_half(stands.gender)
    if part:
        return decimal(whole, part)
    if len(whole) > 15 or (len(whole) > 1 and whole[0] == "0"):
        return digits(whole)
    number = int(whole)
    stands = place(number, *_around(match))
    if stands.nth:
        return ordinal(number, stands.case, stands.gender)
    return cardinal(number, stands.case, stands.gender, animate=stands.animate)


def _rule(pattern: str, say: Callable[[re.Match[str]], str], flags: re.RegexFlag = re.NOFLAG) -> Rule:
    return re.compile(pattern, flags), say


RULES: tuple[Rule, ...] = (
    _rule(rf"(?<![\w])(?<!\d )(?i:{SHORT})", lambda m: ABBREVIATIONS[_spaced(m[0])]),
    _rule(FREE + r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])", _iso),
    _rule(
        FREE + r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?: ?(?:года|г" + DOT + r")(?!\w))?(?![\d.]*\d)",
        lambda m: _date(m, m[1], int(m[2]), m[3]),
    ),
    _rule(
        rf"{FREE}(\d{{1,2}}) ?[-–—] ?(\d{{1,2}}) ((?i:{MONTH}))\b",
        lambda m: f"с {ordinal(int(m[1]), 'gent')} по {day(int(m[2]), MONTHS.index(m[3].lower()) + 1)}",
    ),
    _rule(rf"{FREE}(\d{{1,2}}) ((?i:{MONTH}))\b(?: (\d{{4}})\b(?: ?(?:года|г{DOT})(?!\w))?)?", _named),
    _rule(r"\b([Сс]о?|[Оо]т) (1\d{3}|20\d\d) (по|до) (1\d{3}|20\d\d) (год|года)\b", _years),
    _rule(
        FREE
        + r"(\d{4})(?: ?[-–—] ?(\d{4}))? ?(года|году|годом|годе|год|годы|годах|годов|гг|г)\b"
        + DOT
        + r"(?! ?\w+ ?\d)",
        _year,
    ),
    _rule(r"\b([IVXLC]{1,6}) (век|века|веке|веку|веком|вв)\b", _century),
    _rule(FREE + r"(\d{1,2}):(\d\d)(?::(\d\d))?(?![:\d])", _time),
    _rule(rf"(?:({SIGNS}) ?)?(?<![\w.,])({NUMBER}) ({SCALE})(?!\w){DOT}(\s?(?:{UNIT})(?!\w){DOT})?", _scaled),
    _rule(rf"({SIGNS}) ?({NUMBER})", lambda m: _amount(m[2], UNITS[m[1]], governed(_around(m)[0]))),
    _rule(r"(?<![\w.])\(?\+?\d[\d ()-]{8,24}\d(?!\w)", _phone),
    _rule(
        r"(?<![\d.])v?(\d+(?:\.\d+){2,})(?!\w)",
        lambda m: " точка ".join(cardinal(int(part[:15])) for part in m[1].split(".")),
    ),
    _rule(rf"({WHOLE})×(?=\d)", lambda m: f"{cardinal(_number(m[1][:15]))} на "),
    _rule(rf"{FREE}({WHOLE})-(?:({SUFFIX}|ти)(?!\w))", _nth),
    _rule(FREE + r"(\d{1,6})-(?=[а-яё]{4,})", lambda m: joined(int(m[1])) if int(m[1]) < 10000 else m[0]),
    _rule(rf"(?<![\w.,-])({WHOLE}) ?[-–—] ?({WHOLE})(?![\w-]*-\d)(?![.,]\d)", _range),
    _rule(FREE + r"(\d{1,4})[/⁄](\d{1,4})(?![\d/])", _fraction),
    _rule(r"[~≈]\s?(?=\d)", lambda _: "примерно "),
    _rule(r"[#№]\s?(?=\d)", lambda _: "номер "),
    _rule(r"(?:(?<=^)|(?<=[\s(«\"“:,]))[-−–](?=\d)", lambda _: "минус "),
    _rule(r"(?:(?<=^)|(?<=[\s(]))\+(?=\d)", lambda _: "плюс "),
    _rule(rf"(?<![.,\d])({NUMBER}) ?({UNIT})(?![\w^/°]){DOT}", _measured),
    _rule(r"(?<=\d):(?=\d)", lambda _: " "),
    _rule(r"(\d)(?=[^\W\d_])", lambda m: f"{m[1]} "),
    _rule(r"(?<=[^\W\d_])(?=\d)", lambda _: " "),
    _rule(NUMBER, _plain),
)


def _spaced(short: str) -> str:
    return re.sub(r"\.(?=\w)", ". ", short.lower())
