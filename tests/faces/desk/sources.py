"""holub's modules as their source says them: functions, constants, imports, calls. Nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import holub

ROOT: Final = Path(holub.__file__).parent
ERRORS: Final = frozenset(
    {"HolubError", "Misused", "Refused", "Unavailable", "Damaged", "Forged", "Older", "Gap", "OtherPublisher"}
)
Within = ast.FunctionDef | None


@dataclass
class Module:
    """One file. nodes: each with the function that it stands in; kinds: the errors that it defines."""

    name: str
    tree: ast.Module
    nodes: list[tuple[Within, ast.AST]] = field(default_factory=list)
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=dict)
    constants: dict[str, list[ast.expr]] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    kinds: dict[str, ast.ClassDef] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, text: str) -> Module:
        module = cls(name, ast.parse(text))
        module._walk(module.tree, None)
        for _, node in module.nodes:
            if isinstance(node, ast.FunctionDef):
                module.functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.ImportFrom) and node.module:
                module.imported.update({one.asname or one.name: (node.module, one.name) for one in node.names})
            elif isinstance(node, ast.ClassDef) and ERRORS.intersection(map(name_of, node.bases)):
                module.kinds[node.name] = node
        for statement in module.tree.body:
            for constant, value in assigned(statement):
                module.constants.setdefault(constant, []).append(value)
        return module

    def _walk(self, node: ast.AST, within: Within) -> None:
        for child in ast.iter_child_nodes(node):
            self.nodes.append((within, child))
            self._walk(child, child if isinstance(child, ast.FunctionDef) else within)

    def calls(self, name: str = "") -> Iterator[tuple[Within, ast.Call]]:
        """All calls, or those of one name."""
        for within, node in self.nodes:
            if isinstance(node, ast.Call) and (not name or name_of(node.func) == name):
                yield within, node

    def texts(self) -> Iterator[tuple[int, str]]:
        """(line, text) of every text that is no docstring."""
        said = {id(node.value) for _, node in self.nodes if isinstance(node, ast.Expr)}
        for _, node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                yield node.lineno, node.value

    def is_error(self, name: str) -> bool:
        """Whether a name is here an error that takes its sentences itself."""
        own = self.kinds.get(name)
        if own is not None:
            return not any(isinstance(one, ast.FunctionDef) and one.name == "__init__" for one in own.body)
        home, there = self.imported.get(name, ("", ""))
        if home == "holub.errors":
            return there in ERRORS
        return path_of(home) is not None and read(home).is_error(there)

    def makes_error(self, within: Within, call: ast.Call) -> bool:
        """Whether a call hands an error its sentences."""
        name = name_of(call.func)
        if name == "__init__":
            return any(within in kind.body for kind in self.kinds.values())
        return self.is_error(name)


def path_of(module: str) -> Path | None:
    """The file of one of holub's modules; None where it has none."""
    first, *rest = module.split(".")
    place = ROOT.joinpath(*rest)
    files = (place.with_suffix(".py"), place / "__init__.py") if first == "holub" else ()
    return next((one for one in files if one.is_file()), None)


@cache
def read(module: str) -> Module:
    """One of holub's modules."""
    path = path_of(module)
    assert path is not None, module
    return Module.of(module, path.read_text("utf-8"))


def reached(roots: Iterable[str], but: Iterable[str]) -> list[str]:
    """The modules that these import, themselves among them, without those of `but` and what only they import."""
    todo, but = list(roots), tuple(but)
    found, wanted = set[str](), frozenset(todo)
    while todo:
        name = todo.pop()
        left_out = name not in wanted and any(name == one or name.startswith(f"{one}.") for one in but)
        if left_out or name in found or path_of(name) is None:
            continue
        found.add(name)
        parts = name.split(".")
        todo += [".".join(parts[:length]) for length in range(1, len(parts))]
        for home, there in read(name).imported.values():
            todo += [home, f"{home}.{there}"]
    return sorted(found)


def name_of(node: ast.expr) -> str:
    """The last name of an expression: `b` of `a.b`, `a` of `a[0]` and of `a(0)`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return name_of(inner)
    return ""


def assigned(statement: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement gives values to."""
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(values):
            yield from ((name_of(name), value) for name, value in zip(names, values, strict=True))
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            yield name, value


def parameters(function: ast.FunctionDef) -> list[str]:
    every = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return [one.arg for one in every if one.arg not in ("self", "cls")]


def argument(function: ast.FunctionDef, call: ast.Call, parameter: str) -> ast.expr | None:
    """What a call gives a function for one of its parameters."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == parameter]
    place = parameters(function).index(parameter)
    return named[0] if named else call.args[place] if place < len(call.args) else None


def leads_to(module: Module, call: ast.Call, home: Module, function: ast.FunctionDef) -> bool:
    """Whether a call by the function's name may be one of this function. A method of the module's own comes first."""
    if isinstance(call.func, ast.Name):
        own = (module.name, function.name)
        return module.imported.get(function.name, own) == (home.name, function.name)
    base = module.imported.get(name_of(call.func.value) if isinstance(call.func, ast.Attribute) else "", ("", ""))
    if path_of(".".join(base)) is not None:
        return ".".join(base) == home.name
    near = [one for one in module.functions.get(function.name, ()) if module is not home and _takes(one, call)]
    return not near and _takes(function, call)


def _takes(function: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether a function has room for as many values as a call gives."""
    every = parameters(function)
    least = len(every) - len(function.args.defaults) - len(function.args.kwonlyargs)
    return least <= len(call.args) + len(call.keywords) <= len(every)
