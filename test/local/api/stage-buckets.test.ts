import { withBuckets } from '../../../local/api/stage-buckets';
import { readRules, writeRules } from '../../../src/rules/model';
import { RULES } from '../../../src/rules/rules';
import { parseLocation } from '../../../src/transfer/location';

const STAGE = {
  buckets: ['own'],
  read: ['buckets'],
  write: ['buckets/out'],
  remove: ['s3://own/mirrored'],
  jobQueues: ['queue'],
  images: ['*'],
  privileged: false,
  jobRoles: [],
};

const placeRule = (name: string) => RULES.find((rule) => rule.name === name)!;

test('the buckets of users are buckets of the stage; its lists of places stay', () => {
  const { DEMAND_RULES = '', ...others } = withBuckets(
    { DEMAND_RULES: writeRules(STAGE), ENV_BASE: 'local' },
    ['mine', 'own'],
  );
  expect(others).toEqual({ ENV_BASE: 'local' });
  const rules = readRules(DEMAND_RULES);
  expect(rules).toEqual({ ...STAGE, buckets: ['own', 'mine'] });
  const refused = (name: string, field: string, uri: string) =>
    placeRule(name).problems({ [field]: [{ pointer: '', value: parseLocation(uri) }] }, rules).length;
  expect(refused('demands.read', 'reads', 's3://mine/in')).toBe(0);
  expect(refused('demands.write', 'writes', 's3://mine/out/a')).toBe(0);
  expect(refused('demands.write', 'writes', 's3://mine/other')).toBe(1);
  expect(refused('demands.read', 'reads', 's3://nobodys/in')).toBe(1);
  expect(refused('demands.remove', 'removals', 's3://mine/mirrored')).toBe(1);
});

test('a function without rules keeps its environment', () => {
  expect(withBuckets({ A: '1' }, ['mine'])).toEqual({ A: '1' });
});
