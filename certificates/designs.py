"""The kinds of certificate as data: colours and ornament of the page, and what its sentence says on each occasion.

Not to be changed once certificates were issued with it: another wording or ornament is a new version under a new name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from certificates.drawing import BROWN, GOLD, PALE_GOLD, Colour
from certificates.occasions import EXCHANGE, RECOGNITION, REISSUE, RENAME, RENEWAL
from certificates.wording import Wording

_NOTHING = Wording("", "")
_EVALUATION = Wording("评价", "evaluation")
_HEADING = Wording("认定证书", "Certificate of Recognition")


@dataclass(frozen=True, slots=True)
class Ornament:
    """Colours of frame, of the rosette under the text and of small print; kind of border, petals of the rosette.

    `period` is the length of one repeat of the border, in points; `twin` sets two rosettes side by side.
    """

    frame: Colour = GOLD
    pale: Colour = PALE_GOLD
    small: Colour = BROWN
    border: str = "woven"
    period: float = 14.2
    petals: int = 48
    twin: bool = False


@dataclass(frozen=True, slots=True)
class Design:
    """One kind of certificate.

    `heading` stands under the title; `subject` is what the sentence speaks of, `manner` how it was judged, `ending`
    what the recognition adds, `review` the word for judging again: placeholders of `SENTENCES`, which hold one text an
    occasion. `needs` are fields of a snapshot that this kind cannot do without. `names_body`: the title begins with the
    name of the granting body, at whatever length.
    """

    subject: Wording
    manner: Wording
    ending: Wording = _NOTHING
    review: Wording = _EVALUATION
    heading: Wording = _HEADING
    needs: tuple[str, ...] = ()
    ornament: Ornament = Ornament()
    names_body: bool = False


SENTENCES: Mapping[str, Wording] = {
    RECOGNITION: Wording(
        "{manner}，{subject}符合《{ground}》规定的认定条件，现认定为{programme}{ending}（{batch}）。",
        "{manner}, {subject} meets the conditions for recognition laid down in {ground} and is hereby granted the title"
        " of {programme}{ending} ({batch}).",
    ),
    RENEWAL: Wording(
        "经{round}{review}，{subject}继续符合《{ground}》规定的条件{result}，{programme}资格继续有效。",
        "Following the {review} of {batch}, {subject} continues to meet the conditions laid down in {ground}{result};"
        " the title of {programme} remains in force.",
    ),
    RENAME: Wording(
        "经审核确认，你单位由“{formerly}”更名为现名称；依据《{ground}》，原授予的{programme}资格由更名后的单位继续持有。",
        'It is confirmed that the holder has changed its name from "{formerly}" to the present one; under {ground}, the'
        " title of {programme} granted earlier remains with the holder under its new name.",
    ),
    REISSUE: Wording(
        "{subject}已依据《{ground}》认定为{programme}（{batch}）。"
        "原第 {earlier} 版证书遗失或损毁，现予补发；原证书同时作废。",
        "Under {ground}, {subject} holds the title of {programme} ({batch}). Version {earlier} of the certificate has"
        " been lost or destroyed; this one is issued in its place, and the earlier one is void.",
    ),
    EXCHANGE: Wording(
        "{subject}已依据《{ground}》认定为{programme}（{batch}）。"
        "原第 {earlier} 版证书收回，现予换发；原证书同时作废。",
        "Under {ground}, {subject} holds the title of {programme} ({batch}). Version {earlier} of the certificate has"
        " been returned; this one is issued in exchange, and the earlier one is void.",
    ),
}
RESULT = Wording("，{review}结果为{result}", ', with the result "{result}"')

_CENTRE = Wording("你单位技术中心", "the technology centre of this enterprise")
_ENTERPRISE = Wording("你单位", "this enterprise")
_PUBLIC = Wording("经专家评审、综合评价并向社会公示", "Following expert review, overall assessment and public notice")
_IN_GROUP = Wording(
    "经集团组织专家评审、综合评价并在集团内公示",
    "Following expert review, overall assessment and notice within the group",
)
_EXAMINED = Wording("经审查和综合评价", "Following examination and overall assessment")
_RE_EXAMINATION = Wording("复核", "re-examination")
_JADE = Ornament((0.286, 0.447, 0.396), (0.878, 0.918, 0.898), (0.216, 0.345, 0.302), "fret", 21.0, 40)
_BLUE = Ornament((0.251, 0.376, 0.533), (0.871, 0.902, 0.941), (0.192, 0.290, 0.416), "fret", 21.0, 56)
_TEAL = Ornament((0.188, 0.431, 0.486), (0.863, 0.918, 0.925), (0.145, 0.333, 0.376), "fret", 21.0, 64)
_BRONZE = Ornament((0.659, 0.439, 0.169), (0.953, 0.886, 0.796), (0.467, 0.310, 0.118), "rings", 13.0, 60)
_TWIN = Ornament(border="woven", period=18.0, petals=40, twin=True)
_COPPER = Ornament((0.616, 0.376, 0.271), (0.949, 0.894, 0.867), (0.451, 0.267, 0.188), "rings", 13.0, 36)
_PLUM = Ornament((0.451, 0.286, 0.435), (0.925, 0.882, 0.918), (0.345, 0.216, 0.329), "rings", 13.0, 52)

DESIGNS: Mapping[str, Design] = {
    "municipal_centre-1": Design(_CENTRE, _PUBLIC),
    "district_centre-1": Design(_CENTRE, _PUBLIC, ornament=_JADE),
    "group_centre-1": Design(_CENTRE, _IN_GROUP, ornament=_BLUE),
    "zone_centre-1": Design(_CENTRE, _PUBLIC, ornament=_TEAL),
    "demonstration_reserve-1": Design(
        _ENTERPRISE,
        _PUBLIC,
        Wording("，列入国家技术创新示范企业后备队伍", " and enters the reserve for the national designation"),
        review=Wording("复核", "re-examination"),
        ornament=_BRONZE,
    ),
    "branch_centre-1": Design(
        _CENTRE,
        _PUBLIC,
        Wording("，隶属{parent}技术中心", ", as a branch of the centre of {parent}"),
        needs=("parent_zh",),
        ornament=_TWIN,
    ),
    "product-1": Design(
        Wording("你单位“{product}”产品", 'the product "{product}" of this enterprise'),
        _PUBLIC,
        review=Wording("复核", "re-examination"),
        needs=("product_zh",),
        ornament=_COPPER,
    ),
    "group_centre-2": Design(_CENTRE, _IN_GROUP, ornament=_BLUE, names_body=True),
    "zone_centre-2": Design(_CENTRE, _PUBLIC, ornament=_TEAL, names_body=True),
    "designation-1": Design(_ENTERPRISE, _EXAMINED, review=_RE_EXAMINATION, ornament=_PLUM),
    "product-2": Design(
        Wording("你单位“{product}”产品", 'the product "{product}" of this enterprise'),
        _EXAMINED,
        review=_RE_EXAMINATION,
        needs=("product_zh",),
        ornament=_COPPER,
    ),
}
