"""Claims that are ours: what neither paper says, one module for each page of the book."""
