"""Every sentence that can reach the desk from below it, read from the source: errors, and findings of the press.

Rules
- A sentence is what stands where an error or a finding takes one, as text with {gaps}. Names lead to what was assigned
  to them, a parameter leads to whoever calls the function, and both branches of a choice count.
- A phrase is what stands in a gap of another sentence: what a reader of bytes calls the thing that it reads, a reason.
- What leads to no text is `unread`: nothing may hide in a new way of making a sentence.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from holub.faces.desk.sentences import GAP, INNER, SYSTEM
from tests.faces.desk.sources import Module, Within, argument, assigned, leads_to, name_of, parameters, path_of, read

# Parameters that a text of ours is given for: each text makes a sentence of its own.
_TOLD: Final = frozenset({"whose", "what"})
# Functions that give the end of a sentence.
_ENDS: Final = frozenset({"awkward"})


@dataclass(frozen=True, order=True)
class Taker:
    """A function that is given a sentence, or a phrase, for one of its parameters."""

    module: str
    function: str
    line: int
    parameter: str
    phrase: bool

    @classmethod
    def of(cls, module: Module, function: ast.FunctionDef, parameter: str, *, phrase: bool) -> Taker:
        return cls(module.name, function.name, function.lineno, parameter, phrase)


class Below:
    """The sentences of some modules: text → where it stands first."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = list(modules)
        self.sentences: dict[str, str] = {}
        self.phrases: dict[str, str] = {}
        self.unread: set[str] = set()
        self._takers: set[Taker] = set()
        self._phrase = False
        for module in self.modules:
            for within, call in module.calls():
                for given in _sentences_of(module, within, call):
                    self._say(module, within, given, phrase=name_of(call.func) in ("Reader", "Effort"))
            for within, node in module.nodes:
                if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 4:
                    for given in node.value.elts[2:]:  # a notice of a guide
                        self._say(module, within, given)
        self._follow()

    def _follow(self) -> None:
        """Whoever calls a function with a sentence says it."""
        asked: set[Taker] = set()
        while self._takers - asked:
            taker = min(self._takers - asked)
            asked.add(taker)
            home = next(one for one in self.modules if one.name == taker.module)
            function = next(one for one in home.functions[taker.function] if one.lineno == taker.line)
            for module in self.modules:
                for within, call in module.calls(taker.function):
                    given = (
                        argument(function, call, taker.parameter) if leads_to(module, call, home, function) else None
                    )
                    if given is not None:
                        self._say(module, within, given, phrase=taker.phrase)

    def _say(self, module: Module, within: Within, node: ast.expr, *, phrase: bool = False) -> None:
        self._phrase = phrase
        for text in self._texts(module, within, node):
            if _says_something(text, phrase=phrase):
                (self.phrases if phrase else self.sentences).setdefault(_numbered(text), f"{module.name}:{node.lineno}")

    def _texts(self, module: Module, within: Within, node: ast.expr) -> list[str]:
        """Every text that an expression can be."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                ways = [self._part(module, within, part) for part in parts]
                return ["".join(way) for way in itertools.product(*ways)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                pairs = itertools.product(self._texts(module, within, left), self._texts(module, within, right))
                return [first + second for first, second in pairs]
            case ast.IfExp(body=body, orelse=orelse):
                return self._texts(module, within, body) + self._texts(module, within, orelse)
            case ast.Name(id=name):
                return self._named(module, within, name)
            case ast.Attribute(attr=name) if name in module.functions:
                return self._returned(module, name)
            case ast.Attribute(attr="what" | "todo" | "_what"):
                return []  # of an error, a finding or a reader, whose own place says it
            case ast.Starred(value=value):
                return self._texts(module, within, value)
            case ast.Tuple(elts=elements):
                return [text for element in elements for text in self._texts(module, within, element)]
            case ast.Call(func=ast.Name(id="str")) if "__str__" in module.functions:
                return self._returned(module, "__str__")
            case ast.Call(func=ast.Name(id=name)) if name in module.functions:
                return self._returned(module, name)
            case ast.Call(func=ast.Name(id=name)) if name in module.imported and path_of(module.imported[name][0]):
                return self._returned(read(module.imported[name][0]), name)
        self.unread.add(f"{module.name}: {ast.unparse(node)}")
        return []

    def _part(self, module: Module, within: Within, part: ast.expr) -> list[str]:
        """What a part of an f-string can be: its text, a gap, or the texts of ours that a gap is always filled with."""
        if not isinstance(part, ast.FormattedValue):
            assert isinstance(part, ast.Constant)
            return [str(part.value)]
        value = part.value
        if _is_text(value):
            return self._texts(module, within, value)
        if isinstance(value, ast.Name) and part.conversion == -1 and within is not None:
            texts = self._told(module, within, value.id)
            if texts:
                return texts
        return ["{" + _gap(value) + "}"]

    def _told(self, module: Module, within: ast.FunctionDef, name: str) -> list[str]:
        values = _values(within, name)
        if values:
            ours = all(_is_text(value) or name_of(value) in _ENDS for value in values)
            return [text for value in values for text in self._texts(module, within, value)] if ours else []
        if name not in parameters(within):
            return []
        if name in _TOLD:
            given = [argument(within, call, name) for _, call in module.calls(within.name)]
            texts = {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}
            if given and all(isinstance(one, ast.Constant) for one in given):
                return sorted(texts)
        if name in INNER:
            self._takers.add(Taker.of(module, within, name, phrase=True))
        return []

    def _named(self, module: Module, within: Within, name: str) -> list[str]:
        if within is not None:
            values = _values(within, name)
            if values:
                return [text for value in values for text in self._texts(module, within, value)]
            if name in parameters(within):
                self._takers.add(Taker.of(module, within, name, phrase=self._phrase))
                return []
            if name in _looped(within):
                return []  # a part of a notice, whose own place says it
            around = next((one for one, node in module.nodes if node is within), None)
            if around is not None:
                return self._named(module, around, name)
        if name in module.constants:
            return [text for value in module.constants[name] for text in self._texts(module, None, value)]
        home, there = module.imported.get(name, ("", ""))
        if path_of(home) is not None:
            return self._named(read(home), None, there)
        self.unread.add(f"{module.name}: {name}")
        return []

    def _returned(self, module: Module, name: str) -> list[str]:
        nodes = [(function, node) for function in module.functions[name] for node in ast.walk(function)]
        values = [(one, node.value) for one, node in nodes if isinstance(node, ast.Return) and node.value is not None]
        return [text for function, value in values for text in self._texts(module, function, value)]


def skeleton(text: str) -> str:
    """A sentence without the names of its gaps, but for those whose names mean something."""
    return GAP.sub(lambda gap: gap[0] if gap[1] in {*INNER, SYSTEM} else "{}", text)


def _sentences_of(module: Module, within: Within, call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that are sentences of their own."""
    if module.makes_error(within, call):
        return call.args[:2]
    match call:
        case ast.Call(func=ast.Name(id="Finding"), args=[_, _, _, *said]):
            return said
        case ast.Call(func=ast.Name(id="Reader" | "Effort"), args=[_, what]):
            return [what]
        case ast.Call(func=ast.Attribute(value=ast.Name(id="notices"), attr="append"), args=[ast.Tuple(elts=row)]):
            return row[-2:]
    return []


