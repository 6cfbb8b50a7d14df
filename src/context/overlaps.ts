/** Inputs and outputs that would overwrite or delete each other. */
import type { ResolvedParameters, Transfer } from '../demand/parameters';
import { parameterAt } from '../demand/refusals';
import type { Problem } from '../errors';
import type { Location } from '../transfer/location';
import { pointerOf } from '../wire/json';
import { isWithin } from './paths';

/** What stands in each other's way: the same local twice, an output inside an input, the same destination twice. */
export function overlapProblems({ inputs, outputs }: ResolvedParameters, isolateInputs: boolean): Problem[] {
  return [
    ...(isolateInputs ? pairs(inputs).flatMap(sameLocal) : []),
    ...outputs.flatMap((output) => inputs.flatMap((input) => insideInput(output, input))),
    ...pairs(outputs).flatMap(sameDestination),
  ];
}

/**
 * Outputs nested in one another: moved at the same time, the outer would take what the inner expects.
 * The original accepts them and races; so does the contract, so only a whole execution refuses them.
 */
export function nestedOutputProblems({ outputs }: ResolvedParameters): Problem[] {
  return pairs(outputs).flatMap(([one, other]) => {
    if (!isWithin(one.path, other.path) && !isWithin(other.path, one.path)) return [];
    return problem(
      other,
      `its local path "${other.local}" overlaps with that of "${one.name}" ("${one.local}"), and both are moved`,
      'Let the job write the two outputs to folders of their own',
    );
  });
}

/** Destinations of the other outputs that lie within this one's: its mirror must leave them alone. */
export function keptDestinations(output: Transfer, outputs: readonly Transfer[]): Location[] {
  return outputs
    .filter((other) => other !== output && isWithin(trimmed(other.remote), trimmed(output.remote)))
    .map(({ location }) => location);
}

function sameLocal([one, other]: readonly [Transfer, Transfer]): Problem[] {
  if (one.path !== other.path) return [];
  return problem(
    other,
    `"${one.name}" already goes to "${other.local}"`,
    'Give each input a local path of its own',
  );
}

function insideInput(output: Transfer, input: Transfer): Problem[] {
  if (!isWithin(output.path, input.path)) return [];
  return problem(
    output,
    `the output "${output.local}" lies inside the input "${input.name}" ("${input.local}")`,
    'Let the job write its results to a folder that is no input',
  );
}

function sameDestination([one, other]: readonly [Transfer, Transfer]): Problem[] {
  if (trimmed(one.remote) !== trimmed(other.remote)) return [];
  return problem(
    other,
    `"${one.name}" already goes to ${other.remote}, and each would delete what the other put there`,
    'Give each output a destination of its own',
  );
}

function problem({ name }: Transfer, message: string, remedy: string): Problem[] {
  return [{ pointer: pointerOf(...parameterAt(name)), message, remedy }];
}

function pairs<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((one, index) => items.slice(index + 1).map((other) => [one, other] as const));
}

function trimmed(remote: string): string {
  return remote.replace(/\/+$/, '');
}
