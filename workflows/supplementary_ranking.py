"""The act that freezes a supplementary ranking of a batch and puts its lines before the committee."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from accreditation.acts import act, fingerprint
from accreditation.errors import Refusal
from accreditation.models import Batch, Ranking, User
from accreditation.permissions import demand_power
from accreditation.roles import Power
from accreditation.services import supplementary_rankings as supplementary
from accreditation.services.supplementary_rankings import Statement
from workflows.own_matters import demand_no_tie
from workflows.recommendation_acts import in_ranking, put_before_committee


@transaction.atomic
def freeze_supplementary_ranking(
    batch: Batch, said: Statement, *, by: User, at: datetime, request_key: str | None = None
) -> Ranking:
    """Freeze the order of those who came to be ranked late; the first ranking stays as it is.

    Raises Replayed as `act` does, Denied like the freezing of the first one, Refusal with every reason.
    """
    with act(
        batch, "freeze_supplementary_ranking", by=by, at=at, acting_as="municipal_officer", request_key=request_key,
        request=fingerprint(batch.pk, *asdict(said).values()),
    ) as doing:  # fmt: skip
        row = doing.chain
        assert isinstance(row, Batch)
        demand_power(by, Power.CALL_MEETINGS, at=at)
        demand_no_tie(by, in_ranking(row), [Power.CALL_MEETINGS], at=at)
        if reasons := list(supplementary.faults_of_supplementing(row, said)):
            raise Refusal(reasons)
        first = supplementary.first_ranking(row)
        assert first is not None
        ranking = supplementary.create_supplementary(first, said, by=by, at=at)
        doing.note(ranking=ranking.number, sha256=ranking.sha256, quota=ranking.quota, supplements=first.number)
        doing.note(**asdict(said))
        doing.reply(number=ranking.number)
    put_before_committee(ranking, by=by, at=at)
    return ranking
