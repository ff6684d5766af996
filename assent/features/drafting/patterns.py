"""The wording of instructions: what opens one, what forbids, how people are named. It knows no plan.

Everything here is English. What matches nothing is taken as a statement.
"""

from __future__ import annotations

import re
from functools import cache

from assent.features.drafting.shorthand import table

ABBREVIATION = re.compile(r"(?i)\b(?:mr|mrs|ms|dr|prof|st|no|ch|approx|e\.g|i\.e|vs|ca)\.$")
SPLIT = re.compile(
    r"(?:(?<=[.!?])\s+|\s*;\s*|\n+|\s+->\s+|\s+[-–]{1,2}\s+|,\s+(?:and\s+|but\s+(?=(?:don't|do not|"
    r"without|not a word))|also\s+)?|\s+/\s+|\.\s+|!+\s*$)"
)
AND = re.compile(
    r"\s+(?:and|but)\s+(?:also\s+)?(?=(?:ask|tell|thank|say|remind|let|don't|do not|suggest|offer|"
    r"apologi[sz]e|please|mention|wish|invite|no need|inform|warn|explain|"
    r"admit|refuse|decline|accept|propose|promise|insist|concede|enquire|inquire|request|confirm(?! (?:to|with)\b)|"
    r"agree (?:to|with|that)|give (?:them|her|him)|turn down|announce|congratulate)\b)"
)
AUX = frozenset(
    (
        "is are was were am has have had can could will would shall should must may might do does did "
        "isn't aren't wasn't weren't hasn't haven't can't couldn't won't wouldn't shouldn't don't "
        "doesn't didn't"
    ).split()
)
WH = frozenset("who what when where why which how whose whom what's who's where's when's how's".split())
PRONOUN = frozenset(
    (
        "I we you he she it they there this that I'm I've I'd I'll we're we've we'll it's he's she's "
        "they're there's that's everyone everybody nobody someone anyone you're you'll"
    ).split()
)
GROUP_WORDS = frozenset(
    "team everyone everybody all staff people folks parents tenants volunteers residents customers "
    "suppliers drivers students interns guests members colleagues crew group class "
    "leads managers reviewers trainers nurses mentees musicians buyers neighbours them both guys others".split()
)
_SPEAK = (
    r"(?:mention|say|tell|write|name|hint|refer|talk|go into|discuss|ask why|promise|blame|apologi[sz]e|"
    r"explain|justify|sound|make it|"
    r"seem|be |use the word|include|put in|give (?:a |any |the )?(?:reasons?|dates?|details?|numbers?)|"
    r"give away|reveal|disclose|quote|"
    r"commit|offer|suggest|complain|whine|grovel|gush|joke|threaten|accuse|overdo|oversell|exaggerate|add|"
    r"list|bring up|speculate|"
    r"admit|over|beg|lecture|rub|guess)"
)
_SPEAKING = (
    r"(?:mentioning|saying|telling|writing|naming|hinting|referring|talking|going into|discussing|"
    r"promising|blaming|apologi[sz]ing|"
    r"explaining|sounding|making it|being|giving (?:a |any |the )?(?:reasons?|dates?|details?)|revealing|"
    r"disclosing|offering|complaining|"
    r"groveling|grovelling|accusing|adding|bringing up|commit(?:ting|ment)|any mention|details|reasons?|excuses|names)"
)
_KINDS_OF_TALK = (
    r"(?:reasons?|why|excuses?|apolog(?:y|ies)|dates?|details?|promises?|drama|jokes?|insults?|threats?|"
    r"blame|names?|fuss|emojis?|"
    r"explanations?|mention|word|hint|sarcasm|guilt|pressure|small talk|fluff|jargon|exclamation|numbers?|"
    r"figures|prices?|spoilers?|"
    r"gossip|accusations?|speculation|long|cheese|whining|grovell?ing|begging|\w+ talk|commitments?)"
)
HUSH = re.compile(
    r"(?i)^\(?(?:but |and |pls |please |though |obviously |just )*(?:"
    rf"(?:don't|do not|never|no need to|not to|without|not|rather not|better not|try not to) (?:even |"
    rf"actually |really |you dare )?{_SPEAK}|"
    rf"(?:without|not|avoid|skip|stop short of|instead of) {_SPEAKING}|"
    r"(?:avoid|omit|exclude)\b|not a word|nothing (?:about|on)\b|leave (?:out|that out|it out|the \w+ out)|skip the|"
    r"keep (?:it|this|that|the tone|me out|him out|her out|them out|the \w+ (?:out|quiet|secret|vague))|stay |"
    rf"{'|'.join(table('unsaid.txt'))}|"
    r"be (?:nice|polite|sweet|friendly|kind|brief|firm|short|clear|honest|gentle|vague|discreet|tactful|"
    r"diplomatic|positive|warm|careful)|"
    r"make it |sound |between us|(?:that|this|it)(?:'s| is) (?:a secret|secret|confidential|between us|"
    r"off the record)|fyi only|"
    rf"no {_KINDS_OF_TALK}\b|not (?:too|so|overly|very|accusing|angry|pushy|preachy|bossy|cheesy|grovel\w*)\b|"
    r"short(?: please)?$|brief(?:ly)?$|politely$|nicely$|friendly$|formal(?:ly)?$|in one line|one line|"
    r"two sentences|in a |warm(?:ly)?$|"
    r"but nice|casual|professional(?:ly)?$|light(?:ly)?$|tactful(?:ly)?$|firm(?:ly)?$|polite but firm$)"
)
"""A clause that tells the writer what not to say, or how to sound: nothing of it belongs into the message."""
HUSH_OBJECT = re.compile(
    r"(?i)(?:mention(?:ing)?(?: of)?|say(?:ing)?|talk(?:ing)? about|discuss(?:ing)?|refer(?:ring)? to|"
    r"hint(?:ing)? at|nam(?:e|ing)|"
    r"writ(?:e|ing)|reveal(?:ing)?|bring(?:ing)? up|leave out|go(?:ing)? into|includ(?:e|ing)|not a word "
    r"(?:about|of|on)|avoid|"
    r"nothing (?:about|on)|skip|promis(?:e|ing)|word (?:about|on)|tell(?:ing)? (?:them|her|him)(?: "
    r"about)?|no|never mind|mention of|say nothing (?:about|of|on)|quiet "
    r"(?:about|on)|clear of|spare (?:them|her|him)|let on|hold back|know|learn|find out|keep)\s+(?:about )?"
    r"(?:that |the |"
    r"a |an |any |our |my |their )?(.+)$"
)
HUSHED_BEFORE = re.compile(
    r"(?i)(?:mention|say|writ(?:e|ing)|tell (?:them|her|him)|include|bring up|reveal|discuss)(?:ing)? "
    r"(?:it|that|this|so)\b[\w\s]{0,14}$|(?:know|hear|find out|learn)(?: about| of)? (?:that|this|it)[.!]*$|"
    r"leave (?:that|this|it) (?:out|aside|unsaid|unmentioned)[.!]*$|"
    r"(?:between us|a secret|secret|confidential|off the record)$"
)
"""A prohibition of what was said just before it: "he forgot, don't mention that"."""
LEAD = re.compile(
    r"(?i)^(?:(?:please|pls|can you|could you|i (?:need|want|have|would like|'d like) to|want to(?= "
    r"(?:tell|ask|say|thank))|just|quickly|also|and|then|so|but|(?:a |write (?:a |an )?|send (?:a |an "
    r")?)?(?:short |quick |formal |friendly |polite |nice |little |farewell |goodbye |long )*"
    r"(?:msg|message|note|email|mail|update|reminder|reply|line|invite|text)(?= (?:to|for)\b)) )+"
)
OPEN = re.compile(
    r"(?i)^(?P<verb>tell|let|inform|remind|ask|warn|thank|congratulate|congrats to|invite|chase|nudge|"
    r"write(?: back)? to|write|message|email|mail|text|ping|reply to|answer|respond to|say to|explain to|"
    r"announce to|confirm to|"
    r"confirm with|check with|apologi[sz]e to|say sorry to|sorry to|say thanks to|thanks to|thank you to|"
    r"note to|to|for|beg|urge|get|need|want|have|update|notify|offer|suggest to|propose to|follow up with|"
    r"say no to|decline|"
    r"summarise for|brief|find out from|point out to|forward to|notice to|reminder to|complain to|"
    r"complaint to|request to|handing over to)\b\s*(?P<rest>.*)$",
    re.DOTALL,
)
SAY = re.compile(
    r"(?i)^(?:say|mention|announce|explain|add|note|reply|answer|state|write|post|point out|confirm|"
    r"report|stress|admit|tell|let|repeat)\s+(?:that\s+|:\s*|(?:them|her|him|everyone|"
    r"know)\s+(?:that\s+|know\s+(?:that\s+)?)?)?(?=\S)"
)
TITLED = re.compile(r"^(?:(?:Mr|Mrs|Ms|Dr|Prof|Professor|[Cc]oach|Sir|Madam|mr|mrs|ms|dr|prof)\.?\s+)[A-Z]?[\w'’-]+")
NAMED = re.compile(r"^[A-Z][\w'’-]*(?:\s+[A-Z][a-z'’-]+)?(?:\s*(?:,|and|\+|&)\s*(?:[A-Z][\w'’-]*|team))*")
HEARER = re.compile(r"(?i)^(?:her|him|them|they|both|everyone|everybody|all)\b")
DETERMINED = re.compile(
    r"(?i)^(?:the|my|our|all(?: the)?)\s+[\w'’()-]+"
    r"(?:\s+(?!(?:the|a|an|my|our|their|one|two|three|four|five|some|no|\d+)\b)"
    r"[\w'’()-]+){0,4}?"
    r"(?=\s+(?:the|a|an|my|our|their|that|to|if|whether|"
    r"for|about|who|what|when|where|why|how|which|know|on|is|are|can|we|it|I)\b|\s*[:,.]|$)"
)
UNNAMED = re.compile(
    r"(?i)^(?!(?:that|if|whether|to|for|about|a|an|I|not|no|some|any|on|in|at|how|who|what|when|where|why|"
    r"which|is|are|can|could|does|do|has|have)\b)"
    r"((?:(?!(?:has|have|is|are|was|were|can|will|had|that|we|I|it|the|must|"
    r"should)\b)[a-z][\w'’-]*\s*){1,3}?)(?=\s*(?:\b(?:that|to|if|whether|for|about|who|what|when|where|"
    r"why|how|which|of)\b|[:,]))"
)
SENDABLE = re.compile(
    r"(?i)\b(?:slides?|files?|reports?|quotes?|forecast|photos?|pictures?|lists?|links?|numbers?|cv|"
    r"invoices?|copy|copies|drafts?|notes|minutes|documents?|contract|plans?|headcount|feedback|"
    r"update|status|confirmation|details|address|data|figures|logs?)\b"
)
STATES = frozenset(
    "open ready done late closed missing broken due full wrong optional needed approved ok OK off".split()
)
AFTER_VERB = frozenset(
    (
        "the a an my our your their his her me us it them this that these those in out up off on to with "
        "for all each every one two any some both w/ what who when whether if at"
    ).split()
)
AMBIGUOUS = frozenset(
    (
        "back water test plan order report lock list release print label have start sign review check "
        "change copy email call visit offer book stop post deal help mark park record request set show"
    ).split()
)
ASKING = re.compile(
    r"(?i)^(?:can|could|would|does|did|is|are|has|will|shall|should) (?:someone|anyone|somebody|"
    r"anybody|everyone|we|you|i|they|he|she|it|there|the|my|our|your|this|that)\b"
)
TO_VERB = re.compile(r"(?i)^(?:not to|to|please|pls)\s+")


@cache
def request_verbs() -> frozenset[str]:
    return frozenset(word for line in table("verbs.txt") for word in line.split())
