"""The links of the top bar and the foot: which address, under which words, for holders of which power."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.roles import DELEGABLE, Power


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: URL name, words, who sees it. With no powers it is for everybody, or for applicants only."""

    url_name: str
    label: Promise
    powers: frozenset[Power] = frozenset()
    applicants_only: bool = False

    def is_for(self, powers: frozenset[Power], is_applicant: bool) -> bool:
        """Whether a person with these powers is shown the link."""
        if self.applicants_only:
            return is_applicant
        return not self.powers or bool(self.powers & powers)


RECUSING = frozenset(DELEGABLE) | {Power.FORWARD, Power.SUPERVISE, Power.REVIEW_RECONSIDERATIONS, Power.AUDIT}
TOP = (
    Entry("home", _("首页")),
    Entry("my_cases", _("我的申报"), applicants_only=True),
    Entry("forward_inbox", _("审核转报"), frozenset({Power.FORWARD})),
    Entry("district_inbox", _("区级初审"), frozenset({Power.REVIEW_FIRST})),
    Entry("office_inbox", _("市级办理"), frozenset({Power.CHECK_COMPLETENESS})),
    Entry("verifier_checks", _("数据核查"), frozenset({Power.VERIFY_FIGURES})),
    Entry("expert_tasks", _("专家评审"), frozenset({Power.REVIEW_AS_EXPERT})),
    Entry(
        "meetings",
        _("评审会议"),
        frozenset({Power.VOTE, Power.CALL_MEETINGS, Power.VOTE_LOCALLY, Power.RUN_LOCALLY}),
    ),
    Entry("office_objections", _("异议"), frozenset({Power.RUN_LOCALLY})),
    Entry("members", _("成员核验"), frozenset({Power.CONFIRM_MEMBERS})),
    Entry("publishing", _("发布名单"), frozenset({Power.PUBLISH, Power.PUBLISH_LOCALLY})),
    Entry("orders", _("称号处理"), frozenset({Power.PREPARE_ORDERS, Power.MAKE_ORDERS})),
    Entry("orders", _("行政复议"), frozenset({Power.REVIEW_RECONSIDERATIONS, Power.DECIDE_RECONSIDERATIONS})),
    Entry("orders", _("答复行政复议"), frozenset({Power.RUN_LOCALLY})),
    Entry("reissues", _("证书补发换发"), frozenset({Power.RUN_LOCALLY})),
    Entry("grants", _("授权管理"), frozenset({Power.GRANT_ROLES})),
    Entry("operations", _("运行维护"), frozenset({Power.OPERATE})),
    Entry("people", _("账号"), frozenset({Power.OPERATE, Power.GRANT_ROLES})),
    Entry("audit", _("审计"), frozenset({Power.AUDIT})),
    Entry("notices", _("公示和公布")),
    Entry("centres", _("名录")),
    Entry("certificates:verify", _("证书查验")),
    Entry("demo", _("演示")),
)
ACCOUNT = (
    Entry("org_members", _("单位成员"), applicants_only=True),
    Entry("delegations", _("授权代办"), frozenset(DELEGABLE)),
    Entry("recusals", _("办理人员回避"), RECUSING),
    Entry("account_security", _("账号安全")),
)
FOOT = (
    Entry("track", _("查询办理进度")),
    Entry("guide", _("办事指南")),
    Entry("plan", _("规划目标")),
    Entry("cultivation", _("示范企业培育名单")),
    Entry("accessibility", _("无障碍声明")),
    Entry("styleguide", _("样式指南")),
)
