import { placeOfInstance } from '../../../../local/api/functions/log-place';

test('an instance has its own stream in the group of its function, with its first day in UTC', () => {
  const startedAt = Date.parse('2026-01-02T23:59:59.999-01:00');
  expect(placeOfInstance('app-dev-normalise', startedAt, '0123456789abcdef0123456789abcdef')).toEqual({
    group: '/aws/lambda/app-dev-normalise',
    stream: '2026/01/03/[$LATEST]0123456789abcdef0123456789abcdef',
  });
});
