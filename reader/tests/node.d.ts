/** The few parts of Node that tests use; the page itself must not see Node's types, so they are not installed. */
declare module "node:test" {
  export function test(name: string, body: () => void | Promise<void>): void;
  export function test(name: string, options: { skip?: string | false }, body: () => void | Promise<void>): void;
}
declare module "node:assert/strict" {
  const assert: {
    (value: unknown, message?: string): asserts value;
    equal(actual: unknown, expected: unknown, message?: string): void;
    notEqual(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    ok(value: unknown, message?: string): asserts value;
    match(value: string, pattern: RegExp, message?: string): void;
    throws(body: () => unknown, expected?: object | ((error: unknown) => boolean), message?: string): void;
    rejects(body: Promise<unknown> | (() => Promise<unknown>), expected?: object, message?: string): Promise<void>;
  };
  export default assert;
}
declare module "node:fs" {
  export function readFileSync(path: string | number): Uint8Array;
  export function readFileSync(path: string | number, encoding: "utf8"): string;
  export function writeFileSync(path: string, bytes: ArrayBufferView): void;
  export function readdirSync(path: string): string[];
  export function existsSync(path: string): boolean;
}
declare module "node:path" {
  export function join(...parts: string[]): string;
}
declare module "node:net" {
  export interface Socket {
    on(event: "data", heard: (bytes: Uint8Array) => void): this;
    on(event: "error", heard: () => void): this;
    end(bytes: Uint8Array): void;
  }
  export interface Server {
    listen(port: number, host: string, ready: () => void): this;
    address(): { readonly port: number };
    close(): void;
  }
  export function createServer(serve: (socket: Socket) => void): Server;
}
declare module "node:crypto" {
  export function randomBytes(length: number): Uint8Array;
}
declare const process: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly argv: readonly string[];
  readonly stdout: { write(text: string): void };
  cpuUsage(before?: { user: number; system: number }): { user: number; system: number };
  exitCode?: number;
};
