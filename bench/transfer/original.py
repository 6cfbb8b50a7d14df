"""Runs the original's transfer from one location to another. run.mjs runs it."""

import logging
import sys

from aibs_informatics_aws_utils.data_sync.operations import DataSyncOperations
from aibs_informatics_core.models.data_sync import DataSyncRequest

logging.disable(logging.CRITICAL)
source, destination = (each if each.endswith("/") else f"{each}/" for each in sys.argv[1:3])
request = {
    "source_path": source,
    "destination_path": destination,
    "size_only": True,
    "delete": False,
    "retain_source_data": True,
}
DataSyncOperations.sync_request(DataSyncRequest.from_dict(request))
