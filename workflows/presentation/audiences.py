"""What the audiences of the verb tables are called; a test fails on one that has no name."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows import audiences, change_audiences, figure_check_records, reconsideration_who, yearly_report_acts
from workflows.doing import Audience
from workflows.tables import generic_recognition_2026

AUDIENCE_LABELS: Mapping[Audience, Promise] = {
    audiences.applicants: _("申报（持有）单位的全体办事人员"),
    audiences.district: _("所在区主管部门经办人"),
    audiences.office: _("市认定办公室经办人"),
    audiences.publishers: _("公示公布经办人"),
    audiences.objection_officers: _("处理异议的经办人"),
    audiences.forwarders: _("收到材料的街镇（园区）转报人"),
    audiences.local_officers: _("本区（集团）认定经办人"),
    audiences.local_publishers: _("本区（集团）公示公布经办人"),
    audiences.first_hands: _("首先审核的街镇（园区）或区主管部门"),
    audiences.experts: _("尚未提交评审的本件专家"),
    audiences.preparers: _("认定机关的称号处理承办人"),
    audiences.orderers: _("认定机关的称号处理决定人"),
    audiences.heard_holder: _("已收到告知的持有单位"),
    change_audiences.holder: _("申报（持有）单位的全体办事人员"),
    change_audiences.own_district: _("持有单位所在区经办人"),
    change_audiences.next_hands: _("下一环节经办人（迁入区或确认机关）"),
    change_audiences.confirmers: _("变更确认承办人"),
    change_audiences.seconds: _("承继方案复核人"),
    change_audiences.who_has_seen_it: _("已收到变更申请的区和确认机关经办人"),
    reconsideration_who.reconsiderers: _("可以审理本案的复议人员"),
    reconsideration_who.deciders: _("可以决定本案的复议机构负责人"),
    reconsideration_who.respondents: _("被申请人的承办人"),
    figure_check_records.verifiers: _("受委托核查机构的人员"),
    yearly_report_acts.keepers: _("市认定办公室称号管理人员"),
    generic_recognition_2026.first_hands: _("区主管部门；本批次不设区级初审的，市认定办公室"),
}
EXPERTS = audiences.experts
