import matplotlib
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _figures_closed():
    import matplotlib.pyplot as plt

    yield
    plt.close("all")
