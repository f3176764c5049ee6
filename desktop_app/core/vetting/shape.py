"""What an event looks like: edges, bottom, symmetry, and how like the others of its curve it is."""

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.vetting.view import Sums, View, contrast, elsewhere, profile, usual_scatter

BINS = 16
OUTSIDE = 8
_FAR = 4
_SMOOTH = np.array([0.25, 0.5, 0.25])
_ALIKE_DEPTH = 1.6
_ALIKE_DURATION = 1.8
_MOST_COMPARED = 400
_MOST = 50.0


def shape_of(view: View, sums: Sums) -> dict[str, Floats]:
    """Numbers on the shape of each event, by name; each of shape (m,) and finite.

    Attributes
    ----------
    "asymmetry"
        Deviation in the second half less that in the first, over both: negative where it rises quickly and
        fades slowly.
    "peak_place"
        Where the smoothed event deviates most, 0 at its start and 1 at its end.
    "rise", "decay"
        How long it takes from half of the peak to the peak and back, as shares of the event.
    "flatness"
        Mean of the outer quarters over that of the middle half: 1 for a box, near 0 for a V.
    "fill"
        Mean over the event, in units of the peak.
    "lopsided"
        How unlike its mirror image the event is beyond its noise, as a share of its strength.
    "bumpy"
        How far the smoothed event goes back on its way to the peak, on either side, in units of the peak: more than
        the noise makes of it is more than one lobe.
    "jump"
        Level after the event less that before it, in units of the peak.
    "tail"
        Deviation just after the event less that just before, in units of the peak.
    "rough"
        Scatter from row to row within the event, in sigmas.
    "sharp"
        Deviation of the peak row over the mean of its two neighbours and itself.
    "single"
        Deviation of the peak row over the event's signal to noise.
    "red_snr"
        Deviation from the neighbourhood in units of what stretches of that length usually do.
    "mirror"
        The strongest contrast of the other sign among a hundred stretches of that length, over the event's own.
    "opposite"
        The same of the deviation from the baseline: without what the neighbourhood of other events adds.
    """
    lines = profile(view, sums, BINS, OUTSIDE) * view.sign[:, None]  # (m, bins)
    inside = np.nan_to_num(lines[:, OUTSIDE:-OUTSIDE])
    padded = np.pad(inside, ((0, 0), (1, 1)), mode="edge")
    smooth = _SMOOTH[0] * padded[:, :-2] + _SMOOTH[1] * padded[:, 1:-1] + _SMOOTH[2] * padded[:, 2:]
    top = np.argmax(smooth, axis=1)
    height = np.maximum(smooth[np.arange(top.size), top], 1e-3)
    share = np.clip(inside / height[:, None], -2.0, 2.0)
    found = {
        "asymmetry": _asymmetry(share),
        "peak_place": (top + 0.5) / BINS,
        **_half_widths(smooth, top, height),
        "flatness": _ratio(share[:, [0, 1, 2, 3, -4, -3, -2, -1]].mean(axis=1), share[:, 4:12].mean(axis=1)),
        "fill": share.mean(axis=1),
        "lopsided": _lopsided(view, inside, height),
        "bumpy": _bumpy(view, smooth, top, height),
        **_surroundings(view, sums, lines, height),
        **_peak_rows(view),
        **_against_the_usual(view, sums),
    }
    return {name: np.clip(np.nan_to_num(values), -_MOST, _MOST) for name, values in found.items()}


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros(above.shape), where=np.abs(below) > 1e-6)


