"""What changed over the frames of a sequence: objects that move, that are new, and that vary."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.detection import ARTEFACT_KINDS
from desktop_app.core.images.background import background_of
from desktop_app.core.images.difference.alert_numbers import AlertNumbers
from desktop_app.core.images.difference.candidates import candidates_in, measured
from desktop_app.core.images.difference.judge import REASONS, AlertJudge
from desktop_app.core.images.difference.relative_flux import RelativeFlux, relative_flux
from desktop_app.core.images.difference.stack import Aligned, Frame, Light, usual_of_others, wobble_of
from desktop_app.core.images.difference.subtraction import subtract
from desktop_app.core.images.difference.tracks import Seen, Track, moving, standing
from desktop_app.core.progress import Report

_LIKELY = -2.5
_THERE_SNR = 6.0
_STAR_SNR = 30.0
_SKY_PX = 32
_BEYOND = 1.3
_TOLD_PLACES = 12
_LEAST_SCORE = 0.5
_OWN_FLAGS = 0b1110


@dataclass(frozen=True, eq=False)
class Change:
    """One object that changed.

    Attributes
    ----------
    kind : str
    score : float
        In sigmas; how many objects were looked at is counted in.
    frame : Frame
        The one it is seen best in.
    x, y : float
        In the pixels that all frames share.
    path : tuple of (float, float)
        Where it was in the frames that it was seen in, in the same pixels.
    reasons : tuple of str
    numbers : mapping of str to float
    """

    kind: str
    score: float
    frame: Frame
    x: float
    y: float
    path: tuple[tuple[float, float], ...]
    reasons: tuple[str, ...]
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Found:
    """Everything that stands out of the differences; one row a detection."""

    seen: Seen
    numbers: dict[str, Floats]
    logit: Floats
    sigma: Floats
    doubt: tuple[str, ...]


def changes_in(aligned: Aligned, judge: AlertJudge, sigma: float, report: Report) -> tuple[Change, ...]:
    """What moves, is new or varies, the surest first.

    Parameters
    ----------
    aligned : Aligned
    judge : AlertJudge
    sigma : float
        From which on a peak of a difference is looked at.
    report : callable
        Told the progress; may raise `JobCancelled`.
    """
    frames = aligned.frames
    found = _found(frames, judge, sigma, report)
    changes: list[Change] = []
    taken: set[int] = set()
    if found is not None:
        fwhm = float(np.median([frame.fwhm_px for frame in frames]))
        groups = standing(found.seen, max(0.5 * fwhm, 1.0))
        still = {row for group in groups for row in group}
        free = [
            row
            for row in np.argsort(-found.logit).tolist()
            if row not in still and found.logit[row] > _LIKELY and found.numbers["template_snr"][row] < 4 * _THERE_SNR
        ]
        area = float(np.isfinite(frames[0].light).sum())
        for track in moving(found.seen, free, fwhm, max(area, 1.0)):
            changes.append(_mover(frames, found, track))
            taken |= set(track.rows)
        changes += [_standing(frames, found, group) for group in groups]
        lone = [row for row in range(len(found.logit)) if row not in taken and row not in still]
        changes += [_standing(frames, found, (row,)) for row in lone]
    report(0.9, "Comparing the light of the stars")
    changes = [replace(change, score=among(change.score, len(changes))) for change in changes]
    changes += _variables(aligned, changes)
    return tuple(sorted(changes, key=lambda change: -change.score))


def among(sigma: float, n: int) -> float:
    """As unlikely among ``n`` objects as ``sigma`` is of one: so many sigmas that one of them stands out by chance."""
    from scipy.stats import norm

    one = float(norm.sf(sigma))
    several = -np.expm1(max(n, 1) * np.log1p(-min(one, 1 - 1e-12)))
    return float(np.clip(norm.isf(max(several, 1e-300)), -8.0, sigma))


def _found(frames: Sequence[Frame], judge: AlertJudge, sigma: float, report: Report) -> _Found | None:
    report(0.0, "Finding what is usual")
    usual = usual_of_others([frame.light for frame in frames])
    width = float(np.median([frame.fwhm_px for frame in frames]))
    differences: list[Light] = []
    widths = []
    for place, (frame, template) in enumerate(zip(frames, usual, strict=True)):
        report(0.1 + 0.4 * place / len(frames), f"Subtracting frame {place + 1} of {len(frames)}")
        made = subtract(frame.light.astype(np.float64), template.astype(np.float64), frame.fwhm_px, width)
        left = made.difference.astype(np.float32)
        # Two skies are never alike at large.
        differences.append((left - background_of(left, box_px=_SKY_PX).level).astype(np.float32))
        widths.append(made.fwhm_px)
    wobble = wobble_of(differences)
    rows: list[tuple[int, AlertNumbers]] = []
    for place, frame in enumerate(frames):
        report(0.5 + 0.4 * place / len(frames), f"Looking at difference {place + 1} of {len(frames)}")
        noise = _noise(differences[place], usual[place], frame.noise, wobble)
        peaks = candidates_in(differences[place].astype(np.float64), noise, widths[place], sigma, both=False)
        numbers = measured((frame.light, usual[place], differences[place]), peaks, widths[place])
        if numbers is not None:
            rows.append((place, numbers))
    return _together(rows, frames, judge) if rows else None


def _noise(difference: Light, usual: Light, sky: float, wobble: Floats | None) -> Floats:
    """One sigma of each pixel: of the sky, and of stars that no kernel fits."""
    known = difference[np.isfinite(difference)]
    own = float(1.4826 * np.median(np.abs(known))) if known.size else sky
    noise = np.full(difference.shape, max(own, 0.5 * sky, 1e-12))
    if wobble is not None:
        # The median of few values, and the highest of nine, is high already where there is nothing but noise.
        usually = float(np.median(wobble[np.isfinite(difference)])) if known.size else 1.0
        return np.asarray(noise * np.maximum(wobble / max(_BEYOND * usually, 1e-12), 1.0), np.float64)
    light = np.nan_to_num(usual).astype(np.float64)
    slope = np.hypot(*np.gradient(light))
    return np.sqrt(noise**2 + (0.1 * slope) ** 2 + (0.02 * np.maximum(light, 0)) ** 2)


def _together(rows: Sequence[tuple[int, AlertNumbers]], frames: Sequence[Frame], judge: AlertJudge) -> _Found:
    names = ("x", "y", "flux", "snr", "template_snr", "science_snr", "major_px", "minor_px", "fwhm_px", "sign")
    columns = {name: np.concatenate([getattr(numbers, name) for _, numbers in rows]) for name in names}
    doubts = np.concatenate([judge.doubts(numbers) for _, numbers in rows])
    # Where detections are in their frame says nothing of how real they are.
    doubts[:, [judge.names.index(name) for name in ("messy", "away")]] = 0.0
    logit = judge.logit(doubts)
    frame = np.concatenate([np.full(numbers.x.size, place) for place, numbers in rows])
    flux = np.maximum(np.abs(columns["flux"]), 1e-12)
    hours = hours_of(frames)
    heaviest = doubts.argmax(axis=1)
    return _Found(
        Seen(frame.astype(np.int64), columns["x"], columns["y"], flux, hours),
        columns,
        logit,
        judge.sigma(logit),
        tuple(judge.names[place] for place in heaviest),
    )


def hours_of(frames: Sequence[Frame]) -> Floats:
    """Hours since the first frame; the numbers of the frames where one has no time."""
    jd = np.array([frame.jd for frame in frames])
    known = bool(np.isfinite(jd).all()) and bool((np.diff(jd) > 0).all())
    return (jd - jd[0]) * 24 if known else np.arange(len(frames), dtype=np.float64)


def _mover(frames: Sequence[Frame], found: _Found, track: Track) -> Change:
    rows = list(track.rows)
    best = rows[int(np.argmax(found.numbers["snr"][rows]))]
    rate = float(np.hypot(track.rate_x, track.rate_y))
    direction = float(np.degrees(np.arctan2(track.rate_y, track.rate_x)) % 360)
    by_chance = float(np.sqrt(max(-2 * np.log(max(track.chance, 1e-30)), 0)))
    score = _stouffer(np.append(found.sigma[rows], by_chance))
    timed = all(np.isfinite(frame.jd) for frame in frames)
    unit = "pixels an hour" if timed else "pixels a frame"
    return Change(
        kind="moving",
        score=score,
        frame=frames[int(found.seen.frame[best])],
        x=float(found.seen.x[best]),
        y=float(found.seen.y[best]),
        path=tuple((float(found.seen.x[row]), float(found.seen.y[row])) for row in rows),
        reasons=(
            f"it moves {rate:.3g} {unit} towards {direction:.0f} degrees from the x axis",
            f"it lies on a line in {len(rows)} of {len(frames)} frames",
            _places(frames, found, rows),
        ),
        numbers={
            **_numbers(found, best, len(rows)),
            "rate_px_h": rate if timed else np.nan,
            "direction_deg": direction,
        },
    )


def _places(frames: Sequence[Frame], found: _Found, rows: Sequence[int]) -> str:
    """Where it was in each frame, in the pixels of that frame."""
    told = []
    for row in rows[:_TOLD_PLACES]:
        frame = frames[int(found.seen.frame[row])]
        x, y = frame.own(float(found.seen.x[row]), float(found.seen.y[row]))
        told.append(f"{frame.name} at {x:.1f}, {y:.1f}")
    return "; ".join(told) + (" and on" if len(rows) > _TOLD_PLACES else "")


def _standing(frames: Sequence[Frame], found: _Found, group: Sequence[int]) -> Change:
    """What was seen at one place, in one frame or in several."""
    rows = list(group)
    best = rows[int(np.argmax(found.numbers["snr"][rows]))]
    before = float(np.nan_to_num(np.median(found.numbers["template_snr"][rows])))
    kind = "variable" if before > _THERE_SNR else "transient"
    many = f"it is seen in {len(rows)} of {len(frames)} frames"
    reasons: tuple[str, ...] = (
        ("a star that is usually fainter" if kind == "variable" else "nothing is there in the other frames"),
        many,
    )
    if found.logit[rows].max() <= 0:
        doubt = found.doubt[best]
        kind = "cosmic ray" if doubt == "sharp" and len(rows) == 1 else "bogus"
        reasons = (REASONS[doubt], many)
    sigmas = found.sigma[rows]
    if (found.logit[rows] > 0).sum() > 1:
        # What is real comes back to its place; particles hardly ever do.
        area = float(np.isfinite(frames[0].light).sum())
        chance = len(found.logit) ** 2 * np.pi * (0.5 * frames[0].fwhm_px) ** 2 / (2 * max(area, 1.0))
        sigmas = np.append(sigmas, np.sqrt(max(-2 * (len(rows) - 1) * np.log(min(chance, 1.0)), 0)))
    return Change(
        kind=kind,
        score=_stouffer(sigmas),
        frame=frames[int(found.seen.frame[best])],
        x=float(found.seen.x[best]),
        y=float(found.seen.y[best]),
        path=((float(found.seen.x[best]), float(found.seen.y[best])),),
        reasons=reasons,
        numbers=_numbers(found, best, len(rows)),
    )


def _numbers(found: _Found, row: int, frames: int) -> dict[str, float]:
    return {
        "flux": float(found.numbers["flux"][row]),
        "snr": float(found.numbers["snr"][row]),
        "fwhm_px": float(np.sqrt(found.numbers["major_px"][row] * found.numbers["minor_px"][row])),
        "template_snr": float(found.numbers["template_snr"][row]),
        "frames": float(frames),
    }


def _stouffer(sigmas: Floats) -> float:
    """Sigmas of several sights together (Stouffer et al., 1949); one alone counts as it is."""
    return float(np.clip(sigmas, -3, 8).sum() / np.sqrt(max(len(sigmas), 1)))


def _variables(aligned: Aligned, changes: Sequence[Change]) -> list[Change]:
    """Stars whose light changes more than that of their neighbours in brightness."""
    sources, frames = aligned.sources, aligned.frames
    whole = (sources.snr > _STAR_SNR) & ((sources.flags & _OWN_FLAGS) == 0)
    x, y, flux = sources.x[whole], sources.y[whole], sources.flux[whole]
    rays = [change for change in changes if change.kind in ARTEFACT_KINDS]
    light = relative_flux(frames, x, y, [(change.frame.name, change.x, change.y) for change in rays])
    if light is None:
        return []
    moved = np.array([place for change in changes if change.kind == "moving" for place in change.path]).reshape(-1, 2)
    widths = sources.fwhm_px[whole]
    made = []
    for star in np.flatnonzero(np.nan_to_num(light.sigma) > _LEAST_SCORE):
        if moved.size and np.hypot(*(moved - (x[star], y[star])).T).min() < 2.5 * widths[star]:
            # The light is that of what passed by.
            continue
        made.append(_variable(frames, light, int(star), (float(x[star]), float(y[star])), float(flux[star])))
    compared = int(np.isfinite(light.sigma).sum())
    return [replace(change, score=among(change.score, compared)) for change in made]


def _variable(
    frames: Sequence[Frame], light: RelativeFlux, star: int, place: tuple[float, float], flux: float
) -> Change:
    curve = light.flux[star]
    known: Bools = np.isfinite(curve)
    furthest = int(np.where(known, np.abs(curve - 1), -1).argmax())
    amplitude = float(np.ptp(curve[known]))
    told = ", ".join(f"{value:.3f}" if np.isfinite(value) else "none" for value in curve[:_TOLD_PLACES])
    return Change(
        kind="variable",
        score=float(light.sigma[star]),
        frame=frames[furthest],
        x=place[0],
        y=place[1],
        path=(place,),
        reasons=(
            f"its light scatters by {light.scatter[star]:.1%}, that of stars as bright by {light.error[star]:.1%}",
            f"the faintest run of frames is {light.depth[star]:.1%} below the rest",
            f"relative light frame by frame: {told}{' and on' if curve.size > _TOLD_PLACES else ''}",
        ),
        numbers={
            "flux": flux,
            "frames": float(known.sum()),
            "amplitude": amplitude,
            "scatter": float(light.scatter[star]),
            "usual_scatter": float(light.error[star]),
            "depth": float(light.depth[star]),
        },
    )
