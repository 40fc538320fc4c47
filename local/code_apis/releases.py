"""Release files as CMS publishes them: zip archives with fixed-width text and things nobody asked for."""

import re
from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from local.code_apis.hcpcs import MODIFIERS, PROCEDURES, HcpcsCode
from local.code_apis.icd_10_cm import TITLES, is_billable

ICD_OCTOBER = re.compile(r"(?P<year>20[0-9]{2})-code-descriptions-tabular-order\.zip")
ICD_APRIL = re.compile(r"april-1-(?P<year>20[0-9]{2})-code-descriptions-tabular-order\.zip")
HCPCS = re.compile(r"(?P<month>january|april|july|october)-(?P<year>20[0-9]{2})-alpha-numeric-hcpcs-file\.zip")
HCPCS_LINE = 320


def release(name: str, share: float = 1.0) -> bytes | None:
    """The archive of that name, with the first `share` of its codes; None where there is none of that name."""
    icd = ICD_OCTOBER.fullmatch(name) or ICD_APRIL.fullmatch(name)
    if icd:
        return _icd_10_cm(icd["year"], _first(list(TITLES), share))
    hcpcs = HCPCS.fullmatch(name)
    return _hcpcs(hcpcs["month"], hcpcs["year"], _first(PROCEDURES, share)) if hcpcs else None


def _first[T](things: Sequence[T], share: float) -> Sequence[T]:
    return things[: max(1, round(len(things) * share))]


def _icd_10_cm(year: str, codes: Sequence[str]) -> bytes:
    lines = [
        f"{number:05d} {code.replace('.', ''):<7} {int(is_billable(code))} {TITLES[code][:60]:<60} {TITLES[code]}"
        for number, code in enumerate(codes, 1)
    ]
    plain = [f"{code.replace('.', ''):<8}{TITLES[code]}" for code in codes if is_billable(code)]
    return _archive({f"icd10cm_order_{year}.txt": lines, f"icd10cm_codes_{year}.txt": plain})


def _hcpcs(month: str, year: str, codes: Sequence[HcpcsCode]) -> bytes:
    lines = [line for code in codes for line in _procedure(code)]
    lines += [_line(f"   {code}", 100, "7", name, name, "", "N") for code, name in MODIFIERS]
    name = f"HCPC{year}_{month[:3].upper()}_ANWEB"
    return _archive({f"{name}.txt": lines, f"HCPC{year}_recordlayout.txt": ["CMS RIF REPORT"], f"{name}.xlsx": [""]})


def _procedure(code: HcpcsCode) -> list[str]:
    """A long description goes on in lines of its own, which repeat nothing of the rest."""
    first = _line(code.code, 100, "3", code.long[:40], code.short, code.category, code.action)
    more = [_line(code.code, 200, "4", code.long[40:], "", "", "")] if len(code.long) > 40 else []
    return [first, *more]


def _line(code: str, sequence: int, record_id: str, long: str, short: str, category: str, action: str) -> str:
    """Positions as in CMS's HCPCS contractor record layout."""
    line = f"{code}{sequence:05d}{record_id}{long:<80}{short:<28}"
    line = f"{line:<256}{category:<3}"
    return f"{line:<292}{action:<1}".ljust(HCPCS_LINE)


def _archive(members: dict[str, list[str]]) -> bytes:
    """The same bytes each time: the members' times are fixed."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, lines in members.items():
            archive.writestr(ZipInfo(name), "\r\n".join(lines) + "\r\n")
    return written.getvalue()
