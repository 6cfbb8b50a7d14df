const { load } = require('./load.cjs');

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
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { provider, custom } = serverless.service;
        const template = provider.compiledCloudFormationTemplate;
        const functions = load('file-systems-of-functions.ts').serveFileSystems(
          template,
          custom.stack.mounts,
        );
        nameVersions(template.Resources, functions);
      },
    };
  }
}

/** @param functions those for all file systems, by that for the first one */
function nameVersions(resources, functions) {
  const versions = new Map(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Version')
      .map(([id, { Properties }]) => [Properties.FunctionName.Ref, id]),
  );
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::StepFunctions::StateMachine') continue;
    for (const [name, value] of Object.entries(Properties.DefinitionSubstitutions)) {
      const [separator, [listed]] = value['Fn::Join'] ?? ['', [value]];
      const ids = functions.get(listed['Fn::GetAtt']?.[0]) ?? [listed['Fn::GetAtt']?.[0]];
      const named = ids.flatMap((id) => (versions.has(id) ? [{ Ref: versions.get(id) }] : []));
      if (named.length === 0) continue;
      Properties.DefinitionSubstitutions[name] = value['Fn::Join']
        ? { 'Fn::Join': [separator, named] }
        : named[0];
    }
  }
}

module.exports = Versions;
