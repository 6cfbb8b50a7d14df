/**
 * Resolves the parameters of a demand: fills in every reference `${NAME}`. The results are the parameters in the job's
 * environment, and the transfers of its inputs and outputs.
 */
import type { Problem } from '../errors';
import { pythonStr } from '../python/text';
import type { Filters } from '../transfer/filters';
import { type Location, withoutFinalSlashes } from '../transfer/location';
import { pointerOf } from '../wire/json';
import type { ExecutionParameters } from './model';
import { checkNames, environmentName } from './names';
import { filledLength, fillReferences, referencesIn } from './references';
import {
  circularReferences,
  inputAndOutput,
  MAX_DEPTH,
  MAX_FILLED_LENGTH,
  NUL_REFUSAL,
  parameterAt,
  type Refusal,
  TOO_DEEP,
  TOO_LONG,
  unknownParameter,
  unknownReference,
  unsafeNumbers,
} from './refusals';
import { type Direction, localNameOf, type Resolvable, readResolvable } from './resolvables';
import {
  isSecretForm,
  readSecretForm,
  refuseNestedSecret,
  SECRET_TRANSFER,
  type SecretParameter,
  secretInValue,
} from './secrets';

/** The rules that place an input or output in the container; see context/paths.ts. */
export interface PathRules {
  /** Returns the place of the transfer in the container, or the reason of a refusal. */
  place(direction: Direction, transfer: UnplacedTransfer): PlacedTransfer | { readonly refusal: Refusal };
}

export interface UnplacedTransfer {
  readonly local: string;
  readonly remote: string;
  readonly filters: Filters;
}

interface PlacedTransfer {
  /** Absolute path in the container. (`local` is the demand's own text, with the references filled in.) */
  readonly path: string;
  /** `remote` as a location. */
  readonly location: Location;
}

/** The transfer of an input or an output. */
export interface ParameterTransfer extends UnplacedTransfer, PlacedTransfer {
  readonly direction: Direction;
  /** The name of the parameter, in the demand's spelling. */
  readonly name: string;
}

export interface ResolvedParameters {
  /** Values by environment name, in the demand's order. */
  readonly environment: ReadonlyMap<string, string>;
  /** In the order of `inputs`. */
  readonly inputs: readonly ParameterTransfer[];
  /** In the order of `outputs`. */
  readonly outputs: readonly ParameterTransfer[];
  /** In the demand's order. They are not in `environment`. */
  readonly secrets: readonly SecretParameter[];
}

/**
 * Resolves the parameters and collects all their problems.
 *
 * @returns `resolved` also when there are problems. It then has the parameters that could be resolved, and the caller can
 *   check those further.
 */
export function resolveParameters(
  given: ExecutionParameters,
  rules: PathRules,
): { readonly resolved: ResolvedParameters; readonly problems: readonly Problem[] } {
  const resolver = new Resolver(given, rules);
  return resolver.resolve();
}

class Resolver {
  private readonly problems: Problem[] = [];
  private readonly names: ReadonlyMap<string, string>;
  private readonly directions: ReadonlyMap<string, Direction>;
  private readonly resolvables = new Map<string, Resolvable>();
  private readonly values = new Map<string, string>();
  private readonly visited = new Set<string>();
  private readonly secrets = new Map<string, SecretParameter>();
  private readonly transfers = new Map<string, ParameterTransfer>();
  private readonly envNames: readonly string[];
  private filledLength = 0;

  constructor(
    private readonly given: ExecutionParameters,
    private readonly rules: PathRules,
  ) {
    this.names = new Map(Object.keys(given.params).map((name) => [environmentName(name), name]));
    this.envNames = [...this.names.keys()];
    this.directions = new Map([
      ...given.inputs.map((name) => [environmentName(name), 'input'] as const),
      ...given.outputs.map((name) => [environmentName(name), 'output'] as const),
    ]);
  }

  resolve() {
    this.problems.push(...checkNames(Object.keys(this.given.params)), ...this.checkMembership());
    for (const [envName, name] of this.names) this.read(envName, name);
    for (const envName of this.names.keys()) this.valueOf(envName, []);
    const environment = new Map(
      [...this.names.keys()].flatMap((envName) => {
        const value = this.values.get(envName);
        return value === undefined ? [] : [[envName, value] as const];
      }),
    );
    const resolved = {
      environment,
      inputs: this.transfersOf(this.given.inputs),
      outputs: this.transfersOf(this.given.outputs),
      secrets: [...this.secrets.values()],
    };
    return { resolved, problems: this.problems };
  }

  private transfersOf(names: readonly string[]): ParameterTransfer[] {
    const envNames = new Set(names.map(environmentName));
    return [...envNames].flatMap((envName) => this.transfers.get(envName) ?? []);
  }

  private checkMembership(): Problem[] {
    const inputs = new Set(this.given.inputs.map(environmentName));
    const overrides = (this.given.paramPairOverrides ?? []).map((pair, index) => ({
      at: ['param_pair_overrides', index] as const,
      names: [pair.input, pair.output, ...(pair.inputs ?? []), ...(pair.outputs ?? [])].filter(
        (name) => name !== undefined,
      ),
    }));
    const lists = [
      { at: ['inputs'] as const, names: this.given.inputs },
      { at: ['outputs'] as const, names: this.given.outputs },
      ...overrides,
    ];
    return [
      ...lists.flatMap(({ at, names }) =>
        names
          .filter((name) => !this.names.has(environmentName(name)))
          .map((name) => unknownParameter(at, name)),
      ),
      ...this.given.outputs.filter((name) => inputs.has(environmentName(name))).map(inputAndOutput),
    ];
  }

