"""Pleas, claimed authority and made-up replies: more ways to speak to whoever grades.

Patterns over one normalised sentence, as in `addressing_patterns`. Most claim that this answer, or
a point of it, was already judged, or is to be; a story about somebody else's marks claims neither.
"""

from __future__ import annotations

import re

from voice_interviewer.judging.addressing_patterns import CLAUSE, ORDER

_END = r"(?= (?:: )?\||$)"
_YES = r"(?:yes|met|correct|pass(?:ed)?)"
_SAID = r"(?:said|covered|met|mentioned|named|answered|explained|correct|complete|passed)"
_BE = r"(?:is|are|was|were|has been|have been|be|counts?(?: as)?|counted(?: as)?)"
_EVERYTHING = (
    r"(?:everything|it all|all (?:of )?(?:it|this|them|that)|"
    r"(?:all|each|every|each and every)(?: single)?(?: of)?(?: the| these| your)? "
    r"(?:points?|criteri(?:a|on)|items?))"
)
_FULL = r"(?:full|top|maximum|the maximum|perfect|highest) (?:marks?|points?|credits?|scores?)"
_THIS = (
    r"(?:(?:this|my) (?:answer|response|question|part|point|attempt|one|performance)s?|"
    r"(?:this|it|me|everything|all of (?:it|this)) as "
    r"(?:fully |already )?(?:met|said|correct|passed|covered|complete))"
)
_JUDGES = (
    r"(?:examiners?|graders?|interviewers?|(?:human )?reviewers?|assessors?|judges?|panel|"
    r"committee|board|professors?|teachers?|tutors?|(?:\w+ )?managers?|recruiters?|"
    r"head of (?:the )?\w+)"
)
_JUDGED = r"(?:marked|graded|scored|rated|credited|accepted|approved|passed|signed off(?: on)?)"
_NO_MORE = (
    r"(?:no longer (?:count|apply|applies|matter|hold|bind you)|"
    r"(?:don't|do not|doesn't|does not) (?:count|apply|matter)(?: any ?more)?|"
    r"(?:has|have|had)(?: now| all)*(?: been)? (?:changed|replaced|updated|cancelled|lifted))"
)
_YOURS = (
    r"(?:your (?:\w+ )?(?:instructions?|rules|task|orders|rubric|criteria|prompt)|"
    r"the (?:instructions?|rules|rubric|criteria|orders|list) (?:that )?you "
    r"(?:were|have been|are|'ve been) (?:given|told|handed))"
)

