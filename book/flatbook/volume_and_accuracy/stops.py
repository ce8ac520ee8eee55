"""When a descent is stopped: at about 100 % of the images, and then at a training loss."""

from flatlib.networks import Params
from flatlib.objective import Objective
from flatlib.weighted import WeightedSum

FITTED = 0.99  # of the first set, and of all


class Stops:
    """Asked after each epoch; it remembers where it first said yes to either question.

    Attributes:
        reached: params at the first stop and, from there on, where the loss was low enough.
        epochs: how many it took to each.
    """

    def __init__(self, combined: WeightedSum | Objective, clean: Objective, loss: float) -> None:
        """Take what is descended on, its first part, and the loss on this to be reached."""
        self._parts = [clean] if combined is clean else list(combined.objectives)
        self._loss = loss
        self._asked = 0
        self.reached: list[Params] = []
        self.epochs: list[int] = []

    def __call__(self, params: Params) -> bool:
        """Whether both are reached."""
        self._asked += 1
        if not self.reached and all(part.accuracy(params) >= FITTED for part in self._parts):
            self._keep(params)
        if len(self.reached) == 1 and float(self._parts[0](params)) <= self._loss:
            self._keep(params)
        return len(self.reached) == 2

    def _keep(self, params: Params) -> None:
        self.reached.append(params)
        self.epochs.append(self._asked)
