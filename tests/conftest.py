"""Settings of the whole suite."""

import os

from hypothesis import settings

# In CI the examples are always the same: a failure there is one that anybody can repeat.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
