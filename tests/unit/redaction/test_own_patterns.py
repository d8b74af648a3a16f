"""Patterns of the user's own, from their file."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.redaction import Policy, load_policy, redact_text, use_policy
from anclora_otel.redaction.own_patterns import OwnPatternsError, read_own_patterns
from anclora_otel.redaction.probing import takes_too_long


@pytest.fixture(autouse=True)
def _built_in_policy_afterwards() -> Iterator[None]:
    yield
    use_policy(Policy())


def written(folder: Path, content: object) -> str:
    """Write a file of patterns and give its path."""
    file = folder / "patterns.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(file)


def test_own_patterns_come_first(tmp_path: Path) -> None:
    """Own patterns are masked with their replacement, before the built-in ones, which still hold."""
    file = written(
        tmp_path,
        [
            {"name": "reference", "expression": "REF-[0-9]{4,6}", "replacement": "[reference]"},
            {"name": "passport", "expression": r"\b[A-Z]{3}[0-9]{6}\b"},
            {"name": "agent", "expression": r"agent\+[a-z]{1,20}@example\.com", "kind": "email"},
        ],
    )
    policy, problems = load_policy(file)
    use_policy(policy)

    assert problems == []
    assert redact_text("REF-20481 of AAB123456") == "[reference] of [redacted]"
    assert redact_text("agent+ana@example.com, +34600111222") == "[email], +34*****22"
    assert redact_text("nothing") == "nothing"


def test_a_replacement_is_taken_literally(tmp_path: Path) -> None:
    """A backslash in a replacement is no group."""
    own = read_own_patterns(written(tmp_path, [{"name": "x", "expression": "x1", "replacement": r"\1 \g<0> $1"}]))
    use_policy(Policy(own))

    assert redact_text("an x1") == r"an \1 \g<0> $1"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("(?=a)b", "look-around"),
        ("(?!a)b", "look-around"),
        ("(?<=a)b", "look-around"),
        ("(?<!a)b", "look-around"),
        (r"(a)\1", "a back reference"),
        ("(?P<n>a)(?P=n)", "a back reference"),
        ("(a)?(?(1)b|c)", "a condition"),
        ("(?>a)b", "an atomic group"),
        ("(?#c)a", "a comment"),
        ("(?x)a", "a flag other than i, m and s"),
        ("a++b", "a possessive repetition"),
        ("a{1,2}+b", "a possessive repetition"),
        ("a{,3}b", "a repetition without a lower bound"),
        (r"a\Z", r"\Z"),
        (r"\u0041", r"\N, \u or \U"),
        ("a$", "$"),
        ("a{1,2000}", "more than 1000 times"),
        ("(", "no regular expression"),
        ("[[:alpha:]]x", "no regular expression"),
        ("x*", "matches the empty text"),
        (r"\b", "matches the empty text"),
        ("(a+)+b", "takes too long"),
        ("(a|a)*b", "takes too long"),
        ("[a-z]+@", "takes too long"),
        ("(?:[0-9]+ ?)+x", "takes too long"),
        ("", "no expression"),
        ("a" * 2001, "2001 characters"),
    ],
)
def test_expressions_that_cannot_be_used_are_refused(tmp_path: Path, expression: str, reason: str) -> None:
    """What the collector's engine lacks, what matches nothing, and what may take for ever, each for its reason."""
    with pytest.raises(OwnPatternsError) as caught:
        read_own_patterns(written(tmp_path, [{"name": "x", "expression": expression}]))

    assert 'pattern 1 "x"' in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "expression",
    [
        "REF-[0-9]{4,6}",
        r"(?i)ref-\d+",
        "(?i:a)b",
        "(?P<year>[0-9]{4})-x",
        "[$(?=]x",
        "[]$]x",
        "[^]$]x",
        r"a\$",
        r"\(\?=a",
        *(r"(\d{3}-){2}\d", "[a-z]{1,64}@[a-z]{1,64}", "(?m)^a", r"\x41b", "a{2}", "a{2,9}b", r"\+{1,3}a", "a??b"),
    ],
)
def test_other_expressions_are_taken(tmp_path: Path, expression: str) -> None:
    """Whatever both engines understand is taken, also where it looks like something that they do not."""
    (pattern,) = read_own_patterns(written(tmp_path, [{"name": "x", "expression": expression}]))

    assert pattern.expression == expression


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("not json", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ({"name": "x"}, "it holds an object"),
        ("3", "it holds a number"),
        ([{"name": str(number), "expression": "ab"} for number in range(101)], "it holds 101 patterns"),
        (["ab"], "pattern 1 is a text"),
        ([{"expression": "ab"}], "pattern 1 has no name"),
        ([{"name": "x\n", "expression": "ab"}], "has no name"),
        ([{"name": "x", "expresion": "ab"}], 'has an unknown field "expresion"'),
        ([{"name": "x", "expression": 3}], "has no expression"),
        ([{"name": "x", "expression": "ab", "kind": "person"}], "is of kind"),
        ([{"name": "x", "expression": "ab", "kind": []}], "is of kind"),
        ([{"name": "x", "expression": "ab", "replacement": 3}], "as its replacement"),
        ([{"name": "x", "expression": "ab"}, {"name": "x", "expression": "cd"}], 'two patterns are named "x"'),
        ("x" * 1_100_000, "larger than"),
    ],
)
def test_files_that_cannot_be_used_are_refused(tmp_path: Path, content: object, reason: str) -> None:
    """A file in another form is refused with what it is and what was expected."""
    with pytest.raises(OwnPatternsError) as caught:
        read_own_patterns(written(tmp_path, content))

    assert reason in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A wrong path is said with the system's reason."""
    with pytest.raises(OwnPatternsError, match="No such file"):
        read_own_patterns(str(tmp_path / "none.json"))


def test_all_problems_at_once_and_the_built_in_policy_holds(tmp_path: Path) -> None:
    """A broken file is one problem that names all that is wrong; none of its patterns is used, all others are."""
    file = written(tmp_path, [{"name": "a", "expression": "("}, {"name": "b", "expression": "x*"}, 7])
    policy, problems = load_policy(file)
    use_policy(policy)

    (problem,) = problems
    assert problem.name == "ANCLORA_REDACTION_PATTERNS_FILE"
    assert all(part in str(problem) for part in ('pattern 1 "a"', 'pattern 2 "b"', "pattern 3 is a number"))
    assert "\n" not in str(problem)
    assert redact_text("+34600111222") == "+34*****22"


def test_trying_is_bounded_itself() -> None:
    """The worst expression is found out within processor time that a start-up can bear."""
    before = time.thread_time()

    assert takes_too_long(re.compile("(?:a|a|a|a)*b"))
    assert time.thread_time() - before < 5
