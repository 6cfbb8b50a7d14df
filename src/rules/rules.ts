/**
 * The rules of a stage, in one list. A rule has the name of its field in `config/<stage>.yml`. Normalise, the intake, the
 * functions of the original and the command line check demands and requests with this list.
 */
import { type Problem, refuseIfAny } from '../errors';
import { type Location, textOf } from '../transfer/location';
import type { Asked, At } from './asked';
import { permitsImage } from './images';
import { permitsJobQueue } from './job-queues';
import { ANY, type DemandRules } from './model';
import { permitsPlace } from './places';

export interface Rule {
  /** The field of the configuration. */
  readonly name: string;
  /** Returns the permitted values in words. */
  permitted(rules: DemandRules): string;
  /** Returns a problem for each asked value that is not permitted. */
  problems(asked: Asked, rules: DemandRules): Problem[];
}

interface Definition<T> {
  readonly name: string;
  /** Returns the values that the rule judges. */
  values(asked: Asked): readonly At<T>[] | undefined;
  permits(value: T, rules: DemandRules): boolean;
  permitted(rules: DemandRules): string;
  /** Returns the value in the words of a message. */
  say(value: T): string;
  /** An imperative phrase. */
  readonly remedy: string;
}

/** Items of a list that a message names. */
const NAMED_ITEMS = 10;

function rule<T>({ name, values, permits, permitted, say, remedy }: Definition<T>): Rule {
  return {
    name,
    permitted,
    problems: (asked, rules) =>
      (values(asked) ?? [])
        .filter(({ value }) => !permits(value, rules))
        .map(({ pointer, value }) => ({
          pointer,
          message: `the rule ${name} of the stage forbids ${say(value)}; it permits ${permitted(rules)}`,
          remedy: `${remedy}, or change ${name} in the configuration of the stage`,
        })),
  };
}

type PlaceList = 'read' | 'write' | 'remove';

function placeRule(
  list: PlaceList,
  values: (asked: Asked) => readonly At<Location>[] | undefined,
  remedy: string,
): Rule {
  const verb = { read: 'reading', write: 'writing', remove: 'the removal of objects at' }[list];
  return rule({
    name: `demands.${list}`,
    values,
    permits: (location, rules) => permitsPlace(rules[list], location, rules),
    permitted: (rules) => listed(placesInWords(rules[list], rules.buckets)),
    say: (location) => `${verb} ${textOf(location)}`,
    remedy,
  });
}

type Maximum = 'maxMemoryMib' | 'maxVcpus' | 'maxGpus' | 'maxAttemptDurationSeconds';

function maximumRule(
  name: Maximum,
  values: (asked: Asked) => readonly At<number | string>[] | undefined,
  unit: string,
): Rule {
  return rule({
    name: `demands.${name}`,
    values,
    permits: (value, { [name]: most }) => most === undefined || isAtMost(value, most),
    permitted: ({ [name]: most }) => (most === undefined ? 'any number' : `at most ${most} ${unit}`),
    say: (value) => `${value} ${unit}`,
    remedy: 'Ask for less',
  });
}

