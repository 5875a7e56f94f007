// An S3 server for one test: versitygw, which `make test` builds (ci/test.sh). Its bucket is a folder, so a test sees what is in it.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './house.ts';

const program = fileURLToPath(new URL('../.cache/versitygw', import.meta.url));

export const hasObjectStore = existsSync(program);

const [access, secret, bucket] = ['ridealong-test', 'ridealong-test-secret', 'kept'];

export class ObjectStore {
  #child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly dir: string,
  ) {}

  static async start(): Promise<ObjectStore> {
    const store = new ObjectStore(await freePort(), await mkdtemp(join(tmpdir(), 'ridealong-s3-')));
    await mkdir(join(store.dir, bucket));
    await store.up();
    return store;
  }

  /** What `ridealong` needs to use it. */
  get args(): string[] {
    const url = `http://127.0.0.1:${this.port}`;
    return [
      '--s3-url',
      url,
      '--s3-bucket',
      bucket,
      '--s3-key',
      access,
      '--s3-secret',
      secret,
      '--s3-region',
      'us-east-1',
    ];
  }

  async up(): Promise<void> {
    const login = ['--access', access, '--secret', secret];
    const args = ['--quiet', '--port', `127.0.0.1:${this.port}`, ...login, 'posix', this.dir];
    this.#child = spawn(program, args, { stdio: 'ignore' });
    for (let tries = 0; !(await this.#answers()); tries++) {
      if (tries > 300) throw new Error('the S3 server does not answer');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  }

  async down(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    });
  }

  async stop(): Promise<void> {
    await this.down();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** The names in the bucket. */
  async names(): Promise<string[]> {
    const entries = await readdir(join(this.dir, bucket), { recursive: true, withFileTypes: true });
    const whole = entries.filter((entry) => entry.isFile());
    return whole.map(({ parentPath, name }) => join(parentPath, name).slice(join(this.dir, bucket).length + 1)).sort();
  }
}
