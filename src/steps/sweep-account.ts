import * as v from 'valibot';
import type { CallTime, Clock } from '../clock';
import type { StageAccessPoint } from '../efs/stage-access-points';
import { describeError, refuseIfAny } from '../errors';
import { formatMoment } from '../python/time';
import { type SweepBus, sweepEvent, sweepMetric } from '../sweep/event';
import type { RunningExecutions } from '../sweep/fates';
import { partsOf } from '../sweep/parts';
import { addToReport, NOTHING_SWEPT, type PartReport, partReportSchema, type Swept } from '../sweep/report';
import {
  type SweepRequest,
  type SweptPart,
  sweepRequestSchema,
  sweptPartSchema,
  unknownFields,
} from '../sweep/request';
import { type Revisions, sweepRevisions } from '../sweep/revisions';
import {
  sweepUploads,
  type UploadMarker,
  type UploadPage,
  type UploadRules,
  type Uploads,
} from '../sweep/uploads';
import { hasTimeLeft } from '../transfer/call-time';
import { isJsonObject, tryParse, withoutEmpty } from '../wire/json';
import { toSnakeCase } from '../wire/names';
import { integer, listOf, model, optional, readModel, requiredText, text, writeModel } from '../wire/schema';

export interface SweepAccountWorld {
  readonly uploads: Uploads;
  readonly revisions: Revisions;
  readonly running: RunningExecutions;
  readonly bus: SweepBus;
  /** Writes a line with metrics to the log. */
  logMetric(metric: object): void;
  readonly clock: Pick<Clock, 'now'>;
  readonly time: CallTime;
  readonly settings: SweepAccountSettings;
}

export interface SweepAccountSettings {
  readonly envBase: string;
  /** The request of the stage's configuration, as JSON has it. */
  readonly request: unknown;
  /** The file systems, in the order of the functions that mount them. */
  readonly fileSystemIds: readonly string[];
  /** The access points that the stage lists. Their folders are the volumes. */
  readonly accessPoints: readonly StageAccessPoint[];
  readonly buckets: readonly string[];
  /** Names of the roles that begin uploads in parts. */
  readonly uploadRoles: readonly string[];
}

const accountSchema = model({
  request: sweepRequestSchema,
  cursor: text(),
  reports: listOf(partReportSchema),
});
const cursorSchema = model({ bucket: integer(), key: optional(text()), id: optional(text()) });
const failureSchema = v.object({ Error: v.optional(v.string(), 'Error'), Cause: v.optional(v.string(), '') });
const tellSchema = model({
  execution: requiredText(),
  begunAt: requiredText(),
  request: sweepRequestSchema,
  parts: listOf(
    model({
      report: optional(partReportSchema),
      part: optional(sweptPartSchema),
      failure: optional(failureSchema),
    }),
  ),
  account: model({ reports: listOf(partReportSchema), failure: optional(failureSchema) }),
});

/**
 * The steps of a sweep that need no file system. The event has one of three fields:
 *
 * - `begin`: the input of the machine. The answer is `{request, parts}`.
 * - `account: {request, cursor, reports}`: sweeps uploads and job definitions. The answer is `{status: DONE | INCOMPLETE,
 *   cursor, reports}`.
 * - `tell: {execution, begun_at, request, parts, account}`: the answer is `{status: SUCCEEDED | FAILED, cause, report}`.
 *
 * @throws DemandValidationError, the errors of AWS
 */
export async function sweepAccount(event: unknown, world: SweepAccountWorld) {
  if (isJsonObject(event) && 'begin' in event) return begin(event.begin, world.settings);
  if (isJsonObject(event) && 'account' in event)
    return sweepOn(readModel(accountSchema, event.account, ['account']), world);
  const tell = isJsonObject(event) ? event.tell : undefined;
  return tellReport(readModel(tellSchema, tell, ['tell']), world);
}

function begin(input: unknown, { request: configured, fileSystemIds, accessPoints }: SweepAccountSettings) {
  const standard = writeModel(sweepRequestSchema, readModel(sweepRequestSchema, configured));
  const given = Object.entries(withoutEmpty(isJsonObject(input) ? input : {}));
  // Both sides have the names of the wire now, so a given field replaces the configured one.
  const own = Object.fromEntries(given.map(([name, value]) => [toSnakeCase(name), value]));
  refuseIfAny(unknownFields(input, ['begin']));
  const request = readModel(sweepRequestSchema, { ...standard, ...own }, ['begin']);
  const parts = partsOf(request, fileSystemIds, accessPoints);
  return {
    request: writeModel(sweepRequestSchema, request),
    parts: parts.map((part) => writeModel(sweptPartSchema, part)),
  };
}

