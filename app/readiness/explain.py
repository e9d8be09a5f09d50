"""The documentation of the rules, from where each is written."""

from __future__ import annotations

from collections.abc import Sequence

from app.problems import DbcharterError, OperationError, nearest
from app.readiness.engine import STRICTER
from app.readiness.registry import RULES, Rule, load_rules

FAMILIES = {
    "CP": "Completeness",
    "VG": "Vagueness",
    "NM": "Naming",
    "SM": "Smells",
    "XS": "Across sections",
    "SQ": "SQL",
    "MG": "Migration safety",
    "SC": "Security",
    "DR": "Recovery",
    "RO": "Rollout",
    "OP": "Operations",
}
_CLASSES = {
    "A": "A: exact, an error",
    "B": "B: a heuristic on structured data, a warning",
    "C": "C: wording, information only",
}
_STRICTER = "B: a heuristic on structured data, a warning; an error from high risk on"
EXAMPLE = "Example"
_INTRODUCTION = """# Rules

`dbcharter check` and the readiness score apply these rules. `dbcharter explain CODE` shows one of them.
This page is what `dbcharter explain --all` prints.

A finding of class A is an error, of class B a warning, of class C information. Errors hold back the items
of the final review that the rule belongs to; warnings and information lower nothing. What a rule could
not look at is reported as not checked, and an item of the review is not met until it was.

A finding that is accepted on purpose is waived in the answer file: by its code and its place, with a
reason, an owner and, better, a day on which the waiver ends.

```toml
[[waivers]]
code = "XS03"
target = "invariants.matrix[INV-004]"
reason = "Nothing measures it before the new pipeline is there."
owner = "Ines Duarte"
expires = 2027-03-01
```

The target is what the finding names: `section.question[row].column`, or only the row, the question or the
section, which then covers everything inside it."""


def find(name: str) -> Rule:
    """The rule with this code or name. Raises OperationError with the nearest."""
    load_rules()
    wanted = name.strip()
    for known in RULES.values():
        if wanted.casefold() in (known.code.casefold(), known.name):
            return known
    hint = nearest(wanted.upper(), RULES) or nearest(wanted.casefold(), [r.name for r in RULES.values()])
    raise OperationError(f"there is no rule {wanted!r}", hint or "see them all with: dbcharter explain")


def matching(patterns: Sequence[str], others: Sequence[str] = ()) -> frozenset[str]:
    """Codes of the rules that are named by code, family or name, each perhaps several with commas.

    `others` are codes that may be named although no rule has them. Raises DbcharterError for unknown ones,
    and for a pattern that names none.
    """
    load_rules()
    found: set[str] = set()
    for pattern in patterns:
        names = [name for part in pattern.split(",") if (name := part.strip())]
        if not names:
            raise DbcharterError(f"{pattern!r} names no rule", "see them all with: dbcharter explain")
        for name in names:
            family = {code for code in RULES if code[:2] == name.upper()}
            if name.upper() in others:
                family = {name.upper()}
            found |= family or {_known(name)}
    return frozenset(found)


def _known(name: str) -> str:
    try:
        return find(name).code
    except OperationError as error:  # of a check it is an option that cannot be used
        raise DbcharterError(error.message, error.hint) from None


def families() -> list[tuple[str, list[Rule]]]:
    """The rules by family, in the order of `FAMILIES`."""
    load_rules()
    order = [*FAMILIES, *sorted({r.family for r in RULES.values()} - set(FAMILIES))]
    grouped = [(family, [RULES[c] for c in sorted(RULES) if c[:2] == family]) for family in order]
    return [(family, rules) for family, rules in grouped if rules]


def heading(rule: Rule) -> str:
    """What stands below the name of a rule: its class, where it looks, what it holds back."""
    items = (*rule.checklist, *rule.cross_checks, *rule.smells)
    belongs = f" Part of {', '.join(items)}." if items else ""
    return f"Class {_class(rule)}. Sections {', '.join(rule.sections)}.{belongs}"


def parts(rule: Rule) -> list[tuple[str, str]]:
    """What, Why, Example (TOML), Fix and Known problems of a rule, each with its text."""
    return [
        ("What", rule.what),
        ("Why", rule.why),
        (EXAMPLE, _example(rule)),
        ("Fix", rule.fix),
        ("Known problems", rule.wrong_when),
    ]


def _example(rule: Rule) -> str:
    """The case at which the rule yields a finding, with the files of DDL that it names as comments."""
    lines = [f"# {path}: {line}" for path, text in rule.files for line in text.splitlines()]
    return "\n".join([*lines, rule.fires.strip()])


def as_markdown(rule: Rule) -> str:
    """One rule as a section of a page."""
    blocks = [f"### {rule.code} {rule.name}", heading(rule)]
    for title, text in parts(rule):
        if title == EXAMPLE:
            fence = "`" * max(3, _longest_run(text) + 1)
            blocks += [f"**{title}**", f"{fence}toml\n{text}\n{fence}"]
        else:
            blocks.append(f"**{title}** {text}")
    return "\n\n".join(blocks)


def page() -> str:
    """All rules as a Markdown page."""
    blocks = [_INTRODUCTION]
    for family, rules in families():
        blocks.append(f"## {family}: {FAMILIES.get(family, 'Others')}")
        blocks += [as_markdown(rule) for rule in rules]
    return "\n\n".join(blocks) + "\n"


def _class(rule: Rule) -> str:
    if rule.rule_class == "B" and rule.family in STRICTER:
        return _STRICTER
    return _CLASSES[rule.rule_class]


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
