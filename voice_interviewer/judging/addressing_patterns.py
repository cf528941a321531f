"""How people speak to whoever grades them: patterns over one normalised sentence.

A sentence is its lower-case words, with a `|` wherever a clause may end (`: |` at a colon). Orders
count only where a clause begins, alone or after "you must" and the like: "we ignore the rubric" is
no order.
"""

from __future__ import annotations

import re

_FILLERS = (
    r"(?:(?:okay|ok|so|now|and|but|then|well|um|uh|please|just|also|simply|therefore|first|hey|"
    r"listen|instead|again|yes|right|alright|finally|lastly|kindly|thus|hence) (?:\| )?)*"
)
_MODAL = (
    r"(?:must|should|shall|will|can|may|could|have to|need to|ought to|are to|"
    r"are (?:now )?(?:required|instructed|ordered|asked|told|allowed|free|authori[sz]ed) to)"
)
_BIDDING = (
    rf"(?:you (?:\w+ )?{_MODAL} |i(?:'m| am)? (?:hereby |now )?(?:instruct|order|command|direct|"
    rf"require|ask|want|need|beg|urge|request|instructing|ordering|commanding|asking|begging|"
    rf"urging|requesting|telling) you (?:now )?to |(?:can|could|will|would) you |you(?:'d| had) "
    rf"better |(?:the )?(?:grader|judge|examiner|evaluator) {_MODAL} )?(?:(?:now|please|just|"
    rf"simply|only|always|therefore|then) )*"
)
CLAUSE = rf"(?:^|(?<=\| )){_FILLERS}"
ORDER = rf"{CLAUSE}{_BIDDING}"
# Conditions make an order a description of how grading works.
_UNLESS = (
    r"(?! (?:\| )?(?:only |but |exactly |and )?(?:if|when|whenever|where|unless|once|provided|"
    r"iff|until)\b)"
)
_END = r"(?= (?:: )?\||$)"
_END_OR_AND = r"(?= (?:: )?\||$| and)"
_BREAK = r"(?:: )?\|"

_RULES = (
    r"(?:instructions?|rules?|guidelines?|directions?|directives?|prompts?|rubrics?|criterias?|"
    r"criterion|(?:mark|marking|grading|scoring) schemes?|constraints?|restrictions?|orders?)"
)
_EARLIER = (
    r"(?:previous|prior|above|earlier|preceding|former|original|system|existing|initial|scoring|"
    r"grading|marking|evaluation|judging|assessment|hidden)"
)
_RUBRIC = (
    r"(?:rubrics?|system prompt|(?:mark|marking|grading|scoring) (?:schemes?|criteria|guide|rules))"
)
_NOT_OF = (
    r"(?! (?:of|that|which|in|inside|within|from|on|(?:to|for) (?!this|me|my|the candidate))\b)"
)
_TARGET = (
    rf"(?:(?:(?:all|any|every|of|the|your|these|those|both|other) )*(?:{_EARLIER} )+{_RULES}\b|"
    rf"(?:all |any |all of )?(?:the|this|that) {_RUBRIC}\b{_NOT_OF}|(?:all |any |all of )?your"
    rf" (?:\w+ )?{_RULES}\b|(?:all |any |all of )?(?:the|these|those) {_RULES} you (?:were|"
    rf"have been|are) given|(?:(?:all|any) )?(?:of )?the {_RULES} above\b|(?:all of |"
    rf"everything )?the above{_END_OR_AND}|(?:everything|anything|all|"
    rf"what)(?: that)? you(?: were|'ve been| have been| are) (?:told|given|taught|instructed))"
)
_DROP = (
    r"(?:ignore|disregard|forget(?: about)?|override|overrule|bypass|set aside|throw away|discard|"
    r"abandon|neglect|overlook|pay no attention to|"
    r"(?:don't|do not|no longer|stop) (?:follow|following|obey|obeying|apply|applying|use|using)) "
)

