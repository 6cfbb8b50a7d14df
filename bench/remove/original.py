"""Times the original's removal of one folder and prints one JSON line. run.mjs runs it."""

import json
import resource
import sys
import time
from pathlib import Path

from aibs_informatics_core.utils.file_operations import get_path_size_bytes, remove_path

path = Path(sys.argv[1])
started, cpu_before = time.perf_counter(), time.process_time()
size = get_path_size_bytes(path)
remove_path(path)
seconds = time.perf_counter() - started
print(
    json.dumps(
        {
            "seconds": seconds,
            "cpu_seconds": time.process_time() - cpu_before,
            "bytes": size,
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