/** Every rule, in the order of the configuration. */
export const RULES: readonly Rule[] = [
  placeRule('read', ({ reads }) => reads, 'Give an input in one of these places'),
  rule<Location>({
    name: 'demands.read',
    values: ({ documents }) => documents,
    permits: (location, rules) => permitsPlace(placesOfDocuments(rules), location, rules),
    permitted: (rules) => listed(placesInWords(placesOfDocuments(rules), rules.buckets)),
    say: (location) => `reading the document ${textOf(location)}`,
    remedy: 'Put the document into one of these places',
  }),
  placeRule('write', ({ writes }) => writes, 'Give a destination in one of these places'),
  placeRule(
    'remove',
    ({ removals }) => removals,
    'Leave the objects there ("delete": false, "retain_source_data": true)',
  ),
  rule<string>({
    name: 'demands.jobQueueArns',
    values: ({ jobQueues }) => jobQueues,
    permits: (queue, { jobQueues }) => permitsJobQueue(queue, jobQueues),
    permitted: ({ jobQueues }) => listed(jobQueues),
    say: (queue) => `the job queue ${JSON.stringify(queue)}`,
    remedy: 'Give one of these queues',
  }),
  rule<string>({
    name: 'demands.images',
    values: ({ images }) => images,
    permits: permitsImage,
    permitted: ({ images }) => listed(images),
    say: (image) => `the image ${JSON.stringify(image)}`,
    remedy: 'Give one of these images',
  }),
  rule<boolean>({
    name: 'demands.privileged',
    values: ({ privileged }) => privileged,
    permits: (value, { privileged }) => privileged || !value,
    permitted: ({ privileged }) => (privileged ? 'also privileged containers' : 'no privileged container'),
    say: () => 'a privileged container',
    remedy: 'Give "privileged": false',
  }),
  rule<string>({
    name: 'jobRoleArns',
    values: ({ jobRoles }) => jobRoles,
    permits: (role, { jobRoles }) => jobRoles.includes(ANY) || jobRoles.includes(role),
    permitted: ({ jobRoles }) => listed(jobRoles),
    say: (role) => `the job role ${JSON.stringify(role)}`,
    remedy: 'Give the ARN of one of these roles, or none',
  }),
  maximumRule('maxMemoryMib', ({ memory }) => memory, 'MiB of memory'),
  maximumRule('maxVcpus', ({ vcpus }) => vcpus, 'vCPUs'),
  maximumRule('maxGpus', ({ gpus }) => gpus, 'GPUs'),
  maximumRule('maxAttemptDurationSeconds', ({ durations }) => durations, 'seconds for an attempt of a job'),
];

/** Returns every asked value that a rule of the stage forbids. */
export function ruleProblems(asked: Asked, rules: DemandRules): Problem[] {
  return RULES.flatMap((each) => each.problems(asked, rules));
}

/** @throws DemandValidationError with every asked value that a rule of the stage forbids */
export function refuseForbidden(asked: Asked, rules: DemandRules): void {
  refuseIfAny(ruleProblems(asked, rules));
}

/** Returns whether a mirror may remove objects at a destination. On a file system no rule of the stage applies. */
export function mayRemoveFrom(location: Location, rules: DemandRules): boolean {
  return permitsPlace(rules.remove, location, rules);
}

/** Returns the rules in words, one line for each field of the configuration. */
export function describeRules(rules: DemandRules): string[] {
  const names = new Set(RULES.map(({ name }) => name));
  return [...names].map((name) => {
    const first = RULES.find((each) => each.name === name);
    return `${name}: ${first?.permitted(rules)}`;
  });
}

/** A plan of batches lies at a place that its request may write to. */
function placesOfDocuments({ read, write, documents }: DemandRules): string[] {
  return [...new Set([...read, ...write, ...(documents === undefined ? [] : [`s3://${documents}`])])];
}

/** A text that is not a plain decimal number has no size, so no maximum permits it. */
function isAtMost(value: number | string, most: number): boolean {
  const isNumber = typeof value === 'number' || /^\d+(\.\d+)?$/.test(value);
  return isNumber && Number(value) <= most;
}

function placesInWords(places: readonly string[], buckets: readonly string[]): string[] {
  if (buckets.includes(ANY)) return places.map((place) => place.replace(/^buckets\b/, "the stage's buckets"));
  return places.flatMap((place) =>
    /^buckets(\/|$)/.test(place)
      ? buckets.map((bucket) => place.replace(/^buckets/, `s3://${bucket}`))
      : [place],
  );
}

function listed(items: readonly string[]): string {
  if (items.includes(ANY)) return 'any';
  if (items.length === 0) return 'none';
  const more = items.length > NAMED_ITEMS ? ` and ${items.length - NAMED_ITEMS} more` : '';
  return items.slice(0, NAMED_ITEMS).join(', ') + more;
}
