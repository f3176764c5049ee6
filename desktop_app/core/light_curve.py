"""Brightness against time: frozen, read-only, checked once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from math import isnan

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, frozen_floats, frozen_ints
from desktop_app.core.errors import ParamError
from desktop_app.core.quality import Preset, hidden_by_quality
from desktop_app.core.source import Source
from desktop_app.core.timescales import TimeReference

_MAGNITUDES = frozenset({"mag", "mags", "magnitude", "magnitudes", "abmag", "vegamag", "stmag"})


@dataclass(frozen=True, eq=False)
class Series:
    """A further column of a light curve: values of shape (n,) and their unit as the file writes it."""

    values: Floats
    unit: str = ""


@dataclass(frozen=True, eq=False)
class LightCurve:
    """Brightness against time; all rows of the file are here, also those that nobody should look at.

    Attributes
    ----------
    source : Source
    time : ndarray, shape (n,)
        Days since ``reference.zero_jd``; NaN where the file has none. Finite times never decrease.
    flux, flux_err : ndarray, shape (n,)
        In ``flux_unit``; NaN where the file has none. Without errors in the file, ``flux_err`` is all NaN.
    flux_name, flux_unit : str
        The column that ``flux`` was taken from, and its unit ("" for a relative flux). Magnitudes stay magnitudes:
        see `in_magnitudes`.
    reference : TimeReference
    quality : ndarray, shape (n,)
        The mission's QUALITY bits; 0 where the file has none.
    preset : str
        Which QUALITY bits hide a row: none, default, hard or hardest.
    cadence : ndarray, shape (n,)
        The mission's cadence numbers; the row numbers where the file has none.
    row : ndarray, shape (n,)
        Row numbers in the file, from 0.
    columns : mapping of str to Series
        Every further numeric column: other fluxes, errors, background, centroids.
    flux_choices : tuple of str
        Names in ``columns`` that can stand in for the flux, ``flux_name`` among them.
    flux_origin : str
        What the flux was made of, where it is no column of the file: the pixels that were summed.
    pieces : tuple of Source
        Of a curve that was stitched: where its pieces come from, in the order of time; () for any other.
    piece : ndarray, shape (n,)
        Which of ``pieces`` each row is from, and which file ``row`` counts in; 0 where nothing was stitched.
    """

    source: Source
    time: Floats
    flux: Floats
    flux_err: Floats
    flux_name: str = "flux"
    flux_unit: str = ""
    reference: TimeReference = field(default_factory=TimeReference)
    quality: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    preset: Preset = "default"
    cadence: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    row: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    columns: Mapping[str, Series] = field(default_factory=dict)
    flux_choices: tuple[str, ...] = ()
    flux_origin: str = ""
    pieces: tuple[Source, ...] = ()
    piece: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        n = len(self.time)
        for name in ("time", "flux", "flux_err"):
            object.__setattr__(self, name, frozen_floats(getattr(self, name)))
        for name, missing in (("quality", np.zeros(n)), ("row", np.arange(n)), ("piece", np.zeros(n))):
            given = getattr(self, name)
            object.__setattr__(self, name, frozen_ints(given if len(given) or not n else missing))
        cadence = self.cadence if len(self.cadence) or not n else self.row
        object.__setattr__(self, "cadence", frozen_ints(cadence))
        for name in ("flux", "flux_err", "quality", "cadence", "row", "piece"):
            if getattr(self, name).shape != (n,):
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, not ({n},)")
        known = self.time[np.isfinite(self.time)]
        if np.any(known[1:] < known[:-1]):
            raise ValueError("time goes back")

    def __len__(self) -> int:
        return len(self.time)

    @cached_property
    def usable(self) -> Bools:
        """Where a detector may look: time and flux are finite and the preset does not hide the row; shape (n,)."""
        seen = np.isfinite(self.time) & np.isfinite(self.flux)
        return seen & ~hidden_by_quality(self.quality, self.source.bits, self.preset)

    @property
    def in_magnitudes(self) -> bool:
        """Whether ``flux`` holds magnitudes: more is fainter."""
        return not isnan(magnitudes_in(self.flux_unit))

    @cached_property
    def joins(self) -> Ints:
        """The rows at which another piece begins, of which a change of level says nothing; shape (pieces - 1,)."""
        found = [np.flatnonzero(self.piece == place)[:1] for place in range(1, len(self.pieces))]
        return np.sort(np.concatenate([np.zeros(0, np.int64), *found])).astype(np.int64)

    @cached_property
    def digest(self) -> str:
        """sha256 over all that scores can depend on: a copied file has the same, a changed one another."""
        from desktop_app.core.systematics import instrument_columns

        what = [self.source.mission, self.preset, self.source.flags, "magnitudes" if self.in_magnitudes else ""]
        state = sha256("/".join(["light curve", *what]).rstrip("/").encode())
        for array in (self.time, self.flux, self.flux_err, self.quality, *instrument_columns(self)):
            state.update(array.data)
        if self.pieces:
            state.update(self.joins.data)
        return state.hexdigest()


def magnitudes_in(unit: str) -> float:
    """How many magnitudes the unit is; NaN where it is none of magnitudes."""
    words = re.sub(r"[^a-z]+", " ", unit.lower()).split()
    if any(word in _MAGNITUDES for word in words):
        return 1.0
    return 1e-3 if "mmag" in words else float("nan")


def with_flux(curve: LightCurve, name: str) -> LightCurve:
    """``curve`` with the column ``name`` as its flux.

    Raises
    ------
    ParamError
        ``name`` is not a flux column of this curve.
    """
    if name == curve.flux_name:
        return curve
    if name not in curve.flux_choices:
        raise ParamError(
            f"There is no flux column called {name!r}.", hint=f"The flux columns are: {', '.join(curve.flux_choices)}."
        )
    errors = curve.columns.get(f"{name}_ERR")
    return replace(
        curve,
        flux=curve.columns[name].values,
        flux_err=errors.values if errors else np.full(len(curve), np.nan),
        flux_name=name,
        flux_unit=curve.columns[name].unit,
    )


def with_preset(curve: LightCurve, preset: Preset) -> LightCurve:
    """``curve`` with another choice of the QUALITY bits that hide a row."""
    return curve if preset == curve.preset else replace(curve, preset=preset)
