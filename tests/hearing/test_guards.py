"""What tells a decode that went wrong from one that did not."""

from __future__ import annotations

import pytest

from voice_interviewer.hearing import guards
from voice_interviewer.hearing.decoding import _words


def word(text: str, start: float, end: float, probability: float = 0.9) -> dict[str, object]:
    return {"word": text, "start": start, "end": end, "probability": probability}


def test_a_loop_compresses_too_well_and_speech_does_not() -> None:
    assert guards.loops("and then we train it again " * 8)
    assert not guards.loops(
        "The reward model is trained on comparisons, so the policy learns what people prefer "
        "and not what they would write themselves, which is a different thing altogether."
    )
    assert not guards.loops("")


@pytest.mark.parametrize(
    ("tokens", "speech_s", "hasty"),
    [(8, 0.3, False), (10, 0.3, True), (45, 10.0, False), (95, 10.0, True)],
)
def test_nobody_speaks_that_fast(tokens: int, speech_s: float, hasty: bool) -> None:
    assert guards.hasty(tokens, speech_s) == hasty


def test_the_token_cap_grows_with_the_sound() -> None:
    assert guards.token_cap(1.0) < guards.token_cap(10.0) < guards.token_cap(28.0) < 448


def test_whisper_has_to_doubt_both_the_speech_and_the_words() -> None:
    assert guards.silent(0.9, -1.2)
    assert not guards.silent(0.9, -0.3)
    assert not guards.silent(0.1, -1.2)


def test_words_need_a_voice_within_half_a_second() -> None:
    speech = [(1.0, 2.0), (6.0, 7.0)]
    assert guards.voiced(0.2, 0.6, speech)
    assert guards.voiced(2.4, 2.6, speech)
    assert not guards.voiced(3.0, 5.0, speech)
    assert guards.voiced(3.0, 5.0, [])


def test_speech_that_was_passed_over_is_noticed() -> None:
    speech = [(0.5, 3.0), (3.6, 6.5)]
    assert not guards.passed_over([(0.0, 3.2), (3.2, 6.5)], speech)
    assert not guards.passed_over([(0.0, 5.6)], speech)
    assert guards.passed_over([(0.0, 3.2)], speech)
    assert guards.passed_over([(0.0, 1.0), (2.5, 6.5)], speech)
    assert not guards.passed_over([], [])


def test_a_sentence_without_a_word_is_unheard() -> None:
    speech = [(0.5, 4.0), (4.8, 7.6)]
    first = [word(f"w{n}", 0.5 * n, 0.5 * n + 0.4) for n in range(1, 8)]
    second = [word(f"w{n}", 0.5 * n, 0.5 * n + 0.4) for n in range(10, 15)]
    assert guards.unheard([*first, *second], speech) == ()
    assert guards.unheard(first, speech) == ((4.8, 7.6),)
    stretched = [*first[:-1], word("w7", 3.5, 7.6)]
    assert len(guards.unheard(stretched, speech)) == 1
    assert guards.unheard(first, []) == ()


def test_word_times_keep_out_of_the_pauses() -> None:
    speech = [(1.0, 2.0), (6.0, 7.0)]
    assert guards.snapped(1.8, 2.9, speech) == (1.8, 2.0)
    assert guards.snapped(4.0, 6.4, speech) == (6.0, 6.4)
    assert guards.snapped(1.2, 1.4, speech) == (1.2, 1.4)
    assert guards.snapped(3.0, 4.0, speech) == (3.0, 4.0)


def test_words_squeezed_into_no_time_were_not_said() -> None:
    said = [word("Afterwards,", 13.0, 13.6), word("it", 13.6, 13.8), word("follows.", 13.8, 14.4)]
    again = [word(w, 15.5, 15.5) for w in ("Afterwards,", "it", "really", "follows.")]
    assert list(guards.without_squeezed_tail([*said, *again])) == said
    assert guards.squeezed([(w["start"], w["end"]) for w in [*said, *again]])  # type: ignore[misc]
    unlikely = [word("token.", 15.5, 15.58, 0.0001)]
    assert list(guards.without_squeezed_tail([*said, *unlikely])) == said
    short = [word("yes.", 15.5, 15.52, 0.8)]
    assert list(guards.without_squeezed_tail([*said, *short])) == [*said, *short]
    assert list(guards.without_squeezed_tail([])) == []


def test_pieces_of_a_word_are_one_word_where_words_have_spaces() -> None:
    pieces = [word(" fine", 0.1, 0.3), word("-tune", 0.3, 0.6, 0.4), word(" it.", 0.6, 0.8)]
    glued = _words(pieces, "en", 1.0, [])
    assert [w["text"] for w in glued] == ["fine-tune", "it."]
    assert glued[0] == {"text": "fine-tune", "start_s": 0.1, "end_s": 0.6, "probability": 0.4}
    assert len(_words([word("微", 0.1, 0.3), word("调", 0.3, 0.6)], "zh", 1.0, [])) == 2
