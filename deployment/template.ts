/** Types and helpers for resources of a CloudFormation template. */

export type Value =
  | string
  | number
  | boolean
  | undefined
  | readonly Value[]
  | { readonly [key: string]: Value };

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly [key: string]: Value };
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: 'Retain';
  readonly UpdateReplacePolicy?: 'Retain';
}

export type Resources = Readonly<Record<string, Resource>>;

export const ref = (id: string) => ({ Ref: id });
export const attribute = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
export const sub = (pattern: string) => ({ 'Fn::Sub': pattern });
/** Returns `Main` for `main`. */
export const pascal = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
export const tags = (all: Readonly<Record<string, string>>) =>
  Object.entries(all).map(([Key, Value]) => ({ Key, Value }));

/** Returns a policy statement that refuses requests without TLS. */
export function refusePlainHttp(resources: readonly Value[]): { readonly [key: string]: Value } {
  return {
    Sid: 'RefusePlainHttp',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: resources,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
