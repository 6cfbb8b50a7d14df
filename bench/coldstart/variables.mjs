/** The environment of each packaged function, with a stand-in for each value that only a deployment knows. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Returns the variables of each function in a package, by the name of the function's bundle. */
export function variablesOf(packaged) {
  const template = readFileSync(join(packaged, 'cloudformation-template-update-stack.json'), 'utf8');
  const functions = Object.values(JSON.parse(template).Resources).filter(
    ({ Type }) => Type === 'AWS::Lambda::Function',
  );
  return new Map(
    functions.map(({ Properties: { Code, Environment } }) => [
      basename(Code.S3Key, '.zip'),
      Object.fromEntries(Object.entries(Environment.Variables).map(([name, value]) => [name, textOf(value)])),
    ]),
  );
}

function textOf(value) {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value);
  if (name === 'Fn::Sub') return argument;
  if (name === 'Fn::Join') return argument[1].map(textOf).join(argument[0]);
  return name === 'Ref' ? 'stand-in' : 'arn:aws:iam::123456789012:role/stand-in';
}
