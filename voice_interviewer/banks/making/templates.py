"""Follow-up questions for drafts: they fit any criterion, name nothing and so leak nothing."""

from __future__ import annotations

from voice_interviewer.core.bank import Probes

PROBES = (
    Probes(
        clarify="Can you say more precisely what you mean there?",
        example="Can you walk me through one concrete case?",
        number="Which figures would you expect there, roughly?",
        tradeoff="What do you give up by doing it that way?",
        failure="How could that go wrong in practice?",
        change_mind="What would make you change your mind about that?",
    ),
    Probes(
        clarify="I think a piece is still missing there. What else belongs to it?",
        example="When did you last meet this yourself, and what happened?",
        number="How would you measure that, and what would be a good value?",
        tradeoff="What speaks against it, and when would you accept that?",
        failure="What is the first sign that it is not working?",
        change_mind="Under what circumstances would you do the opposite?",
    ),
    Probes(
        clarify="Take me one level deeper. How does that work?",
        example="What would that look like on an ordinary day of work?",
        number="How large is that effect, as an order of magnitude?",
        tradeoff="Who pays for that choice, and is it worth it?",
        failure="What is the most common mistake people make there?",
        change_mind="Which result would show you that you were wrong?",
    ),
)
