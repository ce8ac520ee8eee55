"""Bad calls of what the pages on optimizers and the paper's networks add."""

from flatlib.networks import resnet_parts

CASES = [
    ("resnet of 50 layers", lambda: resnet_parts("ResNet-50"), ValueError, "name"),
    ("resnet by number", lambda: resnet_parts(18), ValueError, "name"),
]
