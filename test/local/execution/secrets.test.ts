/** The value of a secret is in the environment of the job, and in no document of the run. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { planDemand } from '../../../local/execution/plan';
import { runDemand } from '../../../local/execution/run';
import { LocalRoot } from '../../../local/world/root';
import { runs } from '../../demand/arbitraries';

const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:demands/db-AbCdEf';
const PARAMETER = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';

/** A text with characters that a shell, JSON or a terminal reads in another way. */
const canary = fc
  .string({ unit: fc.constantFrom(...'aZ9 \'"\\$`{}\n;&|é\u001b[31m'), minLength: 0, maxLength: 12 })
  .map((text) => `CANARY${text}YRANAC`);

const REFERENCES = [
  { valueFrom: PARAMETER, file: 'demands/token', store: (value: string) => value },
  { valueFrom: SECRET, file: 'demands/db-AbCdEf', store: (value: string) => value },
  {
    valueFrom: `${SECRET}:password::`,
    file: 'demands/db-AbCdEf',
    store: (password: string) => JSON.stringify({ password }),
  },
] as const;

/** Ends of the job. Each reads the secret, and none prints it. */
const ENDS = ['true', 'exit 3', 'kill -9 $$', 'rm -r ${OUT}', 'echo a line; echo another >&2'];

const long = 'x'.repeat(9_000);

const given = fc.record({
  value: canary,
  reference: fc.constantFrom(...REFERENCES),
  end: fc.constantFrom(...ENDS),
  // With a long value the job has an environment file.
  more: fc.constantFrom({}, { long }),
  name: fc.constantFrom('token', 'Api.Token-1'),
});

function demandOf({ reference: { valueFrom }, end, more, name }: Given) {
  const variable = name.replaceAll(/[-.]/g, '_').toUpperCase();
  return {
    execution_type: 'test',
    execution_id: 'one',
    execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
    execution_parameters: {
      command: [`mkdir -p \${OUT}; printf %s "$${variable}" | sha256sum > \${OUT}/sum; ${end}`],
      params: { [name]: { secret: valueFrom }, out: 'out @ s3://bucket/out/', ...more },
      outputs: ['out'],
    },
    execution_platform: { aws_batch: { job_queue_name: 'queue' } },
    resource_requirements: { memory: 512, vcpus: 1 },
  };
}

type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;

/** Returns the contents of all files below a folder, with their names. */
function textBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${name}: ${readFileSync(join(parentPath, name), 'latin1')}`)
    .join('\n');
}

const SETTINGS = {
  runner: 'process',
  inlineLimits: { maxBytes: 2 ** 30, maxFiles: 1000 },
  signal: new AbortController().signal,
  hostEnvironment: process.env,
  now: Date.now,
} as const;

test('no file, event or result of a run has the value, whatever the job does', async () => {
  await fc.assert(
    fc.asyncProperty(given, async (one) => {
      const root = new LocalRoot(mkdtempSync(join(tmpdir(), 'secrets-')));
      const events: unknown[] = [];
      const options = { ...SETTINGS, root, listener: (event: unknown) => void events.push(event) };
      const path = join(root.secrets, one.reference.file);
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, one.reference.store(one.value));
        chmodSync(path, 0o600);
        const plan = await planDemand(demandOf(one), options);
        const result = await runDemand(demandOf(one), options);
        expect(result.status).toBe(['true', ENDS[4]].includes(one.end) ? 'SUCCEEDED' : 'FAILED');
        // The job had the value.
        const sum = createHash('sha256').update(one.value).digest('hex');
        const stored = join(root.s3, 'bucket/out/sum');
        expect(existsSync(stored)).toBe(result.status === 'SUCCEEDED');
        if (existsSync(stored)) expect(readFileSync(stored, 'utf8')).toContain(sum);
        rmSync(root.secrets, { recursive: true });
        const written = textBelow(root.path) + JSON.stringify([events, result, plan]);
        expect(written).toContain(one.reference.valueFrom);
        expect(written).not.toContain('CANARY');
      } finally {
        rmSync(root.path, { recursive: true });
      }
    }),
    runs(8),
  );
});

test('a missing secret is refused before the run, by its name', async () => {
  const root = new LocalRoot(mkdtempSync(join(tmpdir(), 'secrets-')));
  const [reference] = REFERENCES;
  const demand = demandOf({ value: '', reference, end: 'true', more: {}, name: 'token' });
  await expect(runDemand(demand, { ...SETTINGS, root, listener: () => undefined })).rejects.toMatchObject({
    name: 'DemandValidationError',
    problems: [
      { pointer: '/execution_parameters/params/token', message: expect.stringContaining(PARAMETER) },
    ],
  });
  expect(readdirSync(root.path)).toEqual([]);
  rmSync(root.path, { recursive: true });
});
