"""Where a feed comes from: a folder of JSON files or the address of its gbfs.json."""

import json
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.utils.translation import gettext_noop as _

from fleet.importing.errors import UnusableInput
from fleet.importing.findings import Findings
from fleet.importing.gbfs.fetch import LARGEST_BYTES, MB, TOO_LARGE, Site, Unreadable, host
from fleet.importing.gbfs.languages import merged
from tomp.language import TAG
from tomp.sentences import Sentence

INDEX = "gbfs"
NAMES_DECIDE = _("not readable, so the file names decide: %(reason)s")
NOT_READ = _("listed in gbfs.json, but not read: %(reason)s")
NAMES = (
    "system_information",
    "system_regions",
    "system_hours",
    "system_calendar",
    "system_alerts",
    "system_pricing_plans",
    "vehicle_types",
    "vehicle_status",
    "free_bike_status",
    "station_information",
    "station_status",
    "geofencing_zones",
)

Document = dict[str, Any]
Load = Callable[[str, str], Document]  # (feed name, its address) → document; raises Unreadable
Links = dict[str, dict[str, str]]  # language → feed name → address; language "" in GBFS 3.x


@dataclass(frozen=True)
class Feed:
    """The documents of one system as they were written, by feed name; texts of all languages in one."""

    origin: str
    version: str
    language: str
    documents: dict[str, Document]

    def data(self, name: str) -> Document:
        """The `data` of the document; empty if it is missing or no object."""
        data = self.documents.get(name, {}).get("data")
        return data if isinstance(data, dict) else {}


def read(where: str, findings: Findings, *, is_guarded: bool = False) -> Feed:
    """The feed found there; what could not be read is among the findings. Raises UnusableInput.

    A guarded address may lead to the public internet only (tomp/egress.py).
    """
    if where.startswith(("http://", "https://")):
        return _feed(where, *_at_url(where, findings, is_guarded), findings)
    return _feed(where, *_in_folder(Path(where), findings), findings)


def read_files(files: Mapping[str, bytes], origin: str, findings: Findings) -> Feed:
    """The feed in these files, by feed name. Raises UnusableInput."""

    def content(name: str) -> bytes:
        if name not in files:
            raise Unreadable(_("the file is not there"))
        return files[name]

    return _feed(origin, *_among(content, set(files), findings), findings)


def _feed(where: str, load: Load, links: Links, version: str, findings: Findings) -> Feed:
    documents = _documents(load, links, findings)
    if not documents:
        raise UnusableInput(_("There is no GBFS to read in %(name)s."), name=where)
    version = version or next((v for d in documents.values() if (v := version_of(d))), "")
    if not re.match(r"[23]\.", version):
        raise UnusableInput(
            _("%(name)s states GBFS version %(version)s; 2.x and 3.x can be imported."),
            name=where, version=version or Sentence(_("none")),
        )  # fmt: skip
    return Feed(where, version, _language(documents, links), documents)


def version_of(document: Document) -> str:
    """The stated version as a number: "2.3" also for "v2.3"."""
    return str(document.get("version") or "").strip().lstrip("vV")


def _at_url(url: str, findings: Findings, is_guarded: bool) -> tuple[Load, Links, str]:
    def tell(target: str, other: str) -> None:
        findings.about(INDEX).warn(other, _("another host was asked, after a redirect"), target)

    def load(name: str, address: str) -> Document:
        return _parsed(site.fetch(_absolute(url, address)))

    site = Site(tell, is_guarded=is_guarded)
    try:
        index = load(INDEX, url)
    except Unreadable as error:
        raise UnusableInput(_("Cannot read %(name)s: %(reason)s."), name=url, reason=error.sentence) from error
    links = _links(index)
    hosts = {host(_absolute(url, link)) for block in links.values() for link in block.values()}
    for other in sorted(hosts - {host(url), ""}):
        findings.about(INDEX).note(other, _("feeds come from another host than gbfs.json"))
    return load, links, version_of(index)


def _absolute(url: str, link: str) -> str:
    """The link as seen from the list; unchanged if it is no link at all."""
    try:
        return urljoin(url, link)
    except ValueError:
        return link


def _in_folder(folder: Path, findings: Findings) -> tuple[Load, Links, str]:
    if folder.is_file():
        folder = folder.parent
    if not folder.is_dir():
        raise UnusableInput(_("%(name)s is neither an http(s) address nor a folder."), name=folder)

    there = {path.stem for path in folder.glob("*.json")}
    return _among(lambda name: _content(folder / f"{name}.json"), there, findings)


def _among(content: Callable[[str], bytes], names: Set[str], findings: Findings) -> tuple[Load, Links, str]:
    """Of files with these names, whose content the function gives."""

    def load(name: str, address: str) -> Document:
        return _parsed(content(name))

    there = {name: "" for name in NAMES if name in names}
    if INDEX not in names:
        return load, {"": there}, ""
    try:
        index = load(INDEX, "")
    except Unreadable as error:
        findings.about(INDEX).warn("", Sentence(NAMES_DECIDE, reason=error.sentence))
        return load, {"": there}, ""
    links = dict(list(_links(index).items())[:1]) or {"": there}  # files hold one language
    for name in sorted(there.keys() - set(*links.values())):
        findings.about(name).note("", _("is in the folder, but not listed in gbfs.json: not read"))
    return load, links, version_of(index)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise Unreadable(TOO_LARGE, mb=LARGEST_BYTES // MB)
        return path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(_("the file is not in the folder")) from None
    except OSError as error:
        raise Unreadable(str(error.strerror)) from error


def _parsed(body: bytes) -> Document:
    try:
        # NaN and Infinity are no JSON and no PostgreSQL value either.
        document = json.loads(body, parse_constant=lambda _name: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("not JSON: %(reason)s"), reason=error) from error
    if not isinstance(document, dict):
        raise Unreadable(_("not a JSON object"))
    return document


def _links(index: Document) -> Links:
    """GBFS 3.x has one list of feeds, 2.x one per language."""
    data = index.get("data")
    if not isinstance(data, dict):
        return {}
    blocks = {"": data} if "feeds" in data else data
    return {
        language: {
            str(feed.get("name")): str(feed.get("url")) for feed in block.get("feeds") or [] if isinstance(feed, dict)
        }
        for language, block in blocks.items()
        if isinstance(block, dict) and isinstance(block.get("feeds"), list)
    }


def _documents(load: Load, links: Links, findings: Findings) -> dict[str, Document]:
    """Every listed document that can be read, each address fetched once."""
    documents = {}
    for name in NAMES:
        addresses: dict[str, str] = {}  # address → the first language that names it
        for language, block in links.items():
            if name in block:
                addresses.setdefault(block[name], language)
        by_language = {}
        for address, language in addresses.items():
            try:
                by_language[language] = load(name, address)
            except Unreadable as error:
                findings.about(name).warn("", Sentence(NOT_READ, reason=error.sentence))
        if by_language:
            documents[name] = merged(by_language)
    return documents


def _language(documents: dict[str, Document], links: Links) -> str:
    """The language of texts that name none."""
    data = documents.get("system_information", {}).get("data")
    stated = data if isinstance(data, dict) else {}
    languages = stated.get("languages")
    candidates = [stated.get("language"), *(languages if isinstance(languages, list) else ()), *links]
    return next((c for c in candidates if isinstance(c, str) and TAG.match(c)), "en")
