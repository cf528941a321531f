"""A local-first mock interviewer that speaks, listens, judges against a rubric and asks on."""

__version__ = "0.1.0"
