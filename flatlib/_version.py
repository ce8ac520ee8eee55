"""The version of flatlib, written down once: the package and the tables of sweeps read it here."""

VERSION = "0.1.0"
