import { execFileSync } from 'node:child_process';
import { timeSince } from '../../cli/times';

const NOW = Date.parse('2026-11-29T12:00:00Z');

test.each([
  ['90s', '2026-11-29T11:58:30.000Z'],
  ['15m', '2026-11-29T11:45:00.000Z'],
  ['2h', '2026-11-29T10:00:00.000Z'],
  ['1d', '2026-11-28T12:00:00.000Z'],
])('%s is a time before now', (text, time) => {
  expect(new Date(timeSince(text, NOW)).toISOString()).toBe(time);
});

test.each([
  ['2026-11-29', '2026-11-29T00:00:00.000Z'],
  ['2026-11-29T10:30', '2026-11-29T10:30:00.000Z'],
  ['2026-11-29 10:30:15', '2026-11-29T10:30:15.000Z'],
  ['2026-11-29T10:30:15.250', '2026-11-29T10:30:15.250Z'],
  ['2026-11-29T10:30:15Z', '2026-11-29T10:30:15.000Z'],
  ['2026-11-29t10:30:15z', '2026-11-29T10:30:15.000Z'],
  ['2026-11-29T10:30:15+02:00', '2026-11-29T08:30:15.000Z'],
])('%s is UTC unless it names a zone', (text, time) => {
  expect(new Date(timeSince(text, NOW)).toISOString()).toBe(time);
});

test('a time without a zone is UTC on a machine in another zone', () => {
  const program = `
    import { timeSince } from './cli/times.ts';
    console.log(new Date(0).getTimezoneOffset(), timeSince('2026-11-29T10:30'));`;
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, TZ: 'America/Los_Angeles' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(told).toBe(`480 ${Date.parse('2026-11-29T10:30:00Z')}\n`);
});

test.each([
  'yesterday',
  '',
  '10',
  '1.5h',
  'Nov 29 2026',
  '2026-13-01',
  '2026-11-29T25:00',
  '11/29/2026',
  '-5m',
])('"%s" is no time', (text) => {
  expect(() => timeSince(text, NOW)).toThrow('It must be an ISO time, or like 90s, 15m, 2h, 1d.');
});
