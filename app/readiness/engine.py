"""Evaluate an answer document: run the facts and rules that read something that changed.

`Engine.evaluate` is pure in its result: the same bank, answers and day give the same evaluation. What
the engine keeps between calls only saves work: a fact or rule runs again when one of the objects that
it reads is a different object; texts are looked at once per row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.bank.model import Bank, Risk
from app.document.answers import Answers, Value, same
from app.document.drafts import is_draft, without_drafts
from app.document.row_memo import RowMemo
from app.document.values import MisfitMemo
from app.interview.applicability import (
    QuestionState,
    Survey,
    effective_traits,
    reached_status,
    risk_rank,
    survey,
)
from app.readiness.checklist import checklist, grounds_of, readiness
from app.readiness.checks import FAILURE_MODES, cross_checks, failure_paths, smells
from app.readiness.ddl_files import Ddl, Home, has_place, joined
from app.readiness.evidence import Evidence
from app.readiness.model import Evaluation, Finding, Found, NotChecked, RuleClass, Severity, Unchecked
from app.readiness.next_steps import next_steps
from app.readiness.registry import FACTS, RULES, Rule, Yield, load_rules
from app.readiness.reopening import NOTHING
from app.readiness.text_rules import FoundInTexts, TextRules
from app.readiness.waivers import accepted
from app.schema.places import Places
from app.schema.sources import DDL, DDL_FILES, EXISTING_FILES, NO_SOURCES, Sources

STOPPED = "the rule stopped with an error"
"""How the reason begins that a rule with a bug was not checked for."""
STRICTER = frozenset({"SQ", "MG", "XS", "SC"})
"""Families whose findings of class B are errors from high risk on."""
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def severity_of(code: str, rule_class: RuleClass, risk: int) -> Severity:
    """Class A is an error, B a warning, C information; B of some families an error from high risk on."""
    if rule_class == "A":
        return Severity.ERROR
    if rule_class == "B":
        return Severity.ERROR if code[:2] in STRICTER and risk >= Risk.HIGH else Severity.WARNING
    return Severity.INFO


class _Remembered(Struct, frozen=True):
    inputs: tuple[Any, ...]
    result: Any


class Engine:
    """Evaluates documents of one bank; keeps results whose inputs did not change.

    A rule that stops with an error is reported as not checked, and the others go on; a `strict` engine
    raises the error instead.
    """

    def __init__(self, bank: Bank, *, strict: bool = False) -> None:
        load_rules()
        self.bank = bank
        self.question_by_name = {qid.replace(".", "_"): qid for qid in bank.questions}
        self._strict = strict
        rules = [RULES[code] for code in sorted(RULES)]
        self._late = tuple(rule for rule in rules if "findings" in rule.reads)
        self._rules = tuple(rule for rule in rules if rule not in self._late)
        self._remembered: dict[str, _Remembered] = {}
        self._memo: dict[str, Any] = {}
        text_rules = [rule for rule in self._rules if rule.scope == "text"]
        self._texts = TextRules(bank, text_rules, strict=strict)
        self._misfits = MisfitMemo(bank)
        self._lacking: dict[str, str | None] = {}
        self._drafts: dict[str, RowMemo[bool]] = {}
        self._counting: dict[str, tuple[Value, Value]] = {}

    def evaluate(self, answers: Answers, today: date, sources: Sources = NO_SOURCES) -> Evaluation:
        """The evaluation of `answers` on the day `today`.

        `sources` holds the text of the files that the answers name, by path.
        """
        seen = survey(self.bank, answers, self._misfits)
        values = self._effective(answers, seen)
        ddl = self._with_files(values, sources)
        risk = risk_rank(answers)
        names = self._names(answers, seen, values, today, sources)
        findings: list[Finding] = []
        unchecked: list[Unchecked] = []
        texts = self._texts.run(values)
        schema = self._of_ddl("schema", names, values)
        places = schema.places if schema is not None else Places()
        home = Home(ddl, self._files_of(EXISTING_FILES, values, sources), places)
        for rule in self._rules:
            for part, results in self._run(rule, names, values, texts):
                found, blind, placed = self._verdicts(rule, part, results, risk)
                findings += home.led(found) if placed and schema is not None else found
                unchecked += home.led(blind) if placed and schema is not None else blind
        findings = accepted(findings, answers.waivers, today)
        names |= {"findings": tuple(findings), "unchecked": tuple(unchecked)}
        for rule in self._late:
            for part, results in self._run(rule, names, values, texts):
                found, blind, _ = self._verdicts(rule, part, results, risk)
                findings += found
                unchecked += blind
        findings = _ordered(self.bank, _settled(self.bank, findings, values))
        evidence = Evidence(self.bank, seen, answers.states, findings, unchecked)
        grounds = tuple(grounds_of(evidence))
        items = checklist(evidence, grounds)
        return Evaluation(
            survey=seen,
            findings=tuple(findings),
            unchecked=tuple(unchecked),
            checklist=items,
            smells=smells(evidence, self._reading(frozenset(values) - evidence.void)),
            cross_checks=cross_checks(evidence),
            failure_paths=failure_paths(evidence, answers, values.get(FAILURE_MODES)),
            readiness=readiness(items),
            progress=seen.progress(),
            next_steps=next_steps(evidence, grounds),
            reopening=self._of_ddl("reopening", names, values) or NOTHING,
            schema=schema or self._of_ddl("file_schema", names, values),
        )

    def _of_ddl(self, fact: str, names: dict[str, Any], values: Mapping[str, Value]) -> Any:
        """A fact; None when it stops with an error, which the rules that read it say."""
        try:
            return self._value(fact, names, values)
        except Exception:
            if self._strict:
                raise
            return None

    def _names(
        self, answers: Answers, seen: Survey, values: Mapping[str, Value], today: date, sources: Sources
    ) -> dict[str, Any]:
        """What a fact or rule may read beside facts and answers."""
        return {
            "bank": self.bank,
            "survey": seen,
            "today": today,
            "traits": effective_traits(self.bank, answers),
            "change_types": frozenset(answers.profile.change_types),
            "risk": risk_rank(answers),
            "heading_status": reached_status(answers),
            "states": answers.states,
            "waivers": answers.waivers,
            "engine": _engine(self.bank, values),
            "values": values,
            "written": answers.values,
            "sources": sources,
            "existing_ddl": self._files_of(EXISTING_FILES, values, sources).text,
            "file_ddl": self._files_of(DDL_FILES, values, sources).text,
            "seen_outlines": answers.seen,
            "looked_at": answers.looked,
            "memo": self._memo,
        }

    def _effective(self, answers: Answers, seen: Survey) -> dict[str, Value]:
        """The values that count: of questions that apply and are not said to be not applicable.

        Rows that are drafts are left out. An answer keeps its object as long as it does not change.
        """
        left_out = (QuestionState.PARKED, QuestionState.NOT_ASKED, QuestionState.NOT_APPLICABLE)
        found: dict[str, Value] = {}
        for question_id, value in answers.values.items():
            if question_id not in seen.questions or seen.questions[question_id].state in left_out:
                continue
            known = self._counting.get(question_id)
            if known is None or known[0] is not value:
                known = self._counting[question_id] = (value, self._without_drafts(question_id, value))
            if known[1] is value or known[1] != ():
                found[question_id] = known[1]
        return found

    def _without_drafts(self, question_id: str, value: Value) -> Value:
        """The rows that count, looked at one by one only where they changed."""
        if not isinstance(value, tuple):
            return value
        drafts = self._drafts.setdefault(question_id, RowMemo(_is_draft))
        return without_drafts(value) if True in drafts.at(value) else value

    def _with_files(self, values: dict[str, Value], sources: Sources) -> Ddl:
        """Put the text of the files that hold DDL behind the typed DDL, as if it were typed."""
        inputs = values.get(DDL), values.get(DDL_FILES), sources
        ddl: Ddl = self._recall("ddl", inputs, lambda: joined(*inputs))
        if ddl.pieces:
            values[DDL] = ddl.text
        return ddl

    def _files_of(self, question: str, values: Mapping[str, Value], sources: Sources) -> Ddl:
        """The DDL in the files that the answer to a question names."""
        inputs = values.get(question), sources
        ddl: Ddl = self._recall(f"files of {question}", inputs, lambda: joined(None, *inputs))
        return ddl

    def _run(
        self, rule: Rule, names: dict[str, Any], values: Mapping[str, Value], texts: FoundInTexts
    ) -> Iterable[tuple[str, tuple[Yield, ...]]]:
        """What a rule yields, in parts that stay the same object as long as nothing changed in them."""
        if rule.scope == "text":
            error = self._texts.failed.get(rule.code)
            return texts[rule.code] if error is None else [("", (_stopped(error),))]
        try:
            missing = self._missing(rule, names)
            if missing is not None:
                return [("", (NotChecked(f"this bank has no question {missing!r}, which the rule reads"),))]
            inputs = tuple(self._value(name, names, values) for name in rule.reads)
            return [("", self._recall(f"rule {rule.code}", inputs, lambda: tuple(rule.function(*inputs))))]
        except Exception as error:
            if self._strict:
                raise
            return [("", (_stopped(error),))]

    def _missing(self, rule: Rule, names: Mapping[str, Any]) -> str | None:
        """What a rule reads and this bank does not have; the same at each evaluation."""
        if rule.code not in self._lacking:
            self._lacking[rule.code] = self._unknown(rule.reads, names)
        return self._lacking[rule.code]

    def _unknown(self, reads: Iterable[str], names: Mapping[str, Any]) -> str | None:
        """The first thing that is read, by facts too, and is not there."""
        for name in reads:
            if name in FACTS:
                unknown = self._unknown(FACTS[name].reads, names)
            else:
                unknown = None if name in names or name in self.question_by_name else name
            if unknown is not None:
                return unknown
        return None

    def _value(self, name: str, names: dict[str, Any], values: Mapping[str, Value]) -> Any:
        """What a name stands for; a fact is put beside the other names of this evaluation."""
        if name in names:
            return names[name]
        if name in FACTS:
            known = FACTS[name]
            inputs = tuple(self._value(read, names, values) for read in known.reads)
            names[name] = self._recall(f"fact {name}", inputs, lambda: known.function(*inputs))
            return names[name]
        return values.get(self.question_by_name[name])

    def _recall(self, key: str, inputs: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
        """What `compute` gives, or gave for the same inputs.

        A tuple that says the same as the one before stays that object, so that what reads only this
        does not run again.
        """
        remembered = self._remembered.get(key)
        if remembered is not None and _unchanged(remembered.inputs, inputs):
            return remembered.result
        result = compute()
        if remembered is not None and isinstance(result, tuple) and same(remembered.result, result):
            result = remembered.result
        self._remembered[key] = _Remembered(inputs, result)
        return result

    def _verdicts(
        self, rule: Rule, part: str, results: tuple[Yield, ...], risk: int
    ) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...], bool]:
        """What the results of a rule come to, and whether any of it is at a line."""
        key = f"verdicts {rule.code} {part}"
        verdicts: tuple[tuple[Finding, ...], tuple[Unchecked, ...], bool] = self._recall(
            key, (results, risk), lambda: _verdicts(rule, results, risk)
        )
        return verdicts

    def _reading(self, answered: frozenset[str]) -> frozenset[str]:
        """Codes of the rules that have an answer to look at, of the questions that are answered."""
        codes: frozenset[str] = self._recall(
            "reading",
            (answered,),
            lambda: frozenset(rule.code for rule in self._rules if self._reads_any(rule.reads, answered)),
        )
        return codes

    def _reads_any(self, names: Iterable[str], answered: frozenset[str]) -> bool:
        return any(
            self._reads_any(FACTS[name].reads, answered)
            if name in FACTS
            else bool(answered) and (name == "values" or self.question_by_name.get(name) in answered)
            for name in names
        )


def _is_draft(row: Value) -> bool:
    return isinstance(row, Mapping) and is_draft(row)


def _stopped(error: Exception) -> NotChecked:
    return NotChecked(f"{STOPPED} ({type(error).__name__}), which is a bug")


def _verdicts(
    rule: Rule, results: Iterable[Yield], risk: int
) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...], bool]:
    found: list[Finding] = []
    blind: list[Unchecked] = []
    for result in results:
        if isinstance(result, NotChecked):
            blind.append(Unchecked(rule.code, rule.name, result.reason, result.target))
        else:
            found.append(_finding(rule, result, risk))
    placed = any(map(has_place, found)) or any(map(has_place, blind))
    return tuple(found), tuple(blind), placed


def _finding(rule: Rule, found: Found, risk: int) -> Finding:
    """A finding with its severity; a rule may call it milder than its class says, never worse."""
    severity = severity_of(rule.code, rule.rule_class, risk)
    if found.severity is not None and _ORDER[found.severity] > _ORDER[severity]:
        severity = found.severity
    return Finding(
        rule.code,
        rule.name,
        severity,
        found.target,
        found.message,
        found.fix,
        void=found.void,
        gap=found.gap,
    )


def _unchanged(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    return all(
        a is b or (isinstance(a, frozenset | int | str | date) and type(a) is type(b) and a == b)
        for a, b in zip(before, after, strict=True)
    )


def _engine(bank: Bank, values: Mapping[str, Value]) -> str:
    """The id of the engine, or the author's own word for it."""
    said = values.get("physical.engine")
    if not isinstance(said, str):
        return ""
    options = bank.enumerations.get("engine")
    found = options.find(said) if options else None
    return found.id if found else said.strip().casefold()


