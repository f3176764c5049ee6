"""VOTables of light curves: as astropy writes them, as Gaia's archive does, and some that must not be read."""

from pathlib import Path
from typing import Literal

import numpy as np

from tests.survey_files import gaia_rows

Form = Literal["tabledata", "binary", "binary2"]
N = 40
TIME = 57000.25 + np.arange(N) / 24
_GAIA_FIELDS = (
    ("source_id", "long", "", "meta.id;meta.main", ""),
    ("transit_id", "long", "", "meta.version", ""),
    ("band", "char", "", "instr.bandpass", 'arraysize="*"'),
    ("time", "double", "d", "time.epoch", 'ref="time_frame"'),
    ("mag", "double", "mag", "phot.mag;em.opt", ""),
    ("flux", "double", "'electron'.s**-1", "phot.flux;em.opt", ""),
    ("flux_error", "double", "'electron'.s**-1", "stat.error;phot.flux", ""),
    ("flux_over_error", "float", "", "stat.snr;phot.flux", ""),
    ("rejected_by_photometry", "boolean", "", "meta.code.status", ""),
    ("rejected_by_variability", "boolean", "", "meta.code.status", ""),
    ("other_flags", "long", "", "meta.code.status", ""),
    ("solution_id", "long", "", "meta.version", ""),
)


def astropy_votable(folder: Path, form: Form = "tabledata", *, name: str = "star.vot", seed: int = 0) -> Path:
    """A VOTable of MJD, flux, error, quality, a name, a yes or no and an array; one flux masked, one not a number."""
    from astropy.io.votable import from_table
    from astropy.table import MaskedColumn, Table

    rng = np.random.default_rng(seed)
    flux = 10 + 0.01 * rng.standard_normal(N)
    flux[7] = np.nan
    table = Table(
        {
            "mjd": TIME,
            "flux": MaskedColumn(flux, mask=np.arange(N) == 3, unit="mJy"),
            "flux_err": np.full(N, 0.01, np.float32),
            "quality": np.arange(N, dtype=np.int16) % 4,
            "target": ["AU Mic"] * N,
            "good": np.arange(N) % 2 == 0,
            "position": np.ones((N, 2)),
        }
    )
    table["mjd"].unit = "d"
    found = from_table(table)
    path = folder / name
    found.to_xml(str(path), tabledata_format=form, compressed=name.endswith(".gz"))
    return path


def gaia_votable(folder: Path, n: int = 45) -> Path:
    """Epoch photometry as Gaia's DataLink gives it."""
    fields = "\n".join(
        f'<FIELD name="{name}" datatype="{datatype}" ucd="{ucd}" {more}' + (f' unit="{unit}"' if unit else "") + "/>"
        for name, datatype, unit, ucd, more in _GAIA_FIELDS
    )
    rows = "\n".join(
        "<TR>" + "".join(f"<TD>{row[field[0]]}</TD>" for field in _GAIA_FIELDS) + "</TR>" for row in gaia_rows(n)
    )
    timesys = '<TIMESYS ID="time_frame" refposition="BARYCENTER" timeorigin="2455197.5" timescale="TCB"/>'
    return written(
        folder / "EPOCH_PHOTOMETRY-Gaia DR3.xml",
        f"{timesys}<TABLE>{fields}<DATA><TABLEDATA>{rows}</TABLEDATA></DATA></TABLE>",
    )


def small_table(
    *, fields: str = "", rows: str = "", before: str = "", attributes: str = "", data: str | None = None
) -> str:
    """The XML of a table of a time and a flux, or of what is given in their place."""
    fields = fields or '<FIELD name="time" datatype="double" unit="d"/><FIELD name="flux" datatype="float"/>'
    rows = rows or "".join(f"<TR><TD>{n}.5</TD><TD>{1 + n % 3}</TD></TR>" for n in range(12))
    data = f"<TABLEDATA>{rows}</TABLEDATA>" if data is None else data
    return f"{before}<TABLE {attributes}>{fields}<DATA>{data}</DATA></TABLE>"


def written(path: Path, inside: str, *, top: str = "") -> Path:
    """A VOTable file with ``inside`` as its resource."""
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{top}<VOTABLE version="1.4" '
        f'xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">{inside}</RESOURCE></VOTABLE>\n'
    )
    return path
