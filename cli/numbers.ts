import { InvalidArgumentError } from 'commander';
import { MAP_CONCURRENCY } from '../src/aws-limits';

/** Reads an option's value. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Reads how many items a Map runs at once: what a stage's configuration may give (`staging`). */
export function mapConcurrency(text: string): number {
  const number = wholeNumber(text);
  if (number >= 1 && number <= MAP_CONCURRENCY) return number;
  throw new InvalidArgumentError(`It must be a whole number of 1 to ${MAP_CONCURRENCY}.`);
}
