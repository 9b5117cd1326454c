"""Plain pages: every guide as one HTML file for readers whose browser runs no scripts.

No script, no form, no address from outside, no colour that the phone did not choose. Links lead to other guides by
relative paths; addresses on the web are words (spec/guide.md, "The body"). The pages are not signed one by one: who
wants to be sure checks the edition.

Of the pages only the lists at the top name their edition. All others show it through one style sheet, and lead to the
list: a new edition leaves them as they are, byte for byte, where their guide did not change. Whoever places the pages
places the sheet last (spec/postbox.md, "Plain pages"), so that nothing old is ever called new.

    index.html                     the languages
    edition.<language>.css         which edition it is, for all pages of a language
    <language>/index.html          its topics, alerts first
    <language>/<folders>/<name>.html
    <language>.<section>/…         the same for a section that is not the centre's own
"""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib import resources

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from holub.formats.names import MAIN
from holub.outbound.press.guide import Guide, parse_guide
from holub.outbound.press.paths import relative
from holub.outbound.press.places import Places
from holub.outbound.press.plain_body import Surroundings, body_html
from holub.outbound.press.plain_words import PlainWords, is_right_to_left, words_for
from holub.outbound.press.topics import Topic, topics_of

# One line, so that the hash in the policy is of exactly what stands in the page.
STYLE = resources.files(__package__).joinpath("plain.css").read_text("utf-8").replace("\n", "")
_POLICY = (
    f"default-src 'none'; style-src 'self' 'sha256-{base64.b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class EditionLine:
    """What every page shows of its edition. time, expiry: Unix seconds."""

    number: int
    time: int
    expiry: int
    publisher: str

    def sentences(self, words: PlainWords) -> tuple[str, str]:
        """Which edition, and until when it is good."""
        day, until = _date(_day(self.time), words.tag), _date(_day(self.expiry), words.tag)
        named = words.edition.format(number=self.number, date=day, publisher=self.publisher)
        return named, words.until.format(date=until)


@dataclass(frozen=True, slots=True)
class PlainPack:
    """One pack as it was bound: guides are (path, bytes)."""

    language: str
    guides: Sequence[tuple[str, bytes]]
    section: str = MAIN

    @property
    def folder(self) -> str:
        return self.language if self.section == MAIN else f"{self.language}.{self.section}"

    @property
    def dates(self) -> str:
        """The style sheet that names the edition; no language has a tag of seven letters, so no folder this name."""
        return f"edition.{self.folder}.css"


PictureAddress = Callable[[PlainPack, str], str | None]
"""For a pack and a picture's path inside it: the picture's file, seen from the root of the plain pages, or None."""


def no_pictures(_pack: PlainPack, _path: str) -> str | None:
    """The address of pictures where there are none; their words are shown."""
    return None


def plain_pages(
    edition: EditionLine,
    packs: Iterable[PlainPack],
    picture: PictureAddress = no_pictures,
    places: Places | None = None,
) -> Iterator[tuple[str, bytes]]:
    """All pages of an edition, UTF-8 bytes of HTML, and the style sheets that date them, as (path, bytes).

    One after the other, the same for the same input.

    packs: in the order in which languages are listed; the first one's words stand on the list of languages. places:
    shared with whoever puts pictures beside the pages. No page takes another's place: a guide ends in `.md`, a topic's
    page is its `index.html`.
    """
    packs = sorted(packs, key=lambda pack: (pack.section != MAIN, pack.section))
    site = _Site(edition, packs, picture, places or Places())
    yield "index.html", site.languages()
    for pack in packs:
        yield from site.pack(pack)


class _Site:
    def __init__(
        self,
        edition: EditionLine,
        packs: Sequence[PlainPack],
        picture: PictureAddress,
        places: Places,
    ) -> None:
        self.edition = edition
        self.packs = packs
        self.picture = picture
        self.places = places
        self.paths = {pack.folder: frozenset(path for path, _ in pack.guides) for pack in packs}
        self.guides = {pack.folder: [parse_guide(path, data) for path, data in pack.guides] for pack in packs}
        self.tops = {folder: topics_of(guides) for folder, guides in self.guides.items()}

    def languages(self) -> bytes:
        words = words_for(self.packs[0].language if self.packs else "en")
        items = "".join(
            f"<li>{_tongue(self._href('index.html', f'{pack.folder}/index.html'), pack)} "
            f"<small>{escape(words.guides.format(count=self.tops[pack.folder].count))}</small></li>"
            for pack in self.packs
        )
        body = f'<h1>{escape(words.languages)}</h1>{self._edition(words, words.tag)}<ul class="t">{items}</ul>'
        return self._page(words.tag, words, words.languages, "", body)

    def pack(self, pack: PlainPack) -> Iterator[tuple[str, bytes]]:
        words = words_for(pack.language)
        guides, top, texts = self.guides[pack.folder], self.tops[pack.folder], dict(pack.guides)
        titles = {topic.path: topic.title or words.topics for topic in top.walk()}
        alerts = [guide for guide in guides if guide.kind == "alert"]
        yield self.places.at(pack.dates), self._dates(words)
        for topic in top.walk():
            path = f"{topic.path}/index.html" if topic.path else "index.html"
            body = self._topic(pack, words, topic, titles, texts, alerts if topic is top else [])
            nav = self._nav(pack, words, path, titles)
            place = self.places.at(f"{pack.folder}/{path}")
            dates = "" if topic is top else self._dated(pack, words, path)
            yield place, self._page(pack.language, words, titles[topic.path], nav, body, dates)
        for guide in guides:
            if not guide.is_topic:
                path = _page_path(guide.path)
                nav = self._nav(pack, words, path, titles)
                body = self._guide(pack, words, guide, texts[guide.path])
                place = self.places.at(f"{pack.folder}/{path}")
                dates = self._dated(pack, words, path)
                yield place, self._page(pack.language, words, guide.title, nav, body, dates)

    def _topic(
        self,
        pack: PlainPack,
        words: PlainWords,
        topic: Topic,
        titles: dict[str, str],
        texts: dict[str, bytes],
        alerts: list[Guide],
    ) -> str:
        here = f"{pack.folder}/{topic.path}/index.html" if topic.path else f"{pack.folder}/index.html"

        def line(target: str, title: str, note: str) -> str:
            return _entry(self._href(here, f"{pack.folder}/{target}"), title, note)

        parts = [f"<h1>{escape(titles[topic.path])}</h1>"]
        if not topic.path:
            parts.append(self._edition(words, pack.language))
        if topic.summary:
            parts.append(f"<p>{escape(topic.summary)}</p>")
        if alerts:
            items = "".join(line(_page_path(guide.path), guide.title, guide.summary) for guide in alerts)
            parts.append(f'<h2>{escape(words.alerts)}</h2><ul class="t">{items}</ul><h2>{escape(words.topics)}</h2>')
        if topic.index:
            parts.append(body_html(topic.index, texts[topic.index.path], self._surroundings(pack, words, topic.index)))
        parts.append('<ul class="t">')
        for entry in topic.entries():
            if isinstance(entry, Topic):
                note = " · ".join(filter(None, (entry.summary, words.guides.format(count=entry.count))))
                parts.append(line(f"{entry.path}/index.html", titles[entry.path], note))
            elif not (alerts and entry.kind == "alert"):
                parts.append(line(_page_path(entry.path), entry.title, entry.summary))
        return "".join([*parts, "</ul>"])

    def _guide(self, pack: PlainPack, words: PlainWords, guide: Guide, data: bytes) -> str:
        date = _date(datetime.date.fromisoformat(guide.reviewed), words.tag) if guide.reviewed else ""
        review = words.reviewed.format(date=date) if date else words.never_reviewed
        summary = f"<p>{escape(guide.summary)}</p>" if guide.summary else ""
        body = body_html(guide, data, self._surroundings(pack, words, guide))
        return f'<h1>{escape(guide.title)}</h1><p class="d">{escape(review)}</p>{summary}{body}'

    def _surroundings(self, pack: PlainPack, words: PlainWords, guide: Guide) -> Surroundings:
        here = f"{pack.folder}/{_page_path(guide.path)}"

        def link(target: str) -> str | None:
            exists = target in self.paths[pack.folder]
            return self._href(here, f"{pack.folder}/{_page_path(target)}") if exists else None

        def picture(path: str) -> str | None:
            found = self.picture(pack, path)
            return self._href(here, found) if found else None

        return Surroundings(link, picture, words.no_picture)

    def _nav(self, pack: PlainPack, words: PlainWords, path: str, titles: dict[str, str]) -> str:
        """The way back up, and the same page in other languages."""
        here, ways, tongues = f"{pack.folder}/{path}", [], []
        folder = path.rpartition("/")[0]
        if path.endswith("/index.html"):
            folder = folder.rpartition("/")[0]
        steps = folder.split("/") if folder else []
        if path != "index.html":
            for count in range(len(steps) + 1):
                place = "/".join(steps[:count])
                target = f"{pack.folder}/{place}/index.html" if place else f"{pack.folder}/index.html"
                ways.append(f'<a href="{self._href(here, target)}">{escape(titles[place])}</a>')
        for other in self.packs:
            if other is not pack and other.section == pack.section and _has(self.paths[other.folder], path):
                tongues.append(_tongue(self._href(here, f"{other.folder}/{path}"), other))
        if len(self.packs) > 1:
            tongues.append(f'<a href="{self._href(here, "index.html")}">{escape(words.languages)}</a>')
        up = f'<nav aria-label="{escape(words.topics)}">{"".join(ways)}</nav>' if ways else ""
        return up + (f'<nav aria-label="{escape(words.languages)}">{"".join(tongues)}</nav>' if tongues else "")

    def _href(self, here: str, target: str) -> str:
        """The address of one page as it stands on another; both by the names that they would like to have."""
        return escape(relative(self.places.at(here), self.places.at(target)))

    def _edition(self, words: PlainWords, language: str) -> str:
        """Which edition it is, on the lists at the top."""
        tongue = _attributes(words.tag) if words.tag != language else ""
        return "".join(f'<p class="d"{tongue}>{escape(text)}</p>' for text in self.edition.sentences(words))

    def _dates(self, words: PlainWords) -> bytes:
        """The style sheet that says the same on all other pages of a language."""
        text = "\\00000a".join(_in_style(text) for text in self.edition.sentences(words))
        return f'.n::before{{content:"{text}";white-space:pre-line}}\n'.encode("ascii")

    def _dated(self, pack: PlainPack, words: PlainWords, path: str) -> str:
        """The foot of a page that does not name its edition: where that stands, and the sheet that shows it here."""
        here, tongue = f"{pack.folder}/{path}", _attributes(words.tag) if words.tag != pack.language else ""
        first = self._href(here, f"{pack.folder}/index.html")
        return (
            f'<footer{tongue}><p><a href="{first}">{escape(words.dated)}</a></p>'
            f'<p class="n"></p></footer><link rel="stylesheet" href="{self._href(here, pack.dates)}">'
        )

    def _page(self, language: str, words: PlainWords, title: str, nav: str, body: str, foot: str = "") -> bytes:
        return (
            # Many servers say another charset for every file; the mark of UTF-8 alone is stronger than what they say.
            "\ufeff"
            f'<!doctype html><html lang="{escape(language)}" dir="{_direction(language)}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
            f'<a class="s" href="#text">{escape(words.skip)}</a>{nav}<main id="text">{body}</main>'
            f"{foot}</body></html>\n"
        ).encode(errors="replace")


def _has(paths: frozenset[str], page: str) -> bool:
    if page.rpartition("/")[2] != "index.html":
        return page.removesuffix(".html") + ".md" in paths
    folder = page.removesuffix("index.html")
    return any(path.startswith(folder) for path in paths)


def _entry(href: str, title: str, note: str) -> str:
    small = f"<br><small>{escape(note)}</small>" if note else ""
    return f'<li><a class="e" href="{href}">{escape(title)}</a>{small}</li>'


def _tongue(href: str, pack: PlainPack) -> str:
    """A link to a page in another language, named in that language."""
    tag = escape(pack.language)
    return (
        f'<a class="e" href="{href}" lang="{tag}" hreflang="{tag}" dir="{_direction(pack.language)}">'
        f"{escape(_named(pack))}</a>"
    )


def _page_path(guide: str) -> str:
    return guide.removesuffix(".md") + ".html"


def _attributes(language: str) -> str:
    return f' lang="{language}" dir="{_direction(language)}"'


def _in_style(text: str) -> str:
    """Text inside a string of a style sheet (CSS Syntax 3, 4.3.7): whatever is no plain letter as six digits."""
    return "".join(one if one.isascii() and one.isalnum() else f"\\{ord(one):06x}" for one in text)


def _direction(language: str) -> str:
    return "rtl" if is_right_to_left(language) else "ltr"


def _day(time: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(time, tz=datetime.UTC).date()


def _date(day: datetime.date, language: str) -> str:
    return format_date(day, format="long", locale=language)


def _named(pack: PlainPack) -> str:
    """The language's name in that language, and the section if it is not the centre's own."""
    try:
        name = Locale.parse(pack.language, sep="-").get_display_name() or pack.language
    except (UnknownLocaleError, ValueError):
        name = pack.language
    return name if pack.section == MAIN else f"{name} · {pack.section}"
