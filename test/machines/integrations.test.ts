import { loadDefinition, placedStates } from '../../local/engine/definitions';
import { INTEGRATIONS } from '../../src/machines/integrations';

test('the machines use the service integrations that the code knows', () => {
  const states = (['demand-execution', 'data-sync', 'sweep'] as const).flatMap((name) =>
    placedStates(loadDefinition(name)),
  );
  const used = new Set(states.flatMap(({ state }) => state.Resource ?? []));
  expect([...used].sort()).toEqual(Object.values(INTEGRATIONS).sort());
});
