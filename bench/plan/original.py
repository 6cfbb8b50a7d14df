"""Times the original's planner on the same canned listing and prints one JSON line. run.mjs runs it."""

import datetime
import json
import logging
import resource
import sys
import time
from types import SimpleNamespace

import aibs_informatics_aws_utils.data_sync.file_system as file_system
from aibs_informatics_aws_lambda.handlers.data_sync.operations import PrepareBatchDataSyncHandler
from aibs_informatics_core.models.data_sync import PrepareBatchDataSyncRequest

objects = int(sys.argv[1])
limit = int(sys.argv[2])
modified = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
logging.disable(logging.CRITICAL)


def listing():
    for index in range(objects):
        yield SimpleNamespace(
            key=f"data/run-{index // 10000:07d}/sample-{index // 100:07d}/object-{index:07d}.nii.gz",
            size=index * 7919 % 1000003,
            last_modified=modified,
        )


bucket = SimpleNamespace(objects=SimpleNamespace(filter=lambda Prefix: listing()))
file_system.get_s3_resource = lambda **_: SimpleNamespace(Bucket=lambda name: bucket)

request = PrepareBatchDataSyncRequest.from_dict(
    {
        "source_path": "s3://bench-bucket/data/",
        "destination_path": "s3://bench-results/data/",
        "batch_size_bytes_limit": limit,
    }
)
started = time.perf_counter()
response = PrepareBatchDataSyncHandler().handle(request)
seconds = time.perf_counter() - started
print(
    json.dumps(
        {
            "seconds": seconds,
            "batches": len(response.requests),
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
