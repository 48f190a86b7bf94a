"""Closed words of the cultivation list: how an entry stands, on which ground it was made, why it ended."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CultivationState(TextChoices):
    """Asked for by the enterprise, on the list, off the list, or not taken on it."""

    REQUESTED = "requested", _("待审核")
    LISTED = "listed", _("在库")
    ENDED = "ended", _("已出库")
    DECLINED = "declined", _("未入库")


class CultivationGround(TextChoices):
    """Why an enterprise is cultivated: it asked, or an authority chose it."""

    REQUEST = "request", _("企业申请")
    DISTRICT = "district", _("区主管部门推荐")
    MUNICIPAL_TITLE = "municipal_title", _("市级技术创新示范企业")
    SELECTION = "selection", _("市认定办公室遴选")


class CultivationEnd(TextChoices):
    """Why an enterprise left the list."""

    RECOGNISED = "recognised", _("已认定为国家技术创新示范企业")
    LEFT = "left", _("企业自愿退出")
    UNFIT = "unfit", _("不再符合培育要求")
    DISSOLVED = "dissolved", _("企业注销或主营业务变更")
