/** Finds the sockets that a process and its descendants listen on, in Linux's /proc. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Listener {
  readonly protocol: 'tcp' | 'udp' | 'unix';
  /** `127.0.0.1:PORT`, the path of a socket file, or an abstract name that begins with `@`. */
  readonly address: string;
}

export function listenersOf(pid: number): Listener[] {
  const inodes = new Set(treeOf(pid).flatMap(socketsOf));
  return [...internet('tcp', '0A'), ...internet('udp', '07'), ...unix()]
    .filter(({ inode }) => inodes.has(inode))
    .map(({ protocol, address }) => ({ protocol, address }));
}

/** The process ids of a process and its descendants. */
export function treeOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((name) => [Number(name), parentOf(name)]));
  const isBelow = (id: number | undefined): boolean =>
    id === pid || (id !== undefined && isBelow(parents.get(id)));
  return [...parents.keys()].filter(isBelow);
}

function parentOf(pid: string): number | undefined {
  const stat = contentOf(`/proc/${pid}/stat`);
  // The name of the program is in parentheses, and may contain some.
  const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return parent === undefined || parent === '0' ? undefined : Number(parent);
}

function socketsOf(pid: number): string[] {
  return namesIn(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

type Found = Listener & { readonly inode: string };

/** @param state 0A is LISTEN; 07 is a UDP socket with an address of its own */
function internet(protocol: 'tcp' | 'udp', state: string): Found[] {
  return [protocol, `${protocol}6`].flatMap((table) =>
    rowsOf(table)
      .map((row) => row.trim().split(/\s+/))
      .filter((fields) => fields[3] === state)
      .map((fields) => ({ protocol, address: addressOf(fields[1] ?? ''), inode: fields[9] ?? '' })),
  );
}

/** Turns `0100007F:1F90` into `127.0.0.1:8080`: an IPv4 address has its bytes in reverse. IPv6 stays hexadecimal. */
function addressOf(hex: string): string {
  const [host = '', port = ''] = hex.split(':');
  const bytes = (host.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return `${bytes.length === 4 ? bytes.reverse().join('.') : host}:${Number.parseInt(port, 16)}`;
}

/** A socket that accepts connections has the flag 00010000. */
function unix(): Found[] {
  return rowsOf('unix')
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[3] === '00010000')
    .map((fields) => ({ protocol: 'unix', address: fields[7] ?? '', inode: fields[6] ?? '' }));
}

function rowsOf(table: string): string[] {
  return contentOf(`/proc/net/${table}`).split('\n').slice(1);
}

/** A process may end meanwhile, and a kernel may lack a table. */
/** Returns the content of a file of a process; nothing when the process has ended. */
export function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
