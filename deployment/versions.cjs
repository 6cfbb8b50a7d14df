/**
 * A deployment never breaks a running execution. AWS keeps the definition that a Standard execution was started with,
 * but not the code behind a function's plain ARN: an old definition would call new code with what old code has left.
 * So the machines name versions, each published by CloudFormation when code or settings have changed, and retained
 * when the next one comes. An alias would not do: it has one target, for old executions and new.
 *
 * What it costs: no money, but room, 75 GB a region for the code of all versions and functions; those of one
 * deployment are some 3 MB. Remove old ones when no execution of theirs can run, or be redriven, any more
 * (docs/deploying.md). The roles of the machines may invoke every version, since they are those of older executions.
 */
class Versions {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        nameVersions(serverless.service.provider.compiledCloudFormationTemplate.Resources),
    };
  }
}

function nameVersions(resources) {
  const versions = new Map(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Version')
      .map(([id, { Properties }]) => [Properties.FunctionName.Ref, id]),
  );
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::StepFunctions::StateMachine') continue;
    for (const [name, value] of Object.entries(Properties.DefinitionSubstitutions)) {
      const version = versions.get(value['Fn::GetAtt']?.[0]);
      if (version !== undefined) Properties.DefinitionSubstitutions[name] = { Ref: version };
    }
  }
}

module.exports = Versions;
