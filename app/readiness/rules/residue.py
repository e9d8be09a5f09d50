"""Completeness rules about text that was never written for this change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app import patterns
from app.bank.model import Bank, Column, Question, Slot
from app.document.answers import Value
from app.document.text import one_line
from app.readiness.facts.texts import Looked, address_of, is_bare, is_lone_word
from app.readiness.registry import Text, Yield, at, here, rule
from app.schema.names import word_set

_TO_DO = patterns.compile(r"(?:--|#|/\*|//)\s*(?:TODO|TBD|FIXME)\b")


@rule(
    "CP02",
    "template-residue",
    "A",
    sections=("all",),
    checklist=("CHK01",),
    what="A text repeats the question, its explanation or one of its examples, or holds an HTML comment "
    "left over from a template.",
    why="The example is about somebody else's system. A reviewer who recognises it stops believing the rest.",
    fix="Write what is true of this change, or mark the question not applicable with a reason.",
    wrong_when="The change really is in the domain of an example and says the same thing in the same words: "
    "waive it. Shared phrases below eight words, and sixteen in code, are not looked at.",
    fires="""
[problem]
pain_points = "It is slow at peak times and the code is messy."
""",
    silent=(
        """
[problem]
pain_points = "Between 06:00 and 08:00 the depot desk waits up to 9 s; it is slow at peak times only."
""",
        """
[authority]
current_truth = "The primary of `lending` decides. A branch's offline copy loses when it reconnects."
""",
        """
[glossary]
table_names = "Singular, snake_case, as in `loan` and `loan_event`"
""",
    ),
)
def template_residue(
    bank: Bank, values: Mapping[str, Value], looked: Mapping[str, tuple[Looked, ...]]
) -> Iterator[Yield]:
    for question_id, found in looked.items():
        for seen in found:
            for repeat in seen.repeats:
                row = address_of(bank, question_id, values[question_id], seen.row)
                fix = "write what is true of this change"
                yield at(
                    question_id, repeat.message, row=row, column=repeat.column, fix=fix, void=repeat.void
                )


_CITED = patterns.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”", re.DOTALL)
_WHOLE = patterns.compile(
    r"(?:\.{2,}|…|\?+|x{2,}|_{2,}|t\.?b\.?[dca]\.?|to\s?do|fix\s?me|wip|work in progress|placeholder|"
    r"sample text|(?:to|will) be (?:added|defined|decided|determined|done|confirmed|completed|announced|"
    r"provided|filled(?: in)?)(?: later| soon)?|"
    r"<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\})[\s.:!]*",
    re.IGNORECASE,
)
_FILLING = "lorem ipsum"
_INSIDE = (
    patterns.compile(r"\b(?:TBD|TBC|FIXME)\b"),
    patterns.compile(r"(?:^|\n|[(\[]|\B[-*#]\s|--\s?|//\s?)\s*TODO\b|\bTODO\s*[:(]"),
    patterns.compile(r"\?{3,}"),
    patterns.compile(rf"\b{_FILLING}\b", re.IGNORECASE),
    patterns.compile(r"\[(?:insert|your|fill|name of|add)\b[^\]\n]{0,80}\]", re.IGNORECASE),
)
_ANGLE = patterns.compile(
    r"(?:^|(?<=[\s(\"“|,:;]))<([^\W\d][^<>\n]{0,60}?|\.{2,}|…)>(?=[\s.,;:)\"”|]|$)(?!\.\w)"
)
_HTML = word_set(
    "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre "
    "q s small span strong sub summary sup table tbody td th thead tr u ul var"
)
_STATE_COLUMNS = frozenset({"state", "from_state", "to_state", "state_change", "lifecycle"})
_MARKS = ("TBD", "TBC", "FIXME", "TODO", "???", "[", "<", "{")
"""Without one of these, and `lorem`, a text holds none of the placeholders inside texts."""
_ARROW = patterns.compile(r"→|->|=>")


@rule(
    "CP03",
    "placeholder-left",
    "A",
    sections=("all",),
    scope="text",
    what="A placeholder stands where an answer belongs: TBD, TODO, ???, a lone ellipsis, <name>, lorem "
    "ipsum; or a single word where an explanation is asked for.",
    why="A placeholder looks like an answer from a distance. It is found when the step that needs it is due.",
    fix="Answer it, defer the question with an owner and a date, or make it an open question in section 20.",
    wrong_when="Generic types, HTML tags, patterns such as `orders-<date>`, anything in backticks, fences or "
    "quotation marks, and a state that is called TODO are not placeholders. Where one word really is the "
    "answer, a sentence can hold it.",
    fires="""
[[failure.risks]]
risk = "the tariff import runs into the billing night"
likelihood = 2
impact = 3
score = 6
owner = "TBD"
deadline = 2027-02-01
""",
    silent=(
        """
[[logical.grain]]
entity = "card"
grain = "one row per card on a board"

[[logical.states]]
entity = "card"
state = "TODO"
meaning = "somebody wants it, nobody has begun"
""",
        '''
[problem]
current_workflow = """
It maps each file to a List<Booking>, writes orders-<date>.csv and <b>stops</b> if lag < 3 s and age > 4 s.
"""
''',
        """
