"""Eager and graph execution in PyTorch."""

import torch

graphs = []  # what was recorded: one list of operations a graph


def f(x):
    return torch.relu(2.0 * x).sum() + 1.0  # (n,) -> ()


def note(graph, _inputs):
    """Compile nothing: note the graph and hand it back."""
    graphs.append([node.name for node in graph.graph.nodes])
    return graph.forward


compiled = torch.compile(f, backend=note)  # no backend: compile for real


def compare(numbers):
    """Return the eager result, the graph's, and how often f was recorded."""
    x = torch.tensor(numbers)
    return f(x).item(), compiled(x).item(), len(graphs)
