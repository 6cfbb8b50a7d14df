"""Resource types of CloudFormation that moto 5.2.5 does not make, and ids that it does not return."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from moto.awslambda.models import EventInvokeConfig, LambdaVersion
from moto.awslambda.utils import get_backend
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import CloudFormationModel
from moto.efs.models import AccessPoint
from moto.sqs.models import sqs_backends

Properties = dict[str, Any]
# (name, properties, account, region) -> physical id
Make = Callable[[str, Properties, str, str], str]


def apply() -> None:
    """Applies the patches. The resource classes below need no call: moto finds them as subclasses."""
    AccessPoint.physical_resource_id = property(lambda self: self.access_point_id)
    _tell_versions()
    _tell_times_as_numbers()


def _tell_times_as_numbers() -> None:
    """Writes the time of an event invoke configuration in seconds since 1970, as AWS does. moto writes text."""
    response = EventInvokeConfig.response

    def response_in_numbers(self) -> dict[str, Any]:
        return {**response(self), "LastModified": datetime.fromisoformat(self.last_modified).timestamp()}

    EventInvokeConfig.response = response_in_numbers


def _tell_versions() -> None:
    """Returns the ARN as `Ref` of a version."""
    create = LambdaVersion.create_from_cloudformation_json.__func__

    def create_told(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        version = create(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
        name = cloudformation_json["Properties"]["FunctionName"]
        version.physical_resource_id = (
            f"{get_backend(account_id, region_name).get_function(name).function_arn}:{version.version}"
        )
        return version

    LambdaVersion.create_from_cloudformation_json = classmethod(create_told)


def _resource(type_name: str, name_property: str = "") -> Callable[[Make], type[CloudFormationModel]]:
    """Turns a function that makes a resource into the class that moto expects."""

    def made_by(make: Make) -> type[CloudFormationModel]:
        class Made(CloudFormationModel):
            # moto derives the service of a class from its module.
            __module__ = "moto.cloudformation.models"

            def __init__(self, physical_id: str) -> None:
                self.physical_resource_id = physical_id

            @staticmethod
            def cloudformation_type() -> str:
                return type_name

            @staticmethod
            def cloudformation_name_type() -> str:
                return name_property

            @classmethod
            def create_from_cloudformation_json(
                cls, resource_name, cloudformation_json, account_id, region_name, **kwargs
            ):
                return cls(make(resource_name, cloudformation_json["Properties"], account_id, region_name))

            @classmethod
            def update_from_cloudformation_json(
                cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
            ):
                return cls.create_from_cloudformation_json(
                    new_resource_name, cloudformation_json, account_id, region_name
                )

            @classmethod
            def delete_from_cloudformation_json(
                cls, resource_name, cloudformation_json, account_id, region_name
            ) -> None:
                pass

        return Made

    return made_by


@_resource("AWS::S3::BucketPolicy")
def _bucket_policy(name: str, properties: Properties, account_id: str, region_name: str) -> str:
    """Drops the policy: moto would apply its denials without its conditions."""
    return properties["Bucket"]


@_resource("AWS::SQS::QueuePolicy")
def _queue_policy(name: str, properties: Properties, account_id: str, region_name: str) -> str:
    policy = json.dumps(properties["PolicyDocument"])
    for url in properties["Queues"]:
        sqs_backends[account_id][region_name].set_queue_attributes(url.rsplit("/", 1)[1], {"Policy": policy})
    return name


@_resource("AWS::CloudWatch::Alarm", "AlarmName")
def _metric_alarm(name: str, properties: Properties, account_id: str, region_name: str) -> str:
    cloudwatch_backends[account_id][region_name].put_metric_alarm(
        name=name,
        namespace=properties["Namespace"],
        metric_name=properties["MetricName"],
        comparison_operator=properties["ComparisonOperator"],
        evaluation_periods=properties["EvaluationPeriods"],
        period=properties["Period"],
        threshold=properties["Threshold"],
        statistic=properties["Statistic"],
        description=properties.get("AlarmDescription", ""),
        dimensions=properties["Dimensions"],
        alarm_actions=properties.get("AlarmActions", []),
        ok_actions=properties.get("OKActions", []),
        treat_missing_data=properties.get("TreatMissingData"),
    )
    return name


@_resource("AWS::Lambda::EventInvokeConfig")
def _event_invoke_settings(name: str, properties: Properties, account_id: str, region_name: str) -> str:
    settings = {**properties}
    function = settings.pop("FunctionName")
    get_backend(account_id, region_name).put_function_event_invoke_config(function, settings)
    return name
