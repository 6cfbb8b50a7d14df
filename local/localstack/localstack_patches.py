"""Patches of LocalStack 2026.3.0: behaviour of AWS that a demand execution needs and LocalStack lacks.

The docstring of each patch describes AWS's behaviour.
"""

import os
from datetime import datetime
from types import SimpleNamespace
from urllib.parse import quote

import localstack_plugins
import localstack_resources
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from localstack.aws import handlers
from localstack.aws.api import RequestContext
from localstack.aws.skeleton import Skeleton
from localstack.aws.spec import load_service
from localstack.services.iam.models import iam_stores
from localstack.services.lambda_ import provider as lambda_provider
from localstack.services.lambda_.invocation import version_manager
from localstack.services.moto import _proxy_moto
from localstack.services.plugins import PLUGIN_NAMESPACE, SERVICE_PLUGINS, Service, ServicePluginAdapter
from localstack.services.stepfunctions.asl.component.common.error_name.custom_error_name import CustomErrorName
from localstack.services.stepfunctions.asl.component.common.error_name.error_name import ErrorName
from localstack.services.stepfunctions.asl.eval.environment import Environment
from localstack.services.stepfunctions.asl.eval.program_state import ProgramStopped
from localstack.services.stepfunctions.asl.utils.encoding import to_json_str
from localstack.services.stepfunctions.backend.execution import Execution
from moto.batch.models import BatchBackend
from moto.iam.exceptions import NotFoundException
from plux import PluginSpec

# Operations that the gateway answers. It invokes functions and runs jobs for every caller.
_ELSEWHERE = {
    "lambda": {"Invoke"},
    "batch": {"SubmitJob", "DescribeJobs", "ListJobs", "TerminateJob", "CancelJob"},
}
_PASSED_ON = {"content-type", "x-amz-invocation-type", "x-amz-log-type", "x-amz-client-context"}
_ANSWERED = {"content-type", "x-amzn-errortype", "x-amz-function-error"}


def apply(endpoint: str) -> None:
    """Applies all patches. The gateway at `endpoint` runs functions and jobs, which LocalStack does not."""
    _serve_from_moto("batch")
    _serve_from_moto("efs")
    _know_roles()
    _ask_gateway(endpoint)
    _prepare_no_functions()
    _tell_times_as_numbers()
    _pass_errors_on()
    _stay_stopped()
    localstack_resources.apply()


def _serve_from_moto(api: str) -> None:
    """Serves an API from moto, which LocalStack contains. LocalStack itself sells this API."""

    def create() -> Service:
        model = load_service(api)
        operations = dict.fromkeys(model.operation_names, _proxy_moto)
        return Service(api, skeleton=Skeleton(model, operations))

    spec = PluginSpec(
        PLUGIN_NAMESPACE, f"{api}:default", factory=lambda: ServicePluginAdapter(api=api, create_service=create)
    )
    localstack_plugins.add(SERVICE_PLUGINS.plugin_manager, spec)


def _know_roles() -> None:
    """Lets moto's Batch find roles and instance profiles in LocalStack's store. moto's own store is empty."""

    class Roles:
        def __init__(self, account_id: str) -> None:
            self.store = iam_stores[account_id]["aws"]

        def get_role_by_arn(self, arn: str) -> None:
            if not any(entity.role["Arn"] == arn for entity in self.store.ROLES.values()):
                raise NotFoundException(f"Role {arn} not found")

        def get_instance_profiles(self) -> list[SimpleNamespace]:
            profiles = [entity.instance_profile for entity in self.store.INSTANCE_PROFILES.values()]
            return [SimpleNamespace(arn=each["Arn"], name=each["InstanceProfileName"]) for each in profiles]

    BatchBackend.iam_backend = property(lambda self: Roles(self.account_id))


def _ask_gateway(endpoint: str) -> None:
    keys = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])

    def ask(chain, context: RequestContext, response) -> None:
        if context.operation is None or context.operation.name not in _ELSEWHERE.get(context.service.service_name, ()):
            return
        request = context.request
        headers = {name: value for name, value in request.headers if name.lower() in _PASSED_ON}
        url = endpoint + quote(request.path, safe="/")
        onward = AWSRequest(request.method, url, headers=headers, data=request.get_data())
        SigV4Auth(keys, context.service.service_name, context.region).add_auth(onward)
        answer = requests.request(request.method, url, data=onward.data, headers=dict(onward.headers))
        response.status_code = answer.status_code
        response.data = answer.content
        response.headers.update({name: value for name, value in answer.headers.items() if name.lower() in _ANSWERED})
        chain.stop()

    handlers.serve_custom_service_request_handlers.append(ask)


def _prepare_no_functions() -> None:
    """Skips the runtime of functions: the gateway runs their code. LocalStack would need docker."""

    class NotRunHere:
        validate_environment = classmethod(lambda cls: True)
        prepare_version = classmethod(lambda cls, version: None)
        cleanup_version = classmethod(lambda cls, version: None)

    for module in (version_manager, lambda_provider):
        module.get_runtime_executor = lambda: NotRunHere


def _tell_times_as_numbers() -> None:
    """Writes the times of a status event in milliseconds since 1970, as AWS does. LocalStack writes text."""

    def publish(self: Execution) -> None:
        detail = {
            "executionArn": self.exec_arn,
            "stateMachineArn": self.state_machine.arn,
            "name": self.name,
            "status": self.exec_status,
            "startDate": milliseconds(self.start_date),
            "stopDate": milliseconds(self.stop_date),
            "input": to_json_str(self.input_data),
            "output": None if self.output is None else to_json_str(self.output),
            "error": self.error,
            "cause": self.cause,
        }
        entry = {
            "Source": "aws.states",
            "Resources": [self.exec_arn],
            "DetailType": "Step Functions Execution Status Change",
            "Detail": to_json_str(detail),
        }
        self._get_events_client().put_events(Entries=[entry])

    def milliseconds(date: datetime | None) -> int | None:
        return None if date is None else int(date.timestamp() * 1000)

    Execution.publish_execution_status_change_event = publish


def _pass_errors_on() -> None:
    """Lets a Fail state and a mock repeat the error of a task, even `States.TaskFailed`, as AWS does."""

    def any_name(self, error_name: str | None) -> None:
        ErrorName.__init__(self, error_name=error_name)

    CustomErrorName.__init__ = any_name


def _stay_stopped() -> None:
    """Keeps the status ABORTED when a task fails after StopExecution, for example within a Map."""

    def unless_stopped(change):
        def guarded(self: Environment, *args, **kwargs) -> None:
            if not isinstance(self.program_state(), ProgramStopped):
                change(self, *args, **kwargs)

        return guarded

    Environment.set_error = unless_stopped(Environment.set_error)
    Environment.set_timed_out = unless_stopped(Environment.set_timed_out)
