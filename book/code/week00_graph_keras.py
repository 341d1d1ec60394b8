"""Eager and graph execution in TensorFlow, which carries Keras here."""

import tensorflow as tf


def f(x):
    return tf.reduce_sum(tf.nn.relu(2.0 * x)) + 1.0  # (n,) -> ()


compiled = tf.function(f)


def compare(numbers):
    """Return the eager result, the graph's, and how often f was recorded."""
    x = tf.constant(numbers)
    eager, graph = f(x).numpy().item(), compiled(x).numpy().item()
    return eager, graph, compiled.experimental_get_tracing_count()


def operations(numbers):
    """Return the names of the recorded operations."""
    graph = compiled.get_concrete_function(tf.constant(numbers)).graph
    return [operation.type for operation in graph.get_operations()]