type Account = v.InferOutput<typeof accountSchema>;

async function sweepOn({ request, cursor, reports }: Account, world: SweepAccountWorld) {
  const { buckets } = world.settings;
  let report: PartReport = reports[0] ?? { part: 'uploads', ...NOTHING_SWEPT };
  let { bucket, ...marker } = readModel(cursorSchema, cursor === '' ? { bucket: 0 } : tryParse(cursor), [
    'account',
    'cursor',
  ]);
  const rules = await rulesOf(request, world);
  const target = { uploads: world.uploads, now: world.clock.now(), isDryRun: request.dryRun };
  let after = markerOf(marker);
  for (let name = buckets[bucket]; name !== undefined; name = buckets[bucket]) {
    if (!hasTimeLeft(world.time)) return answer('INCOMPLETE', JSON.stringify({ bucket, ...after }), [report]);
    const page = await pageOf(name, after, world);
    report = addToReport(report, page.failures);
    report = addToReport(report, await sweepUploads(page.uploads, rules, target));
    after = page.next;
    if (after === undefined) bucket++;
  }
  const swept = await sweepRevisions(request.revisionsKept, { ...world, isDryRun: request.dryRun });
  return answer('DONE', '', [report, addToReport({ part: 'job_definitions', ...NOTHING_SWEPT }, swept)]);
}

/** A bucket that cannot be listed is a failure, and the other buckets go on. */
async function pageOf(
  bucket: string,
  after: UploadMarker | undefined,
  { uploads }: SweepAccountWorld,
): Promise<UploadPage & { readonly failures: readonly Swept[] }> {
  try {
    return { ...(await uploads.list(bucket, after)), failures: [] };
  } catch (error) {
    const failure = describeError(error).message;
    return { uploads: [], failures: [{ failure, path: `s3://${bucket}` }] };
  }
}

function markerOf({ key, id }: { readonly key?: string | undefined; readonly id?: string | undefined }) {
  return key === undefined || id === undefined ? undefined : ({ key, id } satisfies UploadMarker);
}

async function rulesOf(
  { uploadDays: days }: SweepRequest,
  { running, settings: { uploadRoles: roles } }: SweepAccountWorld,
): Promise<UploadRules> {
  const runningSince = await running.oldestBegin().catch(() => undefined);
  return { days, roles, ...withoutEmpty({ runningSince }) };
}

function answer(status: string, cursor: string, reports: readonly PartReport[]) {
  return { status, cursor, reports: reports.map((each) => writeModel(partReportSchema, each)) };
}

async function tellReport(told: v.InferOutput<typeof tellSchema>, world: SweepAccountWorld) {
  const { clock, bus, settings } = world;
  const failures = [
    ...told.parts.map(({ part, failure }) => ({ part: nameOf(part), failure })),
    { part: 'account', failure: told.account.failure },
  ];
  const event = sweepEvent({
    envBase: settings.envBase,
    execution: told.execution,
    isDryRun: told.request.dryRun,
    startedAt: told.begunAt,
    stoppedAt: formatMoment(clock.now() * 1_000),
    parts: [...told.parts.flatMap(({ report }) => report ?? []), ...told.account.reports],
    failedParts: failures.flatMap(({ part, failure }) =>
      failure === undefined ? [] : [{ part, error: failure.Error, message: messageOf(failure.Cause) }],
    ),
  });
  world.logMetric(sweepMetric(event, clock.now()));
  await bus.put(event);
  const causes = event.failed_parts.map(({ part, error, message }) => `${part}: ${error}: ${message}`);
  return { status: event.status, cause: causes.join('\n'), report: event };
}

function nameOf(part: SweptPart | undefined): string {
  return `${part?.volume?.role ?? 'records'} of ${part?.fileSystemId ?? 'no file system'}`;
}

const MESSAGE_CHARACTERS = 1_000;

/** Returns the message in the cause of a failed function, which is a JSON document. */
function messageOf(cause: string): string {
  const parsed = tryParse(cause);
  // The cause of a time-out is a plain text.
  const message =
    isJsonObject(parsed) && typeof parsed.errorMessage === 'string' ? parsed.errorMessage : cause;
  return message.slice(0, MESSAGE_CHARACTERS);
}
