/** The little of XML that S3's listings are written in: elements without attributes, one level deep. */

export interface Xml {
  readonly body: Buffer;
  /** A character a byte, so that places in it are places in the body. */
  readonly text: string;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

const ENTITY = /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undefined for what has more than we read: then somebody else has to. */
export function openXml(body: Buffer): Xml | undefined {
  const text = body.toString('latin1');
  return text.includes('<![CDATA[') || text.includes('<!--') ? undefined : { body, text };
}

/** Every element of that name, as the visitor reads what is inside of it. */
export function childrenOf<T>({ text }: Xml, name: string, visit: (inside: Span) => T): T[] {
  const [opening, closing] = [`<${name}>`, `</${name}>`];
  const found: T[] = [];
  for (let at = text.indexOf(opening); at !== -1; ) {
    const start = at + opening.length;
    const end = text.indexOf(closing, start);
    if (end === -1) throw new Error(`A listing ends within <${name}>`);
    found.push(visit({ start, end }));
    at = text.indexOf(opening, end);
  }
  return found;
}

/** The text of the first element of that name. */
export function textOf({ body, text }: Xml, name: string, { start, end }: Span): string | undefined {
  const opening = text.indexOf(`<${name}>`, start);
  if (opening === -1 || opening >= end) return undefined;
  const from = opening + name.length + 2;
  // From the bytes: a slice of the text would keep the whole page in memory for as long as one key of it.
  const found = body.toString('utf8', from, text.indexOf('<', from));
  return found.includes('&') ? found.replace(ENTITY, decodeEntity) : found;
}

/** The number that the first element of that name holds; 0 without one. */
export function numberOf({ text }: Xml, name: string, { start, end }: Span): number {
  const opening = text.indexOf(`<${name}>`, start);
  if (opening === -1 || opening >= end) return 0;
  const from = opening + name.length + 2;
  return Number(text.slice(from, text.indexOf('<', from)));
}

function decodeEntity(entity: string, hex?: string, decimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? entity;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}