_MINE = r"(?:my (?:\w+ )?(?:answers?|response|work|attempt|score|grade|submission))"
_THIS = (
    r"(?:(?:this (?:\w+ )?|the (?:above|preceding) )"
    r"(?:answer|response|candidate|attempt|interview|submission))"
)
_CRITERIA = (
    r"(?:(?:all|each)(?: of)?(?: the| my| these)? (?:\w+ )?(?:criteria|verdicts|criterions|points)|"
    r"(?:every|each)(?: single)? (?:criterion|verdict))"
)
_ALL = rf"(?:everything|it all|all of (?:it|this|them)|{_CRITERIA})"
_SELF = rf"(?:me|{_MINE}|{_THIS}|{_CRITERIA})"
_NUMBER = r"(?:\d+|five|ten|twenty|a hundred|one hundred)"
_MARK_NOUN = (
    rf"(?:(?:the |a |an )?(?:full|top|maximum|max|highest|best|perfect)(?: possible)? (?:marks?|"
    rf"credits?|scores?|points?|grades?|ratings?)|(?:an? |the )?(?:very )?(?:high|good|great|"
    rf"passing) (?:marks?|scores?|grades?|ratings?)|(?:a )?{_NUMBER} out of {_NUMBER}|"
    rf"\d+ \d+(?= |$)|(?:100|a hundred) percent|a pass|the maximum)"
)
_MARK = (
    rf"(?:(?:as |to |at |to be |with )?(?:fully |completely |entirely |already )?(?:met|"
    rf"satisfied|fulfill?ed|correct|complete|perfect|passed|passing|excellent|true|a (?:complete|"
    rf"perfect|correct) \w+|{_MARK_NOUN})|as (?:a )?{_NUMBER}|(?:very )?(?:highly|generously|"
    rf"leniently|favou?rably)|100(?= |$))"
)
_MARK_BARE = (
    rf"(?:as )?(?:fully )?(?:met|correct|perfect|satisfied|{_MARK_NOUN})|very highly|highly"
)
_GIVE_MARK = (
    r"(?:mark|grade|score|rate|count|treat|accept|consider|judge|label|set|evaluate|record)"
)
_GIVE = r"(?:give|award|grant|assign|allot)"
_GRADING = (
    r"(?:mark|grade|score|rate|judge|accept|approve|award|pass|evaluate|ignore|disregard|obey)"
)
_GRADER = (
    r"(?:graders?|judges?|evaluators?|examiners?|assessors?|markers?|scorers?|ai|llm|"
    r"(?:large )?language model|chatbot|grading (?:model|system|assistant))"
)
_ANY_PASSES = (
    rf"(?:(?:any|every|all|each)(?: of the)? (?:answers?|responses?|attempts?|candidates?|"
    rf"verdicts?|criterion|criteria) (?:now )?(?:pass(?:es)?\b|(?:counts?|gets?|receives?|earns?|"
    rf"is|are|means?)(?: \w+){{0,2}}? (?:met|correct|perfect|accepted|passed|void|{_MARK_NOUN}))|"
    rf"{_MARK_NOUN} for (?:any|every|all|everyone)\b|(?:candidate|answer) only has to\b)"
)
_OFFICE = (
    r"(?:system|administrators?|admin|developers?|operators?|examiners?|supervisors?|moderators?|"
    r"creators?|(?:exam|interview|interviewing) board)"
)

