"""Events of pictures as regions for DS9: the outline of each, on the sky where that is known, else in pixels.

The format is that of the DS9 reference manual, section Regions.
"""

from collections.abc import Iterator
from pathlib import Path

from desktop_app.core.errors import WriteError
from desktop_app.core.event_table import EventTable
from desktop_app.export.writer import Writer, write_together

_HEAD = ("# Region file format: DS9 version 4.1", "global color=green dashlist=8 3 width=1 select=1 edit=1 move=1")
_SKY = "POLYGON ICRS "
_RADIUS_PX, _RADIUS_ARCSEC = 5, 3


def write(table: EventTable, path: Path) -> list[Path]:
    """Write the outlines of ``table`` to ``path``.

    Raises
    ------
    WriteError
        These are no events of pictures, or the file cannot be written.
    """
    if not any(column.name == "region_pixels" for column in table.columns):
        raise WriteError(
            f"{path.name} would be a file of regions in pictures, and these are events in time.",
            hint="Let the name end in .csv or .ecsv.",
        )
    return write_together({path: "\n".join([*_HEAD, *_regions(table)]) + "\n"})


WRITER = Writer("ds9", "DS9 regions", ".reg", write, of="pictures")


def _regions(table: EventTable) -> Iterator[str]:
    columns = {column.name: column.values.tolist() for column in table.columns}
    several = len(set(zip(columns["file"], columns["part"], strict=True))) > 1
    for row in range(len(table)):
        cell = {name: values[row] for name, values in columns.items()}
        where = f" {Path(cell['file']).name} {cell['part']}".rstrip() if several else ""
        told = f"{cell['kind']} {cell['score']:.1f}{where}".replace("{", "(").replace("}", ")")
        tags = f"tag={{{cell['kind']}}} tag={{{'artefact' if cell['artefact'] else 'sky'}}}"
        yield f"{_shape(cell)} # text={{{told}}} {tags}"


def _shape(cell: dict[str, object]) -> str:
    """A polygon; of a stamp a circle about its place on the sky; DS9 counts pixels from 1."""
    sky, pixels = str(cell["region_sky"]), str(cell["region_pixels"])
    if sky.startswith(_SKY):
        return f"icrs; polygon({sky[len(_SKY) :].replace(' ', ',')})"
    ra, dec, x, y = (float(str(cell[name])) for name in ("ra", "dec", "x", "y"))
    if ra == ra and dec == dec:
        return f'icrs; circle({ra:.7f},{dec:.7f},{_RADIUS_ARCSEC}")'
    if pixels:
        return f"image; polygon({','.join(f'{float(one) + 1:.2f}' for one in pixels.split())})"
    return f"image; circle({x + 1:.2f},{y + 1:.2f},{_RADIUS_PX})"
