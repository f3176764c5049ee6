"""What columns of brightness, time and filter are called, and which tables are light curves by the names alone."""

import re
from dataclasses import dataclass
from functools import cached_property
from math import isnan

from desktop_app.core.light_curve import magnitudes_in
from desktop_app.io.curves.time_zero import reference_in

TIME_NAMES = ("time", "t", "times", "time_d", "time_days", "obstime", "obs_time", "timestamp", "date")
# What is better corrected stands first.
FLUX_NAMES = (
    "pdcsap_flux",
    "kspsap_flux",
    "det_flux",
    "corr_flux",
    "cor_flux",
    "fcor",
    "flux_corr",
    "detrended_flux",
    "flux",
    "rel_flux",
    "relative_flux",
    "norm_flux",
    "normalized_flux",
    "sap_flux",
    "raw_flux",
    "net_rate",
    "rate",
    "count_rate",
    "counts",
    "ujy",
    "mjy",
)
MAGNITUDE_NAMES = ("mag", "magnitude", "mags", "magnitudes", "mag_psf", "magpsf", "psfmag", "psf_mag")
QUALITY_NAMES = (
    "quality",
    "sap_quality",
    "qual",
    "quality_flag",
    "quality_flags",
    "flags",
    "tess_flags",
    "catflags",
    "quality_bits",
)
CADENCE_NAMES = ("cadenceno", "cadence", "cadence_no", "cadence_num", "cadence_number", "cadn")
BAND_NAMES = ("band", "filter", "filtercode", "filter_code", "filt", "passband", "bandpass", "phot_filter", "fid")
OBJECT_NAMES = (
    "source_id",
    "oid",
    "object",
    "object_name",
    "objectid",
    "object_id",
    "objid",
    "star_name",
    "star",
    "target",
    "target_name",
    "asas_sn_id",
    "masterid",
    "name",
)
ERROR_ENDINGS = ("_err", "_error", "err", "error", "_unc", "_uncertainty", "_sigma")
FLUX_ERROR_NAMES = (
    "flux_err",
    "flux_error",
    "fluxerr",
    "e_flux",
    "flux_unc",
    "flux_uncertainty",
    "sigma_flux",
    "err_rate",
)
MAGNITUDE_ERROR_NAMES = ("mag_err", "magerr", "mag_error", "merr", "e_mag", "sigmapsf", "sigma_mag", "mag_unc", "emag")
LONE_ERROR_NAMES = ("err", "error", "e", "sigma", "uncertainty", "unc", "dy", "std")
NOT_TIME = ("err", "corr", "unc", "exp")
_NOT_FLUX = ("err", "unc", "bkg", "back", "sky", "sigma", "flag", "qual", "over_", "limit", "_lim", "ratio")
_NOT_MAGNITUDE = (
    *_NOT_FLUX,
    "cmag",
    "kmag",
    "limmag",
    "magzp",
    "zp",
    "zero",
    "mag5",
    "tmag",
    "kepmag",
    "tessmag",
    "ref",
)
_MAGNITUDE = re.compile(r"mags?|magnitudes?|[a-z]{1,9}_?mag|mag_?(?:[a-z]{1,3}\d?|\d{1,2})|w\dmpro|[a-z]psfmag")
_RATE = re.compile(r"(?:rate|counts?)_?\d{1,2}|(?:net_?|src_?|count_?|cts?_?)rate(?:_?\w{1,8})?")
_FLUX_UNIT = re.compile(
    r"(?:e-|electrons?|counts?|ct|cts|adu|photons?|ph)\W{0,6}/?\W{0,3}(?:s|sec|cm)?\b.{0,12}"
    r"|[mnuμµ]?jy\b|.{0,3}erg\b.{0,24}"
)
_CHANNEL_NAMES = ("channel", "parameter", "param", "sensor", "mnemonic", "signal", "tag", "point", "variable")
_FIELD_AXES = ("mag_x", "mag_y", "mag_z", "magx", "magy", "magz")
_FEW_COLUMNS = 3
_SHORT_TABLE = 8
_LEAST_SHARE = 4
_MANY_UNNAMED = 6


