import { execFileSync } from 'node:child_process';
import validate from 'asl-validator';

test('the machine is printed as JSON, with a value for each placeholder', () => {
  const printed = execFileSync('npm', ['run', '--silent', 'definition'], { encoding: 'utf8' });
  expect(printed).not.toContain('${');
  expect(printed).toContain(
    "'arn:aws:lambda:us-west-2:123456789012:function:demand-executions-local-dataSync'",
  );
  const { isValid, errorsText } = validate(JSON.parse(printed));
  expect(isValid ? '' : errorsText()).toBe('');
});
