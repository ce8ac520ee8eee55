"""One thread for each process of the tests: more of them than processors slow all down."""

from importlib.util import find_spec

if find_spec("torch"):
    import torch

    torch.set_num_threads(1)
