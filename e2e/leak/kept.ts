// What the server keeps and tells: its files, the tables of its database, its log, what its API and its metrics answer.
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import type { House } from '../house.ts';
import type { Agent } from '../people.ts';
import type { Evidence } from './canary.ts';

/** Every byte of every file. */
export async function disk(house: House): Promise<Evidence[]> {
  const entries = await readdir(house.data, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => ({
      where: `disk: ${name}`,
      text: (await readFile(join(parentPath, name))).toString('latin1'),
    })),
  );
}

/** Every row of every table; after the server has ended and put its log back into the file. */
export async function tables(house: House): Promise<Evidence[]> {
  const { Database } = await initSqlJs();
  const database = new Database(await readFile(join(house.data, 'ridealong.db')));
  // A virtual table has what is in the tables that lie under it, and needs the module that made it.
  const real = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'";
  const names = database.exec(real)[0]?.values.flat() ?? [];
  const all = names.map((name) => ({
    where: `database: ${name}`,
    text: JSON.stringify(database.exec(`SELECT * FROM "${name}"`)),
  }));
  database.close();
  return all;
}

export const log = (house: House): Evidence => ({ where: 'log', text: house.log.join('\n') });

/** What an agent may ask about a session. */
export async function api(agent: Agent, session: string): Promise<Evidence[]> {
  const paths = ['/api/me', '/api/projects', '/api/sessions', `/api/sessions/${session}`];
  return Promise.all(
    paths.map(async (path) => {
      const answer = await agent.context.request.get(agent.house.relay + path);
      return { where: `api: ${path.replace(session, '{id}')}`, text: await answer.text() };
    }),
  );
}

/** The private listener: metrics and profiles. */
export async function metrics(address: string): Promise<Evidence[]> {
  const paths = ['/metrics', '/healthz', '/readyz', '/debug/pprof/goroutine?debug=2', '/debug/pprof/heap?debug=1'];
  return Promise.all(
    paths.map(async (path) => ({
      where: `metrics: ${path}`,
      text: await (await fetch(`http://${address}${path}`)).text(),
    })),
  );
}

/** A socket of an origin that may not have one; the server says so in its log. */
export function refused(house: House, origin: string): Promise<number | undefined> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    origin,
  };
  return new Promise((resolve, reject) => {
    request(`${house.relay}/ws/agent`, { headers })
      .on('response', (response) => resolve(response.resume().statusCode))
      .on('upgrade', (response, socket) => resolve(socket.destroy() && response.statusCode))
      .on('error', reject)
      .end();
  });
}
