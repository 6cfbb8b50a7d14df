/** Environment names: the names of the parameters as environment variables of the job. */
import type { Problem } from '../errors';
import { pointerOf } from '../wire/json';

const ENVIRONMENT_NAME = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const AT = ['execution_parameters', 'params'] as const;

/** Returns the environment name of a parameter: `MY_PARAM_1` for `my-param.1`. */
export function environmentName(name: string): string {
  return name.replaceAll(/[-.]/g, '_').toUpperCase();
}

/** Returns the problems of parameter names: an invalid environment name, or one environment name for two parameters. */
export function checkNames(names: readonly string[]): Problem[] {
  const spellings = new Map<string, string[]>();
  for (const name of names) {
    const envName = environmentName(name);
    spellings.set(envName, [...(spellings.get(envName) ?? []), name]);
  }
  return [...spellings].flatMap(([envName, spelled]) => [
    ...(ENVIRONMENT_NAME.test(envName) ? [] : spelled.map((name) => badName(name, envName))),
    ...(spelled.length > 1 ? [collision(envName, spelled)] : []),
  ]);
}

function badName(name: string, envName: string): Problem {
  return {
    pointer: pointerOf(...AT, name),
    message: `"${envName}" cannot be the name of an environment variable`,
    remedy: 'Use letters, digits, "_", "-" and ".", and begin with a letter or "_"',
  };
}

function collision(envName: string, spelled: readonly string[]): Problem {
  return {
    pointer: pointerOf(...AT),
    message: `${spelled.map((name) => `"${name}"`).join(' and ')} become the same environment variable, ${envName}`,
    remedy: 'Rename all but one of them',
  };
}
