"""The writer: one record in one place, whatever the order of the triples; comments stay with what they are about."""

from __future__ import annotations

import random
import re

import pyoxigraph as ox
import pytest
from conftest import PREFIXES

from kgtools.rdf.comments import read_comments
from kgtools.rdf.write import to_turtle

ROUND = """
id:file-x a ipp:DataFile ; rdfs:label "x" .
id:s a ipp:DialogueSeries ; ipp:citation id:cit-s-1 .
id:s-2 a ipp:Round ; ipp:roundOf id:s ; ipp:startDate "2024-01-01"^^xsd:date ; ipp:citation id:cit-s-2-1 .
id:s-10 a ipp:Round ; ipp:roundOf id:s ; ipp:startDate "2020-01-01"^^xsd:date ;
  ipp:participation id:s-10-b , id:s-10-a ; ipp:hasOutcome id:s-10-promise , id:s-10-launch ; ipp:citation id:cit-s-10-2 , id:cit-s-10-1 .
id:s-10-a a ipp:Participation ; ipp:citation id:cit-s-10-1 .
id:s-10-b a ipp:Participation ; ipp:citation id:cit-s-10-b-1 .
id:s-10-promise a ipp:Commitment ; ipp:citation id:cit-s-10-10 .
id:s-10-launch a ipp:Launch ; ipp:launches id:i .
id:change a ipp:StatusChange ; ipp:statusChangeOf id:s-10 .
id:claim-b a ipp:Claim ; ipp:claimSubject id:s-10-b ; ipp:citation id:cit-claim .
id:a-meeting a ipp:Meeting ; ipp:windowStart "2021-01-01"^^xsd:date .
id:z-visit a ipp:Visit ; ipp:startDate "2019-01-01"^^xsd:date .
id:i a ipp:Initiative .
id:late a ipp:PoliticalInstrument ; ipp:signedDate "2019-01-01"^^xsd:date .
id:early a ipp:BindingInstrument ; ipp:signedDate "2020-01-01"^^xsd:date .
id:cit-s-1 a ipp:Citation . id:cit-s-2-1 a ipp:Citation . id:cit-s-10-1 a ipp:Citation . id:cit-s-10-2 a ipp:Citation .
id:cit-s-10-10 a ipp:Citation . id:cit-s-10-b-1 a ipp:Citation . id:cit-claim a ipp:Citation . id:cit-of-nobody a ipp:Citation .
id:src-1 a ipp:Source ; ipp:publisher "B" . id:src-2 a ipp:Source ; ipp:publisher "A" ; ipp:datePublished "2024-01-01"^^xsd:date .
id:src-3 a ipp:Source ; ipp:publisher "A" ; ipp:datePublished "2020-01-01"^^xsd:date .
"""
PEOPLE = """
id:q a ipp:Grouping . id:n a ipp:Nation . id:n-in-q a ipp:Membership ; ipp:memberOf id:q ; ipp:citation id:cit-all .
id:m-in-q a ipp:Membership ; ipp:memberOf id:q ; ipp:citation id:cit-all . id:cit-all a ipp:Citation . id:z a ipp:Grouping .
id:p a ipp:Person . id:b a ipp:Person . id:o a ipp:Office . id:body a ipp:GovernmentBody .
id:p-o-2 a ipp:Tenure ; ipp:holder id:p ; ipp:office id:o ; ipp:tenureStart "2010-01-01"^^xsd:date .
id:p-o-1 a ipp:Tenure ; ipp:holder id:p ; ipp:office id:o ; ipp:tenureStart "2020-01-01"^^xsd:date ; ipp:citation id:cit-p .
id:far-o a ipp:Tenure ; ipp:holder id:elsewhere ; ipp:office id:o . id:cit-p a ipp:Citation .
"""


def parse(text: str | bytes) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE)]


def order(text: str) -> str:
    """The subjects of the written form, without `id:`; the same for every order of the triples."""
    triples = parse(PREFIXES + text)
    written = to_turtle(triples)
    for seed in range(5):
        random.Random(seed).shuffle(triples)
        assert to_turtle(triples) == written
    return " ".join(re.findall(r"^id:(\S+)", written.decode(), re.MULTILINE))


