"""A Word file as bytes: the parts of a package, zipped. The same content gives the same bytes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from policygen.files.office import zipped
from policygen.ground.colours import darkened
from policygen.word import styles
from policygen.word.flow import Flow
from policygen.word.layout import paragraphs
from policygen.word.markup import Writer
from policygen.word.pictures import Sized, sized
from policygen.word.xml import HEAD, NAMES, element, tagged, text

_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = {
    "document": ("rDocument", "document.main", "officeDocument"),
    "styles": ("rStyles", "styles", "styles"),
    "numbering": ("rNumbering", "numbering", "numbering"),
    "settings": ("rSettings", "settings", "settings"),
    "footnotes": ("rFootnotes", "footnotes", "footnotes"),
    "header": ("rHeader", "header", "header"),
    "footer": ("rFooter", "footer", "footer"),
}


@dataclass(frozen=True)
class Cover:
    """What a file says about itself and on every page."""

    title: str
    author: str
    head: tuple[str, str]
    """Left and right at the head of each page."""
    foot: str
    colour: str
    language: str = "en-GB"
    properties: Mapping[str, str] = field(default_factory=dict)
    """`policygen.kind` and the like, for who reads the file back."""
    day: datetime.date = datetime.date(1980, 1, 1)
    """Of the tracked changes."""


def docx(flow: Flow, cover: Cover, images: Mapping[str, bytes]) -> bytes:
    """The bytes of a Word file."""
    brand = darkened(cover.colour).removeprefix("#").upper()
    pictures = _pictures(flow, images)
    tracking = any(piece.change for para in paragraphs(flow.body) for piece in para.pieces)
    writer = Writer(
        {series.name: number for number, series in enumerate(flow.series, 1)},
        {note.id: number for number, note in enumerate(flow.notes, 1)},
        pictures,
        cover.day,
        brand,
        tracking,
    )
    pages = {turned: styles.section_xml(landscape=turned) for turned in (False, True)}
    body = writer.body(flow, pages)
    notes = {writer.notes[note.id]: writer.note(note) for note in flow.notes}
    parts = {
        "word/document.xml": HEAD + tagged("w:document", NAMES, body),
        "word/styles.xml": styles.styles_xml(brand, cover.language),
        "word/numbering.xml": styles.numbering_xml(flow.series),
        "word/settings.xml": styles.settings_xml(tracking=tracking),
        "word/footnotes.xml": styles.notes_xml(notes),
        "word/header.xml": styles.header_xml(*cover.head),
        "word/footer.xml": styles.footer_xml(cover.foot),
        "docProps/core.xml": _core(cover),
        "docProps/app.xml": _app(),
        "docProps/custom.xml": _custom(cover.properties),
    }
    files = {name: content.encode() for name, content in parts.items()}
    for picture in {each.relation: each for each in pictures.values()}.values():
        files[f"word/media/{picture.relation}{picture.ending}"] = picture.content
    files["word/_rels/document.xml.rels"] = _document_relations(writer, pictures).encode()
    files["word/_rels/footnotes.xml.rels"] = _links(writer).encode()
    files["_rels/.rels"] = _package_relations().encode()
    files["[Content_Types].xml"] = _types().encode()
    return zipped(files)


def _pictures(flow: Flow, images: Mapping[str, bytes]) -> dict[str, Sized]:
    paras = [*paragraphs(flow.body), *(para for note in flow.notes for para in note.paras)]
    found = {piece.picture.path: None for para in paras for piece in para.pieces if piece.picture}
    return {
        path: sized(path, images[path], f"rPicture{number}") for number, path in enumerate(found, 1)
    }


def _types() -> str:
    endings = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "png": "image/png",
        "jpeg": "image/jpeg",
    }
    parts = {f"/word/{name}.xml": f"{_CONTENT}.{kind}+xml" for name, (_, kind, _) in _PARTS.items()}
    parts |= {
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        "/docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    }
    said = [
        tagged("Default", {"Extension": end, "ContentType": kind}) for end, kind in endings.items()
    ]
    said += [
        tagged("Override", {"PartName": name, "ContentType": kind}) for name, kind in parts.items()
    ]
    return HEAD + tagged("Types", {"xmlns": f"{_PACKAGE}/content-types"}, *said)


def _relation(identity: str, kind: str, target: str, mode: str = "") -> str:
    said = {"Id": identity, "Type": kind, "Target": target}
    if mode:
        said["TargetMode"] = mode
    return tagged("Relationship", said)


def _relations(*relations: str) -> str:
    return HEAD + tagged("Relationships", {"xmlns": _RELATIONS}, *relations)


def _package_relations() -> str:
    core = f"{_PACKAGE}/relationships/metadata/core-properties"
    return _relations(
        _relation("rDocument", f"{_OFFICE}/officeDocument", "word/document.xml"),
        _relation("rCore", core, "docProps/core.xml"),
        _relation("rApp", f"{_OFFICE}/extended-properties", "docProps/app.xml"),
        _relation("rCustom", f"{_OFFICE}/custom-properties", "docProps/custom.xml"),
    )


def _document_relations(writer: Writer, pictures: Mapping[str, Sized]) -> str:
    parts = [
        _relation(identity, f"{_OFFICE}/{kind}", f"{name}.xml")
        for name, (identity, _, kind) in _PARTS.items()
        if name != "document"
    ]
    shown = [
        _relation(each.relation, f"{_OFFICE}/image", f"media/{each.relation}{each.ending}")
        for each in pictures.values()
    ]
    return _relations(*parts, *shown, *_addresses(writer))


def _links(writer: Writer) -> str:
    return _relations(*_addresses(writer))


def _addresses(writer: Writer) -> list[str]:
    return [
        _relation(identity, f"{_OFFICE}/hyperlink", address, "External")
        for address, identity in writer.links.items()
    ]


def _core(cover: Cover) -> str:
    names = {
        "xmlns:cp": f"{_PACKAGE}/metadata/core-properties",
        "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    }
    return HEAD + tagged(
        "cp:coreProperties",
        names,
        element("dc:title", text(cover.title)),
        element("dc:creator", text(cover.author)),
        element("dc:language", text(cover.language)),
    )


def _app() -> str:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return HEAD + tagged("Properties", {"xmlns": space}, element("Application", "policygen"))


def _custom(properties: Mapping[str, str]) -> str:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
    values = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
    form = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
    said = [
        tagged(
            "property",
            {"fmtid": form, "pid": number, "name": name},
            element("vt:lpwstr", text(value)),
        )
        for number, (name, value) in enumerate(properties.items(), 2)
    ]
    return HEAD + tagged("Properties", {"xmlns": space, "xmlns:vt": values}, *said)
