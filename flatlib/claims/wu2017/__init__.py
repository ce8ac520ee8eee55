"""Claims of Wu, Zhu & E 2017, one module for each page of the book."""