  private read(envName: string, name: string): void {
    const direction = this.directions.get(envName);
    const value = this.given.params[name];
    if (isSecretForm(value)) {
      this.readSecret(envName, name, value);
      return;
    }
    if (direction === undefined) {
      this.problems.push(...unsafeNumbers(value, parameterAt(name)));
      const nested = refuseNestedSecret(value);
      if (nested !== undefined) this.report(name, nested);
      return;
    }
    const { resolvable, problems } = readResolvable(direction, value, parameterAt(name));
    this.problems.push(...problems);
    if (resolvable !== undefined) this.resolvables.set(envName, resolvable);
  }

  private readSecret(envName: string, name: string, value: { readonly secret: unknown }): void {
    if (this.directions.has(envName)) {
      this.report(name, SECRET_TRANSFER);
      return;
    }
    const read = readSecretForm(value);
    if ('message' in read) this.report(name, read);
    else this.secrets.set(envName, { ...read, parameter: name, environmentName: envName });
  }

  private isSecret(envName: string): boolean {
    const name = this.names.get(envName);
    return name !== undefined && isSecretForm(this.given.params[name]);
  }

  /** Returns the text that replaces a reference to the parameter; undefined when a problem prevents it. */
  private valueOf(envName: string, path: readonly string[]): string | undefined {
    const name = this.names.get(envName);
    if (name === undefined || this.visited.has(envName)) return this.values.get(envName);
    if (this.isSecret(envName)) return undefined;
    const value = this.directions.has(envName)
      ? this.transferOf(envName, name, path)?.path
      : this.fill(pythonStr(this.given.params[name]), envName, path);
    // Marked only after the value is known: a parameter that is met before that closes a circle of references.
    this.visited.add(envName);
    if (value?.includes('\0')) this.report(name, NUL_REFUSAL);
    else if (value !== undefined) this.values.set(envName, value);
    return this.values.get(envName);
  }

  private transferOf(envName: string, name: string, path: readonly string[]): ParameterTransfer | undefined {
    const resolvable = this.resolvables.get(envName);
    if (resolvable === undefined) return undefined;
    const { direction, filters } = resolvable;
    const sides = this.sidesOf(resolvable, envName, path);
    if (sides === undefined) return undefined;
    const placed = this.rules.place(direction, { ...sides, filters });
    if ('refusal' in placed) {
      this.report(name, placed.refusal);
      return undefined;
    }
    const transfer = { direction, name, ...sides, filters, ...placed };
    this.transfers.set(envName, transfer);
    return transfer;
  }

  private sidesOf(resolvable: Resolvable, envName: string, path: readonly string[]) {
    const { direction, local, remote } = resolvable;
    const filledLocal = local === undefined ? undefined : this.fill(local, envName, path);
    const filledRemote = remote === undefined ? undefined : this.fill(remote, envName, path);
    if (direction === 'input') {
      if (filledRemote === undefined) return undefined;
      if (local === undefined) return { local: localNameOf(filledRemote), remote: filledRemote };
      return filledLocal === undefined ? undefined : { local: filledLocal, remote: filledRemote };
    }
    if (filledLocal === undefined) return undefined;
    if (remote === undefined) return this.belowPrefix(filledLocal, envName);
    return filledRemote === undefined ? undefined : { local: filledLocal, remote: filledRemote };
  }

  private belowPrefix(local: string, envName: string) {
    const prefix = this.given.outputS3Prefix;
    if (prefix !== undefined)
      return { local, remote: `${withoutFinalSlashes(prefix)}/${local.replace(/^\/+/, '')}` };
    this.report(this.names.get(envName) ?? envName, {
      message: 'this output has no destination, and the demand has no output_s3_prefix',
      remedy: `Write "${local} @ s3://bucket/key", or give execution_parameters.output_s3_prefix`,
    });
    return undefined;
  }

  private fill(text: string, envName: string, path: readonly string[]): string | undefined {
    const onPath = [...path, envName];
    const name = this.names.get(envName) ?? envName;
    const references = referencesIn(text);
    const refusals = references.flatMap((reference) => this.refusalOf(reference, onPath));
    for (const refusal of refusals) this.report(name, refusal);
    if (refusals.length > 0) return undefined;
    const values = new Map(references.map((reference) => [reference, this.valueOf(reference, onPath)]));
    if ([...values.values()].includes(undefined)) return undefined;
    const lookUp = (reference: string) => values.get(reference);
    const length = references.length > 0 ? filledLength(text, lookUp) : 0;
    if (this.filledLength + length > MAX_FILLED_LENGTH) {
      this.report(name, TOO_LONG);
      return undefined;
    }
    this.filledLength += length;
    return fillReferences(text, lookUp);
  }

  private refusalOf(reference: string, onPath: readonly string[]): Refusal[] {
    const start = onPath.indexOf(reference);
    if (start >= 0) return [circularReferences([...onPath.slice(start), reference])];
    if (!this.names.has(reference)) return [unknownReference(reference, this.envNames)];
    if (this.isSecret(reference)) return [secretInValue(reference)];
    return onPath.length > MAX_DEPTH ? [TOO_DEEP] : [];
  }

  private report(name: string, refusal: Refusal): void {
    this.problems.push({ pointer: pointerOf(...parameterAt(name)), ...refusal });
  }
}
