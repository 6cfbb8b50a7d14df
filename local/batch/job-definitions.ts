/** Keeps job definitions in memory. */
import type { JobDefinitions, JobDefinitionToRegister, RegisteredJobDefinition } from '../../src/batch/model';

export class LocalJobDefinitions implements JobDefinitions {
  readonly #registered: RegisteredJobDefinition[] = [];

  async active(name: string): Promise<readonly RegisteredJobDefinition[]> {
    return this.#registered.filter(({ definition }) => definition.jobDefinitionName === name);
  }

  async register(definition: JobDefinitionToRegister): Promise<string> {
    const revision = (await this.active(definition.jobDefinitionName)).length + 1;
    const arn = `arn:aws:batch:local:000000000000:job-definition/${definition.jobDefinitionName}:${revision}`;
    this.#registered.push({ arn, definition });
    return arn;
  }

  async deregister(arn: string): Promise<void> {
    const index = this.#registered.findIndex((registered) => registered.arn === arn);
    if (index >= 0) this.#registered.splice(index, 1);
  }

  find(arn: string): JobDefinitionToRegister | undefined {
    return this.#registered.find((registered) => registered.arn === arn)?.definition;
  }
}
