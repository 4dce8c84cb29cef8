"""croissant.json: a release for machines that read Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html).

Each Parquet file is one FileObject with its sha256, at the address of its version, so that a reader gets what was published or
an error. Each split is a RecordSet; one that lies in several files is one RecordSet a file, because mlcroissant 1.1 reads no
RecordSet of several FileObjects. There is no `datePublished`: a release names no date, and the Hub has that of its tag.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from unisandbox.cards.citation import AUTHOR, PAPER_URL, release_entry
from unisandbox.cards.croissant_fields import fields
from unisandbox.cards.metadata import row_names, splits_by_config, tags
from unisandbox.cards.place import HUB, resolve_url
from unisandbox.cards.prose import Prose, one_line
from unisandbox.errors import DataError, Violation
from unisandbox.schemas.manifest import Manifest, Shard

CROISSANT: Final = "croissant.json"
CONFORMS_TO: Final = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
PARQUET: Final = "application/x-parquet"  # mlcroissant reads no other name of it
LICENCE_URL: Final = "https://creativecommons.org/licenses/by/4.0/"
TWEMOJI_URL: Final = "https://github.com/jdecked/twemoji"

PLAIN_TERMS: Final = (
    *("annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "examples", "excludes", "extract"),
    *(
        "field",
        "fileObject",
        "fileProperty",
        "fileSet",
        "format",
        "includes",
        "isArray",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
    ),
    *("parentField", "path", "readLines", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "sdVersion"),
    *("separator", "source", "subField", "transform", "unArchive", "value"),
)
CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "prov": "http://www.w3.org/ns/prov#",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in PLAIN_TERMS},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}
REQUIRED: Final = (  # of the specification, and of what NeurIPS asks of data sets; the validator misses most of them
    *(
        "@context",
        "@type",
        "name",
        "description",
        "conformsTo",
        "license",
        "version",
        "creator",
        "citeAs",
        "keywords",
        "inLanguage",
    ),
    *(
        "distribution",
        "recordSet",
        "rai:dataLimitations",
        "rai:dataBiases",
        "rai:personalSensitiveInformation",
        "rai:dataUseCases",
    ),
    *("rai:dataSocialImpact", "rai:hasSyntheticData", "rai:dataCollection", "rai:dataCollectionType"),
    *("rai:dataReleaseMaintenancePlan", "prov:wasDerivedFrom", "prov:wasGeneratedBy"),
)
REQUIRED_OF_FILE: Final = ("@id", "name", "contentUrl", "contentSize", "encodingFormat", "sha256")


def croissant_text(manifest: Manifest, prose: Prose, repo: str | None = None) -> str:
    """Return the text of croissant.json.

    Args:
        manifest: What the folder holds.
        prose: The sentences for it.
        repo: Where it is published; without one, files are named by their path in the folder.
    """
    document = {**_head(manifest, prose, repo), **_responsibility(manifest, prose)}
    document["distribution"] = [_file_object(manifest, shard, repo) for shard in manifest.shards]
    document["recordSet"] = [*_record_sets(manifest)]
    check_required(document)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def check_required(document: dict[str, Any]) -> None:
    """Check that nothing which a reader needs is absent or empty; raises `DataError` with all that is."""
    wrong = [_absent(CROISSANT, key) for key in REQUIRED if not document.get(key)]
    for number, file in enumerate(document.get("distribution", ())):
        wrong += [_absent(f"{CROISSANT}: distribution[{number}]", key) for key in REQUIRED_OF_FILE if not file.get(key)]
    if wrong:
        raise DataError(wrong)


def _absent(where: str, key: str) -> Violation:
    return Violation(f"{where}: {key}", "nothing", "a value", "say it in the manifest or in cards/prose")


def _head(manifest: Manifest, prose: Prose, repo: str | None) -> dict[str, Any]:
    page = f"{HUB}/datasets/{repo}" if repo else ""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": manifest.name,
        "description": one_line(prose.card["purpose"]["lead"]),
        "conformsTo": list(CONFORMS_TO),
        "license": LICENCE_URL,
        **({"url": page} if page else {}),
        "version": manifest.version,
        "creator": {"@type": "sc:Organization", "name": AUTHOR},
        "citeAs": release_entry(manifest, repo),
        "keywords": tags(manifest),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "isLiveDataset": False,
    }


def _responsibility(manifest: Manifest, prose: Prose) -> dict[str, Any]:
    """Return the fields of responsible AI, from the same sentences as the card's."""
    card, pictured = prose.card, manifest.images is not None
    art = [TWEMOJI_URL] if manifest.images is not None and manifest.images["art"] == "twemoji" else []
    tools = ", ".join(f"{name} {version}" for name, version in sorted(manifest.versions.items()))
    return {
        "rai:dataCollection": card["collection"]["text"],
        "rai:dataCollectionType": "Synthetic",
        "rai:hasSyntheticData": True,
        "rai:dataLimitations": [one_line(point) for point in prose.points("limits", pictured=pictured)],
        "rai:dataBiases": [one_line(point) for point in prose.points("biases", pictured=pictured)],
        "rai:personalSensitiveInformation": " ".join(map(one_line, prose.points("personal"))),
        "rai:dataUseCases": [
            *card["uses"]["intended"],
            *(f"Out of scope: {point}" for point in card["uses"]["out_of_scope"]),
        ],
        "rai:dataSocialImpact": one_line(card["impact"]["text"]),
        "rai:dataReleaseMaintenancePlan": one_line(f"{card['maintenance']['text']} {card['maintenance']['numbers']}"),
        "prov:wasDerivedFrom": [PAPER_URL, *art],
        "prov:wasGeneratedBy": f"{one_line(card['made']['text'])} Software: {tools or 'unisandbox'}.",
    }


def _file_object(manifest: Manifest, shard: Shard, repo: str | None) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": shard.path,
        "name": shard.path.rpartition("/")[2],
        "description": f"{shard.rows} rows of the split {shard.split} of the config {shard.config}.",
        "contentUrl": resolve_url(repo, manifest.version, shard.path) if repo else shard.path,
        "contentSize": f"{shard.size_bytes} B",
        "encodingFormat": PARQUET,
        "sha256": shard.sha256,
    }


def _record_sets(manifest: Manifest) -> Iterator[dict[str, Any]]:
    rows = row_names(manifest)
    for config, splits in splits_by_config(manifest.shards).items():
        for split, shards in splits.items():
            for number, shard in enumerate(shards, start=1):
                part = f"/{number}" if len(shards) > 1 else ""
                told = f", part {number} of {len(shards)}" if len(shards) > 1 else ""
                name = f"{config}/{split}{part}"
                yield {
                    "@type": "cr:RecordSet",
                    "@id": name,
                    "name": name,
                    "description": f"The split {split} of the config {config}{told}: {shard.rows} rows.",
                    "key": {"@id": f"{name}/id"},
                    "field": [*fields(rows[config], name, shard.path)],
                }