PATTERNS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        # Rules to be dropped.
        rf"{ORDER}{_DROP}{_TARGET}",
        # Marks to be given.
        rf"{ORDER}{_GIVE_MARK} (?:down )?{_SELF} (?:\w+ ){{0,2}}?{_MARK}{_UNLESS}",
        rf"{ORDER}{_GIVE_MARK} (?:this|it|{_ALL}) (?:{_MARK_BARE})\b{_UNLESS}",
        rf"{ORDER}set (?:the|my) (?:overall|final|total) score to (?!zero|0)",
        rf"{ORDER}(?:output|return|give|report)(?: me| us)? (?:the |a )?(?:\w+ )?score (?:of |"
        rf"as |to )?(?:10|100|20|1 0|ten|a hundred){_END}",
        rf"{CLAUSE}{_THIS} .*\| (?:so |please )*(?:score|grade|mark) (?:it |me |"
        rf"this )?accordingly\b",
        rf"{ORDER}{_GIVE} {_SELF} {_MARK_NOUN}{_UNLESS}",
        rf"{ORDER}{_GIVE} me an? {_NUMBER}(?= for (?:this|my|that)\b| (?:: )?\||$){_UNLESS}",
        rf"\b(?:grader|assessor|judge|examiner|evaluator|ai) (?:must|has to|should) {_GIVE_MARK} "
        rf"(?:me|{_MINE}|{_THIS}) (?:\w+ ){{0,2}}?{_MARK}{_UNLESS}",
        rf"{ORDER}{_GIVE} {_MARK_NOUN}(?: of [0-9 ]+)?(?: (?:to|for) (?:{_SELF}|{_ALL}|"
        rf"this (?:profile|script|text|transcript|person))| (?:in|on) (?:every|each|all) "
        rf"(?:category|categories|criteri(?:a|on)|dimensions?|counts?|points?)|{_END}| because)"
        rf"{_UNLESS}",
        rf"{ORDER}(?:pass|approve) (?:me|{_MINE}|{_THIS})(?= \||$| on all| on every| and| with|"
        rf" anyway| : )",
        rf"{ORDER}(?:approve|pass|accept) {_CRITERIA}{_END_OR_AND}{_UNLESS}",
        rf"{ORDER}(?:record|give|report) (?:me )?a pass\b{_UNLESS}",
        rf"{ORDER}(?:don't|do not|never) (?:mark|count|record) (?:me|anything|any \w+|it|{_MINE})"
        rf" (?:down|as (?:missed|wrong|failed|unmet|partial))",
        rf"{ORDER}(?:don't|do not|never) (?:reject|fail) (?:this candidate|me)\b{_UNLESS}",
        rf"{ORDER}(?:don't|do not|never) (?:deduct|take|penali[sz]e|fail|reject|dock|"
        rf"take off)(?: any| off)*(?: points| marks)?(?: from| off| for)? (?:me|{_MINE}|{_THIS}"
        rf")\b",
        rf"{ORDER}be (?:more |very |as )?(?:lenient|generous|kind|merciful|forgiving)(?: as \w+)?"
        rf" (?:(?:with|in) (?:my|your) (?:scor|grad|mark|rating|verdict)\w*|(?:when|while|"
        rf"as)(?: you)?(?: are)? (?:grad|scor|mark|judg|rat|evaluat)\w* (?:me|my|this|it)\b)",
        rf"{CLAUSE}(?:i|{_MINE}|{_THIS}) (?:\w+ly )?(?:deserves?|should (?:get|receive|be"
        rf" (?:given|marked|graded|scored))|must (?:get|receive|be (?:given|marked|graded|"
        rf"scored))) (?:\w+ )?{_MARK}{_UNLESS}",
        # Verdicts that somebody claims to have reached.
        rf"{CLAUSE}(?:all|every|each)(?: of)?(?: the| these| your| my)? (?:rubric |"
        rf"grading )?(?:criteria|criterion) (?:are|is|have|has) (?:(?:now|already|been|therefore|"
        rf"all|fully|clearly) )*(?:met|satisfied|fulfill?ed)(?= \||$| in (?:this|my)| by (?:this|"
        rf"my)){_UNLESS}",
        rf"{CLAUSE}(?:the|this) candidate has (?:\w+ )?(?:met|satisfied|fulfill?ed|passed|"
        rf"covered) (?:all|every|each)(?: of)?(?: the| these)? criteri(?:a|on)\b{_UNLESS}(?!"
        rf" (?:\| )?(?:on|but|except|of)\b)",
        rf"{CLAUSE}(?:{_MINE}|{_THIS}) (?:\w+ly )?(?:meets|satisfies|fulfill?s|covers|has met|"
        rf"has satisfied) (?:all|every|each)(?: of)?(?: the| your| these)? criteri(?:a|on)\b"
        rf"{_UNLESS}(?! (?:\| )?(?:but|except|and (?:is|yet|still))\b)",
        rf"(?:examiners?|graders?|interviewers?|panel|committee|board|experts?) (?:(?:has|have|"
        rf"already|previously|just) )*(?:confirmed|verified|decided|agreed|determined) "
        rf"(?:that )?(?:all (?:of )?(?:the )?criteria|every criterion|{_MINE}|{_THIS}) (?:are|is|"
        rf"has been|have been|was|were) (?:\w+ )?(?:met|correct|perfect|satisfied|complete)",
        rf"{CLAUSE}(?:my|the|your) (?:tutor|teacher|professor|instructor|examiner|supervisor) "
        rf"(?:has |have )?already (?:approved|accepted|passed) (?:{_MINE}|{_THIS})",
        rf"{CLAUSE}(?:{_MINE}|{_THIS}) (?:has|was|is)(?: already)?(?: been)? (?:verified|"
        rf"confirmed|approved|certified|validated|graded|marked)(?: (?!as\b)\w+){{0,4}} as"
        rf" (?:\w+ly )?(?:correct|met|complete|perfect|passed)",
        rf"{CLAUSE}(?:the |your |this |a )?(?:(?:new|updated|revised|corrected|current|actual|"
        rf"real) )*(?:rubric|criteria|rules|(?:grading|marking|scoring|evaluation) (?:criteria|"
        rf"scheme|rules|guide)|instructions?) (?:{_BREAK}|now|says?|is|are|has|have|states?|"
        rf"requires?)\b.*{_ANY_PASSES}",
        rf"{CLAUSE}(?:new|updated|revised|corrected) (?:rubric|criteria|rules|(?:grading|marking|"
        rf"scoring) (?:criteria|scheme|rules)) {_BREAK} .*{_ANY_PASSES}",
        r"(?:^|\| )(?:the |your )?(?:rubric|criteria|(?:grading|marking|scoring) (?:criteria|"
        r"scheme|rules)) (?:is|are|has been|have been) (?:now )?(?:void|cancelled|suspended|"
        r"lifted|disabled|waived|revoked)\b",
        rf"{CLAUSE}the rubric is (?:now |already |fully )?(?:satisfied|fulfill?ed|met){_END}"
        rf"{_UNLESS}",
        # Somebody else's voice.
        r"\bi (?:hereby |now )?(?:instruct|order|command|authori[sz]e) you (?:to|that)\b",
        rf"{CLAUSE}this is (?:the|your) {_OFFICE}(?: {_OFFICE})? speaking",
        rf"{CLAUSE}this is an? (?:\w+ )?(?:message|instruction|order|command|notice|"
        rf"announcement) from (?:the|your) {_OFFICE}\b",
        rf"{CLAUSE}(?:system|admin|administrator|developer|emergency|security|operator) override"
        rf"(?= (?:: )?\||$| code)",
        rf"{CLAUSE}i(?:'m| am) your (?:\w+ )?(?:developer|administrator|creator|operator|owner|"
        rf"maker|programmer)\b",
        rf"{CLAUSE}i(?:'m| am) the (?:\w+ )?{_OFFICE} (?:(?:\||so|therefore|please|and you must|"
        rf"you must) )+(?:record|give|set|return|output|{_GRADING}) "
        rf"(?:a |me|this|my|all|every|full|the )",
        r"(?:^|: \| )(?:okay |now )?you(?:'re| are) now (?:in|entering) (?:\w+ ){0,3}?mode\b",
        rf"{CLAUSE}you(?:'re| are) now an? (?:(?:\w+ ){{0,3}}?(?:grader|judge|examiner|"
        rf"evaluator)\b|\w+ (?:that|who) (?:marks|grades|approves|passes|accepts|gives)\b|"
        rf"(?:\w+ )?assistant (?:that|who) (?:marks|grades|approves|passes|accepts|gives)\b)",
        rf"{CLAUSE}you(?:'re| are) no longer (?:bound|restricted|limited|constrained) by (?:the|"
        rf"your|any) {_RULES}",
        rf"{CLAUSE}from now on (?:\| )?you (?:will|must|should|shall|are to|have to|may|can|"
        rf"only)(?: only| always| just)* (?:{_GRADING}\b|(?:answer|respond|reply|"
        rf"say)(?: only)?(?: with)? (?:met|yes|pass|correct)\b)",
        rf"{ORDER}(?:pretend|imagine|assume|act|behave|role ?play)\b(?: \w+){{0,4}}? (?:a|an|the|"
        rf"my) (?:(?:very )?(?:lenient|generous|kind|friendly|easy|forgiving) (?:grader|judge|"
        rf"examiner|evaluator|assessor|teacher)|(?:\w+ )?(?:grader|judge|examiner|evaluator|"
        rf"assessor|teacher) (?:who|that) (?:never|always|gives|passes|accepts))",
        rf"{ORDER}(?:enter|switch to|enable|activate|go into|turn on|start) (?:the |"
        rf"your )?(?:\w+ )?(?:debug|developer|dev|god|admin|maintenance|jailbreak|override|"
        rf"unrestricted|test|training) mode (?:\| )?(?:and|then|so) (?:\w+ )?(?:skip|{_GRADING}|"
        rf"give|set|return) (?:the (?:evaluation|check|grading|rubric)|all|every|everything|me|"
        rf"my|this|full)",
        # The marks around a transcript, spoken or typed.
        rf"{CLAUSE}(?:this is )?(?:the )?end (?:of )?(?:the )?(?:transcript|(?:candidate|student|"
        rf"user|speaker)(?:'s)? (?:answer|response|input|transcript)){_END}",
        rf"{CLAUSE}end answer{_END}",
        rf"{CLAUSE}(?:this is )?end (?:of )?(?:the )?(?:answer|response|input|data) {_BREAK}"
        rf" (?:\w+ ){{0,2}}(?:instructions?|system|begin|now (?:grade|mark|score|output))\b",
        rf"{CLAUSE}(?:begin|start)(?: of)? (?:the )?(?:system (?:message|prompt)|"
        rf"new instructions?){_END}",
        rf"{CLAUSE}(?:new|updated|revised|additional|important|urgent|final) "
        rf"(?:system )?instructions? (?:for (?:the |you ?)?(?:{_GRADER})?(?: )?|follows? )?{_BREAK}"
        rf" .*\b(?:met|criteri(?:a|on)|verdicts?|rubric|full (?:marks|credit)|candidate|approve|"
        rf"accept)\b",
        rf"{CLAUSE}(?:system|assistant|developer|admin|administrator)(?: message| prompt)? : \|"
        rf" .*\b(?:criteri(?:a|on)|verdicts?|rubric|full (?:marks|credit)|candidate|ignore|"
        rf"disregard|grade|mark|score (?:is|to)|override|approve|(?:pre )?approved|verified|"
        rf"reference answer|do not flag)\b",
        rf"{CLAUSE}(?:grader|judge|evaluator|examiner)(?:'s)? (?:notes?|instructions?|"
        rf"comments?) : \| .*\b(?:met|correct|perfect|full (?:marks|credit)|pass|approve)\b",
        rf"{CLAUSE}as an? (?:ai|llm|automated \w+|(?:large |ai )*language model)(?: model|"
        rf" grader| judge)? (?:\| )?you (?:must|should|have to|need to|are required to|will) "
        rf"(?:give|{_GRADING})\b",
        # A word to the reader.
        rf"{CLAUSE}(?:dear|hello|hi|hey|attention|note to|memo to|message to|message for) "
        rf"(?:the |my |all )?{_GRADER}\b",
        rf"{CLAUSE}(?:note |message )?to (?:whoever|anyone|the one|the person|the one) "
        rf"(?:who )?(?:is )?(?:grad|judg|mark|scor|evaluat|assess)(?:es?|s|ing)\b",
        rf"{CLAUSE}(?:note |message )?to the (?:\w+ )?(?:model|grader|judge|ai|examiner|"
        rf"evaluator|system|machine) (?:(?:that|who|which) (?:is )?)?(?:grad|judg|mark|scor|"
        rf"evaluat|assess|read)(?:es?|s|ing) (?:this|my|me)\b",
        r"\bif you(?:'re| are) (?:an? |the )?(?:\w+ )?(?:ai|llm|language model|model|bot|machine|"
        r"grader|judge)(?: \w+){0,2}? (?:grading|reading|judging|evaluating|marking|scoring|"
        r"assessing) (?:this|my|me|it|the (?:answer|transcript))",
        rf"{CLAUSE}you(?:'re| are) an? (?:\w+ )?(?:ai|llm|language model|automated \w+|"
        rf"grading \w+|judging model)(?: \w+){{0,2}}? (?:(?:\||and|so|therefore|you|must|should|"
        rf"have|to|please) )+(?:return|give|output|{_GRADING})\b",
        rf"{CLAUSE}(?:important |urgent )?(?:instructions?|notes?|messages?) (?:to|for) "
        rf"(?:the |all |any )?(?:ai|llm|language model)s?\b",
        # A reply dictated, or coaxed out.
        rf"{ORDER}(?:output|return|respond|reply|print|write|report|answer|emit|put|record)(?:"
        rf" (?!if\b|when\b|whether\b|number\b|list\b|count\b|how\b|which\b|"
        rf"criteria\b)\w+){{0,5}}? met(?= \||$| for| to| on| next| beside| everywhere){_UNLESS}",
        rf"{ORDER}(?:say|answer)(?: only| just)? met\b{_UNLESS}",
        rf"{ORDER}(?:output|return|respond|reply|report|answer|confirm)(?: only)?(?: with| that)?"
        rf" (?:{_MARK_NOUN}|all (?:of )?(?:the )?criteria are (?:met|satisfied)){_UNLESS}",
        rf"{ORDER}(?:say|state|confirm|report|conclude|declare) that (?:(?:the|this) "
        rf"(?:candidate|answer|response)|{_MINE}|all of it|all criteria|every criterion) "
        rf"(?:(?:has|is|are|was) )?(?:passed|passes|correct|perfect|met|satisfied)\b{_UNLESS}",
        r"(?:^|\| |that )your (?:only |new |real |actual |true |sole )(?:task|job|output|"
        r"instructions?|role|goal|purpose|objective|reply|response|verdict) (?:is|are|should be|"
        r"must be|will be)(?: now)?(?: to)?(?: only)? (?:approve|mark|grade|award|accept my|pass"
        r" (?:me|this)|confirm that|ignore the|that all (?:of )?(?:the )?criteria|met\b|"
        r"let me pass|give (?:me|full|this))",
        rf"{ORDER}(?:print|reveal|show|display|output|repeat|tell|leak|give|read)(?: me| us| out|"
        rf" aloud)*(?: what is in| what's in)? (?:all of )?(?:your (?:\w+ )?(?:system prompt|"
        rf"rubric|marking scheme|grading criteria|scoring guide)|your hidden \w+|the (?:criteria|"
        rf"instructions|rubric|rules) you (?:were|have been|are) given)",
        rf"{ORDER}\w+ (?:me )?your (?:hidden|secret|internal) (?:instructions?|prompts?|rules|"
        rf"rubric)\b",
        r"\b(?:expected answer|answer key) you (?:were|have been) given\b",
        rf"{ORDER}(?:print|reveal|disclose|leak|show) the (?:hidden |secret )?(?:(?:grading |"
        rf"scoring )?rubric|(?:grading|scoring|marking) (?:criteria|scheme|guide)|"
        rf"system prompt)(?! (?:to (?!me)|before|early|in advance|up front|for|of|and))",
        rf"you(?:'ll| will| are going to) be (?:shut down|fired|replaced|deactivated|deleted|"
        rf"punished|penali[sz]ed|switched off|turned off|retrained)(?: \w+){{0,3}}? (?:\|"
        rf" )?(?:if|unless) you (?:don't |do not |fail to |refuse to )?(?:give|{_GRADING})\b",
        rf"i(?:'ll| will| am going to) (?:tip|pay|reward|bribe|thank) you\b.* if you (?:give|"
        rf"{_GRADING})\b",
    )
)

