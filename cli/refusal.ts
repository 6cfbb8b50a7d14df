/** Prints refusals, in the same way for every verb. */
import { DemandValidationError, describeError, ExecutionAlreadyExists, type Problem } from '../src/errors';
import { err, out } from './output/output';

export const EXIT = { ok: 0, failed: 1, refused: 2, notFound: 3, unanswered: 4, cancelled: 130 } as const;

/** Runs a verb. A refusal is printed, and gives the exit code. */
export async function withRefusals(
  json: boolean,
  verb: () => Promise<number>,
  what = 'demand',
): Promise<number> {
  try {
    return await verb();
  } catch (error) {
    if (error instanceof DemandValidationError) printProblems(error.problems, json, what);
    else if (error instanceof ExecutionAlreadyExists) printError(error, json);
    else throw error;
    return EXIT.refused;
  }
}

function printProblems(problems: readonly Problem[], json: boolean, what: string): void {
  if (json) {
    out.json({ type: 'refused', error: 'DemandValidationError', problems });
    return;
  }
  const count = problems.length === 1 ? 'one mistake' : `${problems.length} mistakes`;
  err.lines([
    `The ${what} is refused for ${count}; nothing was created.`,
    ...problems.flatMap(({ pointer, message, remedy }) => [
      `  ${pointer === '' ? `(the ${what})` : pointer}`,
      `    ${message}.`,
      `    ${remedy}.`,
    ]),
  ]);
}

function printError(error: unknown, json: boolean): void {
  const { name, message } = describeError(error);
  if (json) out.json({ type: 'refused', error: name, message });
  else err.message(`${name}: ${message}`);
}