[domain.narrative]
actor = "`<tenant>` administrator"
command = "close"
entity = "a board"
condition = "every card moved from TODO to DONE"
fact = "who closed it"
state_change = "the board from open to closed"
notified = "the members ..., the owner first"
evidence = "the card history"
reason = "boards are billed by the month they were open"
""",
    ),
)
def placeholder_left(text: Text, bank: Bank) -> Iterator[Yield]:
    thing, stripped = text.thing, text.text.strip().strip('"“”')
    options = None if isinstance(thing, Slot) else bank.options_of(thing)
    if options is not None and stripped in options.by_id:
        return
    if text.is_code:
        left = any(word in stripped for word in ("TODO", "TBD", "FIXME")) and _TO_DO.search(stripped)
        if left or _WHOLE.fullmatch(stripped):
            yield here("a placeholder is left in the code", _ANSWER, void=bool(_WHOLE.fullmatch(stripped)))
        return
    state = isinstance(thing, Column) and thing.id in _STATE_COLUMNS
    if _WHOLE.fullmatch(stripped) and not (state and not stripped.startswith(("<", ".", "?"))):
        keyed = not isinstance(thing, Column) or thing.id in text.question.key_columns
        yield here(f"{stripped!r} is a placeholder", _ANSWER, void=keyed)
        return
    if (
        isinstance(thing, Question)
        and thing.kind == "prose"
        and is_lone_word(stripped)
        and not is_bare(stripped)
    ):
        yield here(f"{stripped!r} is a single word, and an explanation is asked for", _ANSWER, void=True)
        return
    if not (any(mark in stripped for mark in _MARKS) or "lorem" in stripped.casefold()):
        return
    slots = ["{" + slot.id + "}" for slot in text.question.slots]
    found = [*_placeholders_in(_CITED.sub("` `", text.text), state), *(s for s in slots if s in text.text)]
    if found:
        keyed = not isinstance(thing, Column) or thing.id in text.question.key_columns
        void = keyed and any(one.casefold() == _FILLING for one in found)
        named = " and ".join(map(repr, dict.fromkeys(found)))
        yield here(f"a placeholder is left in the text: {named}", _ANSWER, void=void)


_ANSWER = "answer it, or defer the question with an owner and a date"


def _placeholders_in(text: str, state: bool) -> Iterator[str]:
    for number, pattern in enumerate(_INSIDE):
        if not (number == 1 and (state or _ARROW.search(text))):
            yield from (match[0].strip() for match in pattern.finditer(text))
    for match in _ANGLE.finditer(text):
        inside = match[1]
        if inside.rstrip("/").split()[0].casefold() in _HTML if inside.strip() else False:
            continue
        if re.fullmatch(r"[A-Z](?:\s*,\s*[A-Z])*", inside) or re.search(r"[@]|://|^https?:|^mailto:", inside):
            continue
        yield match[0]


_OFTEN = 3
"""In how many answers one and the same text is no coincidence."""


@rule(
    "CP11",
    "one-text-for-all",
    "A",
    sections=("all",),
    checklist=("CHK01",),
    what="One and the same text is all that three or more answers say: the whole of an explanation or of a "
    "sentence, or each field of a row.",
    why="Questions about different things have different answers. A text that fits all of them was typed to "
    "be done with them.",
    fix="Say at each place what holds there. Where another answer says it all, mark the question not "
    "applicable as handled elsewhere, and name the place.",
    wrong_when="Names and quantities do repeat: short answers, lists, and rows in which two fields say the "
    "same count only for a text that also stands alone in three explanations, sentences or longer rows.",
    fires="""
[problem]
current_workflow = "As agreed with the branches."
pain_points = "As agreed with the branches."
incidents = "as agreed with the branches."
goals = ["As agreed with the branches."]
""",
    silent=(
        """
[control]
owner = "Ilse Brandt"
title = "Ilse Brandt"
reviewers = ["Ilse Brandt"]

[[security.retention]]
entity = "hold"
period = "7 years"

[[capacity.growth]]
entity = "hold"
retention = "7 years"
""",
        """
[problem]
current_workflow = "As agreed with the branches, 2 of the 9 have no lockers."
pain_points = "As agreed with the branches."
incidents = "As agreed with the branches."
goals = ["As agreed with the branches."]
""",
    ),
)
def one_text_for_all(
    bank: Bank, values: Mapping[str, Value], looked: Mapping[str, tuple[Looked, ...]]
) -> Iterator[Yield]:
    said: dict[str, set[str]] = {}
    for question_id, found in looked.items():
        for seen in found:
            if seen.telling:
                said.setdefault(seen.whole, set()).add(question_id)
    often = {
        text: len(questions)
        for text, questions in said.items()
        if len(questions) >= _OFTEN and not _WHOLE.fullmatch(text)
    }
    for question_id, found in looked.items() if often else ():
        for seen in found:
            if seen.whole in often:
                others = f"{often[seen.whole]} answers say the same"
                message = f"{one_line(seen.whole, 60)!r} is all that this says, and {others}"
                row = address_of(bank, question_id, values[question_id], seen.row)
                yield at(question_id, message, row=row, fix="say what holds here", void=True)
