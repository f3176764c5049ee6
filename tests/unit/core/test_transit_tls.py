"""The road over `transitleastsquares`, where it is installed, and the sentence where it is not."""

import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.errors import ParamError
from desktop_app.core.progress import silent
from desktop_app.core.transits.fit import Shape
from desktop_app.core.transits.tls import refine_with_tls, require_tls
from desktop_app.detectors.curves.transits import TransitParams, Transits
from tests.unit.core.test_transit_fit import DURATION, EPOCH, PERIOD, ROUGH, flat_of, with_dips

SHAPE = Shape(PERIOD, EPOCH, DURATION, 0.1, 0.3)


def test_that_a_missing_package_is_told_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ParamError, match="not installed") as told:
        refine_with_tls(flat_of(with_dips(SHAPE)), ROUGH)
    assert "peculiar[tls]" in told.value.hint


def test_that_the_detector_says_so_before_it_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    detector = Transits(TransitParams(refinement="transitleastsquares"))
    with pytest.raises(ParamError, match="not installed"):
        detector.fit(with_dips(SHAPE), silent)


def test_that_the_detector_can_use_the_package() -> None:
    pytest.importorskip("transitleastsquares", reason="the extra 'tls' is not installed")
    curve = with_dips(SHAPE)
    detector = Transits(TransitParams(refinement="transitleastsquares", signals=1))
    (signal,) = detector.fit(curve, silent).score(curve, silent).signals
    assert signal.checks["tls_period"] == pytest.approx(PERIOD, rel=2e-3)


def test_that_the_package_finds_the_same_transit() -> None:
    pytest.importorskip("transitleastsquares", reason="the extra 'tls' is not installed")
    require_tls()
    found = refine_with_tls(flat_of(with_dips(SHAPE)), ROUGH)
    assert found.period_d == pytest.approx(PERIOD, abs=1e-3)
    assert found.checks["tls_period"] == pytest.approx(PERIOD, rel=2e-3)
    assert found.checks["tls_radius_ratio"] == pytest.approx(0.1, rel=0.1)
    assert found.depth == pytest.approx(SHAPE.depth, rel=0.02)


def test_that_a_single_dip_is_only_fitted() -> None:
    pytest.importorskip("transitleastsquares", reason="the extra 'tls' is not installed")
    curve = with_dips(Shape(np.nan, 1337.0, 0.5, 0.1, 0.2))
    found = refine_with_tls(flat_of(curve), replace(ROUGH, period_d=np.nan, epoch=1337.1, duration_d=0.4))
    assert "tls_period" not in found.checks
