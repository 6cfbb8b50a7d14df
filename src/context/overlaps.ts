/** Inputs and outputs that would overwrite or delete each other. */
import type { ParameterTransfer, ResolvedParameters } from '../demand/parameters';
import { parameterAt } from '../demand/refusals';
import type { Problem } from '../errors';
import type { Location } from '../transfer/location';
import { pointerOf } from '../wire/json';
import { isWithin } from './paths';

/** Returns the problems of overlaps: two inputs with one local path, an output inside an input, two outputs with one destination. */
export function overlapProblems({ inputs, outputs }: ResolvedParameters, isolateInputs: boolean): Problem[] {
  return [
    ...(isolateInputs ? pairProblems(inputs, sameLocal) : []),
    ...outputs.flatMap((output) => inputs.flatMap((input) => insideInput(output, input))),
    ...pairProblems(outputs, sameDestination),
  ];
}

/**
 * Returns the problems of nested outputs. Outputs are moved at the same time, so the outer output could take the files of
 * the inner output. The contract accepts nested outputs, as the original does; only a whole execution refuses them.
 */
export function nestedOutputProblems({ outputs }: ResolvedParameters): Problem[] {
  return pairProblems(outputs, (one, other) => {
    if (!isWithin(one.path, other.path) && !isWithin(other.path, one.path)) return [];
    return problem(
      other,
      `the local path "${other.local}" overlaps with the output "${one.name}" ("${one.local}"), and both are moved`,
      'Let the job write the two outputs to folders of their own',
    );
  });
}

/** Returns the destinations of other outputs inside the destination of an output. Its mirror must not remove them. */
export function keptDestinations(
  output: ParameterTransfer,
  outputs: readonly ParameterTransfer[],
): Location[] {
  return outputs
    .filter((other) => other !== output && isWithin(trimmed(other.remote), trimmed(output.remote)))
    .map(({ location }) => location);
}

function sameLocal(one: ParameterTransfer, other: ParameterTransfer): Problem[] {
  if (one.path !== other.path) return [];
  return problem(
    other,
    `the input "${one.name}" already has the local path "${other.local}"`,
    'Give each input a local path of its own',
  );
}

function insideInput(output: ParameterTransfer, input: ParameterTransfer): Problem[] {
  if (!isWithin(output.path, input.path)) return [];
  return problem(
    output,
    `the output "${output.local}" lies inside the input "${input.name}" ("${input.local}")`,
    'Let the job write its results to a folder that is no input',
  );
}

function sameDestination(one: ParameterTransfer, other: ParameterTransfer): Problem[] {
  if (trimmed(one.remote) !== trimmed(other.remote)) return [];
  return problem(
    other,
    `the output "${one.name}" already has the destination ${other.remote}, and each output would remove the files of the other`,
    'Give each output a destination of its own',
  );
}

function problem({ name }: ParameterTransfer, message: string, remedy: string): Problem[] {
  return [{ pointer: pointerOf(...parameterAt(name)), message, remedy }];
}

/** A demand may have a thousand transfers, so the pairs are not collected first. */
function pairProblems(
  transfers: readonly ParameterTransfer[],
  problemsOf: (one: ParameterTransfer, other: ParameterTransfer) => Problem[],
): Problem[] {
  const found: Problem[] = [];
  for (const [index, one] of transfers.entries())
    for (const other of transfers.slice(index + 1)) found.push(...problemsOf(one, other));
  return found;
}

function trimmed(remote: string): string {
  return remote.endsWith('/') ? remote.replace(/\/+$/, '') : remote;
}
