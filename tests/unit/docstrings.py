"""Read the docstrings of public names from their source, and say what they leave out."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anclora_otel import errors

ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
"""The errors of the package; `SettingProblem` and the like are none."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Definition:
    """Where a public name is defined."""

    module: str
    node: ast.stmt
    documentation: str
    """Its docstring, empty where it has none."""


@functools.cache
def body(module: str) -> list[ast.stmt]:
    """Give the statements of a module."""
    file = inspect.getsourcefile(importlib.import_module(module))
    assert file is not None
    return ast.parse(Path(file).read_text(encoding="utf-8")).body


def definition(module: str, name: str) -> Definition:
    """Find where a name is defined, through the modules that pass it on."""
    statements = body(module)
    for position, node in enumerate(statements):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if name == (alias.asname or alias.name):
                    return definition(node.module, alias.name)
        elif isinstance(node, Function | ast.ClassDef) and node.name == name:
            return Definition(module, node, ast.get_docstring(node) or "")
        elif name in assigned(node):
            return Definition(module, node, text_of(statements[position + 1 : position + 2]))
    raise AssertionError(f"{module} offers {name} and does not define it")


def assigned(node: ast.stmt) -> list[str]:
    """Give the names that a statement assigns."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def text_of(following: list[ast.stmt]) -> str:
    """Give the text that stands below an assignment."""
    match following:
        case [ast.Expr(value=ast.Constant(value=str() as text))]:
            return text
    return ""


def section(documentation: str, title: str) -> str:
    """Give a section of a docstring."""
    found = re.search(rf"^{title}:\n((?:    .*\n|\n)+)", inspect.cleandoc(documentation) + "\n", re.MULTILINE)
    return found.group(1) if found else ""


def entries(documentation: str, title: str) -> set[str]:
    """Give what a section has entries for; one entry may be for several, as in ``traces, metrics, logs: …``."""
    lists = re.findall(r"^    ((?:[\w.*]+, )*[\w.*]+):", section(documentation, title), re.MULTILINE)
    return {name.lstrip("*") for names in lists for name in names.split(", ")}


def parameters(function: Function) -> list[str]:
    """Give the names of a function's parameters, without that of the object itself."""
    given = function.args
    both = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    return [argument.arg for argument in both if argument.arg not in ("self", "cls")]


def raised(function: Function) -> set[str]:
    """Give the errors of the package that a function raises by itself."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(called, ast.Name) and called.id in ERRORS:
                found.add(called.id)
    return found


def problems(module: str, name: str) -> list[str]:
    """Say what the docstrings of a public name, and of what is public in it, leave out."""
    found = definition(module, name)
    if not found.documentation:
        return [f"{name} has no docstring"]
    if isinstance(found.node, Function):
        return list(of_function(name, found.node))
    if isinstance(found.node, ast.ClassDef):
        return list(of_class(found.module, found.node))
    return []


def of_function(name: str, node: Function) -> Iterator[str]:
    """Say what the docstring of a function or a method leaves out."""
    documentation = ast.get_docstring(node) or ""
    if not documentation:
        yield f"{name}() has no docstring"
        return
    missing = set(parameters(node)) - entries(documentation, "Args")
    if missing:
        yield f"Args of {name}() does not name {', '.join(sorted(missing))}"
    unnamed = raised(node) - entries(documentation, "Raises")
    if unnamed:
        yield f"Raises of {name}() does not name {', '.join(sorted(unnamed))}"
    invented = {each for each in entries(documentation, "Raises") if not exists(each)}
    if invented:
        yield f"Raises of {name}() names {', '.join(sorted(invented))}, which is no exception"


def of_class(module: str, node: ast.ClassDef) -> Iterator[str]:
    """Say what the docstrings of a class leave out: its arguments stand in that of the class itself."""
    documentation = ast.get_docstring(node) or ""
    inherited = foreign_methods(module, node.name)
    missing = set(arguments(node)) - entries(documentation, "Args")
    if missing:
        yield f"Args of {node.name} does not name {', '.join(sorted(missing))}"
    for child in node.body:
        if isinstance(child, Function) and child.name not in inherited and is_public(child):
            yield from of_function(f"{node.name}.{child.name}", child)


def arguments(node: ast.ClassDef) -> list[str]:
    """Give what a class is made with: the parameters of its initialiser, or its fields."""
    for child in node.body:
        if isinstance(child, Function) and child.name == "__init__":
            return parameters(child)
    if any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list):
        return [name for child in node.body if isinstance(child, ast.AnnAssign) for name in assigned(child)]
    return []


def foreign_methods(module: str, name: str) -> set[str]:
    """Give the methods that a class takes over from another project, which documents them."""
    bases = getattr(importlib.import_module(module), name).__mro__[1:]
    return {method for base in bases if not base.__module__.startswith("anclora_otel") for method in vars(base)}


def is_public(node: Function) -> bool:
    """Say whether a method is public and documents itself; what sets a property is documented at its getter."""
    setter = any(isinstance(each, ast.Attribute) and each.attr == "setter" for each in node.decorator_list)
    return not node.name.startswith("_") and not setter


def exists(name: str) -> bool:
    """Say whether an exception of this name can be had, of a library of its own where it is written with a dot."""
    module, _, own = name.rpartition(".")
    holder = importlib.import_module(module) if module else builtins
    kind = getattr(holder, own, None) or getattr(errors, own, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)
