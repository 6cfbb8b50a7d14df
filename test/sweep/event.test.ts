import { sweepEvent, sweepMetric } from '../../src/sweep/event';
import { NOTHING_SWEPT, type PartReport } from '../../src/sweep/report';

const ENDED = {
  envBase: 'dev-demand',
  execution: 'arn',
  isDryRun: true,
  startedAt: 'begin',
  stoppedAt: 'end',
  parts: [] as readonly PartReport[],
  failedParts: [],
};

test('a sweep that found nothing is an event as well', () => {
  expect(sweepEvent(ENDED)).toMatchObject({
    status: 'SUCCEEDED',
    dry_run: true,
    removed: { count: 0, bytes: 0 },
    parts: [],
  });
});

test('each metric of the embedded format has its value beside it', () => {
  const metric = sweepMetric(
    sweepEvent({ ...ENDED, parts: [{ part: 'tmp', ...NOTHING_SWEPT }] }),
    5,
  ) as Record<string, unknown>;
  const { CloudWatchMetrics: directives } = metric._aws as {
    CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[];
  };
  const [directive] = directives;
  for (const { Name } of directive?.Metrics ?? []) expect(typeof metric[Name]).toBe('number');
  for (const name of directive?.Dimensions.flat() ?? []) expect(typeof metric[name]).toBe('string');
  expect(directive?.Metrics).toHaveLength(3);
});
