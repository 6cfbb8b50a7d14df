/** The building blocks of the configuration's schema. Each has the message of a mistake. */
import * as v from 'valibot';

/** A text that matches a pattern. @param what the noun of the message: "expected <what>, got ..." */
export const text = (pattern: RegExp, what: string) => v.pipe(v.string(what), v.regex(pattern, what));
export const whole = (least: number, most: number) =>
  v.pipe(
    v.number(`a whole number of ${least} to ${most}`),
    v.integer(`a whole number of ${least} to ${most}`),
    v.minValue(least, `a whole number of ${least} to ${most}`),
    v.maxValue(most, `a whole number of ${least} to ${most}`),
  );
export const yesOrNo = () => v.boolean('true or false');
export const list = <T extends v.GenericSchema>(item: T) => v.array(item, 'a list');
/** Refuses unknown keys: a misspelt key would silently mean the default. */
export const object = <T extends v.ObjectEntries>(entries: T) =>
  v.strictObject(entries, (issue) =>
    issue.expected === 'never' ? `one of ${Object.keys(entries).join(', ')}` : 'an object with fields',
  );
export const described = <T extends v.GenericSchema>(schema: T, description: string) =>
  v.pipe(schema, v.description(description));

export const roleArn = text(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of a role');
export const queueArn = text(/^arn:aws:batch:[a-z0-9-]+:\d{12}:job-queue\/[\w-]+$/, 'the ARN of a job queue');
