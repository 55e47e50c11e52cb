"""Reads the source as a graph of modules and says where it breaks the rules of the house.

Imports are read with `ast`, never run. Every check takes a `Tree` and returns its violations, each as
`path:line: sentence`, so that it can be tried on a synthetic tree as well as on the real one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Import:
    """One name that a module imports."""

    target: str
    """Dotted: `faiss`, `knowledge.notes`, `knowledge.notes.Note`."""
    line: int
    lazy: bool
    """Inside a function: it costs nothing when the module is loaded."""
    typing: bool
    """Under `if TYPE_CHECKING`: it never happens."""


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    path: PurePosixPath
    text: str
    is_package: bool

    @cached_property
    def syntax(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(_imports(self.syntax, self, lazy=False, typing=False))

    @property
    def length(self) -> int:
        return len(self.text.splitlines())

    def at(self, line: int, sentence: str) -> str:
        return f"{self.path}:{line}: {sentence}"


class Tree:
    """All source files of some packages under a root."""

    def __init__(self, root: Path, packages: Iterable[str]) -> None:
        self.modules: dict[str, Module] = {}
        for package in packages:
            for file in sorted((root / package).rglob("*.py")):
                path = PurePosixPath(file.relative_to(root).as_posix())
                parts = path.with_suffix("").parts
                is_package = parts[-1] == "__init__"
                name = ".".join(parts[:-1] if is_package else parts)
                self.modules[name] = Module(name, path, file.read_text("utf-8"), is_package)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.modules.values())

    def owner(self, target: str) -> Module | None:
        """The module of the tree that an imported name lives in."""
        name = target
        while name:
            if name in self.modules:
                return self.modules[name]
            name = name.rpartition(".")[0]
        return None

    def edges(self, module: Module, *, lazy: bool) -> dict[str, int]:
        """The modules of the tree that `module` imports, with the line; `lazy`: in functions as well."""
        found: dict[str, int] = {}
        for each in module.imports:
            owner = self.owner(each.target)
            if each.typing or (each.lazy and not lazy) or owner is None or owner is module:
                continue
            found.setdefault(owner.name, each.line)
        return found

    def loaded_with(self, roots: Iterable[str]) -> dict[str, str | None]:
        """Every module that is loaded once `roots` are imported, with the one that first led there."""
        came_from: dict[str, str | None] = {}
        waiting: list[tuple[str, str | None]] = [(root, None) for root in roots]
        while waiting:
            name, origin = waiting.pop()
            if name in came_from or name not in self.modules:
                continue
            came_from[name] = origin
            package = name.rpartition(".")[0]
            if package:
                waiting.append((package, name))
            waiting += [(target, name) for target in self.edges(self.modules[name], lazy=False)]
        return came_from


def _imports(node: ast.AST, module: Module, *, lazy: bool, typing: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import():
                for alias in child.names:
                    yield Import(alias.name, child.lineno, lazy, typing)
            case ast.ImportFrom():
                base = _absolute(child, module)
                for alias in child.names:
                    yield Import(f"{base}.{alias.name}", child.lineno, lazy, typing)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from _imports(child, module, lazy=True, typing=typing)
            case ast.If() if _asks_for_typing(child.test):
                for statement in child.body:
                    yield from _imports(
                        ast.Module([statement], type_ignores=[]), module, lazy=lazy, typing=True
                    )
                for statement in child.orelse:
                    yield from _imports(
                        ast.Module([statement], type_ignores=[]), module, lazy=lazy, typing=typing
                    )
            case _:
                yield from _imports(child, module, lazy=lazy, typing=typing)


def _absolute(node: ast.ImportFrom, module: Module) -> str:
    if node.level == 0:
        return node.module or ""
    parts = module.name.split(".")
    keep = len(parts) - node.level + (1 if module.is_package else 0)
    return ".".join([*parts[:keep], *([node.module] if node.module else [])])


def _asks_for_typing(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


# --- the checks


def against_direction(
    tree: Tree, allowed: Mapping[str, Set[str]], part_of: Callable[[str], str]
) -> list[str]:
    """Imports from one part of the house into another that it must not know, function-level ones as well."""
    return [
        module.at(line, f"{part_of(module.name)} must not import {part_of(target)} ({target})")
        for module in tree
        for target, line in tree.edges(module, lazy=True).items()
        if part_of(target) != part_of(module.name) and part_of(target) not in allowed[part_of(module.name)]
    ]


def cycles(tree: Tree) -> list[str]:
    """Groups of modules that import one another around a ring (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[str] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in tree.edges(tree.modules[name], lazy=True):
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            ring = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(ring) > 1:
                found.append("import cycle: " + ", ".join(sorted(ring)))

    for name in tree.modules:
        if name not in index:
            visit(name)
    return found


def through_walls(tree: Tree, walls: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Imports of a library, at any level, outside the paths where it may live."""
    return [
        module.at(each.line, f"{library} lives only in {', '.join(walls[library])}")
        for module in tree
        for each in module.imports
        if (library := each.target.partition(".")[0]) in walls
        and not any(fnmatchcase(str(module.path), place) for place in walls[library])
    ]


def loaded_too_early(tree: Tree, roots: Iterable[str], libraries: Set[str]) -> list[str]:
    """Libraries that are loaded as soon as `roots` are imported, with the way that led there."""
    came_from = tree.loaded_with(roots)
    violations = []
    for name in came_from:
        module = tree.modules[name]
        for each in module.imports:
            library = each.target.partition(".")[0]
            if library in libraries and not each.lazy and not each.typing:
                way: list[str] = []
                step: str | None = name
                while step is not None:
                    way.append(step)
                    step = came_from[step]
                violations.append(module.at(each.line, f"{library} is loaded by {' <- '.join(way)}"))
    return violations


def reads_of_environment(tree: Tree, places: tuple[str, ...]) -> list[str]:
    """Reads of environment variables outside `places`. Setting one for a library is no read."""
    violations = []
    for module in tree:
        if any(fnmatchcase(str(module.path), place) for place in places):
            continue
        written = {
            id(node.value)
            for node in ast.walk(module.syntax)
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
        }
        for node in ast.walk(module.syntax):
            if not isinstance(node, ast.Attribute) or id(node) in written:
                continue
            name = ast.unparse(node)
            if name in {"os.environ", "os.getenv", "os.environb"}:
                violations.append(module.at(node.lineno, f"{name} is read outside {', '.join(places)}"))
        violations += [
            module.at(each.line, f"{each.target} is imported outside {', '.join(places)}")
            for each in module.imports
            if each.target in {"os.environ", "os.getenv", "os.environb"}
        ]
    return violations


def prints(tree: Tree, places: tuple[str, ...]) -> list[str]:
    """Calls of print outside `places`."""
    return [
        module.at(node.lineno, "print is for the terminal; log instead")
        for module in tree
        if not any(fnmatchcase(str(module.path), place) for place in places)
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def unfinished(tree: Tree) -> list[str]:
    """Marks of work that was left for later."""
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    return [
        module.at(number, f"{mark[0]} has no place in a finished file")
        for module in tree
        for number, line in enumerate(module.text.splitlines(), start=1)
        if (mark := marks.search(line))
    ]


def too_long(tree: Tree, limit: int, excused: Mapping[str, str]) -> list[str]:
    """Files above `limit` lines, less those excused with a reason; and excuses no longer needed."""
    violations = [
        module.at(module.length, f"longer than {limit} lines; cut it by its nouns")
        for module in tree
        if module.length > limit and str(module.path) not in excused
    ]
    lengths = {str(module.path): module.length for module in tree}
    return violations + [f"{path}: needs no excuse" for path in excused if lengths.get(path, 0) <= limit]


def empty_names(tree: Tree) -> list[str]:
    """Modules whose name says nothing about what is in them."""
    words = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}
    return [
        module.at(1, "a module is named after the noun it holds")
        for module in tree
        if words & set(module.name.rpartition(".")[2].split("_"))
    ]
