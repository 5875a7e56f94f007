/** The stage's script, safe inside a script element. */
export function stageScript(): Promise<string>;
