"""The constants of the discord detector of telemetry: one versioned set, with a hash that evaluations print.

They were chosen on 41 labelled channels with real incidents, 36 of SMAP and 5 of MSL (Hundman et al. 2018, KDD,
"Detecting Spacecraft Anomalies Using LSTMs and Nonparametric Dynamic Thresholding"), on faults planted into the nominal
stretches before those incidents, and on false alarms in the training stretches. The values this began with (windows,
dynamic threshold, novelty) are of a study that had all 81 channels in view; nothing was changed by the other 40 since.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256

VERSION = 2
SELECTION_SET = "41 labelled development channels of SMAP (36) and MSL (5), and faults planted into nominal stretches"
"""What the constants were chosen on."""


@dataclass(frozen=True)
class Constants:
    """What is not left to a person; shares are of the range of the channel.

    Attributes
    ----------
    missing_share : float
        Windows with a larger share of missing samples are not looked at.
    shortest_lag, longest_lag, usual_lag : int
        Samples: where the automatic window looks for a period, and what it takes where there is none.
    shortest_window, longest_window : int
        Samples: between which the automatic window lies.
    windows : tuple of int
        Samples: the windows that are compared unless a person names one.
    windows_at_least : int
        So many windows a channel has to hold.
    first_z, last_z, step_z : float
        Limits that the dynamic threshold tries, in standard deviations above the mean.
    most_runs : int
        Runs that a block may have above its limit.
    most_covered : float
        The share of a block that lies below its limit at least.
    block : int
        Samples of a block: longer stretches have a limit for each.
    least_drop : float
        Runs are kept down to the last one that exceeds the next by this share.
    novelty_sigmas, novelty_floor : float
        The limit of the distance to the training stretch above its median: robust sigmas, plus a share of the range.
    novelty_covered : float
        A training stretch that is unlike a larger share of the data is obsolete.
    watch_factor, watch_margin : float
        A discord has to exceed the training's own worst times a factor, plus a share of the range.
    joined_gap : int
        Samples: runs nearer than this are one.
    discord_floor : float
        A discord is at least so far from its nearest neighbour, as a share of the range.
    novelty_run : int
        Samples: shorter novelties are left to the other ways of looking.
    regime_pool, regime_window, regime_shortest : int
        Samples: how many are averaged before regimes are searched, the windows that are compared, the shortest regime.
    regime_longest : float
        The longest regime as a share of the block.
    regime_inside, regime_outside : float
        The quantile of distances inside that has to exceed the quantile of those outside.
    regime_floor, regime_limit : float
        A share of the range that is added to the distances outside, and the ratio from which a regime is one.
    regime_weight : float
        What a regime adds to the score, times its ratio to the limit, which counts up to 1.
    exact, chunk : int
        Up to ``exact`` samples every window is compared with every other one, beyond that with those of its chunk.
    """

    missing_share: float = 0.2
    shortest_lag: int = 3
    longest_lag: int = 300
    usual_lag: int = 125
    shortest_window: int = 50
    longest_window: int = 200
    windows: tuple[int, ...] = (50, 100, 200)
    windows_at_least: int = 4
    first_z: float = 2.0
    last_z: float = 12.0
    step_z: float = 0.5
    most_runs: int = 5
    most_covered: float = 0.5
    block: int = 8000
    least_drop: float = 0.13
    novelty_sigmas: float = 8.0
    novelty_floor: float = 0.03
    novelty_covered: float = 0.5
    watch_factor: float = 1.0
    watch_margin: float = 0.02
    joined_gap: int = 50
    discord_floor: float = 0.01
    novelty_run: int = 300
    regime_pool: int = 5
    regime_window: int = 100
    regime_shortest: int = 300
    regime_longest: float = 0.5
    regime_inside: float = 0.1
    regime_outside: float = 0.9
    regime_floor: float = 0.02
    regime_limit: float = 2.5
    regime_weight: float = 2.0
    exact: int = 50_000
    chunk: int = 8_000


CONSTANTS = Constants()


def constants_hash() -> str:
    """sha256 of the constants and their version as canonical JSON."""
    text = json.dumps({"version": VERSION, **asdict(CONSTANTS)}, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
