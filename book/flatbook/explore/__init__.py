"""A figure with sliders: in the built book, in JupyterLab and on paper."""

from flatbook.explore.explorable import Explorable, explore, still

__all__ = ["Explorable", "explore", "still"]
