"""The end of an upload in parts, in one step as in S3.

moto 5.2.5 removes the upload before it puts the object. Another call meanwhile finds neither, or fails with 500.
"""

import threading

from moto.s3.exceptions import NoSuchUpload
from moto.s3.models import MultipartDict, S3Backend

_ending = threading.Lock()
_kept: set[str] = set()


def apply() -> None:
    complete = S3Backend.complete_multipart_upload
    remove = MultipartDict.__delitem__

    def complete_in_one_step(self, bucket_name, multipart_id, body):
        with _ending:
            bucket = self.get_bucket(bucket_name)
            if multipart_id not in bucket.multiparts:
                return _completed(bucket, multipart_id)
            _kept.add(multipart_id)
            try:
                key = complete(self, bucket_name, multipart_id, body)
            finally:
                _kept.remove(multipart_id)
            if key is not None:
                del bucket.multiparts[multipart_id]
            return key

    def remove_unless_kept(self, multipart_id) -> None:
        if multipart_id not in _kept:
            remove(self, multipart_id)

    S3Backend.complete_multipart_upload = complete_in_one_step
    MultipartDict.__delitem__ = remove_unless_kept


def _completed(bucket, multipart_id):
    """A second call has the answer of the first, as in S3."""
    for key in bucket.keys.values():
        if key.multipart is not None and key.multipart.id == multipart_id:
            return key
    raise NoSuchUpload(upload_id=multipart_id)
