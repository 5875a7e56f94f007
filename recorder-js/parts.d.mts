// The types of parts.mjs, for the tests.

export interface Part {
  /** The source file's name, and the recorder's own first. */
  name: string;
  file: string;
  code: string;
}

export declare function parts(entry: string, define: Readonly<Record<string, string>>, name: string): Promise<Part[]>;
