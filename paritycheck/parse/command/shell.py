"""A shell script as commands, read with the grammar of tree-sitter-bash.

Source: POSIX.1-2024, Shell Command Language (2.2 quoting, 2.6 expansions, 2.7 redirection, 2.9
commands). The grammar is Bash's; where ``sh`` is another shell, what only Bash knows is rare enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import tree_sitter
import tree_sitter_bash

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
    Redirect,
    Redirected,
    Sequence,
    Simple,
    While,
    Word,
)
from paritycheck.parse.command.shellword import WORDS, body_word, read_word, source_text

_LANGUAGE = tree_sitter.Language(tree_sitter_bash.language())
_LIMIT = 1 << 20  # bytes of a script that are read
_DEPTH = 40  # of nesting; what lies deeper is opaque

Node = tree_sitter.Node


def parse_script(text: str) -> Sequence:
    """Return the commands of a script; what is no valid script is :class:`Opaque` where it stands."""
    data = text.encode("utf-8", "surrogateescape")
    if len(data) > _LIMIT:
        return Sequence((Opaque("a script that is too long to read"),))
    root = tree_sitter.Parser(_LANGUAGE).parse(data).root_node
    return Sequence(tuple(_commands(root.children, 0)))


def _commands(nodes: list[Node], depth: int) -> Iterator[Command]:
    for number, node in enumerate(nodes, 1):
        if node.is_error or node.is_missing:
            yield Opaque(source_text(node))
        elif node.is_named and node.type not in _PASSED_OVER:
            command = _command(node, depth)
            behind = number < len(nodes) and nodes[number].type == "&"
            # What runs in the background has a shell of its own (2.9.3.1): its `exec` ends nothing else.
            yield Group(Sequence((command,)), subshell=True) if behind else command


_PASSED_OVER = frozenset({"comment", "heredoc_body", "heredoc_end", "file_redirect"})


def _command(node: Node, depth: int) -> Command:
    reader = _READERS.get(node.type)
    if reader is None or depth > _DEPTH:
        return Opaque(source_text(node))
    return reader(node, depth + 1)


def _sequence(nodes: list[Node], depth: int) -> Sequence:
    return Sequence(tuple(_commands(nodes, depth)))


def _simple(node: Node, _: int) -> Command:
    words: list[Word] = []
    assignments: list[tuple[str, Word]] = []
    redirects: list[Redirect] = []
    for child in node.children:
        if child.type == "command_name":
            words.extend(read_word(part) for part in child.children)
        elif child.type == "variable_assignment":
            assignments.append(_assignment(child))
        elif child.type in ("file_redirect", "herestring_redirect"):
            redirects.append(_redirect(child))
        elif child.is_error or child.is_missing:
            return Opaque(source_text(node))
        elif child.is_named or child.type in WORDS:
            words.append(read_word(child))
    simple = Simple(tuple(words), tuple(assignments), source_text(node))
    return Redirected(simple, tuple(redirects)) if redirects else simple


def _assignment(node: Node) -> tuple[str, Word]:
    name = node.child_by_field_name("name")
    value = node.child_by_field_name("value")
    return source_text(name) if name else "", read_word(value) if value else Word()


def _assignments(node: Node, _: int) -> Command:
    nodes = [node] if node.type == "variable_assignment" else node.named_children
    return Simple((), tuple(_assignment(child) for child in nodes), source_text(node))


def _declaration(node: Node, _: int) -> Command:
    """``export A=1`` and its kind: the keyword is a word, assignments stay assignments."""
    assignments = tuple(_assignment(c) for c in node.named_children if c.type == "variable_assignment")
    others = [c for c in node.children if c.type != "variable_assignment"]
    return Simple(tuple(read_word(child) for child in others), assignments, source_text(node))


def _test(node: Node, _: int) -> Command:
    return Simple(tuple(_test_words(node)), (), source_text(node))


def _test_words(node: Node) -> Iterator[Word]:
    for child in node.children:
        if child.type in WORDS or not child.children:
            yield read_word(child)
        else:
            yield from _test_words(child)


def _list(node: Node, depth: int) -> Command:
    """Read ``a && b || c``, which leans to the left as deep as it is long."""
    rights: list[tuple[str, Node]] = []
    while node.type == "list":
        parts = [child for child in node.children if child.is_named and child.type != "comment"]
        operator = next((child.type for child in node.children if child.type in ("&&", "||")), "")
        if len(parts) != 2 or not operator:
            break
        rights.append((operator, parts[1]))
        node = parts[0]
    command: Command = Opaque(source_text(node)) if node.type == "list" else _command(node, depth)
    for operator, right in reversed(rights):
        command = _chain(operator, command, _command(right, depth))
    return command


def _chain(operator: str, left: Command, right: Command) -> Command:
    return Chain("||" if operator == "||" else "&&", left, right)


def _pipeline(node: Node, depth: int) -> Command:
    return Pipeline(tuple(_commands(node.children, depth)))


def _group(node: Node, depth: int) -> Command:
    return Group(_sequence(node.children, depth), node.type == "subshell")


def _redirected(node: Node, depth: int) -> Command:
    body = node.child_by_field_name("body")
    redirects: list[Redirect] = []
    later: list[Node] = []
    for child in node.children:
        if child.type in ("file_redirect", "herestring_redirect"):
            redirects.append(_redirect(child))
        elif child.type == "heredoc_redirect":
            redirects.append(_heredoc(child))
            # The rest of the line that the here-document begins on is inside of it.
            for part in child.children:
                if part.type == "file_redirect":
                    redirects.append(_redirect(part))
                elif part.type not in ("<<", "<<-") and not part.type.startswith("heredoc"):
                    later.append(part)
    command: Command = Simple(()) if body is None else _command(body, depth)
    return _continue(_apply_redirects(command, tuple(redirects)), later, depth)


def _apply_redirects(command: Command, redirects: tuple[Redirect, ...]) -> Command:
    if isinstance(command, Chain):
        # The grammar hangs the redirections of the last command on the whole list.
        return Chain(command.operator, command.left, _apply_redirects(command.right, redirects))
    return Redirected(command, redirects) if redirects else command


def _continue(command: Command, later: list[Node], depth: int) -> Command:
    operator = ""
    for node in later:
        if node.type in ("&&", "||", "|"):
            operator = node.type
        elif node.type == "pipeline" or operator == "|":
            command = Pipeline((command, *_commands([node], depth)))
        elif node.is_named and operator:
            command = _chain(operator, command, _command(node, depth))
        elif node.is_named:
            return Opaque(source_text(node))
    return command


def _redirect(node: Node) -> Redirect:
    descriptor = node.child_by_field_name("descriptor")
    operator = next((child.type for child in node.children if not child.is_named), ">")
    targets = [child for child in node.named_children if child.type != "file_descriptor"]
    target = read_word(targets[0]) if targets else Word()
    return Redirect(operator, target, source_text(descriptor) if descriptor else "")


def _heredoc(node: Node) -> Redirect:
    children = {child.type: child for child in node.children}
    start, body = children.get("heredoc_start"), children.get("heredoc_body")
    quoted = start is not None and re.search(r"['\"\\]", source_text(start)) is not None
    return Redirect("<<", body_word(body, quoted, "<<-" in children) if body else Word())


def _if(node: Node, depth: int) -> Command:
    arms: list[tuple[Sequence, Sequence]] = []
    otherwise: Sequence | None = None
    arms.append(_arm(node, depth))
    for child in node.children:
        if child.type == "elif_clause":
            arms.append(_arm(child, depth))
        elif child.type == "else_clause":
            otherwise = _sequence(child.children, depth)
    return Opaque(source_text(node)) if node.has_error else If(tuple(arms), otherwise)


def _arm(node: Node, depth: int) -> tuple[Sequence, Sequence]:
    nodes = [child for child in node.children if child.type not in ("elif_clause", "else_clause")]
    middle = next((index for index, child in enumerate(nodes) if child.type == "then"), len(nodes))
    return _sequence(nodes[:middle], depth), _sequence(nodes[middle:], depth)


def _for(node: Node, depth: int) -> Command:
    variable = node.child_by_field_name("variable")
    body = node.child_by_field_name("body")
    values = tuple(read_word(value) for value in node.children_by_field_name("value"))
    if variable is None or body is None:
        return Opaque(source_text(node))
    return For(source_text(variable), values, _sequence(body.children, depth))


def _while(node: Node, depth: int) -> Command:
    body = node.child_by_field_name("body")
    before = [child for child in node.children if body is None or child.start_byte < body.start_byte]
    return While(_sequence(before, depth), _sequence(body.children if body else [], depth))


def _case(node: Node, depth: int) -> Command:
    subject = node.child_by_field_name("value")
    items = []
    for item in (child for child in node.named_children if child.type == "case_item"):
        patterns = item.children_by_field_name("value")
        end = max((pattern.end_byte for pattern in patterns), default=0)
        rest = [child for child in item.children if child.start_byte >= end]
        items.append((tuple(read_word(pattern) for pattern in patterns), _sequence(rest, depth)))
    return Opaque(source_text(node)) if subject is None else Case(read_word(subject), tuple(items))


def _function(node: Node, depth: int) -> Command:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or body is None:
        return Opaque(source_text(node))
    return Function(source_text(name), _command(body, depth))


def _negated(node: Node, depth: int) -> Command:
    return Not(_sequence(node.children, depth))


_READERS: dict[str, Callable[[Node, int], Command]] = {
    "case_statement": _case,
    "command": _simple,
    "compound_statement": _group,
    "declaration_command": _declaration,
    "for_statement": _for,
    "function_definition": _function,
    "if_statement": _if,
    "list": _list,
    "negated_command": _negated,
    "pipeline": _pipeline,
    "redirected_statement": _redirected,
    "subshell": _group,
    "test_command": _test,
    "unset_command": _declaration,
    "variable_assignment": _assignments,
    "variable_assignments": _assignments,
    "while_statement": _while,
}
