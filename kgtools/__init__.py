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
