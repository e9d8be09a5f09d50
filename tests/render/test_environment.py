"""Templates of strangers: what is refused, what is stopped, and how it is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.answers import Answers
from app.problems import TemplateError
from app.render import environment
from app.render.document import render
from app.render.environment import Renderer, render_template
from app.render.markdown import Markdown

Write = Callable[..., Path]


READY = Markdown("**ready**")
MACRO = "{% macro m() %}m{% endmacro %}"


@dataclass(frozen=True)
class Thing:
    name: str
    items: tuple[str, ...] = ("a", "b")
    ready: Markdown = READY


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes template files into a folder; `main` is main.jinja, other names get the ending."""

    def write(**sources: str) -> Path:
        folder = tmp_path / "templates"
        folder.mkdir(exist_ok=True)
        for name, text in sources.items():
            (folder / f"{name}.jinja").write_text(text, encoding="utf-8")
        return folder

    return write


def run(folder: Path) -> str:
    return render_template("main.jinja", {"document": Thing("x *y* | {{ 7 * 7 }}")}, folder)


def refusal(folder: Path) -> str:
    with pytest.raises(TemplateError) as caught:
        run(folder)
    return str(caught.value)


def test_text_is_escaped_on_its_way_out_and_markdown_is_not(write: Write) -> None:
    assert run(write(main="{{ document.name }} {{ document.ready }}")) == r"x \*y\* \| {{ 7 * 7 }} **ready**"


def test_constants_are_text_too(write: Write) -> None:
    assert run(write(main="{{ '*a*' }}{{ 12 }}")) == r"\*a\*12"


def test_macros_hand_on_what_they_printed_without_escaping_it_again(write: Write) -> None:
    folder = write(
        main="{% from 'other.jinja' import outer %}{{ outer(document.name) }}",
        other="{% macro inner(t) %}<{{ t }}>{% endmacro %}{% macro outer(t) %}[{{ inner(t) }}]{% endmacro %}",
    )
    assert run(folder) == r"[<x \*y\* \| {{ 7 * 7 }}>]"


def test_loops_conditions_filters_and_names_work(write: Write) -> None:
    source = """\
{% set few = document.items | length < 3 %}
{% for item in document.items %}
{{ loop.index }} {{ item | upper }}{{ "" if loop.last else "," }}
{% endfor %}
{% if few and document.name is defined %}
few
{% endif %}
"""
    assert run(write(main=source)) == "1 A,\n2 B\nfew\n"


def test_a_folder_needs_only_the_templates_that_differ(write: Write) -> None:
    folder = write(main="{% from '_blocks.md.jinja' import appendix %}{{ appendix('') }}")
    assert "Nothing was left out." in run(folder)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ ''.__class__ }}", "'__class__'"),
        ("{{ document.__init__.__globals__ }}", "'__globals__'"),
        ("{{ document['__class__'] }}", "only a number may stand in square brackets"),
        ("{{ document|attr('__class__') }}", "no filter 'attr'"),
        ("{{ 'a' * 1000000000 }}", "'*' is not allowed"),
        ("{{ 9 ** 9 ** 9 }}", "'**' is not allowed"),
        ("{{ '%1000000000d' % 1 }}", "'%' is not allowed"),
        ("{{ 'a' ~ 'b' }}", "'~' is not allowed"),
        ("{{ 'a' + 'b' }}", "'+' is not allowed"),
        ("{{ [1, 2] }}", "list is not allowed"),
        ("{{ {'a': 1} }}", "dict is not allowed"),
        ("{{ document.items[0:1] }}", "only a number"),
        ("{% for i in range(10) %}{% endfor %}", "none called 'range'"),
        ("{{ lipsum() }}", "none called 'lipsum'"),
        ("{{ document.name.upper() }}", "only macros may be called"),
        ("{{ 'a'.ljust(1000000000) }}", "only macros may be called"),
        ("{% macro m(m) %}{{ m(9) }}{% endmacro %}{{ m('a'.ljust) }}", "not safely callable"),
        ("{% import '_blocks.md.jinja' as b %}{{ b.table.name.ljust(9) }}", "only macros may be called"),
        (
            "{% import '_blocks.md.jinja' as b %}{% set b = document.name %}{{ b.ljust(9) }}",
            "not safely callable",
        ),
        ("{{ (document.name)(1) }}", "only macros may be called"),
        ("{{ document.items()(1) }}", "only macros may be called"),
        ("{% include '../../etc/passwd' %}", "'include' is not allowed"),
        ("{% include 'main.jinja' %}", "'include' is not allowed"),
        ("{% extends 'full.md.jinja' %}", "extends is not allowed"),
        ("{% block a %}{% endblock %}", "block is not allowed"),
        ("{% from '../../../etc/passwd' import x %}", "is not a template"),
        ("{% from '/etc/passwd' import x %}", "is not a template"),
        ("{% import document.name as x %}", "must be written out"),
        ("{% import 'gone.jinja' as x %}", "there is no template 'gone.jinja'"),
        ("{% import 'main.jinja' as x with context %}", "with its context"),
        ("{% import 'main.jinja' as x %}", "without end"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "without end"),
        ("{% macro m() %}{% endmacro %}{{ m(*document.items) }}", "no starred arguments"),
        ("{% for x in document.items recursive %}{{ loop(x) }}{% endfor %}", "may not be recursive"),
        ("{% autoescape false %}{{ document.name }}{% endautoescape %}", "'autoescape' is not allowed"),
        ("{% set x %}a{% endset %}", "assign block is not allowed"),
        ("{% filter upper %}a{% endfilter %}", "is not allowed"),
        ("{% set document.name = 1 %}", "only a plain name may be set"),
        ("{{ document.name | safe }}", "no filter 'safe'"),
        ("{% if document.name is mapping %}{% endif %}", "no test 'mapping'"),
        ("{{ document.items }}", "neither text nor a number"),
        ("{{ document.name.upper }}", "neither text nor a number"),
        ("{{ document.gone }}", "a thing has no 'gone'"),
        ("{{ self }}", "neither text nor a number"),
        ("{% if %}", "Expected an expression"),
        ("{{ " + "(" * 5000, "without end, or is nested too deeply"),
        ("{{ " + " and ".join("a" * 100) + " }}", "nested too deeply"),
    ],
)
def test_what_templates_may_not_do_is_said_with_file_and_line(write: Write, source: str, said: str) -> None:
    message = refusal(write(main="one\n" + source))
    assert any(part in message for part in said.split("|")), message
    assert "main.jinja" in message or "is not a template" in message
    if "gone.jinja" not in message and "without end" not in message and "is not a template" not in message:
        assert message.startswith("main.jinja:2: "), message


