/** Environment names of parameters: how they are spelled, and which collide. */
import type { Problem } from '../errors';
import { pointerOf } from '../wire/json';

const ENVIRONMENT_NAME = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const AT = ['execution_parameters', 'params'] as const;

/** `my-param.1` is `MY_PARAM_1` in the job's environment. */
export function environmentName(name: string): string {
  return name.replaceAll(/[-.]/g, '_').toUpperCase();
}

/** What is wrong with the names of these parameters: not a name of a variable, or one name for two. */
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
    message: `${spelled.map((name) => `"${name}"`).join(' and ')} are one environment variable, ${envName}`,
    remedy: 'Rename all but one of them',
  };
}
