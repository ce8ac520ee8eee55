"""Time exact Hessians: flatlib, its peers, and the floor. See ``python -m benchmarks``."""
