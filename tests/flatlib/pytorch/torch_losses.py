"""Every loss of torch.nn: targets that it takes, or why it is not tried."""

import torch
from torch import nn

N, C = 5, 3


def numbers(seed):
    return torch.randn(N, C, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


REAL, LABELS = numbers(5), torch.tensor([0, 2, 1, 1, 0])
UNIT, SIGNS = numbers(6).sigmoid(), numbers(7).sign()
ROWS = numbers(8).softmax(1)
BOTH = torch.tensor([1, -1, 1, 1, -1])

#: name -> (loss of outputs and targets, targets, what the module ends with)
LOSSES = {
    "L1Loss": (nn.L1Loss(), REAL, None),
    "MSELoss": (nn.MSELoss(), REAL, None),
    "HuberLoss": (nn.HuberLoss(delta=0.7), REAL, None),
    "SmoothL1Loss": (nn.SmoothL1Loss(beta=0.7), REAL, None),
    "CrossEntropyLoss": (nn.CrossEntropyLoss(), LABELS, None),
    "CrossEntropyLoss(weight)": (
        nn.CrossEntropyLoss(weight=torch.tensor([1.0, 5.0, 0.2]).double(), ignore_index=0),
        LABELS,
        None,
    ),
    "CrossEntropyLoss(smooth)": (nn.CrossEntropyLoss(label_smoothing=0.2), LABELS, None),
    "CrossEntropyLoss(soft)": (nn.CrossEntropyLoss(), ROWS, None),
    "NLLLoss": (nn.NLLLoss(), LABELS, nn.LogSoftmax(1)),
    "KLDivLoss": (nn.KLDivLoss(reduction="batchmean"), ROWS, nn.LogSoftmax(1)),
    "KLDivLoss(log)": (
        nn.KLDivLoss(reduction="batchmean", log_target=True), ROWS.log(), nn.LogSoftmax(1)
    ),
    "BCELoss": (nn.BCELoss(), UNIT, nn.Sigmoid()),
    "BCEWithLogitsLoss": (nn.BCEWithLogitsLoss(pos_weight=UNIT[0]), UNIT, None),
    "PoissonNLLLoss": (nn.PoissonNLLLoss(full=True), 5 * UNIT, None),
    "GaussianNLLLoss": (
        lambda o, t: nn.GaussianNLLLoss()(o[:, :1], t[:, :1], o[:, 1:2].exp()), REAL, None
    ),
    "HingeEmbeddingLoss": (nn.HingeEmbeddingLoss(), SIGNS, None),
    "SoftMarginLoss": (nn.SoftMarginLoss(), SIGNS, None),
    "MultiLabelSoftMarginLoss": (nn.MultiLabelSoftMarginLoss(), UNIT.round(), None),
    "MarginRankingLoss": (
        lambda o, t: nn.MarginRankingLoss(0.3)(o[:, 0], o[:, 1], t[:, 0]), SIGNS, None
    ),
    "CosineEmbeddingLoss": (lambda o, t: nn.CosineEmbeddingLoss()(o, t, BOTH), REAL, None),
    "TripletMarginLoss": (lambda o, t: nn.TripletMarginLoss()(o, t, t + 1), REAL, None),
    "TripletMarginWithDistanceLoss": (
        lambda o, t: nn.TripletMarginWithDistanceLoss()(o, t, t + 1), REAL, None
    ),
}  # fmt: skip


def _connectionist(outputs, targets):
    rows = outputs.log_softmax(1).expand(4, N, C)
    return nn.CTCLoss()(rows, targets[:, None] % 2 + 1, torch.full((N,), 4), torch.full((N,), 1))


#: losses without second derivatives in PyTorch: (loss, targets)
REFUSED_LOSSES = {
    "MultiMarginLoss": (nn.MultiMarginLoss(), LABELS),
    "MultiLabelMarginLoss": (nn.MultiLabelMarginLoss(), LABELS[:, None].expand(N, C)),
    "CTCLoss": (_connectionist, LABELS),
}
#: the old name of another, and last layers that are losses too: they have weights and two inputs
ELSEWHERE = {"NLLLoss2d", "LinearCrossEntropyLoss", "LinearCrossEntropyOptions"}
ELSEWHERE |= {"AdaptiveLogSoftmaxWithLoss"}


def build_for(end):
    """A small smooth net, and its inputs."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        layers = [nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, C)]
        module = nn.Sequential(*layers, *[end] * (end is not None)).double()
        return module, torch.randn(N, 3, dtype=torch.float64)
