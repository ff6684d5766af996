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
    r"apologi[sz]e|please|mention|wish|invite|no need)\b)"
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
HUSH = re.compile(
    r"(?i)^(?:but |and |pls |please )?(?:(?:don't|do not|never|no need to|without|not) (?:mention(?:ing)?|"
    r"say(?:ing)?|tell(?:ing)?|promis(?:e|ing)|bring(?:ing)? up|go(?:ing)? into|make it|sound(?:ing)?|"
    r"blam(?:e|ing)|threaten|"
    r"apologi[sz]e|explain(?:ing)?|giv(?:e|ing) (?:a |any )?(?:reasons?|dates?|details?)|add|overdo|"
    r"accus(?:e|ing)|offer(?:ing)?|commit(?:ting)?|reveal|name|list|use the word|ask why|be |too |over)|"
    r"not a word|leave (?:out|that out|it out)|"
    r"skip the|keep (?:it|this|the tone|me out|him out|her out|them out)|stay |be (?:nice|polite|sweet|"
    r"friendly|kind|brief|firm|short|clear|honest|gentle)|make it |sound |"
    r"no (?:reasons?|why|excuses|apolog(?:y|ies)|dates?|details?|promises?|drama|jokes?|insults?|threats?|"
    r"blame|names?|fuss|emoji|explanations?|long|more)\b|not (?:too|accusing|angry)|"
    r"nothing about|short(?: please)?$|brief(?:ly)?$|politely$|nicely$|friendly$|formal(?:ly)?$|in one "
    r"line|one line|two sentences|in a |warm(?:ly)?$|but nice|casual)"
)
HUSH_OBJECT = re.compile(
    r"(?i)(?:mention(?:ing)?|say(?:ing)?|bring(?:ing)? up|leave out|not a word (?:about|of|on)|"
    r"nothing about|skip|promis(?:e|ing)|tell(?:ing)? (?:them|her|him)(?: about)?|no)\s+(?:that |the |"
    r"a |an |any |our |my )?(.+)$"
)
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
    r"(?i)^(?:the|my|our|all(?: the)?)\s+[\w'’()-]+(?:\s+[\w'’()-]+){0,4}?(?=\s+(?:that|to|if|whether|"
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
