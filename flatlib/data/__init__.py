"""Data: teachers with exact minima, digits, signals, Wu et al.'s cubic; images from the network."""

from flatlib.data.cubic import cubic
from flatlib.data.digits import digits, enlarged_digits, parity
from flatlib.data.images import cifar10, mnist, svhn
from flatlib.data.signals import mnist1d
from flatlib.data.split import Split
from flatlib.data.teachers import TeacherData, teacher_student

__all__ = [
    "Split",
    "TeacherData",
    "cifar10",
    "cubic",
    "digits",
    "enlarged_digits",
    "mnist",
    "mnist1d",
    "parity",
    "svhn",
    "teacher_student",
]
