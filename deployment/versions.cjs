const { load } = require('./load.cjs');

/**
 * Puts function versions into the state machines, so a deployment never breaks a running execution. AWS keeps the
 * definition of a running Standard execution, but not the code behind a function's plain ARN: an old definition would
 * call new code with data of old code. CloudFormation publishes a version when code or settings have changed, and
 * retains the old versions. An alias does not help: it has one target for old and new executions.
 *
 * Versions cost no money, but room: a region has 75 GB for the code of all versions, and one deployment has some 3 MB.
 * Remove old versions when no execution can run them or be redriven (docs/deploying.md). The roles of the machines may
 * invoke every version, because older executions use the same roles.
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
        load('empty-statements.ts').dropEmptyStatements(template);
        load('environment-size.ts').refuseLargeEnvironments(template);
        load('policy-size.ts').refuseLargePolicies(template);
      },
    };
  }
}

/** @param functions ids of the functions for all file systems, by the id of the first file system's function */

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
