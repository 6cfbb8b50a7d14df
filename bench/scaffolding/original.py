"""Times the original's scaffolding handler and prints one JSON line. run.mjs runs it."""

import json
import resource
import statistics
import sys
import time
from pathlib import Path
from types import SimpleNamespace

started = time.perf_counter()
from aibs_informatics_aws_lambda.handlers.demand.scaffolding import PrepareDemandScaffoldingHandler  # noqa: E402

imported = time.perf_counter()

request = json.loads(Path(sys.argv[1]).read_text())
rounds = int(sys.argv[2])
context = SimpleNamespace(
    function_name="scaffolding",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:us-west-2:123456789012:function:scaffolding",
    aws_request_id="1",
)
handler = PrepareDemandScaffoldingHandler.get_handler()


def invoke() -> float:
    start = time.perf_counter()
    handler(json.loads(json.dumps(request)), context)
    return (time.perf_counter() - start) * 1000


cold = invoke()
warm = [invoke() for _ in range(rounds)] or [cold]
print(
    json.dumps(
        {
            "import_ms": (imported - started) * 1000,
            "cold_ms": cold,
            "warm_ms": statistics.median(warm),
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
