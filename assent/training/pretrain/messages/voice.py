"""How an act is said in each tone: sentences, greetings, openers and closers that add no fact.

It knows no instruction. A sentence starts in lower case where its first word would; `assemble` sets the capitals.
"""

from __future__ import annotations

import re

from assent.training.pretrain.messages.acts import Act, embed, question
from assent.training.pretrain.messages.scene import YOU, Scene, settle

SAYINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "state": {
        "neutral": (
            "%.",
            "%.",
            "%.",
            "just to let you know, %.",
            "please note that %.",
            "I wanted to let you know that %.",
        ),
        "friendly": ("%.", "just a quick heads-up: %.", "quick note: %.", "just so you know, %.", "%!"),
        "formal": (
            "please note that %.",
            "I would like to inform you that %.",
            "I am writing to let you know that %.",
            "%.",
        ),
        "direct": ("%.",),
        "apologetic": (
            "I'm sorry, but %.",
            "I'm afraid %.",
            "sorry to say that %.",
            "I'm sorry to let you know that %.",
            "my apologies, but %.",
        ),
        "enthusiastic": ("great news: %!", "%!", "good news, %!", "I'm so happy to tell you that %!"),
    },
    "more": {
        "neutral": ("%.", "also, %.", "%.", "in addition, %."),
        "friendly": ("%.", "also, %.", "oh, and %.", "%!"),
        "formal": ("%.", "in addition, %.", "please also note that %.", "furthermore, %."),
        "direct": ("%.",),
        "apologetic": ("%.", "also, %.", "I'm afraid %."),
        "enthusiastic": ("%!", "and %!", "also, %!"),
    },
    "vp": {
        "neutral": ("could you please %?", "please %.", "could you %?", "can you %, please?"),
        "friendly": (
            "could you %?",
            "would you be able to %?",
            "can you % when you get a chance?",
            "could you please %? That would be great.",
        ),
        "formal": (
            "could you please %?",
            "I would be grateful if you could %.",
            "would you kindly %?",
            "I would like to ask you to %.",
            "please %.",
        ),
        "direct": ("please %.", "please %.", "I need you to %."),
        "apologetic": (
            "sorry to ask, but could you %?",
            "I'm sorry to bother you, but could you please %?",
            "sorry for the trouble, but please %.",
        ),
        "enthusiastic": ("could you %? That would be amazing!", "please %!", "it would be fantastic if you could %!"),
    },
    "not": {
        "neutral": ("please don't %.", "please do not %."),
        "friendly": ("please don't %, thanks!", "could you please not %?"),
        "formal": ("please do not %.", "I would kindly ask you not to %."),
        "direct": ("don't %.", "please don't %."),
        "apologetic": ("I'm sorry, but please don't %.", "sorry to ask, but please don't %."),
        "enthusiastic": ("please don't %!",),
    },
    "ask": {
        "neutral": ("%?",),
        "friendly": ("%?", "quick question: %?", "do you know by any chance: %?"),
        "formal": ("may I ask: %?", "%?", "I have a question: %?"),
        "direct": ("%?",),
        "apologetic": ("sorry to bother you, but %?", "sorry to ask, but %?", "I'm sorry to chase you, but %?"),
        "enthusiastic": ("%? That would be great!", "quick question: %? I'm excited!"),
    },
    "ask embedded": {
        "neutral": ("I'd like to know @.", "could you tell me @?"),
        "friendly": ("could you let me know @?", "just wondering @.", "do you happen to know @?"),
        "formal": (
            "may I ask @?",
            "I would like to ask @.",
            "could you please let me know @?",
            "could you kindly confirm @?",
            "I would be grateful to know @.",
        ),
        "direct": ("tell me @.", "let me know @."),
        "apologetic": (
            "sorry to bother you, but could you tell me @?",
            "I'm sorry to ask, but could you let me know @?",
        ),
        "enthusiastic": ("I'd love to know @!", "please tell me @!"),
    },
    "thank": {
        "neutral": ("thank you for %.", "thanks for %."),
        "friendly": ("thanks so much for %!", "thank you for %!", "many thanks for %!", "a big thank you for %!"),
        "formal": ("I would like to thank you for %.", "thank you very much for %.", "I am grateful to you for %."),
        "direct": ("thanks for %.", "thank you for %."),
        "apologetic": ("thank you for %, and sorry for the late thanks.", "thank you for %."),
        "enthusiastic": ("huge thanks for %!", "thank you so much for %!", "massive thanks for %!"),
    },
    "sorry": {
        "neutral": ("sorry for %.", "I'm sorry about %.", "apologies for %."),
        "friendly": ("so sorry about %!", "sorry for %!", "really sorry for %."),
        "formal": ("please accept my apologies for %.", "I would like to apologise for %.", "I apologise for %."),
        "direct": ("sorry for %.", "I apologise for %."),
        "apologetic": (
            "I'm so sorry for %.",
            "I'm really sorry about %.",
            "I want to apologise for %.",
            "my apologies for %.",
        ),
        "enthusiastic": ("so sorry for %!",),
    },
    "offer": {
        "neutral": ("I can %.", "I'm happy to %.", "I could %."),
        "friendly": ("I'd be happy to %!", "I'm glad to % if you like!", "I can % if that helps!"),
        "formal": ("I would be glad to %.", "I would like to offer to %."),
        "direct": ("I can %.",),
        "apologetic": ("sorry, all I can do is %.", "I'm sorry, I can at least %."),
        "enthusiastic": ("I'd love to %!",),
    },
    "invite": {
        "neutral": ("would you like to come to %?", "you are invited to %.", "I'd like to invite you to %."),
        "friendly": (
            "would you like to come to %? It would be lovely to see you!",
            "please come along to %!",
            "do join us for %!",
        ),
        "formal": (
            "I would like to invite you to %.",
            "you are cordially invited to %.",
            "we would be pleased to welcome you to %.",
        ),
        "direct": ("please come to %.",),
        "apologetic": ("sorry for the short notice, but would you like to come to %?",),
        "enthusiastic": ("come and join us for %!", "you are invited to %! I can't wait!"),
    },
    "congratulate": {
        "neutral": ("congratulations on %.",),
        "friendly": ("congratulations on %! Well deserved!", "congrats on %!", "well done on %!"),
        "formal": (
            "I would like to congratulate you on %.",
            "congratulations on %.",
            "please accept my congratulations on %.",
        ),
        "direct": ("congratulations on %.", "well done on %."),
        "apologetic": ("sorry that this comes late: congratulations on %.",),
        "enthusiastic": ("huge congratulations on %!", "wow, congratulations on %!"),
    },
    "refuse": {
        "neutral": ("I have to say no to %.", "thank you, but I can't say yes to %.", "I have to decline %."),
        "friendly": ("thanks for asking, but I have to say no to %.", "thanks, but I'll have to pass on %."),
        "formal": ("thank you, but I am afraid I must decline %.", "I regret that I must decline %."),
        "direct": ("I have to say no to %.", "it's a no to %."),
        "apologetic": ("I'm sorry, but I have to say no to %.", "I'm really sorry, I have to decline %."),
        "enthusiastic": ("thank you so much for asking! Sadly I have to say no to %.",),
    },
    "suggest": {
        "neutral": ("could we %?", "I suggest that we %.", "let's %."),
        "friendly": ("how about we %?", "shall we %?", "what do you think, could we %?"),
        "formal": ("I would like to suggest that we %.", "may I suggest that we %?", "I propose that we %."),
        "direct": ("let's %.",),
        "apologetic": ("sorry, but could we %?", "sorry to ask, but could we %?"),
        "enthusiastic": ("let's %!", "how about we %? I'd love that!"),
    },
    "about": {
        "neutral": ("is there any news on %?", "what is the status of %?", "I wanted to ask about %."),
        "friendly": ("just checking in on %, any news?", "how is it going with %?", "any news on %?"),
        "formal": (
            "I am writing to ask about %.",
            "could you please let me know the status of %?",
            "may I ask about %?",
        ),
        "direct": ("what is the status of %?", "where do we stand with %?"),
        "apologetic": ("sorry to chase you, but is there any news on %?", "sorry to bother you about % again."),
        "enthusiastic": ("any news on %? I can't wait!",),
    },
    "need": {
        "neutral": ("could you please send me %?", "could I have %, please?", "please send me %."),
        "friendly": ("could you send me %?", "could I get % from you?", "would you mind sending me %?"),
        "formal": (
            "could you please send me %?",
            "I would be grateful if you could send me %.",
            "may I ask you for %?",
        ),
        "direct": ("please send me %.", "I need %."),
        "apologetic": ("sorry to ask, but could you send me %?",),
        "enthusiastic": ("could you send me %? That would be amazing!",),
    },
    "remind": {
        "neutral": ("a reminder about %.", "please remember %."),
        "friendly": ("a quick reminder about %!", "just a little reminder about %."),
        "formal": ("this is a reminder about %.", "I would like to remind you of %.", "may I remind you of %?"),
        "direct": ("reminder: %.", "please don't forget %."),
        "apologetic": ("sorry to remind you again about %.",),
        "enthusiastic": ("don't forget %!",),
    },
}
GREETINGS: dict[str, tuple[str, ...]] = {
    "neutral": ("Hi %, ", "Hi %, ", "Hello %, ", "%, ", ""),
    "friendly": ("Hi %, ", "Hey %, ", "Hi %! ", "Hello %! ", "Hi %, "),
    "formal": ("Dear %, ", "Dear %, ", "Dear %,\n", "Dear %,\n"),
    "direct": ("", "%, ", "%: ", "Hi %, ", ""),
    "apologetic": ("Hi %, ", "Hello %, ", "%, ", "Dear %, "),
    "enthusiastic": ("Hi %! ", "Hey %! ", "%! ", "Hello %! ", ""),
}
OPENERS: dict[str, tuple[str, ...]] = {
    "neutral": ("I have a short update for you.", "I am getting in touch with a short note."),
    "friendly": ("I hope you're doing well!", "I hope all is well with you!", "hope you're having a good week!"),
    "formal": (
        "I hope this message finds you well.",
        "I hope you are well.",
        "I am writing to you with the following points.",
    ),
    "direct": ("here are the main points.", "this is what you need to know."),
    "apologetic": ("I owe you an apology.", "first of all, sorry."),
    "enthusiastic": ("I have been looking forward to writing this!", "here we go!"),
}
CLOSERS: dict[str, tuple[str, ...]] = {
    "neutral": (
        "let me know if you have any questions.",
        "thank you.",
        "thanks.",
        "please let me know if anything is unclear.",
        "please let me know what you think.",
    ),
    "friendly": (
        "thanks a lot!",
        "thank you!",
        "let me know if you have any questions!",
        "thanks so much for your help!",
        "hope that's OK!",
        "have a good day!",
    ),
    "formal": (
        "please let me know if you have any questions.",
        "thank you very much.",
        "thank you for your understanding.",
        "please do not hesitate to contact me if you have any questions.",
        "thank you in advance for your help.",
    ),
    "direct": ("thanks.", "thank you.", "let me know if anything is unclear.", "please let me know."),
    "apologetic": (
        "I'm sorry for the trouble.",
        "thank you for your understanding.",
        "sorry again.",
        "I apologise for the inconvenience.",
        "I hope this doesn't cause you too much trouble.",
    ),
    "enthusiastic": (
        "thank you so much!",
        "I can't wait!",
        "this is fantastic!",
        "have a wonderful day!",
        "I'm really excited about this!",
    ),
}
EXTRAS: dict[str, dict[str, str]] = {
    "no rush": {"friendly": "No rush at all!", "": "There is no rush."},
    "its urgent": {"direct": "This is urgent.", "": "I'm afraid it's urgent."},
    "ok if not": {"": "It's fine if not."},
    "call me with questions": {"": "Please call me if you have any questions."},
    "no exceptions": {"": "There are no exceptions."},
    "should be quick": {"": "It should be quick."},
    "no reply needed": {"": "There is no need to reply."},
    "its only a suggestion": {"": "It is only a suggestion."},
    "say please": {"": ""},
    "wish them luck": {"": "Good luck!", "formal": "I wish you every success."},
    "wish them a nice weekend": {"": "Have a nice weekend!", "formal": "I wish you a pleasant weekend."},
    "ask for a reply": {
        "": "Please let me know.",
        "friendly": "Let me know!",
        "formal": "I look forward to your reply.",
    },
    "thank them": {
        "": "Thank you.",
        "friendly": "Thank you so much!",
        "formal": "Thank you very much.",
        "enthusiastic": "Huge thanks!",
    },
    "say sorry": {"": "I'm sorry about this.", "formal": "I apologise for this."},
}
_LONG_FORMS = (
    (r"\b([Cc])an't\b", r"\1annot"),
    (r"\b([Ww])on't\b", r"\1ill not"),
    (r"n't\b", " not"),
    (r"'ll\b", " will"),
    (r"'ve\b", " have"),
    (r"'re\b", " are"),
    (r"\bI'm\b", "I am"),
    (r"\bI'd\b", "I would"),
    (r"\b([Tt]hat|[Ii]t)'s\b", r"\1 is"),
    (r"\b([Ll])et's\b", r"\1et us"),
)


