import fc from 'fast-check';
import {
  demandMachineOf,
  envBaseOf,
  envBaseOfMachine,
  stageOfMachine,
  sweepMachineOf,
} from '../../src/machines/names';
import { runs } from '../demand/arbitraries';
import { service } from './service';

test('a stage names its resources as the code does', () => {
  const envBase = service.custom.envBase.replace('${sls:stage}', 'prod');
  const { demandExecution, sweep } = service.stepFunctions.stateMachines;
  const name = demandExecution.name.replace('${self:custom.envBase}', envBase);
  expect(sweepMachineOf('prod')).toBe(sweep.name.replace('${self:custom.envBase}', envBase));
  expect([envBaseOf('prod'), demandMachineOf('prod')]).toEqual([envBase, name]);
  expect([envBaseOfMachine(name), stageOfMachine(name)]).toEqual([envBase, 'prod']);
});

test.each(['prod-demand-data-sync', 'other'])('%s is not a demand machine of a stage', (name) => {
  expect([envBaseOfMachine(name), stageOfMachine(name)]).toEqual([undefined, undefined]);
});

test('the name of a machine tells its stage', () => {
  const anyStage = fc.oneof(
    fc.string(),
    fc.constantFrom('demand', 'a-demand', 'a-execution', '-demand-execution'),
  );
  fc.assert(
    fc.property(anyStage, (stage) => {
      expect(stageOfMachine(demandMachineOf(stage))).toBe(stage);
      expect(envBaseOfMachine(demandMachineOf(stage))).toBe(envBaseOf(stage));
    }),
    runs(200),
  );
});

test('a machine of another service belongs to no stage, even when its name has the same end', () => {
  expect(envBaseOfMachine('nightly-execution')).toBe('nightly');
  expect(stageOfMachine('nightly-execution')).toBeUndefined();
});
