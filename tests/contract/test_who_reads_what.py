"""Tables of light and tables of channels look alike: each goes to the reader that is for it."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.io import READERS
from desktop_app.io.source import read_head
from tests.fits_files import write_table

TEXT = {
    "time and flux": ("time,flux,flux_err\n1,2,.1\n2,3,.1\n", "text"),
    "magnitudes": ("time,mag\n1,2\n2,3\n", "text"),
    "a rate": ("time,rate,error\n1,2,.1\n2,3,.1\n", "text"),
    "a mission's": ("BTJD,PDCSAP_FLUX,QUALITY,CADENCENO,MOM_CENTR1\n1,2,0,3,4\n2,3,0,4,4\n", "text"),
    "flux against dates": ("time,flux\n2020-01-01T00:00:00,2\n2020-01-02T00:00:00,3\n", "text"),
    "magnitudes against dates": ("date,mag,band\n2020-01-01T00:00:00,12,V\n2020-01-02T00:00:00,13,V\n", "text"),
    "two columns without names": ("1 5\n2 4\n3 6\n", "text"),
    "three columns without names": ("1 5 .1\n2 4 .1\n3 6 .1\n", "text"),
    "filters as names": ("HJD,B,V,R\n2450000,1,2,3\n2450001,2,3,4\n", "text"),
    "several fluxes": ("time,flux_a,flux_b\n1,2,3\n2,3,4\n", "text"),
    "nothing told": ("x,y\n1,2\n2,1\n", "text"),
    "channels": ("timestamp,bus_v,wheel,temp\n1,2,3,4\n2,3,4,5\n", "telemetry-text"),
    "channels against dates": ("time,volt,temp\n2020-01-01T00:00:00Z,2,3\n2020-01-01T00:00:10Z,3,4", "telemetry-text"),
    "one channel against dates": ("timestamp,value\n2014-02-14 14:30:00,1\n2014-02-14 14:35:00,2\n", "telemetry-text"),
    "a long table": ("channel,timestamp,value\nA,2020-01-01T00:00:00Z,2\nA,2020-01-01T00:00:10Z,3\n", "telemetry-long"),
    "a magnetic field": ("time,mag_x,mag_y,mag_z\n1,2,3,4\n2,3,4,5\n", "telemetry-text"),
    "turning rates": ("time,rate_x,rate_y,rate_z\n1,2,3,4\n2,3,4,5\n", "telemetry-text"),
    "one flux among many": (
        "time," + ",".join(f"ch{n}" for n in range(15)) + ",solar_flux\n" + 3 * (",".join("1" * 17) + "\n"),
        "telemetry-text",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(TEXT))
def test_that_a_table_in_text_goes_to_its_reader(tmp_path: Path, name: str) -> None:
    text, expected = TEXT[name]
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert first_taker(path) == expected


@pytest.mark.parametrize(
    ("names", "units", "expected"),
    [
        (("TIME", "RATE", "ERROR"), ("s", "count/s", "count/s"), "rate-table"),
        (("TIME", "FLUX"), ("d", "e-/s"), "flux-table"),
        (("MJD", "MAG", "MAGERR"), ("d", "mag", "mag"), "rate-table"),
        (("TIME", "BUS_V", "WHEEL", "TEMP"), ("s", "V", "rpm", "K"), "housekeeping"),
        (("TIME", "MAG_X", "MAG_Y", "MAG_Z"), ("s", "nT", "nT", "nT"), "housekeeping"),
        (("TIME", *(f"CH{n}" for n in range(20)), "TOT_XRAY_RATE_ALL"), ("s", *20 * ("V",), "count/s"), "housekeeping"),
    ],
    ids=["rate", "flux", "magnitude", "channels", "magnetic field", "one rate among many"],
)
def test_that_a_fits_table_goes_to_its_reader(
    tmp_path: Path, names: tuple[str, ...], units: tuple[str, ...], expected: str
) -> None:
    columns = {name: 5e4 + np.arange(20.0) for name in names}
    path = write_table(
        tmp_path / "table.fits",
        columns,
        cards={"MJDREFI": 55197, "TIMESYS": "TT"},
        units=dict(zip(names, units, strict=True)),
    )
    assert first_taker(path) == expected


def first_taker(path: Path) -> str | None:
    """The reader that gets the file."""
    head = read_head(path)
    readers = {name: READERS[name] for name in READERS if not READERS[name].of_folders}
    return next((name for name, reader in readers.items() if reader.accepts(path, head)), None)
