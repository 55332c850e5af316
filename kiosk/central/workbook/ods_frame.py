"""The parts of an ODS file that are the same for every workbook: styles, settings, manifest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from kiosk.central.workbook.model import Page, places, width

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("chart", "chart"),
        ("number", "datastyle"),
        ("meta", "meta"),
        ("config", "config"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
    )
)
SPACES = (
    f'{_SPACES} xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.3"'
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
HEAD = f"{_XML}<office:document-content {SPACES}>"

_NUMBERS = """
<number:number-style style:name="n-count"><number:number number:decimal-places="0"
 number:min-decimal-places="0" number:min-integer-digits="1" number:grouping="true"/>
</number:number-style>
<number:number-style style:name="n-hours"><number:number number:decimal-places="2"
 number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/>
</number:number-style>
<number:number-style style:name="n-thousandths"><number:number number:decimal-places="3"
 number:min-decimal-places="3" number:min-integer-digits="1" number:grouping="true"/>
</number:number-style>
<number:percentage-style style:name="n-share"><number:number number:decimal-places="1"
 number:min-decimal-places="1" number:min-integer-digits="1"/><number:text>%</number:text>
</number:percentage-style>
<number:time-style style:name="n-duration" number:truncate-on-overflow="false"><number:hours/>
<number:text>:</number:text><number:minutes number:style="long"/>
<number:text>:</number:text><number:seconds number:style="long"/></number:time-style>
<number:date-style style:name="n-day"><number:day number:style="long"/>
<number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text>
<number:year number:style="long"/></number:date-style>
<number:date-style style:name="n-when"><number:day number:style="long"/>
<number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text>
<number:year number:style="long"/><number:text> </number:text><number:hours number:style="long"/>
<number:text>:</number:text><number:minutes number:style="long"/></number:date-style>
""".replace("\n", "")

_TOTAL = (
    '<style:table-cell-properties fo:background-color="#e5e7eb" fo:border-top="0.5pt solid #000"/>'
    '<style:text-properties fo:font-weight="bold"/>'
)
_TOP = '<style:table-cell-properties style:vertical-align="top"/>'
_LOOKS = {
    "title": '<style:text-properties fo:font-size="16pt" fo:font-weight="bold"/>',
    "part": '<style:text-properties fo:font-size="12pt" fo:font-weight="bold"/>',
    "note": '<style:text-properties fo:color="#4b5563"/>',
    "head": '<style:table-cell-properties fo:background-color="#1f2937" fo:wrap-option="wrap"'
    ' style:vertical-align="middle" fo:border="0.5pt solid #9ca3af"/>'
    '<style:text-properties fo:color="#ffffff" fo:font-weight="bold"/>',
    "wrapped": '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>',
    "text": _TOP,
}
_TYPED = ("count", "hours", "thousandths", "share", "duration", "day", "when")


def _cell_styles() -> Iterator[str]:
    for name, look in _LOOKS.items():
        yield f'<style:style style:name="{name}" style:family="table-cell">{look}</style:style>'
    for name in ("text", "wrapped"):
        yield (
            f'<style:style style:name="{name}-total" style:family="table-cell">{_TOTAL}'
            "</style:style>"
        )
    for name in _TYPED:
        for total, look in (("", _TOP), ("-total", _TOTAL)):
            yield (
                f'<style:style style:name="{name}{total}" style:family="table-cell"'
                f' style:data-style-name="n-{name}">{look}</style:style>'
            )


def _paper(name: str, pages: int) -> str:
    """A4 across, as wide as its table; on so many pages (0: as many as it takes)."""
    return (
        f'<style:page-layout style:name="{name}"><style:page-layout-properties'
        ' fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape"'
        f' fo:margin="1.5cm" style:scale-to-X="1" style:scale-to-Y="{pages}"/></style:page-layout>'
    )


STYLES = (
    f"{_XML}<office:document-styles {SPACES}><office:styles>"
    '<style:default-style style:family="table-cell"><style:text-properties'
    ' fo:font-size="10pt" fo:language="fr" fo:country="FR"/></style:default-style>'
    f"{_NUMBERS}{''.join(_cell_styles())}</office:styles><office:automatic-styles>"
    f"{_paper('long', 0)}{_paper('one', 1)}</office:automatic-styles>"
    '<office:master-styles><style:master-page style:name="Default" style:page-layout-name="long"/>'
    '<style:master-page style:name="Whole" style:page-layout-name="one"/>'
    "</office:master-styles></office:document-styles>"
)


def widths(pages: Sequence[Page]) -> Iterator[str]:
    """Styles of the columns and of the pages; 0.19 cm a letter."""
    used = {width(page, column) for page in pages for column in range(_columns(page))}
    for letters in sorted(used):
        yield (
            f'<style:style style:name="w{letters}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{0.19 * letters + 0.2:.2f}cm"/>'
            "</style:style>"
        )
    yield (
        '<style:style style:name="line" style:family="table-row"><style:table-row-properties'
        ' style:use-optimal-row-height="true"/></style:style>'
        + "".join(
            f'<style:style style:name="{name}" style:family="table"'
            f' style:master-page-name="{master}"><style:table-properties table:display="true"/>'
            "</style:style>"
            for name, master in (("page", "Default"), ("whole", "Whole"))
        )
    )


def _columns(page: Page) -> int:
    return max((len(table.heads) for table in page.tables), default=1)


def meta(title: str, stamp: str) -> str:
    return (
        f"{_XML}<office:document-meta {SPACES}><office:meta>"
        "<meta:generator>fablab-kiosk</meta:generator>"
        f"<dc:title>{escape(title)}</dc:title><meta:creation-date>{stamp}</meta:creation-date>"
        f"<dc:date>{stamp}</dc:date></office:meta></office:document-meta>"
    )


def settings(pages: Sequence[Page]) -> str:
    """The heads of each page stay in sight, as does its first column."""

    def item(name: str, kind: str, value: object) -> str:
        return (
            f'<config:config-item config:name="{name}" config:type="{kind}">{value}'
            "</config:config-item>"
        )

    told = []
    for page in pages:
        first = places(page)[0].first if page.tables else 1
        told.append(
            f"<config:config-item-map-entry config:name={quoteattr(page.name)}>"
            + item("HorizontalSplitMode", "short", 2)
            + item("VerticalSplitMode", "short", 2)
            + item("HorizontalSplitPosition", "int", 1)
            + item("VerticalSplitPosition", "int", first)
            + item("ActiveSplitRange", "short", 3)
            + item("PositionRight", "int", 1)
            + item("PositionBottom", "int", first)
            + "</config:config-item-map-entry>"
        )
    return (
        f"{_XML}<office:document-settings {SPACES}><office:settings>"
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'{item("ViewId", "string", "view1")}<config:config-item-map-named config:name="Tables">'
        + "".join(told)
        + "</config:config-item-map-named></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>"
    )


def manifest(mime: str, names: Sequence[str], objects: Sequence[str]) -> str:
    def entry(path: str, kind: str) -> str:
        return f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'

    charts = "".join(
        entry(f"{name}/", "application/vnd.oasis.opendocument.chart") for name in objects
    )
    return (
        f'{_XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
        f'manifest:1.0" manifest:version="1.3">{entry("/", mime)}'
        + "".join(entry(name, "text/xml") for name in names)
        + charts
        + "</manifest:manifest>"
    )
