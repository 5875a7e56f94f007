// The types of shorten.mjs, for the tests.

export declare function hidePrivates(code: string): string;
export declare function inlineTables(code: string): string;
export declare function dropErrorTexts(code: string): string;
export declare function dropUnused(codes: readonly string[]): string[];
export declare function ownNames(codes: string | readonly string[]): Promise<string[]>;
export declare function shorten(code: string, module: boolean): Promise<{ code: string; names: string[] }>;
