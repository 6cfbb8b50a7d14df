"""Values that moto 5.2.5 computes again for each execution or state. Here each is computed once; no answer changes."""

import functools
import os
import threading
import types
from typing import Any

import boto3
from antlr4 import CommonTokenStream, InputStream
from botocore.config import Config
from moto.stepfunctions.parser.asl.antlr.runtime.ASLLexer import ASLLexer
from moto.stepfunctions.parser.asl.antlr.runtime.ASLParser import ASLParser
from moto.stepfunctions.parser.asl.parse import asl_parser
from moto.stepfunctions.parser.asl.parse.asl_parser import ASLParserException, SyntaxErrorListener
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.utils import boto_client, json_path

# Each running state holds a connection while it waits for its task.
_CONNECTIONS = Config(max_pool_connections=1_000)


def apply() -> None:
    json_path.parse = functools.cache(json_path.parse)
    boto_client.boto3 = types.SimpleNamespace(client=client)
    asl_parser.AmazonStateLanguageParser.parse = staticmethod(_parse)


# Neither ANTLR's parsers nor boto3's session may work in two threads at once.
_making = threading.Lock()
_clients: dict[tuple[str, str, str], Any] = {}


def client(*, service_name: str, region_name: str, endpoint_url: str, config: Config = _CONNECTIONS, **_: Any) -> Any:
    """The one client of a service, a region and an endpoint, for all threads.

    It has the keys of the environment. The gateway refuses those that moto gives.
    """
    key = (service_name, region_name, endpoint_url)
    with _making:
        if key not in _clients:
            names = {"service_name": service_name, "region_name": region_name, "endpoint_url": endpoint_url}
            keys = {
                "aws_access_key_id": os.environ["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": os.environ["AWS_SECRET_ACCESS_KEY"],
            }
            made = boto3.client(**names, **keys, config=config.merge(_CONNECTIONS))
            made.meta.events.register("before-send", _close_afterwards)
            _clients[key] = made
        return _clients[key]


def _close_afterwards(request: Any, **_: Any) -> None:
    """A connection that is kept may be closed by the gateway at the moment of its next use, and no call is retried."""
    request.headers["Connection"] = "close"


def _parse(definition: str) -> tuple[Any, Any]:
    """The components of a program keep their execution's values, so each execution gets its own."""
    tree = _tree_of(definition)
    return Preprocessor().visit(tree), tree


@functools.cache
def _tree_of(definition: str) -> Any:
    with _making:
        return _read(definition)


def _read(definition: str) -> Any:
    listener = SyntaxErrorListener()
    parser = ASLParser(CommonTokenStream(ASLLexer(InputStream(definition))))
    parser.removeErrorListeners()
    parser.addErrorListener(listener)
    tree = parser.state_machine()
    if listener.errors:
        raise ASLParserException(errors=listener.errors)
    return tree
