"""Sample contents of the style page; no enterprise, person or number in it is real."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accreditation.templatetags.language import zh

Sample = dict[str, Any]
NAME = "上海示例智能装备股份有限公司"
HASH = "3f9a77c2d41b0c6e8a55f1d29b7e60c4a8d3e2f1b6c59078e4d3a2b1c0f9e8d7"


def samples(at: dt.datetime) -> Sample:
    """Contents of all components, dated relative to `at`."""
    due = at + dt.timedelta(days=4)
    return {
        "name": NAME,
        "hash": HASH,
        "at": at,
        "due": due,
        "crumbs": [{"label": _("我的申报"), "href": "#"}, {"label": "SHETC-2026-0417"}],
        "facts": [_("市级企业技术中心认定"), _("2026 年（第 34 批）"), _("第 2 版")],
        "sub_links": sub_links(),
        "menu": side_menu(),
        "steps": steps(),
        "points": points(),
        "task_groups": task_groups(),
        "timeline": timeline(at),
        "summary": summary(),
        "place": place(at),
        "files": files(at),
        "columns": columns(),
        "active": [{"label": _("状态"), "value": _("超期"), "remove": "?"}],
        "score_rows": score_rows(),
        "score_total": sum((row["points"] for row in score_rows()), Fraction(0)),
        "next": [_("浦东新区科经委初审材料。"), _("需要补正时会在站内和邮件通知，并一次列明。")],
        "consequences": [_("申报内容将锁定，区级主管部门打开前可以撤回。"), _("系统出具带编号和校验值的回执。")],
        "axes": axes(),
        "lights": lights(),
        "fault_groups": fault_groups(),
        "tiles": tiles(),
        "stages": stages(),
        "inputs": inputs(),
        "calculation": calculation(),
        "sources": sources(),
    }


def long_text() -> str:
    """A text as an applicant would write it."""
    return _("中心设机械、电控、软件三个研究室，另有一个中试车间。")


def sub_links() -> list[Sample]:
    """Second-level links of a case."""
    return [
        {"label": _("总览"), "href": "#", "current": True},
        {"label": _("材料"), "href": "#", "count": 1, "count_words": _("1 项需要补正")},
        {"label": _("评分"), "href": "#"},
        {"label": _("进度"), "href": "#"},
    ]


def side_menu() -> list[Sample]:
    """Side menu of a staff page."""
    return [
        {
            "label": _("初审"),
            "links": [
                {"label": _("待办"), "href": "#", "current": True, "count": 12, "count_words": _("12 件待办")},
                {"label": _("在办"), "href": "#"},
                {"label": _("已办"), "href": "#"},
            ],
        },
        {"label": _("查询"), "links": [{"label": _("区内名录"), "href": "#"}]},
    ]


def steps() -> list[Sample]:
    """The seven steps, the third under way."""
    labels = [_("填报"), _("区级初审"), _("市级形审"), _("专家评审"), _("综合评审"), _("公示"), _("发证")]
    states = ["done", "done", "current", "todo", "todo", "todo", "todo"]
    return [{"label": label, "state": state} for label, state in zip(labels, states, strict=True)]


def points() -> list[Sample]:
    """Points of a return."""
    return [
        {
            "place": _("附表三 研发项目清单 › 第 7 行 › F 列"),
            "href": "#faults",
            "words": _("“实际投入”应为数值，读到的是文本“约 320 万”。请填 320.00（单位：万元）。"),
        },
        {
            "place": _("材料清单 › 第 5 项 审计报告"),
            "href": "#files",
            "words": _("附件缺少审计报告的附注页，请补传 PDF（不超过 25 MB）。"),
        },
    ]


def task_groups() -> list[Sample]:
    """Tasks of an application in every state."""
    return [
        {
            "label": _("一、企业与技术中心情况"),
            "tasks": [
                {"label": _("填写企业基本情况"), "href": "#", "state": "done", "hint": "2026-05-20"},
                {"label": _("填写技术中心组织与人员"), "href": "#", "state": "done", "hint": "2026-05-21"},
            ],
        },
        {
            "label": _("二、评价数据"),
            "tasks": [
                {
                    "label": _("上传评价数据表"),
                    "href": "#",
                    "state": "problem",
                    "words": _("有 1 处问题"),
                    "hint": _("附表三 F7 需要修改"),
                },
                {"label": _("核对自动计算的评价得分"), "href": "#", "state": "doing", "hint": _("依赖上一项")},
                {"label": _("上传证明材料"), "href": "#", "state": "todo"},
            ],
        },
        {
            "label": _("三、提交"),
            "tasks": [{"label": _("核对并提交"), "state": "blocked", "hint": _("请先完成以上各项")}],
        },
    ]


def timeline(at: dt.datetime) -> list[Sample]:
    """Newest first."""
    day = dt.timedelta(days=1)
    return [
        {
            "title": _("退回补正"),
            "at": at - day,
            "by": _("市认定办公室"),
            "tone": "red",
            "text": _("附表三 F7 数据格式、审计报告附注页，请在期限内补正。这是第 1 次补正，共 1 次机会。"),
        },
        {
            "title": _("区级初审通过"),
            "at": at - 4 * day,
            "by": _("浦东新区科经委"),
            "tone": "green",
            "text": _("初审意见：材料齐全，同意推荐。"),
        },
        {"title": _("提交申报（第 1 版）"), "at": at - 15 * day, "by": "王示例", "tone": "blue"},
        {"title": _("创建申报"), "at": at - 23 * day, "by": "王示例", "tone": "grey"},
    ]


def place(at: dt.datetime) -> Sample:
    """Where a case stands, with an estimate of its end."""
    day = dt.timedelta(days=1)
    onward = {"state": _("市级形式审查中"), "who": _("区主管部门"), "verb": _("通过并推荐")}
    back = {"state": _("退回补正"), "who": _("区主管部门"), "verb": _("退回补正")}
    return {
        "holder": _("浦东新区科经委"),
        "task": _("区级初审"),
        "people": [zh("李示例")],
        "since": at - 3 * day,
        "days": 3,
        "clock": {"label": _("区级初审时限"), "due": at + 4 * day, "left": 4},
        "next": [
            {"label": _("顺利时"), "tone": "green", "moves": [onward]},
            {"label": _("须另行办理"), "tone": "amber", "moves": [back]},
        ],
        "forecast": {
            "usual": {"earliest": at + 30 * day, "middle": at + 41 * day, "latest": at + 55 * day, "provisional": True},
            "latest": {"on": at + 90 * day},
            "is_legal": True,
            "stages": [{"name": _("区级初审"), "limit": _("时限 10 个工作日"), "usual": "6"}],
        },
    }


def summary() -> list[Sample]:
    """Basic facts, one of them taken over from the register."""
    return [
        {"label": _("统一社会信用代码"), "value": "91310000MA1FL0000X"},
        {"label": _("行业"), "value": _("通用设备制造业"), "href": "#"},
        {"label": _("注册地"), "value": _("浦东新区"), "href": "#", "prefilled": True},
        {"label": _("上一批次"), "value": None},
    ]


def files(at: dt.datetime) -> list[Sample]:
    """A file in each state."""
    return [
        {
            "name": "营业执照.pdf",
            "href": "#",
            "size": 1258291,
            "version": 1,
            "at": at,
            "state": _("已核验"),
            "state_tone": "green",
            "sha256": HASH,
        },
        {
            "name": "审计报告2025.pdf",
            "href": "#",
            "size": 19293798,
            "version": 2,
            "state": _("需补正"),
            "state_tone": "red",
            "tone": "red",
            "fault": _("缺少附注页。"),
        },
        {"name": "研发设备清单.xlsx", "href": "#", "size": 314573, "state": _("待核验"), "state_tone": "amber"},
    ]


def columns() -> list[Sample]:
    """Columns of an inbox."""
    return [
        {"label": _("企业"), "sort": "name"},
        {"label": _("申报编号")},
        {"label": _("到期"), "sort": "-due", "direction": "ascending"},
        {"label": _("得分"), "numeric": True},
        {"label": _("状态")},
    ]


def inbox_rows() -> list[Sample]:
    """Rows of an inbox, enough for three pages."""
    states = [(_("超期"), "red"), (_("今日到期"), "amber"), (_("审核中"), "blue"), (_("已提交"), "grey")]
    rows = []
    for number in range(1, 48):
        state, tone = states[min(number - 1, 3)]
        cells = [
            {"text": _("示例企业 %(n)s 号") % {"n": number}, "href": "#"},
            f"SHETC-2026-{400 + number:04d}",
            f"2026-06-{10 + number % 18:02d}",
            f"{50 + number % 40}.5",
            {"text": state, "tone": tone},
        ]
        rows.append({"cells": cells, "tone": tone if number < 3 else ""})
    return rows


def score_row(label: str, value: Fraction, unit: str, basic: int, full: int, weight: int) -> Sample:
    """One indicator; points rise in a straight line from 60 % at the basic requirement to all at the full one."""
    met = value >= basic
    reach = min(max((value - basic) / (full - basic), Fraction(0)), Fraction(1))
    points = weight * (Fraction(3, 5) + Fraction(2, 5) * reach) if met else Fraction(0)
    figures = {"value": value, "unit": unit, "threshold": basic, "full": full}
    return figures | {"label": label, "points": points, "weight": weight, "met": met}


def score_rows() -> list[Sample]:
    """Indicators above and below their threshold."""
    return [
        score_row(_("研发费用占主营业务收入比重"), Fraction(29, 5), "pct", 3, 8, 12),
        score_row(_("研发人员占从业人员比重"), Fraction(92, 5), "pct", 2, 30, 9),
        score_row(_("高级专家与博士人数"), Fraction(14), "person", 3, 20, 4),
        score_row(_("研发设备原值"), Fraction(123456, 100), "wCNY", 500, 2000, 5),
        score_row(_("新产品销售利润占比"), Fraction(63, 5), "pct", 15, 40, 10),
    ]


def axes() -> list[Sample]:
    """Six dimensions in percent."""
    labels = [_("创新投入"), _("创新人才"), _("技术积累"), _("创新平台"), _("技术产出"), _("创新效益")]
    own, mean = [73, 60, 55, 42, 60, 40], [62, 50, 52, 50, 48, 56]
    return [{"label": a, "value": b, "mean": c} for a, b, c in zip(labels, own, mean, strict=True)]


def lights() -> list[Sample]:
    """The three answers about a certificate."""
    return [
        {
            "question": _("文件是否被改动"),
            "answer": _("未被改动"),
            "tone": "good",
            "text": _("签名覆盖整个文件，校验通过。"),
        },
        {
            "question": _("证书是否有效"),
            "answer": _("已暂停"),
            "tone": "warn",
            "text": _("正在整改期内，恢复前不得使用。"),
        },
        {
            "question": _("由谁签发"),
            "answer": _("签发者不受信任"),
            "tone": "bad",
            "text": _("签名证书不是本机构的证书。"),
        },
    ]


def fault_groups() -> list[Sample]:
    """Faults of a workbook by sheet."""
    return [
        {
            "sheet": "附表三 研发项目",
            "faults": [
                {
                    "key": "fault-1",
                    "cell": "F7",
                    "label": _("实际投入"),
                    "read": "约 320 万",
                    "expected": _("数值，单位万元"),
                    "remedy": _("填 320.00，不要写单位。"),
                },
                {
                    "cell": "F9",
                    "label": _("实际投入"),
                    "read": "",
                    "expected": _("必填"),
                    "remedy": _("没有投入时填 0。"),
                },
            ],
        },
        {
            "sheet": "评价数据表",
            "faults": [
                {
                    "cell": "D12",
                    "label": _("研发人员合计"),
                    "read": "118",
                    "expected": _("等于 D13 与 D14 之和 120"),
                    "remedy": _("核对分项或合计，三者必须相符。"),
                }
            ],
        },
    ]


def tiles() -> list[Sample]:
    """Figures of a dashboard."""
    return [
        {"label": _("待办"), "number": "12", "unit": _("件")},
        {"label": _("今日到期"), "number": "3", "unit": _("件"), "tone": "amber"},
        {"label": _("超期"), "number": "1", "unit": _("件"), "tone": "red", "href": "#", "link_text": _("查看超期")},
        {"label": _("本月办结"), "number": "41", "unit": _("件"), "tone": "green", "note": _("平均 4.2 个工作日")},
    ]


def stages() -> list[tuple[str, int]]:
    """Applications by stage."""
    return [(_("申报"), 1312), (_("区级初审通过"), 1068), (_("形审通过"), 951), (_("拟认定"), 518), (_("认定"), 516)]


def inputs() -> list[Sample]:
    """Figures that an indicator takes, with their cells."""
    sheet = "评价数据表"
    return [
        {"label": _("研发费用"), "year": 2025, "value": _("58,000 千元"), "cell": f"{sheet} D7"},
        {"label": _("主营业务收入"), "year": 2025, "value": _("1,000,000 千元"), "cell": f"{sheet} D3"},
    ]


def calculation() -> list[Sample]:
    """Lines that can be redone with a hand calculator."""
    return [
        {"label": _("公式"), "text": _("研发费用 ÷ 主营业务收入 × 100%")},
        {"label": _("代入"), "text": "58,000 ÷ 1,000,000 × 100%", "result": "5.8%"},
        {"label": _("基本要求"), "text": _("3%，得权重的 60%")},
        {"label": _("满分要求"), "text": _("8%，得满分 12")},
        {"label": _("得分"), "text": "12 × (0.6 + 0.4 × (5.8 − 3) ÷ (8 − 3))", "result": "9.888"},
    ]


def sources() -> list[Sample]:
    """Where the figures of the rule come from, and how sure they are."""
    return [
        {"text": _("基本要求、满分要求：演示规则集"), "confidence": _("演示值"), "tone": "amber"},
        {"text": _("计算方法：评价指南附件"), "confidence": _("已查证"), "tone": "green"},
    ]
