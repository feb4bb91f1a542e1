"""``schema-org.jsonld``: the dataset for search engines (schema.org Dataset; the fields that Google's search reads)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mandate_graph.publish.described.dcat import Said
from mandate_graph.publish.described.facts import Facts, Named
from mandate_graph.publish.dumps import Download
from mandate_graph.publish.site import Site

__all__ = ["as_file", "schema_org"]

_READ_BY_PEOPLE = {"context", "csvw"}
"""What goes with other files, and is no data by itself."""


def schema_org(site: Site, known: Facts, said: Said, downloads: Sequence[Download]) -> dict[str, Any]:
    """The description as JSON-LD; a text of several languages is a list of texts, each with its own."""
    themes = (*known.themes, *known.topics)
    described: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": known.dataset,
        "name": _texts(known.title),
        "description": _texts(known.description),
        "url": site.address(site.page("data", site.languages[0])),
        "identifier": [known.dataset, known.version],
        "version": known.number,
        "datePublished": known.issued,
        "dateModified": known.modified,
        "license": known.license,
        "usageInfo": _texts(known.rights),
        "creator": _agent(known.publisher, said),
        "publisher": _agent(known.publisher, said),
        "inLanguage": list(known.languages),
        "keywords": sorted({name for theme in themes for name in theme.names.values()}),
        "temporalCoverage": f"{known.start}/{known.end}" if known.start else "",
        "spatialCoverage": [_place(site, country) for country in known.countries],
        "isBasedOn": [each.url for each in known.captures if each.url],
        "distribution": [_download(site, each) for each in downloads if each.form not in _READ_BY_PEOPLE],
    }
    return {name: value for name, value in described.items() if value}


def as_file(described: Mapping[str, Any]) -> bytes:
    """The same as the text of a file."""
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _texts(by_language: Mapping[str, str]) -> Any:
    """A text; where there are several, or it is known in which language, each says its own."""
    texts = [{"@language": code, "@value": text} if code else text for code, text in sorted(by_language.items())]
    return texts[0] if len(texts) == 1 else texts


def _agent(agent: Named, said: Said) -> dict[str, Any]:
    described: dict[str, Any] = {"@type": "Organization", "@id": agent.iri, "name": _texts(agent.names)}
    if said.contact:
        name = "email" if said.contact.startswith("mailto:") else "url"
        described["contactPoint"] = {"@type": "ContactPoint", name: said.contact.removeprefix("mailto:")}
    return described


def _place(site: Site, country: Named) -> dict[str, Any]:
    served = {code: name for code, name in country.names.items() if code in site.languages} or country.names
    return {"@type": "Country", "@id": country.iri, "name": _texts(served)}


def _download(site: Site, each: Download) -> dict[str, str]:
    return {
        "@type": "DataDownload",
        "name": each.name,
        "contentUrl": site.address(each.path),
        # one media type for what is in it; where it is packed, that is what arrives
        "encodingFormat": each.served,
        "contentSize": f"{each.size} B",
        "sha256": each.sha256,
    }
