import fc from 'fast-check';
import { FRESH_MS, planSweep, type VolumeRules } from '../../src/sweep/decide';
import { HOLDS, UNIT_KINDS, type UnitFacts } from '../../src/sweep/facts';
import { runs } from '../demand/arbitraries';

const DAY = 24 * 3_600_000;
const NOW = 1_000 * DAY;
const daysAgo = (days: number) => NOW - days * DAY;
const unit = (key: string, more: Partial<UnitFacts> = {}): UnitFacts => ({
  key,
  kind: 'shared_input',
  lastUsed: daysAgo(40),
  bytes: 10,
  ...more,
});
const AGES: VolumeRules = { ages: { shared_input: 30 * DAY, kept_directory: 30 * DAY, removing: 0 } };
const planned = (units: readonly UnitFacts[], rules: VolumeRules = AGES) =>
  planSweep(units, rules, NOW).removals.map(({ unit: { key }, because }) => `${key} ${because}`);

test('a unit goes as soon as its last use is as long ago as the age, and not a millisecond before', () => {
  expect(planned([unit('a', { lastUsed: daysAgo(30) })])).toEqual(['a age']);
  expect(planned([unit('a', { lastUsed: daysAgo(30) + 1 })])).toEqual([]);
});

test('a kind without an age stays', () => {
  expect(planned([unit('a', { kind: 'unowned' })])).toEqual([]);
});

test('an unknown last use is no age', () => {
  const { lastUsed: _, ...unknown } = unit('a');
  expect(planSweep([unknown], AGES, NOW)).toEqual({ removals: [], stays: { unknown: 1 } });
});

test.each(HOLDS)('a unit that is held (%s) stays, and the plan counts it', (held) => {
  const rules = { ...AGES, maxSizeBytes: 0 };
  expect(planSweep([unit('a', { held })], rules, NOW)).toEqual({ removals: [], stays: { [held]: 1 } });
});

test('units over age go while the volume has more than the allowed bytes, the least recently used first', () => {
  const units = [
    unit('b', { lastUsed: daysAgo(50) }),
    unit('a', { lastUsed: daysAgo(40) }),
    unit('c', { lastUsed: daysAgo(1), bytes: 100 }),
  ];
  expect(planned(units, { ...AGES, minSizeBytesAllowed: 110 })).toEqual(['b age']);
  expect(planned(units, { ...AGES, minSizeBytesAllowed: 109 })).toEqual(['b age', 'a age']);
  expect(planSweep(units, { ...AGES, minSizeBytesAllowed: 120 }, NOW).stays).toEqual({
    allowed_size: 2,
    recent: 1,
  });
});

test('the rest of a removal goes whatever size is allowed', () => {
  const rules = { ...AGES, minSizeBytesAllowed: 1_000 };
  expect(planned([unit('a', { kind: 'removing', lastUsed: NOW })], rules)).toEqual(['a age']);
});

test('a volume above its most bytes loses the least recently used units, until it has no more', () => {
  const units = [
    unit('new', { lastUsed: daysAgo(1) }),
    unit('older', { lastUsed: daysAgo(3) }),
    unit('held', { lastUsed: daysAgo(9), held: 'reader' }),
    unit('old', { lastUsed: daysAgo(2) }),
  ];
  expect(planned(units, { ...AGES, maxSizeBytes: 25 })).toEqual(['older size', 'old size']);
  expect(planned(units, { ...AGES, maxSizeBytes: 39 })).toEqual(['older size']);
  expect(planned(units, { ...AGES, maxSizeBytes: 40 })).toEqual([]);
});

test('no size takes a kept directory, a unit without a known size, or a unit that was used within the hour', () => {
  const { bytes: _, ...unmeasured } = unit('b', { lastUsed: daysAgo(1) });
  const units = [
    unit('a', { kind: 'kept_directory', lastUsed: daysAgo(2) }),
    unmeasured,
    unit('c', { lastUsed: NOW - FRESH_MS + 1 }),
  ];
  expect(planned(units, { ...AGES, maxSizeBytes: 0 })).toEqual([]);
  expect(planned([unit('c', { lastUsed: NOW - FRESH_MS })], { ...AGES, maxSizeBytes: 0 })).toEqual([
    'c size',
  ]);
});

test('the same time orders units by their keys', () => {
  expect(planned([unit('b'), unit('a')])).toEqual(['a age', 'b age']);
});

describe('for any facts and rules', () => {
  const anyUnit = fc.record(
    {
      kind: fc.constantFrom(...UNIT_KINDS),
      lastUsed: fc.integer({ min: 0, max: NOW + DAY }),
      bytes: fc.nat(1_000),
      held: fc.constantFrom(...HOLDS),
    },
    { requiredKeys: ['kind'] },
  );
  const anyUnits = fc
    .array(anyUnit, { maxLength: 30 })
    .map((all) => all.map((each, index): UnitFacts => ({ key: String(index), ...each })));
  const anyRules = fc.record(
    {
      ages: fc.dictionary(fc.constantFrom(...UNIT_KINDS), fc.nat(1_000 * DAY)),
      minSizeBytesAllowed: fc.nat(5_000),
      maxSizeBytes: fc.nat(5_000),
    },
    { requiredKeys: ['ages'] },
  );
  const check = (property: (units: readonly UnitFacts[], rules: VolumeRules) => void) =>
    fc.assert(fc.property(anyUnits, anyRules, property), runs(500));

  test('nothing that is held or unknown is selected', () => {
    check((units, rules) => {
      for (const { unit: each } of planSweep(units, rules, NOW).removals)
        expect([each.held, typeof each.lastUsed]).toEqual([undefined, 'number']);
    });
  });

  test('each unit is either selected once or counted once', () => {
    check((units, rules) => {
      const { removals, stays } = planSweep(units, rules, NOW);
      expect(new Set(removals.map(({ unit: { key } }) => key)).size).toBe(removals.length);
      const stay = Object.values(stays).reduce((sum, count) => sum + count, 0);
      expect(removals.length + stay).toBe(units.length);
    });
  });

  test('removals are in the order of the last use', () => {
    check((units, rules) => {
      const times = planSweep(units, rules, NOW).removals.map(({ unit: { lastUsed = 0 } }) => lastUsed);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
    });
  });

  test('a removal by age is over age, and one by size begins above the most bytes', () => {
    check((units, rules) => {
      let left = units.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
      for (const { unit: each, because } of planSweep(units, rules, NOW).removals) {
        if (because === 'age')
          expect(NOW - (each.lastUsed ?? NOW)).toBeGreaterThanOrEqual(rules.ages[each.kind] ?? Infinity);
        else expect(left).toBeGreaterThan(rules.maxSizeBytes ?? Infinity);
        left -= each.bytes ?? 0;
      }
    });
  });
});

test('a partial file goes with the unit that it is in, and is no removal of its own', () => {
  const partial = (key: string) => unit(key, { kind: 'partial', lastUsed: daysAgo(50) });
  const units = [unit('a'), partial('a/in/partial'), partial('b/partial'), partial('ab/partial')];
  const rules = { ages: { ...AGES.ages, partial: DAY } };
  expect(planned(units, rules)).toEqual(['ab/partial age', 'b/partial age', 'a age']);
});
