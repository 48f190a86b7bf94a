"""The grounds that verbs cite: each text with the instrument it names, and its articles as far as they are known.

Recognition is no licence, so the licensing act is cited by analogy (参照). Where the text of an instrument has not been
read, or a rule is nowhere written down, `articles` is empty and `known` says so: an article is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerbGround:
    """An instrument by its full name; the articles that the text of the ground names; what is known besides."""

    instrument: str
    articles: tuple[int, ...] = ()
    known: str = ""


_UNREAD = "text not read, article unknown"
_LICENSING = "中华人民共和国行政许可法（2003年，2019年修正）"
_RECONSIDERATION = "中华人民共和国行政复议法（2023年修订，2024年1月1日起施行）"
_MUNICIPAL = "上海市企业技术中心管理办法（沪经信规范〔2022〕3号）"
_DISTRICT = "the authority's own measures, which its batch names"
_DEMONSTRATION = "技术创新示范企业认定管理办法（试行）（工信部联科〔2010〕540号）"
_ON_CONDITIONS = "articles 6 and 7 hold the conditions; that of the step is unknown"
_INTERNAL = "no instrument: an internal rule or letter of the office"

GROUNDS: Mapping[str, VerbGround] = {
    # --- laws and regulations ------------------------------------------------------------------------------------
    "行政许可法第三十二条（参照）": VerbGround(_LICENSING, (32,), "acceptance, and all corrections told at once"),
    "行政许可法第三十六条（参照）": VerbGround(_LICENSING, (36,), "statements of those concerned are heard"),
    "行政许可法第三十六条（参照）：听取申请人的意见": VerbGround(_LICENSING, (36,), "the applicant is heard as well"),
    "行政许可法第四十二条（参照）": VerbGround(_LICENSING, (42,), "twenty days to decide"),
    "行政许可法第四十五条（参照）": VerbGround(_LICENSING, (45,), "hearing, testing, appraisal, experts: not counted"),
    "行政许可法第四十七条、第四十八条（参照）": VerbGround(_LICENSING, (47, 48), "right to a hearing, its course"),
    "行政许可法第六十九条（参照）": VerbGround(_LICENSING, (69,), "revocation"),
    "行政复议法第二十条、第二十二条": VerbGround(
        _RECONSIDERATION, (20, 22), "sixty days to apply, longer for a proper reason; form"
    ),
    "行政复议法第二十一条、第三十条": VerbGround(
        _RECONSIDERATION, (21, 30), "never after five years; conditions; five days, else accepted"
    ),
    "行政复议法第三十一条": VerbGround(
        _RECONSIDERATION, (31,), "what lacks: asked once, ten days to supply it, longer for a reason"
    ),
    "行政复议法第三十九条": VerbGround(_RECONSIDERATION, (39,), "suspension on named grounds, told in writing"),
    "行政复议法第四十一条、第七十三条、第七十四条": VerbGround(
        _RECONSIDERATION, (41, 73, 74), "end by withdrawal, mediation, settlement"
    ),
    "行政复议法第四十二条": VerbGround(_RECONSIDERATION, (42,), "stay of execution"),
    "行政复议法第四十八条": VerbGround(_RECONSIDERATION, (48,), "answer of the respondent"),
    "行政复议法第六十一条至第六十八条": VerbGround(_RECONSIDERATION, (61, 68), "the decision and its kinds"),
    "行政诉讼法第八十九条、第九十条": VerbGround(
        "中华人民共和国行政诉讼法（2017年修正）", (89, 90), "judgment on appeal and retrial, remembered"
    ),
    "行政诉讼法第六十九条、第七十条、第七十四条、第七十七条、第九十六条；自行纠正": VerbGround(
        "中华人民共和国行政诉讼法（2017年修正）",
        (69, 70, 74, 77, 96),
        "judgments and their execution, remembered; that a body takes back its own wrong act is general practice",
    ),
    "行政复议法第六十二条": VerbGround(_RECONSIDERATION, (62,), "sixty days, at most thirty more"),
    "电子签名法第十三条、第十四条": VerbGround(
        "中华人民共和国电子签名法（2004年，2019年修正）", (13, 14), "reliable signature"
    ),
    "政府信息公开条例；公示": VerbGround(
        "中华人民共和国政府信息公开条例（国务院令第711号）", known="publicity of lists; article unknown"
    ),
    # --- measures, guides and notices ----------------------------------------------------------------------------
    "国家发展改革委等五部门2016年第34号令": VerbGround(
        "国家企业技术中心认定管理办法（2016年第34号令）", known="articles on the steps and their time limits unknown"
    ),
    "发改办高技〔2016〕937号": VerbGround(
        "国家企业技术中心认定评价工作指南（试行）（发改办高技〔2016〕937号）", known=_UNREAD
    ),
    "国家年度（批次）通知": VerbGround("the yearly notice of the national authority", known="another each year"),
    "国家企业技术中心认定管理办法等国家规定：撤销和调整由国家主管部门决定": VerbGround(
        "国家企业技术中心认定管理办法（2016年第34号令）", known=_UNREAD
    ),
    "工信部联科〔2010〕540号": VerbGround(_DEMONSTRATION, known=_ON_CONDITIONS),
    "沪经信规范〔2022〕3号": VerbGround(_MUNICIPAL, known=_UNREAD),
    "沪经信技〔2022〕145号": VerbGround(
        "上海市市级企业技术中心认定评价工作指南（沪经信技〔2022〕145号）", known=_UNREAD
    ),
    "2025年市级企业技术中心评价与调整通知": VerbGround("the notice of the evaluation of 2025", known=_UNREAD),
    "更名、调整随评价或批次名单集中确认（第26批、第33批认定通知）": VerbGround(
        "the notices of the batches 26 and 33", known="seen in the notices; no article"
    ),
    "企业技术中心管理办法关于变更的规定": VerbGround(_MUNICIPAL, known=_UNREAD),
    "企业技术中心管理办法关于撤销和变更的规定": VerbGround(_MUNICIPAL, known=_UNREAD),
    "企业技术中心管理办法关于警告和限期整改的规定（参照）": VerbGround(_MUNICIPAL, known=_UNREAD),
    "市级企业技术中心管理办法（2026年版，演示）": VerbGround(
        "none: an edition made up for the demonstration", known="demonstration"
    ),
    "区级企业技术中心认定及管理办法（以认定机构现行办法为准）": VerbGround(_DISTRICT, known="differs by authority"),
    "区级企业技术中心认定及管理办法：专家实地核查和复评": VerbGround(_DISTRICT, known="differs by authority"),
    "区级企业技术中心申报通知：街镇、园区审核转报": VerbGround(_DISTRICT, known="yearly notice of the authority"),
    "该称号的认定依据（见项目和规则集）": VerbGround(
        "the ground that the designation's own file names", known="differs by designation"
    ),
    # --- rules of the house --------------------------------------------------------------------------------------
    "回避制度（行政程序通例）": VerbGround(_INTERNAL, known="general practice of administrative procedure"),
    "撤销后不得再次申报的期限（项目办法）；申报不能授予的，终结办理（行政程序通例）": VerbGround(
        "the measures of the designation, which its batch names",
        known="the bar is that of the order; that what cannot be granted is ended is general practice",
    ),
    "申请事项已无标的的，终结办理（行政程序通例）": VerbGround(
        _INTERNAL, known="general practice: an application without an object is ended; no article on it was read"
    ),
    "申请人在决定作出前可以撤回申请（行政程序通例）": VerbGround(
        _INTERNAL, known="general practice of administrative procedure; no article on it was read"
    ),
    "评审委员会议事规则": VerbGround(_INTERNAL, known="standing orders of the committee"),
    "本批次专家评审安排": VerbGround(_INTERNAL, known="plan of the batch; when its time stands still is unwritten"),
    "本批次第三方数据核查安排": VerbGround(_INTERNAL, known="plan of the batch"),
    "市认定办公室复核通知": VerbGround(_INTERNAL, known="letter to the holders"),
    "市认定办公室年度报告通知": VerbGround(_INTERNAL, known="letter to the holders"),
}  # fmt: skip
