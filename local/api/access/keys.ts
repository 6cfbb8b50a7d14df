/** The keys that the local API accepts: those of this start, and those that STS has given for them. */
import type { ApiCredentials } from './credentials';
import { Signatures } from './signature';

export interface AcceptedKey {
  readonly signatures: Signatures;
  /** Keys of a role are valid only together with their token. */
  readonly sessionToken?: string;
}

export class Keys {
  readonly #all = new Map<string, AcceptedKey>();

  constructor(credentials: ApiCredentials) {
    this.#all.set(credentials.accessKeyId, { signatures: new Signatures(credentials) });
  }

  find(accessKeyId: string): AcceptedKey | undefined {
    return this.#all.get(accessKeyId);
  }

  /**
   * Adds the keys of a role. Only a holder of other keys gets them.
   *
   * @param answer of STS, such as that of AssumeRole: XML
   */
  addSession(answer: string): void {
    const take = (name: string) => new RegExp(`<${name}>([^<>]+)</${name}>`).exec(answer)?.[1]?.trim();
    const [accessKeyId, secretAccessKey] = [take('AccessKeyId'), take('SecretAccessKey')];
    const sessionToken = take('SessionToken');
    if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) return;
    if (this.#all.has(accessKeyId)) return;
    this.#all.set(accessKeyId, {
      signatures: new Signatures({ accessKeyId, secretAccessKey }),
      sessionToken,
    });
  }
}
