"""One lock for all code that silences warnings."""

import threading

# The filters of warnings belong to all threads: two that change and restore them at once would leave them changed.
ALONE = threading.RLock()
