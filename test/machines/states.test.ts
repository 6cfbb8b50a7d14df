import { STATES } from '../../src/machines/states';
import { MACHINES, service, sorted, statesOf } from './service';

test('the code knows the machines of serverless.yml', () => {
  const files = Object.values<{ definition: string }>(service.stepFunctions.stateMachines).map(
    ({ definition }) => definition,
  );
  expect(sorted(files)).toEqual(sorted(MACHINES.map((name) => `\${file(statemachines/${name}.asl.yml)}`)));
});

test.each(MACHINES)('%s has the states that the code knows, in the same order', (machine) => {
  expect(statesOf(machine).map(({ name }) => name)).toEqual(STATES[machine]);
});
