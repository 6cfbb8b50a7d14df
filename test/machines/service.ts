/** The YAML of the service, as the tests of the names and numbers in `src/machines/` read it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { loadDefinition, placedStates } from '../../local/engine/definitions';
import { type MachineName, STATES } from '../../src/machines/states';

interface FunctionSettings {
  readonly handler: string;
  readonly role: string;
  readonly timeout: number;
  readonly fileSystemConfig?: object;
}

export const MACHINES = Object.keys(STATES) as MachineName[];
export const service = parse(readFileSync('serverless.yml', 'utf8'), { merge: true });
export const functions: Readonly<Record<string, FunctionSettings>> = service.functions;
export const resourcesOf = (file: string) =>
  parse(readFileSync(`resources/${file}.yml`, 'utf8'), { merge: true }).Resources;
export const statesOf = (machine: MachineName) => placedStates(loadDefinition(machine));
export const sorted = (names: Iterable<string>) => [...new Set(names)].sort();
