"""Which authority reconsiders the acts of a body: since 2024 the people's government of its level.

行政复议法（2023 年修订）第二十四条: a government reconsiders what its own departments decide, and the agencies that it
set up or manages; a superior department does so only over bodies led from above (第二十七条), which none here is.
"""

from __future__ import annotations

from accreditation.enums import DISTRICTS, Level
from accreditation.selectors.granting import body_named, in_chinese

CITY_GOVERNMENT = "上海市人民政府"
UNNAMED = "行政复议机关"  # where no register says which government it is


def authority_over(issued_by: str) -> str:
    """Name of the authority that reconsiders what a body decides, by the body's name in its letters.

    `UNNAMED` where it cannot be told: nothing says whether a zone was set up by the city or by a district.
    """
    body = body_named(issued_by)
    if body is not None and body.level == Level.MUNICIPAL:
        return CITY_GOVERNMENT
    if body is not None and body.level == Level.DISTRICT and body.district in DISTRICTS:
        return f"{in_chinese(DISTRICTS[body.district])}人民政府"
    return UNNAMED


def where_to_challenge(issued_by: str) -> str:
    """To whom the letter of a body sends whoever challenges its act: by name, or in words where it cannot be named."""
    named = authority_over(issued_by)
    if named != UNNAMED:
        return named
    body = body_named(issued_by)
    is_zone = body is not None and body.level == Level.ZONE
    return f"设立或者管理{issued_by}的人民政府" if is_zone else f"{issued_by}的本级人民政府"
