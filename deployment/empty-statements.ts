import type { CompiledTemplate } from './file-systems-of-functions';

/**
 * Removes the statements of roles whose resources are an empty list. A list of the configuration may be empty, and IAM
 * accepts no statement without a resource.
 */
export function dropEmptyStatements({ Resources }: CompiledTemplate): void {
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::IAM::Role') continue;
    for (const { PolicyDocument } of Properties?.Policies ?? [])
      PolicyDocument.Statement = PolicyDocument.Statement.filter(
        ({ Resource }) => !Array.isArray(Resource) || Resource.length > 0,
      );
  }
}
