"""A training trace as a workbook whose every cell is a live formula.

Change a start weight, the learning rate or a row of data in the first sheet, and a spreadsheet
program works out the whole run again. A net is a list of :class:`Column`; the module of each net
holds its list, and `write_workbook` does the rest.
"""

from labkit.sheet.core import Column, calculate, read_trace, recalculate, write_workbook
from labkit.sheet.neuron import write_trace
from labkit.sheet.softmax import write_softmax_trace

__all__ = [
    "Column",
    "calculate",
    "read_trace",
    "recalculate",
    "write_softmax_trace",
    "write_trace",
    "write_workbook",
]
