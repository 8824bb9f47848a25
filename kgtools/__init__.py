"""The Indo-Pacific Partnership Knowledge Graph and its toolkit.

>>> import kgtools
>>> graph = kgtools.load()
>>> report = kgtools.validate(graph)
>>> closure = kgtools.infer(graph).closure
>>> question = kgtools.questions()["who-led-round"]
>>> answer = kgtools.ask(graph.engine(), question.text)
>>> answer.columns
('person', 'personName', 'officeName', 'role', 'party')
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgtools.answers import Answer
    from kgtools.entity import show
    from kgtools.errors import DataError, EngineError, InputError, KgError, LimitError
    from kgtools.exports import export
    from kgtools.graph import KnowledgeGraph, load
    from kgtools.hygiene import lint
    from kgtools.inference import infer
    from kgtools.pipeline import build
    from kgtools.question import ask, bind, questions
    from kgtools.statistics import stats
    from kgtools.validation import validate

_WHERE = {
    "Answer": "answers",
    "DataError": "errors",
    "EngineError": "errors",
    "InputError": "errors",
    "KgError": "errors",
    "KnowledgeGraph": "graph",
    "LimitError": "errors",
    "ask": "question",
    "bind": "question",
    "build": "pipeline",
    "export": "exports",
    "infer": "inference",
    "lint": "hygiene",
    "load": "graph",
    "questions": "question",
    "show": "entity",
    "stats": "statistics",
    "validate": "validation",
}
__all__ = [
    "Answer",
    "DataError",
    "EngineError",
    "InputError",
    "KgError",
    "KnowledgeGraph",
    "LimitError",
    "ask",
    "bind",
    "build",
    "export",
    "infer",
    "lint",
    "load",
    "questions",
    "show",
    "stats",
    "validate",
]


def __getattr__(name: str) -> Any:
    """A public name, its module imported when it is first used (PEP 562), so that `import kgtools` costs nothing."""
    if name not in _WHERE:
        raise AttributeError(f"module 'kgtools' has no attribute '{name}'")
    return getattr(import_module(f"kgtools.{_WHERE[name]}"), name)
