export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Empty = null | undefined;
type WithoutEmpty<T> = {
  [K in keyof T as Extract<T[K], Empty> extends never ? K : never]: T[K];
} & {
  [K in keyof T as Extract<T[K], Empty> extends never ? never : K]?: Exclude<T[K], Empty>;
};

/** Returns the fields that have a value: neither null nor undefined. Optional fields are written in this way. */
export function withoutEmpty<T extends object>(fields: T): WithoutEmpty<T> {
  const kept = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as WithoutEmpty<T>;
}

/** Returns the RFC 6901 pointer of a path of keys. */
export function pointerOf(...keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Returns the value of a JSON text; undefined for any other text. */
export function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