def long_forms(text: str) -> str:
    """The text without contractions, as formal messages have it."""
    for short, long in _LONG_FORMS if "'" in text else ():
        text = re.sub(short, long, text)
    return text


def say(scene: Scene, act: Act, tone: str, *, first: bool) -> str:
    """The act as one or two sentences in a tone."""
    kind = act.kind
    if kind == "extra":
        forms = EXTRAS[act.body]
        return forms.get(tone, forms[""])
    if kind in {"ask", "wh"}:
        return _say_question(scene, act, tone)
    if kind in {"state", "warn"}:
        kind = "state" if first else "more"
    sentence = scene.pick(SAYINGS[kind][tone]).replace("%", settle(act.body, YOU))
    return long_forms(sentence) if tone == "formal" else sentence


def _say_question(scene: Scene, act: Act, tone: str) -> str:
    embedded = scene.rng.random() < (0.6 if tone == "formal" else 0.15)
    if embedded:
        indirect = embed(act, YOU, scene.pick(("whether", "if")))
        return long_forms(scene.pick(SAYINGS["ask embedded"][tone]).replace("@", indirect))
    return scene.pick(SAYINGS["ask"][tone]).replace("%", question(act.body))


def assemble(scene: Scene, to: str, sentences: list[str], tone: str) -> str:
    """A greeting and the sentences, capitals set."""
    greeting = scene.pick(GREETINGS[tone])
    if not to and "%" in greeting:
        greeting = scene.pick(("Hi, ", "Hello, ", "")) if tone != "formal" else ""
    greeting = greeting.replace("%", to)
    parts = [sentence for sentence in sentences if sentence]
    if not greeting.endswith((", ", ": ")) or greeting.endswith(": "):
        parts[0] = parts[0][0].upper() + parts[0][1:]
    rest = [part[0].upper() + part[1:] for part in parts[1:]]
    text = greeting + " ".join([parts[0], *rest])
    return text[0].upper() + text[1:]


def length_of(text: str) -> int:
    return len(text.split())
