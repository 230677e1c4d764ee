"""Shell scripts as commands: how they are joined, what their words are made of, what stays opaque."""

from __future__ import annotations

import pytest

from paritycheck.parse.command.shell import parse_script
from paritycheck.parse.command.shellscript import (
    Case,
    Chain,
    Command,
    For,
    Function,
    Group,
    If,
    Not,
    Opaque,
    Pipeline,
    Redirected,
    Sequence,
    Simple,
    Text,
    Variable,
    While,
    Word,
)


def shown(command: Command) -> str:
    """Write a command again, its structure in brackets."""
    match command:
        case Simple(words=words, assignments=assignments):
            return " ".join([*(f"{n}={spelled(v)}" for n, v in assignments), *map(spelled, words)])
        case Sequence(commands=commands):
            return "; ".join(map(shown, commands))
        case Chain(operator=operator, left=left, right=right):
            return f"({shown(left)} {operator} {shown(right)})"
        case Pipeline(commands=commands):
            return f"({' | '.join(map(shown, commands))})"
        case Group(body=body, subshell=subshell):
            return f"sub({shown(body)})" if subshell else f"group({shown(body)})"
        case Redirected(body=body, redirects=redirects):
            marks = " ".join(f"{r.descriptor}{r.operator}{spelled(r.target)!r}" for r in redirects)
            return f"[{shown(body)} {marks}]"
        case If(arms=arms, otherwise=otherwise):
            text = " elif ".join(f"{shown(test)} then {shown(body)}" for test, body in arms)
            return f"if({text}{f' else {shown(otherwise)}' if otherwise else ''})"
        case For(variable=variable, values=values, body=body):
            return f"for({variable} in {' '.join(map(spelled, values))}: {shown(body)})"
        case While(condition=condition, body=body):
            return f"while({shown(condition)}: {shown(body)})"
        case Case(subject=subject, items=items):
            arms_ = ", ".join(f"{'|'.join(map(spelled, p))}: {shown(b)}" for p, b in items)
            return f"case({spelled(subject)}: {arms_})"
        case Function(name=name, body=body):
            return f"def({name}: {shown(body)})"
        case Not(body=body):
            return f"not({shown(body)})"
        case Opaque(text=text):
            return f"?{text}?"


def spelled(word: Word) -> str:
    """Write a word: quoted text in single quotes where it matters, variables in braces."""
    parts = []
    for part in word.parts:
        match part:
            case Text(text=text, quoted=quoted):
                parts.append(f"'{text}'" if quoted else text)
            case Variable(name=name, operator=operator, operand=operand):
                parts.append(f"{{{name}{operator}{spelled(operand) if operand else ''}}}")
            case _:
                parts.append(f"<{part.text}>")
    return "".join(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a && b || c; d", "((a && b) || c); d"),
        ("a & b\nc", "sub(a); b; c"),
        ("a | b | c", "(a | b | c)"),
        ("! test -f x", "not(test -f x)"),
        ("[ ! -f x ] && y", "([ ! -f x ] && y)"),
        ("(cd x && y)", "sub((cd x && y))"),
        ("x || { y; exit 1; }", "(x || group(y; exit 1))"),
        ("if a; then b; elif c; then d; else e; fi", "if(a then b elif c then d else e)"),
        ('for f in *.py $X; do rm "$f"; done', "for(f in *.py {X}: rm {f})"),
        ("while read x; do y; done", "while(read x: y)"),
        ("case $a in x|y) r;; *) s;; esac", "case({a}: x|y: r, *: s)"),
        ("f() { a; }; f", "def(f: group(a)); f"),
        ("A=1 B='x y' cmd", "A=1 B='x y' cmd"),
        ("A=1", "A=1"),
        ("export A=1 B", "A=1 export B"),
        ("a && b > f 2>&1", "(a && [b >'f' 2>&'1'])"),
        ("cat <<E > /x && y\nhi $A\nE\nz", "([cat <<\"'hi '{A}'\\n'\" >'/x'] && y); z"),
        ("cat <<'E'\n$A\nE", "[cat <<\"'$A\\n'\"]"),
        ("cat <<E | sh\nhi\nE", "([cat <<\"'hi\\n'\"] | (sh))"),
        ("a \\\n  && b # note", "(a && b)"),
        ("", ""),
    ],
)
def test_how_commands_are_joined(text: str, expected: str) -> None:
    assert shown(parse_script(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\\ b", "a' 'b"),
        ("'a b'\"c $D\"e", "'a b''c '{D}e"),
        ('"a\\$b\\"\\\\\\n"', "'a$b\"\\\\n'"),
        ("${A:-x}${B-}${C:+y$D}", "{A:-x}{B-}{C:+y{D}}"),
        ("${A%.py}", "<${A%.py}>"),
        ("$(ls)b$((1+1))", "<$(ls)>b<$((1+1))>"),
        ("~/x", "{HOME}/x"),
        ("$'a\\tb'", "'a\tb'"),
        ('""', "''"),
        ("[ab]*?", "[ab]*?"),
    ],
)
def test_what_a_word_is_made_of(text: str, expected: str) -> None:
    command = parse_script(f"x {text}").commands[0]
    assert isinstance(command, Simple)
    assert spelled(command.words[1]) == expected


def test_what_is_no_script_is_opaque() -> None:
    assert any(isinstance(command, Opaque) for command in parse_script("if then ;; fi (").commands)


def test_nesting_and_length_are_bounded() -> None:
    assert parse_script("(" * 2000 + "a" + ")" * 2000).commands
    assert isinstance(parse_script("a;" * (1 << 20)).commands[0], Opaque)
