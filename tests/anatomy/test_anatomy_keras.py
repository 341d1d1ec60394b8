"""The table of a Keras model: its counts, its receptive fields, and the memory it foresees."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from labkit.anatomy import keras_layers, training_memory
from labkit.anatomy.table import COLUMNS, Window

pytestmark = pytest.mark.keras


def mnist(*, pool):
    from keras import Input, Sequential, layers

    middle = []
    for n in (32, 64, 128):
        middle.append(layers.Conv2D(n, 3, activation="relu"))
        if pool and n < 128:
            middle.append(layers.MaxPooling2D(2))
    return Sequential([Input((28, 28, 1)), *middle, layers.Flatten(), layers.Dense(10)])


def branched():
    import keras
    from keras import layers

    x = keras.Input((32, 32, 3))
    a = layers.Conv2D(8, 3, padding="same")(x)
    b = layers.DepthwiseConv2D(5, padding="same")(a)
    inner = keras.Sequential([keras.Input((32, 32, 8)), layers.Conv2D(4, 3, strides=2)])
    inner.add(layers.BatchNormalization())
    y = layers.GlobalMaxPooling2D()(inner(layers.Add()([a, b])))
    return keras.Model(x, layers.Dense(3)(y))


def alexnet():
    from keras import Input, Sequential, layers

    stack = [layers.ZeroPadding2D(1), layers.Conv2D(96, 11, strides=4, activation="relu")]
    stack += [layers.MaxPooling2D(3, 2), layers.Conv2D(256, 5, padding="same", activation="relu")]
    stack.append(layers.MaxPooling2D(3, 2))
    stack += [layers.Conv2D(n, 3, padding="same", activation="relu") for n in (384, 384, 256)]
    return Sequential([Input((224, 224, 1)), *stack, layers.MaxPooling2D(3, 2)])


@pytest.mark.parametrize(
    ("pool", "parameters", "multiply_adds"), [(True, 104_202, 3_100_032), (False, 712_202, None)]
)
def test_the_two_nets_for_mnist_have_their_counts(pool, parameters, multiply_adds):
    model = mnist(pool=pool)
    table = keras_layers(model)
    assert list(table.columns) == list(COLUMNS)
    assert table["parameters"].sum() == model.count_params() == parameters
    if multiply_adds:
        assert table["multiply_adds"].sum() == multiply_adds


def test_parameters_are_those_that_keras_counts_and_models_in_models_are_walked():
    import math

    model = branched()
    table = keras_layers(model)
    assert table["parameters"].sum() == model.count_params()
    learnt = sum(math.prod(v.shape) for v in model.trainable_weights)
    assert table["trainable"].sum() == learnt == model.count_params() - 2 * 4
    seen = table[table["kind"].str.contains("Conv|Add")]
    assert seen["receptive_field"].tolist() == [3, 7, 7, 9]
    assert seen["jump"].tolist() == [1, 1, 1, 2]
    assert seen["multiply_adds"].tolist()[:2] == [27 * 8 * 1024, 25 * 8 * 1024]


def test_alexnet_has_the_known_fields_and_sizes_in_keras_too():
    table = keras_layers(alexnet())
    seen = table[table["kind"].isin(["Conv2D", "MaxPooling2D"])]
    assert seen["receptive_field"].tolist() == [11, 19, 51, 67, 99, 131, 163, 195]
    assert [shape[0] for shape in seen["output"]] == [54, 26, 26, 12, 12, 12, 12, 5]


def test_a_frozen_layer_and_a_shared_one():
    import keras
    from keras import layers

    dense, x = layers.Dense(4), keras.Input((4,))
    first = layers.Dense(4)
    first.trainable = False
    model = keras.Model(x, dense(first(x)))
    table = keras_layers(model)
    assert table["trainable"].tolist() == [0, 0, 20]
    assert training_memory(table, batch_size=1)["gradients"] == 80
    twice = keras.Sequential([keras.Input((4,)), layers.Flatten(), model, layers.Dense(1)])
    assert keras_layers(twice)["parameters"].sum() == twice.count_params()


def test_a_layer_of_ones_own_is_unknown_until_it_has_a_rule():
    from keras import Input, Sequential, layers

    model = Sequential([Input((8, 8, 2)), layers.SeparableConv2D(4, 3)])
    unknown = keras_layers(model).iloc[-1:]
    assert unknown[["multiply_adds", "receptive_field"]].isna().all(axis=None)
    window = Window((3, 3), (1, 1), (1, 1))

    def rule(layer, x, y):
        return {"matrix": 9 * 2 + 2 * 4, "positions": 36, "bias": True, "window": window}

    known = keras_layers(model, rules={layers.SeparableConv2D: rule}).iloc[-1]
    assert (known["multiply_adds"], known["receptive_field"]) == (26 * 36, 3)


def test_upward_layers_count_and_end_the_field():
    from keras import Input, Sequential, layers

    up = [layers.Conv2DTranspose(3, 2, strides=2), layers.UpSampling2D(2), layers.Conv2D(1, 1)]
    table = keras_layers(Sequential([Input((4, 4, 2)), *up])).set_index("kind")
    assert table.loc["Conv2DTranspose", "multiply_adds"] == 4 * 2 * 3 * 16
    assert table["receptive_field"].isna().tolist() == [False, True, True, True]


def test_a_model_without_shapes_is_refused():
    from keras import Sequential, layers

    with pytest.raises(ValueError, match=r"begin it with keras\.Input"):
        keras_layers(Sequential([layers.Dense(3)]))


def run_once(net):
    script = Path(__file__).with_name("peak_keras.py")
    # One operation at a time: two that overlap keep one copy more of the weights, by chance.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTEROP_THREADS"), "1")
    env = os.environ | threads | {"MALLOC_MMAP_THRESHOLD_": "65536"}
    run = subprocess.run(
        [sys.executable, script, *net.split()], capture_output=True, text=True, check=True, env=env
    )
    measured, foreseen = map(int, run.stdout.split())
    assert measured > 100e6
    return measured, foreseen


@pytest.mark.parametrize("net", ["dense 8000 64 adam", "dense 16000 64 sgd"])
def test_foreseen_memory_of_large_weights_is_the_measured_peak_to_15_percent(net):
    measured, foreseen = run_once(net)
    assert foreseen == pytest.approx(measured, rel=0.15)


def test_foreseen_memory_of_large_activations_is_a_lower_bound_on_tensorflow():
    measured, foreseen = run_once("convolutional 32 512 sgd")
    assert foreseen < measured < 2 * foreseen
