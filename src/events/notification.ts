/** From a status event to the notification of the people that the demand names. */
import { type NOTIFICATION_BYTES, SUBJECT_CHARACTERS } from '../aws-limits';
import { visible, visibleJson, visibleLines } from '../visible';
import type { Status, StatusEvent } from './model';

/** The contract's names of each status. Its status AWAITING_TRIGGER does not occur here. */
const NAMES: Readonly<Record<Status, readonly string[]>> = {
  REFUSED: ['FAILED'],
  RUNNING: ['SUBMITTED', 'IN_PROGRESS'],
  SUCCEEDED: ['COMPLETED'],
  FAILED: ['FAILED'],
  TIMED_OUT: ['FAILED'],
  ABORTED: ['ABORTED'],
};

/** Characters of the text, and of the JSON. With the attributes they stay far below {@link NOTIFICATION_BYTES}. */
const LONGEST_TEXT = 20_000;
/** Characters of an attribute. The message of an invalid demand has a type that nothing has checked. */
const LONGEST_ATTRIBUTE = 1_000;
/** Bytes of the names in the attribute `notify_list`. With a longer list SNS would refuse the message for all. */
const LIST_BYTES = 60_000;
const HALF = /\p{Cs}/u;

export interface Notification {
  readonly subject: string;
  /** The message for people. */
  readonly text: string;
  /** The status event, without the list of people, for programs. */
  readonly json: string;
  readonly notifyList: readonly string[];
  readonly status: Status;
  readonly executionType: string;
}

export interface Notifications {
  publish(notification: Notification): Promise<void>;
}

/** A demand without names gets no notification. A demand with names, and without statuses, gets one at its end. */
export function isAskedFor({ status, notify_on: on, notify_list: list = [], waiting }: StatusEvent): boolean {
  if (list.length === 0) return false;
  if (on === undefined) return status !== 'RUNNING' || waiting !== undefined;
  return NAMES[status].some((name) => on[name] === true);
}

export function notification(event: StatusEvent): Notification {
  const { status, execution_id: id = 'without a name', execution_type: executionType = 'unknown' } = event;
  const { notify_list: notifyList = [], ...told } = event;
  const json = visibleJson(told);
  return {
    subject: asSubject(`Demand ${id}: ${status}${event.waiting === undefined ? '' : ', the job waits'}`),
    text: textOf(event).slice(0, LONGEST_TEXT),
    json: json.length > LONGEST_TEXT ? visibleJson(brief(told)) : json,
    notifyList: fitting(notifyList),
    status,
    executionType: visible(executionType).slice(0, LONGEST_ATTRIBUTE),
  };
}

function brief({ version, id, status, sequence, changed_at, execution_arn, execution_id = '' }: StatusEvent) {
  const shortened = ['outputs', 'problems', 'failure', 'tags'];
  const name = execution_id.slice(0, 1_000);
  return { version, id, status, sequence, changed_at, execution_arn, execution_id: name, shortened };
}

function textOf(event: StatusEvent): string {
  const {
    status,
    execution_id: id = '(without an id)',
    failure,
    waiting,
    ignored_fields: ignored = [],
    outputs = [],
    links,
    attempt,
  } = event;
  const lines = [
    `Demand ${visible(id)}${attempt === undefined || attempt === 1 ? '' : `, attempt ${attempt}`}: ${status}`,
    `at ${event.changed_at}${event.duration_ms === undefined ? '' : `, after ${seconds(event.duration_ms)}`}`,
    ...(waiting === undefined ? [] : ['', ...waitingLines(waiting)]),
    ...(failure === undefined ? [] : ['', ...visibleLines(`${failure.error}: ${failure.message}`)]),
    ...(ignored.length === 0
      ? []
      : ['', 'Nothing reads these fields of the demand:', ...ignored.map(visible)]),
    ...(outputs.length === 0 ? [] : ['', ...outputs.map(({ name, uri }) => visible(`${name}: ${uri}`))]),
    ...(links?.execution === undefined ? [] : ['', visible(links.execution)]),
  ];
  return lines.join('\n');
}

function waitingLines({ job_id: id, since, reason, message }: NonNullable<StatusEvent['waiting']>): string[] {
  const line = `the job ${id} waits since ${since}${reason === undefined ? '' : `: ${reason}`}`;
  return (message === undefined ? [line] : [line, message]).map(visible);
}

/** Returns the names that a subscription can have, up to {@link LIST_BYTES} of JSON. A half of a surrogate pair is no text. */
function fitting(names: readonly string[]): string[] {
  let left = LIST_BYTES;
  return names.filter((name) => {
    if (HALF.test(name)) return false;
    left -= Buffer.byteLength(visibleJson([name]));
    return left >= 0;
  });
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}

/** A subject is ASCII and begins with a letter: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function asSubject(text: string): string {
  return visible(text)
    .replaceAll(/[^ -~]+/g, '?')
    .slice(0, SUBJECT_CHARACTERS);
}
