"""Resource types of CloudFormation that LocalStack 2026.3.0 does not make."""

from typing import Any

import localstack_plugins
from localstack.services.cloudformation.resource_provider import (
    CloudFormationResourceProviderPlugin,
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceRequest,
    plugin_manager,
)
from plux import PluginSpec


def apply() -> None:
    for made in _Made.__subclasses__():
        _register(made)


def _register(made: type["_Made"]) -> None:
    class Plugin(CloudFormationResourceProviderPlugin):
        name = made.TYPE

        def load(self) -> None:
            self.factory = made

    localstack_plugins.add(plugin_manager, PluginSpec(Plugin.namespace, made.TYPE, factory=Plugin))


class _Made(ResourceProvider[dict[str, Any]]):
    TYPE: str
    # The property that `Ref` returns.
    ID: str

    @property
    def SCHEMA(self) -> dict[str, Any]:
        return {"typeName": self.TYPE, "primaryIdentifier": [f"/properties/{self.ID}"]}

    def create(self, request: ResourceRequest) -> ProgressEvent:
        properties = request.desired_state
        told = self.make(properties, request.aws_client_factory, request)
        return ProgressEvent(status=OperationStatus.SUCCESS, resource_model={**properties, **told})

    def make(self, properties: dict[str, Any], clients, request: ResourceRequest) -> dict[str, Any]:
        """Makes the resource and returns the attributes that a template may reference, without its own properties."""
        raise NotImplementedError

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        return ProgressEvent(status=OperationStatus.SUCCESS, resource_model={})


class FileSystem(_Made):
    TYPE = "AWS::EFS::FileSystem"
    ID = "FileSystemId"

    def make(self, properties, clients, request):
        made = clients.efs.create_file_system(
            CreationToken=request.logical_resource_id, Tags=properties.get("FileSystemTags", [])
        )
        return {"FileSystemId": made["FileSystemId"], "Arn": made["FileSystemArn"]}


class MountTarget(_Made):
    TYPE = "AWS::EFS::MountTarget"
    ID = "Id"

    def make(self, properties, clients, request):
        return {"Id": clients.efs.create_mount_target(**properties)["MountTargetId"]}


class AccessPoint(_Made):
    TYPE = "AWS::EFS::AccessPoint"
    ID = "AccessPointId"

    def make(self, properties, clients, request):
        rest = {name: value for name, value in properties.items() if name != "AccessPointTags"}
        made = clients.efs.create_access_point(
            ClientToken=request.logical_resource_id, Tags=properties.get("AccessPointTags", []), **rest
        )
        return {"AccessPointId": made["AccessPointId"], "Arn": made["AccessPointArn"]}


class LaunchTemplate(_Made):
    TYPE = "AWS::EC2::LaunchTemplate"
    ID = "LaunchTemplateId"

    def make(self, properties, clients, request):
        made = clients.ec2.create_launch_template(**properties)["LaunchTemplate"]
        return {
            "LaunchTemplateId": made["LaunchTemplateId"],
            "LatestVersionNumber": str(made["LatestVersionNumber"]),
        }


class ComputeEnvironment(_Made):
    TYPE = "AWS::Batch::ComputeEnvironment"
    ID = "ComputeEnvironmentArn"

    def make(self, properties, clients, request):
        made = clients.batch.create_compute_environment(
            computeEnvironmentName=f"{request.stack_name}-{request.logical_resource_id}",
            type=properties["Type"],
            state=properties["State"],
            computeResources=camel_keys(properties["ComputeResources"]),
            serviceRole=_batch_role(clients.iam),
        )
        return {"ComputeEnvironmentArn": made["computeEnvironmentArn"]}


class JobQueue(_Made):
    TYPE = "AWS::Batch::JobQueue"
    ID = "JobQueueArn"

    def make(self, properties, clients, request):
        made = clients.batch.create_job_queue(**{"state": "ENABLED", **camel_keys(properties)})
        return {"JobQueueArn": made["jobQueueArn"]}


class LogResourcePolicy(_Made):
    TYPE = "AWS::Logs::ResourcePolicy"
    ID = "PolicyName"

    def make(self, properties, clients, request):
        clients.logs.put_resource_policy(
            policyName=properties["PolicyName"], policyDocument=properties["PolicyDocument"]
        )
        return {}


class Dashboard(_Made):
    TYPE = "AWS::CloudWatch::Dashboard"
    ID = "DashboardName"

    def make(self, properties, clients, request):
        clients.cloudwatch.put_dashboard(**properties)
        return {}


def _batch_role(iam) -> str:
    """Returns the ARN of Batch's service-linked role. moto requires a role for a compute environment, AWS does not."""
    service = "batch.amazonaws.com"
    linked = iam.list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]
    role = linked[0] if linked else iam.create_service_linked_role(AWSServiceName=service)["Role"]
    return role["Arn"]


def camel_keys(value: Any) -> Any:
    """Turns the PascalCase keys of CloudFormation into the camelCase keys of Batch, at every depth."""
    if isinstance(value, list):
        return [camel_keys(each) for each in value]
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: camel_keys(each) for name, each in value.items()}
    return value
