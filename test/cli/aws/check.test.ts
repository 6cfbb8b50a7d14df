import { checkDocument } from '../../../cli/aws/check';
import { demandOf } from '../../demand/arbitraries';

const PARAMETER = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';

function check(secret: string) {
  const options = { stage: 'prod', region: 'us-west-2', json: false, watch: false, endpointUrl: 'http://x' };
  return checkDocument(demandOf({ params: { token: { secret } } }), options as never);
}

test('a demand with a secret is submitted: only the service knows the secrets that its stage allows', async () => {
  expect(await check(PARAMETER)).toEqual({ executionId: 'run-1', problems: [] });
});

test('a malformed secret is refused before the submission', async () => {
  expect(await check('token')).toMatchObject({
    problems: [{ message: 'the secret is not the ARN of a secret' }],
  });
});
