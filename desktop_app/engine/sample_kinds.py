"""The samples that are no light curves, as bytes: target pixels, a picture, telemetry, each with its truth."""

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.simulate_field import SimulatedField, simulate_field
from desktop_app.core.simulate_pixels import CADENCE_D, SIZE, TARGET, SimulatedPixels, simulate_pixels
from desktop_app.core.simulate_spacecraft import simulate_spacecraft
from desktop_app.core.simulate_telemetry import simulate_telemetry
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.core.timescales import BTJD_ZERO

if TYPE_CHECKING:
    from astropy.io.fits import HDUList, Header

Cards = Sequence[tuple[str, object, str]]

_ORIGIN: Cards = (("ORIGIN", "Peculiar simulation", "not observed: made by Peculiar"),)
_RA_DEG, _DEC_DEG = 84.291, -80.469
_TESS_PIXEL_DEG = 21 / 3600
_FIELD_PIXEL_DEG = 1.2 / 3600


def other_samples(*, seed: int = 0) -> dict[str, str | bytes]:
    """File names and contents of ``pixels_tp.fits``, ``field.fits``, ``telemetry.csv`` and ``spacecraft.npz``, with
    their truth."""
    spacecraft = simulate_spacecraft(seed=seed)
    pixels, field, telemetry = simulate_pixels(seed=seed), simulate_field(seed=seed), simulate_telemetry(seed=seed)
    return {
        "pixels_tp.fits": target_pixels_fits(pixels, seed),
        "pixels_tp_truth.json": _pixels_truth(pixels, seed),
        "field.fits": _field_fits(field, seed),
        "field_truth.json": _field_truth(field, seed),
        "telemetry.csv": _telemetry_csv(telemetry),
        "telemetry_labels.json": _labels_json(telemetry),
        "spacecraft.npz": _packed(spacecraft),
        "spacecraft_labels.json": _packed_labels(spacecraft),
    }


def target_pixels_fits(pixels: SimulatedPixels, seed: int) -> bytes:
    """A target pixel file as TESS writes them."""
    from astropy.io import fits

    count, dim = SIZE[0] * SIZE[1], f"({SIZE[1]},{SIZE[0]})"
    primary = fits.PrimaryHDU()
    _set(primary.header, _ORIGIN)
    _set(
        primary.header,
        (
            ("TELESCOP", "TESS", "telescope whose format this follows"),
            ("OBJECT", "Simulated: target pixels", "scenario"),
            ("SIMSEED", seed, "seed of the simulation"),
            ("RA_OBJ", _RA_DEG, "[deg] right ascension"),
            ("DEC_OBJ", _DEC_DEG, "[deg] declination"),
        ),
    )
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("TIME", "D", unit="BJD - 2457000, days", array=pixels.time),
            fits.Column("CADENCENO", "J", array=np.arange(1, len(pixels.time) + 1)),
            fits.Column("FLUX", f"{count}E", unit="e-/s", dim=dim, array=pixels.frames),
            fits.Column("FLUX_ERR", f"{count}E", unit="e-/s", dim=dim, array=pixels.errors),
            fits.Column("QUALITY", "J", array=pixels.quality),
        ],
        name="PIXELS",
    )
    _set(table.header, _PIXEL_TIMES)
    _set(table.header, _pixel_wcs())
    aperture = fits.ImageHDU(pixels.aperture, name="APERTURE")
    return _bytes_of(fits.HDUList([primary, table, aperture]))


_PIXEL_TIMES: Cards = (
    ("OBJECT", "Simulated: target pixels", "scenario"),
    ("TELESCOP", "TESS", "telescope whose format this follows"),
    ("TIMEREF", "SOLARSYSTEM", "barycentric correction applied to times"),
    ("TIMESYS", "TDB", "time system is Barycentric Dynamical Time (TDB)"),
    ("BJDREFI", int(BTJD_ZERO), "integer part of BTJD reference date"),
    ("BJDREFF", 0.0, "fraction of the day in BTJD reference date"),
    ("TIMEUNIT", "d", "time unit for TIME"),
    ("TIMEDEL", CADENCE_D, "[d] time resolution of data"),
)


def _pixel_wcs() -> Cards:
    """Where the third column, FLUX, is on the sky and on the detector."""
    return (
        ("1CTYP3", "RA---TAN", "right ascension, gnomonic projection"),
        ("2CTYP3", "DEC--TAN", "declination, gnomonic projection"),
        ("1CRPX3", TARGET[0] + 1, "[pixel] reference pixel along axis 1"),
        ("2CRPX3", TARGET[1] + 1, "[pixel] reference pixel along axis 2"),
        ("1CRVL3", _RA_DEG, "[deg] right ascension at the reference pixel"),
        ("2CRVL3", _DEC_DEG, "[deg] declination at the reference pixel"),
        ("1CUNI3", "deg", "unit of axis 1"),
        ("2CUNI3", "deg", "unit of axis 2"),
        ("1CDLT3", -_TESS_PIXEL_DEG, "[deg] pixel scale"),
        ("2CDLT3", _TESS_PIXEL_DEG, "[deg] pixel scale"),
        ("1CRV3P", 1024, "[pixel] detector column of the first pixel"),
        ("2CRV3P", 512, "[pixel] detector row of the first pixel"),
    )


