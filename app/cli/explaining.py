"""`dbcharter explain`: the documentation of the rules on the terminal."""

from __future__ import annotations

from textwrap import indent

from app.cli.output import columns, emit, say, width, wrap
from app.readiness.explain import EXAMPLE, FAMILIES, families, find, heading, page, parts
from app.readiness.registry import Rule
from app.readiness.reports.model import FILE_CODE

_FILE = f"""{FILE_CODE} is no rule. It stands where the file itself is the trouble, not what it says:
  a key or a value that the bank does not know;
  an open conflict of a merge (dbcharter resolve FILE);
  a file of another bank, of a newer one, or of a newer dbcharter;
  an approval that --require-approvals does not find.

It cannot be waived, it lowers no readiness, and it is listed whatever --select says.
--ignore {FILE_CODE} leaves it out, save for a file of another or newer bank, and for approvals."""


def explain(code: str, everything: bool) -> int:
    """Print one rule, a family, all of them as Markdown, or the list. Raises OperationError for no rule."""
    wanted = code.strip().upper()
    if everything:
        emit(page())
    elif wanted == FILE_CODE:
        say(_FILE)
    elif code and wanted not in FAMILIES:
        say(rule_text(find(code)))
    else:
        rows = [
            [rule.code, rule.rule_class, rule.name, _cut(rule.what)]
            for family, rules in families()
            if family == wanted or not code
            for rule in rules
        ]
        say(columns(rows))
        say("\nmore about one of them: dbcharter explain CODE")
    return 0


def rule_text(rule: Rule) -> str:
    """One rule for the terminal."""
    blocks = [f"{rule.code} {rule.name}", wrap(heading(rule))]
    for title, text in parts(rule):
        blocks.append(f"{title}\n{indent(text, '  ') if title == EXAMPLE else wrap(text, '  ')}")
    return "\n\n".join(blocks)


def _cut(text: str) -> str:
    room = max(width() - 40, 30)
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
