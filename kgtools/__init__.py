"""The Indo-Pacific Partnership Knowledge Graph and its toolkit.

>>> import kgtools
>>> graph = kgtools.load()
>>> report = kgtools.validate(graph)
>>> closure = kgtools.infer(graph).closure
>>> answer = kgtools.query(graph, "who-led-round", round="quad-foreign-ministers-meeting-10")
>>> [row.personName for row in answer.named()]
['Penny Wong', 'S. Jaishankar', 'Takeshi Iwaya', 'Marco Rubio']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgtools.errors import DataError, EngineError, InputError, KgError, LimitError
    from kgtools.exports.forms import export
    from kgtools.graph import KnowledgeGraph, load
    from kgtools.inference import infer
    from kgtools.linting import lint
    from kgtools.pipeline import build
    from kgtools.question import Question, ask, bind, query, questions
    from kgtools.records.changes import diff
    from kgtools.records.disputes import disputes
    from kgtools.records.entity import show
    from kgtools.records.find import find
    from kgtools.records.ledger import due, follow_through, story
    from kgtools.records.statistics import stats
    from kgtools.records.why import why
    from kgtools.snapshots import snapshot
    from kgtools.sparql.answers import Answer, GraphAnswer
    from kgtools.validation import validate

    __version__: str

_WHERE = {
    "Answer": "sparql.answers",
    "DataError": "errors",
    "EngineError": "errors",
    "InputError": "errors",
    "KgError": "errors",
    "KnowledgeGraph": "graph",
    "LimitError": "errors",
    "GraphAnswer": "sparql.answers",
    "Question": "question",
    "ask": "question",
    "bind": "question",
    "build": "pipeline",
    "export": "exports.forms",
    "find": "records.find",
    "infer": "inference",
    "lint": "linting",
    "load": "graph",
    "query": "question",
    "questions": "question",
    "show": "records.entity",
    "snapshot": "snapshots",
    "stats": "records.statistics",
    "due": "records.ledger",
    "story": "records.ledger",
    "follow_through": "records.ledger",
    "why": "records.why",
    "disputes": "records.disputes",
    "diff": "records.changes",
    "validate": "validation",
}
__all__ = [
    "Answer",
    "DataError",
    "EngineError",
    "GraphAnswer",
    "InputError",
    "KgError",
    "KnowledgeGraph",
    "LimitError",
    "Question",
    "__version__",
    "ask",
    "bind",
    "build",
    "diff",
    "disputes",
    "due",
    "export",
    "find",
    "follow_through",
    "infer",
    "lint",
    "load",
    "query",
    "questions",
    "show",
    "snapshot",
    "stats",
    "story",
    "validate",
    "why",
]


def __getattr__(name: str) -> Any:
    """A public name, its module imported when it is first used (PEP 562), so that `import kgtools` costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        return version("kgtools")
    if name not in _WHERE:
        raise AttributeError(f"module 'kgtools' has no attribute '{name}'")
    return getattr(import_module(f"kgtools.{_WHERE[name]}"), name)
