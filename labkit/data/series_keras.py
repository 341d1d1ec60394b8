"""Batches of windows for Keras, each gathered from the series when its turn comes."""

import numpy as np

from labkit.seeds import epoch_order


def batches(part, *, batch_size, seed=None):
    """Return the windows of a Split as batches that ``fit``, ``evaluate`` and ``predict`` take.

    Parameters
    ----------
    part : Split
        x (n, t, d) and y (n,) or (n, k), such as ``series.windows`` gives.
    batch_size : int ≥ 1
        Windows a batch; the last batch may be shorter.
    seed : int, optional
        Epoch e visits the windows in the order ``epoch_order(n, seed=seed, epoch=e)``; None: in
        the order of time, as evaluation and prediction need it.

    Returns
    -------
    keras.utils.PyDataset
        Pass ``shuffle=False`` to ``fit``: the windows are in order already.

    Raises
    ------
    ValueError
        If batch_size is below 1 or there is no window.

    Examples
    --------
    >>> from labkit.types import Split
    >>> two = batches(Split(np.zeros((3, 5, 1)), np.zeros(3)), batch_size=2)
    >>> [x.shape for x, y in (two[0], two[1])]
    [(2, 5, 1), (1, 5, 1)]
    """
    import keras

    if batch_size < 1 or not len(part):
        raise ValueError(f"expected windows and batch_size ≥ 1, got {len(part)} and {batch_size}")

    class Batches(keras.utils.PyDataset):
        epoch, order = -1, None

        def __len__(self):
            return -(-len(part) // batch_size)

        def __getitem__(self, i):
            rows = self.order[i * batch_size : (i + 1) * batch_size]
            return part.x[rows], part.y[rows]  # the only copy: (batch_size, t, d)

        # Keras calls on_epoch_end twice an epoch, and on_epoch_begin once.
        def on_epoch_begin(self):
            self.epoch += 1
            self.order = rows_of(self.epoch)

    def rows_of(epoch):
        n = len(part)
        return np.arange(n) if seed is None else epoch_order(n, seed=seed, epoch=epoch)

    made = Batches()
    made.order = rows_of(0)
    return made
