"""A character model with carried state, clipped steps and a temperature, in PyTorch."""

import torch
from torch import nn


class CharacterModel(nn.Module):
    """One recurrent layer and one logit for each of the k characters."""

    def __init__(self, k, units):
        super().__init__()
        self.cells = nn.RNN(k, units, batch_first=True)
        self.cells.bias_hh_l0.data.zero_()
        self.cells.bias_hh_l0.requires_grad_(False)  # PyTorch has two biases; one is enough
        self.out = nn.Linear(units, k)

    def forward(self, x, state=None):
        """Return the logits (b, t, k) of one-hot x (b, t, k), and the state after the last."""
        h, state = self.cells(x, state)
        return self.out(h), state


def train_epoch(net, sgd, batches):
    """Take one step for each sequential minibatch; return their losses."""
    state, losses = None, []
    for x, y in batches:
        logits, state = net(x, state)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())
        sgd.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)  # all parameters together
        sgd.step()
        state = state.detach()  # keep the value, drop the graph
        losses.append(loss.item())
    return losses


def probabilities(logits, temperature):
    """Return the softmax of logits (k,) over the temperature, in 64 bits for drawing."""
    return torch.softmax(logits.double() / temperature, dim=-1)