def _pixels_truth(pixels: SimulatedPixels, seed: int) -> str:
    events = [
        {
            "kind": event.kind,
            "star": star,
            "t_start": round(float(pixels.time[event.start]), 7),
            "t_peak": round(float(pixels.time[event.peak]), 7),
            "t_end": round(float(pixels.time[event.stop - 1]), 7),
            "row_start": event.start,
            "row_end": event.stop - 1,
            "depth": round(event.depth, 6),
        }
        for star, event in zip(("target", "neighbour"), pixels.planted, strict=True)
    ]
    return json.dumps(
        {"object": "Simulated: target pixels", "seed": seed, "time": "BTJD, TDB", "events": events}, indent=1
    )


def _field_fits(field: SimulatedField, seed: int) -> bytes:
    from astropy.io import fits

    primary = fits.PrimaryHDU()
    _set(primary.header, _ORIGIN)
    _set(
        primary.header,
        (
            ("OBJECT", "Simulated: star field", "scenario"),
            ("SIMSEED", seed, "seed of the simulation"),
            ("DATE-OBS", "2026-01-01T03:12:00", "start of the exposure"),
            ("EXPTIME", 120.0, "[s] exposure time"),
            ("TIMESYS", "UTC", "time system of DATE-OBS"),
        ),
    )
    ny, nx = field.pixels.shape
    wcs: Cards = (
        ("BUNIT", "adu", "unit of the pixels"),
        ("CTYPE1", "RA---TAN", "right ascension, gnomonic projection"),
        ("CTYPE2", "DEC--TAN", "declination, gnomonic projection"),
        ("CRPIX1", (nx + 1) / 2, "[pixel] reference pixel along axis 1"),
        ("CRPIX2", (ny + 1) / 2, "[pixel] reference pixel along axis 2"),
        ("CRVAL1", _RA_DEG, "[deg] right ascension at the reference pixel"),
        ("CRVAL2", _DEC_DEG, "[deg] declination at the reference pixel"),
        ("CDELT1", -_FIELD_PIXEL_DEG, "[deg] pixel scale"),
        ("CDELT2", _FIELD_PIXEL_DEG, "[deg] pixel scale"),
        ("RADESYS", "ICRS", "frame of the coordinates"),
    )
    science = fits.ImageHDU(field.pixels, name="SCI")
    _set(science.header, wcs)
    return _bytes_of(fits.HDUList([primary, science, fits.ImageHDU(field.quality, name="DQ")]))


def _field_truth(field: SimulatedField, seed: int) -> str:
    boxes = [{"kind": box.kind, "x0": box.x0, "x1": box.x1, "y0": box.y0, "y1": box.y1} for box in field.planted]
    return json.dumps({"object": "Simulated: star field", "seed": seed, "pixels": "from 0", "boxes": boxes}, indent=1)


def _telemetry_csv(telemetry: Telemetry) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("timestamp", *(channel.name for channel in telemetry.channels)))
    dates = np.datetime64(round(telemetry.zero_unix_s), "s") + telemetry.time.astype("timedelta64[s]")
    for date, row in zip(dates, telemetry.values, strict=True):
        values = (_told(value, channel) for value, channel in zip(row, telemetry.channels, strict=True))
        writer.writerow((f"{date}Z", *values))
    return buffer.getvalue()


def _told(value: float, channel: Channel) -> str:
    return channel.states[int(value)] if channel.states else f"{value:.4g}"


def _labels_json(telemetry: Telemetry) -> str:
    """The faults by channel, in rows from 0, the last one included."""
    told: dict[str, list[dict[str, object]]] = {}
    for label in telemetry.labels:
        stretch = {"row_start": label.start, "row_end": label.stop - 1, "kind": label.kind}
        told.setdefault(label.channel, []).append(stretch)
    return json.dumps(told, indent=1)


def _packed(telemetry: Telemetry) -> bytes:
    """Every measured channel with its commands, test and training apart, as arrays of numpy."""
    commands = [place for place, channel in enumerate(telemetry.channels) if channel.role == "command"]
    arrays: dict[str, NDArray[np.generic]] = {}
    for place, channel in enumerate(telemetry.channels):
        if channel.role != "measured":
            continue
        for stretch, data in (("train", telemetry.training), ("test", telemetry)):
            if data is not None:
                arrays[f"{channel.name}.{stretch}.value"] = np.round(data.values[:, place], 4).astype(np.float32)
                arrays[f"{channel.name}.{stretch}.commands"] = data.values[:, commands].astype(np.uint8)
    buffer = io.BytesIO()
    # Not compressed: what zlib makes of it depends on its version.
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # its stubs take names of arrays for its own options
    return buffer.getvalue()


def _packed_labels(telemetry: Telemetry) -> str:
    """The faults by channel as intervals of rows in test, the last one included."""
    measured = [channel.name for channel in telemetry.channels if channel.role == "measured"]
    told = {
        name: {
            "spacecraft": "SIM",
            "test_len": len(telemetry),
            "train_len": 0 if telemetry.training is None else len(telemetry.training),
            "anomalies": [[label.start, label.stop - 1, label.kind] for label in telemetry.labels_on(name)],
        }
        for name in measured
    }
    return json.dumps(told, indent=1)


def _set(header: "Header", cards: Cards) -> None:
    for keyword, value, comment in cards:
        header[keyword] = (value, comment)


def _bytes_of(hdus: "HDUList") -> bytes:
    buffer = io.BytesIO()
    hdus.writeto(buffer)
    return buffer.getvalue()
