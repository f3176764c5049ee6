"""The network of pictures with numbers itself, and its loss; imported where torch is wanted."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from desktop_app.nets.training import Loss

Batch = tuple[Tensor, ...]

_FREEDOM = 5.0
_FORGOTTEN = 0.1
_SHUFFLED = (1, 2, 3)
_DENSITY, _CROSSED, _TOGETHER = 0.15, 0.5, 0.1


class Density(nn.Module):
    """What is to be expected of some numbers given latents: middle and triangular factor of the scale matrix."""

    def __init__(self, given: int, values: int) -> None:
        super().__init__()
        self._values = values
        self.says = nn.Sequential(nn.Linear(given, 64), nn.ReLU(), nn.Linear(64, values + values * (values + 1) // 2))

    def forward(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """Middle (m, k) and lower factor (m, k, k) whose diagonal is positive."""
        said, k = self.says(latents), self._values
        low = torch.tril_indices(k, k, device=latents.device)
        factor = said.new_zeros(len(said), k, k).index_put((slice_of(said), low[0], low[1]), said[:, k:])
        diagonal = torch.diagonal(factor, dim1=1, dim2=2)
        return said[:, :k], factor + torch.diag_embed(functional.softplus(diagonal) + 1e-2 - diagonal)


def slice_of(rows: Tensor) -> Tensor:
    """The number of each row as a column, to index with."""
    return torch.arange(len(rows), device=rows.device)[:, None]


class PairNetwork(nn.Module):
    """A branch of convolutions, a dense branch, latents that both share, and ways back from these.

    Parameters
    ----------
    side, briefs, values, shared, own : int
        As `nets.multimodal.PairShape` has them.
    """

    def __init__(self, side: int, briefs: int, values: int, shared: int, own: int) -> None:
        super().__init__()
        self._side, self._own = side, own
        self.looks = nn.Sequential(
            nn.Conv2d(2, 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 48, 3, padding=1),
            nn.ReLU(),
        )
        self.pooled = nn.AdaptiveAvgPool2d(4)
        self.sums_up = nn.Sequential(nn.Linear(48 * 18 + briefs, 128), nn.ReLU())
        self.picture_shared, self.picture_own = nn.Linear(128, shared), nn.Linear(128, own)
        self.numbers_shared = nn.Sequential(
            nn.Linear(2 * values, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, shared)
        )
        self.unfolds = nn.Linear(shared + own, side * side)
        self.draws = nn.Sequential(
            nn.Upsample(scale_factor=2),
            nn.Conv2d(16, 12, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(12, 1, 3, padding=1),
        )
        self.tells = nn.Sequential(nn.Linear(shared, 64), nn.ReLU(), nn.Linear(64, values))
        self.numbers_given_picture = Density(shared, values)
        self.picture_given_numbers = Density(shared, shared)
        self.judges = nn.Sequential(
            nn.Linear(3 * shared, 96), nn.ReLU(), nn.Linear(96, 48), nn.ReLU(), nn.Linear(48, 1)
        )

    def of_picture(self, images: Tensor, briefs: Tensor) -> tuple[Tensor, Tensor]:
        """The shared latents of pictures, and their own."""
        seen = self.looks(images)
        parts = [self.pooled(seen).flatten(1), seen.mean((2, 3)), seen.amax((2, 3)), briefs]
        summed = self.sums_up(torch.cat(parts, 1))
        return self.picture_shared(summed), self.picture_own(summed)

    def of_turned(self, images: Tensor, briefs: Tensor) -> tuple[Tensor, Tensor]:
        """As `of_picture`, the shared latents a mean over the picture turned and mirrored in all eight ways."""
        found = [self.of_picture(turned_by(images, way), briefs) for way in range(8)]
        return torch.stack([shared for shared, _ in found]).mean(0), found[0][1]

    def of_numbers(self, values: Tensor, known: Tensor) -> Tensor:
        """The shared latents of numbers."""
        return self.numbers_shared(torch.cat([values * known, known], 1))

    def drawn(self, shared: Tensor, own: Tensor | None = None) -> Tensor:
        """The picture that latents speak of, (m, side, side); without its own latents where there are none."""
        own = shared.new_zeros(len(shared), self._own) if own is None else own
        unfolded = functional.relu(self.unfolds(torch.cat([shared, own], 1)))
        return self.draws(unfolded.view(len(shared), 16, self._side // 4, self._side // 4))[:, 0]

    def judged(self, picture: Tensor, numbers: Tensor) -> Tensor:
        """Logarithm of the odds that these latents are of one pair; shape (m,)."""
        return self.judges(torch.cat([picture, numbers, picture * numbers], 1))[:, 0]

    def pictures(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The pictures as they are made of themselves, and of the numbers alone."""
        images, briefs, values, known = batch
        shared, own = self.of_picture(images, briefs)
        return self.drawn(shared, own), self.drawn(self.of_numbers(values, known))

    def read(self, batch: Batch, *, turned: bool) -> dict[str, Tensor]:
        """What `nets.multimodal.Reading` has of a batch."""
        images, briefs, values, known = batch
        picture, own = (self.of_turned if turned else self.of_picture)(images, briefs)
        numbers = self.of_numbers(values, known)
        middle, factor = self.numbers_given_picture(picture)
        spread = _marginal(factor @ factor.transpose(1, 2), known)
        off = (values - middle) * known
        inverse = torch.linalg.inv(spread)
        weighted = (inverse @ off[:, :, None])[:, :, 0]
        sureness = torch.diagonal(inverse, dim1=1, dim2=2)
        thought, thought_factor = self.picture_given_numbers(numbers)
        return {
            "picture": _error(self.drawn(picture, own), images),
            "numbers": (((self.tells(numbers) - values) ** 2) * known).sum(1) / known.sum(1).clamp(min=1),
            "crossed": _error(self.drawn(numbers), images),
            "given_picture": (off * weighted).sum(1),
            "given_numbers": _distance(picture - thought, thought_factor),
            "odds": self.judged(picture, numbers),
            "said": middle,
            "sigma": torch.diagonal(spread, dim1=1, dim2=2).sqrt(),
            "rest": values - weighted / sureness,
            "rest_sigma": sureness**-0.5,
            "latents": (picture + numbers) / 2,
        }


