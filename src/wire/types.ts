/** The types of read and of written values. */
import type * as v from 'valibot';

/** A JSON Schema, by its keywords. */
type Keywords = Readonly<Record<string, unknown>>;

/** @param convert makes the JSON Schema of a schema inside */
export type ToJsonSchema = (convert: (schema: v.GenericSchema) => Keywords) => Keywords;

declare const WIRE: unique symbol;

/** A schema that knows the type of its written value. The symbol exists for the compiler alone. */
export type Codec<Output, Written> = v.GenericSchema<unknown, Output> & { readonly [WIRE]: Written };

/** The type of the written value. A schema that is not a {@link Codec} writes the value that it reads. */
export type Wire<T> = T extends { readonly [WIRE]: infer Written }
  ? Written
  : T extends { readonly wrapped: infer Wrapped }
    ? Wire<Wrapped>
    : T extends v.GenericSchema
      ? v.InferOutput<T>
      : never;

type Fields<T extends v.ObjectEntries> = v.InferOutput<v.ObjectSchema<T, undefined>>;

/** An absent field has no key, so no property is undefined. */
type Given<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

/** `someName` as the type `some_name`. A name with a digit, such as `outputS3Prefix`, has no `_` before the digit. */
type SnakeCase<S> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : S;

type WireFields<T extends v.ObjectEntries> = {
  readonly [K in keyof Fields<T> as SnakeCase<K>]: K extends keyof T ? Wire<T[K]> : never;
};

export type Model<T extends v.ObjectEntries> = Codec<Given<Fields<T>>, WireFields<T>>;
