import { type DemandRules, readRules, UNRESTRICTED, writeRules } from '../../src/rules/model';

const RULES: DemandRules = {
  ...UNRESTRICTED,
  buckets: ['own'],
  registry: '111122223333.dkr.ecr.us-west-2.amazonaws.com',
  privileged: false,
  jobRoles: [],
  maxMemoryMib: 0,
  maxVcpus: 4,
  maxGpus: 0,
  maxAttemptDurationSeconds: 60,
  documents: 'temp',
};

test.each([['of a stage', RULES] as const, ['that restrict nothing', UNRESTRICTED] as const])(
  'the rules %s are read as they were written',
  (_, rules) => {
    expect(readRules(writeRules(rules))).toEqual(rules);
  },
);

test('an empty list and a maximum of 0 stay restrictions', () => {
  expect(readRules(writeRules({ ...RULES, read: [], images: [] }))).toMatchObject({
    read: [],
    images: [],
    maxMemoryMib: 0,
    maxGpus: 0,
  });
});