def loss_of(*, turned: bool) -> Loss:
    """The loss of `PairNetwork`; with ``turned`` pictures are turned and mirrored by chance while it learns."""

    def loss(network: nn.Module, batch: Batch) -> Tensor:
        assert isinstance(network, PairNetwork)
        images, briefs, values, known = batch
        if network.training and turned:
            images = turned_by(images, int(torch.randint(8, (1,))))
        given = known
        if network.training:
            given = known * (torch.rand(known.shape, device=known.device) > _FORGOTTEN)
        picture, own = network.of_picture(images, briefs)
        numbers = network.of_numbers(values, given)
        both = _together(picture, numbers, network.training)
        made = _error(network.drawn(both, own), images) + _CROSSED * _error(network.drawn(numbers), images)
        told = _huber(network.tells(both), values, known) + _huber(network.tells(numbers), values, known)
        middle, factor = network.numbers_given_picture(picture)
        thought, thought_factor = network.picture_given_numbers(numbers.detach())
        density = _surprise((values - middle) * known, factor, known) / max(1, values.shape[1])
        density = density * 6 + _surprise(picture.detach() - thought, thought_factor, None) / picture.shape[1]
        apart = torch.cat([network.judged(picture, numbers.roll(far, 0)) for far in _SHUFFLED])
        told_apart = functional.softplus(-network.judged(picture, numbers)).mean() + functional.softplus(apart).mean()
        near = functional.mse_loss(picture, numbers)
        return made.mean() + told + _DENSITY * density.mean() + told_apart + _TOGETHER * near

    return loss


def turned_by(images: Tensor, way: int) -> Tensor:
    """All pictures turned and mirrored alike, in one of eight ways."""
    images = images.flip(2) if way & 1 else images
    images = images.flip(3) if way & 2 else images
    return images.transpose(2, 3) if way & 4 else images


def _together(picture: Tensor, numbers: Tensor, training: bool) -> Tensor:
    """The mean of both latents; in training one of them alone for a third of the pairs each."""
    if not training:
        return (picture + numbers) / 2
    chance = torch.rand(len(picture), 1, device=picture.device)
    share = torch.where(chance < 1 / 3, 0.0, torch.where(chance < 2 / 3, 1.0, 0.5))
    return share * picture + (1 - share) * numbers


def _error(made: Tensor, images: Tensor) -> Tensor:
    """Mean squared error of each picture where it is known; shape (m,)."""
    known = images[:, 1]
    return (((made - images[:, 0]) ** 2) * known).sum((1, 2)) / known.sum((1, 2)).clamp(min=1)


def _huber(said: Tensor, values: Tensor, known: Tensor) -> Tensor:
    return (functional.smooth_l1_loss(said, values, reduction="none") * known).sum() / known.sum().clamp(min=1)


def _marginal(spread: Tensor, known: Tensor) -> Tensor:
    """Scale matrices of what is known alone; the rest has a variance of one and nothing to do with it."""
    both = known[:, :, None] * known[:, None, :]
    return spread * both + torch.diag_embed(1 - known)


def _distance(off: Tensor, factor: Tensor) -> Tensor:
    """Squared Mahalanobis distance; shape (m,)."""
    return (torch.linalg.solve_triangular(factor, off[:, :, None], upper=False)[:, :, 0] ** 2).sum(1)


def _surprise(off: Tensor, factor: Tensor, known: Tensor | None) -> Tensor:
    """Minus the logarithm of Student's density with few degrees of freedom, which outliers do not rule; (m,)."""
    many = torch.full_like(off[:, 0], off.shape[1])
    if known is not None and bool((known < 1).any()):
        factor = torch.linalg.cholesky(_marginal(factor @ factor.transpose(1, 2), known))
        many = known.sum(1)
    wide = torch.log(torch.diagonal(factor, dim1=1, dim2=2)).sum(1)
    return 0.5 * (_FREEDOM + many) * torch.log1p(_distance(off, factor) / _FREEDOM) + wide
