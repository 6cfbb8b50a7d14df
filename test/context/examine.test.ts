import fc from 'fast-check';
import { examineRequest, readValidRequest, withDemandPointer } from '../../src/context/examine';
import { DemandValidationError } from '../../src/errors';
import { anyDocument, demandOf, mutated, runs } from '../demand/arbitraries';
import { SETTINGS } from './worlds';

const examine = (value: unknown) => examineRequest(value, SETTINGS);
const pointersOf = (value: unknown) => examine(value).problems.map(({ pointer }) => pointer);

test('a valid demand has a request, a layout and no problems', () => {
  const { request, layout, problems, demandPointer } = examine(demandOf());
  expect(request?.demandExecution.executionId).toBe('run-1');
  expect(layout?.paths.workingDirectory).toBe('/opt/efs/scratch/run-1');
  expect({ problems, demandPointer }).toEqual({ problems: [], demandPointer: '' });
});

test('problems of form and of meaning come together, with pointers into the document', () => {
  const demand = demandOf({ params: { a: '${NOPE}' } }, { execution_id: '..', execution_image: '' });
  expect(pointersOf(demand)).toEqual(['/execution_image', '/execution_id', '/execution_parameters/params/a']);
  expect(pointersOf({ demand_execution: demand })).toEqual([
    '/demand_execution/execution_image',
    '/demand_execution/execution_id',
    '/demand_execution/execution_parameters/params/a',
  ]);
});

test('a request with problems has a layout of its valid parts', () => {
  const { request, layout } = examine(demandOf({ params: { a: 1 } }, { execution_image: '' }));
  expect(request).toBeUndefined();
  expect(layout?.environment.get('A')).toBe('1');
});

test('a type that makes the names of volumes too long is a problem of a request with a valid form', () => {
  const type = 't'.repeat(200);
  expect(pointersOf(demandOf({}, { execution_type: type }))).toEqual(['/execution_type']);
  expect(pointersOf(demandOf({}, { execution_type: type, execution_image: '' }))).toEqual([
    '/execution_image',
  ]);
});

test('a request with problems is refused with all of them', () => {
  const demand = demandOf({ command: [] }, { execution_id: 'a/b' });
  expect(() => readValidRequest(demand, SETTINGS)).toThrow(DemandValidationError);
  expect(() => readValidRequest(demand, SETTINGS)).toThrow(/execution_parameters\/command.*\n.*execution_id/);
});

test('pointers into a demand become pointers into the document of the demand', () => {
  const problem = { pointer: '/a', message: 'm', remedy: 'r' };
  expect(withDemandPointer([problem], '/demand_execution')).toEqual([
    { ...problem, pointer: '/demand_execution/a' },
  ]);
  expect(withDemandPointer([problem], '')).toEqual([problem]);
});

test('any document has a layout or a problem', () => {
  const document = fc.oneof(anyDocument, mutated(demandOf({ params: { in: 's3://b00/k' }, inputs: ['in'] })));
  const property = fc.property(document, (value) => {
    const { problems, request, layout } = examine(value);
    if (problems.length === 0) expect([request, layout]).not.toContain(undefined);
    else expect(() => readValidRequest(value, SETTINGS)).toThrow(DemandValidationError);
  });
  fc.assert(property, runs(1_000));
});
