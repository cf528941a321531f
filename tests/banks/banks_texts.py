"""Texts of our own in every form that banks are made from."""

from __future__ import annotations

PAGE = """\
Interview Prep
Site Reliability Engineer Interview Questions
5 expert questions on keeping services alive. Each answer includes a hint.
Beginner
2 questionsA good answer defines error budgets, explains how alerts map to user pain (latency, errors), and gives one real example.
Should clarify that a runbook is a script for people while automation is a script for machines.
Incidents & Tools
3 questionsShould cover DNS lookups, TLS certificates (expiry, chain), reference model checks, and when to escalate.
Look for calm communication, a written timeline, and no blame.
Strong answers describe rolling back first and discuss the cost of a wrong guess - too slow loses users, too fast loses data.
"""  # noqa: E501

ASKED = """\
# On-call basics
Section: Paging

Q1: What makes a page worth waking somebody for?
A: It needs a person now. It has a runbook. It is rare.
Q2. How do you hand over a shift?
Hint: Should mention open incidents, risky changes,
and who is away.
Answer: I write it down first.

Section: Afterwards
Q: Who reads a post-mortem?
"""

MARKDOWN = """\
# Databases

## Storage (2 questions)
1. **What is an index good for?** Should cover lookups, ordering, and the price of writes.
2. When would you denormalise?
   - reads that dominate
   - joins that are too slow

```
- not a question
```

## Operations
### How do you test a backup?
Restore it; time it; compare row counts.

- Should explain replication lag and how clients notice it. See [the docs](https://example.org/x).
- Tell me about `VACUUM` in C#
"""

TABLE = """\
Question,Answer,Section,Level,Notes
"What is a mutex, in short?","It lets one thread in. The others wait.",Threads,easy,x
How do deadlocks happen?,"Two locks are taken
in two orders.",Threads,,
What is a race?,,Memory,hard,
"""

PLAIN = """\
Night shift questions
What do you check first?
Should name dashboards, recent deploys, and the status page.
Who decides to roll back?
"""
