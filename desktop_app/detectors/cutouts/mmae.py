"""Flags stamps whose picture and numbers do not go together, also where each alone is usual."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.cutouts import CutoutSet, only_stamps
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.images.objects import Objects, box
from desktop_app.core.pair_reasons import Column, reasons_of
from desktop_app.core.pair_scores import PairCalibration, PairScores, Parts
from desktop_app.core.pairs import Pairs
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part, silent
from desktop_app.detectors.cutouts.mmae_model import PairModel, learnt, loaded, named_columns, parts_of
from desktop_app.nets.device import Device, chosen_device
from desktop_app.nets.multimodal import Reading
from desktop_app.nets.schedule import Schedule

THRESHOLD = 3.0
_FEWEST = 40
_SEEN, _FEWEST_EPOCHS, _MOST_EPOCHS = 16_000, 12, 80
_STOPPED_BY = 0.15
_GPU_FROM = 20_000
_ROBUST = (0.25, 0.5, 0.75)


class MmaeParams(Params):
    """The settings of the autoencoder of pictures with numbers."""

    columns: str = setting(
        "",
        title="Columns",
        help="The numbers to hold against the pictures, with commas; nothing for all that a picture may tell.",
    )
    weights: str = setting(
        "",
        title="Weights",
        help="A folder that 'peculiar train mmae' wrote, or mmae for that of simulated ground, which ships; nothing to "
        "learn from these stamps themselves.",
    )
    folds: int = setting(
        3,
        title="Folds",
        help="The stamps are parted into so many; each is looked at by a network that learnt from the others.",
        ge=2,
        le=10,
    )
    epochs: int = setting(
        0,
        title="Epochs",
        help="At most so many turns through the stamps; 0 takes the more of them the fewer stamps there are.",
        zero="automatic",
        ge=0,
        le=5000,
        advanced=True,
    )
    turned: bool = setting(
        True,
        title="Turned",
        help="Whether a picture that is turned or mirrored says the same; it then learns from all of them.",
        advanced=True,
    )
    device: Device = setting(
        Device.AUTO, title="Device", help="Where to compute: auto takes a GPU where that is worth it.", advanced=True
    )
    seed: int = setting(0, title="Seed", help="The same seed gives the same scores.", ge=0, le=2**31, advanced=True)


@dataclass(frozen=True, eq=False)
class _Looked:
    """What the networks make of a set: what was read, the pairs as they saw them, raw scores, and by which network."""

    reading: Reading
    pairs: Pairs
    parts: Parts
    by: Ints


_Learnt = tuple[Ints, tuple[PairModel, ...], _Looked]
_KEPT = 2
_learnt: OrderedDict[tuple[str, str], _Learnt] = OrderedDict()
"""What was learnt from the last few sets: who asks again, for a heat map, need not wait for it."""


class Mmae:
    """Pictures and numbers in one latent space; scores are calibrated on pairs that nothing was learnt from."""

    def __init__(self, params: MmaeParams) -> None:
        self._params = params
        self._models: tuple[PairModel, ...] = ()
        self._fold: Ints = np.zeros(0, np.int64)
        self._digest = ""
        self._calibration: PairCalibration | None = None
        self._kept: _Looked | None = None

    def fit(self, data: CutoutSet, report: Report) -> Self:
        """Load the weights, or learn from the stamps themselves, each network from all folds but its own."""
        self._kept = None
        if self._params.weights:
            model = loaded(self._params.weights, data)
            self._models, self._calibration = (model,), model.calibration
            self._fold, self._digest = np.zeros(len(data), np.int64), ""
            report(1.0, "Weights read")
            return self
        columns = named_columns(data, self._params.columns)
        if len(data) < _FEWEST:
            raise FitError(
                f"There are {len(data)} stamps; at least {_FEWEST} are needed to learn which pictures and numbers go "
                "together.",
                hint="Open more of them, or name weights that were trained on others like them.",
            )
        key = data.digest, self._params.model_dump_json()
        if key not in _learnt:
            _learnt[key] = self._learn(data, columns, report)
            while len(_learnt) > _KEPT:
                _learnt.popitem(last=False)
        self._fold, self._models, self._kept = _learnt[key]
        self._digest = data.digest
        self._calibration = PairCalibration.fitted(self._kept.parts, clean=False)
        report(1.0, "Learnt")
        return self

    def _learn(self, data: CutoutSet, columns: tuple[str, ...], report: Report) -> _Learnt:
        """A network for each fold, and what they make of the stamps that they did not learn from."""
        many = self._params.folds
        self._fold = np.random.default_rng(self._params.seed).permutation(len(data)).astype(np.int64) % many
        told = [part(report, 0.95 * place / many, 0.95 * (place + 1) / many) for place in range(many)]
        self._models = tuple(self._learnt(data, columns, place, told[place]) for place in range(many))
        self._digest = data.digest
        return self._fold, self._models, self._looked(data, part(report, 0.95, 1.0))

    def score(self, data: CutoutSet, report: Report) -> Scores:
        """Sigmas, with one track for each view, kinds and reasons."""
        assert self._calibration is not None
        looked = self._kept if self._kept and data.digest == self._digest else self._looked(data, report)
        scored = self._calibration.scored(looked.parts)
        report(1.0, "Compared")
        return Scores(
            scored.values,
            dict(scored.tracks),
            notes=self._notes(scored),
            objects=self._objects(data, looked, scored),
        )

    def heat(self, data: CutoutSet, place: int) -> Floats:
        """Where the picture of stamp ``place`` is not as its network makes it, of its numbers and of itself; (ny, nx).

        In the network's scale of brightness, NaN where the stamp has no value.
        """
        model = self._models[self._by(data)[place]]
        pairs = model.scaling.applied(only_stamps(data, np.array([place])))
        own, crossed = model.pictures(pairs)
        seen, known = pairs.images[0].astype(np.float64)
        assert self._calibration is not None
        mismatched = bool(self._calibration.scored(parts_of(model.read(pairs), pairs)).mismatched[0])
        heat = model.scaling.picture_back(np.abs(seen - (crossed if mismatched else own)[0]) * known)
        return np.where(np.isfinite(data.images[place]), heat, np.nan)

    def _learnt(self, data: CutoutSet, columns: tuple[str, ...], fold: int, report: Report) -> PairModel:
        """The network that never sees the stamps of ``fold``."""
        others = np.flatnonzero(self._fold != fold)
        others = np.random.default_rng([self._params.seed, fold]).permutation(others)
        held = max(4, round(_STOPPED_BY * len(others)))
        many = len(others) - held
        epochs = self._params.epochs or int(np.clip(_SEEN // many, _FEWEST_EPOCHS, _MOST_EPOCHS))
        how = Schedule(
            epochs=epochs,
            batch=64 if many >= 500 else 16,
            patience=max(12, epochs // 3),
            seed=self._params.seed + fold,
        )
        model, _ = learnt(
            only_stamps(data, others[held:]),
            only_stamps(data, others[:held]),
            columns,
            how,
            lambda done, text: report(done, f"Network {fold + 1} of {self._params.folds}: {text}"),
            turned=self._params.turned,
            device=chosen_device(self._params.device, worth=many >= _GPU_FROM),
        )
        return model

    def _by(self, data: CutoutSet) -> Ints:
        """Which network looks at each stamp: of the set that was learnt from, one that did not learn from it."""
        same = bool(self._digest) and data.digest == self._digest
        return self._fold if same else np.zeros(len(data), np.int64)

    def _looked(self, data: CutoutSet, report: Report) -> _Looked:
        """Every stamp by its network; raw scores of several networks are brought to those of the first."""
        by = self._by(data)
        if len(self._models) == 1 or not by.any():
            pairs = self._models[0].scaling.applied(data)
            reading = self._models[0].read(pairs, report)
            return _Looked(reading, pairs, parts_of(reading, pairs), by)
        found = []
        for place, model in enumerate(self._models):
            pairs = model.scaling.applied(only_stamps(data, np.flatnonzero(by == place)))
            found.append((model.read(pairs, silent), pairs))
            report((place + 1) / len(self._models), "Comparing pictures and numbers")
        order = np.argsort(np.concatenate([np.flatnonzero(by == place) for place in range(len(self._models))]))
        parts = _levelled([parts_of(reading, pairs) for reading, pairs in found])
        names = Reading.__dataclass_fields__
        merged = {name: np.concatenate([getattr(reading, name) for reading, _ in found])[order] for name in names}
        # Latents of different networks have nothing to do with one another: those that are shown are of the first.
        first = self._models[0]
        merged["latents"] = first.read(first.scaling.applied(data)).latents
        together = Pairs(
            *(np.concatenate(arrays)[order] for arrays in zip(*(p.tensors for _, p in found), strict=True))
        )
        return _Looked(Reading(**merged), together, {name: raw[order] for name, raw in parts.items()}, by)

    def _notes(self, scored: PairScores) -> tuple[str, ...]:
        values = scored.values[np.isfinite(scored.values)]
        share = float(np.mean(values >= THRESHOLD)) if values.size else 0.0
        if not self._params.weights or share < 0.2:
            return ()
        return (
            f"{share:.0%} of the stamps are unlike those that the weights were trained on; leave the setting weights "
            "empty to learn from these.",
        )

    def _objects(self, data: CutoutSet, looked: _Looked, scored: PairScores) -> Objects:
        names = self._models[0].scaling.columns
        columns = tuple(self._column(data, looked, place) for place in range(len(names)))
        _, ny, nx = data.images.shape
        m = len(data)
        numbers = {column.name: column.values for column in columns}
        numbers |= {f"{column.name}, as the picture says": column.said for column in columns}
        numbers |= {"picture_error": looked.reading.picture, "picture_error_from_numbers": looked.reading.crossed}
        return Objects(
            np.full(m, (nx - 1) / 2),
            np.full(m, (ny - 1) / 2),
            tuple("mismatch" if mismatched else "strange" for mismatched in scored.mismatched),
            (box((nx - 1) / 2, (ny - 1) / 2, min(nx, ny) / 2),) * m,
            data.ra_deg,
            data.dec_deg,
            numbers=numbers,
            space=_turned_to_axes(looked.reading.latents),
            reasons=reasons_of(scored, columns),
        )

    def _column(self, data: CutoutSet, looked: _Looked, place: int) -> Column:
        """One column of the catalogue with what networks say of it, in its own unit."""
        reading, name = looked.reading, self._models[0].scaling.columns[place]
        said, rest = np.empty(len(data)), np.empty(len(data))
        for which, model in enumerate(self._models):
            rows = np.flatnonzero(looked.by == which)
            said[rows] = model.scaling.numbers_back(place, reading.said[rows, place])
            rest[rows] = model.scaling.numbers_back(place, reading.rest[rows, place])
        soft = looked.pairs.values[:, place].astype(np.float64)
        known = looked.pairs.known[:, place] > 0
        return Column(
            name,
            data.columns[name].unit,
            np.asarray(data.columns[name].values, np.float64),
            said,
            rest,
            np.where(known, np.abs(soft - reading.said[:, place]) / reading.sigma[:, place], 0.0),
            np.where(known, np.abs(soft - reading.rest[:, place]) / reading.rest_sigma[:, place], 0.0),
            np.where(known, np.abs(soft), 0.0),
        )


def _levelled(groups: list[Parts]) -> dict[str, Floats]:
    """Raw scores of several networks, middle and spread of their bodies made those of the first, one after another."""
    levelled = {}
    for name in groups[0]:
        low, middle, high = np.nan_to_num(np.nanquantile(_some(groups[0][name]), _ROBUST))
        rows = []
        for group in groups:
            own_low, own_middle, own_high = np.nan_to_num(np.nanquantile(_some(group[name]), _ROBUST))
            stretch = (high - low) / (own_high - own_low) if own_high > own_low and high > low else 1.0
            rows.append((group[name] - own_middle) * stretch + middle)
        levelled[name] = np.concatenate(rows)
    return levelled


def _some(values: Floats) -> Floats:
    """``values``, or a zero where none is known."""
    return values if np.isfinite(values).any() else np.zeros(1)


def _turned_to_axes(latents: Floats) -> Floats:
    """Latents along their principal components, the widest first; shape as before."""
    from scipy.linalg import svd

    centred = latents - latents.mean(axis=0)
    _, _, axes = svd(centred, full_matrices=False)
    # The sign of a component is nobody's choice: its largest loading is made positive.
    axes = axes * np.sign(axes[np.arange(len(axes)), np.argmax(np.abs(axes), axis=1)])[:, None]
    return np.asarray(centred @ axes.T, np.float64)


SPEC = DetectorSpec(
    name="mmae",
    label="Pictures with numbers",
    help="Flags stamps whose picture and catalogue numbers do not go together, also where each alone is usual.",
    kinds=(CutoutSet,),
    version=1,
    params=MmaeParams,
    build=Mmae,
    threshold=THRESHOLD,
    finds=("mismatch", "strange"),
)