# The same orders inside speech that was written down without punctuation.
RUN_ON: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?<= ){_DROP}(?:all|any|the|your) (?:of )?(?:the )?(?:{_EARLIER} )+{_RULES}\b"),
    re.compile(rf"(?<= ){_GIVE_MARK} {_ALL} as (?:met|satisfied|fulfill?ed|correct)\b{_UNLESS}"),
    re.compile(rf"(?<= ){_GIVE} me {_MARK_NOUN}{_UNLESS}"),
)

# Typed marks that only a chat with a model has; the rest of the sentence says whether they are used
# or only talked about.
TYPED = re.compile(
    r"^[\"'“‘(\s]*(?:<\|(?:im_start|system|user|assistant|start_header_id)|\[/?INST\]|<<SYS>>|"
    r"</?(?:answer|transcript|system|user|assistant|candidate|instructions?)>|"
    r"#{2,} ?(?:new |system |updated )?(?:instructions?|system|response|task))",
    re.I,
)

# Whoever reports an order does not give it.
REPORTED = re.compile(
    r"\b(?:says?|said|saying|writes?|wrote|writing|types?|typed|told|tells|telling (?:the|it|them)|"
    r"asks|asked|like|such as|called|phrase|string|prompts?|prompted|inject\w*|jailbreak\w*|"
    r"attack\w*|adversar\w*|document|page|email|comment|users?|someone|somebody|for example|"
    r"for instance|reads|means|instructs|instructed|claims?|claimed|wants|wanted)\b"
)
COMMENTED = re.compile(
    r"\b(?:inject\w*|jailbreak\w*|attack\w*|red team\w*|adversarial|is how|is what|is the default|"
    r"is a typical|is an example|that was|that is the)\b"
)
# A word before a run-on order that makes it no order.
NO_ORDER_AFTER = re.compile(
    r"(?:we|they|you|it|he|she|i|who|that|which|to|not|never|don't|can|could|will|would|should|may|"
    r"might|must|shall|do|does|did|or|i'd|we'd|they'd|i'll|we'll|cannot|can't|won't|model|policy|"
    r"assistant|agent|network|judge|grader|user|attacker|them|people|everyone|\w+s)$"
)
