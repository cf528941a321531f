"""The file a new bank begins as."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from voice_interviewer.banks.making.write import SCHEMA_LINE
from voice_interviewer.banks.slugs import slug_of
from voice_interviewer.core.bank import Slug
from voice_interviewer.errors import UsageError

_SKELETON = """\
# {schema_line}
# A question bank: what the interviewer asks, and the rubric that answers are judged by.
#
#   voice-interviewer banks validate FILE          names what is wrong, with line and column
#   voice-interviewer banks lint FILE              names what could be better
#   voice-interviewer interview --bank FILE        asks it
#   voice-interviewer banks schema > bank.schema.json    helps editors to complete and check
#
# The one question below is an example. Replace it by your own.
schema: voice-interviewer/bank@1
id: {id}
title: {title}
role: {title}
language: en

# Groups of questions; an interview draws from all of them in turn.
sections:
  - {{id: basics, title: Basics, level: beginner}}

questions:
  - id: restoring-backups
    section: basics
    # What is said aloud: one or two sentences, at most 45 words, no list.
    prompt: >-
      You inherit a PostgreSQL database with nightly backups that nobody has ever tried. What do you
      do in your first week?
    # Optional: the prompt respelled where a voice would stumble, mostly over capital letters.
    say: >-
      You inherit a Postgres database with nightly backups that nobody has ever tried. What do you
      do in your first week?
    # One sentence for the examiner; every clause of it should be a criterion.
    hint: Should try a restore before anything else, and say how long one may take.
    minutes: 3
    # Three to six things that a strong answer says.
    criteria:
      - id: try-a-restore
        label: Try a restore first
        # A claim that an expert would sign.
        statement: >-
          A backup counts only once it has been restored, so the first thing is a test restore onto
          a separate machine.
        # At least four ways in which people say it aloud: loose and hedged, not rewordings.
        also:
          - I'd just take last night's dump and see whether I can bring it back somewhere else
          - honestly until you've loaded it once you don't know that you have anything
          - spin up a spare box and pull the data back in, and check that it looks right
          - I wouldn't believe in them until I'd done a dry run of getting everything back
        # At least two things that a wrong but fluent candidate says.
        misconceptions:
          - the job has been green every night so we know that we are covered
          - replicas make trying the dumps unnecessary
        # Jargon, with what speech recognition writes instead.
        terms:
          - {{term: test restore, sounds_like: [test re store, tests restore]}}
        # Share in the question, against the weights of its other criteria.
        weight: 2
        # A follow-up for each rung, about this criterion, that does not give it away.
        probes:
          clarify: How would you find out whether those nightly files are any good?
          example: When did you last check such files yourself, and what came of it?
          number: How often would you repeat that check?
          tradeoff: What does that check cost you, and what would you skip it for?
          failure: In what way could the check pass and the files still be useless?
          change_mind: When would you leave the files alone and do something else first?
      - id: recovery-time
        label: How long it may take
        statement: >-
          The owner of the service has to say how many hours it may be down and how much data it may
          lose, and the measured recovery is held against both.
        also:
          - I'd ask the business how long they can live without it
          - and how much work would people be willing to type in again, an hour, a day
          - then you time it and see if you even get close to what they need
          - there's usually a promise to customers somewhere and I'd compare with that
        misconceptions:
          - faster disks are all that matters for how quickly we are back
          - with a nightly run nothing is ever lost
        terms:
          - {{term: recovery time objective, sounds_like: [recovery time objected]}}
          - {{term: RTO, sounds_like: [R T O, are to you]}}
        weight: 2
        probes:
          clarify: How would you know whether what you have is good enough?
          example: Which agreement of that kind have you worked under?
          number: Which figures would you want to have in writing?
          tradeoff: What would you pay to be back sooner?
          failure: What happens when nobody has agreed on that beforehand?
          change_mind: What would make you accept being slower?
    # 150 to 250 words as you would say them; shown in the review.
    model_answer: >-
      First I would not trust the backups at all. I would take last night's file, set up a separate
      machine, and restore it there, and then let somebody who knows the data look at it, because a
      job that ends green tells me only that a file was written. While it runs I would take the
      time. Then I would sit down with whoever owns the service and ask two things: how long may it
      be down, and how much work may be lost. Nightly backups mean that up to a day is gone, and
      often nobody has said that aloud before. If the restore takes six hours and they need two, I
      have a plan for my second week, for example archiving the write-ahead log and keeping a warm
      standby. Finally I would put the restore on a schedule, once a month and automatic, with a
      check that compares row counts and a few known records, and an alert to a person when it
      fails. A standby alone would not be enough for me, as a bad delete reaches it within a second.
      So: prove it, time it, agree on the figures, and then keep proving it.
    # Where the facts come from: paper and year, page, or your own experience.
    source: Own example.
"""
_WORDS_OF_YAML = ("true", "false", "null")


def skeleton(bank_id: str) -> str:
    """A commented bank with one question, which validates and lints clean. Raises UsageError."""
    try:
        TypeAdapter(Slug).validate_python(bank_id)
    except ValidationError:
        better = slug_of(bank_id) or "my-bank"
        raise UsageError(
            f"{bank_id!r} is no id.",
            f"Use lower-case words joined by hyphens, for example {better}.",
        ) from None
    plain = bank_id[0].isalpha() and bank_id not in _WORDS_OF_YAML
    return _SKELETON.format(
        schema_line=SCHEMA_LINE,
        id=bank_id if plain else f'"{bank_id}"',
        title=f'"{bank_id.replace("-", " ").capitalize()}"',
    )
