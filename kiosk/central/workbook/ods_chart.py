"""Charts of an ODS file: each an object of its own, over the cells of its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from kiosk.central.workbook import ods_frame
from kiosk.central.workbook.model import Chart, Page, Place, Shape, places, width

_CLASS = {Shape.BARS: "chart:bar", Shape.COLUMNS: "chart:bar", Shape.PIE: "chart:circle"}
_COLOURS = ("#2563eb", "#d97706", "#059669", "#7c3aed", "#dc2626", "#0891b2", "#65a30d", "#6b7280")


def objects(pages: Sequence[Page]) -> dict[str, str]:
    """The content of each chart, by the name of its object."""
    found = {}
    for page in pages:
        laid = places(page)
        for number, chart in enumerate(page.charts):
            if laid[chart.table].table.rows:
                found[name(page, number)] = _object(page, chart, laid[chart.table])
    return found


def name(page: Page, number: int) -> str:
    """Of an object; letters of ASCII alone, since it is a path in the file."""
    return f"Chart{'-'.join(str(ord(c)) for c in page.name[:2])}-{number + 1}"


def frames(page: Page, laid: Sequence[Place], columns: int) -> Iterator[str]:
    """Where the charts are: beside the tables, one under the other."""
    shown = [number for number, one in enumerate(page.charts) if laid[one.table].table.rows]
    if not shown:
        return
    left = sum(0.19 * width(page, column) + 0.2 for column in range(columns)) + 1
    yield "<table:shapes>"
    for place, number in enumerate(shown):
        chart = page.charts[number]
        area = _area(page, laid[chart.table], 0, max(chart.values))
        yield (
            f'<draw:frame draw:name="chart{number + 1}" svg:x="{left:.2f}cm"'
            f' svg:y="{0.8 + 8.4 * place:.2f}cm" svg:width="14.8cm" svg:height="7.9cm">'
            f"<draw:object draw:notify-on-update-of-ranges={quoteattr(area)}"
            f' xlink:href="./{name(page, number)}" xlink:type="simple" xlink:show="embed"'
            ' xlink:actuate="onLoad"/>'
            f"<svg:title>{escape(chart.title)}</svg:title><svg:desc>{escape(chart.alt)}</svg:desc>"
            "</draw:frame>"
        )
    yield "</table:shapes>"


def paper(page: Page, laid: Sequence[Place], columns: int) -> str:
    """What is printed of a page with charts: LibreOffice reckons by cells alone."""
    if not page.charts or not laid:
        return ""
    rows = max(laid[-1].last + 3, 20 * len(page.charts))
    area = f"'{page.name}'.A1:'{page.name}'.{_letters(columns + 8)}{rows}"
    return f" table:print-ranges={quoteattr(area)}"


def _object(page: Page, chart: Chart, place: Place) -> str:
    pie, bars = chart.shape is Shape.PIE, chart.shape is Shape.BARS
    plot = ' chart:vertical="true"' if bars else ""
    legend = pie or not chart.numbered
    shown = (
        f'<chart:legend chart:legend-position="{"end" if pie else "bottom"}"/>' if legend else ""
    )
    series = "".join(
        f'<chart:series chart:style-name="s{number}" chart:class="{_CLASS[chart.shape]}"'
        f" chart:values-cell-range-address={quoteattr(_column(page, place, value))}"
        f" chart:label-cell-address={quoteattr(_head(page, place, value))}>"
        + "".join(_point(n) for n in range(len(place.table.rows) if pie else 0))
        + "</chart:series>"
        for number, value in enumerate(chart.values)
    )
    axes = (
        '<chart:axis chart:dimension="x" chart:name="primary-x" chart:style-name="axis-x">'
        f"<chart:categories table:cell-range-address={quoteattr(_column(page, place, 0))}/>"
        '</chart:axis><chart:axis chart:dimension="y" chart:name="primary-y"'
        ' chart:style-name="axis"/>'
    )
    return (
        f"{ods_frame.HEAD}<office:automatic-styles>{_styles(plot, bars, chart.numbered)}"
        "</office:automatic-styles><office:body><office:chart>"
        f'<chart:chart chart:class="{_CLASS[chart.shape]}" svg:width="14.8cm" svg:height="7.9cm">'
        f"<chart:title><text:p>{escape(chart.title)}</text:p></chart:title>{shown}"
        '<chart:plot-area chart:style-name="plot" chart:data-source-has-labels="both"'
        f" table:cell-range-address={quoteattr(_area(page, place, 0, max(chart.values)))}>"
        f'{axes}{series}<chart:wall chart:style-name="wall"/></chart:plot-area></chart:chart>'
        "</office:chart></office:body></office:document-content>"
    )


def _styles(plot: str, bars: bool, numbered: bool) -> str:
    def style(name: str, chart: str, more: str = "") -> str:
        return (
            f'<style:style style:name="{name}" style:family="chart">'
            f"<style:chart-properties {chart}/>{more}</style:style>"
        )

    shown = 'chart:display-label="true"'
    # Bars grow from the top down, as the lines of their table do.
    across = ' chart:reverse-direction="true"' if bars else ""
    found = [
        style("plot", f'chart:include-hidden-cells="false"{plot}'),
        style("wall", "", '<style:graphic-properties draw:fill="none" draw:stroke="none"/>'),
        style("axis", shown),
        style("axis-x", shown + across),
    ]
    for number, colour in enumerate(_COLOURS):
        fill = f'<style:graphic-properties draw:fill="solid" draw:fill-color="{colour}"/>'
        label = f'chart:data-label-number="{"value" if numbered else "none"}"'
        found.append(style(f"s{number}", label, fill))
    return "".join(found)


def _point(number: int) -> str:
    return f'<chart:data-point chart:style-name="s{number % len(_COLOURS)}"/>'


def _address(page: Page, column: int, row: int) -> str:
    return f"'{page.name}'.${_letters(column)}${row + 1}"


def _column(page: Page, place: Place, column: int) -> str:
    return f"{_address(page, column, place.first)}:{_address(page, column, place.last)}"


def _head(page: Page, place: Place, column: int) -> str:
    return _address(page, column, place.heads)


def _area(page: Page, place: Place, first: int, last: int) -> str:
    return f"{_address(page, first, place.heads)}:{_address(page, last, place.last)}"


def _letters(column: int) -> str:
    """No chart is of a column beyond Z."""
    return chr(ord("A") + column)
