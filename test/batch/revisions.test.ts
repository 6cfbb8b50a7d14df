/** Registers the same definition in concurrent executions, with the answers of Batch in any order. */
import fc from 'fast-check';
import type { JobDefinitions, JobDefinitionToRegister, RegisteredJobDefinition } from '../../src/batch/model';
import { isSameDefinition, registerOnce } from '../../src/batch/revisions';
import { runs } from '../demand/arbitraries';

const NAME = `dev-tool-${'0a'.repeat(32)}`;

function definition(image: string, changes: Partial<JobDefinitionToRegister> = {}): JobDefinitionToRegister {
  return {
    jobDefinitionName: NAME,
    type: 'container',
    parameters: {},
    containerProperties: {
      image,
      command: ['run'],
      environment: [],
      mountPoints: [],
      volumes: [],
      resourceRequirements: [],
      privileged: false,
      ulimits: [],
      secrets: [],
    },
    retryStrategy: { attempts: 1, evaluateOnExit: [{ action: 'RETRY', onReason: 'x' }] },
    tags: { USER: 'ada' },
    propagateTags: false,
    ...changes,
  };
}

/** Batch in memory. The scheduler decides the order of its answers. */
function batchIn(scheduler: fc.Scheduler) {
  const revisions: RegisteredJobDefinition[] = [];
  let count = 0;
  const later = <T>(what: string, act: () => T) => scheduler.schedule(Promise.resolve(), what).then(act);
  const jobDefinitions: JobDefinitions = {
    active: () => later('active', () => [...revisions]),
    register: (given) =>
      later('register', () => {
        count += 1;
        revisions.push({ arn: `arn:${count}`, definition: given });
        return `arn:${count}`;
      }),
    deregister: (arn) =>
      later('deregister', () => {
        revisions.splice(
          revisions.findIndex((each) => each.arn === arn),
          1,
        );
      }),
  };
  return { revisions, jobDefinitions };
}

test('all executions with the same content get the same revision, in any order of the answers', async () => {
  const images = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 5 });
  const isOne = fc.asyncProperty(fc.scheduler(), images, async (scheduler, wanted) => {
    const { revisions, jobDefinitions } = batchIn(scheduler);
    const world = { jobDefinitions, settings: { revisionsKept: 10 } };
    const asked = Promise.all(
      wanted.map(async (image) => registerOnce(definition(image), await jobDefinitions.active(NAME), world)),
    );
    await scheduler.waitFor(asked);
    const arns = await asked;
    expect(revisions).toHaveLength(new Set(wanted).size);
    for (const [index, image] of wanted.entries())
      expect(revisions.find(({ arn }) => arn === arns[index])?.definition).toEqual(definition(image));
  });
  await fc.assert(isOne, runs(300));
});

async function registerInTurn(images: readonly string[], name: string, revisionsKept: number) {
  const revisions: RegisteredJobDefinition[] = [];
  const jobDefinitions: JobDefinitions = {
    active: async () => [...revisions],
    register: async (given) => {
      revisions.push({ arn: given.containerProperties.image, definition: given });
      return given.containerProperties.image;
    },
    deregister: async (gone) =>
      void revisions.splice(
        revisions.findIndex(({ arn }) => arn === gone),
        1,
      ),
  };
  for (const image of images) {
    const wanted = definition(image, { jobDefinitionName: name });
    await registerOnce(wanted, await jobDefinitions.active(name), {
      jobDefinitions,
      settings: { revisionsKept },
    });
  }
  return revisions.map(({ arn }) => arn);
}

test('the oldest surplus revisions are deregistered, and never the revision in use', async () => {
  expect(await registerInTurn(['a', 'b', 'c', 'a', 'd'], NAME, 2)).toEqual(['a', 'd']);
  expect(await registerInTurn(['a', 'b'], NAME, 0)).toEqual(['b']);
});

test('a name that this service does not make keeps all its revisions', async () => {
  expect(await registerInTurn(['a', 'b', 'c'], 'my-own-name', 1)).toEqual(['a', 'b', 'c']);
});

test('another field makes another definition, and the letter case of Batch does not', () => {
  const given = definition('a');
  const retry = { attempts: 1, evaluateOnExit: [{ action: 'retry', onReason: 'x' }] };
  expect(isSameDefinition(given, definition('a', { retryStrategy: retry }))).toBe(true);
  expect(isSameDefinition(given, definition('a', { retryStrategy: { attempts: 1 } }))).toBe(false);
  expect(isSameDefinition(given, definition('a', { tags: {} }))).toBe(false);
  expect(isSameDefinition(given, definition('b'))).toBe(false);
});

test('definitions that differ only by a secret are different revisions', () => {
  const { containerProperties } = definition('alpine');
  const withSecret = (valueFrom: string) =>
    definition('alpine', {
      containerProperties: { ...containerProperties, secrets: [{ name: 'TOKEN', valueFrom }] },
    });
  expect(isSameDefinition(withSecret('arn:one'), withSecret('arn:one'))).toBe(true);
  expect(isSameDefinition(withSecret('arn:one'), withSecret('arn:two'))).toBe(false);
  expect(isSameDefinition(withSecret('arn:one'), definition('alpine'))).toBe(false);
});
