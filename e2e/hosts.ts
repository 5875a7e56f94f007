// Three hosts on one machine, in network namespaces: one where the relay runs, one of the customer's and one of the agent's. The last two
// have no route to each other; `close` says what they do not reach of the relay's host.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificate } from './house.ts';

export type Host = 'relay' | 'customer' | 'agent';

/** The relay's name on the other hosts. */
export const RELAY = 'relay.test';
const NET = '10.77';

/** Forwards connections from one place, a port of this host's own or a socket of the file system, to another. */
const FORWARD = `
  const net = require('node:net');
  const [from, to] = process.argv.slice(1).map((text) => JSON.parse(text));
  net.createServer((a) => {
    const b = net.connect(to);
    for (const [x, y] of [[a, b], [b, a]]) x.on('error', () => y.destroy()).pipe(y);
  }).listen(from, () => console.log('forwarding'));`;

type Place = { port: number; host: string } | { path: string };

function run(...command: [string, ...string[]]): void {
  const [file, ...args] = command;
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

export class Hosts {
  private readonly forwarders: ChildProcess[] = [];
  private readonly dir = mkdtempSync(join(tmpdir(), 'ridealong-hosts-'));
  private readonly prefix = `ra${process.pid}`;

  /** Why this machine cannot have any; '' when it can. */
  static impossible(): string {
    if (process.platform !== 'linux') return 'there are no network namespaces outside of Linux';
    if (process.getuid?.() !== 0) return 'network namespaces need root';
    try {
      const probe = `ra-probe-${process.pid}`;
      run('ip', 'netns', 'add', probe);
      run('ip', 'netns', 'del', probe);
      run('nft', '--version');
      run('openssl', 'version');
      return '';
    } catch (error) {
      return `no network namespaces here: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
    }
  }

  constructor() {
    for (const host of ['relay', 'customer', 'agent'] as const) {
      run('ip', 'netns', 'add', this.name(host));
      run('ip', '-n', this.name(host), 'link', 'set', 'lo', 'up');
    }
    this.join('customer', 1);
    this.join('agent', 2);
  }

  private name(host: Host): string {
    return `${this.prefix}-${host}`;
  }

  /** A cable between a host and the relay's. */
  private join(host: 'customer' | 'agent', n: number): void {
    const [near, far] = [`${this.prefix}n${n}`, `${this.prefix}f${n}`];
    run('ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far);
    for (const [end, at, last] of [
      [near, host, 2],
      [far, 'relay', 1],
    ] as const) {
      run('ip', 'link', 'set', end, 'netns', this.name(at));
      run('ip', '-n', this.name(at), 'address', 'add', `${NET}.${n}.${last}/24`, 'dev', end);
      run('ip', '-n', this.name(at), 'link', 'set', end, 'up');
    }
    // Everything goes by the relay's host, which passes nothing on.
    run('ip', '-n', this.name(host), 'route', 'add', 'default', 'via', `${NET}.${n}.1`);
    const etc = join('/etc/netns', this.name(host));
    mkdirSync(etc, { recursive: true });
    writeFileSync(join(etc, 'hosts'), `127.0.0.1 localhost\n${NET}.${n}.1 ${RELAY} ${RELAY}.\n`); // Chromium's WebRTC asks with a dot
    // Nobody answers here, and that is known at once: a browser asks for what the file above does not say before it begins.
    writeFileSync(join(etc, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  }

  /** The words before a command that runs it on a host. */
  on(host: Host): [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.name(host)];
  }

  /** A program that is another one on a host: for those who start a browser by its path. */
  program(host: Host, binary: string): string {
    const path = join(this.dir, `${host}-${binary.replace(/\W/g, '-')}`);
    writeFileSync(path, `#!/bin/sh\nexec ${this.on(host).join(' ')} ${binary} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  private async forward(before: string[], from: Place, to: Place): Promise<void> {
    const [file = '', ...args] = [...before, process.execPath, '-e', FORWARD, JSON.stringify(from), JSON.stringify(to)];
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.forwarders.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
  }

  /** The customer's localhost:port is that of the relay's host: a page of localhost is a secure context without a certificate. */
  shop(port: number): Promise<void> {
    return this.forward(this.on('customer'), { port, host: '127.0.0.1' }, { port, host: this.address('customer') });
  }

  /** This machine's localhost:port is that of a host, for those who talk to a browser by a port. */
  async reach(host: Host, port: number): Promise<void> {
    const path = join(this.dir, `${port}.sock`);
    const there = { port, host: '127.0.0.1' };
    await this.forward(this.on(host), { path }, there);
    await this.forward([], there, { path });
  }

  /** What the relay's host does not take any more: packets to these ports are lost without a word. */
  close(ports: { tcp?: number[]; udp?: number[] }): void {
    const [file, ...args] = this.on('relay');
    const drops = (['tcp', 'udp'] as const).flatMap((kind) =>
      (ports[kind] ?? []).map((n) => `${kind} dport ${n} drop`),
    );
    const rules = `table inet walls\ndelete table inet walls\ntable inet walls {\nchain in {\ntype filter hook input priority 0;\n${drops.join('\n')}\n}\n}\n`;
    execFileSync(file, [...args, 'nft', '-f', '-'], { input: rules, stdio: ['pipe', 'ignore', 'pipe'] });
  }

  /** A certificate for the relay's name that nobody signed. */
  certificate(): { cert: string; key: string } {
    return certificate(this.dir, RELAY);
  }

  /** The address of the relay's host, as another one sees it. */
  address(host: 'customer' | 'agent'): string {
    return `${NET}.${host === 'customer' ? 1 : 2}.1`;
  }

  end(): void {
    for (const child of this.forwarders) child.kill();
    for (const host of ['relay', 'customer', 'agent'] as const) {
      run('ip', 'netns', 'del', this.name(host));
      rmSync(join('/etc/netns', this.name(host)), { recursive: true, force: true });
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}
