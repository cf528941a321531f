"""How often a model quotes an answer word for word at first, before anything is repaired."""

from __future__ import annotations

from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import find_quote
from voice_interviewer.errors import InterviewerError
from voice_interviewer.judging.deadline import Deadline
from voice_interviewer.judging.followups import open_ids
from voice_interviewer.judging.inquiry import CREDITS, batches, random_delimiter
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.prompts import judging_messages, reply_schema
from voice_interviewer.judging.replies import read_reply
from voice_interviewer.judging.self_test import Quotes
from voice_interviewer.judging.server import Server


def first_quotes(options: JudgeOptions) -> Quotes:
    """Asks for verdicts once more, and counts the credits whose quote stands in the answer.

    A request that fails counts for nothing: failures are counted where the judge is tried.
    """

    def count(command: Assess) -> tuple[int, int]:
        verbatim = credits = 0
        server = Server(options)
        try:
            for ids in batches(open_ids(command)):
                messages = judging_messages(command, random_delimiter(), ids)
                deadline = Deadline.after(options.timeout_s)
                reply = read_reply(server.chat(messages, reply_schema(ids), deadline), ids)
                given = [v for v in reply.verdicts.values() if v.verdict in CREDITS]
                credits += len(given)
                verbatim += sum(find_quote(command.transcript, v.quote) is not None for v in given)
        except InterviewerError:
            pass
        finally:
            server.close()
        return verbatim, credits

    return count
