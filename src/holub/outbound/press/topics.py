"""Topics: the folders of one language as a reader meets them, with titles and in the editors' order.

spec/guide.md, "Topics": alerts first, then guides and sub-topics together; both by `order`, those without one last,
equal ones by path in byte order. A topic that holds nothing is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from holub.outbound.press.guide import Guide, title_of

_LAST = 10_000


@dataclass(slots=True)
class Topic:
    """One folder. path: without a slash at its end, "" for the language itself. index: its index.md, if it has one."""

    path: str
    index: Guide | None = None
    guides: list[Guide] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.index.title if self.index else title_of(f"{self.path}/index.md" if self.path else "index.md")

    @property
    def summary(self) -> str:
        return self.index.summary if self.index else ""

    @property
    def count(self) -> int:
        """How many guides a reader finds in it and below, its own text counted if there is any."""
        own = len(self.guides) + bool(self.index and not self.index.facts.blank)
        return own + sum(topic.count for topic in self.topics)

    def entries(self) -> list[Guide | Topic]:
        """Its guides, and its sub-topics that hold any, in the order in which they are shown."""
        return sorted((*self.guides, *(topic for topic in self.topics if topic.count)), key=_place)

    def walk(self) -> Iterator[Topic]:
        """This topic and all below it."""
        yield self
        for topic in self.topics:
            yield from topic.walk()


def _place(entry: Guide | Topic) -> tuple[bool, int, bytes]:
    if isinstance(entry, Topic):
        order = entry.index.order if entry.index else None
        return True, _LAST if order is None else order, entry.path.encode()
    return entry.kind != "alert", _LAST if entry.order is None else entry.order, entry.path.encode()


def topics_of(guides: Iterable[Guide]) -> Topic:
    """The topmost topic of a language's guides, with all the others below it."""
    known = {"": Topic("")}

    def topic(path: str) -> Topic:
        if path not in known:
            known[path] = Topic(path)
            topic(path.rpartition("/")[0]).topics.append(known[path])
        return known[path]

    for guide in guides:
        place = topic(guide.path.rpartition("/")[0])
        if guide.is_topic:
            place.index = guide
        else:
            place.guides.append(guide)
    return known[""]
