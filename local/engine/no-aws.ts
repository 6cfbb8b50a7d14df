/** In the place of AWS clients that the engine loads and never uses here: every task has a handler. */
export class LambdaClient {
  constructor() {
    throw new Error('A local execution calls nothing in AWS: this task has no local handler');
  }
}

export class InvokeCommand extends LambdaClient {}
export const fromCognitoIdentityPool = () => new LambdaClient();
