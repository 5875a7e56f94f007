// As much of sql.js as is used here.
declare module 'sql.js' {
  interface Database {
    exec(sql: string): { columns: string[]; values: unknown[][] }[];
    close(): void;
  }
  export default function open(): Promise<{ Database: new (bytes: Uint8Array) => Database }>;
}