def test_a_record_stands_with_what_belongs_to_it():
    assert order(ROUND) == (
        "file-x i s cit-s-1 "
        "s-10 s-10-a s-10-b claim-b s-10-launch s-10-promise change cit-s-10-1 cit-s-10-2 cit-s-10-b-1 cit-claim cit-s-10-10 "
        "s-2 cit-s-2-1 z-visit a-meeting late early cit-of-nobody src-3 src-2 src-1"
    )


def test_people_stand_with_their_tenures_and_groupings_with_their_members():
    assert order(PEOPLE) == "n q m-in-q cit-all n-in-q z body o b p p-o-2 p-o-1 cit-p far-o"


@pytest.mark.parametrize(
    "text",
    [
        "id:a ipp:roundOf id:a .",
        "id:a ipp:roundOf id:b . id:b ipp:roundOf id:a .",
        "id:a ipp:citation id:b . id:b ipp:claimSubject id:a .",
        "id:a ipp:participation id:c . id:b ipp:participation id:c . id:c ipp:participation id:a .",
        "".join(f"id:r{n} ipp:roundOf id:r{n + 1} . " for n in range(3000)),
    ],
)
def test_circles_and_long_chains_are_written_once_each(text):
    triples = parse(PREFIXES + text)
    assert sorted(map(str, parse(to_turtle(triples)))) == sorted(map(str, triples))


def test_triple_terms_are_written_so_that_they_can_be_read():
    triples = parse(PREFIXES + 'id:r rdfs:seeAlso <<( id:a rdfs:label "x"@en )>> .')
    assert parse(to_turtle(triples)) == triples


COMMENTED = """# what this file is
@prefix ex: <http://example.org/> . # the usual name
# about b
# in two lines
ex:b ex:p "a # b" , 1.5 . # checked

# about a
ex:a ex:p 'it\\'s #' ; ex:q ex:c#d
."""


def test_comments_stay_with_their_blocks():
    text = COMMENTED.replace("ex:c#d\n.", "ex:c .\n# the end")
    written = to_turtle(parse(text), read_comments(text.encode())).decode()
    assert written == (
        "# what this file is\n# the usual name\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
        '# about a\n<http://example.org/a> <http://example.org/p> "it\'s #" ;\n  <http://example.org/q> <http://example.org/c> .\n\n'
        '# about b\n# in two lines\n<http://example.org/b> <http://example.org/p> "1.5"^^xsd:decimal , "a # b" . # checked\n\n'
        "# the end\n"
    )
    assert to_turtle(parse(written), read_comments(written.encode())).decode() == written


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (COMMENTED, 8),
        ("<a:a> # why\n <a:p> 1 .", 1),
        ("<a:a> <a:p> 1 ;\n# why\n <a:q> 2 .", 2),
        ("\n# why\n[] <a:p> 1 .", 2),
        ("[ <a:p> 1 ] . # why", 1),
        ("<a:a> <a:p> [ <a:q> 2 ] ; # why\n <a:r> 3 .", 1),
    ],
)
def test_a_comment_inside_a_block_is_found_with_its_line(text, line):
    parse(text)
    assert read_comments(text.encode()).within == [line]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("# x\n<a:a> <a:p> 1. # y", "a:a", "a:a"),
        ('PREFIX e: <a:>\n# x\ne:a e:p "s"@en.e:b e:p 2 . # y', "a:a", "a:b"),
        ("@base <http://b/> .\n# x\n<a> <p> 1.5 , 2 .<c> <p> true . # y", "http://b/a", "http://b/c"),
        ('# x\n<a:a> <a:p> """#\n"# . """ . <a:b> <a:p> 1 . # y', "a:a", "a:b"),
        ("@prefix e: <a:> . # x\n<a:a> <a:p> e:x.y , <a:#z> . # y", "", "a:a"),
        ("# x\n<a:a> <a:p> <<( <a:a> <a:p> 1 )>> . # y", "a:a", "a:a"),
    ],
)
def test_what_only_looks_like_a_comment_or_an_end(text, before, after):
    found = read_comments(text.encode())
    assert ([s.value for s in found.before], [s.value for s in found.after]) == ([before] if before else [], [after])
    assert ([*found.before.values()] or [found.head], [*found.after.values()]) == ([["# x"]], [["# y"]])
    assert found.within == []