@dataclass(frozen=True)
class TextColumn:
    """One column: its name, unit and UCD as the file writes them, and its place."""

    name: str
    unit: str
    place: int
    ucd: str = ""

    @cached_property
    def key(self) -> str:
        """The name in lower case, with words joined by underscores."""
        return re.sub(r"[\s.\-]+", "_", self.name.strip().lower()).strip("_") or self.name.strip().lower()

    @property
    def is_magnitude(self) -> bool:
        """Whether it holds the star's magnitudes; not their errors, limits or zero points."""
        if self.ucd.startswith("phot.mag"):
            return True
        if any(word in self.key for word in _NOT_MAGNITUDE) or self.ucd.startswith("stat.error"):
            return False
        return _MAGNITUDE.fullmatch(self.key) is not None or not isnan(magnitudes_in(self.unit))

    @property
    def is_flux(self) -> bool:
        """Whether it holds the star's flux, rate or counts; not errors, background or flags."""
        if self.ucd.startswith(("phot.flux", "phot.count")):
            return True
        if any(word in self.key for word in _NOT_FLUX) or self.ucd.startswith(("stat.error", "time.", "pos.")):
            return False
        return self.key in FLUX_NAMES or "flux" in self.key or _RATE.fullmatch(self.key) is not None

    @property
    def is_brightness(self) -> bool:
        """Whether the name, UCD or unit tells of the brightness of something."""
        if self.is_flux or self.is_magnitude:
            return True
        other = any(word in self.key for word in _NOT_FLUX) or self.key in LONE_ERROR_NAMES
        return not other and _FLUX_UNIT.fullmatch(self.unit.strip().lower()) is not None


def first_called(columns: tuple[TextColumn, ...], names: tuple[str, ...]) -> TextColumn | None:
    """The first column that is called by one of ``names``, which are tried in their order."""
    return next((column for name in names for column in columns if column.key == name), None)


def listed(columns: tuple[TextColumn, ...]) -> str:
    """The names of the columns, for a message."""
    names = [column.name[:40] for column in columns]
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def tells_of_light(columns: tuple[TextColumn, ...]) -> bool:
    """Whether the table is about the brightness of something, by the names, UCDs and units of its columns.

    One column with a usual name is enough. One that merely sounds or measures like it is enough in a short table; in
    a long one, that of a spacecraft's housekeeping say, a quarter of the columns have to. Three axes of a magnetic
    field are no magnitudes.
    """
    fields = [column for column in columns if column.key in _FIELD_AXES]
    bright = [column for column in columns if column.is_brightness and (len(fields) < 2 or column not in fields)]
    if any(column.key in (*FLUX_NAMES, *MAGNITUDE_NAMES) or column.ucd.startswith("phot.") for column in bright):
        return True
    return bool(bright) and (len(columns) <= _SHORT_TABLE or len(bright) * _LEAST_SHARE >= len(columns))


def may_be_light_curve(columns: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...]) -> bool:
    """Whether a table with these columns, of which ``numbers`` hold numbers, can be a light curve.

    It is where the columns tell of light. Where they do not, tables of up to three columns may be, and those whose
    time is corrected to the Sun or the barycentre, which nothing but a star needs; a table of several numbers beside
    the time, or of channel, time and value, is something else.
    """
    if tells_of_light(columns):
        return True
    if first_called(columns, _CHANNEL_NAMES) is not None:
        return False
    if len(columns) <= _FEW_COLUMNS:
        return True
    spelt = [reference_in(f"{column.name} {column.unit}") for column in numbers]
    return any(time is not None and (time.barycentric or time.name.startswith("HJD")) for time in spelt)


def may_be_unnamed_light_curve(width: int) -> bool:
    """Whether a table of ``width`` columns without names can be a light curve."""
    return width <= _MANY_UNNAMED
