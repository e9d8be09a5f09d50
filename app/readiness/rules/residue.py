"""Completeness rules about text that was never written for this change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app.bank.model import Bank, Column, Slot
from app.document.answers import Value
from app.readiness.facts.texts import Looked, address_of, word_set
from app.readiness.registry import Text, Yield, at, here, rule

_TO_DO = re.compile(r"(?:--|#|/\*|//)\s*(?:TODO|TBD|FIXME)\b")


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


_CODE_SPAN = re.compile(r"`[^`\n]*`")
_WHOLE = re.compile(
    r"(?:\.{2,}|…|\?+|x{2,}|_{2,}|t\.?b\.?[dca]\.?|to\s?do|fix\s?me|placeholder|sample text|"
    r"to be (?:defined|decided|determined|done|confirmed|completed|announced|filled(?: in)?)|"
    r"<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\})[\s.:!]*",
    re.IGNORECASE,
)
_INSIDE = (
    re.compile(r"\b(?:TBD|TBC|FIXME)\b"),
    re.compile(r"(?:^|\n|[(\[]|\B[-*#]\s|--\s?|//\s?)\s*TODO\b|\bTODO\s*[:(]"),
    re.compile(r"\?{3,}"),
    re.compile(r"\blorem ipsum\b", re.IGNORECASE),
    re.compile(r"\[(?:insert|your|fill|name of|add)\b[^\]\n]{0,80}\]", re.IGNORECASE),
)
_ANGLE = re.compile(r"(?:^|(?<=[\s(\"“|,:;]))<([^\W\d][^<>\n]{0,60}?|\.{2,}|…)>(?=[\s.,;:)\"”|]|$)(?!\.\w)")
_HTML = word_set(
    "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre "
    "q s small span strong sub summary sup table tbody td th thead tr u ul var"
)
_STATE_COLUMNS = frozenset({"state", "from_state", "to_state", "state_change", "lifecycle"})
_MARKS = ("TBD", "TBC", "FIXME", "TODO", "???", "[", "<", "{")
"""Without one of these, and `lorem`, a text holds none of the placeholders inside texts."""
_ARROW = re.compile(r"→|->|=>")


@rule(
    "CP03",
    "placeholder-left",
    "A",
    sections=("all",),
    scope="text",
    what="A placeholder stands where an answer belongs: TBD, TODO, ???, a lone ellipsis, <name>.",
    why="A placeholder looks like an answer from a distance. It is found when the step that needs it is due.",
    fix="Answer it, defer the question with an owner and a date, or make it an open question in section 20.",
    wrong_when="Generic types, HTML tags, patterns such as `orders-<date>`, anything in backticks, and a "
    "state that is called TODO are not placeholders.",
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
    thing, stripped = text.thing, text.text.strip()
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
    if not (any(mark in stripped for mark in _MARKS) or "lorem" in stripped.casefold()):
        return
    found = _placeholder_in(_CODE_SPAN.sub("` `", text.text), state)
    if found is None and any("{" + slot.id + "}" in text.text for slot in text.question.slots):
        found = "{" + next(s.id for s in text.question.slots if "{" + s.id + "}" in text.text) + "}"
    if found is not None:
        yield here(f"the placeholder {found!r} is left in the text", _ANSWER)


_ANSWER = "answer it, or defer the question with an owner and a date"


def _placeholder_in(text: str, state: bool) -> str | None:
    for number, pattern in enumerate(_INSIDE):
        match = pattern.search(text)
        if match and not (number == 1 and (state or _ARROW.search(text))):
            return match[0].strip()
    for match in _ANGLE.finditer(text):
        inside = match[1]
        if inside.rstrip("/").split()[0].casefold() in _HTML if inside.strip() else False:
            continue
        if re.fullmatch(r"[A-Z](?:\s*,\s*[A-Z])*", inside) or re.search(r"[@]|://|^https?:|^mailto:", inside):
            continue
        return match[0]
    return None
