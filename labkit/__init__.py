"""labkit: data loaders, trainers and plotters that the course's labs import.

Importing the package loads no deep-learning framework and no pyplot; each module loads what it
needs when a function that needs it is called.
"""

from labkit.profile import budget, profile
from labkit.seeds import seed_everything

__version__ = "0.1.0"
__all__ = ["budget", "profile", "seed_everything"]
