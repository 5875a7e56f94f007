// Made by build.mjs.

declare module 'virtual:offline' {
  /** The player's script, and the stage's; safe inside a script element. */
  export const script: string;
  export const stage: string;
  export const style: string;
  /** The stage's document, with {{NONCE}} and {{SCRIPT}} in it. */
  export const page: string;
}
