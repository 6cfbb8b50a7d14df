/** The facts of a survey that takes several calls, kept on the file system until its end. */
import * as v from 'valibot';
import { withoutEmpty } from '../wire/json';
import { integer, listOf, model, optional, readModel, text } from '../wire/schema';
import { HOLDS, UNIT_KINDS, type UnitFacts } from './facts';

export interface SweepNotes {
  /** Writes one part of the notes. The same part again replaces it. */
  write(sweep: string, part: number, content: string): Promise<void>;
  /** @returns undefined for a missing part */
  read(sweep: string, part: number): Promise<string | undefined>;
  /** Removes all parts. Missing ones are no error. */
  drop(sweep: string): Promise<void>;
}

const factsSchema = listOf(
  model({
    key: text(),
    kind: v.picklist(UNIT_KINDS),
    lastUsed: optional(v.number()),
    bytes: optional(integer()),
    held: optional(v.picklist(HOLDS)),
  }),
);

export function writeFacts(units: readonly UnitFacts[]): string {
  return JSON.stringify(units);
}

export function readFacts(content: string): readonly UnitFacts[] {
  return readModel(factsSchema, JSON.parse(content)).map(withoutEmpty);
}
