"""Trainers: plain loops over plain objects that return a History, the same in each framework."""

from labkit.train.fit_keras import fit_keras
from labkit.train.fit_numpy import fit_numpy
from labkit.train.fit_torch import fit_torch
from labkit.train.stopping import stop_early
from labkit.train.sweep import sweep

__all__ = ["fit_keras", "fit_numpy", "fit_torch", "stop_early", "sweep"]
