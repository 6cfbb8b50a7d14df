/** Replaces AWS clients that the engine loads but never uses here: every task has a local handler. */
export class LambdaClient {
  constructor() {
    throw new Error('A local execution does not call AWS, and this task has no local handler');
  }
}

export class InvokeCommand extends LambdaClient {}
export const fromCognitoIdentityPool = () => new LambdaClient();
