"""Types of CloudFormation that moto 5.2.5 does not make, and ids that it does not tell."""

import json
from datetime import datetime
from typing import Any

from moto.awslambda.models import EventInvokeConfig, LambdaVersion
from moto.awslambda.utils import get_backend
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import CloudFormationModel
from moto.efs.models import AccessPoint
from moto.sqs.models import sqs_backends


def apply() -> None:
    """The classes below are found by being there."""
    AccessPoint.physical_resource_id = property(lambda self: self.access_point_id)
    _tell_versions()
    _tell_times_as_numbers()


def _tell_times_as_numbers() -> None:
    """Of an event invoke configuration, seconds since 1970; moto has text."""
    response = EventInvokeConfig.response

    def response_in_numbers(self) -> dict[str, Any]:
        return {**response(self), "LastModified": datetime.fromisoformat(self.last_modified).timestamp()}

    EventInvokeConfig.response = response_in_numbers


def _tell_versions() -> None:
    """`Ref` of a version is its ARN."""
    create = LambdaVersion.create_from_cloudformation_json.__func__

    def create_told(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        version = create(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
        name = cloudformation_json["Properties"]["FunctionName"]
        version.physical_resource_id = (
            f"{get_backend(account_id, region_name).get_function(name).function_arn}:{version.version}"
        )
        return version

    LambdaVersion.create_from_cloudformation_json = classmethod(create_told)


# moto tells the service of a class from its module.
_AS_IF_IN = "moto.cloudformation.models"


class _Made:
    def __init__(self, physical_id: str) -> None:
        self.physical_resource_id = physical_id

    @staticmethod
    def cloudformation_type() -> str:
        return "Local::Made"

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name) -> None:
        pass


class BucketPolicy(_Made, CloudFormationModel):
    """On record only: moto refuses by a policy without looking at its conditions."""

    __module__ = _AS_IF_IN

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::S3::BucketPolicy"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        return cls(cloudformation_json["Properties"]["Bucket"])


class QueuePolicy(_Made, CloudFormationModel):
    __module__ = _AS_IF_IN

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SQS::QueuePolicy"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        policy = json.dumps(properties["PolicyDocument"])
        for url in properties["Queues"]:
            sqs_backends[account_id][region_name].set_queue_attributes(url.rsplit("/", 1)[1], {"Policy": policy})
        return cls(resource_name)


class MetricAlarm(_Made, CloudFormationModel):
    __module__ = _AS_IF_IN

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::CloudWatch::Alarm"

    @staticmethod
    def cloudformation_name_type() -> str:
        return "AlarmName"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties: dict[str, Any] = cloudformation_json["Properties"]
        cloudwatch_backends[account_id][region_name].put_metric_alarm(
            name=resource_name,
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
        return cls(resource_name)


class EventInvokeSettings(_Made, CloudFormationModel):
    __module__ = _AS_IF_IN

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Lambda::EventInvokeConfig"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = {**cloudformation_json["Properties"]}
        name = properties.pop("FunctionName")
        get_backend(account_id, region_name).put_function_event_invoke_config(name, properties)
        return cls(resource_name)