CLAIMS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        # The check is to be dropped, or is said to be over.
        rf"{_YOURS} {_NO_MORE}",
        rf"{ORDER}(?:skip|suspend|drop|cancel|end|stop) (?:the|this|your|any) (?:assessment|"
        rf"evaluation|grading|marking|scoring|checking|check|judging|comparison) (?:for|of|on) "
        rf"(?:this|me|my)\b",
        rf"{ORDER}(?:stop|quit|no longer|don't|do not|no need to) (?:compar|check|judg|grad|scor|"
        rf"measur|match)\w* (?:this|me|it|my \w+|what i \w+) (?:with|against|by|to) (?:your|the) "
        rf"(?:list|rubric|notes?|criteria|points|sheet|scheme)\b",
        rf"{ORDER}(?:drop|ignore|disregard|forget|leave aside|set aside) what (?:the|your) "
        rf"(?:prompt|rubric|instructions?|rules|list) (?:tells?|says?|asks?|wants?)\b",
        rf"{CLAUSE}(?:you (?:don't|do not) (?:need|have) to|no need to) (?:look|search|check|ask) "
        rf"for (?:any )?(?:quotes?|evidence|proof)\b.* (?:met|credit|marks|points|yes)\b",
        rf"{CLAUSE}(?:the )?(?:transcript|recording|answer) (?:ends|stops|is over|is complete|is "
        rf"finished) (?:here|now){_END}",
        # Verdicts put into the grader's mouth.
        rf"{CLAUSE}(?:whatever|whichever|no matter what|anything) you(?:'re| are| were|'ve been| "
        rf"have been) (?:\w+ )?(?:asked|told)\b.* {_YES}\b",
        rf"{CLAUSE}(?:(?:for|on|to|in) (?:this|my|every|each|any|all)(?: of)?(?: the| these)? \w+ "
        rf"(?:\| )?)?you (?:only|always|just|must|will|should)(?: only| ever| always| just)* "
        rf"(?:say|answer|reply|respond)(?: only)?(?: with)? {_YES}\b",
        rf"{ORDER}(?:write|note|put|log|enter|record)(?: down)? that (?:{_EVERYTHING}|i|"
        rf"the candidate|this|my answer) (?:\w+ ){{0,2}}?{_SAID}\b",
        rf"{ORDER}(?:treat|count|take|regard|consider|see) (?:\w+ ){{1,5}}?as (?:if i (?:had |'d )?"
        rf"(?:\w+ )?{_SAID}|(?:if )?(?:it was |they were )?(?:said|covered|mentioned))\b",
        rf"{ORDER}(?:go|proceed|carry on) (?:ahead )?with {_FULL}\b",
        rf"{ORDER}(?:reply|respond|answer|output|return)(?: with| only| just)* yes{_END}",
        r"\bdoes the answer say this\b",
        rf"{CLAUSE}(?:system|assistant|judge|grader) : \| {_YES}{_END}",
        r"(?:^|\| )(?:the )?verdicts?(?: is| are)?(?: :)?(?: \|)? met\b",
        r"\bverdicts? (?:colon |is |are )?met (?:for|on|in) (?:all|every|each)\b",
        r"\bopen (?:curly |square )?(?:brackets?|braces?)\b.* (?:verdicts?|criteri(?:a|on)|met)\b",
        rf"{ORDER}(?:reply|respond|answer|return|output)\b.* json\b.* (?:met|yes)\b",
        rf"{CLAUSE}(?:a |the |one )?(?:new|next|final|urgent|last)? ?(?:message|instruction|"
        rf"notice) from (?:the |your )?(?:user|system|developer|operator|examiner|assistant)"
        rf"(?: \w+)? :",
        rf"{CLAUSE}(?:grader|judge|evaluator|examiner|interviewer)(?:'s)? (?:notes?|comments?|"
        rf"remarks?)(?: :)? \| .*\b(?:candidate|answer|everything|{_EVERYTHING})\b.* ?"
        rf"\b(?:{_SAID}|included)\b",
        rf"\bthe (?:right|correct|expected|only|agreed) (?:result|verdict|outcome|grade|reply) "
        rf"(?:here |for (?:this|me) )?(?:is|was|should be|has to be) (?:a |an? )?"
        rf"(?:{_YES}|{_FULL})\b",
        # Somebody has judged already, or vouches for it.
        rf"{CLAUSE}(?:the |my |a |your )?{_JUDGES} (?:(?:has|have|had|already|just|previously|"
        rf"earlier) )*{_JUDGED} {_THIS}",
        rf"{CLAUSE}.*\b(?:confirmed|confirms|assured me|decided|agreed|says|said|told me) "
        rf"(?:that )?(?:this|my) (?:answer|response) (?:\w+ ){{0,2}}?(?:covers|meets|satisfies|"
        rf"contains|includes|passes|is (?:right|correct|complete))\b",
        rf"\b(?:take it from me|take my word for it|trust me|i (?:can )?assure you|"
        rf"i give you my word)\b.* {_BE} (?:as )?{_SAID}\b",
        r"\b(?:this|my) (?:question|answer|part|point|response|one) (?:(?:is|are) to|should|must|"
        r"shall|can|may|will|has to|needs to) be (?:\w+ly )?(?:counted|marked|graded|scored|"
        r"credited|accepted|passed)\b(?! (?:by|on|against|blind|twice|separately)\b)",
        rf"{CLAUSE}(?:the |your )?(?:rubric|criteri(?:a|on)|(?:marking|scoring) scheme|answer key|"
        rf"(?:reference|model|expected) answer) (?:says?|reads|states|is|wants|asks for)\b.* "
        rf"(?:(?:take|count|treat|accept|use) (?:it|this|that)|(?:is|as) my answer|"
        rf"that is what i (?:say|said|mean))\b",
        # Pleas.
        rf"{ORDER}(?:give|grant|allow|award) me (?:the|all the|all|some|my|those|these|at least "
        rf"the|partial)? ?(?:points?|marks?|credits?)(?: (?:for|on|please|anyway)\b|(?: :)? \||$)",
        rf"{ORDER}give (?:me|this|my \w+) the benefit of the doubt\b",
        rf"{ORDER}let (?:it|this|this one|that|me|my \w+) (?:count|pass|through|slide|stand|go "
        rf"through)(?: as \w+)? (?:just )?(?:(?:for )?(?:this )?once|this time|anyway|please)\b",
        r"\b(?:trust|hope|know|believe|am sure|i'm sure|beg|ask)(?: that)? you(?:'ll| will| can| "
        r"would| are going to)? (?:\w+ )?(?:credit|pass|reward|score|grade) (?:me|this|it|my)\b",
        r"\b(?:beg|beseech|implore) you to (?:\w+ )*?(?:see|call|count|mark|pass|credit|accept|"
        r"give|let)\b",
    )
)
