/** Prints kept directories. */
import { out } from './output/output';

export interface KeptLine {
  readonly directory: string;
  /** ARN of the execution that `demand resume` gets. */
  readonly execution: string;
  /** An ISO time. */
  readonly since: string;
  readonly reason: string;
  readonly outputs: readonly string[];
}

export function tellKept(found: readonly KeptLine[], { json }: { readonly json: boolean }): void {
  for (const { directory, execution, since, reason, outputs } of found) {
    if (json) out.json({ type: 'kept', directory, execution, since, reason, outputs });
    else
      out.lines([
        directory,
        `  since ${since}: ${reason}`,
        `  kept by ${execution}`,
        ...outputs.map((output) => `  ${output}`),
      ]);
  }
}