def test_loops_may_be_nested_five_deep_and_no_deeper(write: Write) -> None:
    def nested(depth: int) -> str:
        return "{% for x in document.items %}" * depth + "x" + "{% endfor %}" * depth

    assert run(write(main=nested(5))) == "x" * 32
    assert "loops are nested deeper than 5" in refusal(write(main=nested(6)))


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in document.name %}" * 5 + "{{ document.name }}" + "{% endfor %}" * 5,
        "{% for a in document.name %}" * 5 + "literal text" + "{% endfor %}" * 5,
        "{% for a in document.name %}" * 5 + "{% endfor %}" * 5,
        "{% macro m0() %}{% endmacro %}"
        + "".join(
            f"{{% macro m{i + 1}() %}}{{{{ m{i}() }}}}{{{{ m{i}() }}}}{{% endmacro %}}" for i in range(40)
        )
        + "{{ m40() }}",
        "{% macro m0() %}0123456789{% endmacro %}"
        + "".join(
            f"{{% macro m{i + 1}() %}}{{{{ m{i}() }}}}{{{{ m{i}() }}}}{{% endmacro %}}" for i in range(40)
        )
        + "{{ m40() }}",
        "{% macro m(x) %}{{ m(x) }}{{ m(x) }}{% endmacro %}{{ m(1) }}",
    ],
    ids=["text", "literal", "empty loops", "empty macros", "doubling macros", "recursion"],
)
def test_a_template_that_repeats_itself_is_stopped(
    write: Write, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setattr(environment, "MAX_WORK", 200_000)
    message = refusal(write(main=source))
    assert "repeats too much" in message or "without end" in message
    assert message.startswith("main.jinja:1: ")


def test_each_rendering_has_the_whole_budget_and_its_values_share_it(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer = Renderer(write(main="{{ document.name }}"))
    values: dict[str, object] = {"document": Thing("a" * 70)}
    monkeypatch.setattr(environment, "MAX_WORK", 150)  # printing it once costs 100
    for _ in range(5):
        assert renderer.each("main.jinja", [values]) == ["a" * 70]
    with pytest.raises(TemplateError, match="repeats too much"):
        renderer.each("main.jinja", [values, values])
    assert renderer.each("main.jinja", [values]) == ["a" * 70]


def test_a_template_is_compiled_once_for_all_renderings(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer = Renderer(write(main="{% from 'other.jinja' import m %}{{ m() }}", other=MACRO))
    assert renderer.each("main.jinja", [{}]) == ["m"]

    def compile_again(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(environment, "_check", compile_again)
    assert renderer.each("main.jinja", [{}, {}]) == ["m", "m"]


def test_output_beyond_its_limit_is_stopped(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "MAX_OUTPUT", 1000)
    assert "writes more than" in refusal(write(main="x" * 1001))


def test_a_file_outside_the_folder_is_not_read(write: Write, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jinja"
    secret.write_text("secret")
    folder = write(main="{% import 'link.jinja' as x %}")
    (folder / "link.jinja").symlink_to(secret)
    assert "is not a file in the folder" in refusal(folder)


def test_a_file_that_is_too_large_or_not_text_is_refused(write: Write) -> None:
    folder = write(main="")
    (folder / "main.jinja").write_bytes(b"a" * 200_001)
    assert "larger than 200 kB" in refusal(folder)
    (folder / "main.jinja").write_bytes(b"a\nb\xff")
    assert refusal(folder) == "main.jinja:2: is not UTF-8"


def test_a_folder_without_templates_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "gone"):
        assert "is not a folder with templates" in refusal(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ document.titel }}", "a document has no 'titel'; did you mean 'title'?"),
        ("{{ documnt.title }}", "there is no 'documnt'"),
        ("{{ document.title.x }}", "a text has no 'x'"),
        ("{{ document.sections.title }}", "a list has no 'title'"),
        ("{{ document.sections[99].title }}", "a list has no element 99"),
        ("{{ document.sections[0].titles }}", "a section has no 'titles'; did you mean 'title'?"),
        ("{{ document }}", "prints a document, which is neither text nor a number"),
        ("{% for x in document %}{% endfor %}", "a document is not iterable"),
        (
            "{% if document.title > 3 %}{% endif %}",
            "'>' not supported between instances of a text and a number",
        ),
        (
            "{% macro m() %}{% endmacro %}{{ m(document=1) }}",
            "macro 'm' takes no keyword argument 'document'",
        ),
    ],
)
def test_what_fails_is_told_in_words_of_the_document(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "full.md.jinja").write_text("\n" + text, encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        render(default_bank(), Answers(), "full", tmp_path)
    assert caught.value.message == f"full.md.jinja:2: {message}"
