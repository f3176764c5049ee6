"""FITS files whose light curve is not the first table, or not the only one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.core.errors import ColumnsUnclear, ParamError
from desktop_app.core.quality import PRESETS, quality_names
from desktop_app.io import open_curve, summarise
from tests.fits_files import Arrays, Cards, k2_team_columns, mission_file, write_table, xray_columns, xray_file
from tests.survey_files import SOURCE_ID, gaia_rows
from tests.unit.io.test_fuzz import Mutation, card_edited, cut, cut_out, flipped, flipped_in_headers, holds

N = 24
TIME = 2144.0 + np.arange(N) / 48


def many_tables(path: Path, tables: Sequence[tuple[str, Arrays, Cards]], *, primary: Cards | None = None) -> Path:
    """A FITS file of several tables, each with an EXTNAME ("" for none) and cards of its own."""
    from astropy.io import fits

    found = fits.HDUList([fits.PrimaryHDU()])
    found[0].header.update(dict(primary or {}))
    for number, (name, columns, cards) in enumerate(tables):
        single = write_table(path.with_name(f"{number}.tmp"), columns, cards=cards)
        with fits.open(single) as file:
            table = file[1].copy()
        table.header.update({"EXTNAME": name} if name else {})
        found.append(table)
        single.unlink()
    found.writeto(path, checksum=True)
    return path


def curve(scale: float) -> dict[str, NDArray[np.generic]]:
    """Columns as K2SFF has them."""
    flux = scale * np.ones(N)
    return {"T": TIME, "FRAW": 0.9 * flux, "FCOR": flux, "ARCLENGTH": np.zeros(N), "CADENCENO": np.arange(N)}


def test_that_further_apertures_are_parts(tmp_path: Path) -> None:
    names = ("BESTAPER", "CIRC_APER0", "CIRC_APER1")
    cards: Cards = {"BJDREFI": 2454833, "OBJECT": "EPIC 60021426"}
    tables = [(name, curve(n + 1.0), cards) for n, name in enumerate(names)]
    path = many_tables(tmp_path / "k2sff.fits", tables, primary={"TELESCOP": "Kepler", "MISSION": "K2"})
    first = open_curve(path)
    assert (first.source.part, first.source.parts, first.flux[0]) == ("BESTAPER", names, 1.0)
    assert open_curve(path, part="CIRC_APER1").flux[0] == 3.0
    assert open_curve(path, part="CIRC_APER1").source.part == "CIRC_APER1"
    assert (summarise(path).object_name, summarise(path).rows) == ("EPIC 60021426", N)
    with pytest.raises(ParamError, match="no part called 'PRF'"):
        open_curve(path, part="PRF")


def test_that_tables_of_one_name_are_told_by_their_number(tmp_path: Path) -> None:
    tables = [("APER", curve(1.0), {"BJDREFI": 2454833}), ("APER", curve(2.0), {"BJDREFI": 2454833})]
    path = many_tables(tmp_path / "k2sff.fits", tables)
    assert open_curve(path).source.parts == ("APER (HDU 1)", "APER (HDU 2)")
    second = open_curve(path, part="APER (HDU 2)")
    assert (second.source.part, second.flux[0]) == ("APER (HDU 2)", 2.0)


def test_that_both_fluxes_of_k2sc_are_parts(tmp_path: Path) -> None:
    named: Cards = {"CREATOR": "k2sc"}
    tables = [(name, k2_team_columns("k2sc", seed=seed), named) for seed, name in enumerate(("PDC", "SAP"))]
    path = many_tables(tmp_path / "k2sc.fits", tables, primary={"TELESCOP": "Kepler", "MISSION": "K2"})
    found = open_curve(path)
    assert (found.source.part, found.source.parts) == ("PDC", ("PDC", "SAP"))
    expected = k2_team_columns("k2sc", seed=1)["flux"]
    np.testing.assert_array_equal(open_curve(path, part="SAP").flux, expected)


def test_that_a_rate_behind_other_tables_opens(tmp_path: Path) -> None:
    gaps = {"START": np.array([6e8]), "STOP": np.array([6.1e8])}
    units: Cards = {
        "TELESCOP": "NICER",
        "MJDREFI": 56658,
        "MJDREFF": 7.775925925925926e-4,
        "TIMEUNIT": "s",
        "TIMESYS": "TT",
    }
    tables = [("GTI", gaps, units), ("RATE", xray_columns(), units)]
    path = many_tables(tmp_path / "nicer.fits", tables)
    found = open_curve(path)
    assert (found.flux_name, len(found), found.reference.label) == ("RATE", 60, "MJD − 56658.00077759, TT")
    assert found.source.parts == ()
    assert summarise(path).rows == 60


def test_that_a_clear_table_is_taken_before_an_unclear_one(tmp_path: Path) -> None:
    unclear = {"TIME": TIME, "FLUX_A": TIME, "FLUX_B": TIME}
    tables = [("BOTH", unclear, {"TIMEUNIT": "d"}), ("SUM", {"MJD": 57000 + TIME, "RATE": TIME}, {"TIMEUNIT": "d"})]
    path = many_tables(tmp_path / "a.fits", tables)
    assert open_curve(path).flux_name == "RATE"


def test_that_an_unclear_table_shows_its_columns(tmp_path: Path) -> None:
    changes = {"FLUX_A": np.ones(60), "FLUX_B": np.arange(60.0)}
    path = xray_file(tmp_path, changes=changes, without=("RATE",))
    with pytest.raises(ColumnsUnclear) as unclear:
        open_curve(path)
    preview = unclear.value.preview
    assert preview.names == ("TIME", "ERROR", "FRACEXP", "FLUX_A", "FLUX_B")
    assert preview.units[:2] == ("s", "count/s")
    assert (preview.time, len(preview.rows), preview.rows[2][4]) == ("TIME", 12, "2.0")


def test_that_headers_longer_than_what_is_looked_at_first_open(tmp_path: Path) -> None:
    from astropy.io import fits

    path = mission_file(tmp_path)
    with fits.open(path) as file:
        for n in range(2500):
            file[0].header[f"K{n}"] = (n, "a card among many")
        file.writeto(tmp_path / "long.fits")
    found = open_curve(tmp_path / "long.fits")
    assert (found.flux_name, found.source.object_name, len(found)) == ("PDCSAP_FLUX", "TIC 261136679", 200)
    assert summarise(tmp_path / "long.fits").rows == 200


def test_that_a_table_of_several_filters_is_split(tmp_path: Path) -> None:
    from astropy.io import fits

    bands = np.where(np.arange(N) % 3, "r", "g")
    made = [
        fits.Column("MJD", "D", unit="d", array=57000 + TIME),
        fits.Column("MAG", "D", unit="mag", array=14 + np.arange(N) / 10),
        fits.Column("MAGERR", "D", unit="mag", array=np.full(N, 0.01)),
        fits.Column("FILTER", "2A", array=bands),
    ]
    path = tmp_path / "survey.fits"
    fits.BinTableHDU.from_columns(made).writeto(path)
    found = open_curve(path)
    assert (found.source.part, found.source.parts, found.flux_unit) == ("r", ("r", "g"), "mag")
    assert found.row.tolist() == np.flatnonzero(bands == "r").tolist()
    assert set(open_curve(path, part="g").flux_err) == {0.01}


def test_that_epoch_photometry_of_gaia_opens_from_fits(tmp_path: Path) -> None:
    from astropy.io import fits

    rows = gaia_rows()
    made = [
        fits.Column("source_id", "K", array=np.array([int(row["source_id"]) for row in rows])),
        fits.Column("band", "2A", array=np.array([row["band"] for row in rows])),
        fits.Column("time", "D", unit="d", array=np.array([float(row["time"]) for row in rows])),
        fits.Column("mag", "D", unit="mag", array=np.array([float(row["mag"] or "nan") for row in rows])),
        fits.Column("flux", "D", array=np.array([float(row["flux"]) for row in rows])),
        fits.Column("flux_error", "D", array=np.full(len(rows), 6.25)),
        fits.Column(
            "rejected_by_photometry", "L", array=np.array([row["rejected_by_photometry"] == "true" for row in rows])
        ),
    ]
    path = tmp_path / "gaia.fits"
    fits.BinTableHDU.from_columns(made).writeto(path)
    found = open_curve(path)
    assert (found.source.part, found.source.parts) == ("G", ("G", "BP", "RP"))
    assert (found.source.object_name, found.source.mission) == (f"Gaia {SOURCE_ID}", "Gaia")
    assert (found.reference.zero_jd, found.reference.scale) == (2455197.5, "TCB")
    assert found.usable.tolist() == [True, False, *[True] * 13]
    assert open_curve(path, part="RP", flux="flux").flux_unit == "e-/s"


@pytest.mark.parametrize(
    ("sector", "value", "name"),
    [
        (24, 4096, "Low precision (QLP)"),
        (60, 4096, "Scattered light"),
        (60, 1 << 30, "Low precision (QLP)"),
        (24, 32, "Desaturation event"),
        (24, 65536, "QLP's own bit 17"),
    ],
)
def test_that_qlp_flags_have_their_own_names(tmp_path: Path, sector: int, value: int, name: str) -> None:
    flags = np.where(np.arange(N) == 3, value, 0).astype(np.int32)
    made: Arrays = {"TIME": TIME, "SAP_FLUX": np.ones(N), "KSPSAP_FLUX": np.ones(N), "QUALITY": flags}
    primary: Cards = {"ORIGIN": "MIT/QLP", "TELESCOP": "TESS", "SECTOR": sector}
    path = write_table(tmp_path / "qlp.fits", made, primary=primary, cards={"BJDREFI": 2457000})
    found = open_curve(path)
    assert quality_names(found.source.bits, value) == [name]
    assert found.source.mission == "TESS"
    hidden = [not open_curve(path, quality=preset).usable[3] for preset in PRESETS]
    assert hidden == [False, value == 32, value != 65536, True]


def test_that_cdips_offers_fluxes_and_magnitudes_with_their_errors(tmp_path: Path) -> None:
    kinds = ("IFL", "IFE", "IRM", "IRE", "TFA", "PCA")
    made = {f"{kind}{n}": np.full(N, 10.0 * k + n) for k, kind in enumerate(kinds) for n in (1, 2, 3)}
    primary: Cards = {"ORIGIN": "CDIPS", "TELESCOP": "TESS", "BJDREFI": 0, "TIMESYS": "TDB"}
    units = {name: "ADU" if name[:2] == "IF" else "mag" for name in made}
    path = write_table(tmp_path / "a.fits", {"TMID_BJD": 2457000 + TIME, **made}, primary=primary, units=units)
    found = open_curve(path)
    assert (found.flux_name, found.flux_unit, found.in_magnitudes) == ("IFL1", "ADU", False)
    assert len(found.flux_choices) == 12
    for name, error in (("PCA2", 32.0), ("TFA3", 33.0), ("IRM1", 31.0), ("IFL2", 12.0)):
        chosen = open_curve(path, flux=name)
        assert chosen.flux_err[0] == error
        assert chosen.in_magnitudes == (name != "IFL2")


@pytest.mark.parametrize("mutation", [flipped, flipped_in_headers, cut, cut_out, card_edited])
def test_that_mutated_files_of_many_tables_open_or_are_refused(tmp_path: Path, mutation: Mutation) -> None:
    rng = np.random.default_rng(19)
    cards: Cards = {"MJDREFI": 56658, "TIMEUNIT": "s"}
    apertures: list[tuple[str, Arrays, Cards]] = [(name, curve(1.0), {"BJDREFI": 2454833}) for name in ("BEST", "C0")]
    behind: list[tuple[str, Arrays, Cards]] = [
        ("GTI", {"START": np.array([6e8]), "STOP": np.array([6.1e8])}, cards),
        ("RATE", xray_columns(), cards),
    ]
    made = [
        many_tables(tmp_path / f"{name}.fits", tables).read_bytes()
        for name, tables in zip("ab", (apertures, behind), strict=True)
    ]
    for n in range(120):
        holds(tmp_path / f"{n}.fits", mutation(made[n % 2], rng))
