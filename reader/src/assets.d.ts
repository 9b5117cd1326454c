declare module "*.txt" {
  const text: string;
  export default text;
}

declare module "argon2-wasm" {
  /** The module's bytes in base64. */
  export const data: string;
}
