"""Errors planted in what the claims on training and random solutions rest on."""

from dataclasses import replace

import numpy as np

from flatbook.what_training_adds import claims_margin, claims_trained, linear
from flatlib.measures import SolutionVolume, _slices
from flatlib.training import Table


def _transpose_for_inverse(monkeypatch):
    monkeypatch.setattr(linear, "pseudo_inverse", lambda features: features.T)


def _no_projection(monkeypatch):
    """The spread of all of a start, not of the part that the examples leave alone."""
    true = linear.law

    def wrong(features, labels, at):
        return true(features, labels, at)[0], np.linalg.norm(at, axis=1)

    monkeypatch.setattr(linear, "law", wrong)


def _start_at_nought(monkeypatch):
    true = linear.ends
    monkeypatch.setattr(linear, "ends", lambda f, y, starts: true(f, y, 0 * starts))


def _scale_forgotten(monkeypatch):
    true = linear.accuracies
    monkeypatch.setattr(linear, "accuracies", lambda m, s, y, scale: true(m, s, y, 1.0))


def _square_of_the_margin(monkeypatch):
    """c^2 whatever the depth."""
    monkeypatch.setattr(claims_margin, "_power", lambda depth: 2.0)


def _whole_square(monkeypatch):
    """The least squared norm, without the half."""
    true = claims_margin._half_square
    monkeypatch.setattr(claims_margin, "_half_square", lambda theta: 2 * true(theta))


def _signs_for_margins(monkeypatch):
    """Moves that ask for right signs alone."""
    true = _slices.right_on
    monkeypatch.setattr(
        _slices, "right_on", lambda outputs, labels, margins: true(outputs, labels, 0 * margins)
    )
    monkeypatch.setattr(
        _slices._Blocks,
        "__init__",
        lambda move, problem, blocks: move.__dict__.update(
            problem=replace(problem, margins=0 * problem.margins), blocks=blocks
        ),
    )


def _volume_stands_still(monkeypatch):
    """Of the first labels, whatever margin came after."""
    true = SolutionVolume.log_volumes.fget
    monkeypatch.setattr(
        SolutionVolume, "log_volumes", property(lambda run: np.full_like(true(run), true(run)[1]))
    )


def _another_start_is_taken_for_he(monkeypatch):
    true = claims_trained.descents
    monkeypatch.setattr(
        claims_trained,
        "descents",
        lambda table, scale: true(table, {1.0: 8.0, 8.0: 1.0}.get(scale, scale)),
    )


def _changed(monkeypatch, name, change):
    """One column of both tables is another."""
    true = Table.__getitem__

    def wrong(table, which):
        found = true(table, which)
        return change(found) if which == name else found

    monkeypatch.setattr(Table, "__getitem__", wrong)


def _trained_images_are_tested(monkeypatch):
    """Random solutions are right on images that they were drawn for."""
    _changed(monkeypatch, "random", lambda shares: 0.5 + 0.5 * shares)


def _nets_that_do_not_fit_vote(monkeypatch):
    _changed(monkeypatch, "vote", lambda shares: shares - 0.05)


PLANTED = [
    ("SR7", _transpose_for_inverse),
    ("SR7", _no_projection),
    ("SR7", _start_at_nought),
    ("SR7", _scale_forgotten),
    ("SR8", _square_of_the_margin),
    ("SR8", _whole_square),
    ("SR8", _signs_for_margins),
    ("SR8", _volume_stands_still),
    ("SR9", _another_start_is_taken_for_he),
    ("SR9", _trained_images_are_tested),
    ("SR9", _nets_that_do_not_fit_vote),
]
