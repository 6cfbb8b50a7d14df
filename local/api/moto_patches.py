"""Patches of moto 5.2.5: behaviour of AWS that a demand execution needs and moto lacks.

The docstring of each patch describes AWS's behaviour.
"""

import json
import threading
import time
from datetime import datetime, timezone
from typing import Any

import botocore.loaders
import moto_execution_patches
import moto_resources
import moto_speed
from botocore.model import ServiceModel
from moto.batch.models import ComputeEnvironment
from moto.core.config import default_user_config
from moto.events.models import Rule, events_backends
from moto.iam.models import iam_backends
from moto.stepfunctions import models as stepfunctions
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

_MODELS: dict[str, ServiceModel] = {}
# EventBridge tries for a day. A person or a test does not wait that long.
_DELIVERY_ATTEMPTS = 3


def apply(endpoint: str) -> None:
    """Applies all patches. The gateway at `endpoint` runs functions and jobs, which moto does not."""
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    default_user_config["batch"]["use_docker"] = False
    _run_machines_of_stacks()
    _fill_in_substitutions()
    _translate_names()
    _deliver_to_functions_and_machines(endpoint)
    _tell_of_executions()
    _stop_jobs_with_their_execution(endpoint)
    moto_execution_patches.apply()
    _run_compute_environments_as_batch()
    moto_resources.apply()
    moto_speed.apply()


def _run_machines_of_stacks() -> None:
    """Runs the state machines of a stack. moto puts them into the backend that executes nothing."""
    stepfunctions.stepfunctions_backends = stepfunctions_parser_backends


