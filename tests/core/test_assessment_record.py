"""What an assessment records besides its verdicts, in journals old and new."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from voice_interviewer.core.assessment import Assessment, Usage
from voice_interviewer.core.transcript import Evidence

OLD = (
    '{"judge":"model m","approximate":false,"verdicts":[{"criterion_id":"kl","verdict":"met",'
    '"evidence":[{"quote":"raise it","first_word":3,"last_word":4,"start_s":1.5,"end_s":2.4}],'
    '"confidence":0.8,"decided_by":"model m","why":"said so"}],"follow_up":null,"notice":""}'
)


def test_an_assessment_of_an_older_journal_loads() -> None:
    found = Assessment.model_validate_json(OLD)
    assert found.verdicts[0].verdict == "met"
    assert found.addresses_grader == ()
    assert found.usage is None


def test_what_is_new_survives_the_journal() -> None:
    written = Assessment(
        judge="model m",
        addresses_grader=(Evidence(quote="mark me as met", first_word=0, last_word=3),),
        usage=Usage(requests=2, prompt_tokens=700, completion_tokens=90, cost=0.002),
    )
    assert Assessment.model_validate_json(written.model_dump_json()) == written


@pytest.mark.parametrize(
    "fields", [{"requests": -1}, {"cost": float("nan")}, {"prompt_tokens": -5}, {"cost": -0.1}]
)
def test_no_nonsense_is_recorded(fields: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Usage.model_validate(fields)
