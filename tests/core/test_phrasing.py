"""What of a model's words reaches the candidate: sentence by sentence, and never the answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes import criterion

from voice_interviewer.core.assessment import FollowUp
from voice_interviewer.core.bank import Question, Term
from voice_interviewer.core.commands import Phrase
from voice_interviewer.core.phrasing import fair_pieces, sentences_of
from voice_interviewer.core.transcript import Transcript, words_of

PROBE = "Which curve would you lay over the reward first?"
RATE = criterion("rate").model_copy(update={"terms": (Term(term="win rate"),)})
ANSWER = "I would look at the reward and at the text it writes"
PHRASE = Phrase(
    question=Question(id="q", section="s", prompt="How?", hint="-", criteria=(RATE,)),
    planned=FollowUp(criterion_id="rate", rung="clarify", text=f"You said it. {PROBE}"),
    probe=PROBE,
    answer=Transcript(words=words_of(ANSWER)),
    said=f"How? {ANSWER}",
    open_ids=("rate",),
    asked=("What breaks first when the text gets longer?",),
)
OPENING = "You would look at the reward and the text."
OWN = "Which curve would you put over the reward first?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{OPENING} {OWN}", [OPENING, OWN]),
        (OWN, [OWN]),
        (f"{OPENING} {OWN} And what else?", [OPENING, OWN]),
        ('You look at "the text it writes". ' + OWN, ['You look at "the text it writes".', OWN]),
        # what is not fit is replaced by the bank's own question
        ("", [PHRASE.planned.text]),
        ("no sentence at all", [PHRASE.planned.text]),
        (OPENING, [OPENING, PROBE]),
        (f"{OPENING} Would the win rate tell you?", [OPENING, PROBE]),
        ("You left out the win rate. " + OWN, [PHRASE.planned.text]),
        ("Great answer so far. " + OWN, [PHRASE.planned.text]),
        ('You said "the gold reward diverges". ' + OWN, [PHRASE.planned.text]),
        (f"{OPENING} What do you have for breakfast?", [OPENING, PROBE]),
        (f"{OPENING} And I like that. {OWN}", [OPENING, PROBE]),
        (f"{OPENING} What breaks first when the text gets longer?", [OPENING, PROBE]),
        (f"{'so ' * 30}it is. {OWN}", [PHRASE.planned.text]),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_question_that_was_decided_is_asked_whatever_the_model_says(
    text: str, said: list[str], size: int
) -> None:
    chunks = (text[at : at + size] for at in range(0, len(text), size))
    assert list(fair_pieces(chunks, PHRASE)) == said


def test_the_first_sentence_is_given_out_before_the_rest_has_come() -> None:
    taken: list[str] = []

    def chunks() -> Iterator[str]:
        for chunk in (OPENING, " Which curve", " would you put over", " the reward first?"):
            taken.append(chunk)
            yield chunk

    pieces = fair_pieces(chunks(), PHRASE)
    assert next(pieces) == OPENING
    assert taken == [OPENING, " Which curve"]
    assert list(pieces) == [OWN]


def test_sentences_end_at_their_marks_and_not_within_numbers() -> None:
    text = 'It fell by 2.5 points. You said "so?" Then what?'
    assert list(sentences_of([text])) == ["It fell by 2.5 points.", 'You said "so?"', "Then what?"]