def _fill_in_substitutions() -> None:
    """Puts `DefinitionSubstitutions` into the definition, as CloudFormation does. moto leaves the placeholders."""
    machine = stepfunctions.StateMachine
    create = machine.create_from_cloudformation_json.__func__
    update = machine.update_from_cloudformation_json.__func__

    def filled(properties: dict[str, Any]) -> dict[str, Any]:
        definition = properties.get("DefinitionString", "")
        for name, value in properties.get("DefinitionSubstitutions", {}).items():
            definition = definition.replace("${" + name + "}", str(value))
        return {**properties, "DefinitionString": definition}

    def create_filled(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        json = {**cloudformation_json, "Properties": filled(cloudformation_json["Properties"])}
        return create(cls, resource_name, json, account_id, region_name, **kwargs)

    def update_filled(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        json = {**cloudformation_json, "Properties": filled(cloudformation_json.get("Properties", {}))}
        return update(cls, original_resource, new_resource_name, json, account_id, region_name)

    machine.create_from_cloudformation_json = classmethod(create_filled)
    machine.update_from_cloudformation_json = classmethod(update_filled)


def _translate_names() -> None:
    """Writes parameters and results of a service integration in PascalCase. moto's hooks for that are empty."""

    def operation_of(task: StateTaskService, service: str | None, action: str | None):
        name = task._get_boto_service_name(service)
        if name not in _MODELS:
            description = botocore.loaders.Loader().load_service_model(name, "service-2")
            _MODELS[name] = ServiceModel(description, service_name=name)
        wanted = (action or task.resource.api_action).replace("_", "").lower()
        operations = _MODELS[name].operation_names
        return _MODELS[name].operation_model(next(each for each in operations if each.lower() == wanted))

    def normalise_parameters(self, parameters, boto_service_name=None, service_action_name=None) -> None:
        shape = operation_of(self, boto_service_name, service_action_name).input_shape
        if shape is not None:
            self._to_boto_request(parameters, shape)

    def normalise_response(self, response, boto_service_name=None, service_action_name=None) -> None:
        shape = operation_of(self, boto_service_name, service_action_name).output_shape
        if shape is not None:
            self._from_boto_response(response, shape)

    StateTaskService._normalise_parameters = normalise_parameters
    StateTaskService._normalise_response = normalise_response


def _client(service: str, region: str, endpoint: str) -> Any:
    return moto_speed.client(service_name=service, region_name=region, endpoint_url=endpoint)


def _deliver_to_functions_and_machines(endpoint: str) -> None:
    """Delivers events to Lambda functions and state machines. moto raises NotImplementedError for such targets."""
    send = Rule.send_to_targets

    def send_to_targets(self, original_event, transform_input=True) -> None:
        # A rule with a schedule has no pattern, and moto would match every event. No schedule runs here.
        if self.scheduled_expression:
            return
        ours = [target for target in self.targets if target["Arn"].split(":")[2] in ("lambda", "states")]
        if ours and self.event_pattern.matches_event(original_event):
            for target in ours:
                threading.Thread(target=deliver, args=(self, target, original_event), daemon=True).start()
        rest = [target for target in self.targets if target not in ours]
        everything, self.targets = self.targets, rest
        try:
            send(self, original_event, transform_input)
        finally:
            self.targets = everything

    def deliver(rule, target, event) -> None:
        # AWS writes ISO 8601, moto seconds since 1970.
        event = {**event, "time": datetime.fromtimestamp(event["time"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}
        payload = json.dumps(target.get("Input", event), default=str)
        for attempt in range(_DELIVERY_ATTEMPTS):
            try:
                hand_over(rule, target["Arn"], payload)
                return
            except Exception as error:  # EventBridge tries again after any failure.
                failure = error
                time.sleep(0.2 * 2**attempt)
        queue = target.get("DeadLetterConfig", {}).get("Arn")
        if queue is None:
            print(f"An event for {target['Arn']} is lost: {failure}", flush=True)
        else:
            rule._send_to_sqs_queue(queue.rsplit(":", 1)[1], json.loads(payload))

    def hand_over(rule, arn: str, payload: str) -> None:
        if arn.split(":")[2] == "states":
            _client("stepfunctions", rule.region_name, endpoint).start_execution(stateMachineArn=arn, input=payload)
            return
        # Lambda itself handles a function that fails on an event.
        _client("lambda", rule.region_name, endpoint).invoke(FunctionName=arn, Payload=payload, InvocationType="Event")

    Rule.send_to_targets = send_to_targets


def _tell_of_executions() -> None:
    """Puts each change of an execution's status on the default bus, as AWS does. moto puts nothing there."""
    terminated = BaseExecutionWorkerCommunication.terminated
    start = Execution.start

    def tell(execution: Execution) -> None:
        stopped = execution.stop_date
        output = execution.output
        detail = {
            "executionArn": execution.exec_arn,
            "stateMachineArn": execution.state_machine.arn,
            "name": execution.name,
            "status": execution.exec_status.value,
            "startDate": int(execution.start_date.timestamp() * 1000),
            "stopDate": None if stopped is None else int(stopped.timestamp() * 1000),
            "input": json.dumps(execution.input_data),
            "output": None if output is None else json.dumps(output),
            "error": execution.error,
            "cause": execution.cause,
        }
        event = {
            "Source": "aws.states",
            "DetailType": "Step Functions Execution Status Change",
            "Detail": json.dumps(detail, default=str),
        }
        try:
            events_backends[execution.account_id][execution.region_name].put_events([event])
        except Exception as error:
            print(f"The status event of {execution.exec_arn} was not sent: {error}", flush=True)

    def tell_end(self) -> None:
        terminated(self)
        tell(self.execution)

    def tell_start(self) -> None:
        start(self)
        tell(self)

    BaseExecutionWorkerCommunication.terminated = tell_end
    Execution.start = tell_start


def _stop_jobs_with_their_execution(endpoint: str) -> None:
    """Ends the jobs and executions that `.sync` waits for when their execution is stopped: best effort, as in AWS."""
    stop = Execution.stop

    def stop_all(self, stop_date, error, cause) -> None:
        stop(self, stop_date, error, cause)
        reason = f"{self.exec_arn} was stopped"
        for service, details in submitted(self):
            try:
                if service == "batch":
                    _client("batch", self.region_name, endpoint).terminate_job(jobId=details["JobId"], reason=reason)
                elif service == "states":
                    arn = details["ExecutionArn"]
                    _client("stepfunctions", self.region_name, endpoint).stop_execution(executionArn=arn, cause=reason)
            except Exception as failure:
                print(f"{details} of {self.exec_arn} was not stopped: {failure}", flush=True)

    def submitted(execution: Execution) -> list[tuple[str, dict[str, Any]]]:
        history = execution.to_history_output()["events"]
        found = [event["taskSubmittedEventDetails"] for event in history if "taskSubmittedEventDetails" in event]
        return [(each["resourceType"], json.loads(each["output"])) for each in found if each.get("output")]

    Execution.stop = stop_all


def _run_compute_environments_as_batch() -> None:
    """Gives a compute environment without a role the service-linked role, as AWS does. moto requires a role."""
    create = ComputeEnvironment.create_from_cloudformation_json.__func__

    def create_with_role(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        if "ServiceRole" not in properties:
            roles = iam_backends[account_id]["aws"]
            service = "batch.amazonaws.com"
            linked = [role for role in roles.roles.values() if role.path == f"/aws-service-role/{service}/"]
            role = linked[0] if linked else roles.create_service_linked_role(service, "", "")
            properties = {**properties, "ServiceRole": role.arn}
        return create(cls, resource_name, {**cloudformation_json, "Properties": properties}, account_id, region_name)

    ComputeEnvironment.create_from_cloudformation_json = classmethod(create_with_role)