def _asymmetry(share: Floats) -> Floats:
    positive = np.maximum(share, 0.0)
    first, second = positive[:, : BINS // 2].sum(axis=1), positive[:, BINS // 2 :].sum(axis=1)
    return _ratio(second - first, first + second)


def _half_widths(smooth: Floats, top: "np.ndarray[tuple[int], np.dtype[np.intp]]", height: Floats) -> dict[str, Floats]:
    """Shares of the event between its peak and the nearest place on either side that is under half of it."""
    under = smooth < 0.5 * height[:, None]
    place = np.arange(BINS)[None, :]
    before = np.where(under & (place < top[:, None]), place, -1).max(axis=1, initial=-1)
    after = np.where(under & (place > top[:, None]), place, BINS).min(axis=1, initial=BINS)
    return {"rise": (top - before) / BINS, "decay": (after - top) / BINS}


def _lopsided(view: View, inside: Floats, height: Floats) -> Floats:
    noise = BINS / np.maximum(view.length, 1)
    excess = ((inside - inside[:, ::-1]) ** 2).mean(axis=1) / 2 - np.where(view.length < BINS, 1.0, noise)
    return np.sqrt(np.maximum(excess, 0.0)) / height


def _bumpy(view: View, smooth: Floats, top: "np.ndarray[tuple[int], np.dtype[np.intp]]", height: Floats) -> Floats:
    place = np.arange(BINS)[None, :]
    rising = np.where(place <= top[:, None], smooth, -np.inf)
    falling = np.where(place >= top[:, None], smooth, -np.inf)[:, ::-1]
    back = np.zeros(top.size)
    for side in (rising, falling):
        drop = np.maximum.accumulate(side, axis=1) - side
        back = np.maximum(back, np.max(drop, axis=1, initial=0.0, where=np.isfinite(side)))
    noise = 2.0 * np.sqrt(BINS / np.maximum(view.length, BINS))
    return np.maximum(back - noise, 0.0) / height


def _surroundings(view: View, sums: Sums, lines: Floats, height: Floats) -> dict[str, Floats]:
    reach = np.maximum(_FAR * view.length, 5)
    low = np.maximum(view.first - reach, view.begin[view.first])
    high = np.minimum(view.stop + reach, view.end[view.stop - 1])
    jump = (sums.mean(view.stop, high) - sums.mean(low, view.first)) * view.sign
    before = np.nan_to_num(lines[:, OUTSIDE - 3 : OUTSIDE]).mean(axis=1)
    after = np.nan_to_num(lines[:, OUTSIDE + BINS : OUTSIDE + BINS + 3]).mean(axis=1)
    return {"jump": jump / height, "tail": (after - before) / height}


def _peak_rows(view: View) -> dict[str, Floats]:
    n = view.value.size
    peak = view.peak
    before = np.where(peak > view.begin[peak], peak - 1, peak)
    after = np.where(peak + 1 < view.end[peak], np.minimum(peak + 1, n - 1), peak)
    own, sides = view.value[peak] * view.sign, (view.value[before] + view.value[after]) * view.sign / 2
    steps = Sums.over(np.append(np.abs(np.diff(view.value)), np.nan))
    rough = steps.mean(view.first, np.maximum(view.stop - 1, view.first + 1)) * np.sqrt(np.pi) / 2
    return {
        "rough": np.log(np.maximum(np.nan_to_num(rough, nan=1.0), 0.1)),
        "sharp": np.clip(_ratio(sides, own), -2, 2),
        "single": np.clip(_ratio(own, view.snr), -5, 5),
        "decays_now": np.clip(_ratio(view.value[after] * view.sign, own), -2, 2),
    }


def _against_the_usual(view: View, sums: Sums) -> dict[str, Floats]:
    own, references = contrast(view, sums)
    own = own * view.sign
    scatter = usual_scatter(references)
    other = np.nanmax(np.nan_to_num(-references * view.sign[:, None]), axis=1, initial=0.0)
    low = elsewhere(view)
    means = -view.sign[:, None] * np.nan_to_num(sums.mean(low, low + view.length[:, None]))
    mean = view.sign * np.nan_to_num(sums.mean(view.first, view.stop))
    return {
        "opposite": np.clip(_ratio(means.max(axis=1, initial=0.0), np.maximum(mean, 1e-3)), 0.0, 3.0),
        "red_snr": np.log(np.clip(np.nan_to_num(own / scatter), 0.1, 1e3)),
        "mirror": np.clip(_ratio(other, np.maximum(own, 1e-3)), 0.0, 3.0),
    }


def company_in_curve(view: View) -> dict[str, Floats]:
    """How many events of the same curve each one is like, and how deep the curve goes elsewhere; shape (m,) each.

    Attributes
    ----------
    "alike"
        Logarithm of one plus the number of events to the same side that are about as deep and as long.
    "deepest"
        Logarithm of the depth over that of the deepest event to the same side.
    "same_side"
        Share of the curve's events that deviate to the same side.
    """
    some = np.argsort(-view.score, kind="stable")[:_MOST_COMPARED]
    depth, duration = np.maximum(np.abs(view.depth), 1e-12), view.duration_d
    same = view.sign[:, None] == view.sign[None, some]
    near = np.abs(np.log(depth[:, None] / depth[None, some])) < np.log(_ALIKE_DEPTH)
    near &= np.abs(np.log(duration[:, None] / duration[None, some])) < np.log(_ALIKE_DURATION)
    near &= np.arange(depth.size)[:, None] != some[None, :]
    deepest = np.where(same, np.log(depth)[None, some], -np.inf).max(axis=1, initial=-np.inf)
    deepest = np.maximum(deepest, np.log(depth))
    return {
        "alike": np.log1p((near & same).sum(axis=1).astype(np.float64)),
        "deepest": np.log(depth) - deepest,
        "same_side": same.mean(axis=1) if some.size else np.zeros(0),
    }
