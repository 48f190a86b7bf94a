"""Fields in which an expert can be asked: divisions of industry (GB/T 4754-2017), subjects that every trade needs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DIVISIONS: Mapping[str, Promise] = {
    "13": _("农副食品加工业"),
    "14": _("食品制造业"),
    "15": _("酒、饮料和精制茶制造业"),
    "17": _("纺织业"),
    "18": _("纺织服装、服饰业"),
    "21": _("家具制造业"),
    "22": _("造纸和纸制品业"),
    "23": _("印刷和记录媒介复制业"),
    "24": _("文教、工美、体育和娱乐用品制造业"),
    "25": _("石油、煤炭及其他燃料加工业"),
    "26": _("化学原料和化学制品制造业"),
    "27": _("医药制造业"),
    "28": _("化学纤维制造业"),
    "29": _("橡胶和塑料制品业"),
    "30": _("非金属矿物制品业"),
    "31": _("黑色金属冶炼和压延加工业"),
    "32": _("有色金属冶炼和压延加工业"),
    "33": _("金属制品业"),
    "34": _("通用设备制造业"),
    "35": _("专用设备制造业"),
    "36": _("汽车制造业"),
    "37": _("铁路、船舶、航空航天和其他运输设备制造业"),
    "38": _("电气机械和器材制造业"),
    "39": _("计算机、通信和其他电子设备制造业"),
    "40": _("仪器仪表制造业"),
    "42": _("废弃资源综合利用业"),
    "43": _("金属制品、机械和设备修理业"),
    "44": _("电力、热力生产和供应业"),
    "45": _("燃气生产和供应业"),
    "46": _("水的生产和供应业"),
    "47": _("房屋建筑业"),
    "48": _("土木工程建筑业"),
    "49": _("建筑安装业"),
    "63": _("电信、广播电视和卫星传输服务"),
    "64": _("互联网和相关服务"),
    "65": _("软件和信息技术服务业"),
    "73": _("研究和试验发展"),
    "74": _("专业技术服务业"),
    "75": _("科技推广和应用服务业"),
}
SUBJECTS: Mapping[str, Promise] = {
    "finance": _("财务与审计"),
    "ip": _("知识产权"),
    "standards": _("标准化"),
    "management": _("创新管理"),
}
FIELDS: Mapping[str, Promise] = {**DIVISIONS, **SUBJECTS}
_CODE = re.compile(r"[A-T]?(?P<division>[0-9]{2})[0-9]{0,2}")


def division_of(code: object) -> str:
    """The division of an industry code such as `3569` or `C3569`; empty where the text is none."""
    found = _CODE.fullmatch(str(code or "").strip().upper())
    return found["division"] if found else ""
