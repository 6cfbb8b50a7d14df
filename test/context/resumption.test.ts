import { resumedExecution, resumptionProblems } from '../../src/context/resumption';

const ARN = 'arn:aws:states:us-west-2:111122223333:execution:prod-demand-execution:one';

test.each([
  ['a demand', { execution_id: 'one', resumes: ARN }],
  ['a scaffolding request', { demand_execution: {}, resumes: ARN }],
])('%s with the field resumes an execution', (_, input) => {
  expect(resumedExecution(input)).toBe(ARN);
  expect(resumptionProblems(input)).toEqual([]);
});

test.each([
  ['no field', {}],
  ['null', { resumes: null }],
  ['no object', 'resumes'],
])('%s resumes nothing', (_, input) => {
  expect(resumedExecution(input)).toBeUndefined();
  expect(resumptionProblems(input)).toEqual([]);
});

test.each([['one'], [7], [''], [ARN.replace('execution', 'stateMachine')], [`${ARN}:1`]])(
  '%p is no ARN of an execution, and refused',
  (resumes) => {
    expect(resumedExecution({ resumes })).toBeUndefined();
    expect(resumptionProblems({ resumes })).toMatchObject([{ pointer: '/resumes' }]);
  },
);
