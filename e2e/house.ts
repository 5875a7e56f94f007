// The real binary for one test: on ports and in a data directory of its own, with its log kept for the test to read.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const binary = fileURLToPath(new URL('../bin/ridealong', import.meta.url));

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

export interface HouseOptions {
  /** More arguments for `ridealong demo`. */
  args?: string[];
  /** HTTPS with a certificate that no browser knows. */
  https?: boolean;
  /** On another host: what to write before the command, and where the house is seen from elsewhere. */
  elsewhere?: { command: string[]; relay: string; shop: string };
}

/** A certificate for a name and its key, in files of `data`. */
export function certificate(data: string, name = 'localhost'): { cert: string; key: string } {
  const [cert, key] = [join(data, 'cert.pem'), join(data, 'key.pem')];
  const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2';
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', cert];
  execFileSync('openssl', [...made.split(' '), ...names], { stdio: 'ignore' });
  return { cert, key };
}

/** A running `ridealong demo`. */
export class House {
  #child: ChildProcess | undefined;
  /** What the server logged, line by line. */
  readonly log: string[] = [];
  /** The one-time link that signs Ana in. */
  link = '';

  private constructor(
    readonly relay: string,
    readonly shop: string,
    readonly data: string,
    private readonly args: string[],
    private readonly before: string[] = [],
  ) {}

  static async start(options: HouseOptions = {}): Promise<House> {
    const { elsewhere, args: more = [] } = options;
    if (elsewhere) return House.startElsewhere(elsewhere, more);
    const [relay, shop] = [await freePort(), await freePort()];
    const data = await mkdtemp(join(tmpdir(), 'ridealong-e2e-'));
    const listen = options.https ? ['--http-listen', '127.0.0.1:0', '--https-listen'] : ['--listen'];
    const args = ['demo', '--e2e', ...listen, `127.0.0.1:${relay}`, '--shop', `127.0.0.1:${shop}`, '--data', data];
    if (options.https) {
      const { cert, key } = certificate(data);
      args.push('--domain', 'localhost', '--certificate', cert, '--certificate-key', key);
    }
    const scheme = options.https ? 'https' : 'http';
    const house = new House(`${scheme}://localhost:${relay}`, `http://localhost:${shop}`, data, [
      ...args,
      '--metrics',
      '',
      '--log-level',
      'debug',
      ...more,
    ]);
    await house.up();
    return house;
  }

  private static async startElsewhere(
    { command, relay, shop }: NonNullable<HouseOptions['elsewhere']>,
    more: string[],
  ): Promise<House> {
    const data = await mkdtemp(join(tmpdir(), 'ridealong-e2e-'));
    const args = ['demo', '--e2e', '--data', data, '--metrics', '', '--log-level', 'debug', ...more];
    const house = new House(relay, shop, data, args, command);
    await house.up();
    return house;
  }

  /** Starts the process; also after kill, on the same ports and data. `more` is what it is told besides this time. */
  async up(more: string[] = []): Promise<void> {
    const [file = binary, ...args] = [...this.before, binary, ...this.args, ...more];
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let rest = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      this.log.push(...lines);
    });
    this.link = await new Promise<string>((resolve, reject) => {
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        const found = /https?:\/\/\S+\/login#token=\S+/.exec(out);
        if (found) resolve(found[0]);
      });
      child.once('exit', (code) => reject(new Error(`ridealong ended with ${code}\n${this.log.join('\n')}`)));
    });
    child.removeAllListeners('exit');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return null;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return gone;
  }

  /** As a power cut would: nothing is closed, nobody is told. */
  kill(): Promise<number | null> {
    return this.#end('SIGKILL');
  }

  /** As an operator would; the exit code. */
  terminate(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** As a fault would: every goroutine's stack goes to the log. */
  crash(): Promise<number | null> {
    return this.#end('SIGQUIT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }
}
