"""Patches of moto 5.2.5 where it describes executions differently from AWS."""

import functools
import os
import time
import types
import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_batch,
    state_task_service_sfn,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.responses import StepFunctionResponse

# "The default is 100" (GetExecutionHistory).
_HISTORY_PAGE = 100


def apply() -> None:
    _name_executions()
    _keep_causes_of_stops()
    _stay_stopped()
    _page_histories()
    _pass_errors_on()
    _name_ended_functions()
    _write_causes_without_spaces()
    _shorten_retry_waits()


def _name_executions() -> None:
    """Gives an execution without a name a UUID, and refuses the names that AWS refuses. moto takes `None` as a name."""
    start = StepFunctionResponse.start_execution

    def start_execution(self) -> ActionResult:
        name = self._get_param("name") or str(uuid.uuid4())
        self.stepfunction_backend._validate_name(name)
        get_param = self._get_param
        self._get_param = lambda param, if_none=None: name if param == "name" else get_param(param, if_none)
        return start(self)

    StepFunctionResponse.start_execution = start_execution


def _keep_causes_of_stops() -> None:
    """Gives the error and cause of StopExecution to the execution, as AWS does. moto drops them."""
    reflect = BaseExecutionWorkerCommunication._reflect_execution_status

    def stop_execution(self) -> ActionResult:
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        now = utcnow()
        if execution.status == "RUNNING":
            execution.stop(stop_date=now, error=self._get_param("error"), cause=self._get_param("cause"))
        return ActionResult({"stopDate": execution.stop_date or now})

    def reflect_with_cause(self) -> None:
        reflect(self)
        state = self.execution.exec_worker.env.program_state()
        if isinstance(state, ProgramStopped):
            self.execution.error = state.error
            self.execution.cause = state.cause

    StepFunctionResponse.stop_execution = stop_execution
    BaseExecutionWorkerCommunication._reflect_execution_status = reflect_with_cause


def _stay_stopped() -> None:
    """Keeps the status ABORTED. In moto a task that fails after StopExecution makes the execution FAILED."""
    set_error = Environment.set_error

    def set_error_unless_stopped(self, error) -> None:
        if not isinstance(self.program_state(), ProgramStopped):
            set_error(self, error)

    Environment.set_error = set_error_unless_stopped


def _page_histories() -> None:
    """Adds `reverseOrder`, `maxResults` and `nextToken`. moto ignores them: it returns all events, the oldest first."""

    def get_execution_history(self) -> ActionResult:
        everything = self.stepfunction_backend.get_execution_history(self._get_param("executionArn"))["events"]
        is_reverse = self._get_param("reverseOrder") or False
        token = self._get_param("nextToken")
        size = self._get_int_param("maxResults") or _HISTORY_PAGE
        events: list[dict[str, Any]] = sorted(everything, key=lambda event: event["id"], reverse=is_reverse)
        if token is not None:
            last = int(token)
            events = [event for event in events if (event["id"] < last) == is_reverse and event["id"] != last]
        page = events[:size]
        more = {"nextToken": str(page[-1]["id"])} if len(events) > size else {}
        return ActionResult({"events": page, **more})

    StepFunctionResponse.get_execution_history = get_execution_history


def _pass_errors_on() -> None:
    """Lets a Fail state repeat the error of a task, even `States.TaskFailed`, as AWS does."""

    def any_name(self, error_name: str | None) -> None:
        ErrorName.__init__(self, error_name=error_name)

    CustomErrorName.__init__ = any_name


def _name_ended_functions() -> None:
    """Names the end of a function's process `Lambda.Unknown`, as AWS does ("Handle Lambda service exceptions")."""
    from_error = StateTaskServiceLambda._from_error

    def from_named_error(self, env: Environment, ex: Exception) -> FailureEvent:
        failure = from_error(self, env=env, ex=ex)
        details = (failure.event_details or {}).get("taskFailedEventDetails")
        if details is not None and details["error"].startswith("Runtime."):
            details["error"] = "Lambda.Unknown"
            failure.error_name = CustomErrorName("Lambda.Unknown")
        return failure

    StateTaskServiceLambda._from_error = from_named_error


def _write_causes_without_spaces() -> None:
    """Writes causes in JSON without spaces, as AWS does. A Choice may look for a part of a cause."""
    for service in (state_task_service_batch, state_task_service_sfn):
        service.to_json_str = functools.partial(to_json_str, separators=(",", ":"))


def _shorten_retry_waits() -> None:
    """Shortens the waits before retries to `LONGEST_RETRY_WAIT_SECONDS`, if it is set. Tests of faults wait often."""
    longest = os.environ.get("LONGEST_RETRY_WAIT_SECONDS")
    if longest is None:
        return
    most = float(longest)
    retrier_decl.time = types.SimpleNamespace(sleep=lambda seconds: time.sleep(min(seconds, most)))