def _says_something(text: str, *, phrase: bool) -> bool:
    """Whether there is anything to translate: words, or a sentence inside beside other signs."""
    around = GAP.sub("", text)
    inner = phrase or INNER.intersection(GAP.findall(text))
    return not text.endswith(" ") and (any(sign.isalpha() for sign in around) or bool(around and inner))


def _numbered(text: str) -> str:
    """With no two gaps of one name."""
    seen: dict[str, int] = {}

    def named(gap: re.Match[str]) -> str:
        seen[gap[1]] = seen.get(gap[1], 0) + 1
        return "{" + gap[1] + (str(seen[gap[1]]) if seen[gap[1]] > 1 else "") + "}"

    return GAP.sub(named, text)


def _gap(node: ast.expr) -> str:
    """A name for what an expression puts into a sentence."""
    match node:
        case ast.Call(func=ast.Name(id="len")):
            return "count"
        case ast.Call(func=ast.Name(id="ord")):
            return "number"
        case ast.Call(func=ast.Attribute(attr="join")):
            return "list"
        case ast.Call(args=[inner]) | ast.BinOp(left=inner) | ast.BoolOp(values=[inner, *_]) | ast.IfExp(body=inner):
            return _gap(inner)
        case ast.Attribute(attr="name" | "stem", value=inner) | ast.Subscript(value=inner):
            return _gap(inner)
    return name_of(node).strip("_").lower() or "value"


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return _is_text(body) and _is_text(orelse)
    return False


def _values(function: ast.FunctionDef, name: str) -> list[ast.expr]:
    return [value for node in ast.walk(function) for known, value in assigned(node) if known == name]


def _looped(function: ast.FunctionDef) -> set[str]:
    """The names that a loop in a function gives values to."""
    targets = [node.target for node in ast.walk(function) if isinstance(node, ast.For | ast.comprehension)]
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
