"""Completes an upload, and a second time while the first call puts the object. Prints the state at each moment as JSON.

`complete_upload.py [FOLDER]`: the folder of the patches of moto. Without it, moto is as it is.
"""

import json
import sys
import threading

from moto.s3.models import S3Backend, s3_backends

SIZE = 1_000


def main() -> None:
    if len(sys.argv) > 1:
        sys.path.insert(0, sys.argv[1])
        import moto_uploads

        moto_uploads.apply()
    putting, may_put = hold_puts()
    backend = s3_backends["123456789012"]["aws"]
    backend.create_bucket("bucket", "us-east-1")
    upload = backend.create_multipart_upload("bucket", "key", {}, "STANDARD", {}, None, "", "")
    part = backend.upload_part("bucket", upload.id, 1, b"x" * SIZE)
    answers: list[str] = []

    def complete() -> None:
        try:
            key = backend.complete_multipart_upload("bucket", upload.id, iter([(1, part.etag)]))
            answers.append(f"{key.name} with {len(key.value)} bytes")
        except Exception as error:
            answers.append(repr(error))

    calls = [threading.Thread(target=complete) for _ in range(2)]
    calls[0].start()
    putting.wait()
    calls[1].start()
    meanwhile = parts_of(backend, upload.id)
    may_put.set()
    for call in calls:
        call.join()
    print(json.dumps({"meanwhile": meanwhile, "answers": answers, "afterwards": parts_of(backend, upload.id)}))


def hold_puts() -> tuple[threading.Event, threading.Event]:
    putting, may_put = threading.Event(), threading.Event()
    put = S3Backend.put_object

    def put_later(self, *args, **options):
        putting.set()
        may_put.wait()
        return put(self, *args, **options)

    S3Backend.put_object = put_later
    return putting, may_put


def parts_of(backend: S3Backend, upload_id: str) -> str:
    try:
        return f"{len(backend.list_parts('bucket', upload_id))} part"
    except Exception as error:
        return type(error).__name__


main()
