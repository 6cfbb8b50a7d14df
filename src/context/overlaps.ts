/** Inputs and outputs that would overwrite or delete each other. */
import type { ParameterTransfer, ResolvedParameters } from '../demand/parameters';
import { parameterAt } from '../demand/refusals';
import type { Problem } from '../errors';
import { type Location, withoutFinalSlashes } from '../transfer/location';
import { pointerOf } from '../wire/json';
import { equalPairs, nestedPairs } from './nesting';
import { isWithin } from './paths';

type Pair = readonly [ParameterTransfer, ParameterTransfer];

/** Returns the problems of overlaps: two inputs with one local path, an output inside an input, two outputs with one destination. */
export function overlapProblems({ inputs, outputs }: ResolvedParameters, isolateInputs: boolean): Problem[] {
  return [
    ...(isolateInputs ? equalPairs(inputs, pathOf).flatMap(sameLocal) : []),
    ...nestedPairs(outputs, inputs, pathOf).flatMap(insideInput),
    ...equalPairs(outputs, ({ remote }) => trimmed(remote)).flatMap(sameDestination),
  ];
}

/**
 * Returns the problems of nested outputs. Outputs are moved at the same time, so the outer output could take the files of
 * the inner output. The contract accepts nested outputs, as the original does; only a whole execution refuses them.
 */
export function nestedOutputProblems({ outputs }: ResolvedParameters): Problem[] {
  const places = new Map(outputs.map((output, index) => [output, index]));
  const placeOf = (output: ParameterTransfer) => places.get(output) ?? 0;
  const pairs = nestedPairs(outputs, outputs, pathOf)
    .map(([inner, outer]) => (placeOf(inner) < placeOf(outer) ? [inner, outer] : [outer, inner]) as Pair)
    .sort(([one, other], [left, right]) => placeOf(one) - placeOf(left) || placeOf(other) - placeOf(right));
  // Two outputs with the same path lie in each other.
  const once = pairs.filter(([one, other], index) => {
    const [left, right] = pairs[index - 1] ?? [];
    return one !== left || other !== right;
  });
  return once.flatMap(([one, other]) =>
    problem(
      other,
      `the local path "${other.local}" overlaps with the output "${one.name}" ("${one.local}"), and both are moved`,
      'Let the job write the two outputs to folders of their own',
    ),
  );
}

/** Returns the destinations of other outputs inside the destination of an output. Its mirror must not remove them. */
export function keptDestinations(
  output: ParameterTransfer,
  outputs: readonly ParameterTransfer[],
): Location[] {
  const own = trimmed(output.remote);
  return outputs
    .filter((other) => other !== output && isWithin(trimmed(other.remote), own))
    .map(({ location }) => location);
}

function sameLocal([one, other]: Pair): Problem[] {
  return problem(
    other,
    `the input "${one.name}" already has the local path "${other.local}"`,
    'Give each input a local path of its own',
  );
}

function insideInput([output, input]: Pair): Problem[] {
  return problem(
    output,
    `the output "${output.local}" lies inside the input "${input.name}" ("${input.local}")`,
    'Let the job write its results to a folder that is no input',
  );
}

function sameDestination([one, other]: Pair): Problem[] {
  return problem(
    other,
    `the output "${one.name}" already has the destination ${other.remote}, and each output would remove the files of the other`,
    'Give each output a destination of its own',
  );
}

function problem({ name }: ParameterTransfer, message: string, remedy: string): Problem[] {
  return [{ pointer: pointerOf(...parameterAt(name)), message, remedy }];
}

function pathOf({ path }: ParameterTransfer): string {
  return path;
}

function trimmed(remote: string): string {
  return withoutFinalSlashes(remote);
}
