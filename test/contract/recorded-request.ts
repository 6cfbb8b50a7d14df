/** Reads recorded requests in both spellings for the deviations, without code of the service. */
import type { Case } from './vectors';

export interface ObjectForm {
  readonly local: string;
  readonly remote: string;
  readonly include?: string | string[];
  readonly exclude?: string | string[];
}

/** Returns a field that has a snake_case or camelCase name. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const fields = value as Record<string, unknown>;
  return fields[camel] ?? fields[name];
}

export function executionIdOf({ request }: Case): string {
  return String(fieldOf(fieldOf(request, 'demand_execution'), 'execution_id'));
}

export function paramsOf({ request }: Case): Record<string, unknown> {
  const parameters = fieldOf(fieldOf(request, 'demand_execution'), 'execution_parameters');
  return (fieldOf(parameters, 'params') ?? {}) as Record<string, unknown>;
}

/** Returns a flag of the set-up. A flag may be a word. */
export function flagOf({ request }: Case, name: string, byDefault: boolean): boolean {
  const value = fieldOf(fieldOf(request, 'context_manager_configuration'), name) ?? byDefault;
  return !/^(false|f|no|n|off|0)$/i.test(String(value));
}

/** Returns inputs or outputs in their object form, with references filled in. */
export function transfersOf(given: Case, list: 'inputs' | 'outputs'): ObjectForm[] {
  const parameters = fieldOf(fieldOf(given.request, 'demand_execution'), 'execution_parameters');
  const names = (fieldOf(parameters, list) ?? []) as string[];
  const params = new Map(Object.entries(paramsOf(given)).map(([name, value]) => [variable(name), value]));
  return names.map((name) => toObjectForm(params.get(variable(name)), list, params));
}

export function isFiltered({ include, exclude }: ObjectForm): boolean {
  return [include, exclude].some((side) => side !== undefined && side !== null && side.length > 0);
}

function toObjectForm(value: unknown, list: 'inputs' | 'outputs', params: ReadonlyMap<string, unknown>) {
  if (typeof value !== 'string') {
    const form = (value ?? {}) as ObjectForm;
    return { ...form, local: filled(form.local, params), remote: filled(form.remote, params) };
  }
  const [first = '', second = ''] = value.split(' @ ').map((side) => filled(side, params));
  return list === 'inputs' ? { remote: first, local: second } : { local: first, remote: second };
}

function filled(text: string | undefined, params: ReadonlyMap<string, unknown>, depth = 0): string {
  return (text ?? '').replace(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value = params.get(variable(name));
    return value === undefined || depth > 20 ? whole : filled(String(value), params, depth + 1);
  });
}

function variable(name: string): string {
  return name.replace(/[-.]/g, '_').toUpperCase();
}
