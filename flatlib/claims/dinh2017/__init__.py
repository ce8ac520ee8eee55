"""Claims of Dinh, Pascanu, Bengio & Bengio 2017, one module for each page of the book."""
