/** Parses the XML of S3's listings: elements without attributes, one level deep. */

export interface Xml {
  readonly body: Buffer;
  /** One character for each byte, so positions in the text are positions in the body. */
  readonly text: string;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

const ENTITY = /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Returns undefined for XML with CDATA or comments, which this parser does not read. */
export function openXml(body: Buffer): Xml | undefined {
  const text = body.toString('latin1');
  return text.includes('<![CDATA[') || text.includes('<!--') ? undefined : { body, text };
}

/** Returns the results of the visitor for the content of every element of that name. */
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

/** Returns the text of the first element of that name. */
export function textOf({ body, text }: Xml, name: string, { start, end }: Span): string | undefined {
  const opening = text.indexOf(`<${name}>`, start);
  if (opening === -1 || opening >= end) return undefined;
  const from = opening + name.length + 2;
  // Decoded from the bytes: a slice of the text would keep the whole page in memory as long as one of its keys.
  const found = body.toString('utf8', from, text.indexOf('<', from));
  return found.includes('&') ? found.replace(ENTITY, decodeEntity) : found;
}

/** Returns the number in the first element of that name, or 0. */
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