def _settled(bank: Bank, findings: list[Finding], values: Mapping[str, Value]) -> list[Finding]:
    """The findings, void only where every row, slot or line of the answer is.

    A waiver changes nothing about that: it silences a finding, but what says nothing still says nothing.
    """
    parts: dict[str, dict[str, list[str]]] = {}
    for f in findings:
        if f.void:
            by_code = parts.setdefault(f.target.question, {})
            by_code.setdefault(f.code, []).append(f.target.row or f.target.column)
    void = {qid for qid, by_code in parts.items() if _all_parts(bank, qid, by_code, values.get(qid))}
    return [replace(f, void=False) if f.void and f.target.question not in void else f for f in findings]


def _all_parts(bank: Bank, question_id: str, which: Mapping[str, list[str]], value: Value | None) -> bool:
    """Whether `which` are all that `value` has: by code, rows or slots by name, "" a line or the whole."""
    question = bank.questions.get(question_id)
    if isinstance(value, tuple) and question is not None and not question.has_rows:
        return max(map(len, which.values())) >= len(value)
    named = {name for names in which.values() for name in names}
    if question is not None and isinstance(value, tuple | Mapping):
        return "" in named or len(named) >= len(value)
    return True


def _ordered(bank: Bank, findings: Iterable[Finding]) -> list[Finding]:
    place = {question_id: position for position, question_id in enumerate(bank.questions)}
    return sorted(
        findings,
        key=lambda f: (f.waived, _ORDER[f.severity], place.get(f.target.question, len(place)), f.code),
    )
