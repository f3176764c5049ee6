"""Ranks alerts of difference imaging: real ones before bogus ones, each named by what changed."""

from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.images.difference.alert_numbers import AlertNumbers, alert_numbers
from desktop_app.core.images.difference.judge import REASONS, AlertJudge
from desktop_app.core.images.difference.kinds import CHANGES, likely_changes, reasons_of
from desktop_app.core.images.difference.seeing import seeing_of
from desktop_app.core.images.difference.subtraction import subtract
from desktop_app.core.images.objects import Objects, box
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.detectors.cutouts.alert_weights import NAME, alert_judge

_WORTH_SAYING = 0.3
_MOST_REASONS = 3


class TripletParams(Params):
    """The settings of the judging of alerts."""

    fwhm_px: float = setting(
        0.0,
        title="Seeing",
        help="Full width at half maximum of a point source; measured in the stamps where it is 0.",
        unit="px",
        ge=0,
        le=20,
        zero="measured",
    )
    subtract_anew: bool = setting(
        False,
        title="Subtract anew",
        help="Make the difference from science and template, even where the alert has one.",
    )


class Triplet:
    """Alerts judged by how much their difference is like a point source, and by what the other pictures say."""

    def __init__(self, params: TripletParams) -> None:
        self._params = params

    def fit(self, data: CutoutSet, report: Report) -> Self:
        """Nothing is learned from the alerts; they need a difference, or a template to make one."""
        science = data.of_role("science")
        if data.of_role("difference") is None and (science is None or data.of_role("template") is None):
            raise FitError(
                "These stamps are no alerts: there is no difference beside them.",
                hint="Open a folder with science, template and difference of each object.",
            )
        report(1.0, "Ready")
        return self

    def score(self, data: CutoutSet, report: Report) -> Scores:
        """How far above bogus alerts each one stands: a bogus one reaches so many sigmas as rarely as noise does."""
        if not len(data):
            return Scores(np.zeros(0), objects=Objects(np.zeros(0), np.zeros(0), ()))
        science, template, difference = (self._of(data, role) for role in ("science", "template", "difference"))
        shown = science if np.isfinite(science).any() else difference
        given = self._params.fwhm_px
        seeing = np.full(len(data), given) if given else seeing_of(shown)
        difference, made = self._differences(science, template, difference, seeing, part(report, 0.0, 0.4))
        numbers = alert_numbers(science, template, difference, seeing, part(report, 0.4, 1.0))
        return judged(numbers, data, made)

    @staticmethod
    def _of(data: CutoutSet, role: str) -> Stamps:
        found = data.of_role(role)
        return np.full(data.images.shape, np.nan, np.float32) if found is None else found

    def _differences(
        self, science: Stamps, template: Stamps, difference: Stamps, seeing: Floats, report: Report
    ) -> tuple[Stamps, tuple[str, ...]]:
        """The differences, made where there is none or all are wanted anew, and a note on how many were."""
        wanted = [
            place
            for place in range(len(science))
            if (self._params.subtract_anew or not np.isfinite(difference[place]).any())
            and np.isfinite(science[place]).any()
            and np.isfinite(template[place]).any()
        ]
        if not wanted:
            return difference, ()
        sharper = seeing_of(template)
        whole = difference.copy()
        for turn, place in enumerate(wanted):
            report(turn / len(wanted), f"Subtracting {len(wanted):,} templates")
            one, other = science[place].astype(np.float64), template[place].astype(np.float64)
            made = subtract(one, other, float(seeing[place]), float(min(sharper[place], seeing[place])))
            whole[place] = made.difference
        return whole, (f"{len(wanted):,} of {len(science):,} differences were made here from science and template.",)


def judged(numbers: AlertNumbers, data: CutoutSet, notes: tuple[str, ...] = ()) -> Scores:
    """Scores, kinds and reasons of measured alerts."""
    judge = alert_judge()
    doubts = judge.doubts(numbers)
    logit = judge.logit(doubts)
    likely = likely_changes(numbers)
    # What cannot be seen has no score.
    blind = numbers.snr <= 0
    values = np.where(blind, np.nan, judge.sigma(logit))
    kinds = kinds_of(logit, likely)
    reasons = tuple(
        reasons_of(numbers, place, kind) if kind != "bogus" else doubts_in_words(judge, doubts[place])
        for place, kind in enumerate(kinds)
    )
    tracks = {name: judge.sigma(logit + np.log(np.maximum(likely[:, n], 1e-4))) for n, name in enumerate(CHANGES)}
    tracks = {"real": values, **{name: np.where(blind, np.nan, track) for name, track in tracks.items()}}
    objects = Objects(
        x=numbers.x,
        y=numbers.y,
        kinds=kinds,
        outlines=outlines_of(numbers),
        ra_deg=data.ra_deg,
        dec_deg=data.dec_deg,
        numbers=told(numbers, logit),
        space=_space(numbers, doubts, values),
        reasons=reasons,
    )
    return Scores(values, tracks, notes=notes, objects=objects)


def kinds_of(logit: Floats, likely: Floats) -> tuple[str, ...]:
    """Bogus where that is likelier, else the likeliest change."""
    best = likely.argmax(axis=1)
    return tuple(CHANGES[best[place]] if logit[place] > 0 else "bogus" for place in range(len(logit)))


def doubts_in_words(judge: AlertJudge, doubts: Floats) -> tuple[str, ...]:
    """The weightiest doubts, in words for a person."""
    order = np.argsort(-doubts)[:_MOST_REASONS]
    return tuple(REASONS[judge.names[place]] for place in order if doubts[place] > _WORTH_SAYING)


def outlines_of(numbers: AlertNumbers) -> tuple[tuple[tuple[float, float], ...], ...]:
    """A square about each place, as wide as what was seen."""
    half = np.clip(numbers.major_px, 1.5 * numbers.fwhm_px, 12)
    return tuple(box(float(x), float(y), float(side)) for x, y, side in zip(numbers.x, numbers.y, half, strict=True))


def told(numbers: AlertNumbers, logit: Floats) -> dict[str, Floats]:
    """The numbers that tables show."""
    return {
        "probability_real": 1 / (1 + np.exp(-np.clip(logit, -50, 50))),
        "flux": numbers.flux,
        "snr": numbers.snr,
        "fwhm_px": np.sqrt(numbers.major_px * numbers.minor_px),
        "seeing_px": numbers.fwhm_px,
        "elongation": numbers.major_px / np.maximum(numbers.minor_px, 0.1),
        "misfit": numbers.misfit,
        "opposite": numbers.counter,
        "template_snr": numbers.template_snr,
        "host_away_px": numbers.host_away_px,
    }


def _space(numbers: AlertNumbers, doubts: Floats, values: Floats) -> Floats:
    """Alerts near each other are alike: by score, by what the template has, by shape, and by every doubt."""
    before = np.arcsinh(np.nan_to_num(numbers.template_snr) / 5)
    shape = np.log(np.maximum(numbers.major_px, 0.1) / numbers.fwhm_px)
    strength = np.log10(np.maximum(numbers.snr, 0.1))
    return np.column_stack(
        [np.nan_to_num(values), before, numbers.sign, strength, np.clip(shape, -3, 3), np.sqrt(np.minimum(doubts, 9))]
    )


SPEC = DetectorSpec(
    name="triplet",
    label="Alerts",
    help="Ranks alerts of difference imaging, real ones first: transients, variables, moving objects; else bogus.",
    kinds=(CutoutSet,),
    version=1,
    params=TripletParams,
    build=Triplet,
    threshold=2.0,
    finds=("transient", "variable", "moving", "bogus"),
    weights=NAME,
)
